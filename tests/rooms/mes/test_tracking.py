"""Lots, stock first in first out, and genealogy with quantities."""

from __future__ import annotations

from tests.rooms.mes.little_plant import Floor
from twin.mes.tracking.genealogy import Link
from twin.model.events import GoodsShipped, LotCreated, LotMoved, LotSplit, MaterialActual, MaterialIdentified, TestResultRecorded
from twin.model.states import DispatchStatus as D


def consumed(events) -> list[tuple[str, str, int]]:
    return [(e.job_order, e.lot, e.quantity) for e in events if isinstance(e, MaterialActual) and e.use == "Consumed"]


def test_starting_the_first_operation_consumes_the_bill_first_in_first_out():
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 150), floor.delivery("PO-1", "STEEL", 200), floor.delivery("PO-2", "STEEL", 500))
    floor.tell(floor.request("R", "PIN", 4))
    heard = floor.starts("saw_1", "R/10")
    assert consumed(heard) == [("R/10", "open-STEEL", 150), ("R/10", "PO-1", 200), ("R/10", "PO-2", 50)]
    assert {lot.lot: lot.on_hand for lot in floor.mes.tracking.stock("STEEL")} == {"PO-2": 450}
    heard = floor.wait(5).finishes("saw_1", "R/10", 4) + floor.wait(10).starts("mill_1", "R/20")
    assert consumed(heard) == []  # later operations consume nothing
    assert floor.mes.audit(floor.now_us) == []


def test_what_is_missing_at_an_uncommanded_start_is_owed_and_taken_as_it_comes():
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 100), floor.request("A", "PIN", 2), floor.request("B", "PIN", 1))
    assert consumed(floor.starts("saw_1", "A/10")) == [("A/10", "open-STEEL", 100)]
    floor.wait(1).finishes("saw_1", "A/10", 2)
    assert consumed(floor.starts("saw_1", "B/10")) == []
    assert consumed(floor.tell(floor.delivery("PO-1", "STEEL", 150))) == [("A/10", "PO-1", 100), ("B/10", "PO-1", 50)]
    assert consumed(floor.tell(floor.delivery("PO-2", "STEEL", 150))) == [("B/10", "PO-2", 50)]
    assert floor.mes.tracking.on_hand("STEEL") == 100
    assert floor.mes.audit(floor.now_us) == []


def test_two_lots_that_start_together_never_share_the_same_material():
    floor = Floor().all_idle()
    floor.tell(floor.stock("SCREW", 6), floor.delivery("PO-1", "SCREW", 6), floor.stock("PIN", 9))
    floor.tell(floor.request("A", "BOX", 1), floor.request("B", "BOX", 1), floor.request("C", "BOX", 1))
    heard = floor.tell(floor.state("bench_1", 6, "A/10"), floor.state("bench_2", 6, "B/10"))
    screws = [row for row in consumed(heard) if "PIN" not in row[1]]
    assert screws == [("A/10", "open-SCREW", 4), ("B/10", "open-SCREW", 2), ("B/10", "PO-1", 2)]
    assert floor.mes.tracking.available("SCREW") == 4


def test_the_queue_says_which_material_is_missing():
    floor = Floor().all_idle()
    floor.tell(floor.stock("PIN", 2), floor.stock("SCREW", 3), floor.request("R", "BOX", 1))
    assert floor.mes.status("R/10") == (D.PENDING, "SCREW: 3 of 4 there")
    floor.tell(floor.delivery("PO-1", "SCREW", 1))
    assert floor.mes.status("R/10") == (D.READY, "")


def test_a_lot_becomes_stock_with_its_last_operation_and_leaves_by_shipment():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.starts("mill_1", "R/10")
    lot = floor.mes.lots["R"]
    assert (lot.in_process, lot.on_hand, lot.place) == (5, 0, "mill_1")
    floor.wait(5).finishes("mill_1", "R/10", good=4, scrap=1)
    assert (lot.in_process, lot.on_hand, lot.produced, lot.scrapped, lot.place) == (0, 4, 4, 1, "stock")
    floor.tell(GoodsShipped(effective_us=floor.now_us, lot="R", customer="c", material="PLATE", quantity=3))
    assert (lot.on_hand, floor.mes.tracking.on_hand("PLATE")) == (1, 1)
    floor.tell(GoodsShipped(effective_us=floor.now_us, lot="R", customer="c", material="PLATE", quantity=3))
    floor.tell(GoodsShipped(effective_us=floor.now_us, lot="nope", customer="c", material="PLATE", quantity=3))
    assert floor.alerts == ["lot R: 3 shipped, but only 1 were on hand", "lot 'nope' was shipped, and nobody knows it"]
    assert floor.mes.audit(floor.now_us) == []


def test_a_count_of_stock_is_believed():
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 400), floor.request("R", "PIN", 4))
    floor.tell(floor.stock("STEEL", 250))
    assert floor.mes.tracking.on_hand("STEEL") == 250
    floor.tell(floor.stock("STEEL", 300, lot="found"))
    assert consumed(floor.starts("saw_1", "R/10")) == [("R/10", "open-STEEL", 250), ("R/10", "found", 150)]
    assert floor.mes.audit(floor.now_us) == []


def test_what_was_claimed_and_is_then_not_found_is_owed_again():
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 400), floor.request("R", "PIN", 4))
    (started,) = floor.mes.apply(floor.state("saw_1", 6, "R/10"))
    claimed = floor.mes.apply(started)
    floor.tell(floor.stock("STEEL", 250))  # counted in between
    floor.tell(*claimed)
    assert floor.alerts == ["lot open-STEEL: 400 consumed, but only 250 were on hand"]
    assert consumed(floor.tell(floor.stock("STEEL", 200, lot="found"))) == [("R/10", "found", 150)]
    assert floor.mes.audit(floor.now_us) == []


def test_one_lot_made_of_another_is_traced_both_ways():
    """Case gen-01 (Tryton 8.2, lot_trace): produce lot P1 from lot C2."""
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 100, lot="C2"), floor.request("P1", "PIN", 1))
    floor.starts("saw_1", "P1/10")
    assert floor.mes.backward("P1") == [Link(lot="C2", into="P1", quantity=100)]
    assert floor.mes.forward("C2") == [Link(lot="C2", into="P1", quantity=100)]
    assert floor.mes.backward("C2") == floor.mes.forward("P1") == []


def test_genealogy_goes_through_all_levels_and_through_rework():
    floor = Floor().all_idle()
    floor.tell(floor.stock("STEEL", 1000, lot="S"), floor.stock("SCREW", 100, lot="W"), floor.request("PINS", "PIN", 4))
    floor.does("saw_1", "PINS/10", 4)
    floor.does("mill_1", "PINS/20", good=3, rework=1)
    floor.does("mill_1", "PINS.R/20", 1)
    floor.tell(floor.state("oven_1", 6, "PINS/30+PINS.R/30"))
    floor.wait(60).tell(
        floor.count("oven_1", "PINS/30", 3), floor.count("oven_1", "PINS.R/30", 1), floor.state("oven_1", 17), floor.state("oven_1", 4)
    )
    floor.tell(floor.request("BOXES", "BOX", 2))
    floor.does("bench_1", "BOXES/10", 2)
    assert {(link.lot, link.into, link.quantity) for link in floor.mes.backward("BOXES")} == {
        ("PINS", "BOXES", 3), ("PINS.R", "BOXES", 1), ("W", "BOXES", 8), ("PINS", "PINS.R", 1), ("S", "PINS", 400),
    }  # fmt: skip
    assert [(link.into, link.quantity) for link in floor.mes.forward("S")] == [
        ("PINS", 400), ("PINS.R", 1), ("BOXES", 3), ("BOXES", 1),
    ]  # fmt: skip
    assert floor.mes.audit(floor.now_us) == []


def test_scans_moves_and_test_results_belong_to_their_lot():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 1))
    now = {"effective_us": floor.now_us, "lot": "R"}
    floor.tell(MaterialIdentified(**now, equipment="mill_2"))
    assert floor.mes.lots["R"].place == "mill_2"
    floor.tell(LotMoved(**now, place="racks"))
    assert floor.mes.lots["R"].place == "racks"
    floor.tell(TestResultRecorded(**now, characteristic="hole.diameter", value=4.21, unit="mm", lower=4.18, upper=4.26))
    floor.tell(TestResultRecorded(**now, characteristic="hole.diameter", value=4.31, unit="mm", lower=4.18, upper=4.26, passed=False))
    assert [test.value for test in floor.mes.lots["R"].tests] == [4.21, 4.31]
    assert floor.alerts == ["lot R: hole.diameter is 4.31 mm: failed"]


def test_what_concerns_an_unknown_lot_is_an_alert():
    floor = Floor().all_idle()
    now = {"effective_us": floor.now_us}
    floor.tell(
        MaterialIdentified(**now, lot="x", equipment="mill_2"),
        TestResultRecorded(**now, lot="x", characteristic="c", value=1.0),
        MaterialActual(**now, lot="x", use="Consumed", material="STEEL", quantity=1),
        LotSplit(**now, lot="y", from_lot="x", quantity=1),
        LotCreated(**now, lot="found", material="STEEL", quantity=7, place="yard"),
        LotCreated(**now, lot="found", material="STEEL", quantity=7, place="yard"),
    )
    assert floor.alerts == [
        "nobody knows lot 'x'", "a test result for lot 'x', which nobody knows", "nobody knows lot 'x'",
        "1 of lot 'x' cannot go on as 'y'", "lot 'found' exists already",
    ]  # fmt: skip
    assert floor.mes.tracking.on_hand("STEEL") == 7
    floor.tell(MaterialActual(**now, lot="found", use="Scrapped", material="STEEL", quantity=2))
    assert floor.mes.tracking.on_hand("STEEL") == 5
