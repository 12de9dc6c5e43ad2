"""The command `twin schedule`: what it does and shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import study
from twin.command.manners import out, print_json, say
from twin.command.reasons import saved_or_simulated
from twin.model.calendars import written_local
from twin.model.measures import US_PER_H
from twin.model.policies.dispatch import RULE_TITLES
from twin.study.scheduling.replanning import Replanned
from twin.study.scheduling.schedule import Schedule

MOST_ROWS = 40


def read_pairs(what: str, pairs: Sequence[str]) -> dict[str, str]:
    """What is said as name=span.

    Raises
    ------
    ValueError : there is no name, or no span
    """
    found = {}
    for pair in pairs:
        name, _, span = pair.partition("=")
        if not name or not span:
            raise ValueError(f"--{what} {pair}: it needs a name and a span; allowed: as in name=4h")
        found[name.strip()] = span.strip()
    return found


def schedule(
    place: Path, scenario: Path | None, *, at: str, rule: str | None, until: str, compare: bool, supposed: Mapping[str, Any],
    frozen: str, seed: int, json: bool,
) -> None:  # fmt: skip
    """Print the schedule; with suppositions, what they change.

    Raises
    ------
    ValueError : no such rule, equipment, order or person, or starts wait for what nobody knows
    Failed : the person ended the run before there was a schedule
    """
    run = saved_or_simulated(place, scenario, at, seed)
    plan = study.schedule(run, rule, until=until)
    if compare and not plan.compared:
        plan = replace(plan, compared=study.schedule(run, until=until).compared)
    again = plan.replan(frozen=frozen, until=until, **supposed) if any(supposed.values()) else None
    if json:
        print_json(again.summary() if again else plan.summary())
        return
    out.print(repr(again.schedule if again else plan)[1:-1].partition("; .")[0], style="bold", highlight=False, markup=False)
    _print_orders(again.schedule if again else plan)
    if compare:
        _print_rules(plan)
    if again:
        _print_changes(again)
    else:
        _print_operations(plan)
    _print_windows(again.schedule if again else plan)
    for note in again.schedule.supposed if again else ():
        say(f"supposed: {note}")
    for note in (again.schedule if again else plan).unknown:
        say(f"not known: {note}")


def _print_orders(plan: Schedule) -> None:
    table = _table("Open orders", ("order", "material", "due", "leaves by this schedule", "late", "because of"), numeric=("late",))
    for it in plan.orders:
        leaves = written_local(it.ships_us, plan.time_zone) if it.ships_us is not None else "not before the end"
        late = f"{it.late_us / US_PER_H:.1f} h" if it.late_us else ""
        table.add_row(it.order, f"{it.quantity:,} {it.material}", written_local(it.due_us, plan.time_zone), leaves, late, it.in_words)
    out.print(table)


def _print_rules(plan: Schedule) -> None:
    names = ("rule", "goes first", "weighted late h", "late", "lead time h", "done in h", "set-up h", "open at the end")
    table = _table("What every rule gives, the best first", names, numeric=names[2:])
    for it in plan.compared:
        hours = [it.weighted_late_us, it.lead_us_mean, it.ships_us_last - plan.now_us, it.setup_us]
        told = [f"{us / US_PER_H:,.1f}" for us in hours]
        table.add_row(
            it.rule,
            RULE_TITLES.get(it.rule, "").partition(" (")[0],
            told[0],
            str(it.late_count),
            told[1],
            told[2],
            told[3],
            str(it.unshipped_count),
        )
    out.print(table)


def _print_operations(plan: Schedule) -> None:
    has_tools = any(it.tools for it in plan.operations)
    table = _table("Operations", ("job order", "on", "who", "set up", "starts", "ends", *(("tools",) if has_tools else ())))
    for it in plan.operations[:MOST_ROWS]:
        setup = f"{it.setup_from or '-'} to {it.setup_to}" if it.setup_us else ""
        start = "running" if it.is_running else written_local(it.start_us, plan.time_zone)
        tools = (" ".join(it.tools),) if has_tools else ()
        table.add_row(it.job_order, it.equipment, it.person, setup, start, written_local(it.end_us, plan.time_zone), *tools)
    out.print(table)
    if len(plan.operations) > MOST_ROWS:
        say(f"and {len(plan.operations) - MOST_ROWS} more; --json has all of them")


def _print_windows(plan: Schedule) -> None:
    if not plan.windows:
        return
    table = _table("Kept free for maintenance", ("maintenance", "on", "who", "from", "until"))
    for it in plan.windows:
        span = (written_local(us, plan.time_zone) for us in (it.start_us, it.end_us))
        table.add_row(it.maintenance, it.equipment, " ".join(it.persons), *span)
    out.print(table)


def _print_changes(again: Replanned) -> None:
    out.print(repr(again)[1:-1].partition("; .")[0], highlight=False, markup=False)
    table = _table("What changes", ("job order", "change", "on", "starts", "later"), numeric=("later",))
    for it in [it for it in again.changes if it.how != "kept"][:MOST_ROWS]:
        place = it.equipment if it.equipment == it.equipment_before else f"{it.equipment_before or '-'} -> {it.equipment or '-'}"
        starts = written_local(it.start_us, again.schedule.time_zone) if it.start_us is not None else "-"
        table.add_row(it.job_order, it.how, place, starts, f"{it.shift_us / US_PER_H:+.1f} h")
    out.print(table)
    for note in again.unfrozen:
        say(f"not kept, though frozen: {note}")


def _table(title: str, columns: Sequence[str], numeric: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        table.add_column(name, justify="right" if name in numeric else "left", overflow="fold")
    return table
