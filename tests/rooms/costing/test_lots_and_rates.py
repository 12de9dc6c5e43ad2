"""Variances of lots that are larger or smaller than the costing lot, and of machines that cost more or less than the mean."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import HOUR_US, ITEMS, LAYOUT, START_US, Carried, job, material_actual, plant, response
from tests.rooms.valuation.test_variances import adds_up
from twin.erp import Erp
from twin.erp.rows import RequestCostRow
from twin.model.events import EquipmentActual, OperationsEvent, OperationsRequestReleased, PersonnelActual
from twin.model.scenario import Policies

NOON_US = START_US + 12 * HOUR_US
PRESSES, PRESSERS = {"press_1": 30, "press_2": 50}, {"dear": 50, "cheap": 30}
Lot = tuple[int, str, str]
"""How many, on which press, by whom."""


def shop() -> Carried:
    """Pressed in 6 min each after an hour of set-up, an hour in an oven whatever there is in it; standards are of lots of ten."""
    unit = {"work_center": "cutting", "equipment_class": "press", "power": {"setup": "1 kW", "execute": "12 kW"}}
    layout = {
        **LAYOUT,
        "work_units": {
            **{name: {**unit, "hourly_cost": f"{rate} EUR/h"} for name, rate in PRESSES.items()},
            "oven": {"equipment_class": "oven", "work_center": "assembly", "hourly_cost": "10 EUR/h"},
        },
        "setups": {"press": {"same": "1 h", "default": "1 h"}},
        "persons": {name: {"classes": ["cutter"], "calendar": "early", "hourly_cost": f"{rate} EUR/h"} for name, rate in PRESSERS.items()},
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}, "baking": {"work_center": "assembly"}},
        "routings": {
            "unit": {
                "press": {"segment": "pressing", "run": "6 min", "setup_family": "small"},
                "bake": {"segment": "baking", "run": "1 h", "per": "lot"},
            }
        },
    }
    items = {
        "materials": {
            "part": {"kind": "purchased", "standard_cost": "5 EUR"},
            "unit": {"kind": "finished", "costing_lot": 10, "bill": [{"material": "part", "quantity": 1}]},
        },
        "suppliers": ITEMS["suppliers"],
        "overheads": {"rent": {"per": "machine_hour", "rate": "12 EUR"}},
    }
    return Carried(Erp(plant(layout, items), Policies()))


def worked(number: int, lot: Lot) -> list[OperationsEvent]:
    """A lot of the request, in exactly the time that is planned for it."""
    pieces, press, person = lot
    spent = {"effective_us": NOON_US, "request": "R"}
    pressed, baked = f"R.{number}/press", f"R.{number}/bake"
    found: list[OperationsEvent] = []
    for name, operation in ((pressed, "press"), (baked, "bake")):
        found.append(replace(job(NOON_US, "R", operation, "unit", pieces), job_order=name))
    run_us = pieces * HOUR_US // 10
    return [
        *found,
        EquipmentActual(**spent, equipment=press, job_order=pressed, setup_us=HOUR_US, run_us=run_us, energy_wh=1_000 + pieces * 1_200),
        PersonnelActual(**spent, person=person, job_order=pressed, work_us=HOUR_US + run_us),
        EquipmentActual(**spent, equipment="oven", job_order=baked, run_us=HOUR_US),
    ]


def made(lots: list[Lot], lost: int = 0) -> tuple[Carried, RequestCostRow]:
    """A request in these lots, of which so many pieces are lost in the oven; all parts as planned."""
    carried, quantity = shop(), sum(pieces for pieces, *_ in lots)
    carried.start(part=quantity)
    carried.round(OperationsRequestReleased(effective_us=NOON_US, request="R", material="unit", quantity=quantity, due_us=NOON_US))
    carried.round(material_actual(NOON_US, "Consumed", "part", quantity, request="R", lot="open-part"))
    carried.round(*(event for number, lot in enumerate(lots) for event in worked(number, lot)))
    if lost:
        scrapped = material_actual(NOON_US, "Scrapped", "unit", lost, request="R")
        carried.round(replace(scrapped, job_order="R.0/bake"))
    carried.round(
        material_actual(NOON_US, "Produced", "unit", quantity - lost, request="R"),
        response(NOON_US, "R", "unit", good=quantity - lost, scrap=lost),
    )
    (cost,) = carried.erp.request_costs()
    return carried, cost


def test_a_large_lot_saves_set_ups_and_a_dear_machine_costs_more() -> None:
    """Twenty at once and five: 2 lots for 2.5 that are planned. A set-up costs an hour of a press at 40.00, of a person at 40.00, of rent
    at 12.00, and 1 kWh at 0.20: 92.20; an hour of the oven 10.00 and rent. All is pressed on the dear press by who is cheap: 4.5 h."""
    carried, cost = made([(20, "press_2", "cheap"), (5, "press_2", "cheap")])
    assert cost.lot_size_minor == -(9_220 + 2_200) // 2
    assert (cost.machine_rate_minor, cost.labour_rate_minor) == (4_500, -4_500)
    told = {it.kind: it.amount_minor for it in carried.erp.variances() if it.request == "R"}
    assert told == {"lot size": -5_710, "machine rate": 4_500, "labour rate": -4_500}
    assert cost.variance_minor == -5_710, "that is all there is"
    assert adds_up(carried.erp)


@settings(deadline=None, max_examples=25)
@given(
    lots=st.lists(st.tuples(st.integers(1, 40), st.sampled_from([*PRESSES]), st.sampled_from([*PRESSERS])), min_size=1, max_size=4),
    lost=st.integers(0, 1),
)
def test_who_works_as_planned_is_efficient_whatever_the_lots(lots: list[Lot], lost: int) -> None:
    """And all variances together are what was paid less what was planned for what came out."""
    carried, cost = made(lots, lost)
    pieces, hours = sum(it for it, *_ in lots), [(1 + Fraction(it, 10), press, person) for it, press, person in lots]
    assert cost.lot_size_minor == pytest.approx((len(lots) - pieces / 10) * (9_220 + 2_200), abs=1)
    assert cost.machine_rate_minor == sum(it * (PRESSES[press] - 40) * 100 for it, press, _ in hours)
    assert cost.labour_rate_minor == sum(it * (PRESSERS[person] - 40) * 100 for it, _, person in hours)
    efficiency = (
        cost.labour_efficiency_minor, cost.machine_efficiency_minor, cost.energy_usage_minor, cost.overhead_efficiency_minor,
        cost.material_usage_minor, cost.energy_price_minor,
    )  # fmt: skip
    assert max(map(abs, efficiency)) <= 1
    paid = cost.material_minor + cost.labour_minor + cost.machine_minor + cost.energy_minor + cost.overhead_minor
    planned = cost.produced_minor + cost.scrap_minor
    parts = (cost.lot_size_minor, cost.machine_rate_minor, cost.labour_rate_minor, *efficiency, cost.rounding_minor)
    assert sum(parts) == paid - planned == cost.variance_minor
    assert abs(cost.rounding_minor) <= 4 * pieces, "standards are whole cents for each piece"
    assert adds_up(carried.erp)
