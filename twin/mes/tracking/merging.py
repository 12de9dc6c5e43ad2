"""Merging: a person puts lots together, in stock or (what was split) in process; from then on they are one lot."""

from __future__ import annotations

from typing import ClassVar

from twin.mes.execution import Execution
from twin.mes.resources.rejoining import Rejoining
from twin.mes.tracking.tracking import Tracking
from twin.model.events import EntryRefused, LotMerged, LotMergeRequested, OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.plant import Plant
from twin.model.problems import did_you_mean
from twin.model.readiness.signed import refusal, unsigned


class Merging:
    """Hears what persons say of lots that they put together (a `Function`)."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (LotMergeRequested, LotMerged, LotMergedInProcess, EntryRefused)

    def __init__(self, plant: Plant, tracking: Tracking, execution: Execution, rejoining: Rejoining) -> None:
        self._plant, self._tracking, self._execution, self.rejoining = plant, tracking, execution, rejoining
        self.refused: list[EntryRefused] = []
        self._going: set[str] = set()  # lots that are to go on as others, and have not yet

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """What follows from an entry; that lots have become one is applied to `Tracking`."""
        match event:
            case LotMergeRequested():
                return self._hear(event)
            case LotMergedInProcess():
                self._going -= {event.from_lot, event.lot}
                return self.rejoining.apply(event)
            case LotMerged():
                self._going.discard(event.from_lot)
                return self._tracking.merge(event)
            case EntryRefused() if event.entry == LotMergeRequested.__name__:
                self.refused.append(event)
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Lots are merged when somebody says so, and at no other time."""
        return []

    def _hear(self, event: LotMergeRequested) -> list[OperationsEvent]:
        if doubt := unsigned(event, self._plant.layout.persons) or self._doubt(event):
            return [refusal(event, doubt)]
        self._going.update(event.from_lots)
        if self.rejoining.concerns(event):
            self._going.add(event.lot)
            return self.rejoining.merged(event)
        lots = [self._tracking.lots[name] for name in event.from_lots]
        requests = {lot.request for lot in lots}
        return [
            LotMerged(
                effective_us=event.effective_us, request=requests.copy().pop() if len(requests) == 1 else "", lot=event.lot,
                person=event.person, from_lot=lot.lot, material=lot.material, quantity=lot.on_hand,
            )
            for lot in lots
        ]  # fmt: skip

    def _doubt(self, event: LotMergeRequested) -> str:
        """Why these lots cannot be put together, in words; "" if they can."""
        if not event.lot:
            return "it does not say as which lot they go on"
        if not event.from_lots or len({*event.from_lots, event.lot}) <= len(event.from_lots):
            return "allowed: one lot or more, each named once, that go on as another"
        if going := next((name for name in (*event.from_lots, event.lot) if name in self._going), ""):
            return f"lot {going} goes on as another at this instant"
        if self.rejoining.concerns(event):
            return self.rejoining.doubt(event)
        if starting := self._starting():
            return f"job order {starting} begins at this instant, and may draw on them; allowed: once it has begun"
        for name in event.from_lots:
            if doubt := self._of_lot(name):
                return doubt
        lots = self._tracking.lots
        materials = dict.fromkeys(lots[name].material for name in event.from_lots)
        if event.lot in lots:
            if lots[event.lot].in_process or (lots[event.lot].made_here and not lots[event.lot].begun):
                return f"lot {event.lot} is in process, or still to be made; allowed: lots that lie in stock"
            if why := self._tracking.restricted.get(event.lot):
                return f"lot {event.lot} is held: {why}"
            materials[lots[event.lot].material] = None
        if len(materials) > 1:
            return f"they are of several materials: {', '.join(materials)}; allowed: one"
        known = self._plant.materials.materials.get(next(iter(materials)))
        if known and known.valued_by == "lot":
            return f"each lot of '{next(iter(materials))}' has a value of its own (valued_by: lot), which would be lost"
        return ""

    def _starting(self) -> str:
        """A job order that the floor has begun and that has not claimed its material yet; "" if there is none."""
        reports, queues = self._execution.reports, self._execution.queues.values()
        return next((name for queue in queues for name in queue if name in reports and reports[name].phase is not None), "")

    def _of_lot(self, name: str) -> str:
        lot = self._tracking.lots.get(name)
        if lot is None:
            return f"no lot '{name}'{did_you_mean(name, self._tracking.lots)}"
        if why := self._tracking.restricted.get(name):
            return f"lot {name} is held: {why}"
        if lot.in_process:
            return f"lot {name} is in process; allowed: lots that lie in stock"
        if lot.claimed:
            return f"{lot.claimed} of lot {name} are claimed by job orders that run; allowed: lots that nobody draws on"
        return "" if lot.on_hand > 0 else f"nothing of lot {name} is in stock"
