"""Single work centers against queueing theory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.theory.confidence import assert_mean, replicated
from tests.theory.models import CASES, Customers, asked, exponential, mins, shop, stream


def listened(seed: int, run: Any, interval: Any, *, until: float, units: int = 1, **of_each_unit: Any) -> Customers:
    customers: Customers = Customers(shop(run, units=units, **of_each_unit), asked(until, s=stream(interval))).listen(seed)
    return customers


def less_known_means(rows: np.ndarray, interval: float, service: float = 1.0) -> np.ndarray:
    """The last two columns as controls: they are means of what was drawn, and what they should be is known."""
    controls: np.ndarray = rows[:, -2:] - (interval, service)
    return controls[:, np.ptp(controls, axis=0) > 1e-9]  # a constant controls nothing


@pytest.mark.slow
def test_mean_wait_and_long_waits_of_m_m_1_at_80_percent() -> None:
    """E[Wq] = rho / (mu - lambda); time in the system is exponential, P(W > t) = exp(-(mu - lambda) t). Kleinrock (1975), vol. 1, 3.2."""

    def run(seed: int) -> tuple[float, ...]:
        heard = listened(seed, exponential(1), exponential(1.25), until=4_000)
        sojourns = heard.sojourns(300)
        return heard.waits(300).mean(), sojourns.mean(), (sojourns > 10).mean(), *heard.controls

    case, rows = CASES["MM1-80"], replicated(run, 24)
    controls = less_known_means(rows, 1.25)
    assert_mean(rows[:, 0], case["Wq"], within=0.2, controls=controls)
    assert_mean(rows[:, 1], case["W"], within=0.2, controls=controls)
    assert_mean(0.8 * rows[:, 1], case["L"], within=0.2, controls=controls)  # L = lambda W; Little (1961)
    assert_mean(rows[:, 2], case["P_W_gt_10"], within=0.25, controls=controls)


@pytest.mark.slow
def test_mean_wait_of_m_m_1_at_90_percent() -> None:
    """E[Wq] = rho / (mu - lambda); Kleinrock (1975), vol. 1, 3.2."""

    def run(seed: int) -> tuple[float, ...]:
        heard = listened(seed, exponential(1), exponential(1 / 0.9), until=4_800)
        return heard.waits(1_000).mean(), heard.sojourns(1_000).mean(), *heard.controls

    case, rows = CASES["MM1-90"], replicated(run, 24)
    controls = less_known_means(rows, 1 / 0.9)
    assert_mean(rows[:, 0], case["Wq"], within=0.3, controls=controls)
    assert_mean(0.9 * rows[:, 1], case["L"], within=0.25, controls=controls)


def test_mean_wait_and_chance_to_wait_in_m_m_3() -> None:
    """Erlang's C and E[Wq] = C / (3 mu - lambda); Kleinrock (1975), vol. 1, 3.5."""

    def run(seed: int) -> tuple[float, ...]:
        heard = listened(seed, exponential(1), exponential(1 / 2.4), until=2_000, units=3)
        waited = heard.waits(200)
        return waited.mean(), (waited > 0).mean(), heard.sojourns(200).mean(), *heard.controls

    case, rows = CASES["MM3"], replicated(run, 16)
    controls = less_known_means(rows, 1 / 2.4)
    assert_mean(rows[:, 0], case["Wq"], within=0.3, controls=controls)
    assert_mean(rows[:, 1], case["ErlangC"], within=0.08, controls=controls)
    assert_mean(2.4 * rows[:, 2], case["L"], within=0.2, controls=controls)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "run", "interval"),
    [
        ("MD1", mins(1), exponential(1.25)),
        ("ME4-1", {"erlang": {"phases": 4, "mean": mins(1)}}, exponential(1.25)),
        ("DM1", exponential(1), mins(1.25)),
    ],
)
def test_mean_wait_of_other_single_queues(case: str, run: Any, interval: Any) -> None:
    """M/G/1: E[Wq] = lambda E[S^2] / (2 (1 - rho)); D/M/1: sigma = exp(-(1 - sigma) / rho). Kleinrock (1975), vol. 1, 5.6, 6.4."""

    def replication(seed: int) -> tuple[float, ...]:
        heard = listened(seed, run, interval, until=3_000)
        return heard.waits(200).mean(), *heard.controls

    rows = replicated(replication, 18)
    assert_mean(rows[:, 0], CASES[case]["Wq"], within=0.25, controls=less_known_means(rows, 1.25))


@pytest.mark.slow
def test_mean_waits_of_two_priority_classes() -> None:
    """Non-preemptive: E[Wq_k] = W0 / ((1 - sigma_(k-1)) (1 - sigma_k)); Cobham (1954), Operations Research 2, 70."""
    plant = shop(exponential(1))

    def run(seed: int) -> tuple[float, ...]:
        scenario = asked(4_200, rule="priority", urgent=stream(exponential(1 / 0.3), priority=1), other=stream(exponential(2)))
        heard = Customers(plant, scenario).listen(seed)
        return heard.waits(300, "urgent").mean(), heard.waits(300, "other").mean(), *heard.controls

    rows = replicated(run, 18)
    controls = less_known_means(rows, 1.25)
    assert_mean(rows[:, 0], CASES["PRIO-NP"]["Wq"][0], within=0.1, controls=controls)
    assert_mean(rows[:, 1], CASES["PRIO-NP"]["Wq"][1], within=0.2, controls=controls)


@pytest.mark.slow
def test_mean_time_in_a_system_that_waits_for_full_batches() -> None:
    """Poisson parts, batches of four, exponential oven: the batches are an E4/M/1 queue, and before it a part waits for its batch to fill.

    Hopp, Spearman (2000), "Factory Physics", 9.4; the wait of the E4/M/1 queue by its exact root (Kleinrock 1975, vol. 1, 6.4).
    """

    def run(seed: int) -> tuple[float, ...]:
        heard = listened(seed, exponential(1), exponential(1 / 3.2), until=1_500, batch={"minimum": 4, "maximum": 4})
        return heard.sojourns(200).mean(), *heard.controls

    rows = replicated(run, 18)
    assert_mean(rows[:, 0], CASES["BATCH4"]["W"], within=0.2, controls=less_known_means(rows, 1 / 3.2))
