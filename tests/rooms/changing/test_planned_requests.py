"""Requests that are only planned, or were released, are changed: what follows is as if they had been asked for so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, START_US, Carried, of_type, order, plant, released, response
from twin.erp import Erp
from twin.erp.material_plan.position import erp_position
from twin.model import events as e
from twin.model.scenario import Policies

T = START_US + 7 * DAY_US // 24
TOLD = {"planning": "told", "release": "due_date_offset"}
LATER = {"release": "due_date_offset"}


def carried(**policies: Any) -> Carried:
    found = Carried(Erp(plant(), Policies.model_validate(policies)))
    found.start(steel=100_000, housing=100)
    return found


def scheduled(quantity: int = 10, days: int = 20, **about: Any) -> e.OperationsRequestScheduled:
    """Another Level 4 wants gearboxes, let go ten days before they are due."""
    at = {"effective_us": T, "request": "R", "material": "gearbox", "quantity": quantity, "due_us": T + days * DAY_US}
    return e.OperationsRequestScheduled(**{**at, "release_us": T + (days - 10) * DAY_US, **about})


def changed(kind: type[e.OfficeEntry] = e.OperationsRequestChanged, **about: Any) -> e.OfficeEntry:
    said = {"request": "R", "reason": "less is sold", "person": "anna", "terminal": "office", **about}
    return kind(effective_us=T, **said)


@pytest.mark.parametrize(("quantity", "days"), [(4, 20), (17, 20), (10, 30), (3, 15)])
def test_a_request_that_was_changed_is_as_one_that_was_asked_for_so(quantity: int, days: int) -> None:
    """By a planner, or said again by another Level 4; stock to come, what is kept for it, and when it is let go."""
    straight, by_hand, again = (carried(**TOLD) for _ in range(3))
    straight.round(scheduled(quantity, days))
    for it in (by_hand, again):
        it.round(scheduled())
    by_hand.round(changed(quantity=quantity if quantity != 10 else 0, due_us=T + days * DAY_US if days != 20 else 0))
    again.round(scheduled(quantity, days))
    for it in (by_hand, again):
        assert erp_position(it.erp, T) == erp_position(straight.erp, T)
        assert it.erp.requests.planned == straight.erp.requests.planned
        assert it.erp.alerts == []
    let_go = by_hand.round(e.Heartbeat(effective_us=T + (days - 10) * DAY_US, reason="clock"))
    assert [(it.request, it.quantity, it.due_us) for it in of_type(let_go, e.OperationsRequestReleased)] == [
        ("R", quantity, T + days * DAY_US)
    ]


@pytest.mark.parametrize(
    "said",
    [changed(e.OperationsRequestCancelled), e.OperationsRequestWithdrawn(effective_us=T, request="R", reason="B1 was cancelled")],
)
def test_a_request_that_was_cancelled_is_never_let_go_and_keeps_nothing(said: e.OperationsEvent) -> None:
    it = carried(**TOLD)
    before = erp_position(it.erp, T)
    it.round(scheduled())
    it.round(said)
    assert erp_position(it.erp, T) == before
    assert released(it.round(e.Heartbeat(effective_us=T + 30 * DAY_US, reason="clock"))) == {}
    (told, *_) = of_type(it.round(scheduled()), e.WorkAlertRaised)
    assert "request 'R' is finished, or was cancelled; allowed: one that is open" in told.message
    (refused,) = of_type(it.round(changed(quantity=3)), e.EntryRefused)
    assert refused.reason.startswith("request 'R' is finished")


def test_what_a_customer_waits_for_is_planned_anew_and_what_nobody_needs_below_it_is_planned_no_more() -> None:
    it = carried(**LATER)
    it.round(order(T, "SO1", 10, due_us=40 * DAY_US))
    parent, below = "SO1-gearbox", "SO1-gearbox-gear"
    assert {name: row.quantity for name, row in it.erp.requests.requests.items()} == {parent: 10, below: 20}
    it.round(changed(request=parent, quantity=4, due_us=T + 60 * DAY_US))
    open_now = {name: it.erp.requests.requests[name].quantity for name in it.erp.requests.open}
    assert open_now == {parent: 4, f"{parent}.F2": 6, below: 20}, "the customer still wants ten"
    assert it.erp.requests.requests[f"{parent}.F2"].due_us == it.erp.customer_orders.orders["SO1"].due_us, "and by the same day"
    it.round(e.OperationsRequestReleased(effective_us=T, request="stock", material="gearbox", quantity=6, due_us=T + DAY_US))
    it.round(changed(e.OperationsRequestCancelled, request=f"{parent}.F2"))
    open_now = {name: it.erp.requests.requests[name].quantity for name in it.erp.requests.open}
    assert open_now == {parent: 4, below: 8, "stock": 6, "stock-gear": 12}, "there is another, which takes gears of its own"


def test_once_it_is_released_the_floor_says_whether_it_can_be() -> None:
    it = carried(planning="told")
    it.round(scheduled(release_us=T))
    assert it.round(changed(e.OperationsRequestCancelled)) == [], "the MES answers"
    it.round(
        e.OperationsRequestRevised(
            effective_us=T, request="R", material="gearbox", quantity=0, due_us=T + DAY_US, release_us=T, reason="the MES has accepted it"
        )
    )
    before = it.erp.stock.position("gearbox"), it.erp.stock.reserved["gear"]
    assert released(it.round(response(T, "R", "gearbox", good=0))) == {}
    assert before == (0, 0) == (it.erp.stock.position("gearbox"), it.erp.stock.reserved["gear"])
    other = carried(planning="told", decisions="told")
    other.round(scheduled(release_us=T))
    (refused,) = of_type(other.round(changed(quantity=3)), e.EntryRefused)
    assert refused.reason == "request 'R' is with another MES; allowed: before it is released, or there"


def test_a_request_that_nobody_knows_is_named() -> None:
    (refused,) = of_type(carried().round(changed(request="X", quantity=3)), e.EntryRefused)
    assert refused.reason == "no request is called 'X'; allowed: none"
