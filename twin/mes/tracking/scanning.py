"""Scanning: a person says with a scanner where a lot is, and from then on it is known to be there."""

from __future__ import annotations

from typing import Any, ClassVar

from twin.mes.tracking.tracking import Tracking
from twin.model.events import LotMoved, LotScanned, MaterialIdentified, OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned


class Scanning:
    """Hears scans of lots (a `Function`)."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (LotScanned,)

    def __init__(self, plant: Plant, tracking: Tracking) -> None:
        self._plant, self._tracking = plant, tracking

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """A scan is concluded as what a reader there would have said, or refused in words."""
        if not isinstance(event, LotScanned):
            return []
        at: dict[str, Any] = {"effective_us": event.effective_us, "lot": event.lot, "person": event.person, "request": event.request}
        if doubt := unsigned(event, self._plant.layout.persons) or self._doubt(event):
            return [refusal(event, doubt)]
        if event.place:
            return [LotMoved(**at, place=event.place)]
        return [MaterialIdentified(**at, equipment=event.equipment)]

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """A lot is where it was scanned; nothing is asked for."""
        return []

    def _doubt(self, event: LotScanned) -> str:
        lots, storage, equipment = self._tracking.lots, self._plant.layout.storage_units, self._plant.equipment
        if event.lot not in lots:
            return f"no lot '{event.lot}'{did_you_mean(event.lot, lots)}"
        if bool(event.place) == bool(event.equipment):
            return "it does not say where; allowed: one storage unit, or one piece of equipment"
        if event.place and event.place not in storage:
            return f"no storage unit '{event.place}'{did_you_mean(event.place, storage)}; allowed: {listed(storage)}"
        if event.equipment and event.equipment not in equipment:
            return f"nobody declared '{event.equipment}'{did_you_mean(event.equipment, equipment)}; allowed: {listed(equipment)}"
        lot = lots[event.lot]
        if not (lot.on_hand or lot.in_process or (lot.made_here and not lot.begun)):
            return f"nothing of lot {event.lot} is left here: it went into others, was shipped or scrapped"
        return ""
