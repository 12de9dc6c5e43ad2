"""Search for the best values of the factors, with what must hold at them, by Optuna."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.study.conduct import Conduct, How, StudyStoppedError
from twin.study.designs.exploring import explored
from twin.study.designs.factors import Choice, Factor, Point
from twin.study.replicating import known_outcome

if TYPE_CHECKING:
    import optuna

_LIMIT = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(<=|>=)\s*([+-]?[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?)\s*", re.IGNORECASE)
CONFIRMED_FROM = 1_000_000
"""Seeds of the confirmation lie so far above those of the search: what was best by luck is not best by luck again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What must hold, as in "on_time_share >= 0.9"."""

    outcome: str
    sign: Literal["<=", ">="]
    bound: float

    def excess(self, value: float) -> float:
        """By how much it is broken; 0 or less if it holds."""
        return value - self.bound if self.sign == "<=" else self.bound - value


def read_limit(text: str) -> Limit:
    """The limit that somebody wrote.

    Raises
    ------
    ValueError : it is none
    """
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no limit; allowed: an outcome, <= or >=, and a number, as in 'on_time_share >= 0.9'")
    return Limit(outcome=match[1], sign=">=" if match[2] == ">=" else "<=", bound=float(match[3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A point that was tried. `excess`: by how much each limit is broken there (0 or less: it holds)."""

    point: Point
    value: float
    excess: Sequence[float]

    @property
    def holds(self) -> bool:
        return all(one <= 0 for one in self.excess)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Found:
    """The best point at which all limits hold; None if they hold nowhere that was tried.

    `best.value` is the best of many, and so too good by some luck; `confirmed` is the mean at that point on seeds of its own.
    """

    outcome: str
    best: Tried | None
    tried: Sequence[Tried]
    confirmed: dict[str, float]  # outcome and limits at the best point, on fresh seeds

    def __repr__(self) -> str:
        many = f"{len(self.tried)} points tried, limits hold at {sum(one.holds for one in self.tried)}"
        if self.best is None:
            return f"<Search for {self.outcome}: {many}; .tried>"
        point = ", ".join(f"{name} = {value}" for name, value in self.best.point.items())
        confirmed = ", ".join(f"{name} {value:.4g}" for name, value in self.confirmed.items())
        return f"<Search for {self.outcome}: {many}; best at {point}; there, on fresh seeds: {confirmed}; .best, .tried, .confirmed>"


Evaluate = Callable[[list[Point]], Sequence[tuple[float, Sequence[float]]]]
"""For each point its value and by how much each limit is broken."""


def search_points(
    factors: Sequence[Factor], evaluate: Evaluate, *, better: Literal["higher", "lower"], tries: int, at_once: int = 4, seed: int = 1
) -> list[Tried]:
    """Try points, `at_once` at a time, where those before promise most. The same seed tries the same points.

    Notes
    -----
    Tree-structured Parzen estimator: Bergstra et al. (2011), NeurIPS 24; with constraints: Watanabe, Hutter (2023), IJCAI; by Optuna.
    Since a search with the same seed asks for the same points, one that was stopped goes on from the results that were kept.
    """
    optuna = _optuna()
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        direction = "maximize" if better == "higher" else "minimize"
        study = optuna.create_study(
            direction=direction, sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(10, tries // 2 + 1))
        )
        tried: list[Tried] = []
        while len(tried) < tries:
            trials = [study.ask() for _ in range(min(at_once, tries - len(tried)))]
            points = [{factor.name: _suggested(trial, factor) for factor in factors} for trial in trials]
            for trial, point, (value, excess) in zip(trials, points, evaluate(points), strict=True):
                for place, one in enumerate(excess):
                    trial.set_constraint(f"limit {place}", one)
                study.tell(trial, value)
                tried.append(Tried(point=point, value=value, excess=tuple(excess)))
        return tried
    finally:
        optuna.logging.set_verbosity(verbosity)


def best_of(tried: Sequence[Tried], better: Literal["higher", "lower"]) -> Tried | None:
    """The best point at which all limits hold."""
    holding = [one for one in tried if one.holds]
    if not holding:
        return None
    return (max if better == "higher" else min)(holding, key=operator.attrgetter("value"))


def search(
    plant: PlantLike, scenario: ScenarioLike, factors: Sequence[Factor], outcome: str, *, limits: Sequence[str] = (),
    tries: int = 40, n: int = 5, **how: Unpack[How],
) -> Found:  # fmt: skip
    """Search for the values of the factors with the best mean of `outcome`, among those at which every limit holds.

    Parameters
    ----------
    limits : what must hold for the means, as "on_time_share >= 0.9"
    tries, n : points that are tried, and replications of each, on the same seeds; the best is confirmed with 2 n others

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated, an outcome not known where it is needed, or Optuna is not installed
    StudyStoppedError : stopped before it was done
    """
    _optuna()
    conduct, read, asked = Conduct(**how), library.read_plant(plant), library.read_scenario(scenario, plant)
    bounds = [read_limit(text) for text in limits]
    table_case = conduct.case("scenario", read, asked)
    better = known_outcome(table_case, outcome).better
    if tries < 1:
        raise ValueError(f"{tries} points to try; allowed: 1 or more")
    names = [outcome, *(known_outcome(table_case, one.outcome).name for one in bounds)]

    def means(points: list[Point], count: int, whose: Conduct) -> list[list[float]]:
        exploration = explored(whose, read, asked, factors, points, count)
        if exploration.stopped:
            raise StudyStoppedError("the search was stopped; with a folder, it goes on from what is kept when it is called again")
        found = np.column_stack([exploration.values(name).mean(axis=0) for name in names])
        if np.isnan(found).any():
            raise ValueError(f"one of {', '.join(names)} is not known at every point; allowed: a longer run, or another outcome")
        return [[float(value) for value in row] for row in found]

    def evaluate(points: list[Point]) -> list[tuple[float, list[float]]]:
        rows = means(points, n, conduct)
        return [(row[0], [limit.excess(value) for limit, value in zip(bounds, row[1:], strict=True)]) for row in rows]

    tried = search_points(factors, evaluate, better=better, tries=tries, seed=conduct.seed)
    best = best_of(tried, better)
    confirmed: dict[str, float] = {}
    if best:
        afresh = replace(conduct, seed=conduct.seed + CONFIRMED_FROM)
        confirmed = dict(zip(names, means([best.point], 2 * n, afresh)[0], strict=True))
    return Found(outcome=outcome, best=best, tried=tried, confirmed=confirmed)


def _suggested(trial: optuna.Trial, factor: Factor) -> Any:
    if isinstance(factor, Choice):
        return trial.suggest_categorical(factor.name, list(factor.options))
    if factor.whole:
        return trial.suggest_int(factor.name, int(factor.low), int(factor.high))
    return factor.rounded(trial.suggest_float(factor.name, factor.low, factor.high))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ValueError("a search needs Optuna, which is not installed; allowed: pip install 'plant-twin[study]'") from None
    return optuna
