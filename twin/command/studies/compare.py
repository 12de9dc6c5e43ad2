"""compare: several scenarios on the same seeds, as a table that people read and files that programs do."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Unpack

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from twin import library
from twin.command.manners import FAILED, TOLD_EVERY_S, Failed, err, out, print_json, say, stopped_by_ctrl_c, told_now_and_then
from twin.command.studies.by_rule import by_rule_means
from twin.model.problems import listed
from twin.results.outcomes import outcome_table
from twin.store.files import plant_folder_of
from twin.study import Comparison, How, StudyStoppedError, WorkersLostError
from twin.study import compare as compare_scenarios
from twin.study.by_rule.playing import not_told_by_rule, outcomes_by_rule
from twin.study.conduct import Progress as StudyProgress
from twin.study.conduct import Watch
from twin.study.replicating import outcome_in
from twin.study.replication import OtherVersionError
from twin.study.report.page import asked_first

WIDE = 132


def default_folder() -> Path:
    """Where this machine keeps results that can be had again by simulating: the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plant-twin" / "replications"


def compare(
    scenarios: Sequence[Path], replications: int, plant: Path | None, confidence: float, outcomes: Sequence[str], *,
    save_to: Path | None, json: bool, **how: Unpack[How],
) -> None:  # fmt: skip
    """Compare, show, save; end with 1 if the person stopped it."""
    kept = how.get("folder") or default_folder()
    plant = plant or plant_folder_of(scenarios[0])
    currency, by_rule = library.read_plant(plant).layout.currency, how.get("by_rule", False)
    for name in outcomes:  # told before anything is simulated
        if by_rule and name in not_told_by_rule(currency):
            raise ValueError(f"'{name}' needs MES and ERP; allowed: {listed(outcomes_by_rule(currency), 20)}, or without --by-rule")
        outcome_in(outcome_table(currency), name)
    if by_rule:
        say(by_rule_means(currency))
    with stopped_by_ctrl_c() as stop, counting() as watch:
        how["folder"], how["watch"], how["stop"] = kept, watch, stop
        try:
            comparison = compare_scenarios(list(scenarios), replications, plant=plant, confidence=confidence, **how)
        except StudyStoppedError:
            raise Failed(f"stopped before anything could be compared; what was done is kept in {kept}") from None
        except (OtherVersionError, WorkersLostError) as error:
            raise Failed(str(error)) from None
    shown = list(outcomes) or (list(comparison.outcomes) if by_rule else asked_first(list(comparison.outcomes)))
    if json:
        print_json(comparison.summary(outcomes or None))
    else:
        print_comparison(comparison, shown)
    if save_to:
        comparison.save(save_to, outcomes or None)
        say(f"saved to {save_to}: report.html, comparison and replications as Parquet and CSV")
    if comparison.stopped:
        say(f"stopped after {len(comparison.results)} of {replications} replications; call it again and it goes on from there")
        raise typer.Exit(FAILED)


@contextmanager
def counting(what: str = "replications") -> Iterator[Watch]:
    """A bar on standard error that counts what is done and vanishes at the end; when piped, a line once in a while."""
    if not err.is_terminal:
        yield telling(what)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def watch(progress: StudyProgress) -> None:
            found = f" ({progress.found} kept from before)" if progress.found else ""
            bar.update(task, completed=progress.done, total=progress.total, description=f"{what}{found}")

        yield watch


def telling(what: str, every_s: float = TOLD_EVERY_S) -> Watch:
    """A watch that says every now and then how much is done, and about how long it is to the end."""
    tell = told_now_and_then(every_s)

    def watch(progress: StudyProgress) -> None:
        found = f" ({progress.found} kept from before)" if progress.found else ""
        total = max(1, progress.total)
        tell(f"{progress.done} of {progress.total} {what}{found}", progress.done / total, progress.found / total)

    return watch


def print_comparison(comparison: Comparison, outcomes: Sequence[str]) -> None:
    """One table for each outcome, the scenarios below one another."""
    first = comparison.results[0][0].seed
    out.print(comparison.cases[0].plant.title, style="bold", highlight=False)
    out.print(f"  {len(comparison.results)} replications of each scenario, with the seeds from {first}", highlight=False)
    if comparison.cases[0].by_rule:
        out.print("  by rule, without the records of an MES; costs from what the plant has said", highlight=False)
    for name, said in comparison.deadlocks.items():
        out.print(f"  {name} came to a deadlock in {said}", highlight=False, markup=False)
    for name in outcomes:
        _print_outcome(comparison, name)
    share = f"{comparison.confidence:.0%}"
    out.print(f"  mean in: its {share} interval; [..]: {share} interval of the difference, all of an outcome together", highlight=False)
    out.print("  best mean: how probably its true mean is the best, by differences seed by seed; won: so many of the replications")


def _print_outcome(comparison: Comparison, name: str) -> None:
    compared = comparison.compared(name)
    outcome = comparison.outcomes[name]
    heading = f"{outcome.heading} ({outcome.better} is better; {name})"
    table = Table(title=heading, title_justify="left", box=None, header_style="bold")
    table.add_column("", no_wrap=True)
    for column in ("mean", "mean in", "P10", "P50", "P90", f"against {compared[0].name}", "best mean", "won"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in compared:
        gap = ""
        if one.difference is not None and one.difference.count > 1:
            gap = escape(outcome.shown_difference(one.difference.mean, one.difference.low, one.difference.high))
        mean, *spread = (outcome.shown(value) for value in (one.mean.mean, one.p10, one.p50, one.p90))
        shares = (f"{100 * share:.1f} %" if math.isfinite(share) else "-" for share in (one.best_probability, one.best_share))
        table.add_row(one.name, mean, outcome.shown_range(one.mean.low, one.mean.high), *spread, gap, *shares)
    Console(soft_wrap=True, width=max(out.width, WIDE)).print(table)  # whole, also where it is piped or the window is narrow
