"""futures: what may become of a run, as it is and with a change from now on, in the terminal or as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from twin import library, study
from twin.command.manners import FAILED, out, print_json, say, stopped_by_ctrl_c
from twin.command.reasons import saved_or_simulated
from twin.command.studies.compare import counting
from twin.model.problems import did_you_mean, listed
from twin.results.run import Run
from twin.results.views.overview import local_time
from twin.study import Futures, FuturesCompared
from twin.study.ahead.one_more import one_more_or_less
from twin.study.ahead.plan_trials import plain_forecast
from twin.study.ahead.side_by_side import PAIRS
from twin.study.conduct import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.now.from_now_on import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """From when, how far, and with what."""

    at: str
    until: str | None
    count: int
    change: str | None
    other: Path | None


def futures(place: Path, scenario: Path | None, asked: Asked, *, seed: int, json: bool) -> None:
    """Play and show.

    Raises
    ------
    ValueError : no such change, or nothing lies ahead
    """
    if asked.change and asked.other:
        raise ValueError("--change and --with both say what is another from then on; allowed: one of them")
    run = saved_or_simulated(place, scenario, asked.at, seed)
    changes = _changes(run, asked)
    pairs = min(PAIRS, asked.count)
    with stopped_by_ctrl_c() as stop, _counting(2 * (asked.count + pairs) if changes else asked.count) as watch:
        if changes is None:
            found: Futures | FuturesCompared = study.futures(run, asked.count, until=asked.until, watch=watch, stop=stop)
        else:
            found = study.compare_futures(run, changes, asked.count, until=asked.until, watch=watch, stop=stop)
    if json:
        print_json(summary(found))
    else:
        _show(run, found)
    if stop.is_set():
        say(f"stopped: what is shown is of the futures that were played by then, of {asked.count} that were asked for")
        raise typer.Exit(FAILED)


def _changes(run: Run, asked: Asked) -> Changes | None:
    if asked.other:
        return library.read_scenario(asked.other, run.plant)
    if not asked.change:
        return None
    known = one_more_or_less(run.plant)
    if asked.change not in known:
        raise ValueError(f"no change '{asked.change}'{did_you_mean(asked.change, known)}; allowed: {listed(known, 40)}")
    return known[asked.change]


@contextmanager
def _counting(total: int) -> Iterator[Callable[[int], None]]:
    began_s = time.monotonic()
    with counting("futures") as watch:
        yield lambda done: watch(Progress(done=done, total=total, found=0, elapsed_s=time.monotonic() - began_s))


def summary(found: Futures | FuturesCompared) -> dict[str, Any]:
    """All of it as plain values; of a comparison the orders with the change."""
    seen = found.changed if isinstance(found, FuturesCompared) else found
    said: dict[str, Any] = {
        "count": seen.count, "orders": [plain_forecast(it) for it in seen.orders], "unknown": list(seen.unknown),
        "not_considered": list(seen.not_considered),
    }  # fmt: skip
    if isinstance(found, FuturesCompared):
        said["differences"] = found.summary()
        said["why_not_booked"] = found.why_not_booked
    return said


def _show(run: Run, found: Futures | FuturesCompared) -> None:
    seen = found.changed if isinstance(found, FuturesCompared) else found
    plant = run.plant
    out.print(
        f"{plant.title}: {seen.count} futures, {local_time(plant, seen.now_us)} to {local_time(plant, seen.until_us)}",
        style="bold",
        highlight=False,
    )
    if isinstance(found, FuturesCompared):
        _show_differences(found)
    table = Table(
        title="Open orders" + (", with the change" if seen is not found else ""), title_justify="left", box=None, header_style="bold"
    )
    for name in ("order", "due", "in time", "likely leaves (50 %), by futures"):
        table.add_column(name)
    for it in seen.orders:
        low, middle, high = it.on_time_interval
        half_us = it.shipped_by_us(0.5)
        leaves = local_time(plant, half_us) if half_us is not None else "after these futures"
        table.add_row(it.order, local_time(plant, it.due_us), f"{middle:.0%} ({low:.0%} to {high:.0%})", leaves)
    out.print(table)
    for words in seen.not_considered:
        say(f"not considered: {words}")
    for words in seen.unknown:
        say(f"assumed: {words}")


def _show_differences(found: FuturesCompared) -> None:
    table = Table(title="The same futures, as it is and with the change", title_justify="left", box=None, header_style="bold")
    for n, name in enumerate(("", "as it is", "changed", "difference [95 %]", "pairs", "verdict")):
        table.add_column(name, justify="right" if 0 < n < 5 else "left")
    for it in found.differences:
        shown = it.outcome.shown
        shown_difference = it.shown.replace("[", r"\[")
        table.add_row(
            it.outcome.heading,
            shown(it.as_it_is),
            shown(it.changed),
            shown_difference,
            str(it.interval.count),
            it.verdict or "chance alone",
        )
    out.print(table)
    if found.why_not_booked:
        say(f"nothing is booked: {found.why_not_booked}")
