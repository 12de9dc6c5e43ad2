"""New standards while a request is open: what is in process is worth them, what is out went by the bill of its time; no cause is false."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.costing.test_standards_by_period import roll_up
from tests.rooms.erp.small_shop import DAY_US, LAYOUT, START_US, Carried, balances, material_actual, plant, response
from tests.rooms.simulation.small_floor import scenario_of
from tests.rooms.valuation.test_variances import adds_up
from twin.erp import Erp
from twin.model.events import (
    EntryRefused,
    GoodsReceived,
    Heartbeat,
    LotCreated,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    PurchaseOrderPlaced,
    ValuationMethodChanged,
)
from twin.model.scenario import Policies
from twin.results.run import Run
from twin.results.views.business.month_end import standards_now

MONTHS = {"2026-04": 30, "2026-05": 60, "2026-06": 91}  # days after the start at which they begin


def received(order: str, material: str, quantity: int, price: int = 500) -> list[OperationsEvent]:
    base = {"effective_us": START_US + DAY_US, "order": order, "supplier": "mill", "material": material, "quantity": quantity}
    return [
        PurchaseOrderPlaced(**base, unit_price_minor=price, due_us=START_US + DAY_US),
        GoodsReceived(**base, lot=order, unit_price_minor=price),
    ]


def shop(bill: dict[str, int], expected: dict[str, Any], *, grouped: bool, roll_up: str = "monthly", stock: int = 10_000) -> Carried:
    """A unit of some bought components at 5.00 each, nothing else, and request R for a thousand of it."""
    lines = [{"material": name, "quantity": each, **({"group": "g"} if grouped else {})} for name, each in bill.items()]
    bought = {name: {"kind": "purchased", "standard_cost": "5 EUR", "supplier": "mill"} for name in bill}
    items = {
        "materials": {**bought, "unit": {"kind": "finished", "bill": lines, "price": "60 EUR"}},
        "suppliers": {"mill": {"lead_time": "1 d"}}, "standards": {"roll_up": roll_up, "expected": expected},
    }  # fmt: skip
    carried = Carried(Erp(plant({**LAYOUT, "routings": {}}, items), Policies()))
    carried.start()
    for name in bill:
        carried.round(*received(name, name, stock))
    at_us = START_US + 2 * DAY_US
    carried.round(
        OperationsRequestReleased(effective_us=at_us, request="R", material="unit", quantity=1_000, due_us=START_US + 200 * DAY_US),
        LotCreated(effective_us=at_us, request="R", lot="L", material="unit", quantity=1_000),
    )
    return carried


month = st.fixed_dictionaries({
    "prices": st.fixed_dictionaries({"a": st.integers(0, 900), "b": st.integers(1, 900)}),
    "bill": st.none() | st.fixed_dictionaries({"a": st.integers(1, 4), "b": st.integers(1, 4)}),
    "begun": st.integers(0, 9), "made": st.integers(0, 9), "lost": st.integers(0, 2), "of_stock": st.integers(0, 2),
})  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(months=st.lists(month, min_size=4, max_size=4), grouped=st.booleans())
def test_who_takes_what_the_bill_of_the_day_says_has_no_variance_and_only_what_is_inside_is_revalued(
    months: list[dict[str, Any]], grouped: bool
) -> None:
    """Whole units are begun and made by the bill in force; before another bill all that is inside is made. Whatever prices do, work in
    process is then the units inside at the standards of the day, and the request ends without a variance of any cause."""
    expected = {
        name: {
            "prices": {of: f"{price / 100:.2f} EUR" for of, price in it["prices"].items()},
            "bills": {"unit": it["bill"]} if it["bill"] else {},
        }
        for name, it in zip(MONTHS, months[1:], strict=True)
    }  # fmt: skip
    carried, bill, inside, good = shop({"a": 1, "b": 2}, expected, grouped=grouped), {"a": 1, "b": 2}, 0, 0
    prices = {"a": 500, "b": 500}
    for number, (it, day) in enumerate(zip(months, [2, *MONTHS.values()], strict=True)):
        if number:
            carried.round(Heartbeat(effective_us=START_US + day * DAY_US, reason="clock"))
            prices, bill = it["prices"], it["bill"] or bill
            assert balances(carried.erp).get("work_in_progress", 0) == inside * sum(each * prices[of] for of, each in bill.items())
        at_us = START_US + (day + 1) * DAY_US
        inside += it["begun"]
        taken = [material_actual(at_us, "Consumed", of, each * it["begun"], request="R", lot=of) for of, each in bill.items()]
        changes_next = number + 1 < len(months) and months[number + 1]["bill"]
        lost = min(inside, it["lost"])
        made = inside - lost if changes_next or number + 1 == len(months) else min(inside - lost, it["made"])
        given = [
            material_actual(at_us, use, "unit", units, request="R", lot="L") for use, units in (("Produced", made), ("Scrapped", lost))
        ]
        carried.round(*(event for event in (*taken, *given) if event.quantity), Heartbeat(effective_us=at_us, reason="clock"))
        inside, good = inside - made - lost, good + made
        if 0 < it["of_stock"] <= good:  # by a nonconformance: the lot alone is told, and its pieces left the request long ago
            good -= it["of_stock"]
            carried.round(MaterialActual(effective_us=at_us, use="Scrapped", material="unit", quantity=it["of_stock"], lot="L"))
    carried.round(response(START_US + 100 * DAY_US, "R", "unit", good=good))
    assert not [it for it in carried.erp.variances() if it.request]
    assert adds_up(carried.erp)


def test_a_mix_in_process_is_revalued_as_a_mix_and_a_true_one_as_none() -> None:
    """Of a and b at 5.00, one each in a unit: 12 and 8 taken, 4 made, so 8 and 4 are inside. a costs 7.00 from April: two too many of it at
    one more than the average, two too few of b at one less than that: a mix of 4.00, and no yield, for 10 units came of it."""
    carried = shop({"a": 1, "b": 1}, {"2026-04": {"prices": {"a": "7 EUR"}}}, grouped=True)
    at_us, april_us = START_US + 3 * DAY_US, START_US + 30 * DAY_US
    for of, quantity in (("a", 12), ("b", 8)):
        carried.round(material_actual(at_us, "Consumed", of, quantity, request="R", lot=of))
    carried.round(material_actual(at_us, "Produced", "unit", 4, request="R", lot="L"), Heartbeat(effective_us=april_us, reason="clock"))
    carried.round(material_actual(april_us, "Produced", "unit", 6, request="R", lot="L"), response(april_us, "R", "unit", good=10))
    assert [(it.kind, it.amount_minor) for it in carried.erp.variances() if it.request] == [("material mix", 400)]
    assert adds_up(carried.erp)


@pytest.mark.parametrize(("about", "words"), [
    ({"material": "a"}, "a price of 0 for 'a'; allowed: 1 or more"),
    ({"material": "a", "unit_price_minor": 2 * 10**9}, "10000 of 'a' would be worth 200000000000.00; allowed: 100000000000.00 or less"),
])  # fmt: skip
def test_nothing_becomes_free_for_want_of_a_price_nor_worth_more_than_the_books_bear(about: dict[str, Any], words: str) -> None:
    carried = shop({"a": 1, "b": 1}, {}, grouped=False, roll_up="on_request")
    before = balances(carried.erp)
    (refused,) = carried.round(roll_up(START_US + 3 * DAY_US, **about))
    assert isinstance(refused, EntryRefused)
    assert words in refused.reason
    assert balances(carried.erp) == before


def test_month_end_tells_new_standards_by_themselves() -> None:
    """100 of a at 5.00 are worth 50.00 more at 5.50; that b counts at its standard again is a change of method, not a new standard."""
    carried = shop({"a": 1, "b": 1}, {}, grouped=False, roll_up="on_request", stock=100)
    changed = {"effective_us": START_US + 2 * DAY_US, "person": "anna", "material": "b"}
    carried.round(ValuationMethodChanged(**changed, method="fifo"))
    carried.round(*received("PO2", "b", 7, 900))
    carried.round(ValuationMethodChanged(**changed, method="standard"))
    carried.round(roll_up(START_US + 3 * DAY_US, material="a", unit_price_minor=550))
    run = Run(carried.erp.plant, scenario_of())
    run.erp = carried.erp
    assert standards_now(run).revalued_minor == 5_000
    assert balances(carried.erp)["stock_revaluation"] == -5_000 + 7 * 400
