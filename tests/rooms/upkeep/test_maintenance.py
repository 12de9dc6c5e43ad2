"""Maintenance becomes due, is asked for, scheduled, started, done with parts that the books see; what is overdue is not used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.rooms.quality.valve_shop import BORE, ITEMS, LAYOUT, MIN_US, SCENARIO, of_type
from tests.rooms.upkeep.kept_shop import HOUR_US, KeptShop
from twin.command.upkeep.showing import show
from twin.mes import mes_of
from twin.model.events import (
    CalibrationPerformed,
    EntryRefused,
    MaintenanceCancelled,
    MaintenancePerformed,
    MaintenanceRequested,
    MaintenanceScheduled,
    MaintenanceStarted,
    OperationsRequestReleased,
    ProcessValueObserved,
    SparePartIssued,
    StockCounted,
    TestResultRecorded,
    WorkAlertRaised,
)
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState as S
from twin.store.files import read_plant

GREASING: dict[str, Any] = {
    "equipment": "mill_1",
    "title": "Greasing",
    "after_pieces": 10,
    "within": "8 h",
    "personnel_class": "operator",
    "spare_parts": {"GREASE": 2},
    "blocks": True,
}
WITH_GREASE = {
    **ITEMS,
    "materials": {**ITEMS["materials"], "GREASE": {"kind": "purchased", "standard_cost": "7.50 EUR", "supplier": "foundry"}},
}
MILL = LAYOUT["work_units"]["mill_1"]


def shop(items: dict[str, Any] | None = None, **sections: Any) -> KeptShop:
    it = KeptShop(items or WITH_GREASE, **(sections or {"maintenance_plans": {"greasing": GREASING}}))
    return it.stock(100).order("A", 30)  # type: ignore[return-value]  # the shop itself


def worn() -> KeptShop:
    """Ten valves were bored: it is due."""
    it = shop()
    it.tell(StockCounted(effective_us=it.now_us, material="GREASE", lot="G1", quantity=5))
    it.does("mill_1", "A-VALVE.1/10", 5)
    it.does("mill_1", "A-VALVE.2/10", 5)
    return it


def labour(it: KeptShop, by: str) -> pd.DataFrame:
    return it.run.labour(by=by).set_index(by)


def row(it: KeptShop, column: str) -> Any:
    return it.run.maintenance()[column].iloc[0]


def test_after_so_many_pieces_it_is_asked_for_once_and_its_parts_are_kept_back() -> None:
    it = shop()
    it.tell(StockCounted(effective_us=it.now_us, material="GREASE", lot="G1", quantity=5))
    assert of_type(it.does("mill_1", "A-VALVE.1/10", 5), MaintenanceRequested) == []
    assert list(it.run.maintenance_plans()["use"]) == ["5 of 10 pieces"]
    asked = of_type(it.does("mill_1", "A-VALVE.2/10", 5), MaintenanceRequested)
    assert [(each.maintenance, each.category, each.description) for each in asked] == [
        ("M-greasing-1", "planned", "Greasing, 10 of 10 pieces")
    ]
    assert of_type(it.wait(30), MaintenanceRequested, EntryRefused) == []
    assert it.run.spare_parts().iloc[0].to_dict() == {
        "material": "GREASE", "on_hand": 5, "reserved": 2, "free": 3, "issued": 0, "incoming": 0,
    }  # fmt: skip
    assert it.is_the_same_from_every_source()


def test_it_is_scheduled_started_and_done_and_the_books_bear_its_parts() -> None:
    it = worn()
    at_us = it.now_us
    order = {"maintenance": "M-greasing-1"}
    said = {"from_us": at_us + HOUR_US, "until_us": at_us + 2 * HOUR_US, "assigned": ("olga",)}
    assert it.say(MaintenanceScheduled, **order, **said) == ""
    it.wait(65)
    assert "A-VALVE.4/10" not in it.started(), "the mill is kept free for it"
    assert it.run.mes.commands.missing_at(it.run.mes.job_orders["A-VALVE.4/10"], "mill_1", it.now_us).startswith(
        "mill_1 is kept free for M-greasing-1 until Mon 2 Mar"
    )
    it.does("mill_1", "A-VALVE.3/10", 5)
    assert it.say(MaintenanceStarted, person="olga", **order) == ""
    it.wait(30)
    assert it.say(MaintenancePerformed, person="olga", **order, description="greased", spare_parts=(("GREASE", 1),)) == ""
    assert (row(it, "standing"), row(it, "duration_h") > 0.4, row(it, "spare_parts")) == ("done", True, "1 GREASE")
    assert it.balance("maintenance_material") == 750
    assert (row(it, "parts_eur"), row(it, "work_h"), row(it, "work_eur"), row(it, "cost_eur")) == (7.5, 31 / 60, 15.5, 23.0)
    assert it.balance("maintenance_labour") == -it.balance("labour_absorbed") == 1550, "olga's half an hour is no waiting"
    assert labour(it, "activity").loc["maintenance", "indirect_h"] == labour(it, "person").loc["olga", "indirect_h"] == 31 / 60
    assert it.run.spare_parts()["reserved"].iloc[0] == 0
    assert it.run.mes.tracking.on_hand("GREASE") == it.run.erp.stock.on_hand["GREASE"] == 4
    assert list(it.run.maintenance_plans()["use"]) == ["0 of 10 pieces"]
    it.wait(1)
    assert "A-VALVE.4/10" in it.started()
    mill = it.run.indicators.set_index("equipment").loc["mill_1"]
    assert (mill["pdot_h"], mill["pbt_h"] + mill["pdot_h"]) == (31 / 60, (it.run.now_us - SCENARIO.start_us) / HOUR_US)
    assert mill["availability"] == mill["apt_h"] / mill["pbt_h"] > mill["apt_h"] / (mill["pbt_h"] + mill["pdot_h"])
    assert it.run.drill("availability", "equipment", "mill_1").elements["pbt"] == pytest.approx(mill["pbt_h"])
    assert it.run.losses().query("equipment == 'mill_1'")["duration_h"].sum() == pytest.approx(mill["pbt_h"]), "what is planned is no loss"
    assert it.run.violations(whole=True) == []
    assert it.is_the_same_from_every_source()


@pytest.mark.parametrize("valuation", ["fifo", "moving_average"])
def test_parts_at_actual_cost_cost_what_they_have_cost(valuation: str) -> None:
    materials = {**WITH_GREASE["materials"], "GREASE": {**WITH_GREASE["materials"]["GREASE"], "valuation": valuation}}
    it = shop({**WITH_GREASE, "materials": materials})
    it.tell(StockCounted(effective_us=it.now_us, material="GREASE", lot="G1", quantity=5))
    it.say(MaintenanceRequested, equipment="mill_1", maintenance="X1", category="corrective", description="noise")
    it.is_in("mill_1", S.ABORTED, "spindle")
    it.wait(10)
    it.say(MaintenanceStarted, maintenance="X1")
    it.is_in("mill_1", S.STOPPED)  # while it is repaired
    it.is_in("mill_1", S.IDLE)
    it.wait(20)
    assert it.say(MaintenancePerformed, maintenance="X1", spare_parts=(("GREASE", 2),)) == ""
    assert it.balance("maintenance_material") == 1500
    lost = it.run.losses().query("equipment == 'mill_1' and loss == 'failure'")
    assert [(each["reason"], round(each["duration_h"] * 60)) for _, each in lost.iterrows()] == [("spindle", 23)], (
        "without work it was not used before"
    )
    mill = it.run.indicators.set_index("equipment").loc["mill_1"]
    assert (mill["failure_count"], round(mill["repair_h"] * 60), mill["pdot_h"]) == (1, 34, 0), "one failure, from its first minute on"
    stops = it.run.stops().query("equipment == 'mill_1'")
    assert set(stops["reason"]) == {"spindle"}
    assert it.run.violations(whole=True) == []


def test_what_is_overdue_blocks_and_says_since_when() -> None:
    it = worn()
    it.does("mill_1", "A-VALVE.3/10", 5)
    followed = it.wait(9 * 60)
    (told,) = [each for each in of_type(followed, WorkAlertRaised) if each.alert == "maintenance"]
    assert told.message.startswith("Greasing, 10 of 10 pieces of mill_1 is overdue since Mon 2 Mar, 15:0")
    assert bool(row(it, "is_overdue"))
    it.does("mill_1", "A-VALVE.4/10", 5)  # it was sent before
    waiting = it.run.mes.dispatching.obstacles("boring", it.now_us)
    assert {each.why for each in waiting.values()} == {"requirement"}
    assert next(iter(waiting.values())).detail.endswith("allowed: after M-greasing-1 is done")
    it.say(MaintenanceStarted, person="olga", maintenance="M-greasing-1")
    it.say(MaintenancePerformed, person="olga", maintenance="M-greasing-1")
    it.wait(1)
    assert "A-VALVE.5/10" in it.started()


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (MaintenanceScheduled, {"maintenance": "M-9", "from_us": 1, "until_us": 2}, "no maintenance is called 'M-9'"),
        (MaintenanceScheduled, {"from_us": 5, "until_us": 4}, "its window ends before it begins, or is past"),
        (MaintenanceScheduled, {"from_us": 0, "until_us": HOUR_US, "assigned": ("quinn",)}, "quinn is no operator, which this asks for"),
        (MaintenanceScheduled, {"from_us": 0, "until_us": HOUR_US, "assigned": ("otto",)}, "nobody knows a person 'otto'"),
        (MaintenanceStarted, {"person": "quinn"}, "quinn is no operator, which this asks for; allowed: olga"),
        (MaintenancePerformed, {}, "M-greasing-1 is requested; allowed: where it is started"),
        (MaintenanceCancelled, {"reason": ""}, "it needs a reason"),
        (
            MaintenanceRequested,
            {"category": "repair", "description": "x", "maintenance": "N", "equipment": "mill_1"},
            "is no category of maintenance",
        ),
        (
            MaintenanceRequested,
            {"category": "corrective", "description": "x", "maintenance": "N", "equipment": "mil_1"},
            "did you mean 'mill_1'",
        ),
        (
            MaintenanceRequested,
            {"category": "corrective", "description": "", "maintenance": "N", "equipment": "mill_1"},
            "what has to be done",
        ),
        (CalibrationPerformed, {"calibration": "x", "is_passed": True}, "nothing to calibrate is called 'x'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(kind: Any, said: dict[str, Any], words: str) -> None:
    it = worn()
    for key in ("from_us", "until_us"):
        if key in said:
            said = {**said, key: said[key] + it.now_us}
    own = {} if kind is CalibrationPerformed else {"maintenance": "M-greasing-1"}
    assert words in it.say(kind, **{**own, **said})


def test_parts_that_are_not_there_cannot_have_been_used() -> None:
    it = worn()
    it.say(MaintenanceStarted, person="olga", maintenance="M-greasing-1")
    refused = it.say(MaintenancePerformed, maintenance="M-greasing-1", spare_parts=(("GREASE", 6),))
    assert refused == "6 of GREASE cannot have been used: 5 are in stock"
    assert of_type([entry.event for entry in it.run.journal.entries()], SparePartIssued) == []


def test_two_who_are_done_at_one_instant_do_not_take_the_last_part_twice() -> None:
    it = worn()
    at = {"effective_us": it.now_us, "terminal": "tablet 3", "person": "olga"}
    it.say(MaintenanceRequested, person="olga", equipment="grinder_1", maintenance="X1", category="corrective", description="squeaks")
    for maintenance in ("M-greasing-1", "X1"):
        assert it.say(MaintenanceStarted, person="olga", maintenance=maintenance) == ""
    at["effective_us"] = it.now_us
    followed = it.tell(
        MaintenancePerformed(**at, maintenance="M-greasing-1", spare_parts=(("GREASE", 3),)),
        MaintenancePerformed(**at, maintenance="X1", spare_parts=(("GREASE", 3),)),
    )
    assert [gone.quantity for gone in of_type(followed, SparePartIssued)] == [3]
    assert [refused.reason for refused in of_type(followed, EntryRefused)] == ["3 of GREASE cannot have been used: 2 are in stock"]
    assert it.run.violations(whole=True) == []
    assert it.say(MaintenancePerformed, person="olga", maintenance="X1", spare_parts=(("GREASE", 2),)) == "", "what is there is there"


def test_a_unit_that_works_is_not_maintained_at_the_same_time() -> None:
    it = worn()
    it.is_in("mill_1", S.EXECUTE, job_order="A-VALVE.3/10")
    refused = it.say(MaintenanceStarted, person="olga", maintenance="M-greasing-1")
    assert refused == "mill_1 works on A-VALVE.3/10; allowed: when that is done, paused or held"


def test_a_process_value_beyond_its_limit_asks_for_maintenance() -> None:
    plan = {"equipment": "mill_1", "title": "Bearing", "condition": {"process_value": "vibration", "above": 4.5}}
    it = shop(maintenance_plans={"bearing": plan})
    seen = {"equipment": "mill_1", "property": "vibration", "unit": "mm/s"}
    assert of_type(it.tell(ProcessValueObserved(effective_us=it.now_us, **seen, value=4.5)), MaintenanceRequested) == []
    (asked,) = of_type(it.tell(ProcessValueObserved(effective_us=it.now_us, **seen, value=4.8)), MaintenanceRequested)
    assert (asked.category, asked.description) == ("condition", "Bearing, vibration above 4.5: 4.8 mm/s")
    assert of_type(it.tell(ProcessValueObserved(effective_us=it.now_us, **seen, value=5.1)), MaintenanceRequested) == [], "asked already"
    assert it.is_the_same_from_every_source()


def test_an_indicator_beyond_its_limit_asks_for_maintenance() -> None:
    plan = {"equipment": "mill_1", "condition": {"indicator": "technical_efficiency", "below": 0.5, "over": "4 h"}}
    it = shop(maintenance_plans={"overhaul": plan})
    it.does("mill_1", "A-VALVE.1/10", 5)
    assert of_type(it.wait(5), MaintenanceRequested) == []
    it.is_in("mill_1", S.EXECUTE, job_order="A-VALVE.2/10")
    it.is_in("mill_1", S.HELD, "tool", "A-VALVE.2/10")
    (asked,) = of_type(it.wait(120), MaintenanceRequested)
    assert asked.description.startswith("overhaul, technical efficiency below 0.5: 0.")
    assert it.is_the_same_from_every_source()


def test_by_the_calendar_and_by_hours_of_work() -> None:
    plans = {
        "weekly": {"equipment": "grinder_1", "every": {"days": 7, "at": "10:00"}},
        "spindle": {"equipment": "mill_1", "after_busy": "1 h"},
    }
    it = shop(maintenance_plans=plans)
    it.does("mill_1", "A-VALVE.1/10", 5, minutes=40)
    it.is_in("mill_1", S.EXECUTE, job_order="A-VALVE.2/10")
    assert of_type(it.wait(30), MaintenanceRequested) != []
    assert [each.description for each in of_type(it.wait(4 * 60), MaintenanceRequested)] == ["weekly, by the calendar"]
    assert sorted(it.run.mes.maintenance.orders) == ["M-spindle-1", "M-weekly-1"]
    it.say(MaintenanceStarted, maintenance="M-weekly-1")
    it.say(MaintenancePerformed, maintenance="M-weekly-1")
    plans_now = it.run.maintenance_plans().set_index("plan")
    assert plans_now.loc["weekly", "due"].isoformat() == "2026-03-09T10:00:00+00:00"


def test_what_the_plant_maintains_by_itself_is_read_off_its_states() -> None:
    it = shop(
        work_units={**LAYOUT["work_units"], "mill_1": {**MILL, "maintenance": [{"reason": "filter", "after_lots": 2, "lasts": "20 min"}]}}
    )
    it.does("mill_1", "A-VALVE.1/10", 5)
    assert list(it.run.maintenance_plans()["use"]) == ["1 of 2 lots"]
    it.is_in("mill_1", S.STOPPED, "filter")
    assert list(it.run.maintenance_plans()["standing"]) == ["in maintenance"]
    it.now_us += 20 * MIN_US - MIN_US
    it.is_in("mill_1", S.IDLE)
    it.is_in("mill_1", S.ABORTED, "coolant")
    it.now_us += 9 * MIN_US
    it.is_in("mill_1", S.IDLE)
    table = it.run.maintenance()
    assert list(table["maintenance"]) == ["mill_1-filter-1"]
    assert round(table["duration_h"].iloc[0] * 60) == 20
    of_mill = it.run.maintenance_indicators().set_index("equipment").loc["mill_1"]
    assert (round(of_mill["planned_h"] * 60), round(of_mill["corrective_h"] * 60)) == (20, 10)
    assert of_mill["corrective_share"] == pytest.approx(10 / 30), "CMT / (CMT + PMT)"
    assert of_mill["mttr_h"] * 60 == pytest.approx(10)
    assert of_mill["inherent_availability"] == pytest.approx(30 / 40), "30 minutes of work to the one failure, 10 of repair"
    start_us, begun_us = it.run.scenario.start_us, it.run.now_us - 10 * MIN_US
    before_us = begun_us - 21 * MIN_US  # when maintenance began
    up_to = {
        at_us: it.run.indicators_by("equipment", start_us, at_us).set_index("equipment").loc["mill_1"] for at_us in (before_us, begun_us)
    }
    lost = [up_to[before_us]["availability"], up_to[begun_us]["availability"], of_mill["availability"]]
    assert lost == pytest.approx([30 / 34, 30 / 35, 30 / 45]), "10 minutes of repair have cost availability, and none that were planned"
    mill, tree = up_to[begun_us], it.run.losses()
    assert (mill["pdot_h"], mill["pbt_h"] + mill["pdot_h"]) == pytest.approx((20 / 60, (begun_us - start_us) / HOUR_US))
    assert set(tree.loc[tree["equipment"] == "mill_1", "loss"]) == {"productive", "not used"}
    assert it.is_the_same_from_every_source()


CALIPER = {"title": "Caliper 3", "every_days": 30, "last": "2026-02-01", "calibrated_by": "inspector"}


def test_a_gauge_that_is_overdue_is_used_for_no_inspection_and_says_who_may_calibrate_it() -> None:
    it = shop(quality_plans={"bore": BORE}, calibrations={"caliper": {**CALIPER, "quality_plans": ["bore"]}})
    assert it.started() == ["A-VALVE.1/10"], "the last day is Tuesday"
    it.does("mill_1", "A-VALVE.1/10", 5)
    followed = it.wait(2 * 24 * 60)
    words = "Caliper 3 is not calibrated any more since Wed 4 Mar, 00:00; allowed: after calibration by quinn"
    assert words in [each.message for each in of_type(followed, WorkAlertRaised)]
    it.does("mill_1", "A-VALVE.2/10", 5)  # sent before
    assert next(iter(it.run.mes.dispatching.obstacles("boring", it.now_us).values())).detail == words
    told = of_type(it.tell(TestResultRecorded(effective_us=it.now_us, lot="A-VALVE.1", characteristic="bore", value=10.0)), WorkAlertRaised)
    assert [each.message for each in told] == [f"bore of lot A-VALVE.1: {words}"]
    assert it.say(CalibrationPerformed, person="olga", calibration="caliper", is_passed=True).startswith("olga is no inspector")
    before = len(it.started())
    assert it.say(CalibrationPerformed, calibration="caliper", is_passed=True, certificate="C-77") == ""
    assert len(it.started()) == before + 1
    assert it.run.calibrations()["due"].iloc[0].isoformat() == "2026-04-04T00:00:00+00:00"
    assert it.is_the_same_from_every_source()


def test_a_unit_that_failed_its_calibration_is_not_used() -> None:
    it = shop(calibrations={"grinder": {**CALIPER, "last": "2026-03-01", "equipment": "grinder_1"}})
    it.say(CalibrationPerformed, calibration="grinder", is_passed=False)
    it.does("mill_1", "A-VALVE.1/10", 5)
    assert "A-VALVE.1/20" not in it.started()
    assert "has failed its calibration since Mon 2 Mar" in it.run.calibrations()["why"].iloc[0]


def test_who_has_started_maintenance_is_sent_nowhere_else() -> None:
    it = KeptShop(process_segments={
        "bore": {"work_center": "boring", "personnel_class": "operator"}, "grind": {"work_center": "grinding"},
    })  # fmt: skip
    it.say(MaintenanceRequested, person="olga", equipment="grinder_1", maintenance="m1", category="corrective", description="noise")
    assert it.say(MaintenanceStarted, person="olga", maintenance="m1") == ""
    it.stock(10).order("A", 5)
    assert it.started() == []
    assert it.run.mes.dispatching.obstacles("boring", it.now_us)["A-VALVE/10"].detail == "olga is at m1 on grinder_1"
    assert it.say(MaintenancePerformed, person="olga", maintenance="m1") == ""
    assert it.started() == ["A-VALVE/10"]


def test_a_plan_that_is_due_is_asked_for_under_a_name_that_nobody_has_taken() -> None:
    it = shop()
    said = {"equipment": "mill_1", "category": "corrective", "description": "noise"}
    assert it.say(MaintenanceRequested, person="olga", maintenance="M-greasing-1", **said) == ""
    it.does("mill_1", "A-VALVE.1/10", 5)
    asked = of_type(it.does("mill_1", "A-VALVE.2/10", 5), MaintenanceRequested)
    assert [each.maintenance for each in asked] == ["M-greasing-2"]
    assert it.is_the_same_from_every_source()


@pytest.mark.parametrize(("from_us", "until_us"), [(0, 2**60), (2**62, 2**62 + 1), (-(2**62), 2**51)])
def test_a_window_that_no_calendar_has_is_refused(from_us: int, until_us: int) -> None:
    it = shop()
    it.say(MaintenanceRequested, equipment="mill_1", maintenance="m1", category="corrective", description="noise")
    refused = it.say(MaintenanceScheduled, maintenance="m1", from_us=from_us, until_us=until_us, assigned=("olga",))
    assert refused == "its window is more than ten years away; allowed: from now on, within ten years"


def test_nothing_starts_on_a_line_while_a_station_of_it_is_in_maintenance(root: Path) -> None:
    plant = read_plant(root / "plant_models" / "bottling_line")
    mes, (line, declared) = mes_of(plant, Policies()), next(iter(plant.layout.production_lines.items()))
    wanted = OperationsRequestReleased(effective_us=1, request="R", material=next(iter(plant.layout.routings)), quantity=1, due_us=9)
    for made in mes.apply(wanted):
        mes.apply(made)
    job, station = next(iter(mes.job_orders.values())), next(iter(declared.stations))
    said = {"effective_us": 2, "person": next(iter(plant.layout.persons), "eve"), "terminal": "t", "maintenance": "m1"}
    assert mes.commands.missing_at(job, line, 3) == ""
    assert mes.apply(MaintenanceRequested(**said, equipment=station, category="corrective", description="noise")) == []
    assert mes.apply(MaintenanceStarted(**said)) == []
    assert mes.commands.missing_at(job, line, 3) == f"{station} is in maintenance since Thu 1 Jan, 01:00: noise"


def test_a_large_amount_is_shown_to_the_cent_and_a_small_figure_short(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({"value_eur": [123_456.78, 0.123456789]})
    show({"stock": table}, {"stock": ("value_eur",)}, time_zone="UTC", json=False)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == ["Stock", "value eur", "123,456.78", "0.12346"]
