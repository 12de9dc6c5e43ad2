"""Whatever is there of a material and its alternate, and however many units start at once: each lot takes one of them for a line, whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant, scenario
from tests.rooms.erp.material_plan.test_issued_alternates import consumed
from tests.rooms.valuation.test_variances import adds_up

UNITS = {f"bench_{n}": {"equipment_class": "bench", "work_center": "bench"} for n in (1, 2, 3)}
STOCKS = st.integers(0, 60)


@settings(max_examples=8, deadline=None)
@given(
    steel=STOCKS, brass=STOCKS, tin=STOCKS, lot=st.integers(1, 7), wanted=st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True),
    each=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
)  # fmt: skip
def test_a_lot_takes_one_material_for_a_line_and_the_books_agree(
    steel: int, brass: int, tin: int, lot: int, wanted: list[int], each: tuple[int, int, int]
) -> None:
    others = [{"material": name, "quantity": quantity} for name, quantity in zip(("brass", "tin"), each[1:], strict=True)]
    bill = [{"material": "steel", "quantity": each[0], "alternates": others}]
    layout = {**LAYOUT, "work_units": UNITS, "routings": {"gear": {"10": {"segment": "work", "run": "1 min"}}}}
    made = plant(
        {
            "gear": {"kind": "finished", "price": "9 EUR", "lot_size": lot, "bill": bill},
            "steel": {"days": 2, "opening_stock": steel}, "brass": {"days": 9, "opening_stock": brass, "standard_cost": "1.37 EUR"},
            "tin": {"days": 9, "opening_stock": tin, "standard_cost": "0.29 EUR"},
        },
        layout,
    )  # fmt: skip
    run = twin.simulate(made, scenario({"gear": {3 + n: quantity for n, quantity in enumerate(wanted)}}, horizon=8))
    assert not run.violations(whole=True)
    assert adds_up(run.erp)
    by_name = dict(zip(("steel", "brass", "tin"), each, strict=True))
    for job_order, took in consumed(run).items():
        ((material, instead_of),) = took
        assert instead_of == ("" if material == "steel" else "steel")
        assert took[material, instead_of] == by_name[material] * run.mes.job_orders[job_order].quantity, "a whole lot of one of them"
    for request in run.erp.requests.requests.values():
        if request.closed_us is not None:
            assert not any(request.outstanding.values())
    for material in by_name:
        assert run.erp.stock.on_hand[material] == run.mes.tracking.on_hand(material) >= 0
