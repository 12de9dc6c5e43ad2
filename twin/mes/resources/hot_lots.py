"""Hot lots: a person has said that they go before all others, wherever they wait."""

from __future__ import annotations

from typing import ClassVar

from twin.mes.execution import ENDED, Execution
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal, unsigned


class HotLots:
    """Which lots are hot, and why (a `Function`)."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (e.LotExpedited, e.LotExpeditingEnded)

    def __init__(self, plant: Plant, execution: Execution, tracking: Tracking) -> None:
        self._persons, self._execution, self._tracking = plant.layout.persons, execution, tracking
        self.reasons: dict[str, str] = {}  # by lot, in words

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """What follows from what a person says about the turn of a lot."""
        if isinstance(event, e.LotExpedited | e.LotExpeditingEnded):
            if reason := unsigned(event, self._persons) or self._doubt(event):
                return [refusal(event, reason)]
            if isinstance(event, e.LotExpedited):
                known = self._persons.get(event.person)
                self.reasons[event.lot] = f"hot lot: {event.reason}, says {(known and known.title) or event.person}"
            else:
                del self.reasons[event.lot]
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: whoever ranks looks."""
        return []

    def _doubt(self, event: e.LotExpedited | e.LotExpeditingEnded) -> str:
        if event.lot not in self._tracking.lots:
            return f"nobody knows lot '{event.lot}'"
        if isinstance(event, e.LotExpeditingEnded):
            return "" if event.lot in self.reasons else f"lot {event.lot} is not hot"
        if event.lot in self.reasons:
            return f"lot {event.lot} is hot already"
        if all(job.status in ENDED for job in self._execution.job_orders.values() if job.lot == event.lot):
            return f"nothing is to be done on lot {event.lot} any more"
        return "" if event.reason.strip() else "it needs a reason"
