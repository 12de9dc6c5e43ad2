"""What persons say may have happened earlier than it is said: which entries, and how they say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from twin.model import events as e
from twin.model.events import OperationsEvent

Said = TypeVar("Said", bound=OperationsEvent)
OF_WORK: tuple[type[OperationsEvent], ...] = (e.JobOrderCommand, e.SetupDone, e.PiecesCounted, e.StopReported, e.StopEnded)
"""Of work by hand; a machine does what it is told when it hears of it."""
CHECKS: tuple[type[OperationsEvent], ...] = (e.TestResultRecorded, e.DefectsCounted)
"""What a person has measured; a gauge says it too, at no terminal."""
OF_THINGS: tuple[type[OperationsEvent], ...] = (
    *CHECKS, e.StepConfirmed, e.DocumentAcknowledged, e.DocumentReleased, e.DocumentWithdrawn, e.LotHoldRequested, e.LotReleaseRequested,
)  # fmt: skip
"""Of a lot, a job order or a document: held against what has come of it since."""
OF_THE_BOOKS: tuple[type[OperationsEvent], ...] = (
    e.EntryProposed, e.CostBillEntered, e.BillEntered, e.FreeInvoiceEntered, e.BankStatementEntered, e.LandedCostEntered, e.OverheadEntered,
    e.GoodsReceiptEntered, e.PaymentOrdered, e.StockCountEntered, e.StockWrittenOff,
)  # fmt: skip
"""Papers with a date of their own, which counts in the books: the ERP says whether their period is open."""
MAY_BE_EARLIER: tuple[type[OperationsEvent], ...] = (
    *OF_WORK, *OF_THINGS, *OF_THE_BOOKS, e.HelpCalled, e.HelpAnswered, e.ClockedOn, e.ClockedOff, e.MaintenanceStarted,
    e.MaintenancePerformed,
)  # fmt: skip
"""All else that a person says is so from when it is taken."""


def is_earlier(event: OperationsEvent) -> bool:
    """Whether a person says that something happened before it was said."""
    if event.effective_us >= event.recorded_us or not event.person or not isinstance(event, MAY_BE_EARLIER):
        return False
    return not isinstance(event, CHECKS) or bool(getattr(event, "terminal", ""))


def said_us(event: OperationsEvent) -> int:
    """The instant of the round that an event is of: what a person says has happened earlier was said when it was recorded."""
    return event.recorded_us if is_earlier(event) else event.effective_us


def may_be_earlier(event: OperationsEvent, *, by_hand: bool) -> bool:
    """Whether what was pressed before it could be sent is of then, in a plant that is worked by hand, or in another.

    Papers are of the date that is written on them, whenever somebody has pressed a button.
    """
    return isinstance(event, MAY_BE_EARLIER) and not isinstance(event, OF_THE_BOOKS) and (by_hand or not isinstance(event, OF_WORK))


def happened_at(event: Said, happened_us: int, at_us: int) -> Said:
    """The entry as of an instant before the one at which it is taken.

    Raises
    ------
    ValueError : it is not before that, or this entry is so from when it is taken, in words
    """
    if happened_us > at_us:
        raise ValueError("it is in the future; allowed: now or earlier")
    if not isinstance(event, MAY_BE_EARLIER):
        raise ValueError(f"{type(event).__name__} is so from when it is said; allowed: no earlier time")
    at: dict[str, Any] = {"effective_us": happened_us, "recorded_us": at_us}
    return replace(event, **at)
