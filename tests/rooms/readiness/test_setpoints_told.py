"""When the targets of a procedure go to a machine again."""

from __future__ import annotations

import pytest

from tests.rooms.quality.valve_shop import of_type
from tests.rooms.readiness import turning_shop
from tests.rooms.readiness.test_process import BORING, TEMPERATURE, observe, running
from twin.model.events import JobOrderCommand, ProcessDeviationCleared, SetpointRefused, SetpointRequested
from twin.model.states import WorkUnitState as S


def test_a_job_order_that_was_left_is_told_its_target_anew_and_one_that_was_held_is_not() -> None:
    """Whatever its machine was told meanwhile; a refusal of the second is told like one of the first."""
    plc = {"driver": "modbus", "host": "127.0.0.1", "port": 5020}
    mill = {"connection": "plc", "unit": 1, "setpoints": {"temperature": {"address": 20_000}}}
    procedures = {"bore": {"operations": ["10"], "parameters": {"temperature": TEMPERATURE}}}
    shop = running(procedures=procedures, signals={"connections": {"plc": plc}, "equipment": {"mill_1": mill}})

    def asked_for() -> list[str]:
        return [it.id for it in shop.run.journal.entries() if isinstance(it.event, SetpointRequested)]

    asked = [len(asked_for())]
    for state, job_order in ((S.HELD, "A-VALVE/10"), (S.EXECUTE, "A-VALVE/10"), (S.STOPPED, ""), (S.IDLE, ""), (S.EXECUTE, "A-VALVE/10")):
        shop.now_us += 60_000_000
        shop.begins("mill_1", job_order, "bo" if job_order else "", state)
        asked.append(len(asked_for()))
    assert asked == [1, 1, 1, 1, 1, 2]
    for setpoint in asked_for():
        about = {"effective_us": shop.now_us, "equipment": "mill_1", "job_order": "A-VALVE/10", "property": "temperature", "value": 50.0}
        shop.tell(SetpointRefused(**about, setpoint=setpoint, reason="cannot be reached"))
    assert len(shop.alerts("setpoint")) == 2
    assert shop.is_the_same_from_every_source()


def test_a_value_outside_its_second_limits_holds_what_a_person_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = turning_shop.SCENARIO.policies.model_copy(update={"decisions": "persons"})
    monkeypatch.setattr(turning_shop, "SCENARIO", turning_shop.SCENARIO.model_copy(update={"policies": policies}))
    shop = running(procedures={"bore": BORING})
    observe(shop, 61)
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="coolant refilled") == ""
    assert [it.command for it in of_type(shop.commands, JobOrderCommand)] == ["Hold", "Restart"]
