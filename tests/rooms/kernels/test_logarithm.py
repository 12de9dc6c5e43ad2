"""The logarithm by which times are drawn: right to the last place, and the same bits in Python and in machine code."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.kernels.chance.logarithm import minus_log
from twin.kernels.chance.variates import EXPONENTIAL, LONGEST_US, variate_us
from twin.kernels.deferring import share_with_numba

WORDS = st.integers(0, 2**52 - 1)


def complement(word: int) -> float:
    """What is left of 1 above a uniform number, exactly."""
    return 1.0 - (word + 0.5) * 2.0**-52


def off_by(share: float) -> float:
    """How many units in the last place `minus_log` is off."""
    with localcontext() as precise:
        precise.prec = 40
        truth, found = -Decimal(share).ln(), minus_log(share)
        return float(abs(Decimal(found) - truth) / Decimal(math.ulp(float(truth))))


def some_words(count: int) -> list[int]:
    """Evenly spread, and those next to either end."""
    near = [2**n + k for n in range(1, 52) for k in (-1, 0, 1)]
    return [*np.random.default_rng(1).integers(0, 2**52, count).tolist(), *near, *(2**52 - 1 - word for word in near), 0, 2**52 - 1]


def test_it_is_off_by_less_than_one_unit_in_the_last_place_and_mostly_by_half_of_one() -> None:
    shares = [complement(word) for word in some_words(2_000)]
    assert all(off_by(share) < 1.0 for share in shares)
    assert all(off_by(share) < 0.51 for share in shares if share < 0.98)


def test_where_two_slices_meet_it_does_not_fall() -> None:
    """At every border of the 128 slices, and at powers of two: a larger share has no larger result."""
    for border in [1.0 - n / 256 for n in range(1, 129)] + [2.0**-n for n in range(1, 53)]:
        assert minus_log(math.nextafter(border, 0.0)) >= minus_log(border) >= minus_log(math.nextafter(border, 1.0))


def test_machine_code_gives_the_bits_of_python() -> None:
    import numba

    share_with_numba()

    @numba.njit
    def all_of(shares: Any, found: Any) -> None:
        for n in range(shares.size):
            found[n] = minus_log(shares[n])

    shares = np.array([complement(word) for word in some_words(5_000)])
    found = np.empty_like(shares)
    all_of(shares, found)
    assert found.tolist() == [minus_log(float(share)) for share in shares]


@given(word=WORDS, mean_us=st.floats(0.0, 1e13))
def test_an_exponential_time_is_what_the_logarithm_of_the_c_library_gives(word: int, mean_us: float) -> None:
    """To the microsecond, but where half a microsecond is nearer than what either is off."""
    u = (word + 0.5) * 2.0**-52
    time_us = -mean_us * math.log1p(-u)
    found = variate_us(EXPONENTIAL, mean_us, 0.0, 0.0, u)
    assert found == min(LONGEST_US, int(time_us + 0.5)) or abs(time_us - math.floor(time_us) - 0.5) < 4 * math.ulp(time_us)
