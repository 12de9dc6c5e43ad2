"""Quality plans, tools and reasons are otherwise while the plant runs, as persons say: from an instant on, by the rules of a plant file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.office.test_supervising_forms import presses
from tests.rooms.quality.valve_shop import BORE, MIN_US, Shop
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.mes.quality.inspections import FAILED, PASSED
from twin.model import events as e
from twin.model.readiness.signed import refusal
from twin.model.states import Source
from twin.results.views.quality import quality_now

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
    assert shop.say(e.SamplingChanged, **{**said, "plan": "finish"}, pieces=0) == "pieces: the number 0 is too small; allowed: 1 or more"
    assert shop.say(e.CharacteristicChanged, characteristic="bore", upper=20.1, title="Hole", **said).startswith("bore is called")
    assert presses(shop, quality_forms, "SamplingChanged", "quinn", **fewer) == ""
    shop.does("mill_1", "C-VALVE/10", 5)
    shop.order("D", 5).does("mill_1", "D-VALVE/10", 5)
    inspected = [lot for plan, lot in shop.run.mes.quality.inspections.all if plan == "weight"]
    assert inspected == ["A-VALVE", "B-VALVE", "C-VALVE"], "the fourth is not"
    assert shop.is_the_same_from_every_source()


def test_something_more_is_on_its_own_chart_from_its_first_result_on() -> None:
    shop = Shop(weight=WEIGHT).stock(100)
    new = {"plan": "weight", "characteristic": "bore", "judged": "measured", "unit": "mm", "upper": "20.1", "reason": "leaks"}
    new |= {"chart": "xbar_r", "phase_one": "2"}
    wrong = presses(shop, quality_forms, "CharacteristicAdded", "quinn", **new)
    assert wrong == "a subgroup of 1 has no chart 'xbar_r'; allowed: sampling: pieces from 2 to 25, or i_mr, ewma, cusum"
    lone = presses(shop, quality_forms, "CharacteristicAdded", "quinn", **{**new, "chart": ""})
    assert lone == "phase_one and rules are of a chart, and none is named; allowed: with a chart, or without them"
    assert presses(shop, quality_forms, "CharacteristicAdded", "quinn", **{**new, "chart": "i_mr"}) == ""
    assert quality_now(shop.run).charts["bore"].standing == "phase I: 0 of 2 points"
    for lot, bore in (("A", 20.0), ("B", 20.02), ("C", 20.0)):
        shop.order(lot, 5).does("mill_1", f"{lot}-VALVE/10", 5)
        shop.measure(f"{lot}-VALVE", weight=10.1, bore=bore)
    shown = shop.run.control_chart("bore")
    assert (shown["lot"].tolist(), shown["phase"].tolist()) == (["A-VALVE", "B-VALVE", "C-VALVE"], [1, 1, 2]), "limits of its first two"
    assert shown["center"].tolist() == pytest.approx([20.01] * 3)
    again: dict[str, Any] = {"plan": "weight", "characteristic": "bore", "upper": 20.1, "chart": "ewma", **BY_QUINN}
    measured_so = "bore is on a chart i_mr, and was measured so; allowed: a chart for a new characteristic"
    assert shop.say(e.CharacteristicChanged, **again) == measured_so
    assert shop.is_the_same_from_every_source(lambda run: run.control_chart("bore"))


def test_a_plant_without_quality_plans_gets_its_first_one_from_an_instant_on_and_an_earlier_refusal_of_it_stands() -> None:
    shop = Shop().stock(100).order("A", 5).order("B", 5)
    first = {"plan": "", "new_plan": "finish", "material": "VALVE", "operation": "10", "characteristic": "bore", "judged": "measured"}
    first |= {"unit": "mm", "upper": "20.1", "chart": "i_mr", "reason": "it leaks"}
    assert "did you mean 'VALVE'" in presses(shop, quality_forms, "CharacteristicAdded", "quinn", **{**first, "material": "VALV"})
    assert presses(shop, quality_forms, "CharacteristicAdded", "quinn", **first, **{"from": "2026-03-02 20:00"}) == ""
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.now_us += 900 * MIN_US
    shop.does("mill_1", "B-VALVE/10", 5)
    assert [*shop.run.mes.quality.inspections.all] == [("finish", "B-VALVE")], "the first lot came before it"
    assert "is not measured yet" in shop.disposition("B-VALVE")
    shop.measure("B-VALVE", bore=20.0)
    assert verdict(shop, "B-VALVE", "finish") == PASSED
    assert [it.lot for it in shop.run.mes.quality.inspections.charts["finish", "bore"].samples] == ["B-VALVE"]
    assert shop.is_the_same_from_every_source(lambda run: run.control_chart("bore"))
    (said,) = (it for it in shop.run.journal.entries() if isinstance(it.event, e.CharacteristicChanged) and it.event.material == "VALVE")
    later = Shop()
    journal = later.run.journal
    journal.append(said.event, source=said.source, occurrence=0)
    journal.append(refusal(said.event, "in plant.yaml"), source=Source.RULE, cause=said.id, rule="Mes", occurrence=0)
    count = len(journal)
    later.tell(said.event)
    assert (later.run.mes.declared_anew.coming, len(journal)) == ([], count), "what an earlier version refused, it refused"
    now = {**first, "operation": "20"}
    assert presses(later, quality_forms, "CharacteristicAdded", "quinn", **now) == ""
    assert later.run.plant.layout.quality_plans["finish"].operation == "20"


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
