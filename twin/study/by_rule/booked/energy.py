"""Energy by when it is used, from the pages of a run by rule: the ERP's own `EnergyUse` hears what they say of it, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from twin.erp.accounting.costing.energy_use import EnergyUse, Revised
from twin.kernels.floor.rows import log_rows as said
from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.work import Work


class PricedEnergy:
    """What energy costs in millionths of a minor unit.

    Attributes
    ----------
    metered : instant, place, how much more the energy of that equipment costs
    borne : instant, number of a request, how much more it bears
    demand : instant, month, how much more its highest quarter of an hour costs, minor units, exact
    """

    def __init__(self, of: Declared, work: Work) -> None:
        self._of, self._pages, self._use = of, work.pages, EnergyUse(of.plant.layout)
        metered, borne = list[tuple[int, int, int]](), list[tuple[int, int, int]]()
        self.demand: list[tuple[int, str, Fraction]] = []
        for row, revised in self._heard(work):
            at_us, what = self._pages.rows[row, : said.EVENT_A].tolist()
            if revised.metered:
                metered.append((at_us, what // said.PLACES - 1, revised.metered))
            borne += [(at_us, int(actual.request), micro) for actual, micro in revised.borne]
            self.demand += [(at_us, month, more) for month, more in revised.demand.items()]
        self.metered, self.borne = (np.array(it, np.int64).reshape(-1, 3) for it in (metered, borne))

    def demand_minor(self, before_us: int) -> int:
        """What the highest quarters of an hour cost by what is effective before an instant, each month rounded by itself."""
        exact = dict[str, Fraction]()
        for at_us, month, more in self.demand:
            if at_us < before_us:
                exact[month] = exact.get(month, Fraction(0)) + more
        return sum(map(round, exact.values()))

    # Inside

    def _heard(self, work: Work) -> list[tuple[int, Revised]]:
        """Row by row, what each changes; what a job order has used is told with the state that ends its interval."""
        rows, names, used = self._pages.rows, self._pages.names, dict[int, list[EquipmentActual]]()
        for at_us, place, label, setup_us, run_us, energy_wh, row in work.machine[self._of.is_costed[work.machine[:, 1]] == 1].tolist():
            request = int(self._pages.request_of[label // said.STEPS_IN_A_LABEL])
            actual = EquipmentActual(
                effective_us=at_us, equipment=self._of.places[place], request=str(request), job_order=names.job_of(label),
                setup_us=setup_us, run_us=run_us, energy_wh=energy_wh,
            )  # fmt: skip
            used.setdefault(row, []).append(actual)
        found, kinds = list[tuple[int, Revised]](), rows[:, said.EVENT_WHAT] % said.PLACES
        for row in np.flatnonzero((kinds == said.TELLS_STATE) | (kinds == said.TELLS_ENERGY)).tolist():
            at_us, what, a, _, label, _ = rows[row].tolist()
            equipment = self._of.places[what // said.PLACES - 1]
            if what % said.PLACES == said.TELLS_ENERGY:
                reading = EnergyMetered(effective_us=at_us, equipment=equipment, job_order=names.job_of(label), energy_wh=a)
                found.append((row, self._use.metered(reading)))
                continue
            found.append((row, self._use.hear(EquipmentStateChanged(effective_us=at_us, equipment=equipment, state=a))))
            found += [(row, self._use.borne(actual)) for actual in used.get(row, ())]
        return found
