"""Runs at an instant, as a library: as they were, as they stand now, and with another plant from now on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.library import ScenarioLike, read_scenario, read_span
from twin.model.measures import read_duration
from twin.results.run import Run

if TYPE_CHECKING:
    from twin.moment import Moment
    from twin.now.from_now_on import ChangedRun
    from twin.now.plant_now import PlantNow


def at(run: Run, after: str | int | None = None) -> Moment:
    """A simulated run as it was, or is, when that much plant time had passed ("2 d"; left out: now). Runs can go on from there.

        noon = twin.at(run, "6 h")
        other = noon.go_on(seed=2)              # the same morning, another afternoon
        same = noon.go_on()                     # the run again, entry by entry

    Raises
    ------
    NotPlayedAgain : the run does not follow from plant, scenario and seed alone
    ValueError : the instant is not within the run
    """
    from twin import moment

    after_us = read_duration(after) if isinstance(after, str) else after
    return moment.at(run, run.now_us if after_us is None else run.scenario.start_us + after_us)


def from_now_on(run: Run, changes: Mapping[str, Any] | ScenarioLike) -> ChangedRun:
    """A live, replayed or simulated run with another plant from now on; the run itself stays as it is.

        third = twin.from_now_on(run, "scenarios/gearbox_shop/third_hobber.yaml")    # what that changes beyond the run's own scenario
        faster = twin.from_now_on(run, {"routings.shaft.20.run": "3 min", "work_units.mill_2": None})
        study.futures(third, 200, until="5 d"), twin.plant_now(third, "5 d")

    What is under way ends as it began. What is taken away while it is at work finishes what it has in hand, and takes no more.

    Raises
    ------
    PlantFileError : a change names what is not there, or makes a plant that cannot be
    NotFromNowOn : a plant that runs cannot become so; everything that it cannot, by name
    """
    from twin.now import from_now_on as now

    if changes is None or isinstance(changes, Path | str):
        changes = read_scenario(changes, run.plant)
    return now.from_now_on(run, changes)


def plant_now(run: Run | ChangedRun, until: str | None = None) -> PlantNow:
    """The plant of a live, replayed or simulated run as MES and ERP know it now; `.unknown` says what they do not know.

    `run`: of a changed one (`twin.from_now_on`), the plant as it is from now on.
    `until`: plant time from now to the end of what may follow ("5 d"); left out, the end of the scenario's horizon.

    Raises
    ------
    ValueError : nothing lies ahead
    """
    from twin.now import plant_now as now

    span_us, now_us = read_span(until), (run if isinstance(run, Run) else run.run).now_us
    return now.plant_now(run, until_us=None if span_us is None else now_us + span_us)
