"""Schedules of plants in which starts and shipments depend on tools, maintenance, steps, held stock and a warehouse: known answers."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import twin
from tests.laws.planning.decided.played import played
from tests.laws.planning.test_schedules_come_true import assert_came_true
from twin import study
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.results.views.schedule import windows
from twin.study.scheduling.schedule import Schedule

HOUR_US = 3_600_000_000
SHOP = """
plant: jigs
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}}
work_units: {lathe_1: {equipment_class: lathe, work_center: turning}, lathe_2: {equipment_class: lathe, work_center: turning}}
process_segments: {turn: {work_center: turning}}
routings: {shaft: {"10": {segment: turn, run: 2 h, per: lot}}}
"""
MATERIALS = """
suppliers: {acme: {lead_time: 2 d}}
materials:
  bar: {kind: purchased, supplier: acme, standard_cost: 1 EUR, opening_stock: 2}
  shaft: {kind: finished, price: 9 EUR, bill: [{material: bar, quantity: 1}]}
"""
WANTED = """
plant: any
start: 2026-03-02T00:00:00Z
horizon: 30 d
demand:
  orders:
    - {order: A, customer: us, material: shaft, quantity: 1, due: 1 d}
    - {order: B, customer: us, material: shaft, quantity: 1, due: 1 d}
"""


def shop(wanted: dict[str, Any] | None = None, **declared: Any) -> tuple[Plant, Scenario]:
    """Two lathes and two orders of two hours' work each, with what is declared besides; `wanted` is said in the scenario."""
    plant = Plant.model_validate({"layout": {**yaml.safe_load(SHOP), **declared}, "materials": yaml.safe_load(MATERIALS)})
    return plant, Scenario.model_validate({**yaml.safe_load(WANTED), **(wanted or {})})


def planned(case: tuple[Plant, Scenario], until: str = "30 min", days: int = 1, **supposed: Any) -> tuple[Schedule, Run]:
    """The schedule from half an hour on by "edd", and the plant that went on by it; they agree."""
    plant, scenario = case
    at_us = scenario.start_us + twin.library.read_span(until)
    plan, run, _ = played(plant, scenario, at_us, "edd", at_us + days * 24 * HOUR_US, supposed)
    assert_came_true(plan, run)
    return plan, run


def hours(plan: Schedule, start_us: int) -> list[tuple[str, str, float]]:
    return [(it.job_order, it.equipment, (it.start_us - start_us) / HOUR_US) for it in plan.operations]


def ships(plan: Schedule, start_us: int) -> dict[str, float | None]:
    return {it.order: None if it.ships_us is None else (it.ships_us - start_us) / HOUR_US for it in plan.orders}


def test_two_lathes_with_one_jig_work_one_after_the_other_and_with_two_at_a_time() -> None:
    for count, second_h in ((1, 2.0), (2, 0.0)):
        case = shop(tools={"jig": {"materials": ["shaft"], "count": count}})
        plan, _ = planned(case)
        start_us = case[1].start_us
        assert hours(plan, start_us)[0][2] == 0.0
        assert hours(plan, start_us)[1][2] == second_h
        assert [it.tools for it in plan.operations] == ([("jig.1",), ("jig.1",)] if count == 1 else [("jig.1",), ("jig.2",)])


def test_a_tool_that_wears_out_is_waited_for_until_it_is_as_new() -> None:
    case = shop(tools={"jig": {"materials": ["shaft"], "life": 1}})
    start_us = case[1].start_us
    plan, _ = planned(case)
    assert ships(plan, start_us) == {"A": 2.0, "B": None}
    assert any("tools that wear out (jig)" in note for note in plan.unknown)
    assert [it.causes for it in plan.late] == [(("tool jig missing", plan.late[0].late_us),)], "the lateness says what for"
    assert [it["ships"] for it in plan.summary()["orders"]] == ["2026-03-02 02:00:00+00:00", None], "no number that JSON has no word for"
    plan, _ = planned(case, reconditioned={"jig.1": "5 h"})
    assert ships(plan, start_us) == {"A": 2.0, "B": 7.5}
    assert plan.supposed == ("tool jig.1 is reconditioned in 5 h",)
    with pytest.raises(ValueError, match=r"there is no tool 'jig.2'.*; allowed: jig.1"):
        planned(case, reconditioned={"jig.2": "5 h"})


def entry(at: str, says: str, **about: Any) -> dict[str, Any]:
    return {"at": at, "person": "ann", "says": says, "about": about}


def test_nothing_begins_in_a_window_of_maintenance_and_a_unit_that_is_blocked_waits_for_its_end() -> None:
    start_us = shop()[1].start_us
    request = entry("0 h", "MaintenanceRequested", maintenance="W", equipment="lathe_1", category="planned", description="grease it")
    wanted = {
        "entries": [request, entry("0 h", "MaintenanceScheduled", maintenance="W", from_us=start_us, until_us=start_us + 3 * HOUR_US)]
    }
    bill = {"demand": {"orders": [{**it, "at": "1 h"} for it in yaml.safe_load(WANTED)["demand"]["orders"]]}}
    asked = windows(twin.simulate(*shop({**wanted, **bill}), until="61 min"))
    assert [(it.equipment, it.kind, it.reason, it.end_us) for it in asked] == [("lathe_1", "kept free", "W", start_us + 3 * HOUR_US)]
    plan, run = planned(shop({**wanted, **bill}), "61 min")
    assert hours(plan, start_us) == [("A-shaft/10", "lathe_2", 1.0), ("B-shaft/10", "lathe_1", 3.0)]
    assert [(it.maintenance, it.equipment, (it.end_us - start_us) / HOUR_US) for it in plan.windows] == [("W", "lathe_1", 3.0)]
    assert run.mes.maintenance.orders["W"].standing == "done"
    assert not windows(run), "what is done keeps nothing free"
    said_later = {**entry("15 min", "MaintenanceStarted", maintenance="W"), "happened": "1 min"}
    plan, run = planned(shop({"entries": [request, said_later], **bill}), "61 min")
    assert run.mes.maintenance.orders["W"].started_us == start_us + HOUR_US // 60
    assert hours(plan, start_us) == [("A-shaft/10", "lathe_2", 1.0), ("B-shaft/10", "lathe_2", 3.0)], "nobody has said when it is done"
    assert any("nobody has said, so it is not" in note for note in plan.unknown)


def test_a_plan_that_blocks_lets_its_unit_stand_until_somebody_says_when_it_is_done() -> None:
    """Due at the first hour, and overdue two hours later; it takes an hour, in which nothing begins."""
    check = {"equipment": "lathe_1", "every": {"days": 1, "at": "01:00"}, "within": "2 h", "lasts": "1 h", "blocks": True}
    orders = [{**it, "at": "4 h", "due": "20 h"} for it in yaml.safe_load(WANTED)["demand"]["orders"]]
    case = shop(
        {"demand": {"orders": orders}},
        maintenance_plans={"check": check},
        work_units={"lathe_1": {"equipment_class": "lathe", "work_center": "turning"}},
    )
    start_us = case[1].start_us
    plan, _ = planned(case, "241 min")
    assert hours(plan, start_us) == []
    assert {cause for it in plan.late for cause, _ in it.causes} == {"lathe_1: M-check-1"}
    with pytest.raises(ValueError, match="there is no maintenance that a start may wait for 'cheque'; allowed: M-check-1, check"):
        planned(case, "241 min", maintained={"cheque": "1 h"})
    plan, run = planned(case, "241 min", maintained={"M-check-1": "119 min"})
    assert hours(plan, start_us)[0] == ("A-shaft/10", "lathe_1", 6.0)
    assert run.mes.maintenance.orders["M-check-1"].standing == "done"


def test_stock_on_hold_is_not_there_until_it_is_released() -> None:
    orders = [{**it, "at": "1 h"} for it in yaml.safe_load(WANTED)["demand"]["orders"]]
    hold = entry("0 h", "LotHoldRequested", lot="open-bar", reason="cracks")
    case = shop({"entries": [hold], "demand": {"orders": orders}})
    start_us = case[1].start_us
    plan, _ = planned(case, "61 min", 3, released={"open-bar": "4 h"})
    assert [it[2] for it in hours(plan, start_us)] == [pytest.approx(5 + 1 / 60)] * 2
    dated = {**hold, "about": {**hold["about"], "disposition_us": start_us + 6 * HOUR_US}}
    plan, _ = planned(shop({"entries": [dated], "demand": {"orders": orders}}), "61 min", 3)
    assert [it[2] for it in hours(plan, start_us)] == [6.0] * 2, "who holds it has said when it is decided"
    assert "lots on hold of which is decided at a time (open-bar): taken to be free then" in plan.unknown
    plan, _ = planned(case, "61 min", 3)
    assert not [it for it in plan.operations if it.start_us < start_us + 48 * HOUR_US], "what is bought instead comes after two days"
    assert any("when lots on hold go on (open-bar)" in note for note in plan.unknown)
    assert {cause for it in plan.late for cause, _ in it.causes} >= {"bar on hold"}


def test_what_is_picked_in_a_wave_leaves_with_the_wave() -> None:
    bins = {"goods_in": {}, "goods_out": {}, "shelf": {}}
    for moves in ("rule", "persons"):
        case = shop(warehouse={"receiving": "goods_in", "shipping": "goods_out", "bins": bins, "waves": ["10:00"], "moves": moves})
        plan = study.schedule(twin.simulate(*case, until="30 min"), "edd")
        assert ships(plan, case[1].start_us) == {"A": 10.0, "B": 10.0}
    assert "what it takes to put away, to pick and to pack: taken to be no time" in plan.unknown


def test_what_a_procedure_asks_for_before_a_start_is_done_in_time_and_its_phases_tile_the_run() -> None:
    phases = {"lathe/rough": ["chuck", "turn"], "lathe/finish": ["cut"]}
    units = {"lathe": {name.partition("/")[2]: them for name, them in phases.items()}}
    times = {"lathe/rough/chuck": "15 min", "lathe/rough/turn": "1 h", "lathe/finish/cut": "10 min"}
    clear = {"text": "The chuck is clear.", "asks": "yes", "before_start": True}
    case = shop(procedures={"turning": {"materials": ["shaft"], "steps": {"clear": clear}, "unit_procedures": units, "phase_times": times}})
    plan, run = planned(case)
    first = plan.operations[0]
    assert [((it.end_us - it.start_us) / 60_000_000) for it in first.phases] == [15, 60, 45], "the last takes what is left"
    assert [it.phase for it in first.phases] == list(times)
    assert (first.phases[0].start_us, first.phases[-1].end_us) == (first.run_start_us, first.end_us)
    assert all(a.end_us == b.start_us for a, b in zip(first.phases, first.phases[1:], strict=False))
    assert len(plan.phase_table) == 6
    assert not run.mes.process.steps.missing(run.mes.job_orders[first.job_order], before_start=True)


TESTED = {
    "shaft_test": {
        "material": "shaft",
        "operation": "10",
        "characteristics": {"runout": {"upper": 0.02, "chart": {"kind": "i_mr", "phase_one": 2}}},
    }
}


def test_what_waits_for_its_test_now_or_later_is_taken_to_pass_and_all_figures_count_the_same_orders() -> None:
    """Nobody measures here: without a word of it, finished goods behind their gate would never ship."""
    late = [{**it, "due": "3 h"} for it in yaml.safe_load(WANTED)["demand"]["orders"]]
    one = {"work_units": {"lathe": {"equipment_class": "lathe", "work_center": "turning"}}, "quality_plans": TESTED}
    for more in ({}, {"tools": {"jig": {"materials": ["shaft"]}}}):  # by the rules in the plant, and by MES and ERP
        case = shop({"demand": {"orders": late}}, **one, **more)
        run = twin.simulate(*case, until="150 min")
        assert run.mes.tracking.restricted == {"A-shaft": "shaft_test is not measured yet"}
        plan = study.schedule(run)
        assert ships(plan, case[1].start_us) == {"A": pytest.approx(2.5), "B": 4.0}
        assert "what waits for its test, now or later (shaft_test): taken to pass at once" in plan.unknown
        assert {(it.late_count, it.unshipped_count, it.weighted_late_us) for it in plan.compared} == {(1, 0, HOUR_US)}
        assert [it.order for it in plan.late] == ["B"]


def test_where_orders_ship_otherwise_than_the_rules_do_it_every_rule_is_counted_as_the_schedule_is() -> None:
    """The customer's credit is used up by the first order: the second stays, by whichever rule, and the headline says so too."""
    plant, scenario = shop()
    tables = plant.model_dump(mode="json")
    tables["materials"]["customers"] = {"us": {"credit_limit": "10 EUR"}}
    plan = study.schedule(twin.simulate(Plant.model_validate(tables), scenario, until="30 min"), until="5 h")
    assert sorted(it.ships_us is None for it in plan.orders) == [False, True]
    assert {(it.late_count, it.unshipped_count) for it in plan.compared} == {(len(plan.late), 1)}


def test_a_batch_that_nothing_known_fills_up_begins_as_it_is_and_one_that_is_filled_waits_for_that() -> None:
    """An oven takes two at once: the first waits for the second, and the third, which comes days later, for nobody."""
    three = [{"order": name, "customer": "us", "material": "shaft", "quantity": 1, "due": "1 d"} for name in "ABC"]
    oven = {
        "work_centers": {"turning": {"storage": "rack"}, "hardening": {"storage": "rack"}},
        "work_units": {
            "lathe": {"equipment_class": "lathe", "work_center": "turning"},
            "oven": {"equipment_class": "oven", "work_center": "hardening", "batch": {"minimum": 2, "maximum": 2}},
        },
        "process_segments": {"turn": {"work_center": "turning"}, "harden": {"work_center": "hardening"}},
        "routings": {
            "shaft": {"10": {"segment": "turn", "run": "2 h", "per": "lot"}, "20": {"segment": "harden", "run": "1 h", "per": "lot"}}
        },
    }
    for more in ({}, {"tools": {"jig": {"work_centers": ["turning"]}}}):  # by the rules in the plant, and by MES and ERP
        case = shop({"demand": {"orders": three}}, **oven, **more)
        plan = study.schedule(twin.simulate(*case, until="30 min"), "edd" if more else None, until="60 h")
        assert ships(plan, case[1].start_us) == {"A": 5.0, "B": 5.0, "C": 51.0}, "its bar comes after two days"
        assert [*plan.unfilled] == ["C-shaft/20"]
        assert [note for note in plan.unknown if "nothing known fills any more (C-shaft/20)" in note]
        unshipped = {it.unshipped_count for it in plan.compared}
        assert unshipped == (set() if more else {0}), "no rule is worse for what has not been ordered yet"
