"""A material plan simulated before it is firmed: many runs in which the plan decides, by the compiled plant with MES and ERP.

Each customer order gets its on-time probability (Wilson's midpoint and 95 % interval), and every run its books, so what the plan costs
is a distribution.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from twin import run as path
from twin.library import read_seed
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.store.journal import UnchainedJournal
from twin.study.ahead.forecast import FutureLedger, OrderForecast, quantile
from twin.study.ahead.ledgers import income

if TYPE_CHECKING:
    import pandas as pd

Simulate = Callable[[int], Run]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanTrials:
    """What `count` runs of a plan say of the orders that are open now, by due date, and of the money until `until_us`."""

    now_us: int
    until_us: int
    count: int
    currency: str
    orders: tuple[OrderForecast, ...]
    ledgers: tuple[FutureLedger, ...]

    @property
    def costs_minor(self) -> tuple[int, ...]:
        """Of each run all that it cost, > 0, less what of it is absorbed by what was made."""
        return tuple(it.revenue_minor - it.result_minor for it in self.ledgers)

    @property
    def table(self) -> pd.DataFrame:
        """One row an order: the share of runs in which it leaves in time with its interval, and when it leaves (10 %, 50 %, 90 %; UTC)."""
        from twin.study.ahead.forecast import Futures

        return Futures(
            now_us=self.now_us, until_us=self.until_us, count=self.count, currency=self.currency, orders=self.orders, on_time_count=(),
            revenue_minor=(), energy_wh=(), seeds=(), late_us=(),
        ).table  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, instants in UTC; money with P10, P50 and P90 of the runs."""
        unit, shares = self.currency.lower(), (0.1, 0.5, 0.9)
        money = {"cost": self.costs_minor, "revenue": tuple(it.revenue_minor for it in self.ledgers),
                 "result": tuple(it.result_minor for it in self.ledgers)}  # fmt: skip
        return {
            "count": self.count,
            "orders": [plain_forecast(it) for it in self.orders],
            **{
                f"{name}_{unit}": {
                    "mean": sum(values) / len(values) / 100, **{f"p{share * 100:.0f}": quantile(values, share) / 100 for share in shares}
                }
                for name, values in money.items()
                if values
            },
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<{self.count} runs of a plan for {len(self.orders)} open orders; .table, .summary()>"


def plain_forecast(it: OrderForecast) -> dict[str, Any]:
    """What is foreseen of an order as plain values, instants in UTC."""
    low, middle, high = it.on_time_interval
    return {
        "order": it.order, "customer": it.customer, "material": it.material, "quantity": it.quantity, "due": _instant(it.due_us),
        "on_time_share": middle, "on_time_share_low": low, "on_time_share_high": high,
        **{f"shipped_p{share}": _instant(it.shipped_by_us(share / 100)) for share in (10, 50, 90)},
    }  # fmt: skip


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None else datetime.fromtimestamp(at_us // 1_000_000, UTC).isoformat()


def as_planned(scenario: Scenario) -> Scenario:
    """The same scenario, but that the material plan decides what is made and bought."""
    return scenario.model_copy(update={"policies": scenario.policies.model_copy(update={"planning": "material_plan"})})


def simulate_plan(
    plant: Plant, scenario: Scenario, count: int = 20, *, seed: int = 1, until_us: int | None = None,
    watch: Callable[[int], None] | None = None, stop: threading.Event | None = None,
) -> PlanTrials:  # fmt: skip
    """The plan of what files declare, from the start of the scenario, for orders that it names.

    Raises
    ------
    OnlyPlanned : something in the files can be planned, and no run carries it out
    ValueError : fewer than one run
    """
    asked, start_us = as_planned(scenario), scenario.start_us
    span_us = scenario.horizon if until_us is None else until_us
    simulate = partial(_from_start, plant, asked, span_us, stop)
    open_orders = [
        OrderForecast(order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due_us=start_us + it.due,
                      on_time_count=0, shipped_us=(), future_count=0)
        for it in scenario.demand.orders
        if not it.at and not it.forecast
    ]  # fmt: skip
    return _tried(open_orders, simulate, range(read_seed(seed), seed + count), (start_us, start_us + span_us), plant, {}, watch, stop)


def simulate_plan_of(
    run: Run, count: int = 20, *, seed: int = 1, span_us: int | None = None, watch: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
) -> PlanTrials:  # fmt: skip
    """The plan of a simulated run from now on, for the orders that are open.

    What is under way is drawn anew, given how long it has lasted; where something happens at this very instant, it stays as it was drawn.

    Raises
    ------
    NotPlayedAgain : the run does not follow from its files and its seed
    ValueError : fewer than one run, or nothing lies ahead
    """
    from twin import moment
    from twin.simulation.compiled_plant.kept.forking import NotForked

    until_us = run.scenario.start_us + run.scenario.horizon if span_us is None else run.now_us + span_us
    if until_us <= run.now_us:
        raise ValueError("nothing lies ahead: the run has reached the end of its scenario; allowed: a longer horizon")
    now = moment.at(run, run.now_us).without_past()
    asked = as_planned(run.scenario)

    def simulate(own_seed: int) -> Run:
        try:
            return now.go_on(seed=own_seed, scenario=asked, until_us=until_us, is_drawn_anew=True, stop=stop)
        except NotForked:  # something happens at this very instant, a shift begins
            return now.go_on(seed=own_seed, scenario=asked, until_us=until_us, stop=stop)

    open_orders = [
        OrderForecast(order=it.order, customer=it.customer, material=it.material, quantity=it.open_quantity, due_us=it.due_us,
                      on_time_count=0, shipped_us=(), future_count=0)
        for it in run.erp.customer_orders.orders.values()
        if it.open_quantity
    ]  # fmt: skip
    return _tried(open_orders, simulate, range(read_seed(seed), seed + count), (run.now_us, until_us), run.plant, income(run), watch, stop)


def _from_start(plant: Plant, scenario: Scenario, span_us: int, stop: threading.Event | None, seed: int) -> Run:
    return path.simulate(plant, scenario, seed=seed, until_us=span_us, journal=UnchainedJournal(), stop=stop)


def _tried(
    open_orders: list[OrderForecast], simulate: Simulate, seeds: range, span: tuple[int, int], plant: Plant, before: dict[str, int],
    watch: Callable[[int], None] | None, stop: threading.Event | None,
) -> PlanTrials:  # fmt: skip
    """The runs, one after the other; one that is stopped on the way does not count."""
    if not seeds:
        raise ValueError("no run says nothing; allowed: 1 or more")
    shipped: dict[str, list[int]] = {it.order: [] for it in open_orders}
    ledgers = list[FutureLedger]()
    for seed, run in _runs(simulate, seeds, stop):
        accounts = {name: minor - before.get(name, 0) for name, minor in income(run).items()}
        ledgers.append(FutureLedger(seed=seed, accounts=accounts))
        for order, times in shipped.items():
            found = run.erp.customer_orders.orders.get(order)
            if found is not None and found.shipped_us is not None and not found.open_quantity:  # the last of it has left
                times.append(found.shipped_us)
        if watch:
            watch(len(ledgers))
    orders = [
        OrderForecast(
            order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due_us=it.due_us,
            on_time_count=sum(at_us <= it.due_us for at_us in shipped[it.order]), shipped_us=tuple(sorted(shipped[it.order])),
            future_count=len(ledgers),
        )
        for it in sorted(open_orders, key=lambda order: (order.due_us, order.order))
    ]  # fmt: skip
    return PlanTrials(
        now_us=span[0], until_us=span[1], count=len(ledgers), currency=plant.layout.currency, orders=tuple(orders), ledgers=tuple(ledgers)
    )  # fmt: skip


def _runs(simulate: Simulate, seeds: range, stop: threading.Event | None) -> Iterator[tuple[int, Run]]:
    for seed in seeds:
        run = simulate(seed)
        if stop and stop.is_set():
            return
        yield seed, run
