"""losses: what each has cost, in the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from twin import library
from twin.command.manners import FAILED, Failed, print_json, say, stopped_by_ctrl_c
from twin.command.manners import out as terminal
from twin.command.reasons import saved_or_simulated
from twin.command.studies.compare import counting
from twin.model.losses.left_out import LeftOut, known_kinds
from twin.model.problems import did_you_mean, listed
from twin.rebuilding import rebuild
from twin.results.run import Run
from twin.results.views.overview import local_time
from twin.study import CostOfLosses, LossCost, StudyStoppedError, cost_of_losses, losses_of
from twin.study.losses.cost import found_table
from twin.study.losses.found import LossFound

HEAD = (
    "loss", "began", "min", "cost", "from", "to", "gross profit", "variances", "not absorbed", "others", "under way", "late orders",
    "late min", "unshipped",
)  # fmt: skip
FOUND_HEAD = ("loss", "began", "min", "job order", "pieces")
SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which losses."""

    largest: int
    kinds: Sequence[str]
    equipment: Sequence[str]
    about: Sequence[str]
    only_list: bool
    futures: int
    workers: str | None
    record: str | None
    as_recorded: bool


def losses(place: Path, scenario: Path | None, asked: Asked, *, until: str | None, seed: int, json: bool) -> None:
    """List, or play and show; end with 1 if the person stopped it.

    Raises
    ------
    ValueError : no such loss, kind or equipment, or a run of which no cost can be said
    Failed : the person ended it before there was an answer
    """
    kinds = known_kinds(asked.kinds)  # told before anything is simulated
    run = _run(place, scenario, asked, until, seed)
    if asked.only_list:
        show_found(run, losses_of(run, kinds, asked.equipment), json=json)
        return
    named = _named(run, asked.about) if asked.about else None
    with stopped_by_ctrl_c() as stop, counting("runs") as watch:
        try:
            found = cost_of_losses(
                run, asked.largest, kinds=kinds, equipment=asked.equipment, losses=named, futures=asked.futures,
                workers=asked.workers, watch=watch, stop=stop,
            )  # fmt: skip
        except StudyStoppedError as error:
            raise Failed(str(error)) from None
    if json:
        print_json(found.summary())
    else:
        show(found)
    if found.stopped:
        say(f"stopped after {len(found.costs)} of {found.asked_count} losses")
        raise typer.Exit(FAILED)


def _run(place: Path, scenario: Path | None, asked: Asked, until: str | None, seed: int) -> Run:
    if asked.record and asked.as_recorded:
        return rebuild(place, asked.record, scenario)
    if asked.as_recorded:
        raise ValueError("--as-recorded is of a journal; allowed: with --record")
    return library.replay(place, asked.record, scenario) if asked.record else saved_or_simulated(place, scenario, until, seed)


def _named(run: Run, about: Sequence[str]) -> list[LeftOut]:
    """The losses of those names."""
    known = {str(it.left_out): it.left_out for it in losses_of(run)}
    if strange := [name for name in about if name not in known]:
        raise ValueError(f"no loss '{strange[0]}'{did_you_mean(strange[0], known)}; allowed: {listed(known, 20)}")
    return [known[name] for name in about]


def show_found(run: Run, found: list[LossFound], *, json: bool) -> None:
    """The losses themselves."""
    if json:
        from twin.results.quality.tables import as_values

        print_json({"losses": as_values(found_table(found))})
        return
    table = _table(f"{len(found)} losses", FOUND_HEAD, left=2)
    for it in found[:SHOWN]:
        table.add_row(str(it.left_out), local_time(run.plant, it.at_us), f"{it.minutes:,.1f}", it.job_order, str(it.pieces or ""))
    terminal.print(table)
    if len(found) > SHOWN:
        say(f"and {len(found) - SHOWN} more; --json, --kind or --equipment")


def show(found: CostOfLosses) -> None:
    """Costs, the dearest first."""
    words = "Estimated: what stops have cost" if found.is_estimated else "What losses have cost"
    head = [name for name in HEAD if found.is_estimated or name not in ("from", "to")]
    table = _table(f"{words}, each by itself, {found.plant.layout.currency}", head, left=2)
    for it in found.costs:
        table.add_row(*_cells(it, found))
    terminal.print(table)
    say(f"{found.scope}. {found.basis}")
    for words in found.assumed:
        say(f"assumed: {words}")
    for it in found.costs:
        if it.deadlock:
            say(f"without {it.found.left_out} the plant comes to a {it.deadlock}")


def _cells(it: LossCost, found: CostOfLosses) -> list[str]:
    spread = it.range_minor if found.is_estimated else ()
    money = [f"{minor / 100:,.2f}" for minor in (it.cost_minor, *spread, *it.groups.values(), it.under_way_minor)]
    goes_on = " (goes on)" if it.found.goes_on else ""
    digits = 1 if found.is_estimated else 0  # means of futures
    signed = (f"{number:+,.{digits}f}" if number else "–" for number in (it.late_orders, it.late_minutes, it.unshipped_orders))
    delivery = [*signed] if it.has_effect else ["no effect", "", ""]
    return [f"{it.found.left_out}{goes_on}", local_time(found.plant, it.found.at_us), f"{it.found.minutes:,.1f}", *money, *delivery]


def _table(title: str, head: Sequence[str], left: int) -> Any:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for n, name in enumerate(head):
        table.add_column(name, justify="left" if n < left else "right", overflow="fold")
    return table
