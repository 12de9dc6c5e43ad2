"""Simulating the points of a design, each on the same seeds; and what each factor does on average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.study.conduct import Conduct, How, StudyStoppedError, carry_out
from twin.study.designs.factors import Factor, Point, changed, refuse_misfits
from twin.study.replicating import outcome_values, outcomes_of_all
from twin.study.replication import Case, Replicated
from twin.study.statistics.intervals import Interval, mean_interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """The points of a design with their replications. `results`: one row a seed, in the order of `points`.

    `asked_count`: how many seeds were asked for; there are fewer where the study was stopped.
    """

    factors: Sequence[Factor]
    points: Sequence[Point]
    cases: Sequence[Case]
    results: Sequence[Sequence[Replicated]]
    asked_count: int

    @property
    def stopped(self) -> bool:
        """Whether it says less than was asked."""
        return len(self.results) < self.asked_count

    def values(self, outcome: str) -> np.ndarray:
        """An outcome: one row for each seed, one column for each point; NaN where nothing is known."""
        return np.column_stack([outcome_values(case, outcome, [row[i] for row in self.results]) for i, case in enumerate(self.cases)])

    @property
    def table(self) -> pd.DataFrame:
        """One row for each point: its factors, and every outcome's mean over the seeds."""
        import pandas as pd

        means = {name: np.nanmean(self.values(name), axis=0) for name in outcomes_of_all(self.cases)}
        return pd.concat([pd.DataFrame(list(self.points)), pd.DataFrame(means)], axis=1)

    def effects(self, outcome: str, confidence: float = 0.95) -> dict[str, Interval]:
        """For each factor with two levels: how much more the outcome is at the second than at the first, over all other factors.

        Notes
        -----
        The main effect of a factorial, estimated on each seed and averaged over the seeds (which are independent) with Student's t;
        Box, Hunter, Hunter (2005), 5.4; Law (2015), 12.2.
        """
        values, found = self.values(outcome), {}
        for factor in self.factors:
            levels = list(dict.fromkeys(point[factor.name] for point in self.points))
            if len(levels) == 2:
                at = np.array([point[factor.name] == levels[1] for point in self.points])
                found[factor.name] = mean_interval(values[:, at].mean(axis=1) - values[:, ~at].mean(axis=1), confidence)
        return found


def explore(
    plant: PlantLike, scenario: ScenarioLike, factors: Sequence[Factor], points: Sequence[Mapping[str, Any]], n: int = 5, **how: Unpack[How]
) -> Exploration:
    """Simulate every point of a design `n` times, on the same seeds: `explore(shop, None, factors, factorial(factors), n=10)`.

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated
    StudyStoppedError : stopped before all points were done on one seed
    """
    conduct = Conduct(**how)
    read = library.read_plant(plant)
    return explored(conduct, read, library.read_scenario(scenario, plant), factors, points, n)


def explored(
    conduct: Conduct, plant: Plant, scenario: Scenario, factors: Sequence[Factor], points: Sequence[Mapping[str, Any]], n: int
) -> Exploration:
    """What `explore` gives, with what was read and how it is carried out."""
    refuse_misfits(factors, points)
    seeds = conduct.seeds(n)
    cases = [conduct.case(f"point {i}", plant, changed(scenario, factors, point)) for i, point in enumerate(points, 1)]
    rows = carry_out(conduct, cases, seeds)
    whole = [done for row in rows if len(done := [result for result in row if result is not None]) == len(cases)]
    if not whole:
        raise StudyStoppedError("the study was stopped before every point was done on one seed; with a folder, what is done is kept")
    return Exploration(factors=factors, points=[dict(point) for point in points], cases=cases, results=whole, asked_count=n)
