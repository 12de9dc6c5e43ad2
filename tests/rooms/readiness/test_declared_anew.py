"""Quality plans, tools and reasons are otherwise while the plant runs, as persons say: from an instant on, by the rules of a plant file."""

from __future__ import annotations

from typing import Any

from tests.rooms.apps.office.test_supervising_forms import presses
from tests.rooms.quality.valve_shop import BORE, MIN_US, Shop
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.mes.quality.inspections import FAILED, PASSED
from twin.model import events as e

WEIGHT = {**BORE, "characteristics": {"weight": {"unit": "g", "lower": 10.0, "upper": 10.15}}}
BY_QUINN = {"reason": "as the customer asks", "person": "quinn"}


def verdict(shop: Shop, lot: str, plan: str = "weight") -> str:
    return shop.run.mes.quality.inspections.all[plan, lot].verdict


def test_another_limit_holds_from_its_instant_on_for_lots_that_are_to_be_inspected_from_then_on() -> None:
    shop = Shop(weight=WEIGHT).stock(100).order("A", 5).order("B", 5).order("C", 5)
    said: dict[str, Any] = {"plan": "weight", "characteristic": "weight", "lower": 10.0, "upper": 10.3, **BY_QUINN}
    wrong = shop.say(e.CharacteristicChanged, **{**said, "upper": 9.0, "reason": "", "person": "olga", "from_us": 0})
    for words in (
        "nothing lies between 10 and 9",
        "olga is no inspector, which 'weight' asks for; allowed: quinn",
        "which is over",
        "it needs a reason",
    ):
        assert words in wrong, "all at once"
    assert "did you mean 'weight'" in shop.say(e.CharacteristicChanged, **{**said, "plan": "weigh"})
    shop.does("mill_1", "A-VALVE/10", 5)
    from_us = shop.now_us + 600 * MIN_US
    assert shop.say(e.CharacteristicChanged, **said, from_us=from_us) == ""
    assert "weight of weight changes from" in str(quality_forms(shop.run)[-1]["notes"])
    shop.does("mill_1", "B-VALVE/10", 5)
    shop.now_us = from_us
    shop.measure("A-VALVE", weight=10.2)
    shop.measure("B-VALVE", weight=10.2)
    assert (verdict(shop, "A-VALVE"), verdict(shop, "B-VALVE")) == (FAILED, FAILED), "they were to be inspected before"
    shop.does("mill_1", "C-VALVE/10", 5)
    shop.measure("C-VALVE", weight=10.2)
    assert verdict(shop, "C-VALVE") == PASSED
    assert shop.run.plant.layout.quality_plans["weight"].characteristics["weight"].upper == 10.3
    assert shop.plant.layout.quality_plans["weight"].characteristics["weight"].upper == 10.15, "the file is what it was"
    assert shop.run.certificate("C-VALVE")["inspections"][0]["characteristics"][0]["allowed"] == "10 to 10.3 g"
    assert list(shop.run.quality["allowed"]) == ["10 to 10.15 g", "10 to 10.15 g", "10 to 10.3 g"]
    assert shop.is_the_same_from_every_source()


def test_what_measures_by_limits_of_before_is_judged_by_those_that_hold() -> None:
    shop = Shop(weight=WEIGHT).stock(100).order("A", 5)
    shop.say(e.CharacteristicChanged, plan="weight", characteristic="weight", lower=10.0, upper=10.3, **BY_QUINN)
    shop.does("mill_1", "A-VALVE/10", 5)
    at: dict[str, Any] = {"effective_us": shop.now_us, "lot": "A-VALVE", "characteristic": "weight", "value": 10.2, "unit": "g"}
    shop.tell(e.TestResultRecorded(**at, lower=10.0, upper=10.15, passed=False))
    assert verdict(shop, "A-VALVE") == PASSED


def test_something_more_is_tested_of_fewer_lots_and_in_a_new_plan() -> None:
    shop = Shop(weight=WEIGHT).stock(100).order("A", 5).order("B", 5).order("C", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    new: dict[str, Any] = {
        "plan": "weight",
        "characteristic": "bore",
        "judged": "measured",
        "unit": "mm",
        "upper": "20,1",
        "reason": "leaks",
    }
    assert presses(shop, quality_forms, "CharacteristicAdded", "quinn", **new) == ""
    shop.measure("A-VALVE", weight=10.1)
    assert verdict(shop, "A-VALVE") == PASSED, "of this lot nobody asks for the bore"
    shop.does("mill_1", "B-VALVE/10", 5)
    shop.measure("B-VALVE", weight=10.1)
    assert verdict(shop, "B-VALVE") == ""
    shop.measure("B-VALVE", bore=20.0)
    assert verdict(shop, "B-VALVE") == PASSED
    assert "'bore' of 'VALVE' stands in 'weight' already" in presses(
        shop,
        quality_forms,
        "CharacteristicAdded",
        "quinn",
        **{**new, "plan": "", "new_plan": "more", "material": "VALVE", "operation": "20"},
    )
    plan = {**new, "plan": "", "new_plan": "finish", "material": "VALVE", "operation": "20", "characteristic": "gloss", "judged": "yes_no"}
    assert "has no operation '30'" in presses(
        shop, quality_forms, "CharacteristicAdded", "quinn", **{**plan, "operation": "30", "upper": ""}
    )
    assert presses(shop, quality_forms, "CharacteristicAdded", "quinn", **{**plan, "unit": "", "upper": ""}) == ""
    shop.does("grinder_1", "B-VALVE/20", 5)
    assert ("finish", "B-VALVE") in shop.run.mes.quality.inspections.all
    fewer = {"plan": "weight", "pieces": "1", "every_lots": "2", "reason": "it is in order"}
    assert "chooses its lots by every_lots and by every_pieces" in presses(
        shop, quality_forms, "SamplingChanged", "quinn", **fewer, every_pieces="9"
    )
    said: dict[str, Any] = {"plan": "weight", **BY_QUINN}
    assert shop.say(e.SamplingChanged, pieces=0, **said) == "pieces: the number 0 is too small; allowed: 1 or more"
    assert shop.say(e.CharacteristicChanged, characteristic="bore", upper=20.1, title="Hole", **said).startswith("bore is called")
    assert presses(shop, quality_forms, "SamplingChanged", "quinn", **fewer) == ""
    shop.does("mill_1", "C-VALVE/10", 5)
    shop.order("D", 5).does("mill_1", "D-VALVE/10", 5)
    inspected = [lot for plan, lot in shop.run.mes.quality.inspections.all if plan == "weight"]
    assert inspected == ["A-VALVE", "B-VALVE", "C-VALVE"], "the fourth is not"
    assert shop.is_the_same_from_every_source()


def test_tools_and_reasons_are_otherwise_and_a_new_tool_is_waited_for() -> None:
    shop = TurningShop()
    tools = {"tool": "jig", "tool_count": "1", "life": "4", "operations": ["10"], "reason": "new valve"}
    assert "no tool is called 'jig'; allowed: none, or a new one with work that needs it" in presses(
        shop, supervisor_forms, "ToolsAdded", "ida", **{**tools, "operations": []}
    )
    assert presses(shop, supervisor_forms, "ToolsAdded", "ida", **tools) == ""
    shop.order("A", 5)
    assert shop.sent() == [("A-VALVE/10", "bo")]
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert shop.run.mes.tool_room.assigned == {"A-VALVE/10": ["jig.1"]}
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.order("B", 5)
    assert "jig.1 is worn out (5 of 4 pieces)" in shop.obstacle("boring", "B-VALVE/10").detail
    more = {"tool": "jig", "tool_count": "2", "life": "400", "reason": "harder"}
    assert presses(shop, supervisor_forms, "ToolsChanged", "ida", **{**more, "tool_count": "0"}).startswith("there are 1 of jig")
    to_come = {"tool": "jig", "tool_count": 2, "life": 4, "reason": "x", "person": "ida"}
    assert shop.say(e.ToolsChanged, **to_come, from_us=shop.now_us + 6_000 * MIN_US) == ""
    words = shop.say(e.ToolsChanged, **{**to_come, "tool_count": 9})
    assert "could not be then: there are 9 of jig; allowed: as many, or more" in words
    assert presses(shop, supervisor_forms, "ToolsChanged", "ida", **more) == ""
    assert ("B-VALVE/10", "eve") in shop.sent() or ("B-VALVE/10", "bo") in shop.sent()
    reasons = {"list_of": "scrap", "reasons": "dimension; crack", "reason": "castings crack"}
    assert "a reason stands there twice" in presses(
        shop, supervisor_forms, "ReasonsChanged", "ida", **{**reasons, "reasons": "crack; crack"}
    )
    nothing = presses(shop, supervisor_forms, "ReasonsChanged", "ida", **{**reasons, "list_of": "stop", "reasons": ""})
    assert nothing.startswith("stop: at least one entry is needed here")
    assert presses(shop, supervisor_forms, "ReasonsChanged", "ida", **reasons) == ""
    assert (shop.run.plant.layout.reasons.scrap, "crack" in shop.plant.layout.reasons.scrap) == (["dimension", "crack"], False)
    assert shop.is_the_same_from_every_source()
