"""The lean build says what the full one says, plays what it may play alone, and is the same source."""

from __future__ import annotations

import ast
import importlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.theory.models import MIN_US, asked, exponential, plant_of, shop, stream
from twin.kernels.floor import lean
from twin.kernels.floor.advancing import advance_at
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.specialising import _Specialising
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.agenda import entries
from twin.simulation.simpy_plant import SimulatedPlant

Case = tuple[Plant, Scenario]
RUNS = st.sampled_from([exponential(1), exponential(3), "1 min", "2 min", "0 min", {"uniform": {"low": "0 min", "high": "3 min"}}])


@st.composite
def lean_cases(draw: st.DrawFn) -> Case:
    """Small shops with nothing but work units, queues and storages; much happens at one instant."""
    centers = draw(st.integers(1, 4))
    capacity = st.sampled_from([{}, {"capacity": 1}, {"capacity": 2}])
    ways = draw(st.lists(st.lists(st.integers(0, centers - 1), min_size=1, max_size=5), min_size=1, max_size=3))
    tables: dict[str, Any] = {
        "storage_units": {f"q{n}": draw(capacity) for n in range(centers)},
        "work_centers": {f"c{n}": {"storage": f"q{n}"} for n in range(centers)},
        "work_units": {
            f"u{n}{k}": {"equipment_class": f"e{n}", "work_center": f"c{n}"} for n in range(centers) for k in range(draw(st.integers(1, 2)))
        },
        "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(centers)},
        "routings": {
            f"m{k}": {str(j + 1): {"segment": f"s{n}", "run": draw(RUNS)} for j, n in enumerate(way)} for k, way in enumerate(ways)
        },
    }  # fmt: skip
    plant = plant_of(tables, {f"m{k}": {"lot_size": draw(st.sampled_from([1, 3]))} for k in range(len(ways))})
    streams = {f"s{k}": stream(draw(RUNS.filter(lambda run: run != "0 min")), f"m{k}") for k in range(len(ways))}
    return plant, asked(120, rule=draw(st.sampled_from(["fifo", "edd", "spt", "critical_ratio", "priority"])), **streams)


def told(source: CompiledPlant | SimulatedPlant) -> list[list[OperationsEvent]]:
    rounds = []
    while (facts := source.advance()) is not None:
        rounds.append(facts)
    return rounds


def compiled(case: Case, seed: int, conwip_lots: int | None, *, is_lean: bool) -> CompiledPlant:
    source = CompiledPlant(*case, seed, control="rule", conwip_lots=conwip_lots)
    assert source.state.kernel is lean.lean_advance_at()
    source.state._is_lean = is_lean
    assert (source.state.kernel is advance_at) != is_lean
    return source


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=lean_cases(), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, 2, 5]))
def test_the_lean_build_says_what_the_full_one_and_the_readable_plant_say(case: Case, seed: int, conwip_lots: int | None) -> None:
    ours = told(compiled(case, seed, conwip_lots, is_lean=True))
    assert ours == told(compiled(case, seed, conwip_lots, is_lean=False))
    assert ours == told(SimulatedPlant(*case, seed, control="rule", conwip_lots=conwip_lots))


@settings(max_examples=15, deadline=None)
@given(case=lean_cases(), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, 3]))
def test_without_a_stop_at_every_round_both_builds_say_the_same(case: Case, seed: int, conwip_lots: int | None) -> None:
    ours, full = (compiled(case, seed, conwip_lots, is_lean=is_lean).run_on() for is_lean in (True, False))
    assert np.array_equal(ours, full)


def tables(source: CompiledPlant) -> list[NDArray[Any]]:
    """Equipment, work centers and storages as they are, and what will happen when; lots by their serials, since rows of those that went
    at one instant may be taken again in another order."""
    plant = source.state.plant
    rows = [
        plant[plant[where] : plant[where] + plant[count] * size].reshape(-1, size).copy()
        for where, count, size in (
            (at.EQUIPMENT_AT, at.EQUIPMENT_COUNT, at.EQUIPMENT_ROW), (at.CENTERS_AT, at.CENTER_COUNT, at.CENTER_ROW),
            (at.STORAGES_AT, at.STORAGE_COUNT, at.STORAGE_ROW),
        )
    ]  # fmt: skip
    for table, field in ((rows[0], at.JOB_LOT), (rows[1], at.QUEUE_FIRST), (rows[1], at.QUEUE_LAST)):
        table[:, field] = [plant[lot + at.SERIAL] if lot >= 0 else -1 for lot in table[:, field]]
    rows[0][rows[0][:, at.HAS_JOB] == 0, at.JOB_LOT] = -1  # of nobody any more
    return [*rows, np.array(sorted((us, int(plant[timer + due.TIMER_KIND])) for us, timer in entries(plant)))]


@settings(max_examples=15, deadline=None)
@given(case=lean_cases(), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, 3]))
def test_what_goes_at_one_go_leaves_the_plant_behind_that_the_phases_would(case: Case, seed: int, conwip_lots: int | None) -> None:
    """Wherever it is stopped: every timer is where Python looks for it, none in the table; and other futures from there are the same."""
    lean_plant, full_plant = (compiled(case, seed, conwip_lots, is_lean=is_lean) for is_lean in (True, False))
    for minutes in (7, 30, 31):
        for source in (lean_plant, full_plant):
            source.state.plant[at.STOPS_AT_ROUNDS] = 0
            assert source.state.advance(case[1].start_us + minutes * MIN_US) == at.ENDED
        assert all(np.array_equal(*pair) for pair in zip(tables(lean_plant), tables(full_plant), strict=True))
        table = int(lean_plant.state.plant[due.TABLE_AT])
        assert set(lean_plant.state.plant[table : table + due.TABLE_SIZE].tolist()) == {due.NEVER}
        assert (lean_plant.state.plant[due.TABLED_BELOW], lean_plant.state.plant[due.NEXT_KEY]) == (0, due.NEVER)
    futures = [source.fork(seed=seed + 1) for source in (lean_plant, full_plant)]
    futures[1].state._is_lean = False
    assert np.array_equal(*(future.run_on() for future in futures))


@pytest.mark.parametrize("materials", [due.TABLE_SIZE - 8, due.TABLE_SIZE - 3, due.TABLE_SIZE + 8])
def test_a_plant_with_more_timers_than_the_table_has_slots_says_the_same(materials: int) -> None:
    """With a timer for each order, for the stream, two work units and the clock: some slots are free, none, and too few."""
    names = [f"m{n}" for n in range(materials)]
    tables: dict[str, Any] = {
        "storage_units": {"q": {}}, "work_centers": {"c": {"storage": "q"}},
        "work_units": {f"u{n}": {"equipment_class": "u", "work_center": "c"} for n in range(2)},
        "process_segments": {"s": {"work_center": "c"}},
        "routings": {name: {"1": {"segment": "s", "run": exponential(1)}} for name in names},
    }  # fmt: skip
    demand = asked(120, orders=dict.fromkeys(names[:-1], 1), s=stream(exponential(3), names[-1]))
    case = plant_of(tables, {name: {"lot_size": 1} for name in names}), demand
    ours, full = (compiled(case, 1, None, is_lean=is_lean).run_on() for is_lean in (True, False))
    assert np.array_equal(ours, full)


def test_a_run_that_is_kept_knows_what_each_of_its_lots_is_called() -> None:
    """Names stay where they were written, in the memory of the run; the next one may write over them."""
    case = shop("1 min"), asked(20_000, a=stream("2 min"))
    source = compiled(case, 1, None, is_lean=True)
    rows = source.run_on()
    counted = rows[rows[:, said.EVENT_WHAT] % said.PLACES == said.TELLS_COUNT, said.EVENT_C].tolist()
    assert [source.words.job_of(label) for label in counted] == [f"a-{n + 1}-m/1" for n in range(len(counted))]
    assert len(counted) == 9999
    again = compiled(case, 1, None, is_lean=True)
    assert np.array_equal(rows.copy(), again.run_on(source.state.log))


@settings(max_examples=15, deadline=None)
@given(case=lean_cases(), seed=st.integers(0, 2**32))
def test_another_future_of_a_lean_plant_is_that_of_the_full_build(case: Case, seed: int) -> None:
    """What was drawn ahead by the keys of the past does not count there."""
    futures = []
    for is_lean in (True, False):
        source = compiled(case, seed, None, is_lean=is_lean)
        until_us = source.now_us + 30 * MIN_US
        while source.advance(until_us) is not None:
            pass
        other = source.fork(seed=seed + 1)
        other.state._is_lean = is_lean
        futures.append(told(other))
    assert futures[0] == futures[1]


@settings(max_examples=15, deadline=None)
@given(case=lean_cases(), seed=st.integers(0, 2**32))
def test_what_follows_from_a_lean_plant_holds_at_every_instant(case: Case, seed: int) -> None:
    """In the full build, which would change it if it could."""
    source = compiled(case, seed, None, is_lean=False)
    while source.advance() is not None:
        plant = source.state.plant
        assert lean.is_lean(plant, source.state.plan, source.state.numbers)
        assert not any(plant[getattr(at, field)] for field in ("CLAIM_COUNT", "HAS_COMMANDS", "SENT_COUNT"))
        assert (plant[more.UNDECIDED_COUNT], plant[more.LATE_FIRST]) == (0, -1)
        live = [row for row in source.state.lot_rows if plant[row + at.SERIAL]]
        assert all(plant[row + at.JOB_NEXT] == -1 for row in live)


def _rows(source: CompiledPlant) -> dict[str, tuple[NDArray[Any], int, ModuleType]]:
    """An array, the address of a row in it and where its fields are named, for each table of what a lean plant holds."""
    state = source.state
    step = int(state.plan[at.STEPS_AT])
    return {
        "HEADER": (state.plant, 0, at), "FLEETS": (state.plant, 0, fleet),
        "EQUIPMENT": (state.plant, int(state.plant[at.EQUIPMENT_AT]), at), "CENTERS": (state.plant, int(state.plant[at.CENTERS_AT]), at),
        "STEPS": (state.plan, step, at), "MORE_STEPS": (state.plan, int(state.plan[more.MORE_STEPS_AT]), more),
        "SHARES": (state.numbers, int(state.plan[step + at.STEP_NUMBERS]), at),
    }  # fmt: skip


@pytest.mark.parametrize(("table", "field"), [(name, field) for name in ("HEADER", "FLEETS", "EQUIPMENT", "CENTERS", "STEPS", "MORE_STEPS",
                                              "SHARES") for field in getattr(lean, name)])  # fmt: skip
def test_a_plant_with_anything_more_is_not_lean(table: str, field: str) -> None:
    source = CompiledPlant(shop("1 min"), asked(10, a=stream("2 min")), 1, control="rule")
    state = source.state
    assert lean.is_lean(state.plant, state.plan, state.numbers)
    area, row, fields = _rows(source)[table]
    area[row + getattr(fields, field)] += 1 if area.dtype == np.int64 else 0.25
    assert not lean.is_lean(state.plant, state.plan, state.numbers)


def test_each_build_is_kept_under_a_name_of_its_own() -> None:
    """Numba would take one for the other: it knows kept machine code by the file, the name and the bytecode of the function."""
    names = {kernel.__name__ for kernel in (advance_at, lean.lean_advance_at())}  # type: ignore[attr-defined] # Numba made them
    assert names == {"advance_at", "advance_at_lean"}


def test_every_function_that_is_compiled_in_another_way_is_there() -> None:
    """What was renamed would be compiled as ever, and nobody would notice but by the clock."""
    for called in (*lean.SELDOM, *lean.INLINED):
        module, name = called.rsplit(".", 1)
        assert hasattr(importlib.import_module(f"twin.kernels.floor.{module}"), name), called


def test_commanded_plants_are_played_by_the_full_build() -> None:
    source = CompiledPlant(shop("1 min"), asked(10, a=stream("2 min")), 1)
    assert source.state.kernel is advance_at


@pytest.mark.parametrize(
    ("written", "compiled_as"),
    [
        ("if plant[unit + at.CAUSES]:\n    fail(unit)\nelse:\n    work(unit)", "work(unit)"),
        ("while step >= 0 and plant[at.LIMITS_WORK]:\n    add(step)", "pass"),
        ("for n in range(plant[unit + at.CAUSES]):\n    look(n)", "pass"),
        ("x = 1 if plant[unit + at.KIND] == at.LINE else y", "x = y"),
        ("x = here and (not plant[at.DECIDES_LEVEL_4] or may_start(lot))", "x = here"),
        ("plant[unit + at.STOP_STATE] = state", "plant[unit + at.STOP_STATE] = state"),
        ("x = plant[unit + at.STATE] == at.IDLE", "x = plant[unit + at.STATE] == at.IDLE"),
    ],
)
def test_what_can_never_be_reached_is_not_compiled(written: str, compiled_as: str) -> None:
    assert ast.unparse(_Specialising(lean.HELD, {"at": at}).visit(ast.parse(written))) == compiled_as
