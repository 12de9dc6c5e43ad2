"""What a plant declares of money and time, read once for all runs of a study: standards, rates, steps, calendars as functions of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import numpy as np

from twin.erp.accounting.costing.operations import CostElements
from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.standard_cost import CostRollUp, Overheads, total_minor
from twin.erp.accounting.valuation.periods import year_begins_us
from twin.erp.bills import Bills
from twin.mes.release import Release, Step
from twin.model.calendars import WorkTime
from twin.model.materials import Customer, Each, MaterialDefinition, Supplier
from twin.model.plant import Plant
from twin.model.scenario import Policies, Scenario
from twin.model.settlement.finance import Finance
from twin.model.settlement.payments import Payments
from twin.study.by_rule.hearing import PlannedTime
from twin.study.by_rule.pages import Ints


def what_needs_a_ledger(plant: Plant, scenario: Scenario) -> list[str]:
    """What pages alone cannot cost, in words; empty if they can."""
    tables = plant.materials
    partners: list[tuple[str, Supplier | Customer]] = [*tables.suppliers.items(), *tables.customers.items()]
    materials = tables.materials.items()
    found = [
        f"material {name} is worth what it has cost (valuation: {it.valuation})" for name, it in materials if it.valuation != "standard"
    ]
    found += [f"{name} has terms of payment" for name, it in partners if it.terms is not None]
    done = ((name, it.subcontract) for routing in plant.layout.routings.values() for name, it in routing.items())
    found += [f"operation {name} is done by supplier {it.supplier} (subcontract)" for name, it in done if it]
    found += [f"persons say something to the books: {it}" for it in dict.fromkeys(it.says for it in scenario.entries)]
    found += [f"a bill of {name} is for several, so lots take more or less than it says" for name, it in materials if it.bill_for != 1]
    if tables.standards is not None and tables.standards.expected:
        found.append("standards are rolled up anew (standards)")
    if tables.finance != Finance() or scenario.policies.payments != Payments():
        found.append("what is owed is settled (finance, policies.payments)")
    end_us = scenario.start_us + scenario.horizon
    if scenario.policies.close_books == "monthly" and year_begins_us(end_us, plant.layout.time_zone) > scenario.start_us:
        found.append("what a year has earned is carried to retained earnings (policies.close_books)")
    return found


class Declared:
    """Of one plant, for runs between two instants. Materials go by their numbers, operations by those of `read_steps`."""

    def __init__(self, plant: Plant, from_us: int, to_us: int) -> None:
        layout = plant.layout
        self.plant, self._from_us, self._to_us = plant, from_us, to_us
        self.places = list(plant.equipment)
        self.is_scheduled = np.array([it in layout.work_units or it in layout.production_lines for it in self.places])
        self.names = list(plant.materials.materials)
        self.number = {name: n for n, name in enumerate(self.names)}
        self.definitions: list[MaterialDefinition] = list(plant.materials.materials.values())
        self.steps = [(material, operation) for material, routing in layout.routings.items() for operation in routing]
        bills = Bills(plant.materials)
        self.components: list[dict[int, Each]] = [
            {self.number[it]: each for it, each in bills.components[name].items()} for name in self.names
        ]
        self.parts: list[dict[int, Each]] = [
            {self.number[line.material]: line.quantity for line in it.by_products} for it in self.definitions
        ]
        self._roll_up = CostRollUp(plant, bills)
        released = (self._roll_up.released[name] for name in self.names)
        self.unit_minor = [Fraction(total_minor(it), it.quantity) for it in released]
        self.taken_minor, self.given_minor = ([self._worth(of) for of in lines] for lines in (self.components, self.parts))
        self.lost_minor = [self._loss(*step) for step in self.steps]
        self._routings = Release(plant, Policies()).steps

    def _worth(self, lines: Mapping[int, Each]) -> Fraction:
        return sum((quantity * self.unit_minor[n] for n, quantity in lines.items()), Fraction(0))

    def _loss(self, material: str, operation: str) -> Fraction:
        """A piece that an operation loses: the share of the standard that it has earned up to there."""
        whole = self._roll_up.level_cost(material).total
        share = self._roll_up.cost_so_far(material, operation).total / whole if whole else Fraction(1)
        return share * self.unit_minor[self.number[material]]

    @property
    def overheads(self) -> Overheads:
        """What hours and pieces bear of the declared overheads."""
        return self._roll_up.overheads

    def found_minor(self, material: str, operation: str) -> CostElements:
        """What a piece is worth that is found before an operation, by element."""
        return self._roll_up.before(material, operation).cost

    def step(self, number: int) -> Step:
        """All that is declared of an operation."""
        material, operation = self.steps[number]
        return self._routings[material][operation]

    def standard_minor(self, material: int, quantity: int) -> int:
        """So much of a material at its standard, rounded."""
        unit = self.unit_minor[material]
        return round_half_even(quantity * unit.numerator, unit.denominator)

    @cached_property
    def rates(self) -> Ints:
        """What an hour of each piece of equipment costs, minor units; a station or a vehicle costs nothing of its own."""
        layout = self.plant.layout
        hourly = {name: it.hourly_cost for name, it in layout.work_units.items()}
        hourly |= {name: it.hourly_cost for name, it in layout.production_lines.items()}
        return np.array([hourly.get(it, 0) for it in self.places], np.int64)

    @cached_property
    def is_costed(self) -> Ints:
        """1 where time and energy of equipment are charged to job orders: not of vehicles."""
        return np.array([it not in self.plant.vehicles for it in self.places], np.int64)

    @cached_property
    def calendars(self) -> dict[str | None, PlannedTime]:
        """Working time of each calendar; shifts that overlap count once, and no calendar is around the clock."""
        layout = self.plant.layout
        found: dict[str | None, PlannedTime] = {None: PlannedTime([(self._from_us, self._to_us)])}
        for name, calendar in layout.calendars.items():
            spans: list[tuple[int, int]] = []
            for it in WorkTime(calendar, layout.time_zone).intervals(self._from_us, self._to_us):
                start_us = max(it.start_us, spans[-1][1]) if spans else it.start_us
                spans += [(start_us, it.end_us)] if it.end_us > start_us else []
            found[name] = PlannedTime(spans)
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A plant as it is written: equal plants are read once."""

    tables: str
    from_us: int
    to_us: int


def declared(plant: Plant, from_us: int, to_us: int) -> Declared:
    """What the plant declares; the last few are kept."""
    return _read(_Asked(plant.model_dump_json(), from_us, to_us))


@lru_cache(maxsize=4)
def _read(asked: _Asked) -> Declared:
    return Declared(Plant.model_validate_json(asked.tables), asked.from_us, asked.to_us)
