"""Designs: which combinations of the factors' values to try."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from twin.study.designs.factors import Factor, Point, refuse_doubles


def factorial(factors: Sequence[Factor], levels: int = 2) -> list[Point]:
    """Every combination of `levels` values of each range and all options of each choice; the last factor changes fastest.

    Notes
    -----
    Box, Hunter, Hunter (2005), "Statistics for experimenters", ch. 5.
    """
    refuse_doubles(factors)
    if levels < 1:
        raise ValueError(f"{levels} values of each range; allowed: 1 or more")
    names = [factor.name for factor in factors]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(factor.levels(levels) for factor in factors))]


def latin_hypercube(factors: Sequence[Factor], count: int, *, seed: int = 1) -> list[Point]:
    """`count` points of which each factor sees every one of `count` equal parts of its range once.

    Notes
    -----
    McKay, Beckman, Conover (1979), Technometrics 21, 239; `scipy.stats.qmc.LatinHypercube`, improved by random permutations.
    """
    from scipy.stats import qmc

    if count < 1:
        raise ValueError(f"{count} points; allowed: 1 or more")
    sampler = qmc.LatinHypercube(len(factors), optimization="random-cd", rng=np.random.default_rng(seed))
    return at_shares(factors, sampler.random(count))


def sobol(factors: Sequence[Factor], count: int, *, seed: int = 1) -> list[Point]:
    """`count` points (a power of two) that fill the space of the factors as evenly as may be.

    Notes
    -----
    Sobol' (1967), USSR Comp. Math. and Math. Physics 7, 86, scrambled (Owen 1998); `scipy.stats.qmc.Sobol`.

    Raises
    ------
    ValueError : `count` is no power of two, with which the sequence loses its evenness
    """
    from scipy.stats import qmc

    if count < 1 or count & (count - 1):
        raise ValueError(f"{count} points of a Sobol sequence; allowed: a power of two, as 16, 32, 64")
    sampler = qmc.Sobol(len(factors), rng=np.random.default_rng(seed))
    return at_shares(factors, sampler.random(count))


def at_shares(factors: Sequence[Factor], shares: np.ndarray) -> list[Point]:
    """Points from rows of shares between 0 and 1, one for each factor."""
    refuse_doubles(factors)
    return [{factor.name: factor.from_unit(float(share)) for factor, share in zip(factors, row, strict=True)} for row in shares]
