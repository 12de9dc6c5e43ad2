"""The dispatch rules: each against its formula, by hand and compiled."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.kernels.dispatch import (
    CRITICAL_RATIO,
    EDD,
    FIFO,
    NO_DUE_US,
    PRIORITY,
    RULE_NUMBERS,
    SETUP_AVOIDANCE,
    SLACK,
    SLACK_PER_OPERATION,
    SPT,
    batch_of,
    rank,
    weigh,
)
from twin.model.policies.dispatch import DISPATCH_RULES

US = st.integers(0, 2**52)


def test_every_rule_that_a_scenario_can_name_has_a_number():
    assert tuple(RULE_NUMBERS) == DISPATCH_RULES
    assert sorted(RULE_NUMBERS.values()) == list(range(10))


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (FIFO, 100.0), (EDD, 900.0), (SPT, 20.0), (CRITICAL_RATIO, (900 - 300) / 50), (SETUP_AVOIDANCE, 7.0), (PRIORITY, -3.0),
        (SLACK, 900.0 - 50), (SLACK_PER_OPERATION, (900 - 300 - 50) / 4),
    ],
)  # fmt: skip
def test_a_rule_ranks_by_its_formula(rule, key):
    job = {"ready_us": 100, "due_us": 900, "run_us": 20.0, "remaining_us": 50.0, "setup_us": 7, "priority": 3}
    assert rank(rule, **job, operations_left=4, now_us=300) == key


def test_a_weight_moves_a_job_order_by_its_criterion_and_by_no_more_than_itself():
    """Half a weight at the scale; the sign says which way."""
    plain = {"ready_us": 0, "due_us": 0, "run_us": 0.0, "remaining_us": 0.0, "setup_us": 0, "priority": 0, "now_us": 0}
    for place, changed, share in (
        (1, {"ready_us": -10}, -0.5), (2, {"due_us": 10}, 0.5), (2, {"due_us": 0, "now_us": 30, "ready_us": 30}, -0.75),
        (2, {"due_us": -1}, 1.0), (3, {"run_us": 10.0}, 0.5), (4, {"remaining_us": 90.0, "due_us": 90}, 0.9), (5, {"setup_us": 10}, 0.5),
        (6, {"priority": 3}, -0.75), (6, {"priority": -1}, 0.5),
    ):  # fmt: skip
        weights = [0.0, 10.0] + [2.0 if n == place else 0.0 for n in range(1, 7)]
        assert weigh(weights, 1, **{**plain, **changed}) == pytest.approx(2.0 * share), (place, changed)


def test_a_job_order_without_a_due_date_comes_after_every_other():
    late = rank(EDD, 0, 2**52, 1.0, 1.0, 0, 0, 1, 0)
    assert late < rank(EDD, 0, -1, 1.0, 1.0, 0, 0, 1, 0) == NO_DUE_US
    for rule in (CRITICAL_RATIO, SLACK, SLACK_PER_OPERATION):
        assert rank(rule, 0, 2**52, 1.0, 1.0, 0, 0, 1, 0) < rank(rule, 0, -1, 1.0, 1.0, 0, 0, 1, 0)


def test_a_critical_ratio_with_no_work_left_is_a_number():
    assert rank(CRITICAL_RATIO, 0, 500, 0.0, 0.0, 0, 0, 1, 100) == 400.0


@settings(deadline=None)  # the first call compiles
@given(rule=st.integers(0, 7), ready=US, due=st.integers(-1, 2**52), run=st.floats(0, 1e12), setup=US, priority=st.integers(-9, 9), now=US)
def test_compiled_and_plain_rules_give_the_same_key(compiled_rank, rule, ready, due, run, setup, priority, now):
    arguments = (rule, ready, due, run, 3 * run, setup, priority, 1 + setup % 7, now)
    assert compiled_rank(*arguments) == rank(*arguments)


@given(waiting=st.integers(1, 9), minimum=st.integers(1, 4), more=st.integers(0, 4), waited=st.integers(0, 20), wait=st.integers(0, 20))
def test_a_batch_is_full_or_has_waited(waiting, minimum, more, waited, wait):
    size = batch_of([1] * waiting, minimum, minimum + more, waited, wait)
    assert size in (0, min(waiting, minimum + more))
    assert (size > 0) == (waiting >= minimum + more or (waiting >= minimum and waited >= wait))


def test_the_mes_is_imported_without_numba():
    program = "import sys, twin.mes; print([m for m in ('numba', 'pandas', 'panel', 'bokeh') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.fixture(scope="session")
def compiled_rank():
    from numba import njit

    return njit(rank)
