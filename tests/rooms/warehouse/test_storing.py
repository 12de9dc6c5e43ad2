"""Put away, brought elsewhere, filled again: by rule and by persons, and what makes no sense is refused in words."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, LAYOUT, START_US, Carried, plant
from tests.rooms.warehouse.stored_shop import ANNA, ITEMS, comes, lying, refusals, shop, wanted
from twin.erp import Erp
from twin.model import events as e
from twin.model.scenario import Policies


@pytest.mark.parametrize(
    ("strategy", "lies"),
    [
        ({"put_away": "same_material"}, {"near": {"M1": 30, "M2": 20}, "far": {"M2": 10}}),
        ({"put_away": "nearest_empty"}, {"near": {"M1": 30}, "far": {"M2": 30}}),
        ({"put_away": "fixed_bin", "bin": "far"}, {"far": {"M1": 30, "M2": 30}}),
        ({"put_away": "fixed_bin", "bin": "far", "per_place": 3}, {"far": {"M1": 30, "M2": 30}}),
    ],
)
def test_goods_are_put_away_by_the_strategy_of_their_material(strategy, lies):
    carried, warehouse = shop(materials={"motor": strategy})
    carried.round(comes("motor", "M1", 30))
    carried.round(comes("motor", "M2", 30, START_US + HOUR_US))
    assert lying(warehouse, "motor") == lies


def test_what_fits_nowhere_waits_where_it_came_and_goes_on_when_there_is_room():
    carried, warehouse = shop(materials={"motor": {"put_away": "fixed_bin", "bin": "near", "per_place": 2}})
    carried.round(comes("motor", "M1", 130))
    assert lying(warehouse, "motor") == {"near": {"M1": 100}, "dock": {"M1": 30}}
    carried.round(
        e.BinTransferred(effective_us=START_US + HOUR_US, material="motor", lot="M1", quantity=20, from_bin="near", bin="far", **ANNA)
    )
    assert lying(warehouse, "motor") == {"near": {"M1": 100}, "far": {"M1": 20}, "dock": {"M1": 10}}


def test_a_zone_keeps_out_what_may_not_lie_there():
    carried, warehouse = shop(materials={"motor": {"put_away": "nearest_empty"}})
    carried.round(comes("motor", "M1", 400))
    assert lying(warehouse, "motor") == {"near": {"M1": 50}, "far": {"M1": 100}, "dock": {"M1": 250}}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"bin": "cool"}, "'motor' may not lie in zone 'cold', so not in bin 'cool'; allowed: paint"),
        ({"bin": "line"}, "'motor' may not lie in bin 'line'; allowed there: screw"),
        ({"bin": "nere"}, "no bin 'nere' (did you mean 'near'?)"),
        ({"bin": "gate"}, "nothing is put away in 'gate'"),
        ({"quantity": 60}, "bin 'near' has 50 places, 0 of them taken; allowed: 50 of 'motor' or fewer"),
        ({"quantity": 101, "bin": "far"}, "100 of lot 'M1' of 'motor' lie in bin 'dock'"),
        ({"quantity": 0}, "quantity 0 of 'motor'; allowed: 1 to"),
        ({"material": "moter"}, "no material 'moter' (did you mean 'motor'?)"),
        ({"lot": ""}, "it names no lot"),
        ({"person": "zoe"}, "nobody knows a person 'zoe'"),
        ({"person": "", "terminal": "scanner 1"}, "nobody has signed it"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_nothing_changes(said, words):
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 100))
    put = {"material": "motor", "lot": "M1", "quantity": 10, "bin": "near", **ANNA, **said}
    (reason,) = refusals(carried.round(e.PutAway(effective_us=START_US + HOUR_US, **put)))
    assert words in reason
    assert lying(warehouse, "motor") == {"dock": {"M1": 100}}


def test_persons_put_away_where_they_like_if_the_plant_says_that_persons_do():
    carried, warehouse = shop(moves="persons")
    carried.round(comes("motor", "M1", 100))
    followed = carried.round(e.PutAway(effective_us=START_US + HOUR_US, material="motor", lot="M1", quantity=10, bin="far", **ANNA))
    assert not followed
    assert lying(warehouse, "motor") == {"dock": {"M1": 90}, "far": {"M1": 10}}


def used(quantity: int, hour: int) -> e.MaterialActual:
    """So many screws are lost on the floor."""
    return e.MaterialActual(effective_us=START_US + hour * HOUR_US, material="screw", lot="S1", quantity=quantity, use="Scrapped")


def test_an_empty_container_is_filled_again_and_no_half_one_is_brought():
    kanban = [{"material": "screw", "bin": "line", "kanban": {"containers": 3, "quantity": 10}}]
    carried, warehouse = shop(replenishment=kanban)
    carried.round(comes("screw", "S1", 47))
    assert lying(warehouse, "screw") == {"near": {"S1": 17}, "line": {"S1": 30}}
    carried.round(used(9, 1))
    assert lying(warehouse, "screw")["line"] == {"S1": 21}
    carried.round(used(1, 2))
    assert lying(warehouse, "screw") == {"near": {"S1": 7}, "line": {"S1": 30}}
    carried.round(used(10, 3))
    assert lying(warehouse, "screw") == {"near": {"S1": 7}, "line": {"S1": 20}}


def test_a_bin_is_filled_up_once_no_more_than_its_minimum_is_there():
    levels = [{"material": "screw", "bin": "line", "source": ["near"], "minimum": 5, "maximum": 20}]
    carried, warehouse = shop(replenishment=levels)
    carried.round(comes("screw", "S1", 50))
    assert lying(warehouse, "screw")["line"] == {"S1": 20}
    carried.round(used(14, 1))
    assert lying(warehouse, "screw")["line"] == {"S1": 6}
    carried.round(used(1, 2))
    assert lying(warehouse, "screw")["line"] == {"S1": 20}


def test_stock_that_has_no_bin_to_come_from_is_missing_where_goods_come_and_made_good_there():
    carried, warehouse = shop()
    carried.round(comes("screw", "S1", 5))
    carried.round(used(8, 1))
    assert lying(warehouse, "screw") == {"dock": {"S1": -3}}
    carried.round(comes("screw", "S1", 4, START_US + 2 * HOUR_US))
    assert sum(lying(warehouse, "screw")["line"].values()) == 4


def test_without_a_warehouse_stock_ships_as_it_always_did():
    plain = Carried(Erp(plant({**LAYOUT, "routings": {}}, ITEMS), Policies()))
    plain.round(e.Heartbeat(effective_us=START_US, reason="start"))
    stored, _ = shop()
    told = [
        [type(it) for it in shop_of.round(comes("motor", "M1", 5), wanted("O1", "motor", 3, START_US + HOUR_US, DAY_US))]
        for shop_of in (plain, stored)
    ]
    in_warehouse = (e.PutAway, e.PickListReleased, e.Picked)
    assert [it for it in told[1] if it not in in_warehouse] == told[0]
    assert not set(told[0]) & set(in_warehouse)


def test_a_lot_that_has_no_name_is_put_away_and_shipped_like_any_other():
    carried, warehouse = shop()
    carried.round(comes("motor", "", 5))
    assert lying(warehouse, "motor") == {"near": {"": 5}}
    assert [it.quantity for it in carried.round(wanted("O1", "motor", 3)) if isinstance(it, e.GoodsShipped)] == [3]
