"""How long a plant that starts empty needs to fill: what a warm-up should leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.model.measures import write_duration
from twin.study.conduct import Conduct, How, StudyStoppedError, carry_out, plant_and_scenario
from twin.study.statistics.mser import mser, refuse_too_few


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """The warm-up of a scenario, and the series that it was read from.

    `settled` is false where the run is too short to tell: the plant is then still filling, or never stops to.
    """

    warm_up_us: int
    settled: bool
    level: float  # mean number of open requests after the warm-up
    step_us: int
    series: Sequence[float]  # mean number of open requests in each step, over all replications

    def __str__(self) -> str:
        if not self.settled:
            return f"the plant has not settled within {write_duration(len(self.series) * self.step_us)}; simulate for longer"
        return f"leave out the first {write_duration(self.warm_up_us)}; after that {self.level:.1f} requests are open on average"


def warm_up(plant: PlantLike, scenario: ScenarioLike = None, n: int = 5, *, step: str = "1 h", **how: Unpack[How]) -> WarmUp:
    """How much of a run to leave out at its start: MSER-5 on the number of open requests, averaged over `n` replications.

    Raises
    ------
    ValueError : what cannot be simulated, or too few steps in a run
    StudyStoppedError : stopped before all was done

    Notes
    -----
    The replications are averaged step by step first (Welch 1983, in Law 2015, 9.5.1), which leaves the trend and takes off noise; then
    see `mser`. A calendar with nights and weekends is no steady state: choose a step of a day or a week then, or judge whole horizons.
    """
    conduct = Conduct(**how)
    step_us = library.read_span(step)
    assert step_us is not None
    one = conduct.case("scenario", *plant_and_scenario(plant, scenario), series_step_us=step_us)
    refuse_too_few(one.span_us // step_us)  # before anything is simulated
    rows = [row[0] for row in carry_out(conduct, [one], conduct.seeds(n))]
    series = [result.series for result in rows if result is not None]
    if len(series) < n:
        raise StudyStoppedError("the study was stopped before all replications were done")
    level = np.mean(series, axis=0)
    found = mser(level)
    return WarmUp(
        warm_up_us=found.left_out * step_us, settled=found.settled, level=found.mean, step_us=step_us, series=[float(v) for v in level]
    )
