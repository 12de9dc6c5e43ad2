"""Picking: first expired first out, waves, what persons say otherwise, and reservations that nobody has twice."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from tests.known_answers import CASES
from tests.rooms.erp.small_shop import DAY_US, HOUR_US, START_US
from tests.rooms.warehouse.stored_shop import ANNA, comes, held, lying, refusals, shipped, shop, wanted
from twin.model import events as e

CASE = CASES["wms-01-fefo"]


def at_us(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()) * 1_000_000


def expiry(lot: str, expires_us: int, when_us: int = START_US, material: str = "paint") -> e.LotExpirySet:
    return e.LotExpirySet(effective_us=when_us, material=material, lot=lot, expires_us=expires_us, **ANNA)


def test_first_expired_first_out_as_the_case_has_it():
    """Case wms-01-fefo: the lot that expires first is in quarantine, and is left where it lies."""
    carried, _ = shop()
    lots = CASE["given"]["lots"]
    carried.round(*(comes("paint", it["id"], it["q"]) for it in lots))
    carried.round(*(expiry(it["id"], at_us(it["exp"])) for it in lots))
    carried.round(*(held("paint", it["id"]) for it in lots if it.get("status") == "quarantine"))
    assert shipped(carried.round(wanted("O1", "paint", CASE["given"]["pick"]))) == CASE["then"]["pick"]


def test_first_in_first_out_where_nothing_else_is_declared():
    carried, _ = shop(materials={})
    carried.round(comes("paint", "B", 40))
    carried.round(comes("paint", "A", 40, START_US + HOUR_US), expiry("A", START_US + DAY_US, START_US + HOUR_US))
    assert shipped(carried.round(wanted("O1", "paint", 60, START_US + 2 * HOUR_US))) == [{"B": 40}, {"A": 20}]


def test_a_lot_expires_by_its_shelf_life_is_held_then_and_a_later_date_frees_it():
    carried, warehouse = shop()
    carried.round(comes("paint", "P1", 40))
    assert warehouse.contents.expires_us["paint", "P1"] == START_US + 90 * DAY_US
    after = START_US + 91 * DAY_US
    followed = carried.round(e.Heartbeat(effective_us=after, reason="clock"))
    (hold,) = [it for it in followed if isinstance(it, e.LotDispositionChanged)]
    assert (hold.disposition, hold.reason) == ("Restricted", "expired Sun 31 May, 00:00")
    assert shipped(carried.round(wanted("O1", "paint", 5, after, 200 * DAY_US))) == []
    assert shipped(carried.round(expiry("P1", after + DAY_US, after))) == [{"P1": 5}]


@pytest.mark.slow
def test_what_is_held_for_another_reason_too_is_not_freed_by_a_later_expiry():
    carried, warehouse = shop()
    carried.round(comes("paint", "P1", 40), held("paint", "P1"), expiry("P1", START_US))
    assert ("paint", "P1") in warehouse.expired
    followed = carried.round(expiry("P1", START_US + 9 * DAY_US, START_US + HOUR_US))
    assert not [it for it in followed if isinstance(it, e.LotDispositionChanged)]
    assert ("paint", "P1") in carried.erp.stock.held


def reserve(order: str, quantity: int, hour: int = 2) -> e.StockReserved:
    at = START_US + hour * HOUR_US
    return e.StockReserved(effective_us=at, order=order, material="motor", lot="M1", bin="near", quantity=quantity, **ANNA)


def test_what_is_reserved_is_reserved_once_and_a_second_one_is_told_for_whom():
    """The order that is due first gets nothing of what is kept for the other."""
    carried, warehouse = shop()
    carried.round(wanted("LATE", "motor", 10, due_us=20 * DAY_US), wanted("SOON", "motor", 20, due_us=2 * DAY_US))
    assert "no customer order 'NONE' is open" in refusals(carried.round(comes("motor", "M1", 12), reserve("NONE", 1)))[0]
    assert refusals(carried.round(reserve("LATE", 8))) == []
    (reason,) = refusals(carried.round(reserve("SOON", 5)))
    assert reason == "12 of lot 'M1' of 'motor' lie in bin 'near', reserved 8 for 'LATE'; allowed: 4 or fewer"
    moved = e.BinTransferred(
        effective_us=START_US + 3 * HOUR_US, material="motor", lot="M1", quantity=5, from_bin="near", bin="far", **ANNA
    )
    assert "reserved 8 for 'LATE'; allowed: 4 or fewer" in refusals(carried.round(moved))[0]
    assert shipped(carried.round(reserve("LATE", 2, 4))) == [{"M1": 10}]
    assert warehouse.contents.reservations.kept == {}


def test_what_is_given_back_is_free_for_others():
    carried, warehouse = shop()
    carried.round(wanted("LATE", "motor", 10, due_us=20 * DAY_US), comes("motor", "M1", 6))
    carried.round(reserve("LATE", 6))
    back = e.ReservationReleased(
        effective_us=START_US + 3 * HOUR_US, order="LATE", material="motor", lot="M1", bin="near", quantity=7, **ANNA
    )
    assert refusals(carried.round(back)) == ["6 of it are reserved for order 'LATE'; allowed: 6 or fewer"]
    carried.round(
        e.ReservationReleased(effective_us=START_US + 3 * HOUR_US, order="LATE", material="motor", lot="M1", bin="near", quantity=6, **ANNA)
    )
    assert warehouse.contents.reservations.kept == {}


def test_a_reservation_that_is_lost_is_told():
    carried, _ = shop()
    carried.round(wanted("LATE", "motor", 10, due_us=20 * DAY_US), comes("motor", "M1", 6))
    carried.round(reserve("LATE", 6))
    lost = e.MaterialActual(effective_us=START_US + 3 * HOUR_US, material="motor", lot="M1", quantity=2, use="Scrapped")
    (alert,) = [it for it in carried.round(lost) if isinstance(it, e.WorkAlertRaised)]
    assert alert.alert == "reservation_lost"
    assert "2 of lot 'M1' of 'motor' in bin 'near' were scrapped" in alert.message


def test_waves_release_what_is_ready_together_at_their_times_of_day():
    carried, warehouse = shop(waves=["10:00", "14:00"])
    carried.round(comes("motor", "M1", 40), wanted("O1", "motor", 3))
    carried.round(wanted("O2", "motor", 4, START_US + 9 * HOUR_US))
    assert not warehouse.contents.pick_lists.all
    followed = carried.round(e.Heartbeat(effective_us=START_US + 10 * HOUR_US, reason="clock"))
    assert [(it.order, it.wave) for it in followed if isinstance(it, e.PickListReleased)] == [("O1", "W-1"), ("O2", "W-1")]
    assert shipped(carried.round(wanted("O3", "motor", 5, START_US + 11 * HOUR_US))) == []
    assert shipped(carried.round(e.Heartbeat(effective_us=START_US + 15 * HOUR_US, reason="clock"))) == [{"M1": 5}]


def picked(quantity: int, lot: str, bin_name: str, hour: int, **said: object) -> e.Picked:
    it = {"pick_list": "PL-1", "material": "motor", "lot": lot, "quantity": quantity, "bin": bin_name, **ANNA, **said}
    return e.Picked(effective_us=START_US + hour * HOUR_US, **it)  # type: ignore[arg-type]


def test_persons_pick_and_may_take_another_lot_than_the_list_says():
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    carried.round(comes("motor", "M2", 10, START_US + 2 * HOUR_US))
    assert refusals(carried.round(picked(9, "M1", "dock", 3))) == ["pick list 'PL-1' asks for 8 more of 'motor'; allowed: 8 or fewer"]
    assert shipped(carried.round(picked(5, "M2", "dock", 3))) == []
    assert lying(warehouse, "motor") == {"dock": {"M1": 10, "M2": 5}, "gate": {"M2": 5}}
    assert warehouse.contents.reservations.free(("dock", "motor", "M1")) == 7
    assert shipped(carried.round(picked(3, "M1", "dock", 4))) == [{"M2": 5}, {"M1": 3}]
    assert "is shipped" in refusals(carried.round(picked(1, "M1", "dock", 5)))[0]
    assert warehouse.contents.reservations.kept == {}


def test_what_is_on_a_list_and_lost_is_picked_anew_and_what_was_picked_stays():
    carried, _ = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), comes("motor", "M2", 10), wanted("O1", "motor", 8))
    carried.round(picked(3, "M1", "dock", 2))
    lost = e.MaterialActual(effective_us=START_US + 3 * HOUR_US, material="motor", lot="M1", quantity=6, use="Scrapped")
    followed = carried.round(lost)
    (cancelled,) = [it for it in followed if isinstance(it, e.PickListCancelled)]
    assert cancelled.reason == "4 of lot 'M1' of 'motor' in bin 'dock' were scrapped"
    (anew,) = [it for it in followed if isinstance(it, e.PickListReleased)]
    assert sorted(anew.lines) == [("dock", "motor", "M1", 1), ("dock", "motor", "M2", 4), ("gate", "motor", "M1", 3)]


def test_units_with_serial_numbers_are_known_one_by_one_up_to_their_customer():
    carried, warehouse = shop(moves="persons", materials={"motor": {"serial_numbers": True}})
    carried.round(comes("motor", "M1", 4), wanted("O1", "motor", 3))
    units = warehouse.contents.serials.units
    assert list(units) == ["M1-00001", "M1-00002", "M1-00003", "M1-00004"]
    assert "unit M1-00009 is not in bin 'dock'" in refusals(carried.round(picked(1, "M1", "dock", 2, serial_numbers=("M1-00009",))))[0]
    two = ("M1-00002", "M1-00004")
    assert "2 serial numbers are named for 1 units" in refusals(carried.round(picked(1, "M1", "dock", 2, serial_numbers=two)))[0]
    carried.round(picked(2, "M1", "dock", 3, serial_numbers=two))
    assert {name for name, it in units.items() if it.bin == "gate"} == set(two)
    carried.round(picked(1, "M1", "dock", 4))
    gone = {name for name, it in units.items() if it.standing == "shipped" and it.order == "O1"}
    assert gone == {"M1-00001", "M1-00002", "M1-00004"}
    assert units["M1-00003"].bin == "dock"


def test_what_is_shipped_past_its_list_makes_a_new_list_of_the_rest():
    carried, _ = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    past = e.GoodsShipped(effective_us=START_US + 2 * HOUR_US, order="O1", customer="acme", material="motor", lot="M1", quantity=3)
    followed = carried.round(past)
    assert [it.reason for it in followed if isinstance(it, e.PickListCancelled)] == ["3 of lot 'M1' were shipped past it"]
    assert [it.lines for it in followed if isinstance(it, e.PickListReleased)] == [(("dock", "motor", "M1", 5),)]
    assert shipped(carried.round(picked(5, "M1", "dock", 3, pick_list="PL-2"))) == [{"M1": 5}]


def test_an_order_that_may_ship_in_parts_is_picked_in_parts():
    carried, warehouse = shop()
    ordered = dataclasses.replace(wanted("O1", "motor", 8), partial="allowed")
    assert shipped(carried.round(comes("motor", "M1", 5), ordered)) == [{"M1": 5}]
    assert shipped(carried.round(comes("motor", "M2", 9, START_US + 3 * HOUR_US))) == [{"M2": 3}]
    assert [it.standing for it in warehouse.contents.pick_lists.all.values()] == ["shipped", "shipped"]


def test_a_lot_that_is_larger_than_anybody_numbers_has_no_numbers():
    carried, warehouse = shop(materials={"motor": {"serial_numbers": True}})
    carried.round(comes("motor", "M1", 10**8))
    assert not warehouse.contents.serials.units


@pytest.mark.parametrize(("kind", "why"), [("held", "lot 'M1' is held"), ("expired", "lot 'M1' has expired")])
def test_what_may_not_be_used_any_more_is_picked_by_nobody_and_another_lot_takes_its_place(kind: str, why: str):
    carried, _ = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    carried.round(comes("motor", "M2", 10, START_US + 2 * HOUR_US))
    carried.round(picked(3, "M1", "dock", 3))
    at = START_US + 4 * HOUR_US
    followed = carried.round(held("motor", "M1", at) if kind == "held" else expiry("M1", at, at, "motor"))
    assert [it.reason for it in followed if isinstance(it, e.PickListCancelled)] == [why]
    assert [it.lines for it in followed if isinstance(it, e.PickListReleased)] == [(("dock", "motor", "M2", 8),)]
    assert refusals(carried.round(picked(1, "M1", "dock", 5, pick_list="PL-2"))) == [why]


def test_what_is_held_while_it_waits_for_its_customer_does_not_leave():
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 10), wanted("O1", "motor", 8))
    followed = carried.round(picked(8, "M1", "dock", 2), held("motor", "M1", START_US + 2 * HOUR_US))
    assert shipped(followed) == []
    assert lying(warehouse, "motor") == {"dock": {"M1": 2}, "gate": {"M1": 8}}
    free = e.LotDispositionChanged(effective_us=START_US + 3 * HOUR_US, material="motor", lot="M1", disposition="UnRestricted")
    (anew,) = [it for it in carried.round(free) if isinstance(it, e.PickListReleased)]
    assert anew.lines == (("gate", "motor", "M1", 8),)
