"""Procedure KN: its constants, its steps, and that it selects the best as often as it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.study.statistics.kim_nelson import KimNelson, eta


def test_eta_solves_its_equation() -> None:
    """(1 + 2 eta)^(-(n0 - 1) / 2) / 2 = alpha / (k - 1): Kim, Nelson (2001), with c = 1."""
    for cases, first, confidence in ((2, 10, 0.95), (10, 20, 0.9), (100, 5, 0.99)):
        found = (1 + 2 * eta(cases, first, confidence)) ** (-(first - 1) / 2) / 2
        assert found == pytest.approx((1 - confidence) / (cases - 1))


def selected(random: np.random.Generator, means: np.ndarray, deviations: np.ndarray, common: float, difference: float) -> tuple[int, int]:
    """The case that is left, and how many observations that took."""

    def rows(count: int) -> np.ndarray:
        return means + common * random.normal(size=(count, 1)) + deviations * random.normal(size=(count, means.size))

    race = KimNelson(rows(10), difference=difference)
    while not race.done:
        race.add(rows(1))
    return race.alive[0], sum(race.counts)


@pytest.mark.parametrize("common", [0.0, 3.0], ids=["independent", "common random numbers"])
def test_the_best_is_selected_as_often_as_promised_where_it_is_hardest(common: float) -> None:
    """The slippage configuration: all others are worse by exactly the difference that matters, and vary unequally."""
    random, trials = np.random.default_rng(10), 250
    means, deviations = np.array([0.0, 1.0, 0.0, 0.0]), np.array([2.0, 1.0, 1.5, 2.5])
    right = sum(selected(random, means, deviations, common, 1.0)[0] == 1 for _ in range(trials))
    assert right / trials >= 0.95 - 2.5 * math.sqrt(0.95 * 0.05 / trials)


def test_common_random_numbers_and_clear_losers_cost_less() -> None:
    random = np.random.default_rng(11)
    near, far, ones = np.array([0.0, 0.5, 0.0]), np.array([0.0, 5.0, 0.0]), np.full(3, 0.7)

    def cost(means: np.ndarray, deviations: np.ndarray, common: float) -> float:
        return float(np.mean([selected(random, means, deviations, common, 0.5)[1] for _ in range(30)]))

    assert cost(far, ones, 0.0) < 0.75 * cost(near, ones, 0.0)
    spread = math.sqrt(0.7**2 + 2.0**2)  # as much variance, none of it in common
    assert cost(near, ones, 2.0) < 0.3 * cost(near, np.full(3, spread), 0.0)


def test_a_case_is_dropped_when_it_is_worse_than_the_slack_allows() -> None:
    """By hand: n0 = 3, alpha = 0.1, so eta = (0.2^-1 - 1) / 2 = 2 and h^2 = 2 * 2 * 2 = 8; differences vary with S^2 = 1.

    With a difference of 1 the slack after r rows is (8 - r) / (2 r): 0.83 after three, 0.5 after four.
    """
    behind = np.array([0.7, -0.3, 1.7])  # on average 0.7: less than 0.83
    race = KimNelson(np.column_stack([behind, np.zeros(3)]), difference=1.0, confidence=0.9)
    assert race.alive == [0, 1]
    race.add(np.array([[0.2, 0.0], [0.7, 0.0]]))  # on average 0.575 after four: more than 0.5; the fifth row is not needed
    assert race.alive == [0]
    assert race.counts == [4, 4]
    assert race.means == pytest.approx([0.575, 0.0])
    assert KimNelson(np.column_stack([behind + 0.2, np.zeros(3)]), difference=1.0, confidence=0.9).alive == [0]  # 0.9 after three


def test_equal_cases_end_too() -> None:
    race = KimNelson(np.zeros((5, 3)), difference=1.0)
    assert race.done
    assert race.alive == [0]


@pytest.mark.parametrize(
    ("rows", "difference", "confidence", "says"),
    [
        (np.zeros((1, 2)), 1.0, 0.95, "two of either"),
        (np.zeros((5, 1)), 1.0, 0.95, "two of either"),
        (np.zeros((5, 2)), 0.0, 0.95, "more than 0"),
        (np.zeros((5, 4)), 1.0, 0.25, "more than 1/4"),
    ],
)
def test_what_cannot_be_selected_is_refused_in_words(rows: np.ndarray, difference: float, confidence: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        KimNelson(rows, difference=difference, confidence=confidence)
