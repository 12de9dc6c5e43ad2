"""What energy is booked where its price depends on when it is used: also what a fact that became known late changes of what was booked.

| document       | debit  | credit          | amount                                                                       |
|----------------|--------|-----------------|------------------------------------------------------------------------------|
| energy metered | energy | energy payable  | what is metered of its equipment costs so much more                          |
| energy demand  | energy | energy payable  | the highest quarter of an hour of a month costs so much more                 |
| energy         | WIP    | energy absorbed | another job order bears so much more; of work done again rework cost, not WIP |
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.energy_use import EnergyUse, Revised
from twin.erp.accounting.standard_cost import WH_PER_MWH
from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged, JournalPosted
from twin.model.plant import PlantFile

if TYPE_CHECKING:
    from twin.erp.accounting.postings import Postings


class EnergyEntries:
    """Books what its `EnergyUse` finds."""

    def __init__(self, book: Postings, layout: PlantFile) -> None:
        self._book, self._use = book, EnergyUse(layout)
        self._again: set[EquipmentActual] = set()  # work of nonconformances, whose energy is rework cost

    def heard(self, event: EquipmentStateChanged) -> list[JournalPosted]:
        return self._booked(event, self._use.hear(event))

    def metered(self, event: EnergyMetered) -> list[JournalPosted]:
        return self._booked(event, self._use.metered(event))

    def ran(self, event: EquipmentActual) -> tuple[Fraction, list[JournalPosted]]:
        """What the job order bears of it, minor units, exact; and what others bear otherwise by that."""
        revised = self._use.borne(event)
        own = sum(micro for actual, micro in revised.borne if actual is event)
        others = [(actual, micro) for actual, micro in revised.borne if actual is not event]
        return Fraction(own, WH_PER_MWH), self._booked(event, Revised(borne=others))

    def done_again(self, event: EquipmentActual) -> None:
        """It is work of a nonconformance."""
        self._again.add(event)

    def _booked(self, cause: EnergyMetered | EquipmentActual | EquipmentStateChanged, revised: Revised) -> list[JournalPosted]:
        book = self._book
        cost = book.accruals.step((cause.equipment, "energy"), Fraction(revised.metered, WH_PER_MWH))
        entries = book.entries.entry(cause, "energy metered", (("energy", cost), ("energy_payable", -cost)))
        for month, more in revised.demand.items():
            charge = book.accruals.step((month, "demand"), more)
            entries += book.entries.entry(cause, "energy demand", (("energy", charge), ("energy_payable", -charge)))
        for actual, micro in revised.borne:
            if request := book.requests.of(actual):
                exact = Fraction(micro, WH_PER_MWH)
                entries += book.energy_otherwise(cause, actual, request.request, exact)
                if actual in self._again:
                    entries += book.rework(cause, request.request, {"energy": exact}, actual)
        return entries
