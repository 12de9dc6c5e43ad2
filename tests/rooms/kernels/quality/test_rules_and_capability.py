"""Rules for signals, capability and measuring systems, against cases and published figures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from tests.rooms.kernels.quality import published
from twin.kernels.quality.capability import capability, overall_sigma
from twin.kernels.quality.gauge import anova, gauge_by_anova, gauge_by_ranges
from twin.kernels.quality.rules import RULES, signals

CASE_SPC_01 = [
    ("A", [0.2, -0.5, 0.4, 3.2, -0.3, 2.1, 0.5, 2.4, -0.1, 0.3], {"beyond_3_sigma": [4], "two_of_three_beyond_2_sigma": [6, 8]}),
    (
        "B",
        [0.1, 1.2, 1.4, -0.2, 1.1, 1.6, 0.3, 0.2, 0.6, 0.4, 0.8, 0.5],
        {"four_of_five_beyond_1_sigma": [6], "eight_on_one_side": [12], "nine_on_one_side": []},
    ),
    ("C", [-1.2, -0.7, -0.2, 0.3, 0.8, 1.3, 0.2], {"six_in_a_trend": [6]}),
    ("D", [0.5, -0.5] * 7 + [0.1], {"fourteen_alternating": [14, 15]}),
    ("E", [0.3, -0.2, 0.5, -0.8, 0.9, 0.1, 0.0, -0.4, 0.7, -0.6, 0.2, 0.4, -0.3, 0.6, -0.9], {"fifteen_within_1_sigma": [15]}),
    ("F", [1.5, -1.4, 1.2, 1.8, -1.1, -2.0, 1.3, -1.6], {"eight_beyond_1_sigma": [8]}),
]


@pytest.mark.parametrize(("name", "z", "expected"), CASE_SPC_01)
def test_rules_fire_where_the_case_says(name: str, z: list[float], expected: dict[str, list[int]]) -> None:
    """Case spc-01-western-electric: 1-based points at which a rule fires first and again."""
    found = signals(np.array(z), tuple(expected))
    assert {rule: list(np.flatnonzero(at) + 1) for rule, at in found.items()} == expected


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_knows_no_above_from_below_and_no_future(rule: str) -> None:
    """The mirrored chart has the same signals, and a signal stays whatever comes later."""
    z = np.random.default_rng(1).normal(0.3, 1.3, 400)
    whole = RULES[rule](z)
    assert np.array_equal(whole, RULES[rule](-z))
    assert all(np.array_equal(RULES[rule](z[:n]), whole[:n]) for n in (0, 1, 2, 7, 15, 100))


def test_points_without_a_distance_complete_no_pattern() -> None:
    z = np.array([np.nan, 4.0, np.nan])
    assert {name: at.tolist() for name, at in signals(z, tuple(RULES)).items() if at.any()} == {"beyond_3_sigma": [False, True, False]}


def test_capability_of_the_case() -> None:
    """Case spc-03-capability: Cp 1.6667, Cpk 1.3333."""
    found = capability(10.1, 0.1, 9.5, 10.5)
    assert (round(found.spread, 4), round(found.least, 4)) == (1.6667, 1.3333)
    assert_allclose(found.beyond_share, stats.norm.sf(4) + stats.norm.cdf(-6), rtol=1e-6)


def test_capability_of_the_piston_rings() -> None:
    """Montgomery, 3rd ed., section 5-2: limits 74.000 ± 0.05 and sigma 0.0099 give Cp = 1.68."""
    assert round(capability(74.0, 0.0099, 73.95, 74.05).spread, 2) == 1.68


def test_with_one_limit_there_is_no_spread() -> None:
    found = capability(0.1, 0.05, None, 0.4)
    assert np.isnan(found.spread)
    assert found.least == pytest.approx(2.0)
    assert capability(1.0, 0.0, 0.0, 2.0).least == np.inf
    assert capability(3.0, 0.0, 0.0, 2.0).beyond_share == 1.0
    assert np.isnan(capability(1.0, 0.1, None, None).least)


def test_the_sigma_of_all_values_is_that_of_a_sample() -> None:
    assert overall_sigma(np.array([1.0, 2.0, 3.0])) == 1.0
    assert np.isnan(overall_sigma(np.array([1.0])))


def test_gauge_by_average_and_range_as_the_manual_prints_it() -> None:
    """AIAG MSA, 4th ed., figure III-B 16: EV 0.20188, AV 0.22963, GRR 0.30575, PV 1.10456, TV 1.14610; %GRR 26.68; ndc 5."""
    found = gauge_by_ranges(published.GAUGE)
    assert_allclose(found, (0.20188, 0.22963, 0.30575, 1.10456, 1.14610), atol=1.2e-4)  # the manual's factors have four digits
    assert round(100 * found.gauge_share, 2) == 26.68
    assert found.category_count == 5


def test_gauge_by_analysis_of_variance_as_the_manual_prints_it() -> None:
    """AIAG MSA, 4th ed., tables III-B 8 and 9: EV 0.199933, AV 0.226838, GRR 0.302373, PV 1.042327, TV 1.0853; %GRR 27.9; ndc 4."""
    rows = anova(published.GAUGE)
    printed = {"person": (3.1673, 2), "part": (88.3619, 9), "interaction": (0.3590, 18), "repeat": (2.7589, 60)}
    assert {name: (round(row.square_sum, 4), row.freedom) for name, row in rows.items()} == printed
    assert round(rows["interaction"].f, 3) == 0.434
    found = gauge_by_anova(published.GAUGE)
    assert_allclose(found, (0.199933, 0.226838, 0.302373, 1.042327, 1.0853), atol=5e-6)
    assert round(100 * found.gauge_share, 1) == 27.9
    assert found.category_count == 4


def test_an_interaction_that_is_there_counts_for_the_persons() -> None:
    """Parts that one person alone reads too high: repeating is exact, so all of it is reproducing."""
    measured = np.zeros((4, 2, 3)) + np.arange(4.0)[:, None, None]
    measured[0, 1] += 0.5
    measured += np.array([-1e-3, 0.0, 1e-3])
    found = gauge_by_anova(measured)
    assert found.repeatability == pytest.approx(1e-3)
    assert found.reproducibility > 0.1
