"""What persons say of lots with a scanner in their hands, and lots that become one."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMergeRequested(Entry):
    """A person puts all that is in stock of `from_lots` together as `lot`: a new one, or one that is there already.

    Lots in process that were split from one another go on as one of them in the same way.
    """

    from_lots: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateChosen(Entry):
    """A person says that `alternate` goes into a lot where its bill asks for `material`; `material` itself: no alternate does.

    Where `material` is what the lot is of, `alternate` is the name of the alternative bill by which it is made; itself: by its own.
    """

    material: str
    alternate: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotScanned(Entry):
    """A person scans a lot at `equipment`, or puts it down in the storage unit `place`: from then on it is there."""

    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMerged(OperationsEvent):
    """`quantity` of `from_lot`, all of it that was in stock, goes on as `lot`."""

    from_lot: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRegrouped(OperationsEvent):
    """The plant is told that `quantity` of `from_lot`, which was begun and waits, goes on as `lot`: a part of it, or one that waits too."""

    from_lot: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMergedInProcess(OperationsEvent):
    """`quantity` of `from_lot`, all of it that was on the floor, goes on as `lot`, with which it waits for the same operation."""

    from_lot: str
    material: str
    quantity: int
