"""Each product through all stages, with quantities: backward, forward, where it is now, and nothing appears or vanishes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import twin
from tests.rooms.quality.valve_shop import FINAL, Shop
from twin.model.events import CountObserved, EquipmentStateChanged, GoodsShipped, GoodsTakenBack
from twin.model.states import WorkUnitState
from twin.results.run import Run


@pytest.fixture
def shop() -> Shop:
    """Three castings by count and twenty by delivery; A is shipped, B is between its operations."""
    shop = Shop().stock(3, "C0")
    shop.delivery("P1", 20)
    shop.order("A", 5).order("B", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.does("mill_1", "B-VALVE/10", 5)
    return shop


def traced(lot: str) -> Callable[[Run], object]:
    """All that a trace shows."""
    return lambda run: (run.trace(lot).summary(), str(run.trace(lot)))


def test_one_lot_made_of_another_is_traced_both_ways() -> None:
    """Case gen-01-direct (Tryton 8.2, lot_trace): produce lot P1 from lot C2."""
    shop = Shop().stock(5, "C2").order("P1", 5)
    shop.does("mill_1", "P1-VALVE/10", 5)
    backward = {it.into: it.lot for it in shop.run.trace("P1-VALVE").backward}
    forward = {it.lot: it.into for it in shop.run.trace("C2").forward}
    assert (backward, forward) == ({"P1-VALVE": "C2"}, {"C2": "P1-VALVE"})
    assert shop.run.trace("C2").backward == shop.run.trace("P1-VALVE").forward == ()
    assert shop.is_the_same_from_every_source(traced("P1-VALVE"), traced("C2"))


def test_a_trace_has_every_edge_with_its_quantity(shop: Shop) -> None:
    trace = shop.run.trace("A-VALVE")
    assert [(it.level, it.lot, it.quantity, it.how, it.into) for it in trace.backward] == [
        (1, "C0", 3, "went into", "A-VALVE"),
        (1, "L-P1", 2, "went into", "A-VALVE"),
    ]
    assert [(it.into, it.quantity) for it in shop.run.trace("L-P1").forward] == [("A-VALVE", 2), ("B-VALVE", 5)]
    assert list(trace.table["quantity"]) == [3, 2]
    assert list(trace.table["direction"]) == ["backward", "backward"]
    assert shop.is_the_same_from_every_source(traced("A-VALVE"), traced("L-P1"))


def test_a_trace_has_every_stage_with_where_and_how_much(shop: Shop) -> None:
    stages = [(it.stage, it.quantity, it.place, it.detail) for it in shop.run.trace("A-VALVE").stages]
    assert stages == [
        ("planned", 5, "", "for request A-VALVE"),
        ("operation 10 begun", None, "mill_1", ""),
        ("took", 3, "", "of C0 (CASTING)"),
        ("took", 2, "", "of L-P1 (CASTING)"),
        ("operation 10 done", 5, "mill_1", ""),
        ("operation 20 begun", None, "grinder_1", ""),
        ("operation 20 done", 5, "grinder_1", ""),
        ("into stock", 5, "grinder_1", ""),
        ("shipped", 5, "", "to acme on A"),
    ]
    received = [(it.stage, it.quantity, it.detail) for it in shop.run.trace("L-P1").stages]
    assert received == [
        ("received", 20, "from foundry on P1"), ("went into", 2, "A-VALVE"), ("went into", 5, "B-VALVE"),
    ]  # fmt: skip
    assert shop.is_the_same_from_every_source(lambda run: run.trace("A-VALVE").stages, lambda run: run.trace("L-P1").stages)


def test_a_trace_says_where_all_of_it_is_now(shop: Shop) -> None:
    where = [(it.lot, it.quantity, it.standing, it.place, it.order, it.detail) for it in shop.run.trace("L-P1").where]
    assert where == [
        ("L-P1", 13, "in stock", "stock", "", ""),
        ("B-VALVE", 5, "in process", "rack", "", "B-VALVE/20 is next"),
        ("A-VALVE", 5, "shipped", "acme", "A", ""),
    ]
    assert shop.is_the_same_from_every_source(lambda run: run.trace("L-P1").where, lambda run: run.lots)


def test_every_lot_says_how_much_is_in_progress_and_how_much_is_finished() -> None:
    """A is shipped; B is finished and not measured yet; C has lost a piece and lies before the grinder; D is not begun."""
    shop = Shop(final=FINAL).stock(100)
    shop.order("A", 5).order("B", 5).order("C", 5).order("D", 5)
    for lot in ("A-VALVE", "B-VALVE"):
        shop.does("mill_1", f"{lot}/10", 5)
        shop.does("grinder_1", f"{lot}/20", 5)
    shop.measure("A-VALVE", leak=1.0, finish=1.0)
    at = {"equipment": "mill_1", "job_order": "C-VALVE/10"}
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(WorkUnitState.EXECUTE), **at))
    shop.tell(CountObserved(effective_us=shop.now_us, good=4, scrap=1, **at))
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(WorkUnitState.COMPLETE), **at))
    columns = ["lot", "material", "in_process", "on_hand", "scrapped", "produced", "place"]
    assert shop.run.lots[columns].to_numpy().tolist() == [
        ["C0", "CASTING", 0, 85, 0, 0, "stock"],
        ["A-VALVE", "VALVE", 0, 0, 0, 5, "stock"],
        ["B-VALVE", "VALVE", 0, 5, 0, 5, "stock"],
        ["C-VALVE", "VALVE", 4, 0, 1, 0, "rack"],
        ["D-VALVE", "VALVE", 0, 0, 0, 0, ""],
    ]
    assert shop.run.erp.stock_rows()[1].on_hand == 5, "the ERP has the same finished goods"


def test_the_mass_balance_of_a_lot_has_all_its_parts(shop: Shop) -> None:
    balance = shop.run.mass_balance("L-P1")
    assert [(it.side, it.what, it.quantity) for it in balance.parts] == [
        ("came in", "received", 20), ("went out", "went into others", 7), ("there", "in stock", 13),
    ]  # fmt: skip
    assert balance.holds
    assert str(balance) == (
        "L-P1 (CASTING, piece): came in 20 (received 20) = went out 7 (went into others 7) + scrap 0 + there 13 (in stock 13)"
    )
    assert shop.is_the_same_from_every_source(lambda run: run.mass_balance("L-P1"))


def test_the_mass_balance_of_a_request_knows_scrap_rework_and_what_its_bill_asked_for() -> None:
    shop = Shop().stock(100).order("A", 12)  # lots of 5, 5 and 2
    at = {"equipment": "mill_1", "job_order": "A-VALVE.1/10"}
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(WorkUnitState.EXECUTE), **at))
    shop.tell(CountObserved(effective_us=shop.now_us, good=3, scrap=2, **at))
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(WorkUnitState.COMPLETE), **at))
    shop.does("mill_1", "A-VALVE.2/10", 5)
    shop.does("grinder_1", "A-VALVE.2/20", 5)
    balance = shop.run.mass_balance("A-VALVE")
    assert {it.what: it.quantity for it in balance.parts} == {"begun": 10, "scrapped in process": 2, "in process": 3, "in stock": 5}
    assert balance.holds
    assert balance.components.to_dict("records") == [
        {"component": "CASTING", "unit": "piece", "asked": 10, "taken": 10, "still_to_take": 0}
    ]


def test_what_customers_sent_back_is_traced_into_the_lot_it_came_back_as(shop: Shop) -> None:
    shop.tell(GoodsTakenBack(effective_us=shop.now_us, order="A", lot="BACK", material="VALVE", quantity=2))
    assert "BACK" in [it.into for it in shop.run.trace("C0").forward]
    recall = shop.run.recall("C0")
    assert [(it.order, it.quantity, it.came_back) for it in recall.customers] == [("A", 5, 2)]
    assert [(it.lot, it.quantity) for it in recall.in_house] == [("BACK", 2)]
    assert shop.run.mass_balance("BACK").holds
    assert shop.is_the_same_from_every_source(traced("BACK"), lambda run: run.recall("C0").summary())


@pytest.mark.slow
def test_every_lot_of_a_simulated_week_balances_and_is_reached_from_both_sides(gearbox_week: twin.Run) -> None:
    tracking = gearbox_week.mes.tracking
    wrong = [str(it) for it in map(gearbox_week.mass_balance, tracking.lots) if not it.holds]
    assert wrong == []
    assert all(gearbox_week.mass_balance(name).holds for name in gearbox_week.mes.requests)
    shipped = {entry.event.lot for entry in gearbox_week.journal if isinstance(entry.event, GoodsShipped)}
    assert shipped
    for lot in shipped:
        for before in {it.lot for it in gearbox_week.trace(lot).backward}:
            assert lot in gearbox_week.recall(before).table["lot"].tolist()


def test_a_trace_shows_itself_in_a_notebook_and_as_text(shop: Shop) -> None:
    trace = shop.run.trace("A-VALVE")
    assert "<td style='text-align:left;white-space:pre-wrap'>C0</td>" in trace._repr_html_()
    assert "Where all of it is now" in str(trace)
    assert repr(trace) == "<LotTrace of A-VALVE: 2 links backward, 0 forward; print it>"
    assert trace.summary()["balance"]["holds"]


def test_names_that_are_not_there_are_refused_with_the_next_best(shop: Shop) -> None:
    for ask in (shop.run.trace, shop.run.mass_balance, shop.run.recall):
        with pytest.raises(ValueError, match=r"no lot 'A-VALV' \(did you mean 'A-VALVE'\?\)"):
            ask("A-VALV")


def test_what_is_held_and_measured_is_a_stage_too() -> None:
    shop = Shop(final=FINAL).stock(5).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    assert [(it.standing, it.detail) for it in shop.run.trace("A-VALVE").where] == [("in stock", "held: final is not measured yet")]
    shop.measure("A-VALVE", leak=1.0, finish=1.0)
    said = [(it.stage, it.detail) for it in shop.run.trace("A-VALVE").stages]
    assert ("held", "final is not measured yet") in said
    assert ("measured", "leak 1") in said
    assert ("inspected", "final: passed") in said
    assert shop.is_the_same_from_every_source(traced("A-VALVE"))
