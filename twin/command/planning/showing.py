"""plan: the material plan in the terminal, of the files or of a run that is simulated first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import library
from twin.command.manners import Failed, out, print_json, progress, stopped_by_ctrl_c
from twin.command.planning.showing_demand import plain_forecast, print_demand, print_trials
from twin.command.planning.showing_when import plain_when, when_lines
from twin.erp.material_plan.position import Expected
from twin.model.measures import read_duration
from twin.results.material_plan import PlanTables, plain_rows, plan_of_run
from twin.results.planning.capacity import PromiseTold
from twin.results.run import Run
from twin.results.trade.when_there import when_there
from twin.study.ahead.plan_trials import PlanTrials, simulate_plan, simulate_plan_of
from twin.study.demand.of_history import MaterialForecast, forecasts_of

Rows = list[dict[str, Any]]
ORDERS = ("order", "source", "material", "quantity", "unit", "start", "due", "late_buckets")
PEGS = ("depth", "material", "quantity", "unit", "supply_kind", "supply", "supply_day", "demand_kind", "demand", "demand_day")
AHEAD = 8
"""So many buckets after now are forecast."""

LOAD = ("kind", "resource", "day", "load_h", "capacity_h", "over_h", "behind_h", "rough_cut_h")
DAYS = ("day", "start", "due", "wanted", "supply_day", "demand_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see besides the orders and the messages."""

    materials: Sequence[str] = ()
    orders: Sequence[str] = ()
    capacity: bool = False
    promise: tuple[str, int] | None = None
    wanted: str | None = None
    advise: bool = False
    master: bool = False
    forecast: bool = False
    method: str = "automatic"
    season: int | None = None
    simulate: int = 0


def plan(
    plant: Path, scenario: Path | None, asked: Asked, *, until: str | None, seed: int, bucket: str, json: bool
) -> None:  # fmt: skip
    """Print planned orders and messages, and what was asked besides.

    Raises
    ------
    ValueError : no such material or order, or no bucket
    Failed : the person ended the run before there was a plan
    """
    if asked.advise and until is None:
        raise ValueError("--advise: what demand and lead times speak for is known of a run; allowed: with --until, as in --until 20d")
    found, forecasts, simulate, advice, run = _planned(plant, scenario, asked, until, seed, bucket)
    records = {name: found.record(name) for name in asked.materials}
    trees = {name: (found.serves(name), found.served_by(name)) for name in asked.orders}
    promise = found.promise(*asked.promise, wanted=asked.wanted) if asked.promise else None
    whole = when_there(run, *asked.promise) if asked.promise and run else None
    told = found.summary()
    if asked.capacity:
        told |= found.capacity_summary()
    if forecasts:
        told["forecasts"] = [plain_forecast(it) for it in forecasts]
    if asked.master:
        told |= {"master_schedule": plain_rows(found.master_schedule), "buffers": plain_rows(found.buffers)}
    if advice is not None:
        told["advice"] = advice
    trials = simulate() if simulate else None
    if trials:
        told["trials"] = trials.summary()
    if promise:
        told["promise"] = promise.summary() | (plain_when(whole) if whole else {})
    if json:
        print_json(told)
        return
    for line in when_lines(found.plan.plant, whole) if whole else ():
        out.print(line, highlight=False, markup=False)
    _print_asked(records, trees, promise)
    for line in (f"{it['material']}: {line}" for it in told.get("advice", ()) for line in _advised(it)):
        out.print(line, highlight=False, markup=False)
    out.print(repr(found)[1:-1], style="bold", highlight=False, markup=False)
    _print_messages(told["messages"])
    _print("Planned orders", told["orders"], ORDERS)
    if asked.capacity:
        _print_capacity(told)
    print_demand(told)
    if trials:
        print_trials(trials, found.plan.plant.layout.time_zone)


def _print_asked(records: Mapping[str, Any], trees: Mapping[str, tuple[Any, Any]], promise: PromiseTold | None) -> None:
    """What was asked by name, before all that the plan says besides."""
    for line in promise.lines() if promise else ():
        out.print(line, highlight=False, markup=False)
    for name, record in records.items():
        shown = plain_rows(record[record.columns[(record.drop("projected_quantity") != 0).any()]].rename(columns=_short).reset_index())
        rows = [{"": str(row.pop("index")).removesuffix("_quantity").replace("_", " "), **row} for row in shown]
        _print(f"Record of {name}; days on which nothing moves are left out", rows, list(rows[0]))
    for name, (serves, served_by) in trees.items():
        below = plain_rows(served_by)
        if above := plain_rows(serves):
            _print(f"{name} is for", above, PEGS)
        else:
            out.print(_for_no_other(name, {row["demand_kind"] for row in below if row["demand"] == name}), highlight=False, markup=False)
        if below:
            _print(f"{name} is served by", below, PEGS)
        else:
            out.print(f"{name} needs nothing else to be made or bought", highlight=False, markup=False)


def _for_no_other(name: str, kinds: Collection[str]) -> str:
    """Why the plan has nothing that an order is for: it is a customer's own, or more than is needed."""
    return (
        f"{name} is a customer order: it is for nothing else" if "customer order" in kinds else f"{name} is for stock: nothing needs it yet"
    )


def _planned(
    plant: Path, scenario: Path | None, asked: Asked, until: str | None, seed: int, bucket: str
) -> tuple[PlanTables, list[MaterialForecast], Callable[[], PlanTrials] | None, Rows | None, Run | None]:
    """The plan, forecasts of what came before it, what simulates it, and advice, if that was asked; and the run that it is of."""
    if until is None:
        read, named = library.read_plant(plant), library.read_scenario(scenario, plant)
        found = library.plan(read, named, bucket=bucket, forecasts=asked.forecast)
        return found, [], partial(simulate_plan, read, named, asked.simulate, seed=seed) if asked.simulate else None, None, None
    named = library.read_scenario(scenario, plant)
    end_us = named.start_us + (library.read_span(until) or named.horizon)
    with stopped_by_ctrl_c() as stop, progress(f"simulating {named.plant}", named.start_us, end_us) as watch:
        run = library.simulate(plant, named, seed=seed, until=until, watch=watch, stop=stop)
    if stop.is_set():
        raise Failed("cancelled: the run that is planned for has not come to its end")
    forecasts, expected = list[MaterialForecast](), list[Expected]()
    if asked.forecast:
        forecasts, expected = forecasts_of(run, read_duration(bucket), AHEAD, method=asked.method, season=asked.season)
    found = plan_of_run(run, bucket, expected)
    span_us = found.plan.buckets.start_us(found.plan.buckets.count) - run.now_us
    simulate = partial(simulate_plan_of, run, asked.simulate, seed=seed, span_us=span_us) if asked.simulate else None
    return found, forecasts, simulate, plain_rows(run.planning_advice()) if asked.advise else None, run


def _advised(it: dict[str, Any]) -> list[str]:
    """By service, and where costs are declared by cost."""
    lot = f", lots of {it['lot_quantity']:,.0f}" if it["lot_quantity"] is not None else ""
    order_at = f"order at {it['reorder_point_quantity']:,}"
    lines = [f"keep {it['safety_stock_quantity']:,} (now {it['declared_safety_stock_quantity']:,}), {order_at}{lot}; {it['why']}"]
    if it["least_cost_lot_quantity"] is not None:
        lot, point = (f"{it[f'least_cost_{name}_quantity']:,.0f}" for name in ("lot", "point"))
        lines.append(f"or order {lot} at {point}; {it['least_cost_why']}")
    if it["sold_once_quantity"] is not None:
        lines.append(f"or have {it['sold_once_quantity']:,.0f} for its period; {it['sold_once_why']}")
    return lines


def _print_capacity(told: dict[str, Any]) -> None:
    """Resources with more load than capacity in a bucket, and orders that finite equipment makes late."""
    over = [it for it in told["load"] if it["over_h"] > 0 or it["behind_h"] > 0]
    rows = [{**it, **{name: f"{it[name]:,.1f}" for name in LOAD if name.endswith("_h")}} for it in over]
    _print("More load than capacity, hours", rows, LOAD)
    for it in told.get("offloads", []):
        out.print(
            f"  {_short(it['day'])}: {it['relieved_h']:,.1f} h of {it['operation']} of {it['order']} could be done at"
            f" {it['to_work_center']}, where they take {it['takes_h']:,.1f} of {it['free_h']:,.1f} h that are left",
            highlight=False, markup=False,
        )  # fmt: skip
    late = [it for it in told["finite"] if it["why"]]
    out.print("Late on finite equipment" if late else "No order is late on finite equipment", style="bold")
    for it in late:
        done = f"{it['late_h']:,.1f} h late" if it["late_h"] is not None else "not done within the hours that are known"
        out.print(f"  {it['order']}: {it['quantity']:,} {it['material']}: {done}; {it['why']}", highlight=False, markup=False)


def _print_messages(messages: Rows) -> None:
    """A line each: words are longer than a table is wide."""
    out.print("What to do" if messages else "Nothing has to be done today", style="bold")
    for it in messages:
        moved = f" -> {_short(it['wanted'])}" if it["wanted"] not in (it["due"], None) else ""
        line = (
            f"  {it['action']} {it['order']}: {it['quantity']:,} {it['unit']} {it['material']}, due {_short(it['due'])}{moved}: {it['why']}"
        )
        out.print(line, highlight=False, markup=False)


def _print(title: str, rows: Rows, columns: Sequence[str]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        is_number = bool(rows) and (isinstance(rows[0][name], int) or name.endswith("_h"))
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")  # an id is whole
    for row in rows:
        table.add_row(*(_short(row[name]) if name in DAYS else _cell(row[name]) for name in columns))
    if not rows:
        table.add_row("none", *[""] * (len(columns) - 1))
    out.print(table)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _short(day: Any) -> str:
    """A day as people say it: "Mon 2 Mar"."""
    if day is None:
        return "-"
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{known:%a} {known.day} {known:%b}"
