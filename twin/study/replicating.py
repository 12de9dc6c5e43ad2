"""One scenario, many seeds: how it turns out on average, how widely it varies, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np

from twin.library import PlantLike, ScenarioLike
from twin.model.problems import did_you_mean
from twin.results.outcomes import Outcome, outcome_table
from twin.study.by_rule.playing import outcomes_by_rule
from twin.study.conduct import Conduct, How, StudyStoppedError, carry_out, plant_and_scenario
from twin.study.replication import Case, Replicated
from twin.study.statistics.intervals import Interval, count_needed, is_precise, mean_interval, percentiles

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How well a mean is to be known: its interval reaches at most `share` of it to either side, with `confidence`."""

    outcome: str
    share: float = 0.02
    confidence: float = 0.95
    at_most: int = 1000  # replications, even if that is not enough

    def __post_init__(self) -> None:
        if not (0 < self.share < math.inf and 0 < self.confidence < 1 and self.at_most >= 1):
            raise ValueError(
                f"a precision of {self.share} with confidence {self.confidence} in {self.at_most} replications; allowed: a share above 0, a"
                " confidence between 0 and 1, and 1 replication or more"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replications:
    """The replications of one scenario, by seed. `precise`: whether what was asked of their number was reached."""

    case: Case
    results: Sequence[Replicated]
    precise: bool
    stopped: bool

    def values(self, outcome: str) -> np.ndarray:
        """An outcome of every replication; NaN where nothing is known.

        Raises
        ------
        ValueError : no such outcome
        """
        return outcome_values(self.case, outcome, self.results)

    def interval(self, outcome: str, confidence: float = 0.95) -> Interval:
        """The mean of an outcome, with its interval."""
        return mean_interval(self.values(outcome), confidence, is_share=known_outcome(self.case, outcome).is_share)

    @property
    def table(self) -> pd.DataFrame:
        """Every outcome with its mean, half the width of its 95 % interval, P10, P50, P90, and how many replications knew it."""
        import pandas as pd

        rows = []
        for one in outcomes_of(self.case).values():
            found = self.interval(one.name)
            spread = percentiles(self.values(one.name))
            shown = dict(zip(("p10", "p50", "p90"), spread, strict=True))
            rows.append({"outcome": one.name, "mean": found.mean, "half_width": found.half, **shown, "count": found.count})
        return pd.DataFrame(rows)

    @property
    def replications(self) -> pd.DataFrame:
        """One row for each replication: seed, trace hash and every outcome."""
        import pandas as pd

        return pd.DataFrame([replication_row(self.case.name, result) for result in self.results])


def outcomes_of_all(cases: Sequence[Case]) -> dict[str, Outcome]:
    """The outcomes that every one of some cases tells, by name."""
    return {name: it for name, it in outcomes_of(cases[0]).items() if all(name in outcomes_of(case) for case in cases)}


def outcomes_of(case: Case) -> dict[str, Outcome]:
    """What the outcomes of a case mean, by name."""
    currency = case.plant.layout.currency
    if not case.by_rule:
        return outcome_table(currency)
    return outcomes_by_rule(currency)


def known_outcome(case: Case, name: str) -> Outcome:
    """The outcome of a case of that name; raises what `outcome_in` raises."""
    return outcome_in(outcomes_of(case), name)


def outcome_in(table: Mapping[str, Outcome], name: str) -> Outcome:
    """The outcome of that name.

    Raises
    ------
    ValueError : there is none
    """
    if name not in table:
        raise ValueError(f"no outcome '{name}'{did_you_mean(name, table)}; allowed: {', '.join(table)}")
    return table[name]


def outcome_values(case: Case, name: str, results: Sequence[Replicated]) -> np.ndarray:
    """One outcome of each result; NaN where nothing is known."""
    known_outcome(case, name)
    values = (result.outcomes[name] for result in results)
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def replication_row(name: str, result: Replicated) -> dict[str, object]:
    """A replication as a row of a table."""
    return {
        "scenario": name,
        "seed": result.seed,
        "trace_hash": result.trace_hash,
        "event_count": result.event_count,
        "deadlock": result.deadlock,
        **{outcome: math.nan if value is None else value for outcome, value in result.outcomes.items()},
    }


def replicate(
    plant: PlantLike, scenario: ScenarioLike = None, n: int = 30, *, precision: Precision | None = None, **how: Unpack[How]
) -> Replications:
    """Simulate a scenario `n` times, with one seed after the other: `replicate("plant_models/gearbox_shop", n=100, until="5 d")`.

    Parameters
    ----------
    precision : go on after the first `n` until an outcome is known that well: `Precision(outcome="lead_time_h_mean", share=0.02)`
    how : see `How`; `folder` keeps results, `workers` says who works, `stop` ends it

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated
    StudyStoppedError : stopped before anything was done

    Notes
    -----
    The number of further replications is estimated from the variance so far, at most doubling what there is, so that an early small
    variance does not end it too soon; Law (2015), 9.4.1, "sequential procedure".
    """
    conduct = Conduct(**how)
    one = conduct.case("scenario", *plant_and_scenario(plant, scenario))
    if precision:
        known_outcome(one, precision.outcome)
    results: list[Replicated] = []
    wanted, precise = n, precision is None
    while len(results) < wanted and not conduct.stopped:
        rows = carry_out(conduct, [one], conduct.seeds(wanted - len(results), after=len(results)))
        results += [row[0] for row in rows if row[0] is not None]
        if precision and not conduct.stopped:
            values = outcome_values(one, precision.outcome, results)
            precise = is_precise(values, precision.share, precision.confidence)
            if not precise:
                wanted = min(precision.at_most, _next_count(values, precision))
    if not results:
        raise StudyStoppedError("the study was stopped before a replication was done")
    is_stopped = len(results) < wanted
    return Replications(case=one, results=results, precise=precise and not is_stopped, stopped=is_stopped)


def _next_count(values: np.ndarray, precision: Precision) -> int:
    there = int(values.size)
    known_count = int(np.sum(~np.isnan(values)))
    if known_count < 2:
        return 2 * there + 1
    return min(2 * there, max(there + 1, count_needed(values, precision.share, precision.confidence)))
