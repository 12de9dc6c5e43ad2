"""Standards rolled up anew: with each month from what is expected of it, or when a person asks for it.

What changes is released, stock and material in process are worth the new standards from then on, and the difference is posted:

| document    | debit            | credit            | amount                                                         |
|-------------|------------------|-------------------|----------------------------------------------------------------|
| revaluation | stock            | stock revaluation | value on hand at the new standard - at the old one             |
| revaluation | WIP              | stock revaluation | components taken and not yet given out * (new - old standard)  |

All of it is one step, so no movement comes between: what comes before it is of the old standards, what comes after it of the new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.parts import Before, exact_parts, so_far
from twin.erp.accounting.postings import standard_events
from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.valuation.periods import this_month, written
from twin.erp.bills import Bills
from twin.erp.functions import Rule
from twin.model.costing.standards import expected_plant
from twin.model.events import OperationsEvent, StandardCostReleased, StandardRollUpRequested, event_to_fields
from twin.model.exchange.bounds import out_of_bounds
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.finance import MONTH_FORM

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.requests import Request

Derived = list[OperationsEvent]


class RollUps:
    """When standards are reckoned, and what that changes."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._declared = erp.plant.materials.standards
        self._said: dict[str, tuple[str, int]] = {}  # by material: in which month a person gave it another price, and which
        self.period = ""  # of which the standards are; "": nothing has begun
        self.before: dict[str, Before] = {}  # by request: how it stood when standards changed last

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        return {StandardRollUpRequested: self._roll_up}

    def begin(self, now_us: int) -> None:
        """The first standards are those of the month in which it begins."""
        if self._declared and not self.period:
            self.period = self._month(now_us)
            self._renew(0)

    def decide(self, now_us: int) -> Derived:
        """The roll-up of a month that has begun."""
        if self._declared is None or self._declared.roll_up != "monthly" or not self.period:
            return []
        month = self._month(now_us)
        return [StandardRollUpRequested(effective_us=now_us, period=month)] if month > self.period else []

    def violations(self) -> list[str]:
        return []

    def _month(self, now_us: int) -> str:
        return this_month(now_us // 3_600_000_000, self._erp.plant.layout.time_zone)

    def _roll_up(self, event: StandardRollUpRequested) -> Derived:
        month = self._month(event.effective_us)
        period = event.period or month
        if doubts := [*filter(None, self._doubts(event, month, period))]:
            return [refusal(event, "; ".join(doubts))]
        for request in self._erp.requests.requests.values():
            self.before[request.request] = Before(so_far=so_far(self._erp, request), parts=exact_parts(self._erp, request))
        if event.material:
            self._said[event.material] = (month, event.unit_price_minor)
        self.period = period
        bills = self._erp.roll_up.bills
        self._renew(event.effective_us)
        derived: Derived = []
        for it in standard_events(self._erp.roll_up, self._erp.standards, event):
            derived += self._revalue_work(event, it, bills)
            derived += [*self._erp.release_standard(it), it]
        return derived

    def _doubts(self, event: StandardRollUpRequested, month: str, period: str) -> list[str]:
        erp, materials = self._erp, self._erp.materials
        is_by_rule = not event.person and not event.terminal and event.period == month and not event.material
        closed_us = erp.book.entries.closed_until_us
        bought = [name for name, it in materials.items() if it.kind == "purchased"]
        doubts = ["" if is_by_rule else unsigned(event, erp.plant.layout.persons), *out_of_bounds(event_to_fields(event))]
        if self._declared is None:
            doubts.append("this plant keeps its standards; allowed: 'standards' in items.yaml")
        if not re.fullmatch(MONTH_FORM, period):
            doubts.append(f"'{period}' is no month; allowed: as 2026-04")
        elif not self.period <= period <= month:
            doubts.append(
                f"standards of {period}, where those of {self.period or month} are in force in {month}; allowed: not earlier, not to come"
            )
        if event.material and event.material not in bought:
            doubts.append(f"'{event.material}' is not bought{did_you_mean(event.material, bought)}; allowed: {listed(bought)}")
        if event.unit_price_minor < 0 or (event.unit_price_minor and not event.material):
            doubts.append(f"a price of {event.unit_price_minor} for '{event.material}'; allowed: 0 or more, of a material that is bought")
        if closed_us is not None and event.effective_us < closed_us:
            doubts.append(f"it is effective {written(event.effective_us)}, and all before {written(closed_us)} is closed")
        return doubts

    def _renew(self, from_us: int) -> None:
        """The roll-up of what is expected now, and rates of overheads from then on (0: ever since).

        What a month expects comes after what a person said before it.
        """
        expected = self._declared.expected.items() if self._declared else ()
        prices = {
            name: price for name, (since, price) in self._said.items()
            if not any(since < month <= self.period and name in it.prices for month, it in expected)
        }  # fmt: skip
        plant = expected_plant(self._erp.plant, self.period, prices)
        self._erp.roll_up.renew(plant, Bills(plant.materials), from_us)

    def _revalue_work(self, event: OperationsEvent, new: StandardCostReleased, bills: Bills) -> Derived:
        """Material in process: what open requests have taken of it and not given out."""
        erp, old = self._erp, self._erp.standards.released.get(new.material)
        if old is None or erp.book.actual.values(new.material):
            return []
        change = Fraction(total_minor(new), new.quantity) - Fraction(total_minor(old), old.quantity)
        derived: Derived = []
        for name in sorted(erp.requests.open - erp.wip.actual):
            inside = in_process(
                erp.requests.requests[name], new.material, bills, erp.materials[erp.requests.requests[name].material].bill_for
            )
            if minor := round(inside * change):
                derived += erp.book.work_revalued(event, name, new.material, minor)
        return derived


def in_process(request: Request, component: str, bills: Bills, bill_for: int) -> Fraction:
    """What a request has taken of a component and not yet given out, by the bill that it was given out by."""
    each = Fraction(bills.components[request.material].get(component, 0), bill_for)
    return request.taken[component] + each * (request.found - request.produced - request.scrapped) if each else Fraction(0)
