"""Control charts against published examples."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from tests.rooms.kernels.quality import published
from twin.kernels.quality import charts
from twin.kernels.quality.constants import c4, d2, d3


@pytest.mark.parametrize(
    ("n", "printed_d2", "printed_d3", "printed_c4"),
    [(2, 1.128, 0.853, 0.7979), (3, 1.693, 0.888, 0.8862), (4, 2.059, 0.880, 0.9213), (5, 2.326, 0.864, 0.9400), (7, 2.704, 0.833, 0.9594),
     (10, 3.078, 0.797, 0.9727), (15, 3.472, 0.756, 0.9823), (20, 3.735, 0.729, 0.9869), (25, 3.931, 0.708, 0.9896)],
)  # fmt: skip
def test_constants_are_those_of_the_tables(n: int, printed_d2: float, printed_d3: float, printed_c4: float) -> None:
    """Montgomery, 6th ed., appendix VI."""
    assert (round(d2(n), 3), round(d3(n), 3), round(c4(n), 4)) == (printed_d2, printed_d3, printed_c4)


def test_the_expected_range_agrees_with_order_statistics() -> None:
    """E[W] = 2 E[max of n], by quadrature of another library."""
    for n in (2, 5, 12, 60):
        largest = integrate.quad(lambda x, n=n: x * n * stats.norm.pdf(x) * stats.norm.cdf(x) ** (n - 1), -12, 12)[0]
        assert_allclose(d2(n), 2 * largest, rtol=2e-6)


@pytest.mark.parametrize(("constant", "n"), [(d2, 1), (d2, 101), (c4, 1)])
def test_samples_that_have_no_constant_are_refused(constant, n: int) -> None:
    with pytest.raises(ValueError, match="allowed: 2"):
        constant(n)


def test_means_and_ranges_of_the_piston_rings() -> None:
    """Montgomery, 3rd ed., example 5-1: x̿ = 74.001, R̄ = 0.581 / 25; limits 73.988 to 74.014, of ranges 0 to 0.049 (rounded)."""
    process = charts.estimate_by_range(published.PISTON_RINGS)
    assert round(process.mean, 3) == 74.001
    assert_allclose(process.sigma * d2(5), 0.581 / 25, rtol=1e-9)
    means, ranges = charts.mean_limits(process, np.full(25, 5)), charts.range_limits(process, 5, 25)
    assert_allclose((means.lower[0], means.upper[0]), (73.988, 74.014), atol=6e-4)
    assert_allclose((ranges.lower[0], ranges.upper[0]), (0.0, 0.049), atol=2e-4)
    a2, d4 = 0.577, 2.114  # appendix VI: the same limits by the factors of the book
    assert_allclose(means.upper[0] - process.mean, a2 * 0.02324, rtol=1e-3)
    assert_allclose(ranges.upper[0], d4 * 0.02324, rtol=1e-3)


def test_means_and_standard_deviations_of_the_piston_rings() -> None:
    """Montgomery, 6th ed., example 6.3: s̄ = 0.0094; limits 73.988 to 74.014, of s 0 to 0.0196 (from rounded figures)."""
    process = charts.estimate_by_deviation(published.PISTON_RINGS)
    assert round(process.sigma * c4(5), 4) == 0.0094
    means, deviations = charts.mean_limits(process, np.full(1, 5)), charts.deviation_limits(process, 5, 1)
    assert_allclose((means.lower[0], means.upper[0]), (73.988, 74.014), atol=6e-4)
    assert_allclose((deviations.lower[0], deviations.upper[0]), (0.0, 0.0196), atol=1e-4)


def test_single_values_and_moving_ranges_of_the_flow_rates() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.2: mean 50.81, MR̄ = 1.8778; limits 45.8159 to 55.8041."""
    rates = published.FLOW_RATES
    process = charts.estimate_by_moving_range(rates)
    limits = charts.mean_limits(process, np.ones(10))
    assert round(process.mean, 2) == 50.81
    assert round(charts.moving_range(rates)[1:].mean(), 4) == 1.8778
    assert_allclose((limits.lower[0], limits.upper[0]), (45.8159, 55.8041), atol=3e-3)  # the handbook takes d2 = 1.128


def test_ewma_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.4: limits 47.4115 to 52.5884."""
    smoothed = charts.ewma(published.EWMA_DATA, 0.3, 50.0)
    assert_allclose(smoothed, published.EWMA_PRINTED, atol=0.0051)
    limits = charts.ewma_limits(charts.Process(50.0, 2.0539), 0.3, 20, steady=True)
    assert_allclose((limits.lower[0], limits.upper[0]), (47.4115, 52.5884), atol=2e-4)
    growing = charts.ewma_limits(charts.Process(50.0, 2.0539), 0.3, 20)
    assert_allclose(growing.upper[0], 50.0 + 3 * 0.3 * 2.0539)
    assert np.all(np.diff(growing.upper) > 0)
    assert_allclose(growing.upper[-1], limits.upper[0], rtol=1e-6)


def test_cusum_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.3: out of control from the 14th group on, where the sum is above h = 4.1959."""
    above, below = charts.cusum(published.CUSUM_DATA, 325.0, 0.3175)
    assert_allclose(above[12:], published.CUSUM_PRINTED, atol=0.0076)
    assert list(np.flatnonzero((above > 4.1959) | (below > 4.1959)) + 1) == [14, 15, 16, 17, 18, 19, 20]


def test_shares_and_numbers_of_the_nonconforming() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.3.2: p̄ = 0.2313, limits 0.0524 to 0.4102; Montgomery, 6th ed., example 7.2: np 2.62 to 20.51."""
    sizes = np.full(30, 50.0)
    found = published.FRACTIONS * 50
    process = charts.estimate_share(found, sizes)
    share, number = charts.share_limits(process, sizes), charts.count_limits(process, sizes)
    assert [round(x, 4) for x in (process.mean, share.lower[0], share.upper[0])] == [0.2313, 0.0524, 0.4102]
    assert_allclose((number.lower[0], number.upper[0]), (2.620, 20.510), atol=2e-3)
    assert list(np.flatnonzero(share.upper < published.FRACTIONS) + 1) == [15, 23]  # as both books say


def test_defects_on_a_wafer_and_errors_in_shipments() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.3.1: c̄ = 16, limits 4 to 28. Montgomery, 6th ed., example 7.5: 74 errors in 20 weeks of 50: 0.1894."""
    wafers = charts.rate_limits(charts.estimate_share(np.full(25, 16.0), np.ones(25)), np.ones(25))
    assert (wafers.center[0], wafers.lower[0], wafers.upper[0]) == (16.0, 4.0, 28.0)
    shipments = charts.rate_limits(charts.estimate_share(np.array([74.0]), np.array([1000.0])), np.full(20, 50.0))
    assert round(shipments.upper[0], 4) == 0.1894
    assert shipments.lower[0] == 0.0


def test_limits_of_larger_samples_are_narrower() -> None:
    process = charts.Process(0.1, float("nan"))
    limits = charts.share_limits(process, np.array([50.0, 200.0]))
    assert limits.upper[0] - 0.1 == pytest.approx(2 * (limits.upper[1] - 0.1))
    assert list(limits.lower) == [0.0, pytest.approx(0.1 - 3 * np.sqrt(0.09 / 200))]
