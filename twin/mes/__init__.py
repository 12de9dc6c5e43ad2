"""Level 3: what the stream of events means on the floor, and what to do next. Imports: model, kernels, NumPy."""

from twin.mes.mes import Mes
from twin.mes.told import mes_of

__all__ = ["Mes", "mes_of"]
