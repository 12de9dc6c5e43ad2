"""explain: reasons in the terminal, of a saved run or of one that is simulated for the question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from twin import library
from twin.command.manners import Failed, print_json, progress, say, stopped_by_ctrl_c
from twin.results.run import Run


def explain(place: Path, about: Sequence[str], scenario: Path | None, *, until: str | None, seed: int, json: bool) -> None:
    """Print why, one answer after the other.

    Raises
    ------
    ValueError : nothing in the run has that id
    Failed : the person ended the run before there was an answer
    """
    run = saved_or_simulated(place, scenario, until, seed)
    if run.deadlock:
        say(f"the run was stopped by a {run.deadlock}")
    late = run.orders.loc[lambda orders: orders["late_h"] > 0, "order"]
    answers = {name: run.explain(name) for name in (about or list(late))}
    if json:
        print_json({"reasons": {name: answer.summary() for name, answer in answers.items()}})
    elif answers:
        typer.echo("\n\n".join(map(str, answers.values())))
    else:
        say("no order is late; ask about one with --about")


def saved_or_simulated(place: Path, scenario: Path | None, until: str | None, seed: int) -> Run:
    """The run that was saved there, or one of the plant there that is simulated for the question.

    Raises
    ------
    Failed : the person ended it
    """
    return library.load(place) if (place / "events.parquet").exists() else _simulated(place, scenario, until, seed)


def _simulated(plant: Path, scenario: Path | None, until: str | None, seed: int) -> Run:
    asked = library.read_scenario(scenario, plant)
    end_us = asked.start_us + (library.read_span(until) or asked.horizon)
    with stopped_by_ctrl_c() as stop, progress(f"simulating {asked.plant}", asked.start_us, end_us) as watch:
        run = library.simulate(plant, asked, seed=seed, until=until, watch=watch, stop=stop)
    if stop.is_set():
        raise Failed("cancelled: the run that is asked about has not come to its end")
    return run
