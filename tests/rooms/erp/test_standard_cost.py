"""The standard cost roll-up, by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.rooms.erp.small_shop import ITEMS, LAYOUT, START_US, Carried, balances, of_type, plant, small_erp
from twin.erp.accounting.standard_cost import CostRollUp
from twin.erp.bills import Bills
from twin.model.events import Heartbeat, StandardCostReleased, StockCounted


def elements(layout: dict[str, Any], items: dict[str, Any] = ITEMS) -> dict[str, tuple[int, int, int, int]]:
    """(material, labour, machine, energy) of each material, minor units for its `price_per`."""
    shop = plant(layout, items)
    released = CostRollUp(shop, Bills(shop.materials)).released
    return {m: (r.material_minor, r.labour_minor, r.machine_minor, r.energy_minor) for m, r in released.items()}


def with_routing(**steps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {**LAYOUT, "routings": {**LAYOUT["routings"], **steps}}


def test_the_roll_up_adds_bill_and_routing_over_all_levels() -> None:
    """Gear: 333 g at 3.20/kg; 7 min at 60/h and 12 kW. Gearbox: two gears, a housing, 30 min of a fitter at 40/h and a bench at 6/h."""
    assert elements(LAYOUT) == {
        "steel": (320, 0, 0, 0),
        "housing": (4_199, 0, 0, 0),
        "gear": (107, 0, 700, 28),
        "gearbox": (2 * 107 + 4_199, 2_000, 2 * 700 + 300, 2 * 28),
    }


def test_a_set_up_counts_with_the_mean_over_the_families_and_is_spread_over_the_lot() -> None:
    """Two families 30 min apart: 15 min a lot of 10; the cutter (mean of 30 and 40 an hour) stays for the set-up alone."""
    layout = with_routing(
        gear={
            "hob": {"segment": "hobbing", "run": "6 min", "setup_family": "small"},
            "again": {"segment": "hobbing", "run": "1 min", "setup_family": "large"},
        }
    )
    labour = 2 * Fraction(15, 600) * 3_500
    machine = (2 * Fraction(15, 600) + Fraction(7, 60)) * 6_000
    energy = (2 * Fraction(15, 600) * 1 + Fraction(7, 60) * 12) * 20
    assert elements(layout)["gear"] == (107, round(labour), round(machine), round(energy))


def test_a_costing_lot_takes_the_place_of_the_lot_size() -> None:
    """20 min a lot: of 10 pieces, 2 min each; of the 4 that customers order as a rule, 5 min each."""
    routing = {"deburr": {"segment": "deburring", "run": "20 min", "per": "lot"}}
    gear = {**ITEMS["materials"]["gear"], "costing_lot": 4}
    assert elements(with_routing(gear=routing))["gear"] == (107, 0, 200, 8)
    items = {**ITEMS, "materials": {**ITEMS["materials"], "gear": gear}}
    assert elements(with_routing(gear=routing), items)["gear"] == (107, 0, 500, 20)


def test_a_run_time_per_lot_is_spread_over_the_lot() -> None:
    gear = elements(with_routing(gear={"deburr": {"segment": "deburring", "run": "60 min", "per": "lot"}}))["gear"]
    assert gear == (107, 0, 600, 24)


def test_a_furnace_is_taken_as_full() -> None:
    """A lot of 10 is one of 4 lots in 2 h at 60/h and 12 kW: 3 an hour a piece."""
    hob = {**LAYOUT["work_units"]["hob_1"], "batch": {"maximum": 4}}
    layout = {
        **with_routing(gear={"heat": {"segment": "deburring", "run": "2 h", "per": "lot"}}),
        "work_units": {**LAYOUT["work_units"], "hob_1": hob},
    }
    assert elements(layout)["gear"] == (107, 0, 300, 12)


def test_equipment_that_can_stand_in_counts_with_its_mean() -> None:
    dear = {**LAYOUT["work_units"]["hob_1"], "hourly_cost": "120 EUR/h"}
    assert elements({**LAYOUT, "work_units": {**LAYOUT["work_units"], "hob_2": dear}})["gear"] == (107, 0, 1_050, 28)


def test_a_line_runs_at_the_pace_of_its_slowest_station() -> None:
    """Transfer lots of 12 every 6 s at the filler (4 s at the capper): 0.5 s a bottle at 72/h = 1 cent."""
    layout = {
        "plant": "bottles",
        "energy_tariff": "0.36 EUR/kWh",
        "storage_units": {"yard": {}},
        "work_centers": {"filling": {"storage": "yard"}},
        "production_lines": {
            "line": {
                "work_center": "filling",
                "hourly_cost": "72 EUR/h",
                "transfer_lot": 12,
                "stations": {
                    "filler": {"cycle": "6 s", "power": {"execute": "200 kW"}},
                    "capper": {"cycle": "4 s", "power": {"execute": "60 kW"}},
                },
            }
        },
        "process_segments": {"fill": {"work_center": "filling"}},
        "routings": {"bottle": {"fill": {"segment": "fill"}}},
    }
    energy = Fraction(200_000 * 6 + 60_000 * 4, 12 * 3600) * Fraction(36, 1000)
    assert elements(layout, {"materials": {"bottle": {"kind": "finished"}}})["bottle"] == (0, 0, 1, round(energy))
    by_hundred = elements(layout, {"materials": {"bottle": {"kind": "finished", "price_per": 100}}})["bottle"]
    assert by_hundred == (0, 0, 100, round(100 * energy))


def test_standards_are_released_at_the_start_components_first() -> None:
    followed = Carried(small_erp()).start()
    order_of_release = [event.material for event in of_type(followed, StandardCostReleased)]
    assert order_of_release.index("steel") < order_of_release.index("gear") < order_of_release.index("gearbox")
    assert len(order_of_release) == 4


def test_a_second_start_releases_only_what_is_new() -> None:
    carried = Carried(small_erp())
    carried.start()
    assert of_type(carried.round(Heartbeat(effective_us=START_US, reason="start")), StandardCostReleased) == []


def test_a_new_standard_revalues_the_stock() -> None:
    carried = Carried(small_erp())
    carried.start(steel=12_345)
    dearer = StandardCostReleased(
        effective_us=START_US, material="steel", quantity=1000, material_minor=400, labour_minor=0, machine_minor=0, energy_minor=0
    )
    carried.round(dearer)
    assert balances(carried.erp) == {"raw_material": 4_938, "opening_equity": -3_950, "stock_revaluation": -988}


def test_stock_counted_before_its_standard_is_valued_when_it_comes() -> None:
    carried = Carried(small_erp())
    carried.round(StockCounted(effective_us=START_US, material="steel", lot="a", quantity=1000))
    assert balances(carried.erp) == {}
    carried.start()
    assert balances(carried.erp) == {"raw_material": 320, "opening_equity": -320}


@pytest.mark.parametrize(("quantity", "expected"), [(0, 0), (1, 0), (2, 1), (1_000, 320), (12_345, 3_950), (-1_000, -320)])
def test_the_value_of_stock_is_the_rounded_standard_of_its_quantity(quantity: int, expected: int) -> None:
    carried = Carried(small_erp())
    carried.start()
    assert carried.erp.standards.value_minor("steel", quantity) == expected
