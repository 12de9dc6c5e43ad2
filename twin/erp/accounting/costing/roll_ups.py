"""Standards rolled up anew: with each month from what is expected of it, or when a person asks for it.

What changes is released, stock and material in process are worth the new standards from then on, and the difference is posted:

| document    | debit            | credit            | amount                                                         |
|-------------|------------------|-------------------|----------------------------------------------------------------|
| revaluation | stock            | stock revaluation | value on hand at the new standard - at the old one             |
| revaluation | WIP              | stock revaluation | components taken and not yet given out * (new - old standard)  |

What a request has given out has gone by the bill of its time, so a bill that is expected to change changes nothing of what is out.
All of it is one step, so no movement comes between: what comes before it is of the old standards, what comes after it of the new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.mix import mix_of
from twin.erp.accounting.costing.parts import Before, exact_parts, so_far
from twin.erp.accounting.rounding import amount
from twin.erp.accounting.standard_cost import CostRollUp, standard_events, total_minor
from twin.erp.accounting.valuation.periods import this_month, written
from twin.erp.bills import Bills
from twin.erp.functions import Rule
from twin.model.costing.standards import expected_plant
from twin.model.events import OperationsEvent, StandardCostReleased, StandardRollUpRequested, event_to_fields
from twin.model.exchange.bounds import out_of_bounds
from twin.model.measures import MOST_WORTH
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.finance import MONTH_FORM

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.requests import Request
    from twin.model.plant import Plant

Derived = list[OperationsEvent]
Said = dict[str, tuple[str, int]]  # by material: in which month a person gave it another price, and which


class NegativeStandardError(ValueError):
    """What comes beside a material bears more than the material costs."""


class RollUps:
    """When standards are reckoned, and what that changes.

    Raises
    ------
    NegativeStandardError : at the start, or as a month expects it
    """

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._declared = erp.plant.materials.standards
        self._said: Said = {}
        self.period = ""  # of which the standards are; "": nothing has begun
        self.before: dict[str, Before] = {}  # by request: how it stood when standards changed last
        if doubts := wrong_standards(erp.plant, erp.roll_up):
            raise NegativeStandardError("; ".join(map(_in_words, doubts)))

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
        return this_month(now_us, self._erp.plant.layout.time_zone)

    def _roll_up(self, event: StandardRollUpRequested) -> Derived:
        month = self._month(event.effective_us)
        period = event.period or month
        if doubts := [*filter(None, self._doubts(event, month, period))]:
            return [refusal(event, "; ".join(doubts))]
        erp, mixes = self._erp, {}
        for name, request in erp.requests.requests.items():
            gone = self.gone(request)
            self.before[name] = Before(so_far=so_far(erp, request), parts=exact_parts(erp, request), gone=gone)
            mixes[name] = mix_of(erp, request.material, self._inside(request))
        self._said |= _said(event, month)
        self.period = period
        self._renew(event.effective_us)
        derived: Derived = []
        for it in standard_events(erp.roll_up, erp.standards, event):
            derived += self._revalue_work(event, it)
            derived += [*erp.release_standard(it), it]
        for name in erp.requests.open - erp.wip.actual:
            request = erp.requests.requests[name]
            self._add(name, "material_mix", mix_of(erp, request.material, self._inside(request)) - mixes[name])
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
        if event.unit_price_minor < 0 or bool(event.unit_price_minor) != bool(event.material):
            doubts.append(f"a price of {event.unit_price_minor} for '{event.material}'; allowed: 1 or more, of a material that is bought")
        if closed_us is not None and event.effective_us < closed_us:
            doubts.append(f"it is effective {written(event.effective_us)}, and all before {written(closed_us)} is closed")
        if not any(doubts) and not is_by_rule:
            doubts += self._beyond(period, self._said | _said(event, month))
        return doubts

    def _beyond(self, period: str, said: Said) -> Iterator[str]:
        """What would be worth more by these standards than the books bear, or less than nothing."""
        erp, roll_up = self._erp, CostRollUp(plant := self._expected(period, said), Bills(plant.materials))
        yield from map(_in_words, _below_zero(plant, roll_up))
        there = Counter(erp.stock.on_hand)
        for name in erp.requests.open - erp.wip.actual:
            there.update({of: ceil(inside) for of, inside in self._inside(erp.requests.requests[name]).items() if inside > 0})
        for name, it in roll_up.released.items():
            worth_minor = round(Fraction(total_minor(it) * there[name], it.quantity))
            if worth_minor > MOST_WORTH and not erp.book.actual.values(name):
                yield f"{there[name]} of '{name}' would be worth {amount(worth_minor)}; allowed: {amount(MOST_WORTH)} or less"

    def _renew(self, from_us: int) -> None:
        """The roll-up of what is expected now, and rates of overheads from then on (0: ever since)."""
        plant = self._expected(self.period, self._said)
        self._erp.roll_up.renew(plant, Bills(plant.materials), from_us)

    def _expected(self, period: str, said: Said) -> Plant:
        """The plant as its standards see it; what a month expects comes after what a person said before it."""
        expected = self._declared.expected.items() if self._declared else ()
        prices = {
            name: price for name, (since, price) in said.items()
            if not any(since < month <= period and name in it.prices for month, it in expected)
        }  # fmt: skip
        return expected_plant(self._erp.plant, period, prices)

    def _revalue_work(self, event: OperationsEvent, new: StandardCostReleased) -> Derived:
        """Material in process: what open requests have taken of it and not given out."""
        erp, old = self._erp, self._erp.standards.released.get(new.material)
        if old is None or erp.book.actual.values(new.material):
            return []
        change = Fraction(total_minor(new), new.quantity) - Fraction(total_minor(old), old.quantity)
        derived: Derived = []
        for name in sorted(erp.requests.open - erp.wip.actual):
            request = erp.requests.requests[name]
            if minor := round(self._inside(request).get(new.material, Fraction(0)) * change):
                derived += erp.book.work_revalued(event, name, new.material, minor)
                if any(new.material in group for group in erp.roll_up.bills.groups.get(request.material, ())):
                    self._add(name, "usage_of_groups", Fraction(minor))
        return derived

    def _inside(self, request: Request) -> dict[str, Fraction]:
        """What a request has taken of each component that has ever been in its bill, and not yet given out.

        An alternate counts as what it stands for: what it costs more is a variance from the moment on in which it is taken.
        """
        inside = {name: request.taken[name] - gone for name, gone in self.gone(request).items()}
        for (component, alternate), quantity in request.stood_in.items():
            if alternate in inside:
                inside[alternate] -= quantity
            place = quantity * self._erp.roll_up.bills.stands_for(request.material, component, alternate)
            inside[component] = inside.get(component, Fraction(0)) + place
        own = self._erp.roll_up.bills.components[request.material]
        for (_, component), quantity in request.by_bill.items():
            if component in own:
                inside[component] = inside.get(component, Fraction(0)) - quantity
        for pieces in request.made_by.values():
            for name, each in own.items():
                inside[name] = inside.get(name, Fraction(0)) + pieces * each
        return inside

    def gone(self, request: Request) -> dict[str, Fraction]:
        """What is in all that a request has given out, less what was found in the making, each by the bill of its time."""
        erp, before = self._erp, self.before.get(request.request, Before())
        found, out = dict(before.gone), request.produced + request.scrapped - request.found - before.so_far.out
        bill = {request.material: 1} if request.is_rework else erp.roll_up.bills.components[request.material]
        for name, each in bill.items():
            found[name] = found.get(name, Fraction(0)) + Fraction(each * out)
        return found

    def _add(self, request: str, part: str, more: Fraction) -> None:
        """What a revaluation changes of a part that was reckoned from quantities; the others follow from what is posted."""
        before = self.before[request]
        self.before[request] = replace(before, parts={**before.parts, part: before.parts[part] + more})


def _said(event: StandardRollUpRequested, month: str) -> Said:
    return {event.material: (month, event.unit_price_minor)} if event.material else {}


def wrong_standards(plant: Plant, roll_up: CostRollUp | None = None) -> list[Finding]:
    """Standards below zero for co-products, at the start or as a month expects them. `roll_up`: that of the start, if it is reckoned."""
    declared = plant.materials.standards
    plants = [] if roll_up else [plant]
    plants += [expected_plant(plant, month, {}) for month in (declared.expected if declared else ())]
    rolled_up = [*([roll_up] if roll_up else ()), *(CostRollUp(it, Bills(it.materials)) for it in plants)]
    return [*dict.fromkeys(found for it in rolled_up for found in _below_zero(plant, it))]


def _in_words(found: Finding) -> str:
    return f"{found.what}; allowed: {found.allowed}"


def _below_zero(plant: Plant, roll_up: CostRollUp) -> Iterator[Finding]:
    """Standards below zero for co-products: they are rounded to whole minor units for `price_per`, and the parent gets what is left.

    A by-product that is worth more than what it comes of costs is no slip of rounding: waste that one is paid to take is such a parent.
    """
    for name, it in roll_up.released.items():
        lines = plant.materials.materials[name].by_products
        if total_minor(it) < 0 and any(line.co_product is not None for line in lines):
            beside = listed([f"'{line.material}'" for line in lines])
            what = f"{it.quantity} of '{name}' would cost {amount(total_minor(it))}, for {beside} would bear more than it costs"
            allowed = f"a price_per of {beside} for which it is not rounded up to a cent, or a lower standard_cost of it"
            yield Finding(document="items", path=("materials", name), what=what, allowed=allowed)
