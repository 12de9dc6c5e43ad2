"""Level 3: what the stream of events means on the floor, and what to do next. Imports: model, kernels, NumPy."""

from twin.mes.mes import Mes

__all__ = ["Mes"]
