"""Means and their intervals, against published examples, SciPy, and samples of which the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twin.study.statistics.intervals import count_needed, is_precise, joint_confidence, mean_interval, paired_interval, percentiles

# Hours of sleep gained by ten patients with two drugs: Student (1908), Biometrika 6, 1.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_the_interval_of_a_textbook() -> None:
    """1.34 +- 0.24 with 90 %: Law (2015), example 4.26."""
    found = mean_interval([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], 0.90)
    assert found.mean == pytest.approx(1.34, abs=0.005)
    assert found.half == pytest.approx(0.24, abs=0.005)


def test_the_paired_interval_of_students_sleepers() -> None:
    """1.58 h, 0.70 to 2.46 with 95 %; on two groups that are not paired nothing could be told. Values as printed by R's t.test(sleep)."""
    found = paired_interval(SECOND_DRUG, FIRST_DRUG)
    assert (found.mean, found.low, found.high) == pytest.approx((1.58, 0.7001142, 2.4598858), abs=1e-6)
    assert found.excludes_zero
    assert mean_interval(SECOND_DRUG).low < mean_interval(FIRST_DRUG).high


def test_intervals_agree_with_scipy() -> None:
    values = np.random.default_rng(3).gamma(2.0, size=(2, 17))
    theirs = stats.ttest_rel(values[0], values[1]).confidence_interval(0.98)
    found = paired_interval(values[0], values[1], 0.98)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=1e-12)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_intervals_hold_the_truth_as_often_as_they_say(confidence: float) -> None:
    samples = np.random.default_rng(1).normal(5.0, 2.0, size=(3000, 6))
    held = np.mean([(found := mean_interval(sample, confidence)).low <= 5.0 <= found.high for sample in samples])
    assert held == pytest.approx(confidence, abs=4 * math.sqrt(confidence * (1 - confidence) / 3000))


def test_joint_intervals_hold_together_as_often_as_they_say() -> None:
    samples = np.random.default_rng(2).normal(0.0, 1.0, size=(1500, 10, 4))
    each = joint_confidence(0.9, 4)
    held = np.mean([all(not mean_interval(sample[:, k], each).excludes_zero for k in range(4)) for sample in samples])
    assert 0.9 - 4 * 0.008 <= held <= 0.95


def test_the_interval_of_a_share_ends_within_0_and_1_and_is_that_of_t_far_from_both() -> None:
    for values in ([1.0, 1.0, 0.97, 1.0], [0.0, 0.01, 0.0], [0.0, 1.0], [1e-9, 0.5], [1.0, 1.0]):
        found = mean_interval(values, is_share=True)
        assert 0 <= found.low <= found.mean <= found.high <= 1
    assert mean_interval([1.0] * 10, is_share=True).low == pytest.approx(0.7225, abs=1e-4)  # Wilson (1927), 10 of 10
    near_one, plain = mean_interval([1.0, 1.0, 0.97, 1.0], is_share=True), mean_interval([1.0, 1.0, 0.97, 1.0])
    assert (plain.high > 1, near_one.low < plain.low) == (True, True)
    amid = np.random.default_rng(6).normal(0.5, 0.02, size=40)
    assert mean_interval(amid, is_share=True).low == pytest.approx(mean_interval(amid).low, abs=1e-4)
    assert (mean_interval([0.4], is_share=True).low, mean_interval([0.4], is_share=True).high) == (0, 1)


def test_what_nobody_knows_is_left_out_and_one_value_has_no_interval() -> None:
    assert mean_interval([1.0, math.nan, 3.0]).count == 2
    assert mean_interval([1.0]).half == math.inf
    assert not mean_interval([1.0]).excludes_zero
    assert math.isnan(mean_interval([]).mean)
    assert all(math.isnan(one) for one in percentiles([]))


def test_percentiles_are_those_of_r() -> None:
    """quantile(c(1, 2, 3, 4, 10), c(.1, .5, .9)) in R, which takes type 7: 1.4, 3, 7.6."""
    assert percentiles([10, 1, 3, 2, 4]) == pytest.approx([1.4, 3.0, 7.6])


def test_the_count_that_precision_needs_is_the_smallest_that_is_enough() -> None:
    values = np.random.default_rng(4).normal(10.0, 3.0, size=12)
    needed = count_needed(values, 0.05)
    deviation, bound = values.std(ddof=1), 0.05 / 1.05 * values.mean()

    def half(count: int) -> float:
        return float(stats.t.ppf(0.975, count - 1) * deviation / math.sqrt(count))

    assert half(needed) <= bound < half(needed - 1)
    assert count_needed(np.array([9.9, 10.0, 10.1]), 0.05) == 3
    with pytest.raises(ValueError, match="mean is 0"):
        count_needed(np.array([-1.0, 1.0]), 0.05)


@pytest.mark.slow
def test_a_sequential_run_is_as_near_the_truth_as_it_says() -> None:
    """Relative error at most 10 % with 90 %: stopping at a random moment costs a little of it (Law 2015, 9.4.1)."""
    random, near = np.random.default_rng(5), 0
    for _ in range(400):
        values = list(random.normal(10.0, 4.0, size=10))
        while not is_precise(values, 0.1, 0.9):
            values.append(random.normal(10.0, 4.0))
        near += abs(np.mean(values) - 10.0) <= 1.0
    assert near / 400 >= 0.86
