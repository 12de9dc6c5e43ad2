"""Commands that cannot be carried out are refused in words, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rooms.simulation.small_floor import BATCH, TWO, WITH_ANNA, Desk, counts_of, plant_of, refusal, scenario_of, start, states_of
from twin.model.events import Heartbeat, JobOrderCommand, JobOrderCommandRefused
from twin.model.states import JobCommand
from twin.simulation.simpy_plant import SimulatedPlant

GOOD = start("x")
FLOOR = {
    "work_units/mill": "{equipment_class: mill, work_center: milling}",
    "work_centers/milling": "{storage: rack}",
    "process_segments/mill": "{work_center: milling}",
    "routings/shaft/20": "{segment: mill, run: 1 min}",
}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(GOOD, equipment="lethe"), "no work unit or line 'lethe' takes commands"),
        (replace(GOOD, command="Reset"), "a command 'Reset' is not taken"),
        (replace(GOOD, materials=()), "1 job orders need as many lots"),
        (replace(GOOD, materials=("shift",)), "'shift' was not there when this plant was laid out, and it cannot make it"),
        (replace(GOOD, operations=("11",)), "the routing of 'shaft' has no operation '11'"),
        (replace(GOOD, job_order="y/10"), "job order 'y/10' is not about operation 10 of lot x"),
        (replace(GOOD, equipment="mill"), "mill cannot do operation 10 of shaft; allowed: lathe"),
        (start("x", operation="20", equipment="mill"), "lot x has not been through what comes before operation 20"),
        (start("x", quantity=0), "lot x would have 0 pieces"),
        (start("x+y"), "lathe takes at most 1 lot at once"),
        (start("x", person="nobody"), "there is no person 'nobody'"),
        (replace(GOOD, command=JobCommand.PAUSE), "lathe is Idle; Pause needs Starting, Execute with a job order"),
        (replace(GOOD, command=JobCommand.RESUME), "lathe is Idle; Resume needs Suspended with a job order"),
        (replace(GOOD, command=JobCommand.RESTART), "lathe is Idle; Restart needs Held with a job order"),
        (replace(GOOD, command=JobCommand.ABORT), "lathe is Idle; Abort needs"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_command_that_cannot_be_is_refused(command: JobOrderCommand, reason: str) -> None:
    desk = Desk(plant_of(**FLOOR))
    answer = desk.send(command)
    assert len(answer) == 1
    assert refusal(answer).startswith(reason)
    assert isinstance(answer[0], JobOrderCommandRefused)
    assert (answer[0].command, answer[0].job_order, answer[0].equipment) == (command.command, command.job_order, command.equipment)
    desk.send(GOOD)  # as if nothing had been
    desk.wait(20)
    assert counts_of(desk.facts, "lathe") == [(20, "x/10", 4, 0, 0)]


def test_a_lot_is_started_where_it_is_and_as_it_is() -> None:
    desk = Desk(plant_of(**FLOOR, **{"work_units/lathe_2": "{equipment_class: lathe, work_center: turning}"}))
    desk.start("x")
    assert refusal(desk.send(start("x", equipment="lathe_2"))) == "lot x is being worked on"
    assert refusal(desk.send(start("y"))) == "lathe is not idle but Execute with x/10"
    assert refusal(desk.send(start("x", operation="20", equipment="mill"))).startswith("lot x is at operation 10 of shaft")
    desk.wait(20)
    assert refusal(desk.send(start("x"))) == "lot x is at operation 20 of shaft, not at 10 of shaft"
    assert refusal(desk.send(start("x", 3, "20", equipment="mill"))) == "lot x has 4 pieces, not 3"
    desk.send(start("x", 4, "20", equipment="mill"))
    desk.wait(24)
    assert refusal(desk.send(start("x"))) == "lot x is finished"


def test_two_starts_of_one_instant_cannot_take_one_unit() -> None:
    desk = Desk(plant_of())
    answer = desk.send(start("x"), start("y"))
    assert "not idle" in refusal(answer)
    assert states_of(answer, "lathe") == [(0, "EXECUTE", "")]


def test_a_batch_needs_different_lots_of_one_family() -> None:
    changes = {**BATCH, "routings/shaft/10/setup_family": "hot", "routings/bolt": '{"10": {segment: turn, run: 7 min, setup_family: cold}}'}
    desk = Desk(plant_of(materials=TWO, **changes))
    assert refusal(desk.start("x+x")) == "a lot is named twice"
    assert refusal(desk.start("a+b+c+d")) == "lathe takes at most 3 lots at once"
    assert refusal(desk.send(replace(start("x+y"), materials=("shaft", "bolt")))) == "lathe cannot be set up for cold, hot at once"


def test_work_that_needs_somebody_is_refused_without() -> None:
    desk = Desk(plant_of(**WITH_ANNA), scenario_of(horizon="2 d"))
    assert refusal(desk.start("x")) == "x/10 needs somebody, and nobody is named"
    desk.start("x", person="anna")
    desk.wait(10)
    assert refusal(desk.command(JobCommand.RESUME, person="anna")) == "anna is not at work"
    assert refusal(desk.command(JobCommand.RESUME, job_order="y/10")) == "lathe has x/10, not y/10"


def test_somebody_who_is_not_at_work_leaves_the_unit_without_operator() -> None:
    desk = Desk(plant_of(**WITH_ANNA), scenario_of(horizon="2 d"))
    desk.wait(12)
    desk.start("x", person="anna")
    assert states_of(desk.facts, "lathe")[-1] == (12, "SUSPENDED", "no_operator")


def test_what_is_no_command_is_refused() -> None:
    desk = Desk(plant_of())
    assert refusal(desk.send(Heartbeat(effective_us=0))) == "Heartbeat is no command"  # type: ignore[arg-type]


def test_a_failed_unit_goes_on_by_itself() -> None:
    desk = Desk(plant_of(**{"work_units/lathe/failures": "[{reason: jam, time_to_failure: 8 min, repair: 3 min}]"}))
    desk.start("x")
    desk.wait(8)
    assert refusal(desk.command(JobCommand.RESTART)) == "lathe goes on by itself after jam"


def test_a_run_must_end_after_its_start() -> None:
    with pytest.raises(ValueError, match="must end after its start"):
        SimulatedPlant(plant_of(), scenario_of(), 1, until_us=scenario_of().start_us)
