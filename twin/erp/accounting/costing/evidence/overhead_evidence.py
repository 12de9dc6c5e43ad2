"""What requests must have borne of overheads, reckoned from hours and pieces told and declared tables, apart from the posting rules."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from twin.erp.accounting.valuation.periods import this_month
from twin.model.events import EntryRefused, Heartbeat, OperationsEvent, StandardRollUpRequested
from twin.model.measures import US_PER_H
from twin.model.plant import Plant


class OverheadEvidence:
    """Its own list of which month's rates are in force since when."""

    def __init__(self, plant: Plant) -> None:
        self._plant, self._declared = plant, plant.materials.standards
        self._since: list[tuple[int, str]] = [(0, "")]  # month of the rates; "": as declared

    def learn(self, event: Heartbeat | StandardRollUpRequested, concluded: Sequence[OperationsEvent]) -> None:
        """A run begins with the rates of its month; a roll-up that is not refused brings those of its own."""
        if self._declared is None or any(isinstance(it, EntryRefused) for it in concluded):
            return
        month = this_month(event.effective_us // US_PER_H, self._plant.layout.time_zone)
        if isinstance(event, StandardRollUpRequested):
            self._since.append((event.effective_us, event.period or month))
        elif event.reason == "start" and not self._since[-1][1]:
            self._since = [(0, month)]

    def borne(self, per: str, quantity: int, at_us: int, material: str = "") -> Fraction:
        """What so many us, or pieces of a material, bear of all overheads that go by them, minor units, exact."""
        size = US_PER_H if per != "piece" else self._plant.materials.materials[material].price_per
        rates = (self._rate(name, at_us, material) for name, it in self._plant.materials.overheads.items() if it.per == per)
        return Fraction(quantity * sum(rates), size)

    def _rate(self, overhead: str, at_us: int, material: str) -> int:
        period = max((it for it in self._since if it[0] <= at_us), default=self._since[0])[1]
        own = self._plant.materials.overheads[overhead]
        rate = own.rates.get(material, 0) if material else own.rate
        for month, expected in sorted(self._declared.expected.items()) if self._declared else ():
            it = expected.overheads.get(overhead)
            if it is not None and month <= period:
                told = it.rates.get(material) if material else it.rate
                rate = rate if told is None else told
        return rate
