"""Tables of what the folds know: each row is one of theirs, and follows from the journal together with the plant that it is of."""

from twin.store.projections.folded.keeping import keep_folded
from twin.store.projections.folded.tables import FOLDED

__all__ = ["FOLDED", "keep_folded"]
