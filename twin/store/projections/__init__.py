"""Tables derived from the journal, for tools that read SQL: states, orders, lots, genealogy, stock, postings."""

from twin.store.projections.folded import keep_folded
from twin.store.projections.projecting import project, project_rows, rebuild

__all__ = ["keep_folded", "project", "project_rows", "rebuild"]
