"""Standards by period: rolled up anew with a month or by a person, stock and work revalued, to the cent, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.erp.small_shop import DAY_US, HOUR_US, LAYOUT, START_US, Carried, balances, labour, material_actual, plant, response
from tests.rooms.valuation.counter import Counter
from tests.rooms.valuation.test_variances import adds_up
from twin.erp import Erp
from twin.model.checks.settlement.expected import expectations
from twin.model.events import (
    EntryRefused,
    GoodsReceived,
    Heartbeat,
    OperationsEvent,
    OperationsRequestReleased,
    OverheadIncurred,
    PurchaseOrderPlaced,
    StandardCostReleased,
    StandardRollUpRequested,
)
from twin.model.events.production import MaterialActualCorrected
from twin.model.scenario import Policies

APRIL_US = START_US + 30 * DAY_US  # Wednesday 2026-04-01
ITEMS: dict[str, Any] = {
    "materials": {
        "part": {"kind": "purchased", "standard_cost": "5 EUR", "supplier": "mill"},
        "unit": {"kind": "finished", "bill": [{"material": "part", "quantity": 2}], "price": "60 EUR"},
        "set": {"kind": "finished", "bill": [{"material": "unit", "quantity": 2}], "price": "150 EUR"},
    },
    "suppliers": {"mill": {"lead_time": "1 d"}},
}


def shop(roll_up: str = "monthly", **expected: Any) -> Carried:
    """Half an hour of anna at 30 an hour makes a unit of two parts: 25.00; two units are a set."""
    layout = {
        **LAYOUT, "setups": {}, "persons": {"anna": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "30 EUR/h"}},
        "work_units": {"press": {"equipment_class": "press", "work_center": "cutting"}},
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}},
        "routings": {"unit": {"press": {"segment": "pressing", "run": "30 min"}}},
    }  # fmt: skip
    april = expected or {"prices": {"part": "6 EUR"}, "hourly_costs": {"anna": "32 EUR/h"}}
    items = {**ITEMS, "standards": {"roll_up": roll_up, "expected": {"2026-04": april}}}
    carried = Carried(Erp(plant(layout, items), Policies()))
    carried.start()
    base = {"effective_us": START_US + DAY_US, "order": "PO1", "supplier": "mill", "material": "part"}
    ordered = PurchaseOrderPlaced(**base, quantity=300, unit_price_minor=500, due_us=START_US + DAY_US)
    carried.round(ordered, GoodsReceived(**base, quantity=100, lot="PO1", unit_price_minor=500))
    carried.round(OperationsRequestReleased(effective_us=START_US + 2 * DAY_US, request="R", material="unit", quantity=10, due_us=APRIL_US))
    carried.round(material_actual(START_US + 3 * DAY_US, "Consumed", "part", 22, request="R", lot="PO1"))
    carried.round(labour(START_US + 3 * DAY_US, "anna", "R", 2 * HOUR_US))
    carried.round(material_actual(START_US + 4 * DAY_US, "Produced", "unit", 4, request="R"))
    return carried


def released(events: list[OperationsEvent]) -> dict[str, int]:
    return {it.material: it.material_minor + it.labour_minor for it in events if isinstance(it, StandardCostReleased)}


def roll_up(at_us: int, person: str = "anna", **about: Any) -> StandardRollUpRequested:
    return StandardRollUpRequested(effective_us=at_us, person=person, terminal="t" if person else "", **about)


def test_a_month_and_the_next_to_the_cent() -> None:
    """March: part 5, unit 25. April: part 6, unit 12 + 16 = 28. There are 78 parts (+78.00), 4 units (+12.00) and in the making what 22
    parts were taken less 8 that are in the 4 units, 14 (+14.00). Then 6 units more: of 22 parts two were too many, at 6 each 12.00. Five
    hours at 30 were paid; at the standard of their month, 2 * 30 + 3 * 32, six less; the standard time is 4 / 2 + 6 / 2 h."""
    carried = shop()
    followed = carried.round(Heartbeat(effective_us=APRIL_US, reason="clock"))
    assert released(followed) == {"part": 600, "unit": 2_800, "set": 5_600}
    now = balances(carried.erp)
    assert (now["raw_material"], now["finished_goods"]) == (78 * 600, 4 * 2_800)
    assert now["stock_revaluation"] == -(78 * 100 + 4 * 300 + 14 * 100)
    assert now["work_in_progress"] == 22 * 500 + 14 * 100 + 2 * 3_000 - 4 * 2_500
    assert carried.erp.evidence.due["stock_revaluation"] == now["stock_revaluation"]
    assert not released(carried.round(Heartbeat(effective_us=APRIL_US + DAY_US, reason="clock"))), "once a month"
    carried.round(
        labour(APRIL_US + DAY_US, "anna", "R", 3 * HOUR_US), material_actual(APRIL_US + DAY_US, "Produced", "unit", 6, request="R")
    )
    carried.round(response(APRIL_US + DAY_US, "R", "unit", good=10))
    told = {it.kind: it.amount_minor for it in carried.erp.variances() if it.request == "R"}
    assert told == {"material usage": 1_200, "labour rate": -600}
    assert balances(carried.erp)["production_variance"] == 600


def test_standards_that_nobody_asks_for_stay_and_a_person_says_what_a_part_costs_from_now_on() -> None:
    """On request: nothing happens on the first of April. Anna asks later that day, and says that a part will cost
    5.50: that comes after what was expected of April. Her hour is that of April, so a unit is 11 + 16."""
    carried = shop("on_request")
    assert not released(carried.round(Heartbeat(effective_us=APRIL_US, reason="clock")))
    followed = carried.round(roll_up(APRIL_US + HOUR_US, material="part", unit_price_minor=550))
    assert released(followed) == {"part": 550, "unit": 2_700, "set": 5_400}
    assert balances(carried.erp)["stock_revaluation"] == -(78 * 50 + 4 * 200 + 14 * 50)
    assert released(carried.round(roll_up(APRIL_US + 2 * HOUR_US))) == {}, "nothing else is expected"


def test_a_bill_and_the_price_of_energy_that_are_expected_change_standards_and_not_what_is_taken() -> None:
    carried = shop(bills={"unit": {"part": 3}}, energy_tariff="0.30 EUR/kWh")
    followed = carried.round(Heartbeat(effective_us=APRIL_US, reason="clock"))
    assert released(followed) == {"unit": 3_000, "set": 6_000}
    assert carried.erp.bills.components["unit"] == {"part": 2}
    assert balances(carried.erp)["stock_revaluation"] == -4 * 500


@pytest.mark.parametrize(("said", "words"), [
    (roll_up(APRIL_US, person=""), "nobody has signed it"),
    (roll_up(APRIL_US, person="", period="2026-04", material="part", unit_price_minor=1), "nobody has signed it"),
    (roll_up(APRIL_US, person="gina"), "nobody knows a person 'gina'"),
    (roll_up(APRIL_US, period="2026-02"), "where those of 2026-03 are in force in 2026-04"),
    (roll_up(APRIL_US, period="2026-05"), "not to come"),
    (roll_up(APRIL_US, period="spring"), "'spring' is no month"),
    (roll_up(APRIL_US, material="unit", unit_price_minor=1), "'unit' is not bought; allowed: part"),
    (roll_up(APRIL_US, material="part", unit_price_minor=-1), "a price of -1 for 'part'"),
    (roll_up(APRIL_US, unit_price_minor=1), "a price of 1 for ''"),
])  # fmt: skip
def test_what_is_no_roll_up_is_refused_in_words_and_changes_nothing(said: StandardRollUpRequested, words: str) -> None:
    carried = shop("on_request")
    before = balances(carried.erp)
    (refused,) = carried.round(said)
    assert isinstance(refused, EntryRefused)
    assert words in refused.reason
    assert balances(carried.erp) == before


def test_a_plant_that_declares_no_standards_keeps_them() -> None:
    carried = Counter()
    (refused,) = carried.round(roll_up(START_US + 9 * DAY_US))
    assert isinstance(refused, EntryRefused)
    assert "this plant keeps its standards; allowed: 'standards' in items.yaml" in refused.reason


def test_what_is_expected_is_of_what_there_is() -> None:
    expected = {"prices": {"unit": "1 EUR"}, "hourly_costs": {"bob": "1 EUR/h"}, "bills": {"unit": {"screw": 1}, "part": {"unit": 1}}}
    tables = plant(items={**ITEMS, "standards": {"expected": {"april": expected}}})
    told = [it.what for it in expectations(tables)]
    assert [it.partition(" is called")[0] for it in told] == [
        "'april' is no month", "no material that is bought", "no person, work unit or line", "no material with a bill",
        "no component of 'unit'", "no component of 'part'",
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_simulated_shop_is_revalued_on_the_first_and_when_a_person_says_so(root: Path, engine: str) -> None:
    folder, scenario = root / "plant_models" / "gearbox_shop", root / "scenarios" / "gearbox_shop" / "new_standards.yaml"
    run = twin.simulate(folder, scenario, until="36 h", seed=1, engine=engine)
    events = [entry.event for entry in run.journal.entries()]
    asked = [(it.person, it.material) for it in events if isinstance(it, StandardRollUpRequested)]
    assert asked == [("", ""), ("anna", "BAR50")]
    assert balances(run.erp)["stock_revaluation"] == run.erp.evidence.due["stock_revaluation"] != 0
    assert run.erp.violations() == []
    assert adds_up(run.erp)


def overhead_shop() -> Carried:
    """Rent is borne by the hour of labour at 10.00, from April on at 13.00; packing at 0.50 a unit, from April on at 0.80."""
    layout = {
        **LAYOUT, "setups": {}, "persons": {"anna": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "30 EUR/h"}},
        "work_units": {"press": {"equipment_class": "press", "work_center": "cutting"}},
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}},
        "routings": {"unit": {"press": {"segment": "pressing", "run": "30 min"}}},
    }  # fmt: skip
    overheads = {"rent": {"per": "labour_hour", "rate": "10 EUR"}, "packing": {"per": "piece", "rates": {"unit": "0.50 EUR"}}}
    april = {"overheads": {"rent": {"rate": "13 EUR"}, "packing": {"rates": {"unit": "0.80 EUR"}}}}
    items = {**ITEMS, "overheads": overheads, "standards": {"roll_up": "monthly", "expected": {"2026-04": april}}}
    carried = Carried(Erp(plant(layout, items), Policies()))
    carried.start(part=100)
    carried.round(OperationsRequestReleased(effective_us=START_US + DAY_US, request="R", material="unit", quantity=10, due_us=APRIL_US))
    carried.round(material_actual(START_US + DAY_US, "Consumed", "part", 20, request="R", lot="open-part"))
    return carried


def test_an_overhead_is_borne_at_the_rate_of_when_the_work_was_done() -> None:
    """March: 3 h * 10 and 4 * 0.50. April: 2 h * 13 and 6 * 0.80, and 1 h of March that is told then, at 10. Rent has cost 90.00, where
    80.00 were planned: spending 10.00, and 80.00 - 66.00 borne is volume; packing has cost 7.00: 6.80 were borne, 0.20 is spending."""
    carried = overhead_shop()
    assert released(carried.journal) == {"part": 500, "unit": 2_500, "set": 5_000}
    carried.round(labour(START_US + 2 * DAY_US, "anna", "R", 3 * HOUR_US))
    carried.round(material_actual(START_US + 3 * DAY_US, "Produced", "unit", 4, request="R"))
    assert balances(carried.erp)["overhead_absorbed"] == -(3_000 + 200)
    followed = carried.round(Heartbeat(effective_us=APRIL_US, reason="clock"))
    rolled = {it.material: it.machine_minor for it in followed if isinstance(it, StandardCostReleased)}
    assert rolled["unit"] == 650 + 80  # half an hour of rent and a packing
    carried.round(labour(APRIL_US + HOUR_US, "anna", "R", 2 * HOUR_US))
    carried.round(labour(START_US + 2 * DAY_US, "anna", "R", HOUR_US))
    carried.round(material_actual(APRIL_US + DAY_US, "Produced", "unit", 6, request="R"), response(APRIL_US + DAY_US, "R", "unit", good=10))
    assert balances(carried.erp)["overhead_absorbed"] == -(3_000 + 200 + 2_600 + 1_000 + 480)
    carried.round(
        OverheadIncurred(effective_us=APRIL_US + DAY_US, overhead="rent", amount_minor=9_000, budget_minor=8_000),
        OverheadIncurred(effective_us=APRIL_US + DAY_US, overhead="packing", amount_minor=700),
    )
    found = {(it.kind, it.overhead): it.amount_minor for it in carried.erp.variances() if it.overhead}
    by_overhead = {("overhead spending", "rent"): 1_000, ("overhead volume", "rent"): 1_400, ("overhead spending", "packing"): 20}
    assert found == {**by_overhead, ("overhead efficiency", "rent"): 700}
    assert sum(it.amount_minor for it in carried.erp.variances() if it.kind.startswith("overhead")) == 9_700 - 7_280 + next(
        it.amount_minor for it in carried.erp.variances() if it.kind == "overhead efficiency"
    )
    assert adds_up(carried.erp)


def test_a_rate_of_what_no_overhead_is_or_of_the_other_kind_is_said() -> None:
    april = {"overheads": {"rent": {"rates": {"unit": "1 EUR"}}, "packing": {"rate": "2 EUR"}, "light": {"rate": "1 EUR"}}}
    items = {
        **ITEMS,
        "overheads": {"rent": {"per": "labour_hour", "rate": "10 EUR"}, "packing": {"per": "piece", "rates": {"unit": "1 EUR"}}},
    }
    found = [it.what for it in expectations(plant({**LAYOUT, "routings": {}}, {**items, "standards": {"expected": {"2026-04": april}}}))]
    assert found == [
        "'rent' is borne by the labour hour and so has no rates", "'packing' is borne by the piece and so has no rate",
        "no overhead is called 'light'",
    ]  # fmt: skip


def test_pieces_that_were_not_made_after_all_bear_no_overhead_of_pieces() -> None:
    """4 of March were 3, which is known in April: 3 * 0.50."""
    carried = overhead_shop()
    made = START_US + 3 * DAY_US
    carried.round(material_actual(made, "Produced", "unit", 4, request="R"))
    carried.round(Heartbeat(effective_us=APRIL_US, reason="clock"))
    corrected = {"effective_us": made, "recorded_us": APRIL_US, "request": "R", "lot": "R", "material": "unit"}
    carried.round(
        MaterialActualCorrected(**corrected, use="Produced", quantity=-1), MaterialActualCorrected(**corrected, use="Scrapped", quantity=1)
    )
    assert balances(carried.erp)["overhead_absorbed"] == -150
