"""Probabilities to be best, against the t-test, integrals, and how often they come true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from tests.rooms.study.statistics.test_intervals import FIRST_DRUG, SECOND_DRUG
from twin.study.statistics.best import probabilities_to_be_best, shares_best


def test_of_two_it_is_what_the_paired_test_leaves() -> None:
    """Student's sleepers: p = 0.002833 two-sided, as R's t.test(sleep) prints."""
    first, second = probabilities_to_be_best(np.column_stack([FIRST_DRUG, SECOND_DRUG]))
    assert first == pytest.approx(0.002833 / 2, abs=5e-7)
    assert first + second == 1


def test_a_case_that_surely_loses_leaves_the_others_as_they_were() -> None:
    """What is drawn for three cases agrees with the t distribution that is exact for two."""
    values = np.random.default_rng(6).normal([0.0, 0.15, -50.0], 1.0, size=(25, 3))
    drawn, exact = probabilities_to_be_best(values), probabilities_to_be_best(values[:, :2])
    assert drawn[:2] == pytest.approx(exact, abs=0.01)
    assert drawn[2] == 0


def test_of_three_after_many_replications_it_is_the_normal_integral() -> None:
    values = np.random.default_rng(7).normal([0.00, 0.04, 0.05], [1.0, 1.5, 0.5], size=(1500, 3))
    means, errors = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(1500)

    def best(one: int) -> float:
        others = [k for k in range(3) if k != one]

        def density(x: float) -> float:
            return float(stats.norm.pdf(x, means[one], errors[one]) * np.prod([stats.norm.cdf(x, means[k], errors[k]) for k in others]))

        return integrate.quad(density, means[one] - 8 * errors[one], means[one] + 8 * errors[one])[0]

    assert probabilities_to_be_best(values) == pytest.approx([best(k) for k in range(3)], abs=0.03)  # seeds correlate a little by chance


def test_what_is_said_to_be_probable_comes_true_as_often() -> None:
    """Worlds are drawn, each with true means of its own; the case with the highest probability must be best in that share of them."""
    random, said, true = np.random.default_rng(8), 0.0, 0
    for _ in range(120):
        means = random.normal(0.0, 1.0, size=3)
        common = random.normal(0.0, 2.0, size=(8, 1))  # the same chance strikes all
        found = probabilities_to_be_best(means + common + random.normal(0.0, 1.0, size=(8, 3)))
        favourite = int(np.argmax(found))
        said += found[favourite]
        true += favourite == int(np.argmax(means))
    assert true / 120 == pytest.approx(said / 120, abs=0.09)


def test_equal_cases_share_it_whatever_their_number() -> None:
    column = np.random.default_rng(9).normal(1000.0, 5.0, size=12)
    assert probabilities_to_be_best(np.column_stack([column, column])) == [0.5, 0.5]
    assert probabilities_to_be_best(np.column_stack([column] * 3)) == pytest.approx([1 / 3] * 3)
    assert probabilities_to_be_best(np.column_stack([column, column - 1, column])) == pytest.approx([0.5, 0.0, 0.5])
    assert probabilities_to_be_best(np.column_stack([column, column + 1])) == [0.0, 1.0]


def test_one_replication_tells_nothing() -> None:
    assert all(math.isnan(one) for one in probabilities_to_be_best(np.array([[1.0, 2.0]])))


def test_shares_count_replications_and_split_ties() -> None:
    assert shares_best(np.array([[1.0, 2.0], [3.0, 3.0], [0.0, 5.0], [2.0, 1.0]])) == [0.375, 0.625]
