"""Which of several scenarios is best: replications where they are needed, until it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from twin.library import PlantLike
from twin.study.comparing import ScenariosLike, cases_of
from twin.study.conduct import Conduct, How, StudyStoppedError, carry_out
from twin.study.replicating import known_outcome, outcome_values
from twin.study.replication import Case
from twin.study.statistics.kim_nelson import KimNelson, refuse_unclear

AT_ONCE = 5
"""Seeds that are simulated before the next look; some may turn out not to have been needed. Workers do not stand idle for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The best of several scenarios in one outcome.

    `sure`: it is the best with `confidence`, or worse than the best by less than `difference`. If not sure (too few replications were
    allowed, or it was stopped), `best` has the best mean of those that are left, and `left` says which these are.
    """

    outcome: str
    best: str
    sure: bool
    left: Sequence[str]
    confidence: float
    difference: float
    taken: dict[str, int]  # replications that were looked at, by scenario
    means: dict[str, float]  # of these

    def __str__(self) -> str:
        many = ", ".join(f"{name} {count}" for name, count in self.taken.items())
        if self.sure:
            said = (
                f"'{self.best}' has the best {self.outcome}, or is within {self.difference:g} of it, with {self.confidence:.0%} confidence"
            )
        else:
            said = f"not sure yet: left are {', '.join(self.left)}; '{self.best}' leads in {self.outcome}"
        return f"{said} (replications: {many})"


def select_best(
    scenarios: ScenariosLike, outcome: str, difference: float, *, plant: PlantLike | None = None, confidence: float = 0.95,
    first: int = 10, at_most: int = 500, **how: Unpack[How],
) -> Selection:  # fmt: skip
    """Find the scenario with the best mean of `outcome`: scenarios that are clearly worse are dropped on the way.

    Parameters
    ----------
    difference : the smallest difference that matters, in the outcome's unit; the smaller, the more replications
    first, at_most : replications of every scenario before the first look; and of any, at the end

    Raises
    ------
    ValueError : what cannot be simulated, or an outcome that is not known in every replication
    StudyStoppedError : stopped before the first look

    Notes
    -----
    Procedure KN of Kim, Nelson (2001), see `KimNelson`, on common random numbers.
    """
    conduct = Conduct(**how)
    if first < 2 or at_most < first:
        raise ValueError(f"{first} replications before the first look and {at_most} at most; allowed: two or more, and no fewer than these")
    cases = cases_of(conduct, scenarios, plant)
    refuse_unclear(len(cases), difference, confidence)  # before anything is simulated
    sign = 1 if known_outcome(cases[0], outcome).better == "higher" else -1
    rows = _values(conduct, cases, range(len(cases)), outcome, conduct.seeds(first))
    if len(rows) < first:
        raise StudyStoppedError("the study was stopped before the first look at all scenarios")
    race = KimNelson(sign * rows, difference=difference, confidence=confidence)
    while not race.done and race.taken < at_most and not conduct.stopped:
        seeds = conduct.seeds(min(AT_ONCE, at_most - race.taken), after=race.taken)
        race.add(sign * _values(conduct, cases, race.alive, outcome, seeds))
    means = [sign * mean for mean in race.means]
    best = max(race.alive, key=lambda one: sign * means[one])
    return Selection(
        outcome=outcome, best=cases[best].name, sure=race.done, left=[cases[one].name for one in race.alive], confidence=confidence,
        difference=difference, taken={case.name: race.counts[i] for i, case in enumerate(cases)},
        means={case.name: means[i] for i, case in enumerate(cases)},
    )  # fmt: skip


def _values(conduct: Conduct, cases: Sequence[Case], alive: Sequence[int], outcome: str, seeds: Sequence[int]) -> np.ndarray:
    """One row for each seed that is done with all that are alive; NaN for the others."""
    whole = [row for row in carry_out(conduct, [cases[i] for i in alive], seeds) if all(result is not None for result in row)]
    values = np.full((len(whole), len(cases)), np.nan)
    for column, i in enumerate(alive):
        values[:, i] = outcome_values(cases[i], outcome, [result for row in whole if (result := row[column]) is not None])
    if np.isnan(values[:, list(alive)]).any():
        raise ValueError(f"'{outcome}' is not known in every replication; allowed: a longer run, or another outcome")
    return values
