"""Cycle counts: by ABC class, differences on the books, and what that says of the records."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, START_US
from tests.rooms.warehouse.stored_shop import ANNA, comes, lying, refusals, shop, wanted
from twin.erp.warehouse.counting import inventory_classes
from twin.model import events as e
from twin.model.warehouse.declared import CountedClass, CycleCounts

EVERY = {"a": {"share": 0.8, "every": "2 d"}, "b": {"share": 0.15, "every": "4 d"}, "c": {"every": "30 d"}}
SHARES = CycleCounts(
    a=CountedClass(share=0.8, every="2 d"),  # type: ignore[arg-type]
    b=CountedClass(share=0.15, every="4 d"),  # type: ignore[arg-type]
    c=CountedClass(every="30 d"),  # type: ignore[arg-type]
)


def counted(material: str, lot: str, bin_name: str, quantity: int, at_us: int = START_US + HOUR_US) -> e.BinCounted:
    return e.BinCounted(effective_us=at_us, material=material, lot=lot, bin=bin_name, quantity=quantity, **ANNA)


def test_a_difference_is_posted_and_lies_in_the_bin_where_it_was_found():
    carried, warehouse = shop()
    carried.round(comes("motor", "M1", 60))
    assert lying(warehouse, "motor") == {"near": {"M1": 50}, "far": {"M1": 10}}
    followed = carried.round(counted("motor", "M1", "near", 47))
    (posted,) = [it for it in followed if isinstance(it, e.JournalPosted)]
    assert dict(posted.legs) == {"raw_material": -3 * 8000, "inventory_difference": 3 * 8000}
    assert lying(warehouse, "motor") == {"near": {"M1": 47}, "far": {"M1": 10}}
    carried.round(counted("motor", "M1", "far", 12, START_US + 2 * HOUR_US))
    assert lying(warehouse, "motor") == {"near": {"M1": 47}, "far": {"M1": 12}}
    assert carried.erp.stock.lot_quantity("motor", "M1") == 59


def test_what_was_found_in_another_bin_was_brought_there_and_costs_nothing():
    carried, warehouse = shop()
    carried.round(comes("motor", "M1", 60))
    followed = carried.round(counted("motor", "M1", "near", 46), counted("motor", "M1", "far", 14))
    assert [type(it) for it in followed] == [e.BinTransferred]
    assert lying(warehouse, "motor") == {"near": {"M1": 46}, "far": {"M1": 14}}


def test_what_was_found_elsewhere_is_not_kept_any_more_where_it_was_missed():
    carried, warehouse = shop()
    carried.round(comes("motor", "M1", 60), wanted("O1", "motor", 70))
    at = START_US + HOUR_US
    carried.round(e.StockReserved(effective_us=at, order="O1", material="motor", lot="M1", bin="near", quantity=50, **ANNA))
    followed = carried.round(counted("motor", "M1", "near", 46), counted("motor", "M1", "far", 14))
    assert [type(it) for it in followed] == [e.BinTransferred, e.WorkAlertRaised]
    assert warehouse.contents.reservations.kept == {("near", "motor", "M1"): {"O1": 46}}


def test_what_is_counted_twice_before_it_is_posted_is_posted_once():
    carried, _ = shop()
    carried.round(comes("motor", "M1", 40))
    carried.round(counted("motor", "M1", "near", 30), counted("motor", "M1", "near", 35))
    assert carried.erp.stock.on_hand["motor"] == 35


def test_what_leaves_at_the_instant_of_a_count_leaves_first():
    """A count says how much of a lot there is in all, and that is less once some of it has left."""
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    at = START_US + 2 * HOUR_US
    pick = e.Picked(effective_us=at, pick_list="PL-1", material="motor", lot="M1", quantity=8, bin="dock", **ANNA)
    carried.round(pick, counted("motor", "M1", "dock", 1, at))
    assert carried.erp.stock.on_hand["motor"] == 1
    assert lying(warehouse, "motor") == {"dock": {"M1": 1}}


def test_a_count_that_leaves_less_than_is_kept_for_an_order_cancels_its_list():
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    followed = carried.round(counted("motor", "M1", "dock", 5, START_US + 2 * HOUR_US))
    assert [it.reason for it in followed if isinstance(it, e.PickListCancelled)] == [
        "3 of lot 'M1' of 'motor' in bin 'dock' were not found in a count"
    ]
    assert warehouse.contents.reservations.kept == {}


def test_what_was_missing_earlier_goes_out_of_the_bin_that_is_named():
    """Of 40 motors 4 were missing in `far` an hour ago, and so they are now; in a bin where none lie none can be missing."""
    carried, warehouse = shop()
    carried.round(comes("motor", "M1", 60))
    before = lying(warehouse, "motor")
    told: dict[str, Any] = {"effective_us": START_US, "recorded_us": START_US + HOUR_US, "material": "motor", "lot": "M1", **ANNA}
    gone = e.StockWrittenOff(**told, quantity=4, reason="stolen", bin="far")
    wrong = e.StockWrittenOff(**told, quantity=4, reason="stolen", bin="dock")
    assert "4 of lot 'M1' out of bin 'dock', where 0 lie; allowed" in refusals(carried.round(wrong))[0]
    assert refusals(carried.round(gone)) == []
    assert lying(warehouse, "motor") == {**before, "far": {"M1": before["far"]["M1"] - 4}}
    assert carried.erp.stock.on_hand["motor"] == 56
    carried.round(e.Heartbeat(effective_us=START_US + 2 * HOUR_US, reason="clock"))
    assert carried.erp.violations() == []


def test_more_than_a_bin_holds_is_not_found_in_it():
    carried, _ = shop()
    carried.round(comes("motor", "M1", 40))
    assert "bin 'near' has 50 places, 40 of them taken; allowed: 10" in refusals(carried.round(counted("motor", "M1", "near", 51)))[0]


def test_materials_are_counted_as_often_as_their_class_says():
    carried, warehouse = shop(cycle_counts=EVERY)
    carried.round(comes("motor", "M1", 40), comes("paint", "P1", 40), comes("screw", "S1", 40))
    carried.round(wanted("O1", "motor", 5), wanted("O2", "paint", 10))
    assert warehouse.classes() == {"motor": "A", "paint": "B"}
    asked: list[tuple[int, str, str]] = []
    for day in range(1, 9):
        at_us = START_US + day * DAY_US
        for it in carried.round(e.Heartbeat(effective_us=at_us, reason="clock")):
            if isinstance(it, e.CycleCountRequested):
                asked.append((day, it.material, it.inventory_class))
                carried.round(*(counted(it.material, lot, bin_name, 30, at_us) for bin_name, lot in it.places))
    assert asked == [(2, "motor", "A"), (4, "motor", "A"), (4, "paint", "B"), (6, "motor", "A"), (8, "motor", "A"), (8, "paint", "B")]
    accurate = [it.found == it.expected for it in warehouse.contents.counting.places]
    assert accurate.count(True) == len(accurate) - 1 == 5  # 35 motors were thought to be there the first time


@given(values=st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 10**6)))
def test_classes_go_by_value_and_a_is_no_more_than_it_takes(values):
    classes = inventory_classes(values, SHARES)
    ranked = sorted(values, key=lambda name: (-values[name], name))
    letters = [classes[name] for name in ranked if values[name]]
    assert letters == sorted(letters)
    total = sum(values.values())
    in_a = [values[name] for name in values if classes[name] == "A"]
    if total:
        assert sum(in_a) >= 0.8 * total or set(letters) == {"A"} or in_a
        assert sum(in_a) - min(in_a) < 0.8 * total
    assert all(classes[name] == "C" for name in values if not values[name])
