"""Playing a plant by rule: the rules of MES and ERP decide inside the compiled plant, and what they would have told is read off its rows.

It is the same run, fact by fact, in a hundredth of the time. What needs records or books is not told: see `NOT_TOLD`.
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
from twin.study.by_rule.hearing import Heard, HeardOrder, Ints, UnitTimes

if TYPE_CHECKING:
    import pandas as pd

    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

_NOT_TOLD = ("open_requests_mean", "wip", "oee", "effectiveness", "cost", "result", "margin")


def outcomes_by_rule(currency: str) -> dict[str, Outcome]:
    """The outcomes that a plant tells which is played by rule, by name."""
    return {name: it for name, it in outcome_table(currency).items() if not _needs_books(name, currency)}


def not_told_by_rule(currency: str) -> list[str]:
    """Names of outcomes that only MES and ERP know."""
    return [name for name in outcome_table(currency) if _needs_books(name, currency)]


def _needs_books(name: str, currency: str) -> bool:
    return name.removesuffix(f"_{currency.lower()}") in _NOT_TOLD


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

    @property
    def orders(self) -> list[HeardOrder]:
        """Orders that came from `from_us` on, in the order in which they came."""
        return [order for order in self.heard.orders.values() if order.confirmed_us >= self.from_us]

    def outcomes(self) -> dict[str, float | None]:
        """The outcomes by name, as `run.outcomes()` has them; those that need records or books are not there."""
        units, counted = self.heard.units, self.heard.counted
        busy_us, pieces = sum(unit.busy_us for unit in units), counted.good + counted.scrap + counted.rework
        currency = self.plant.layout.currency
        found: dict[str, float | None] = {
            **self._of_orders(),
            "availability": sum(unit.run_us for unit in units) / busy_us if busy_us else None,
            "quality_ratio": counted.good / pieces if pieces else None,
            "setup_h": sum(unit.setup_us for unit in units) / US_PER_H,
            f"revenue_{currency.lower()}": self._revenue_minor() / 100,
        }
        return {name: found[name] for name in outcomes_by_rule(currency)}

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
        """What left is invoiced, order by order, as the ERP rounds it."""
        demand, materials = self.scenario.demand, self.plant.materials.materials
        known = len(demand.orders)
        streams = [stream.material for stream in demand.streams.values()]
        total = 0
        for (origin, _), order in self.heard.orders.items():
            if order.shipped_us >= self.from_us:
                named = demand.orders[origin].material if origin < known else streams[origin - known - len(self.scenario.work_in_process)]
                total += round_half_even(order.quantity * (materials[named].price or 0), materials[named].price_per)
        return total

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
            "outcomes": self.outcomes(), "equipment": self.unit_rows(), "not_told": not_told_by_rule(self.plant.layout.currency),
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
    """Play a plant by rule alone: `play_by_rule("plant_models/gearbox_shop", until="1 y")`. The facts are those of `twin.simulate`.

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
        digest.update(rows.tobytes())
        if stop is not None and stop.is_set():
            raise StoppedError

    source = ready_to_play(plant, scenario, seed, end_us)
    source.run_through(read)
    heard.end()
    return PlayedByRule(
        plant=plant, scenario=scenario, seed=seed, from_us=heard.from_us, now_us=end_us, heard=heard, row_hash=digest.hexdigest(),
        deadlock=source.deadlock(),
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
