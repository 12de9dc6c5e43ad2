"""A person says which alternate goes into a lot."""

from __future__ import annotations

from typing import ClassVar

from twin.mes.tracking.tracking import Tracking
from twin.model.events import AlternateChosen, OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned


class Choosing:
    """Hears what persons choose (a `Function`)."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (AlternateChosen,)

    def __init__(self, plant: Plant, tracking: Tracking) -> None:
        self._persons, self._tracking = plant.layout.persons, tracking

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """It is taken, or refused in words."""
        if not isinstance(event, AlternateChosen):
            return []
        if doubt := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, doubt)]
        self._tracking.issuing.say(event.lot, event.material, event.alternate)
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: persons choose."""
        return []

    def _doubt(self, event: AlternateChosen) -> str:
        lot = self._tracking.lots.get(event.lot)
        if lot is None:
            return f"nobody knows lot '{event.lot}'{did_you_mean(event.lot, self._tracking.lots)}"
        if lot.begun:
            return f"lot '{event.lot}' has begun: what goes into it was taken; allowed: a lot that has not"
        issuing = self._tracking.issuing
        if event.material == lot.material and (bills := issuing.other_bills.get(lot.material)):
            allowed = [lot.material, *bills]
            return "" if event.alternate in allowed else f"'{lot.material}' has no bill '{event.alternate}'; allowed: {listed(allowed)}"
        choices = issuing.choices.get(lot.material, {})
        if event.material not in choices:
            return f"the bill of '{lot.material}' leaves no choice for '{event.material}'; allowed: {listed(choices) or 'nothing'}"
        allowed = [event.material, *(it.material for it, _ in choices[event.material])]
        if event.alternate not in allowed:
            return f"'{event.alternate}' may not stand in for '{event.material}'; allowed: {listed(allowed)}"
        return ""
