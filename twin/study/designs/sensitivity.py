"""Which factors matter: variance-based indices (Sobol) and screening with few runs (Morris), by SALib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.study.conduct import Conduct, How, StudyStoppedError
from twin.study.designs.exploring import explored
from twin.study.designs.factors import Factor, Point
from twin.study.designs.points import at_shares

Evaluate = Callable[[list[Point]], np.ndarray]
"""The outcome at each point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """How much a factor matters for an outcome. With Sobol's indices: shares of the outcome's variance over the space of all factors.

    `first`: explained by the factor alone. `total`: with all it does together with others; near 0, it does not matter.
    With Morris: `total` is the mean size of the effect of a step through the range (mu*), `first` its spread (sigma): where it is as
    large, the effect depends on the others, or is bent. The `half`s are of 95 % intervals (bootstrap), NaN where there is none.
    """

    factor: str
    first: float
    first_half: float
    total: float
    total_half: float


def sobol_indices(factors: Sequence[Factor], evaluate: Evaluate, base: int = 64, *, seed: int = 1) -> list[Influence]:
    """Sobol indices of an outcome, in base * (factors + 2) points.

    Notes
    -----
    Sobol' (2001), Math. and Computers in Simulation 55, 271; Saltelli et al. (2010), Computer Physics Comm. 181, 259; by SALib.
    """
    _need_salib()
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample

    problem = _problem(factors)
    shares = sample.sample(problem, base, calc_second_order=False, seed=seed)
    found = analysis.analyze(problem, _evaluated(factors, evaluate, shares), calc_second_order=False, seed=seed)
    columns = (found["S1"], found["S1_conf"], found["ST"], found["ST_conf"])
    return _influences(factors, columns)


def morris_screening(factors: Sequence[Factor], evaluate: Evaluate, base: int = 8, *, seed: int = 1) -> list[Influence]:
    """Mean elementary effects of an outcome, in base * (factors + 1) points.

    Notes
    -----
    Morris (1991), Technometrics 33, 161; mu*: Campolongo et al. (2007), Environmental Modelling and Software 22, 1509; by SALib.
    """
    _need_salib()
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sample

    problem = _problem(factors)
    shares = sample.sample(problem, base, num_levels=4, seed=seed)
    found = analysis.analyze(problem, shares, _evaluated(factors, evaluate, shares), num_levels=4, seed=seed)
    columns = (found["sigma"], np.full(len(factors), np.nan), found["mu_star"], found["mu_star_conf"])
    return _influences(factors, columns)


METHODS: dict[str, Callable[..., list[Influence]]] = {"sobol": sobol_indices, "morris": morris_screening}


def sensitivity(
    plant: PlantLike, scenario: ScenarioLike, factors: Sequence[Factor], outcome: str, *,
    method: Literal["sobol", "morris"] = "morris", base: int = 8, n: int = 3, **how: Unpack[How],
) -> list[Influence]:  # fmt: skip
    """Which factors matter for an outcome of a scenario; each point is the mean of `n` replications on the same seeds.

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated, an outcome that is not known at every point, or SALib is not installed
    StudyStoppedError : stopped before it was done
    """
    _need_salib()
    if method == "sobol" and base & (base - 1):
        raise ValueError(f"a base of {base} for Sobol's indices; allowed: a power of two, as 16, 32, 64")
    if method not in METHODS or base < 1:
        raise ValueError(f"method '{method}' with base {base}; allowed: {' or '.join(METHODS)}, and a base of 1 or more")
    conduct = Conduct(**how)
    read = library.read_plant(plant)
    asked = library.read_scenario(scenario, plant)

    def evaluate(points: list[Point]) -> np.ndarray:
        exploration = explored(conduct, read, asked, factors, points, n)
        if exploration.stopped:
            raise StudyStoppedError("the study was stopped; with a folder, it goes on from what is kept when it is called again")
        means: np.ndarray = exploration.values(outcome).mean(axis=0)
        if np.isnan(means).any():
            raise ValueError(f"'{outcome}' is not known at every point; allowed: a longer run, or another outcome")
        return means

    return METHODS[method](factors, evaluate, base, seed=conduct.seed)


def _need_salib() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise ValueError("sensitivity needs SALib, which is not installed; allowed: pip install 'plant-twin[study]'") from None


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": [factor.name for factor in factors], "bounds": [[0.0, 1.0]] * len(factors)}


def _evaluated(factors: Sequence[Factor], evaluate: Evaluate, shares: np.ndarray) -> np.ndarray:
    """The outcome at every row; rows that are the same point are evaluated once."""
    points = at_shares(factors, shares)
    keys = [tuple(point.values()) for point in points]
    unique = dict(zip(keys, points, strict=True))
    values = dict(zip(unique, evaluate(list(unique.values())), strict=True))
    return np.array([values[key] for key in keys], dtype=float)


def _influences(factors: Sequence[Factor], columns: Sequence[np.ndarray]) -> list[Influence]:
    rows = zip(factors, *columns, strict=True)
    return [
        Influence(factor=factor.name, first=float(first), first_half=float(first_half), total=float(total), total_half=float(total_half))
        for factor, first, first_half, total, total_half in rows
    ]
