"""A lot with a failed or missing characteristic cannot ship or go on."""

from __future__ import annotations

import pytest

from tests.rooms.quality.valve_shop import BORE, FINAL, INCOMING, Shop, of_type
from twin.model.events import (
    GoodsShipped,
    InspectionConcluded,
    InspectionJudged,
    InspectionOverruled,
    LotDispositionChanged,
    LotHoldRequested,
    LotReleaseRequested,
    NonconformanceRaised,
    TestRequested,
)


def bored(**plans) -> Shop:
    """A lot of five valves that is bored."""
    shop = Shop(**plans).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    return shop


def test_a_lot_that_is_not_measured_does_not_go_on() -> None:
    shop = bored(bore=BORE)
    assert shop.disposition("A-VALVE") == "bore is not measured yet"
    assert shop.started() == ["A-VALVE/10"]
    status, why = shop.run.mes.status("A-VALVE/20")
    assert (str(status), why) == ("Pending", "on hold: bore is not measured yet")
    shop.measure("A-VALVE", bore=10.02)
    assert shop.disposition("A-VALVE") == ""
    assert shop.started() == ["A-VALVE/10", "A-VALVE/20"]
    assert shop.is_the_same_from_every_source()


def test_whoever_measures_is_asked_once_and_at_once() -> None:
    shop = bored(bore=BORE)
    asked = of_type(shop.commands, TestRequested)
    assert [(it.lot, it.plan, it.pieces) for it in asked] == [("A-VALVE", "bore", 1)]
    shop.stock(50, "C1")
    assert of_type(shop.commands, TestRequested) == asked


def test_a_lot_that_failed_is_held_and_raises_a_nonconformance_that_says_why() -> None:
    shop = bored(bore=BORE)
    followed = shop.measure("A-VALVE", bore=10.3)
    assert shop.disposition("A-VALVE") == "bore failed: bore is 10.3, allowed: 9.9 to 10.1 mm; NC-A-VALVE-bore is not decided"
    assert shop.started() == ["A-VALVE/10"]
    raised = of_type(followed, NonconformanceRaised)
    assert [(it.nonconformance, it.quantity) for it in raised] == [("NC-A-VALVE-bore", 5)]
    obstacles = shop.run.mes.dispatching.obstacles("grinding", shop.now_us)
    assert obstacles["A-VALVE/20"].why == "held"
    assert shop.is_the_same_from_every_source()


def test_a_finished_lot_ships_only_when_all_of_it_is_measured_and_allowed() -> None:
    shop = bored(final=FINAL)
    shop.does("grinder_1", "A-VALVE/20", 5)
    assert shop.run.mes.tracking.on_hand("VALVE") == 5
    assert shop.shipped() == {"A": 0}
    shop.measure("A-VALVE", leak=2.0)
    assert shop.shipped() == {"A": 0}, "the finish is missing"
    followed = shop.measure("A-VALVE", finish=1.0)
    assert shop.shipped() == {"A": 5}
    assert [it.lot for it in of_type(followed, GoodsShipped)] == ["A-VALVE"]
    assert shop.is_the_same_from_every_source()


def test_what_was_delivered_is_not_used_before_it_has_passed() -> None:
    shop = Shop(incoming=INCOMING).order("A", 5)
    shop.delivery("P1", 20)
    assert shop.run.mes.tracking.available("CASTING") == 0
    assert str(shop.run.mes.status("A-VALVE/10")[0]) == "Pending"
    shop.measure("L-P1", weight=1000.0)
    assert shop.run.mes.tracking.available("CASTING") == 20
    assert shop.started() == ["A-VALVE/10"]
    assert shop.is_the_same_from_every_source()


def test_job_orders_that_run_already_get_their_material_when_the_lot_is_released() -> None:
    """The plant started it without material: what it owes is claimed from no lot that is held."""
    shop = Shop(incoming=INCOMING).order("A", 5)
    shop.tell(shop._state("mill_1", 6, "A-VALVE/10"))
    shop.delivery("P1", 20)
    assert shop.run.mes.tracking.on_hand("CASTING") == 20
    shop.measure("L-P1", weight=1000.0)
    assert shop.run.mes.tracking.on_hand("CASTING") == 15


CASE_QA_01 = [
    ((1.0, 15.0), "passed"),
    ((0.0, 15.0), "failed"),
    ((1.0, 5.0), "failed"),
    ((1.0, 25.0), "failed"),
]
CONTROL = {"material": "VALVE", "operation": "10", "characteristics": {"sound": {"kind": "yes_no"}, "value": {"lower": 10, "upper": 20}}}


@pytest.mark.parametrize(("found", "verdict"), CASE_QA_01)
def test_an_inspection_of_a_yes_or_no_and_a_value_passes_or_fails_as_the_case_says(found: tuple[float, float], verdict: str) -> None:
    """Case qa-01-inspection (Tryton 8.2, quality_inspection)."""
    shop = bored(control=CONTROL)
    followed = shop.measure("A-VALVE", sound=found[0], value=found[1])
    assert [it.verdict for it in of_type(followed, InspectionJudged)] == [verdict]


def test_an_inspection_with_a_value_missing_is_refused_as_incomplete() -> None:
    """Case qa-01-inspection: value missing."""
    shop = bored(control=CONTROL)
    shop.measure("A-VALVE", sound=1.0)
    assert shop.say(InspectionConcluded, lot="A-VALVE", plan="control") == "not measured of lot A-VALVE: value"
    assert shop.disposition("A-VALVE") == "control is not measured yet"
    assert shop.is_the_same_from_every_source()


def test_an_inspection_that_failed_and_is_overruled_passes_and_the_override_is_recorded() -> None:
    """Case qa-01-inspection: failed, then overruled."""
    shop = bored(control=CONTROL)
    shop.measure("A-VALVE", sound=1.0, value=25.0)
    assert shop.say(InspectionOverruled, lot="A-VALVE", plan="control", reason=" ") == "it needs a reason"
    assert shop.say(InspectionOverruled, lot="A-VALVE", plan="control", reason="customer agrees") == ""
    it = shop.run.mes.quality.inspections.all["control", "A-VALVE"]
    assert (it.verdict, it.judged_by, it.reason) == ("passed by override", "quinn", "customer agrees")
    nonconformance = shop.run.mes.quality.nonconformances.all["NC-A-VALVE-value"]
    assert (nonconformance.standing, nonconformance.disposition) == ("closed", "use as is")
    assert shop.disposition("A-VALVE") == ""
    assert shop.started() == ["A-VALVE/10", "A-VALVE/20"]
    assert shop.is_the_same_from_every_source()


def test_a_person_holds_a_lot_and_lets_it_go_again() -> None:
    shop = bored(bore={**BORE, "gate": False})
    assert shop.say(LotReleaseRequested, lot="A-VALVE") == "lot A-VALVE is not held"
    assert shop.say(LotHoldRequested, person="olga", lot="A-VALVE", reason="chips in the bore") == ""
    assert shop.disposition("A-VALVE") == "held by olga: chips in the bore"
    refused = shop.say(LotReleaseRequested, person="olga", lot="A-VALVE")
    assert refused == "olga is no inspector, which 'bore' asks for; allowed: quinn"
    assert shop.say(LotReleaseRequested, lot="A-VALVE") == ""
    assert shop.disposition("A-VALVE") == ""
    changes = [entry.event for entry in shop.run.journal.entries() if isinstance(entry.event, LotDispositionChanged)]
    assert [(it.disposition, it.person) for it in changes] == [("Restricted", "olga"), ("UnRestricted", "quinn")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"person": ""}, "nobody has signed it; allowed: one person, by id"),
        ({"terminal": ""}, "it does not say where it was said; allowed: the terminal"),
        ({"person": "quin"}, "nobody knows a person 'quin' (did you mean 'quinn'?); allowed: quinn, olga"),
        ({"lot": "B-VALVE"}, "nobody knows lot 'B-VALVE'"),
        ({"reason": ""}, "it needs a reason"),
    ],
)
def test_what_a_person_says_needs_who_and_where_and_is_refused_in_words(said: dict[str, str], why: str) -> None:
    shop = bored()
    assert shop.say(LotHoldRequested, **{"lot": "A-VALVE", "reason": "scratches", **said}) == why
    assert shop.disposition("A-VALVE") == ""
    assert [it.reason for it in shop.run.mes.quality.refused] == [why]


def test_a_lot_that_was_shipped_while_it_was_held_is_told() -> None:
    shop = bored(final=FINAL)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.tell(GoodsShipped(effective_us=shop.now_us, order="A", customer="acme", material="VALVE", lot="A-VALVE", quantity=5))
    assert shop.alerts("quality") == ["lot A-VALVE was shipped while it was held: final is not measured yet"]


def test_what_was_measured_before_it_was_asked_for_counts() -> None:
    shop = Shop(bore=BORE).stock(100).order("A", 5)
    shop.measure("A-VALVE", bore=10.0)
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.disposition("A-VALVE") == ""
    assert of_type(shop.commands, TestRequested) == []
