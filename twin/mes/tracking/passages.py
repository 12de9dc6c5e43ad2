"""Passages: all that each lot went through, as the events that say so, in the order in which they came to be known."""

from __future__ import annotations

from typing import ClassVar

from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.events.production import MaterialActualCorrected

PASSAGES: frozenset[type[OperationsEvent]] = frozenset(
    {
        e.GoodsReceived,
        e.GoodsReceiptCorrected,
        e.GoodsReturned,
        e.GoodsShipped,
        e.GoodsTakenBack,
        e.StockCounted,
        e.WorkInProcessCounted,
        e.ProductUnbuilt,
        e.LotCreated,
        e.LotSplit,
        e.LotMerged,
        LotMergedInProcess,
        e.LotMoved,
        e.LotSetDown,
        e.MaterialIdentified,
        e.LotScanned,
        e.MaterialActual,
        MaterialActualCorrected,
        e.JobOrderStarted,
        e.JobOrderCompleted,
        e.JobOrderAborted,
        e.OperationSkipped,
        e.TestResultRecorded,
        e.DefectsCounted,
        e.InspectionJudged,
        e.LotDispositionChanged,
    }
)
"""Events that a lot goes through."""


class Passages:
    """By lot, its events (a `Function` that concludes nothing). What went into another lot is a passage of both."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (*PASSAGES,)

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self._of: dict[str, list[OperationsEvent]] = {}
        self.taken_back: dict[str, int] = {}  # customer order -> quantity that came back

    def of(self, lot: str) -> tuple[OperationsEvent, ...]:
        """The passages of a lot, as they came to be known."""
        return tuple(self._of.get(lot, ()))

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Keep the event with the lots that it is about."""
        if type(event) not in PASSAGES:
            return []
        if isinstance(event, e.GoodsReceived | e.GoodsReceiptCorrected | e.GoodsReturned):
            self._keep(event.lot or event.order, event)
        else:
            self._keep(event.lot, event)
        if isinstance(event, e.LotSplit | e.LotMerged | LotMergedInProcess):
            self._keep(event.from_lot, event)
        elif isinstance(event, e.MaterialActual):
            into = self._tracking.worked_on(event.job_order)
            self._keep(into if into != event.lot else "", event)
        elif isinstance(event, e.ProductUnbuilt):
            for _, lot, _ in event.recovered:
                self._keep(lot, event)
        elif isinstance(event, e.GoodsTakenBack):
            self.taken_back[event.order] = self.taken_back.get(event.order, 0) + event.quantity
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """It asks for nothing."""
        return []

    def _keep(self, lot: str, event: OperationsEvent) -> None:
        if lot:
            self._of.setdefault(lot, []).append(event)
