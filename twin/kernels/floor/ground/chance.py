"""Draws from declared distributions, by purpose, entity and number: nothing is kept but how many were drawn."""

from __future__ import annotations

import numpy as np

from twin.kernels.chance.philox import minus_log_of_complement, philox_word, product_of, share_of, uniform, word_of
from twin.kernels.chance.variates import (
    CONSTANT,
    EMPIRICAL,
    EXPONENTIAL,
    GAMMA,
    gamma_attempt,
    good_ahead,
    variate_us,
    whole_us,
)
from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@inlined
def draw_uniform(plan: Ints, purpose: int, entity: int, draw: int) -> float:
    """Draw number `draw` (from 0) of the stream of an entity."""
    keys = plan[at.KEYS_AT] + 2 * purpose
    return uniform(plan[keys], plan[keys + 1], entity, draw)


@kernel
def is_constant(plan: Ints, distribution: int) -> bool:
    """Whether nothing is drawn; no distribution (-1) stands for no time at all."""
    return distribution < 0 or plan[plan[at.DISTRIBUTIONS_AT] + distribution * at.DISTRIBUTION_ROW + at.DISTRIBUTION_KIND] == CONSTANT


@kernel
def draw_us(plan: Ints, numbers: Floats, distribution: int, purpose: int, entity: int, draw: int) -> int:
    """One variate of a distribution, us; it uses up draw number `draw`, however many words it takes."""
    row = plan[at.DISTRIBUTIONS_AT] + distribution * at.DISTRIBUTION_ROW
    kind = plan[row + at.DISTRIBUTION_KIND]
    if kind == CONSTANT:
        return plan[plan[row + at.VALUES_AT]]
    first = plan[row + at.DISTRIBUTION_NUMBERS]
    if kind == GAMMA:
        return whole_us(_draw_gamma(plan, purpose, entity, draw, numbers[first]) * numbers[first + 1])
    return us_of_word(plan, numbers, distribution, draw_word(plan, purpose, entity, draw))


@kernel
def takes_a_word(plan: Ints, distribution: int) -> bool:
    """Whether a variate takes one word of its stream."""
    kind = plan[plan[at.DISTRIBUTIONS_AT] + distribution * at.DISTRIBUTION_ROW + at.DISTRIBUTION_KIND]
    return kind not in (CONSTANT, GAMMA)


@inlined
def draw_word(plan: Ints, purpose: int, entity: int, draw: int) -> int:
    """Word number `draw` (from 0) of the stream of an entity; int64, as bits."""
    keys = plan[at.KEYS_AT] + 2 * purpose
    return np.int64(word_of(plan[keys], plan[keys + 1], entity, draw))  # type: ignore[return-value]


@inlined
def us_of_word(plan: Ints, numbers: Floats, distribution: int, word: int) -> int:
    """The variate, us, of a distribution that takes a word."""
    row = plan[at.DISTRIBUTIONS_AT] + distribution * at.DISTRIBUTION_ROW
    if plan[row + at.DISTRIBUTION_KIND] == EXPONENTIAL:
        return whole_us(numbers[plan[row + at.DISTRIBUTION_NUMBERS]] * minus_log_of_complement(np.uint64(word)))  # type: ignore[arg-type]
    return _us_of_share(plan, numbers, row, share_of(np.uint64(word)))  # type: ignore[arg-type]


@kernel
def _us_of_share(plan: Ints, numbers: Floats, row: int, u: float) -> int:
    kind, first = plan[row + at.DISTRIBUTION_KIND], plan[row + at.DISTRIBUTION_NUMBERS]
    if kind == EMPIRICAL:
        return plan[plan[row + at.VALUES_AT] + int(u * plan[row + at.VALUE_COUNT])]
    return variate_us(kind, numbers[first], numbers[first + 1], numbers[first + 2], u)


@kernel
def _draw_gamma(plan: Ints, purpose: int, entity: int, draw: int, shape: float) -> float:
    """A gamma variate of mean `shape`; each attempt has a block of its own."""
    attempt = 0
    while True:
        attempt += 1
        u_0 = _sub_uniform(plan, purpose, entity, draw, attempt, 0)
        u_1 = _sub_uniform(plan, purpose, entity, draw, attempt, 1)
        u_2 = _sub_uniform(plan, purpose, entity, draw, attempt, 2)
        drawn = gamma_attempt(shape, u_0, u_1, u_2)
        if drawn >= 0.0:
            return drawn


@kernel
def _sub_uniform(plan: Ints, purpose: int, entity: int, draw: int, attempt: int, place: int) -> float:
    keys = plan[at.KEYS_AT] + 2 * purpose
    word = philox_word(plan[keys], plan[keys + 1], draw + 1, attempt, entity, place)
    return share_of(word)


@kernel
def times(duration_us: int, count: int) -> int:
    """`count` such durations; not longer than FOREVER."""
    if count <= 1:
        return duration_us * count
    high, product = product_of(np.uint64(duration_us), np.uint64(count))
    is_over = high > np.uint64(0) or product > np.uint64(at.FOREVER)
    return at.FOREVER if is_over else np.int64(product)  # type: ignore[return-value]


@kernel
def draw_good_ahead(plan: Ints, share: float, entity: int, draw: int) -> int:
    """How many good pieces come before the next bad one; uses up a draw if 0 < share < 1."""
    return good_ahead(share, draw_uniform(plan, at.SCRAP, entity, draw) if 0.0 < share < 1.0 else 0.5)
