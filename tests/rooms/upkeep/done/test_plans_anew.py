"""Maintenance plans and gauges come, are otherwise and are withdrawn while the plant runs, as persons say, by the rules of a plant file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.office.test_supervising_forms import presses
from tests.rooms.quality.valve_shop import SCENARIO, of_type
from tests.rooms.upkeep.kept_shop import HOUR_US, KeptShop
from tests.rooms.upkeep.test_maintenance import GREASING, WITH_GREASE, shop, worn
from twin.apps.api.entries import address_of, document_of, entry_said
from twin.apps.terminals.upkeep_forms import maintenance_forms
from twin.model import events as e
from twin.model.scenario import Scenario
from twin.run import simulate

WHY = {"reason": "the bearing runs hot"}
PLANS, GAUGES = "maintenance_plans", "calibrations"


def plain(**sections: Any) -> KeptShop:
    """A shop that declares no maintenance."""
    it = KeptShop(WITH_GREASE, **sections)
    return it.stock(100).order("A", 30)  # type: ignore[return-value]  # the shop itself


def detail(it: KeptShop) -> str:
    """Why the boring mill starts nothing."""
    return next(iter(it.run.mes.dispatching.obstacles("boring", it.now_us).values())).detail


def asked(followed: list[Any]) -> list[str]:
    return [each.description for each in of_type(followed, e.MaintenanceRequested)]


def uses(it: KeptShop) -> list[str]:
    return list(it.run.maintenance_plans()["use"])


def test_a_plan_comes_by_counter_and_counts_from_then_on() -> None:
    it = plain()
    it.does("mill_1", "A-VALVE.1/10", 5)
    new = {
        "declared": "greasing",
        "equipment": "mill_1",
        "title": "Greasing",
        "after_pieces": "10",
        "within": "8 h",
        "blocks": "yes",
        **WHY,
    }
    said = {**new, "personnel_class": "operater", "spare_parts": "GREASE 2, OIL 1"}
    wrong = presses(it, maintenance_forms, "PlanAdded", "olga", **said)
    assert "no personnel class is called 'operater' (did you mean 'operator'?)" in wrong
    assert "no material is called 'OIL'" in wrong, "all at once"
    assert presses(it, maintenance_forms, "PlanAdded", "olga", **{**new, "after_pieces": ""}).startswith(
        "'greasing' is never due; allowed:"
    )
    said = {**new, "personnel_class": "operator", "spare_parts": "GREASE 2"}
    assert presses(it, maintenance_forms, "PlanAdded", "olga", **said) == ""
    assert "is there already" in presses(it, maintenance_forms, "PlanAdded", "olga", **said)
    assert uses(it) == ["0 of 10 pieces"], "what was made before it is none of its business"
    assert asked(it.does("mill_1", "A-VALVE.2/10", 5)) == []
    assert asked(it.does("mill_1", "A-VALVE.3/10", 5)) == ["Greasing, 10 of 10 pieces"]
    assert it.run.spare_parts()["reserved"].iloc[0] == 2
    assert it.say(e.MaintenanceStarted, maintenance="M-greasing-1") == "quinn is no operator, which this asks for; allowed: olga"
    assert it.say(e.MaintenanceStarted, person="olga", maintenance="M-greasing-1") == ""
    assert it.say(e.MaintenancePerformed, person="olga", maintenance="M-greasing-1") == ""
    assert uses(it) == ["0 of 10 pieces"]
    assert it.plant.layout.maintenance_plans == {}, "the file is what it was"
    assert it.is_the_same_from_every_source(lambda run: run.maintenance_plans(), lambda run: run.maintenance())


def test_a_plan_by_condition_and_by_calendar_with_steps_holds_from_its_instant_on() -> None:
    it = plain()
    new = {"declared": "bearing", "equipment": "mill_1", "title": "Bearing", "condition": "vibration above 4,5", **WHY}
    assert presses(it, maintenance_forms, "PlanAdded", "olga", **new) == ""
    seen: dict[str, Any] = {"equipment": "mill_1", "property": "vibration", "unit": "mm/s"}
    step = {"declared": "bearing", "step": "play", "text": "Measure the play.", "asks": "value", "unit": "mm", "upper": "0,02", **WHY}
    assert "nothing lies between 1 and 0.02" in presses(it, maintenance_forms, "PlanStepChanged", "olga", **{**step, "lower": "1"})
    assert presses(it, maintenance_forms, "PlanStepChanged", "olga", **step) == ""
    change = {"declared": "bearing", "key": "every", "value": "7 at 6:30", **WHY}
    with pytest.raises(ValueError, match="every: 'weekly' says not after how many days and when; allowed: as in 7 at 06:00"):
        presses(it, maintenance_forms, "PlanChanged", "olga", **{**change, "value": "weekly"})
    assert presses(it, maintenance_forms, "PlanChanged", "olga", **change, **{"from": "2026-03-03 06:00"}) == ""
    assert "maintenance plan bearing changes from Tue 3 Mar, 06:00 on: the bearing runs hot" in str(maintenance_forms(it.run)[-1]["notes"])
    assert asked(it.tell(e.ProcessValueObserved(effective_us=it.now_us, **seen, value=4.8))) == ["Bearing, vibration above 4.5: 4.8 mm/s"]
    it.say(e.MaintenanceStarted, maintenance="M-bearing-1")
    assert "step 'play': Measure the play." in it.say(e.MaintenancePerformed, maintenance="M-bearing-1")
    assert it.say(e.MaintenanceStepConfirmed, maintenance="M-bearing-1", step="play", answer=0.01) == ""
    assert it.say(e.MaintenancePerformed, maintenance="M-bearing-1") == ""
    assert asked(it.wait(24 * 60)) == [], "it is Tuesday: the week begins"
    assert it.run.plant.layout.maintenance_plans["bearing"].every is not None
    assert asked(it.wait(6 * 24 * 60)) == ["Bearing, by the calendar"]
    assert it.is_the_same_from_every_source(lambda run: run.maintenance_plans())


def test_what_was_asked_for_stays_as_it_was_asked_for_and_a_withdrawn_plan_asks_no_more() -> None:
    it = worn()
    change: dict[str, Any] = {"section": PLANS, "declared": "greasing", **WHY}
    assert it.say(e.DeclarationChanged, **change, changes=(("blocks", "false"), ("personnel_class", ""), ("after_pieces", "5"))) == ""
    assert it.say(e.MaintenanceStarted, maintenance="M-greasing-1") == "quinn is no operator, which this asks for; allowed: olga"
    it.does("mill_1", "A-VALVE.3/10", 5)
    it.wait(9 * 60)
    it.does("mill_1", "A-VALVE.4/10", 5)  # it was sent before
    assert detail(it).endswith("allowed: after M-greasing-1 is done"), "it blocks, as when it was asked for"
    it.say(e.MaintenanceStarted, person="olga", maintenance="M-greasing-1")
    assert it.say(e.MaintenancePerformed, person="olga", maintenance="M-greasing-1") == ""
    assert asked(it.does("mill_1", "A-VALVE.5/10", 5)) == ["Greasing, 5 of 5 pieces"]
    assert it.say(e.MaintenanceStarted, maintenance="M-greasing-2") == "", "now it is anybody's"
    assert it.say(e.MaintenancePerformed, maintenance="M-greasing-2") == ""
    assert presses(it, maintenance_forms, "PlanWithdrawn", "olga", declared="greasing", **WHY) == ""
    assert asked(it.does("mill_1", "A-VALVE.6/10", 5)) == []
    assert len(it.run.maintenance_plans()) == 0
    assert "no maintenance plan is called 'greasing'; allowed: none" in it.say(e.DeclarationChanged, **change, is_withdrawn=True)
    assert it.is_the_same_from_every_source(lambda run: run.maintenance())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"section": "maintenance_plan"}, "nothing is said of 'maintenance_plan' here (did you mean 'maintenance_plans'?)"),
        ({"declared": "grease"}, "no maintenance plan is called 'grease' (did you mean 'greasing'?); allowed: greasing"),
        ({"changes": (("equipment", "grinder_1"),)}, "'equipment' of a maintenance plan stays, since what was done by it was done there"),
        ({"changes": (("after_peaces", "5"),)}, "a maintenance plan has no 'after_peaces' (did you mean 'after_pieces'?)"),
        ({"changes": (("after_pieces", "0"),)}, "after_pieces: the number 0 is too small; allowed: 1 or more"),
        ({"changes": (("within", "soon"),)}, "within: 'soon' is no duration; allowed: a number with us, ms, s, min, h, d or week"),
        ({"changes": (("after_pieces", ""),)}, "'greasing' is never due; allowed: every, after_pieces"),
        ({"changes": (("after_pieces", "10"),)}, "all of it is declared of 'greasing' already"),
        ({"changes": ()}, "it says nothing of 'greasing'; allowed: a key and a value"),
        ({"is_withdrawn": True}, "'greasing' is withdrawn, and something is said of it"),
        ({"reason": " "}, "it needs a reason"),
        ({"from_us": 0}, "which is over; allowed: from now on, or later"),
        ({"is_new": True, "declared": "a b"}, "'a b' is no id of a maintenance plan"),
    ],
)
def test_what_could_not_stand_in_a_plant_file_is_refused_in_its_words(said: dict[str, Any], words: str) -> None:
    it = shop(maintenance_plans={"greasing": GREASING})
    change: dict[str, Any] = {"section": PLANS, "declared": "greasing", "changes": (("after_pieces", "20"),), **WHY}
    assert words in it.say(e.DeclarationChanged, **{**change, **said})
    assert uses(it) == ["0 of 10 pieces"]


def test_a_gauge_comes_is_calibrated_more_often_and_is_one_no_more() -> None:
    it = plain()
    new = {"declared": "caliper", "title": "Caliper", "every_days": "90", "last": "2026-02-20", "calibrated_by": "inspector", **WHY}
    assert presses(it, maintenance_forms, "GaugeAdded", "olga", **new).startswith("'caliper' is used for nothing; allowed: equipment,")
    assert presses(it, maintenance_forms, "GaugeAdded", "olga", **new, segments="bore") == ""
    assert "A-VALVE.1/10" in it.started()
    it.does("mill_1", "A-VALVE.1/10", 5)
    change = {"declared": "caliper", "key": "every_days", "value": "7", **WHY}
    assert presses(it, maintenance_forms, "GaugeChanged", "quinn", **change) == ""
    it.does("mill_1", "A-VALVE.2/10", 5)
    assert detail(it).startswith("Caliper is not calibrated any more since Sat 28 Feb, 00:00; allowed: after calibration by quinn")
    assert "'last' of a gauge stays, since who has calibrated it says so" in it.say(
        e.DeclarationChanged, section=GAUGES, declared="caliper", changes=(("last", "2026-03-02"),), **WHY
    )
    assert it.say(e.CalibrationPerformed, calibration="caliper", is_passed=True) == ""
    it.wait(1)
    assert "A-VALVE.3/10" in it.started()
    assert presses(it, maintenance_forms, "GaugeWithdrawn", "quinn", declared="caliper", **WHY) == ""
    assert it.run.plant.layout.calibrations == {}
    assert it.is_the_same_from_every_source(lambda run: run.calibrations())


def test_a_scenario_says_it_as_its_entries() -> None:
    changes = [["equipment", "mill_1"], ["after_lots", "1"], ["title", "Wipe it"]]
    about = {"section": PLANS, "declared": "wiping", "changes": changes, "is_new": True, **WHY}
    said = {"at": "1 h", "person": "olga", "says": "DeclarationChanged", "about": about}
    orders = [{"order": "A", "customer": "acme", "material": "VALVE", "quantity": 20, "due": "9 d"}]
    fields = {**SCENARIO.model_dump(mode="json", exclude_defaults=True), "horizon": "3 d", "demand": {"orders": orders}, "entries": [said]}
    run = simulate(KeptShop(WITH_GREASE).plant, Scenario.model_validate(fields), seed=1)
    first = run.maintenance().iloc[0]
    assert (first["maintenance"], first["description"]) == ("M-wiping-1", "Wipe it, 1 of 1 lots")
    assert (first["requested"].value // 1000 - SCENARIO.start_us) > HOUR_US


def test_a_program_says_it_over_rest() -> None:
    it = plain()
    document = document_of(e.DeclarationChanged)
    assert address_of(e.DeclarationChanged) == "/entries/declaration-changed"
    changes = [["equipment", "mill_1"], ["every.days", "1"], ["every.at", "07:00"]]
    sent = document.model_validate({"section": PLANS, "declared": "wiping", "changes": changes, "is_new": True, **WHY})
    assert of_type(it.tell(entry_said(e.DeclarationChanged, sent, "olga", "p-1")(it.now_us)), e.EntryRefused) == []
    assert asked(it.wait(2 * 60)) == ["wiping, by the calendar"]
