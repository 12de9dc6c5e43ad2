"""Orders of customers are changed and cancelled as far as they have not left, with promise and credit looked at again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, of_type, order, released
from tests.rooms.procurement.trading_shop import Office, T
from tests.rooms.settlement.desk import Desk, day
from twin.erp.changing import ChangedOrders
from twin.erp.material_plan.position import erp_position
from twin.erp.sales.promising import promise
from twin.model import events as e
from twin.model.readiness.signed import refusal
from twin.model.states import Source
from twin.run import replay
from twin.store.journal import MemoryJournal


def ordered(quantity: int = 10, days: int = 20, release: str = "due_date_offset", **opening: int) -> Office:
    """An office with gears and housings, and an order of gearboxes."""
    office = Office({"steel": 90_000, "housing": 50, **opening})
    office.erp.policies = office.erp.policies.model_copy(update={"release": release})
    office.round(order(T, "A", quantity, due_us=T - START + days * DAY_US))
    return office


START = T - 7 * DAY_US // 24


def change(office: Office, kind: type[e.OfficeEntry] = e.SalesOrderChanged, **to: Any) -> list[e.OperationsEvent]:
    """A customer wants it otherwise; what follows."""
    return office.say(kind, order="A", reason="the customer has called", **to)


@pytest.mark.parametrize(("quantity", "days"), [(4, 20), (10, 40), (16, 40), (10, 12)])
def test_an_order_that_was_changed_is_as_one_that_was_confirmed_so(quantity: int, days: int) -> None:
    """Stock to come, what is planned, when it is let go, and what is promised to others."""
    office, straight = ordered(), ordered(quantity, days)
    to = {"quantity": quantity if quantity != 10 else 0, "due_us": T + days * DAY_US if days != 20 else 0}
    followed = change(office, **to)
    (revised,) = of_type(followed, e.SalesOrderRevised)
    assert (revised.customer, revised.quantity, revised.due_us) == ("acme", quantity, T + days * DAY_US)
    assert bool(of_type(followed, e.OrderPromised)) == (quantity > 10 or days < 20), "its customer is told what is promised anew"
    assert office.erp.customer_orders.orders["A"].moved_at_us == -1, "its date is the one that was asked for"
    ours, theirs = (erp_position(it.erp, T) for it in (office, straight))
    assert (ours.on_hand, ours.wishes) == (theirs.on_hand, theirs.wishes)
    for material in office.erp.materials:
        assert office.erp.stock.position(material) == straight.erp.stock.position(material), material
    assert sum(it.quantity for it in ours.on_order if it.material == "gearbox") == quantity
    for it in (office, straight):
        it.round(e.Heartbeat(effective_us=T + 60 * DAY_US, reason="clock"))
    assert office.erp.alerts == []


def test_nothing_is_made_for_an_order_that_was_cancelled_in_time_and_its_stock_is_free_for_others() -> None:
    office = ordered(gearbox=4)
    office.round(order(T, "B", 4, due_us=T - START + 30 * DAY_US))
    assert office.erp.customer_orders.ready == {}, "what there is waits for the first that is due"
    followed = change(office, e.SalesOrderCancelled)
    (revised,) = of_type(followed, e.SalesOrderRevised)
    assert revised.quantity == 0
    assert [(it.order, it.quantity) for it in of_type(followed, e.GoodsShipped)] == [("B", 4)]
    assert office.erp.stock.incoming == dict.fromkeys(office.erp.stock.incoming, 0)
    assert released(office.round(e.Heartbeat(effective_us=T + 60 * DAY_US, reason="clock"))) == {}
    (row, _) = office.erp.orders(office.now_us)
    assert (row.quantity, row.first_quantity, row.cancelled_us, row.late_by_us, row.margin_minor) == (0, 10, T, 0, 0)
    assert office.refused(e.SalesOrderChanged, order="A", reason="after all", quantity=3) == (
        "all of 'A' was cancelled; allowed: an order of which something is to leave"
    )


def test_what_has_left_stays_sold_and_the_rest_can_be_cancelled() -> None:
    office = Office({"steel": 90_000, "housing": 50, "gearbox": 4}, customers={"acme": {"partial": "allowed"}})
    office.round(order(T, "A", 10))
    assert office.erp.customer_orders.orders["A"].shipped == 4
    assert office.refused(e.SalesOrderChanged, order="A", reason="x", quantity=4) == (
        "4 in all, of which 4 have left; allowed: 5 or more, or that nothing more leaves (it is cancelled)"
    )
    change(office, e.SalesOrderCancelled)
    it = office.erp.customer_orders.orders["A"]
    assert (it.quantity, it.open_quantity, it.net_minor, it.invoiced_minor) == (4, 0, 100_000, 100_000)


def test_a_date_that_cannot_be_kept_is_refused_with_the_one_that_can_and_more_pieces_may_move_it() -> None:
    office = ordered(release="push")
    soon = office.refused(e.SalesOrderChanged, order="A", reason="x", due_us=T + DAY_US)
    assert "10 cannot be there by 2026-03-03" in soon
    assert "; allowed: from 2026-03-09" in soon, "it is under way, and takes a week"
    (promised,) = of_type(change(office, quantity=500), e.OrderPromised)
    assert promised.due_us >= T + 20 * DAY_US
    assert office.erp.customer_orders.orders["A"].due_us == promised.due_us
    all_at_once = office.refused(e.SalesOrderChanged, order="A", reason=" ")
    assert (
        all_at_once == "a change needs a reason; 'A' is for 500 by 2026-03-22T07:00:00Z already; allowed: another quantity or date, or both"
    )


def test_an_order_far_off_moves_no_promise_and_one_that_is_wanted_later_than_it_takes_may_come_sooner() -> None:
    """A gearbox takes a housing, which its supplier brings in five days; what is anew waits for no order that was taken before."""
    first, office = Office(), Office()
    office.round(order(T, "FAR", 1, due_us=T - START + 200 * DAY_US))
    anew = promise(first.erp, "gearbox", 1, T)
    assert anew.due_us > T
    assert promise(office.erp, "gearbox", 1, T) == anew
    office.round(
        e.OperationsRequestReleased(effective_us=T, request="X", material="gearbox", quantity=4, due_us=T + 200 * DAY_US),
    )
    assert {promise(office.erp, "gearbox", it, T).due_us for it in (1, 5)} == {anew.due_us}, "nor does one of which something is free"
    office = Office()
    office.erp.policies = office.erp.policies.model_copy(update={"release": "push"})
    office.round(order(T, "A", 3, due_us=T - START + 20 * DAY_US))
    assert promise(office.erp, "gearbox", 3, T, "A").due_us == anew.due_us
    change(office, due_us=anew.due_us)
    later: dict[str, Any] = {"order": "A", "due_us": anew.due_us + DAY_US}
    about: dict[str, Any] = {"person": "anna", "terminal": "office", "effective_us": office.now_us, "reason": "x"}
    office.round(e.SalesOrderChanged(**about, **later), e.SalesOrderChanged(**about, order="B"))
    assert office.erp.customer_orders.orders["A"].due_us == anew.due_us + DAY_US, "that another one is refused is no matter"
    change(office, due_us=anew.due_us)
    assert office.erp.customer_orders.orders["A"].due_us == anew.due_us
    assert {it.due_us <= anew.due_us for it in ChangedOrders(office.erp).released_for("A")} == {True}, "what was let go is due sooner, too"
    assert f"cannot be there by 2026-03-03; allowed: from {anew.due_us}"[:28] in office.refused(
        e.SalesOrderChanged, order="A", reason="x", due_us=T + DAY_US
    )


def test_who_has_let_go_of_less_has_not_let_go_of_more_and_credit_is_looked_at_again() -> None:
    office = Office({"steel": 90_000, "housing": 50, "gearbox": 9}, customers={"acme": {"credit_limit": "2000 EUR"}})
    followed = office.round(order(T, "A", 9))
    assert [it.net_minor for it in of_type(followed, e.ShipmentHeld)] == [225_000]
    followed = change(office, quantity=8)
    assert [it.reason for it in of_type(followed, e.ShipmentHoldLifted)] == ["the order was changed"]
    assert [it.quantity for it in of_type(followed, e.GoodsShipped)] == [8], "it is within the limit now"
    office.round(order(T, "A2", 1))
    office.say(e.ShipmentReleased, order="A2", reason="good customer")
    assert office.erp.customer_orders.orders["A2"].shipped == 1


def test_a_change_that_the_journal_says_was_refused_stays_refused_whatever_could_be_promised_today() -> None:
    desk = Desk()
    desk.round(order(day(1), "A", 3, due_us=20 * DAY_US))
    desk.round(e.SalesOrderChanged(effective_us=day(2), person="anna", terminal="office", order="A", due_us=day(30), reason="x"))
    assert desk.erp.customer_orders.orders["A"].due_us == day(30)
    written = MemoryJournal()
    for it in desk.facts:
        said = written.append(it, source=Source.USER if isinstance(it, e.Entry) else Source.SIMULATED, occurrence=0)
    written.append(refusal(said.event, "not by then"), source=Source.RULE, cause=said.id, rule="Erp", occurrence=0)  # type: ignore[arg-type]
    run = replay(list(written.entries()), desk.plant, desk.scenario, journal=written)
    order_a = run.erp.customer_orders.orders["A"]
    assert (order_a.due_us < day(30), of_type([it.event for it in run.journal.entries()], e.SalesOrderRevised)) == (True, [])
