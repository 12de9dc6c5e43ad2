"""The dispatch rules: each against its formula, by hand and compiled."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.kernels.dispatch import CRITICAL_RATIO, EDD, FIFO, NO_DUE_US, PRIORITY, RULE_NUMBERS, SETUP_AVOIDANCE, SPT, batch_size, rank
from twin.model.scenario import DISPATCH_RULES

US = st.integers(0, 2**52)


def test_every_rule_that_a_scenario_can_name_has_a_number():
    assert tuple(RULE_NUMBERS) == DISPATCH_RULES
    assert sorted(RULE_NUMBERS.values()) == list(range(6))


@pytest.mark.parametrize(
    ("rule", "key"),
    [(FIFO, 100.0), (EDD, 900.0), (SPT, 20.0), (CRITICAL_RATIO, (900 - 300) / 50), (SETUP_AVOIDANCE, 7.0), (PRIORITY, -3.0)],
)
def test_a_rule_ranks_by_its_formula(rule, key):
    assert rank(rule, ready_us=100, due_us=900, run_us=20.0, remaining_us=50.0, setup_us=7, priority=3, now_us=300) == key


def test_a_job_order_without_a_due_date_comes_after_every_other():
    late = rank(EDD, 0, 2**52, 1.0, 1.0, 0, 0, 0)
    assert late < rank(EDD, 0, -1, 1.0, 1.0, 0, 0, 0) == NO_DUE_US
    assert rank(CRITICAL_RATIO, 0, 2**52, 1.0, 1.0, 0, 0, 0) < rank(CRITICAL_RATIO, 0, -1, 1.0, 1.0, 0, 0, 0)


def test_a_critical_ratio_with_no_work_left_is_a_number():
    assert rank(CRITICAL_RATIO, 0, 500, 0.0, 0.0, 0, 0, 100) == 400.0


@settings(deadline=None)  # the first call compiles
@given(rule=st.integers(0, 5), ready=US, due=st.integers(-1, 2**52), run=st.floats(0, 1e12), setup=US, priority=st.integers(-9, 9), now=US)
def test_compiled_and_plain_rules_give_the_same_key(compiled_rank, rule, ready, due, run, setup, priority, now):
    arguments = (rule, ready, due, run, 3 * run, setup, priority, now)
    assert compiled_rank(*arguments) == rank(*arguments)


@given(waiting=st.integers(0, 9), minimum=st.integers(1, 4), more=st.integers(0, 4), waited=st.integers(0, 20), wait=st.integers(0, 20))
def test_a_batch_is_full_or_has_waited(waiting, minimum, more, waited, wait):
    size = batch_size(waiting, minimum, minimum + more, waited, wait)
    assert size in (0, min(waiting, minimum + more))
    assert (size > 0) == (waiting >= minimum + more or (waiting >= minimum and waited >= wait))


def test_the_mes_is_imported_without_numba():
    program = "import sys, twin.mes; print([m for m in ('numba', 'pandas', 'panel', 'bokeh') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.fixture(scope="session")
def compiled_rank():
    from numba import njit

    return njit(rank)
