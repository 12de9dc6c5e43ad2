"""Several scenarios on the same seeds: which is better, by how much, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.model.scenario import Scenario
from twin.results.outcomes import Outcome
from twin.store.files import plant_folder_of
from twin.study.conduct import Conduct, How, StudyStoppedError, carry_out
from twin.study.replicating import known_outcome, outcome_values, outcomes_of_all, replication_row
from twin.study.replication import Case, Replicated
from twin.study.statistics.best import probabilities_to_be_best, shares_best
from twin.study.statistics.intervals import Interval, joint_confidence, mean_interval, paired_interval, percentiles

if TYPE_CHECKING:
    import pandas as pd

ScenariosLike = Mapping[str, ScenarioLike] | Sequence[ScenarioLike]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One scenario in one outcome. The difference is to the first scenario, whose own is None.

    `best_probability`: how probable it is that its true mean is the best. `best_share`: in how many of the replications it *was* the
    best. A scenario may be surely better on average, and still lose many a week.
    """

    name: str
    outcome: str
    mean: Interval
    p10: float
    p50: float
    p90: float
    difference: Interval | None
    best_probability: float
    best_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Scenarios on common seeds. `results`: one row for each seed that every scenario was simulated with, in the order of `cases`."""

    cases: Sequence[Case]
    results: Sequence[Sequence[Replicated]]
    asked_count: int
    confidence: float
    stopped: bool

    @property
    def names(self) -> list[str]:
        return [case.name for case in self.cases]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What can be compared, by name."""
        return outcomes_of_all(self.cases)

    def values(self, outcome: str) -> np.ndarray:
        """An outcome: one row for each seed with which all scenarios know it, one column for each scenario.

        Raises
        ------
        ValueError : no such outcome
        """
        columns = [outcome_values(case, outcome, [row[i] for row in self.results]) for i, case in enumerate(self.cases)]
        values: np.ndarray = np.column_stack(columns)
        return np.asarray(values[~np.isnan(values).any(axis=1)])

    def compared(self, outcome: str) -> list[Compared]:
        """Every scenario in one outcome.

        The intervals of the differences hold together with the confidence of the comparison (Bonferroni).
        """
        values, of = self.values(outcome), known_outcome(self.cases[0], outcome)
        signed = values if of.better == "higher" else -values
        probabilities, shares = probabilities_to_be_best(signed), shares_best(signed)
        each = joint_confidence(self.confidence, len(self.cases) - 1)
        found = []
        for i, case in enumerate(self.cases):
            p10, p50, p90 = percentiles(values[:, i])
            found.append(
                Compared(
                    name=case.name, outcome=outcome, mean=mean_interval(values[:, i], self.confidence, is_share=of.is_share),
                    p10=p10, p50=p50, p90=p90,
                    difference=paired_interval(values[:, i], values[:, 0], each) if i else None,
                    best_probability=probabilities[i], best_share=shares[i],
                )
            )  # fmt: skip
        return found

    def rows(self, outcomes: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Every scenario in every outcome (or in those named), as plain rows; NaN where nothing is known."""
        return [_plain(one) for name in outcomes or self.outcomes for one in self.compared(name)]

    def replication_rows(self) -> list[dict[str, Any]]:
        """Every replication with all of its outcomes, as plain rows."""
        return [replication_row(case.name, result) for row in self.results for case, result in zip(self.cases, row, strict=True)]

    @property
    def deadlocks(self) -> dict[str, str]:
        """Of each scenario that came to a deadlock: in how many replications, and who waits for whom in the first of them."""
        found = {}
        for name, column in zip(self.names, zip(*self.results, strict=True), strict=True):
            if stuck := [result for result in column if result.deadlock]:
                found[name] = f"{len(stuck)} of {len(column)} replications; with seed {stuck[0].seed} a {stuck[0].deadlock}"
        return found

    @property
    def table(self) -> pd.DataFrame:
        """Every scenario in every outcome: mean with its interval, P10, P50, P90, difference to the first, how probably best, how often.

        `half_width` is of Student's t; `low` and `high` are the ends of the interval, which for a share lie within 0 and 1.
        """
        import pandas as pd

        return pd.DataFrame(self.rows())

    @property
    def replications(self) -> pd.DataFrame:
        """One row for each replication."""
        import pandas as pd

        return pd.DataFrame(self.replication_rows())

    def summary(self, outcomes: Sequence[str] | None = None) -> dict[str, Any]:
        """The comparison as plain values, ready for JSON (unknown: None)."""
        titles = {case.name: case.scenario.title for case in self.cases}
        rows = [{key: _finite(value) for key, value in row.items()} for row in self.rows(outcomes)]
        return {
            "plant": self.cases[0].plant.id, "scenarios": titles, "first_seed": self.results[0][0].seed, "replications": len(self.results),
            "asked": self.asked_count, "stopped": self.stopped, "confidence": self.confidence, "by_rule": self.cases[0].by_rule,
            "deadlocks": self.deadlocks, "compared": rows,
        }  # fmt: skip

    def figure(self, outcome: str) -> Any:
        """One outcome as a figure (SVG) that a notebook shows: means with their intervals and P10 to P90, differences to the first."""
        from twin.study.report.drawing import figure

        return figure(known_outcome(self.cases[0], outcome), self.compared(outcome))

    def save(self, folder: Path | str, outcomes: Sequence[str] | None = None) -> Path:
        """Write comparison and replications as Parquet and CSV, and report.html with figures; the folder is made."""
        from twin.study.report.saving import save

        return save(self, Path(folder), outcomes)

    def _repr_html_(self) -> str:
        from twin.study.report.page import notebook_html

        return notebook_html(self)


def _plain(one: Compared) -> dict[str, Any]:
    difference = one.difference or Interval(mean=math.nan, half=math.nan, count=0, confidence=math.nan)
    return {
        "outcome": one.outcome, "scenario": one.name, "count": one.mean.count, "mean": one.mean.mean, "half_width": one.mean.half,
        "low": one.mean.low, "high": one.mean.high, "p10": one.p10, "p50": one.p50, "p90": one.p90,
        "difference": difference.mean, "difference_low": difference.low, "difference_high": difference.high,
        "best_probability": one.best_probability, "best_share": one.best_share,
    }  # fmt: skip


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def compare(
    scenarios: ScenariosLike, n: int = 30, *, plant: PlantLike | None = None, confidence: float = 0.95, **how: Unpack[How]
) -> Comparison:
    """Simulate several scenarios of one plant `n` times each, on the same seeds, and compare how they turn out.

    `compare(["scenarios/gearbox_shop/baseline.yaml", "scenarios/gearbox_shop/second_furnace.yaml"], n=50, until="5 d")`

    Parameters
    ----------
    scenarios : files, or what was read from them; as a mapping, by the names to show. The first is what the others are compared with.
    plant : left out, the one that the first scenario's file names
    how : see `How`; `folder` keeps results, `workers` says who works, `stop` ends it: what is complete by then is compared

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated
    StudyStoppedError : stopped before two seeds were done with every scenario
    """
    conduct = Conduct(**how)
    if n < 2:
        raise ValueError(f"{n} replications tell nothing about chance; allowed: 2 or more")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}; allowed: between 0 and 1, as 0.95")
    cases = cases_of(conduct, scenarios, plant)
    rows = carry_out(conduct, cases, conduct.seeds(n))
    complete = [whole for row in rows if len(whole := [result for result in row if result is not None]) == len(cases)]
    if len(complete) < 2:
        raise StudyStoppedError("the study was stopped before two seeds were done with every scenario; with a folder, what is done is kept")
    return Comparison(cases=cases, results=complete, asked_count=n, confidence=confidence, stopped=len(complete) < n)


def cases_of(conduct: Conduct, scenarios: ScenariosLike, plant: PlantLike | None) -> list[Case]:
    """The scenarios as cases of one plant, each with a name of its own.

    Raises
    ------
    ValueError : fewer than two, two of one name, or no plant to be found
    """
    named = dict(scenarios) if isinstance(scenarios, Mapping) else _named(scenarios)
    if len(named) < 2:
        raise ValueError(f"{len(named)} scenario to compare; allowed: two or more")
    if plant is None:
        first = next(iter(named.values()))
        if not isinstance(first, Path | str):
            raise ValueError("say which plant: scenarios that were read already do not know its folder")
        plant = plant_folder_of(first)
    read = library.read_plant(plant)
    return [conduct.case(name, read, scenario) for name, scenario in named.items()]


def _named(scenarios: Sequence[ScenarioLike]) -> dict[str, ScenarioLike]:
    """Each by its file's name, or by its place and title."""
    named: dict[str, ScenarioLike] = {}
    for place, scenario in enumerate(scenarios, 1):
        name = scenario.title or f"scenario {place}" if isinstance(scenario, Scenario) else Path(scenario or "baseline").stem
        if name in named:
            raise ValueError(f"two scenarios are called '{name}'; allowed: a mapping with a name for each, or files of different names")
        named[name] = scenario
    return named
