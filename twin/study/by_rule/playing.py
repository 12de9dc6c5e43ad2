"""Playing a plant by rule: the rules of MES and ERP decide inside the compiled plant, and what they would have told is read off its rows.

It is the same run, fact by fact, in a hundredth of the time. Its books are reckoned from its pages: as totals of columns where the plant is
worth its standards, else as the ERP books what they say (`what_needs_a_ledger`). What needs records is not told: `not_told_by_rule`.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin import library
from twin.erp.accounting.rounding import round_half_even
from twin.library import PlantLike, ScenarioLike
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.outcomes import Outcome, outcome_table
from twin.results.views.overview import US_PER_DAY
from twin.store.files import apply_changes
from twin.study.by_rule.booked.books import BookedCosts
from twin.study.by_rule.costing import Costs
from twin.study.by_rule.declared import declared, what_needs_a_ledger
from twin.study.by_rule.hearing import Heard, HeardOrder, Ints, UnitTimes
from twin.study.by_rule.pages import Pages

if TYPE_CHECKING:
    import pandas as pd

    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

_NEED_RECORDS = ("open_requests_mean",)


def outcomes_by_rule(currency: str) -> dict[str, Outcome]:
    """The outcomes that a plant tells which is played by rule, by name."""
    return {name: it for name, it in outcome_table(currency).items() if name not in _NEED_RECORDS}


def not_told_by_rule(currency: str) -> list[str]:
    """Names of outcomes that only MES and ERP know."""
    return [name for name in outcome_table(currency) if name in _NEED_RECORDS]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlayedByRule:
    """What a run by rule tells. Times and counts are from `from_us` on, and orders those that came later."""

    plant: Plant
    scenario: Scenario
    seed: int
    from_us: int
    now_us: int
    heard: Heard
    row_hash: str  # over all that the plant said; equal for the same plant, scenario and seed
    deadlock: str
    costs: Costs | BookedCosts
    booked_for: tuple[str, ...] = ()  # why its books need the entries themselves, in words; (): columns alone have them

    @property
    def orders(self) -> list[HeardOrder]:
        """Orders that came from `from_us` on, in the order in which they came."""
        return [order for order in self.heard.orders.values() if order.confirmed_us >= self.from_us]

    def outcomes(self) -> dict[str, float | None]:
        """The outcomes by name, as `run.outcomes()` has them; those that need records are not there."""
        units, counted = self.heard.units, self.heard.counted
        busy_us, pieces = sum(unit.busy_us for unit in units), counted.good + counted.scrap + counted.rework
        currency = self.plant.layout.currency
        found: dict[str, float | None] = {
            **self._of_orders(),
            "availability": sum(unit.run_us for unit in units) / busy_us if busy_us else None,
            "quality_ratio": counted.good / pieces if pieces else None,
            "setup_h": sum(unit.setup_us for unit in units) / US_PER_H,
            f"revenue_{currency.lower()}": self._revenue_minor() / 100,
            **self._of_books(),
        }
        return {name: found[name] for name in outcomes_by_rule(currency)}

    def _of_books(self) -> dict[str, float | None]:
        """What the books say, and what the time of job orders says."""
        m, income = self.plant.layout.currency.lower(), self.costs.income(self.from_us)
        result, effectiveness = sum(income.values()), self.costs.effectiveness(self.from_us, self.now_us)
        units, counted = self.heard.units, self.heard.counted
        busy_us, pieces = sum(unit.busy_us for unit in units), counted.good + counted.scrap + counted.rework
        known = bool(busy_us) and bool(pieces) and effectiveness is not None
        run_us = sum(unit.run_us for unit in units)
        done = {key: (it.quantity, self._worth_minor(key, it)) for key, it in self.heard.orders.items() if it.shipped_us >= 0}
        return {
            "effectiveness": effectiveness,
            "oee": run_us / busy_us * effectiveness * (counted.good / pieces) if known and effectiveness is not None
            else 0.0 if busy_us and not pieces else None,
            f"cost_{m}": (income["revenue"] - result) / 100,
            f"result_{m}": result / 100,
            f"wip_{m}": self.costs.wip_minor() / 100,
            f"margin_{m}": self.costs.margin_minor(
                {key: of for key, of in done.items() if self.heard.orders[key].confirmed_us >= self.from_us}
            ) / 100,
        }  # fmt: skip

    def _of_orders(self) -> dict[str, float | None]:
        done = [order for order in self.orders if order.shipped_us >= 0]
        due = done + [order for order in self.orders if order.shipped_us < 0 and order.late_by_us(self.now_us)]
        late_us = [order.late_by_us(self.now_us) for order in due]
        left = sum(order.quantity for order in self.heard.orders.values() if order.shipped_us >= self.from_us)
        days = (self.now_us - self.from_us) / US_PER_DAY
        return {
            "on_time_share": _mean([float(not late) for late in late_us]),
            "lead_time_h_mean": _mean([(order.shipped_us - order.confirmed_us) / US_PER_H for order in done]),
            "late_h_mean": _mean([late / US_PER_H for late in late_us]),
            "shipped_per_day": left / days,
        }

    def _revenue_minor(self) -> int:
        """What left is invoiced, order by order."""
        return sum(self._worth_minor(key, order) for key, order in self.heard.orders.items() if order.shipped_us >= self.from_us)

    def _worth_minor(self, key: tuple[int, int], order: HeardOrder) -> int:
        """What an order is invoiced at, as the ERP rounds it."""
        demand, materials = self.scenario.demand, self.plant.materials.materials
        known, found = len(demand.orders), len(self.scenario.work_in_process)
        named = demand.orders[key[0]] if key[0] < known else list(demand.streams.values())[key[0] - known - found]
        definition = materials[named.material]
        return round_half_even(order.quantity * (definition.price or 0), definition.price_per)

    def request_costs(self) -> pd.DataFrame:
        """One row for each request: cost by element, what was given out, work in progress or, once it is closed, variance."""
        import pandas as pd

        costs, currency = self.costs, self.plant.layout.currency.lower()
        columns = {f"{name}_{currency}": column / 100 for name, column in costs.request_costs().items()}
        names = costs.request_names()
        return pd.DataFrame({"request": [names.get(n, "") for n in range(1 + max(names, default=0))], **columns}).iloc[1:]

    def books(self) -> pd.DataFrame:
        """Every account with its balance at the end, as the ledger of MES and ERP would show it to the cent, debit > 0."""
        import pandas as pd

        currency, accounts = self.plant.layout.currency.lower(), self.costs.accounts()
        return pd.DataFrame([{"account": name, f"balance_{currency}": minor / 100} for name, minor in accounts.items()])

    def unit_rows(self) -> list[dict[str, Any]]:
        """One row for each piece of equipment, as plain values: availability, and hours by what it did."""
        return [_unit_row(unit) for unit in self.heard.units]

    @property
    def equipment(self) -> pd.DataFrame:
        """The same as a table."""
        import pandas as pd

        return pd.DataFrame(self.unit_rows())

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, ready for JSON."""
        orders = self.orders
        return {
            "plant": self.plant.id, "scenario": self.scenario.title, "seed": self.seed, "by_rule": True,
            "fact_count": self.heard.fact_count, "row_hash": self.row_hash, "deadlock": self.deadlock,
            "orders": {
                "received": len(orders),
                "shipped": sum(order.shipped_us >= 0 for order in orders),
                "shipped_late": sum(order.shipped_us > order.due_us for order in orders),
                "open_late": sum(order.shipped_us < 0 and order.due_us < self.now_us for order in orders),
            },
            "outcomes": self.outcomes(), "equipment": self.unit_rows(),
            "not_told": not_told_by_rule(self.plant.layout.currency), "booked_for": list(self.booked_for),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<{self.plant.id} played by rule: {len(self.orders)} orders, {self.heard.fact_count} facts; .outcomes(), .equipment>"


def _unit_row(unit: UnitTimes) -> dict[str, Any]:
    return {
        "equipment": unit.equipment, "availability": unit.run_us / unit.busy_us if unit.busy_us else None,
        "planned_h": unit.busy_us / US_PER_H, "run_h": unit.run_us / US_PER_H, "setup_h": unit.setup_us / US_PER_H,
        "failed_h": unit.failed_us / US_PER_H, "suspended_h": unit.suspended_us / US_PER_H,
    }  # fmt: skip


def play_by_rule(plant: PlantLike, scenario: ScenarioLike = None, *, seed: int = 1, until: str | None = None) -> PlayedByRule:
    """Play a plant by rule alone: `play_by_rule("plant_models/gearbox_shop", until="365 d")`. The facts are those of `twin.simulate`.

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated, or what rules cannot decide, by name
    """
    read = library.read_plant(plant)
    asked = library.read_scenario_to_simulate(scenario, read if isinstance(plant, Plant) else plant)
    span_us = library.read_span(until)
    return played(apply_changes(read, asked), asked, library.read_seed(seed), asked.horizon if span_us is None else span_us)


def played(
    plant: Plant, scenario: Scenario, seed: int, span_us: int, warm_up_us: int = 0, stop: threading.Event | None = None
) -> PlayedByRule:
    """What `play_by_rule` gives, of a plant whose changes are made; what comes before `warm_up_us` does not count.

    Raises
    ------
    StoppedError : `stop` was set on the way
    """
    end_us = scenario.start_us + span_us
    heard, digest = Heard.of(plant, scenario.start_us + warm_up_us, end_us), hashlib.sha256()

    def read(rows: Ints) -> None:
        heard.take(rows)
        pages.take(rows)
        digest.update(rows.tobytes())
        if stop is not None and stop.is_set():
            raise StoppedError

    source, booked_for = ready_to_play(plant, scenario, seed, end_us), tuple(what_needs_a_ledger(plant, scenario))
    pages = Pages.of(source, scenario, keeps_all=bool(booked_for))
    source.run_through(read)
    source.refuse_what_has_not_come()
    heard.end()
    pages.close()
    of = declared(plant, scenario.start_us, end_us)
    return PlayedByRule(
        plant=plant, scenario=scenario, seed=seed, from_us=heard.from_us, now_us=end_us, heard=heard, row_hash=digest.hexdigest(),
        deadlock=source.deadlock(), costs=BookedCosts(plant, pages, of) if booked_for else Costs(pages, of), booked_for=booked_for,
    )  # fmt: skip


class StoppedError(Exception):
    """Somebody has stopped it on the way."""


def ready_to_play(plant: Plant, scenario: Scenario, seed: int, end_us: int) -> CompiledPlant:
    """The plant before anything has happened.

    Raises
    ------
    ValueError : what rules cannot decide, by name
    """
    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
    from twin.simulation.engines import get_ready
    from twin.simulation.rule_control import NotByRule, shipments_that_wait, what_needs_the_mes

    if problems := [*what_needs_the_mes(plant, scenario), *shipments_that_wait(plant, scenario)]:
        raise NotByRule(problems)
    get_ready("compiled")
    return CompiledPlant(plant, scenario, seed, end_us, control="planned")


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
