"""What Level 4 asks for becomes lots and job orders, and is answered."""

from __future__ import annotations

import pytest

from tests.rooms.mes.little_plant import LAYOUT, START_US, Floor, little_plant
from twin.model.events import JobOrderCreated, LotCreated, OperationsResponse
from twin.model.states import DispatchStatus


def test_a_request_is_cut_into_lots_with_a_job_order_for_each_operation():
    floor = Floor()
    concluded = floor.tell(floor.request("R", "PIN", 10))
    assert [(e.lot, e.quantity, e.place) for e in concluded if isinstance(e, LotCreated)] == [
        ("R.1", 4, ""),
        ("R.2", 4, ""),
        ("R.3", 2, ""),
    ]
    created = [e for e in concluded if isinstance(e, JobOrderCreated)]
    assert [(e.job_order, e.equipment, e.quantity) for e in created[:3]] == [
        ("R.1/10", "cutting", 4), ("R.1/20", "milling", 4), ("R.1/30", "hardening", 4),
    ]  # fmt: skip
    assert len(created) == 9
    assert {e.due_us for e in created} == {floor.mes.requests["R"].due_us}


def test_one_lot_has_the_id_of_its_request_and_many_sort_by_theirs():
    floor = Floor()
    floor.tell(floor.request("ONE", "PIN", 3), floor.request("MANY", "PIN", 41))
    assert [lot for lot in floor.mes.lots if lot.startswith("ONE")] == ["ONE"]
    many = [lot for lot in floor.mes.lots if lot.startswith("MANY")]
    assert many == sorted(many)
    assert (many[0], many[-1], len(many)) == ("MANY.01", "MANY.11", 11)


@pytest.mark.parametrize(
    ("material", "quantity", "why"),
    [("STEEL", 5, "'STEEL' has no routing"), ("NOPE", 5, "'NOPE' has no routing"), ("PIN", 0, "asks for 0 pieces")],
)
def test_a_request_that_cannot_be_made_is_an_alert(material, quantity, why):
    floor = Floor()
    floor.tell(floor.request("R", material, quantity))
    assert len(floor.alerts) == 1
    assert why in floor.alerts[0]
    assert not floor.mes.job_orders


def test_the_same_request_twice_is_an_alert_and_one_request():
    floor = Floor()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.tell(floor.request("R", "PLATE", 7))
    assert floor.alerts == ["request 'R' was released before"]
    assert floor.mes.lots["R"].quantity == 5


def test_a_request_is_answered_once_when_its_last_lot_is_done():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 6), floor.stock("STEEL", 600))
    concluded = []
    for lot, pieces in (("R.1", 4), ("R.2", 2)):
        for unit, operation in (("saw_1", 10), ("mill_1", 20), ("oven_1", 30)):
            concluded += floor.does(unit, f"{lot}/{operation}", pieces)
    answers = [e for e in concluded if isinstance(e, OperationsResponse)]
    assert [(e.request, e.material, e.good, e.scrap) for e in answers] == [("R", "PIN", 6, 0)]
    assert concluded[-1] == answers[0]
    assert floor.mes.requests["R"].answered_us == floor.now_us


def test_rework_keeps_a_request_open_until_it_is_done_too():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.does("saw_1", "R/10", 4)
    floor.does("mill_1", "R/20", good=2, scrap=1, rework=1)
    assert floor.mes.lots["R.R"].quantity == 1
    assert [job for job in floor.mes.job_orders if job.startswith("R.R/")] == ["R.R/20", "R.R/30"]
    floor.does("oven_1", "R/30", 2)
    assert floor.mes.requests["R"].answered_us < 0
    floor.does("mill_1", "R.R/20", good=0, rework=1)  # and once more
    floor.does("mill_1", "R.R.R/20", good=1)
    concluded = floor.does("oven_1", "R.R.R/30", 1)
    assert [(e.good, e.scrap) for e in concluded if isinstance(e, OperationsResponse)] == [(3, 1)]
    assert floor.mes.status("R.R/30")[0] == DispatchStatus.ABORTED  # nothing was left of that lot
    assert floor.mes.audit(floor.now_us) == []


def test_a_lot_that_is_reworked_at_two_operations_gives_two_lots():
    pin = {**LAYOUT["routings"]["PIN"], "30": {"segment": "harden", "run": "1 h", "rework": 0.1, "rework_to": "30"}}
    floor = Floor(little_plant(routings={**LAYOUT["routings"], "PIN": pin})).all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.does("saw_1", "R/10", 4)
    floor.does("mill_1", "R/20", good=3, rework=1)
    floor.does("oven_1", "R/30", good=2, rework=1)
    assert [(lot.lot, lot.quantity, lot.from_lot) for lot in floor.mes.lots.values() if lot.from_lot] == [
        ("R.R", 1, "R"),
        ("R.R.R", 1, "R"),
    ]
    assert [job for job in floor.mes.job_orders if job.startswith("R.R.R/")] == ["R.R.R/30"]


def test_a_lot_is_at_its_next_work_center_when_its_way_is_over():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    assert floor.mes.status("R/20") == (DispatchStatus.WAITING, "operation 10 is not done")
    floor.does("saw_1", "R/10", 4)
    assert floor.mes.status("R/20") == (DispatchStatus.WAITING, "its lot is on the way")
    assert [job.job_order for job in floor.mes.queue("milling")] == ["R/20"]
    floor.wait(10)
    assert floor.mes.status("R/20", floor.now_us) == (DispatchStatus.READY, "")


def test_a_line_is_expected_to_be_as_fast_as_its_slowest_station():
    floor = Floor()
    floor.tell(floor.request("R", "DRINK", 100))
    assert floor.plant.layout.production_lines["line_1"].piece_us == 2_000_000
    assert floor.mes.job_orders["R/10"].run_expected_us == 200_000_000
    assert floor.mes.job_orders["R/10"].created_us == START_US
