"""Level 4: what the stream is worth, and what to ask for next. Imports: twin.model."""

from twin.erp.erp import Erp

__all__ = ["Erp"]
