"""PackML, and state intervals that tile time."""

from __future__ import annotations

import pytest

from tests.rooms.mes.little_plant import MIN_US, START_US, Floor
from twin.mes.equipment import is_legal_report
from twin.model.events import AlarmCleared, AlarmRaised, EnergyMetered, EquipmentActual, EquipmentModeChanged, PersonnelActual
from twin.model.states import DispatchStatus, WorkUnitMode
from twin.model.states import WorkUnitState as S
from twin.model.upkeep.transitions import ACTING, COMMANDED, TRANSITIONS


def test_packml_has_17_states_and_46_transitions():
    """Case pack-01; ANSI/ISA-TR88.00.02-2015."""
    assert len([s for s in S if s is not S.UNKNOWN]) == 17
    assert len(TRANSITIONS) == 46
    origins = {command: {source for source, named, _ in TRANSITIONS if named == command} for command in (*COMMANDED, "state complete")}
    assert {command: len(sources) for command, sources in origins.items()} == {
        "abort": 15, "stop": 12, "clear": 1, "reset": 2, "start": 1,
        "hold": 1, "unhold": 1, "suspend": 1, "unsuspend": 1, "state complete": 11,
    }  # fmt: skip
    assert origins["start"] == {S.IDLE}
    assert origins["reset"] == {S.STOPPED, S.COMPLETE}
    assert origins["clear"] == {S.ABORTED}
    assert (origins["hold"], origins["unhold"]) == ({S.EXECUTE}, {S.HELD})
    assert (origins["suspend"], origins["unsuspend"]) == ({S.EXECUTE}, {S.SUSPENDED})
    assert origins["state complete"] == set(ACTING)
    # what another simulator refuses is legal: Abort in Clearing, Stopping, Stopped and Completing
    assert {S.CLEARING, S.STOPPING, S.STOPPED, S.COMPLETING} <= origins["abort"]


def test_every_transition_and_every_jump_through_acting_states_is_a_legal_report():
    for source, _, target in TRANSITIONS:
        assert is_legal_report(source, target)
    for before, after in [(S.IDLE, S.EXECUTE), (S.EXECUTE, S.HELD), (S.HELD, S.EXECUTE), (S.EXECUTE, S.COMPLETE), (S.EXECUTE, S.IDLE)]:
        assert is_legal_report(before, after)
    assert is_legal_report(S.ABORTED, S.IDLE)
    assert is_legal_report(S.UNKNOWN, S.EXECUTE)
    assert is_legal_report(S.EXECUTE, S.EXECUTE)


@pytest.mark.parametrize("rest", [S.STOPPED, S.ABORTED, S.COMPLETE, S.RESETTING, S.CLEARING])
@pytest.mark.parametrize("at_work", [S.STARTING, S.EXECUTE, S.HELD, S.SUSPENDED, S.UNHOLDING])
def test_nothing_comes_back_to_work_but_through_idle(rest, at_work):
    assert not is_legal_report(rest, at_work)


def test_a_set_up_goes_on_as_a_set_up_after_it_was_interrupted():
    assert is_legal_report(S.HELD, S.STARTING, phase=S.STARTING)
    assert is_legal_report(S.SUSPENDED, S.STARTING, phase=S.STARTING)
    assert not is_legal_report(S.HELD, S.STARTING, phase=S.EXECUTE)


def test_an_impossible_transition_is_kept_and_somebody_is_told():
    floor = Floor()
    floor.tell(floor.state("saw_1", S.STOPPED))
    floor.wait(5).tell(floor.state("saw_1", S.EXECUTE))
    floor.wait(5)
    assert floor.alerts == ["saw_1 went from Stopped to Execute, which PackML does not allow"]
    kept = floor.mes.equipment.intervals("saw_1", START_US, floor.now_us)
    assert [(i.state, i.duration_us) for i in kept] == [(S.STOPPED, 5 * MIN_US), (S.EXECUTE, 5 * MIN_US)]


def test_state_intervals_tile_time_and_states_that_took_none_leave_none():
    floor = Floor().all_idle()
    floor.wait(3).tell(floor.state("saw_1", S.EXECUTE))
    floor.wait(4).tell(floor.state("saw_1", S.HELD, reason="blade_broken"), floor.state("saw_1", S.COMPLETE), floor.state("saw_1", S.IDLE))
    floor.wait(2)
    intervals = floor.mes.equipment.intervals("saw_1", START_US, floor.now_us)
    assert [(i.state, i.duration_us // MIN_US) for i in intervals] == [(S.IDLE, 3), (S.EXECUTE, 4), (S.IDLE, 2)]
    assert [i.end_us for i in intervals[:-1]] == [i.start_us for i in intervals[1:]]
    assert floor.mes.audit(floor.now_us) == []


def test_what_cannot_be_taken_in_is_an_alert_and_changes_nothing():
    floor = Floor().all_idle()
    floor.wait(10).tell(floor.state("saw_1", S.EXECUTE))
    before = floor.mes.equipment.intervals("saw_1", START_US, floor.now_us)
    floor.tell(floor.state("robot_9", S.EXECUTE), floor.state("robot_9", S.IDLE), floor.count("robot_9", "x", 1))
    floor.tell(floor.state("saw_1", 42))  # type: ignore[arg-type]
    assert floor.mes.equipment.intervals("saw_1", START_US, floor.now_us) == before
    assert floor.alerts == [
        "nobody declared 'robot_9'",
        "saw_1 reports state 42, which PackML does not have",
    ]


def test_time_energy_and_work_go_to_the_job_order_when_its_interval_closes():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.tell(floor.state("mill_1", S.STARTING, "R/10", "anna", "setup"))
    floor.wait(7).tell(EnergyMetered(effective_us=floor.now_us, equipment="mill_1", job_order="R/10", energy_wh=70))
    concluded = floor.tell(floor.state("mill_1", S.EXECUTE, "R/10"))
    assert [(e.setup_us, e.run_us, e.energy_wh) for e in concluded if isinstance(e, EquipmentActual)] == [(7 * MIN_US, 0, 70)]
    assert [(e.person, e.work_us) for e in concluded if isinstance(e, PersonnelActual)] == [("anna", 7 * MIN_US)]
    concluded = floor.wait(10).finishes("mill_1", "R/10", 5)
    assert [(e.setup_us, e.run_us, e.energy_wh) for e in concluded if isinstance(e, EquipmentActual)] == [(0, 10 * MIN_US, 0)]
    assert not [e for e in concluded if isinstance(e, PersonnelActual)]
    job = floor.mes.job_orders["R/10"]
    assert (job.setup_us, job.run_us, job.energy_wh, job.work_us) == (7 * MIN_US, 10 * MIN_US, 70, 7 * MIN_US)


def test_a_batch_shares_its_time_by_quantity_and_loses_no_microsecond():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 7), floor.stock("STEEL", 10_000))  # lots of 4 and 3
    for lot, pieces in (("R.1", 4), ("R.2", 3)):
        floor.does("saw_1", f"{lot}/10", pieces)
        floor.does("mill_1", f"{lot}/20", pieces)
    floor.tell(floor.state("oven_1", S.EXECUTE, "R.1/30+R.2/30"))
    floor.now_us += 100  # does not divide by 7
    floor.tell(EnergyMetered(effective_us=floor.now_us, equipment="oven_1", job_order="R.1/30+R.2/30", energy_wh=10))
    concluded = floor.tell(floor.state("oven_1", S.HELD, "R.1/30+R.2/30", reason="burner_fault"))
    actuals = {e.job_order: (e.run_us, e.energy_wh) for e in concluded if isinstance(e, EquipmentActual)}
    assert actuals == {"R.1/30": (57, 6), "R.2/30": (43, 4)}


def test_modes_and_alarms_are_remembered_as_long_as_they_last():
    floor = Floor().all_idle()
    floor.tell(
        EquipmentModeChanged(effective_us=floor.now_us, equipment="saw_1", mode=WorkUnitMode.MAINTENANCE),
        AlarmRaised(effective_us=floor.now_us, equipment="saw_1", alarm="blade_broken"),
        AlarmRaised(effective_us=floor.now_us, equipment="saw_1", alarm="coolant_low"),
        AlarmCleared(effective_us=floor.now_us, equipment="saw_1", alarm="coolant_low"),
    )
    record = floor.mes.equipment.records["saw_1"]
    assert (record.mode, record.alarms) == (WorkUnitMode.MAINTENANCE, {"blade_broken": START_US})


def test_an_idle_unit_has_no_job_order_whatever_its_register_still_says():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 2))
    floor.starts("mill_1", "R/10")
    floor.wait(5).tell(floor.count("mill_1", "R/10", good=1), floor.state("mill_1", S.IDLE, "R/10", "anna"))
    record = floor.mes.equipment.records["mill_1"]
    assert (record.job_order, record.person) == ("", "")
    assert floor.mes.status("R/10") == (DispatchStatus.SUSPENDED, "left unfinished")
