"""Customers and suppliers."""

from __future__ import annotations

from typing import Any

from tests.rooms.simulation.small_floor import MIN_US, Desk, minutes, plant_of, play, refusal, scenario_of
from twin.model.events import (
    GoodsReceived,
    JobOrderCommandRefused,
    OperationsEvent,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
    SalesOrderConfirmed,
)
from twin.model.measures import Exponential
from twin.simulation import engines
from twin.simulation.streams import RandomStream, drawing

ITEMS = """
materials:
  shaft: {kind: finished, price: 12.50 EUR}
  bolt: {kind: finished}
  bar: {kind: purchased, supplier: steel}
suppliers: {steel: {lead_time: {uniform: {low: 1 h, high: 2 h}}}, near: {lead_time: 0}}
"""
BOLTS = {"routings/bolt": '{"10": {segment: turn, run: 2 min}}'}
STREAM = {"customer": "us", "material": "bolt", "interval": {"exponential": "30 min"}, "quantity": [2, 4, 6], "promise": "2 h"}


def orders(demand: dict[str, object], text: str = "") -> list[SalesOrderConfirmed]:
    facts = play(plant_of(materials=ITEMS, **BOLTS), scenario_of(text, horizon="3 d", demand=demand))
    return [fact for fact in facts if isinstance(fact, SalesOrderConfirmed)]


def test_known_orders_come_when_they_are_due_to_come_with_their_price() -> None:
    told = [
        (minutes(o), o.order, o.material, o.quantity, o.due_us - scenario_of().start_us, o.unit_price_minor)
        for o in orders({}, "shaft 2 @ 1 h, bolt 1")
    ]
    assert told == [(0, "B", "bolt", 1, 1440 * MIN_US, 0), (60, "A", "shaft", 2, 1440 * MIN_US, 1250)]


def test_a_stream_draws_intervals_and_quantities_and_promises_from_receipt() -> None:
    told = orders({"streams": {"S": STREAM}})
    draw, intervals = drawing(Exponential(mean="30 min")), RandomStream(1, "demand", "S")
    at_us = scenario_of().start_us
    for n, order in enumerate(told, 1):
        at_us += draw(intervals)
        assert (order.effective_us, order.order, order.due_us) == (at_us, f"S-{n}", at_us + 120 * MIN_US)
    assert {order.quantity for order in told} == {2, 4, 6}


def test_the_first_order_and_the_count_of_a_stream_may_be_given() -> None:
    told = orders({"streams": {"S": {**STREAM, "first": "10 min", "count": 3}}})
    assert minutes(told[0]) == 10
    assert [order.order for order in told] == ["S-1", "S-2", "S-3"]


def test_orders_of_one_stream_do_not_depend_on_other_streams() -> None:
    alone = orders({"streams": {"S": STREAM}})
    both = orders({"streams": {"R": STREAM, "S": STREAM}})
    assert alone == [order for order in both if order.order.startswith("S")]


def purchase(order: str, material: str = "bar", supplier: str = "steel", quantity: int = 7) -> PurchaseOrderPlaced:
    return PurchaseOrderPlaced(
        effective_us=scenario_of().start_us,
        order=order,
        material=material,
        supplier=supplier,
        quantity=quantity,
        unit_price_minor=99,
        due_us=0,
    )


def test_a_purchase_is_delivered_after_a_lead_time_that_belongs_to_it() -> None:
    def delivered(*orders: str) -> dict[str, GoodsReceived]:
        desk = Desk(plant_of(materials=ITEMS, **BOLTS))
        desk.source.send([purchase(order) for order in orders])
        desk.wait(121)
        return {fact.order: fact for fact in desk.facts if isinstance(fact, GoodsReceived)}

    both, other = delivered("PO-bar-1", "PO-bar-2"), delivered("PO-bar-2")
    assert both["PO-bar-2"] == other["PO-bar-2"]
    fact = both["PO-bar-1"]
    assert 60 <= minutes(fact) <= 120
    assert (fact.lot, fact.supplier, fact.material, fact.quantity, fact.unit_price_minor) == ("PO-bar-1", "steel", "bar", 7, 99)
    assert minutes(both["PO-bar-2"]) != minutes(fact)


def test_what_a_neighbour_has_in_stock_comes_at_the_same_instant() -> None:
    desk = Desk(plant_of(materials=ITEMS, **BOLTS))
    (fact,) = desk.send(purchase("PO-bar-1", supplier="near"))  # type: ignore[arg-type]
    assert isinstance(fact, GoodsReceived)


def test_a_purchase_that_was_changed_comes_so_much_later_or_sooner_once_and_as_much_as_was_agreed() -> None:
    def delivered(*changes: tuple[int, int, int], engine: str = "simpy") -> list[tuple[int, int]]:
        """(instant, quantity) of what comes; each change is said at a minute, and moves the date (0: where it is) for so many."""
        start_us, facts = scenario_of().start_us, list[OperationsEvent]()
        source: Any = engines.play(engine, plant_of(materials=ITEMS, **BOLTS), scenario_of(), 1, start_us + 601 * MIN_US)
        source.advance()
        source.send([purchase("PO-bar-1")])
        for at, later, quantity in (*changes, (600, 0, -1)):
            now_us = start_us + at * MIN_US
            while round_of_facts := source.advance(now_us):
                facts += round_of_facts
            source.pass_time(now_us)
            about = {"effective_us": now_us, "order": "PO-bar-1", "material": "bar", "due_us": later * MIN_US}
            source.send([PurchaseOrderRevised(**about, quantity=quantity)] if quantity >= 0 else [])
        return [(fact.effective_us, fact.quantity) for fact in facts if isinstance(fact, GoodsReceived)]

    for engine in ("simpy", "compiled"):
        ((usual, _),) = delivered(engine=engine)
        assert delivered((10, 0, 5), engine=engine) == [(usual, 5)]
        assert delivered((10, 90, 9), engine=engine) == [(usual + 90 * MIN_US, 9)]
        assert delivered((10, 90, 9), (20, 30, 8), engine=engine) == [(usual + 30 * MIN_US, 8)]
        assert delivered((10, -300, 7), engine=engine) == [(scenario_of().start_us + 10 * MIN_US, 7)]  # no sooner than it is asked for
        assert delivered((10, 0, 0), engine=engine) == []
        assert delivered((10, 0, 0), (20, 0, 5), engine=engine) == [(usual, 5)]  # wanted after all
        assert delivered((300, 90, 9), engine=engine) == [(usual, 7)]  # it has come


def test_a_number_that_another_order_has_or_had_is_refused_and_the_first_comes_once_as_it_was_agreed() -> None:
    start_us = scenario_of().start_us
    for engine in engines.ENGINES:
        source: Any = engines.play(engine, plant_of(materials=ITEMS, **BOLTS), scenario_of(), 1, start_us + 601 * MIN_US)
        source.advance()
        facts: list[OperationsEvent] = []
        for at in (0, 10, 300):  # at once, on its way, and after it has come
            now_us = start_us + at * MIN_US
            while found := source.advance(now_us):
                facts += found
            source.pass_time(now_us)
            source.send([purchase("PO-bar-1", quantity=7 + at), purchase("PO-bar-1", quantity=9)][: 1 if at else 2])
        while found := source.advance():
            facts += found
        refused = [it.reason for it in facts if isinstance(it, JobOrderCommandRefused)]
        assert refused == ["purchase order 'PO-bar-1' was placed before; allowed: a new number"] * 3, engine
        assert [(it.order, it.quantity) for it in facts if isinstance(it, GoodsReceived)] == [("PO-bar-1", 7)], engine


def test_a_purchase_from_nobody_is_refused() -> None:
    desk = Desk(plant_of(materials=ITEMS, **BOLTS))
    assert refusal(desk.send(purchase("PO-1", supplier="moon"))) == "there is no supplier 'moon'"  # type: ignore[arg-type]
    assert refusal(desk.send(purchase("PO-1", material="cheese"))) == "there is no material 'cheese'"  # type: ignore[arg-type]
