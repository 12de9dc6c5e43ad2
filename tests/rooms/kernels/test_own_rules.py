"""A dispatch rule of a user's own: one function for the MES, the readable plant and the compiled plant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numba import njit
from pydantic import ValidationError

from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin import register_rule
from twin.kernels.compiling import FOLDER
from twin.model.events import EquipmentStateChanged, JobOrderStarted, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.run import simulate
from twin.simulation.engines import ENGINES, play

SHAFTS = "shaft 1, shaft 9 @ 1 s, shaft 2 @ 2 s, shaft 5 @ 3 s, shaft 3 @ 4 s"


@njit
def longest_first(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    return -run_us


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """Each test knows the rule, whichever others were before it in its process; what it calls so is no rule of those after it."""
    register_rule("longest_first", longest_first)
    yield
    register_rule("longest_first", longest_first)


def case() -> tuple[Plant, Scenario]:
    items = "materials: {shaft: {kind: finished, price: 9 EUR}}"
    return plant_of(materials=items), scenario_of(SHAFTS, policies={"dispatch": "longest_first"})


def by_rule(engine: str) -> list[OperationsEvent]:
    source = play(engine, *case(), 1, control="rule")
    facts: list[OperationsEvent] = []
    while (told := source.advance()) is not None:
        facts += told
    return facts


def test_mes_and_both_plants_take_it_and_agree() -> None:
    one, other = (by_rule(engine) for engine in ENGINES)
    assert one == other
    assert "".join(fact.job_order[0] for fact in one if isinstance(fact, EquipmentStateChanged) and fact.state == 6) == "ABDEC"
    runs = [simulate(*case(), engine=engine) for engine in ENGINES]
    assert runs[0].trace_hash == runs[1].trace_hash
    started = [entry.event.job_order[0] for entry in runs[0].journal.entries() if isinstance(entry.event, JobOrderStarted)]
    assert "".join(started) == "ABDEC"


def test_no_kernel_is_compiled_for_it() -> None:
    by_rule("compiled")
    kept = {path: path.stat().st_mtime_ns for path in FOLDER.rglob("*")}
    register_rule("longest_first", lambda ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us: run_us)
    facts = by_rule("compiled")
    assert "".join(fact.job_order[0] for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.state == 6) == "ACEDB"
    assert {path: path.stat().st_mtime_ns for path in FOLDER.rglob("*")} == kept


def raises(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    if operations_left:
        raise ValueError("there is something to do")
    return run_us


TABLE = np.zeros(3)


def looks_too_far(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    return TABLE[now_us]


def draws(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    return np.random.random()


def drawing(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    return draws(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us)


def test_a_rule_that_looks_beyond_its_table_is_told_and_one_that_draws_is_none() -> None:
    """The first ended the process without a word; the second gave the same seed another run each time."""
    register_rule("longest_first", looks_too_far)
    with pytest.raises(ValueError, match=r"looks_too_far has raised IndexError: .*out of bounds"):
        by_rule("compiled")
    for rule in (draws, drawing):
        with pytest.raises(ValueError, match="with random decides otherwise each time, and nothing could be played again; allowed: what"):
            register_rule("mine", rule)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_rule_raises_is_told_with_the_job_order_that_it_was_asked_about(engine: str) -> None:
    """Compiled code has nobody to tell; so far the run went on as if the key were nothing."""
    register_rule("longest_first", raises)
    said = r"the dispatch rule raises has raised ValueError: there is something to do, at ready_us = [0-9]+, due_us = .*; allowed: a number"
    with pytest.raises(ValueError, match=said):
        by_rule(engine)
    with pytest.raises(ValueError, match=said):
        simulate(*case(), engine=engine)
    register_rule("longest_first", longest_first)
    assert by_rule(engine)  # and it is forgotten then


def test_what_cannot_be_a_rule_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match=r"allowed: fifo, .*, or your own, after twin.register_rule\(\"nobodys\", function\)"):
        scenario_of(policies={"dispatch": "nobodys"})
    with pytest.raises(ValueError, match="takes other arguments than now_us; allowed: ready_us, due_us"):
        register_rule("mine", lambda now_us: now_us)
    with pytest.raises(ValueError, match="'edd' cannot name a rule of your own"):
        register_rule("edd", longest_first)
