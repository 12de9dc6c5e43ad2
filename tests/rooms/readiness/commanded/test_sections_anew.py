"""Alarms and procedures come, are otherwise and are withdrawn while the plant runs, as persons say, by the rules of a plant file."""

from __future__ import annotations

from typing import Any

from tests.rooms.apps.office.test_supervising_forms import presses
from tests.rooms.quality.valve_shop import of_type
from tests.rooms.readiness.test_process import BORING, observe, running
from tests.rooms.upkeep.kept_shop import KeptShop
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model import events as e
from twin.model.states import WorkUnitState as S

WHY = {"reason": "after the review"}


def test_an_alarm_is_thought_through_while_the_plant_runs_and_what_stands_stays_as_it_was_raised() -> None:
    it = KeptShop()
    it.raises("mill_1", "spindle_fault")
    said = {"declared": "mill/spindle_fault", "priority": "high", "within": "15 min", "escalate_to": "inspector", "latched": "yes", **WHY}
    assert "no personnel class is called 'inspecter'" in presses(
        it, supervisor_forms, "AlarmAdded", "quinn", **{**said, "escalate_to": "inspecter"}
    )
    assert "no equipment and no equipment class is called 'mil'" in presses(
        it, supervisor_forms, "AlarmAdded", "quinn", **{**said, "declared": "mil/spindle_fault"}
    )
    assert "'spindle_fault' is no id of an alarm; allowed: letters" in presses(
        it, supervisor_forms, "AlarmAdded", "quinn", **{**said, "declared": "spindle_fault"}
    )
    assert presses(it, supervisor_forms, "AlarmAdded", "quinn", **said) == ""
    first = it.run.mes.alarms.all[False, "mill_1", "spindle_fault"]
    assert first.declared.priority == "low", "it was raised before"
    it.say(e.AlarmAccepted, equipment="mill_1", alarm="spindle_fault")
    it.clears("mill_1", "spindle_fault")
    it.raises("mill_1", "spindle_fault")
    assert (first.declared.priority, first.declared.latched) == ("high", True)
    assert [(each.alarm, each.to) for each in of_type(it.wait(20), e.AlarmEscalated)] == [("spindle_fault", "inspector")]
    quiet = {"declared": "mill/spindle_fault", "key": "suppressed_in", "value": "Stopped", **WHY}
    assert presses(it, supervisor_forms, "AlarmChanged", "quinn", **quiet) == ""
    it.say(e.AlarmAccepted, equipment="mill_1", alarm="spindle_fault")
    it.clears("mill_1", "spindle_fault")
    it.say(e.AlarmReset, equipment="mill_1", alarm="spindle_fault")
    it.is_in("mill_1", S.STOPPED)
    it.raises("mill_1", "spindle_fault")
    assert str(first.state) == "suppressed by design"
    assert presses(it, supervisor_forms, "AlarmWithdrawn", "quinn", declared="mill/spindle_fault", **WHY) == ""
    assert presses(it, supervisor_forms, "AlertAdded", "quinn", declared="maintenance", priority="critical", **WHY) == ""
    assert it.run.plant.layout.alarms is not None
    assert [*it.run.plant.layout.alarms.alerts] == ["maintenance"]
    assert it.plant.layout.alarms is None, "the file is what it was"
    assert it.is_the_same_from_every_source(lambda run: run.alarms())


def test_a_procedure_comes_and_what_was_begun_goes_on_by_what_it_was_begun_with() -> None:
    it = running()
    it.order("B", 5)
    said = {"declared": "boring", "operations": "10", "unit_procedures": "mill/prepare/clamp, mill/cut/bore", **WHY}
    assert "no operation is called '11'; allowed: 10, 20" in presses(
        it, supervisor_forms, "ProcedureAdded", "ida", **{**said, "operations": "11"}
    )
    assert presses(it, supervisor_forms, "ProcedureAdded", "ida", **said) == ""
    limits = {"declared": "boring", "parameter": "temperature", "unit": "°C", "target": "50", "warn_above": "55", "stop_above": "60", **WHY}
    assert "target is 50, and stop_below is 70" in presses(
        it, supervisor_forms, "ParameterChanged", "ida", **{**limits, "stop_below": "70"}
    )
    assert presses(it, supervisor_forms, "ParameterChanged", "ida", **limits) == ""
    step = {"declared": "boring", "step": "clear", "text": "Nothing lies here.", "asks": "yes", **WHY}
    assert presses(it, supervisor_forms, "ProcedureStepChanged", "ida", **step) == ""
    assert observe(it, 61) == [], "the job order was begun before anybody asked for that"
    it.does("mill_1", "A-VALVE/10", 5)
    it.begins("mill_1", "B-VALVE/10", "bo")
    assert of_type(observe(it, 61), e.ProcessDeviationFound)[0].asked == "60 °C or less"
    told = e.PhaseStateChanged(effective_us=it.now_us, equipment="mill_1", phase="mill/cut/bore", state=int(S.EXECUTE))
    it.tell(told)
    assert it.alerts("phase") == ["phase mill/cut/bore of B-VALVE/10 began before mill/prepare/clamp was complete"]
    assert it.run.steps_of("B-VALVE/10")["step"].tolist() == ["clear"]
    assert presses(it, supervisor_forms, "ProcedureWithdrawn", "ida", declared="boring", **WHY) == ""
    assert it.run.steps_of("B-VALVE/10")["step"].tolist() == ["clear"], "it goes on as it was begun"
    assert it.plant.layout.procedures == {}
    assert it.is_the_same_from_every_source(lambda run: run.steps_of("B-VALVE/10"))


def test_other_limits_hold_for_what_begins_from_then_on_and_recipes_are_left_to_their_revisions() -> None:
    it = running(procedures={"bore": BORING})
    change: dict[str, Any] = {"section": "procedures", "declared": "bore", **WHY}
    assert it.say(e.DeclarationChanged, "ida", **change, changes=(("parameters.temperature.stop_above", "70"),)) == ""
    assert of_type(observe(it, 61), e.ProcessDeviationFound)[0].level == "stop", "by what it was begun with"
    assert "a procedure has no 'recipe'" in it.say(e.DeclarationChanged, "ida", **change, changes=(("recipe", "RCP-7"),))
    assert it.run.plant.layout.procedures["bore"].parameters["temperature"].stop_above == 70
    assert it.is_the_same_from_every_source(lambda run: run.process_values)
