"""MSER-5 against its definition, and on series whose bias is known."""

from __future__ import annotations

import numpy as np
import pytest

from twin.study.statistics.mser import mser


def autoregressive(random: np.random.Generator, count: int, coefficient: float = 0.7) -> np.ndarray:
    """A stationary series with mean 0 and variance 1 of its innovations."""
    values = np.empty(count)
    now = random.normal() / np.sqrt(1 - coefficient**2)
    for i in range(count):
        now = coefficient * now + random.normal()
        values[i] = now
    return values


def by_definition(values: np.ndarray) -> int:
    """The statistic of White, Cobb, Spratt (2000) written out, batch by batch."""
    means = [float(np.mean(values[i : i + 5])) for i in range(0, len(values) - len(values) % 5, 5)]
    errors = {}
    for d in range(len(means) - 5):
        kept = means[d:]
        average = sum(kept) / len(kept)
        errors[d] = sum((one - average) ** 2 for one in kept) / len(kept) ** 2
    return 5 * min(errors, key=lambda d: (errors[d], d))


@pytest.mark.parametrize("seed", range(8))
def test_it_truncates_where_the_definition_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = 1e6 + autoregressive(random, 203) + 4 * np.exp(-np.arange(203) / 20)
    assert mser(values).left_out == by_definition(values)


def test_a_known_bias_is_taken_off() -> None:
    """A series with mean 0 that starts 8 too high and comes down by a factor e every 40 values: the mean of all is 0.32 too high."""
    random = np.random.default_rng(12)
    bias = 8 * np.exp(-np.arange(1000) / 40)
    found = [mser(autoregressive(random, 1000) + bias) for _ in range(60)]
    assert all(one.settled for one in found)
    assert 40 <= np.median([one.left_out for one in found]) <= 250
    left = np.mean([bias[one.left_out :].mean() for one in found])
    assert left < 0.25 * bias.mean()
    assert abs(np.mean([one.mean for one in found])) < bias.mean() / 2


def test_a_series_without_bias_keeps_nearly_all() -> None:
    random = np.random.default_rng(13)
    assert np.mean([mser(autoregressive(random, 1000)).left_out for _ in range(60)]) < 150


def test_a_plant_that_goes_on_filling_has_not_settled() -> None:
    values = np.arange(300) ** 1.5 + np.random.default_rng(14).normal(size=300)
    assert not mser(values).settled


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="50 or more"):
        mser(np.zeros(49))
