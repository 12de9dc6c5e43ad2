"""What is declared becomes otherwise while the journal goes on: terms, taxes, lead times, prices, how a material is planned.

From its instant on orders, papers and plans go by it, papers by the date that is written on them: a bill of last month, entered now,
has the tax of last month. What is ordered or invoiced stays as it was agreed. A `Function` of the ERP.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.standard_cost import standard_events
from twin.erp.accounting.valuation.periods import written
from twin.erp.functions import Rule
from twin.erp.procurement.sourcing_entries import beyond
from twin.model.events import ExchangeRateEntered, MasterDataChanged, MasterDataRevised, OperationsEvent
from twin.model.master_data.allowed import doubts
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.finance import read_rate

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
_YEAR_US = 366 * 86_400_000_000


class MasterData:
    """Says what can become so, and when it is."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.coming: list[MasterDataRevised] = []  # accepted, and not yet so
        self._is_coming: set[tuple[str, str]] = set()  # what is said at this instant, and becomes so after all that is said then
        self.rules: Mapping[type[OperationsEvent], Rule] = {
            MasterDataChanged: self._take, MasterDataRevised: self._follow, ExchangeRateEntered: self._rate,
        }  # fmt: skip

    def decide(self, now_us: int) -> Derived:
        """What is so from now on, by what was said before."""
        return [_revised(it, now_us, it.from_us) for it in self.coming if it.from_us <= now_us]

    def violations(self) -> list[str]:
        """None: what could not be so was refused."""
        return []

    def _take(self, event: MasterDataChanged) -> Derived:
        now_us = event.effective_us
        it = _revised(event, now_us, now_us if event.from_us < 0 else event.from_us)
        if found := [*filter(None, self._of_entry(event, it.from_us))] or self._doubts(it):
            return [refusal(event, "; ".join(found))]
        if it.from_us <= now_us:
            self._is_coming.add((it.table, it.declared))
            return [it]
        self.coming.append(it)
        self._erp.dated.expect(it)
        return []

    def _of_entry(self, event: MasterDataChanged, from_us: int) -> list[str]:
        found = ["" if event.reason.strip() else "a change of what is declared needs a reason"]
        if event.is_new and (event.table, event.declared) in self._is_coming:
            found.append(f"'{event.declared}' is said at this instant already; allowed: one that no other has")
        if event.is_new and from_us > event.effective_us:
            found.append("something new is there as soon as it is said; allowed: from now on, or from a day that is over")
        return [*self._of_its_time(event, from_us), *found]

    def _of_its_time(self, event: MasterDataChanged | ExchangeRateEntered, from_us: int) -> list[str]:
        """What is wrong with who says it, and from when on it is so."""
        start_us, now_us = self._erp.capacity.start_us, event.effective_us
        found = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        if start_us is not None and from_us < start_us:
            found.append(f"it is so from {written(from_us)} on, and the books begin {written(start_us)}; allowed: from then on")
        elif from_us < now_us and (closed := self._erp.book.entries.closed_doubt(from_us)):
            found.append(f"{closed}; allowed: from then on")
        if from_us > now_us + _YEAR_US:
            found.append(f"it is so from {written(from_us)} on; allowed: from now on, or from a day of the next year")
        return found

    def _doubts(self, it: MasterDataRevised) -> list[str]:
        coming = [other for other in self.coming if (other.table, other.declared) == (it.table, it.declared)]
        return doubts(it, self._erp.plant, self._erp.dated, coming)

    def _rate(self, event: ExchangeRateEntered) -> Derived:
        """Rates are asked for by the date of a paper, so one that is to come can be known already."""
        rates, from_us = self._erp.settlement.rates, event.effective_us if event.from_us < 0 else event.from_us
        found = [*filter(None, self._of_its_time(event, from_us))]
        if event.currency not in rates.known:
            found.append(
                f"no rates of '{event.currency}' are declared{did_you_mean(event.currency, rates.known)}; allowed: {listed(rates.known)}"
            )
        try:
            rate = Fraction(read_rate(event.rate))
        except ValueError as error:
            found.append(str(error))
        if found:
            return [refusal(event, "; ".join(found))]
        rates.learn(event.currency, from_us, rate)
        return []

    def _follow(self, event: MasterDataRevised) -> Derived:
        erp = self._erp
        said = (event.table, event.declared, event.changes, event.from_us)
        self._is_coming.discard((event.table, event.declared))
        self.coming = [it for it in self.coming if (it.table, it.declared, it.changes, it.from_us) != said]
        erp.dated.take(event)
        erp.planning_parameters.renew()
        if event.table != "materials":
            return []
        if event.is_new:
            erp.stock.know(event.declared)
            erp.bills.know(erp.plant.materials)
            erp.customer_orders.waiting[event.declared] = []
            erp.roll_up.know(event.declared, erp.plant)
            if erp.forecasts is not None:
                erp.forecasts.know(event.declared)
        erp.stock.touched.add(event.declared)  # what is short by the new point is wanted now
        return [it for it in standard_events(erp.roll_up, erp.standards, event) if it.material == event.declared] if event.is_new else []


def _revised(it: MasterDataChanged | MasterDataRevised, at_us: int, from_us: int) -> MasterDataRevised:
    return MasterDataRevised(
        effective_us=at_us,
        recorded_us=at_us,
        person=it.person,
        table=it.table,
        declared=it.declared,
        changes=it.changes,
        from_us=from_us,
        is_new=it.is_new,
    )
