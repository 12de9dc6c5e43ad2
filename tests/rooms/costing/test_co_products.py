"""Products that come of one process together share what it costs, by what they sell for where they part or by quantity, to the cent."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.material_plan.little_plan import planned
from tests.rooms.erp.small_shop import LAYOUT, Carried, plant
from tests.rooms.simulation.flow.test_taking_apart import PARTS, cores, run_of
from tests.rooms.valuation.counter import Counter
from tests.rooms.valuation.test_variances import adds_up
from twin.erp import Erp
from twin.erp.accounting.costing.roll_ups import NegativeStandardError, wrong_standards
from twin.model.checks.flow.taking_apart import cost_shares
from twin.model.events import MaterialActual, WorkAlertRaised
from twin.model.scenario import Policies
from twin.simulation.engines import ENGINES
from twin.store.files import check_paths

FIFO = {"valuation": "fifo"}


def dairy(method: str, **valued: Any) -> Counter:
    """100,000 gallons of raw milk for 4 each become 75,000 of skim, which sells for 4, and 25,000 of cream, for 8; nothing else costs."""
    layout = {
        **LAYOUT, "setups": {}, "persons": {}, "work_units": {"separator": {"equipment_class": "separator", "work_center": "cutting"}},
        "process_segments": {"separating": {"work_center": "cutting"}},
        "routings": {"skim": {"part": {"segment": "separating", "run": "1 min", "takes_apart": True}}},
    }  # fmt: skip
    skim = {
        "kind": "made", "price": "4 EUR", "bill_for": 3, "bill": [{"material": "milk", "quantity": 4}],
        "by_products": [{"material": "cream", "quantity": 1, "co_product": method}],
    }  # fmt: skip
    made = {"skim": {**skim, **valued}, "cream": {"kind": "recovered", "price": "8 EUR", **valued}}
    items = {"materials": {"milk": {"kind": "purchased", "standard_cost": "4 EUR", "supplier": "farm", **valued}, **made}}
    shop = Counter()
    Carried.__init__(shop, Erp(plant(layout, {**items, "suppliers": {"farm": {"lead_time": "1 d"}}}), Policies()))
    shop.start()
    return shop


def separate(shop: Counter, price: int, milk: int = 100_000) -> None:
    shop.buy(1, milk, price, material="milk", lot="PO1")
    shop.ask(2, "R", milk * 3 // 4, material="skim")
    shop.issue(3, "R", milk, material="milk")
    shop.make(4, "R", milk * 3 // 4, material="skim")
    shop.issue(4, "R", milk // 4, material="cream", lot="c", use="Co-product Produced")
    shop.close(5, "R", milk * 3 // 4, material="skim")


@pytest.mark.parametrize(("method", "cream", "skim"), [("sales_value", 160_000, 240_000), ("quantity", 100_000, 300_000)])
@pytest.mark.parametrize("valued", [{}, FIFO])
def test_the_milk_of_farmers_dairy(method: str, cream: int, skim: int, valued: dict[str, str]) -> None:
    """Horngren, Datar, Rajan (2012), "Cost accounting", 14th ed., ch. 16: joint costs of 400,000; sales values at the split-off are 200,000
    and 300,000, so 0.4 and 0.6 of it; by the gallon 0.25 and 0.75. At standard and at actual cost alike, and nothing is left over."""
    shop = dairy(method, **valued)
    separate(shop, 400)
    assert (shop.stock("cream"), shop.stock("skim")) == ((25_000, cream * 100), (75_000, skim * 100))
    assert (shop.balance("work_in_progress"), shop.balance("production_variance")) == (0, 0)
    assert adds_up(shop.erp)


def test_odd_cents_go_by_the_largest_remainder_and_standards_add_up_as_they_are_rounded() -> None:
    """4 for 37 each are 148; 0.4 of it is 59.2. At standard cream is 6.40 and skim what 16.00 leaves of three: 3.20."""
    shop = dairy("sales_value", **FIFO)
    separate(shop, 37, milk=4)
    assert (shop.stock("cream"), shop.stock("skim")) == ((1, 59), (3, 89))
    standards = {name: it.material_minor for name, it in shop.erp.standards.released.items()}
    assert 3 * standards["skim"] + standards["cream"] == 4 * standards["milk"]


def pressed(
    raw: str, *, co_products: int = 1, method: str = "sales_value", beside: bool = True, **valued: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plant and items. Of a raw material come `p`, some of its co-product `c`, and a waste `w` that is bought for 10.00 elsewhere."""
    layout = {
        **LAYOUT, "setups": {}, "persons": {}, "work_units": {"press": {"equipment_class": "press", "work_center": "cutting"}},
        "process_segments": {"pressing": {"work_center": "cutting"}},
        "routings": {"p": {"part": {"segment": "pressing", "run": "1 min", "takes_apart": True}}},
    }  # fmt: skip
    gives: list[dict[str, Any]] = [{"material": "c", "quantity": co_products, "co_product": method}]
    made = {"kind": "made", "price": "60 EUR", "bill": [{"material": "raw", "quantity": 1}]}
    items = {"materials": {
        "raw": {"kind": "purchased", "standard_cost": raw, "supplier": "mill"},
        "p": {**made, "by_products": [*gives, {"material": "w", "quantity": 1}] if beside else gives, **valued.get("p", {})},
        "c": {"kind": "recovered", "price": "60 EUR", **valued.get("c", {})},
        "w": {"kind": "purchased", "standard_cost": "10 EUR", "price": "12 EUR", "supplier": "mill", **valued.get("w", {})},
    }, "suppliers": {"mill": {"lead_time": "1 d"}}}  # fmt: skip
    return layout, items


def press(raw: str, **more: Any) -> Counter:
    """The shop in which that is done."""
    shop = Counter()
    Carried.__init__(shop, Erp(plant(*pressed(raw, **more)), Policies()))
    shop.start()
    return shop


@pytest.mark.parametrize("at_cost", ["", "p", "c", "w", "pc", "pw", "cw", "pcw"])
def test_what_a_by_product_bears_is_taken_off_before_whoever_counts_at_actual_cost(at_cost: str) -> None:
    """10 of raw for 100.00 each: 10.00 of each is the waste's, 45.00 are the product's and 45.00 its co-product's, and nothing is left."""
    shop = press("100 EUR", **dict.fromkeys(at_cost, FIFO))
    shop.buy(1, 10, 10_000, material="raw", lot="A")
    shop.ask(2, "R", 10, material="p")
    shop.issue(3, "R", 10, material="raw", lot="A")
    shop.make(4, "R", 10, material="p")
    shop.issue(4, "R", 10, material="c", lot="c", use="Co-product Produced")
    shop.issue(4, "R", 10, material="w", lot="w", use="By-product Produced")
    shop.close(5, "R", 10, material="p")
    assert [shop.stock(name) for name in "pcw"] == [(10, 45_000), (10, 45_000), (10, 10_000)]
    assert not [it for it in shop.erp.variances() if it.request]
    (cost,) = shop.erp.request_costs()
    assert (cost.variance_minor, cost.rounding_minor, cost.material_usage_minor) == (0, 0, 0)


@pytest.mark.parametrize(("raw", "number", "beside"), [("6 EUR", 1_000, False), ("0.60 EUR", 100, False), ("9 EUR", 1, True)])
def test_no_standard_is_below_zero(raw: str, number: int, beside: bool) -> None:
    with pytest.raises(
        NegativeStandardError, match=r"1 of 'p' would cost -[0-9.]+, for 'c'.* would bear more .* allowed: a price_per of 'c'"
    ):
        press(raw, co_products=number, method="quantity", beside=beside)
    assert press("4 EUR", co_products=1_000, method="quantity", beside=False).erp.standards.released["p"].material_minor == 400


def test_who_checks_the_files_is_told_of_a_standard_below_zero_at_its_material(tmp_path: Path) -> None:
    """In the plant's own file, and where a scenario makes it so; a run would be refused for it."""
    for folder, raw in (("wrong", "9 EUR"), ("right", "40 EUR")):
        layout, items = pressed(raw, method="quantity")
        items["materials"]["raw"]["reorder"] = {"point": 5, "quantity": 50}
        (tmp_path / folder).mkdir()
        for name, table in (("plant.yaml", layout), ("items.yaml", items)):
            (tmp_path / folder / name).write_text(yaml.safe_dump(table, sort_keys=False))
    said = "1 of 'p' would cost -0.50, for 'c', 'w' would bear more than it costs"
    (found,) = check_paths([tmp_path / "wrong"], beyond=wrong_standards)
    assert (found.what, Path(found.file).name, found.line) == (said, "items.yaml", 10)
    assert check_paths([tmp_path / "right"], beyond=wrong_standards) == []
    scenario = tmp_path / "cheap.yaml"
    scenario.write_text(
        "plant: small_shop\nstart: 2026-03-02T06:00:00+01:00\nhorizon: 1 d\nchanges: {materials.raw.standard_cost: 9 EUR}\n"
    )
    (found,) = check_paths([scenario], tmp_path / "right", beyond=wrong_standards)
    assert (found.what, Path(found.file).name, found.line) == (said, "cheap.yaml", 4)


def test_what_is_no_co_product_is_told_and_not_booked() -> None:
    shop = dairy("quantity")
    shop.buy(1, 4, 400, material="milk", lot="PO1")
    shop.ask(2, "R", 3, material="skim")
    event = MaterialActual(
        effective_us=shop.journal[-1].effective_us, request="R", lot="x", use="Co-product Produced", material="milk", quantity=1
    )
    told = [it for it in shop.round(event) if isinstance(it, WorkAlertRaised)]
    assert [(it.alert, it.message) for it in told] == [
        ("unknown_co_product", "MaterialActual: 'milk' is no co-product of 'skim'; allowed: cream")
    ]
    assert shop.stock("milk") == (4, 1_600)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lot_that_is_taken_apart_gives_co_products_at_their_share_of_what_by_products_leave(engine: str) -> None:
    """Of 60 EUR a by-product bears 1; 4 gears at 5 and a housing at 50 share 59: 20 / 70 of 39 of material and of 20 of work, a gear 2.79
    and 1.43; the housing bears what is left, so all of it is 60."""
    made = PARTS.replace("cost_share: 0.3", "co_product: sales_value").replace(
        "gear: {kind: recovered}", "gear: {kind: recovered, price: 5 EUR}"
    )
    run = run_of(cores(made), engine=engine)
    assert not run.violations()
    standards = {name: it.material_minor + it.machine_minor for name, it in run.erp.standards.released.items()}
    assert (standards["gear"], standards["housing"]) == (422, 6_000 - 100 - 4 * 422)
    came = [it.event for it in run.journal.entries() if isinstance(it.event, MaterialActual) and it.event.material == "gear"]
    assert {it.use for it in came} == {"Co-product Produced"}
    assert run.erp.stock.on_hand["gear"] == sum(it.quantity for it in came) == 16
    assert {"by-product", "co-product"} <= {entry.document for entry in run.erp.ledger.entries}
    assert not [it for it in run.erp.variances() if it.request]
    assert list(run.genealogy("A-housing.2~gear")["lot"])[:2] == ["A-housing.2", "open-core"]


def test_a_plan_counts_on_co_products_as_on_other_supply() -> None:
    beside = [{"material": "cream", "quantity": 2, "co_product": "quantity"}]
    materials = {"x": {"bill": {"raw": 1}, "by_products": beside}, "raw": {}, "cream": {"days": 1}}
    plan = planned(materials, {"x": {2: 5}, "cream": {3: 12}})
    assert ("P-x-1", "cream@3", 10) in [(it.supply, it.demand, it.quantity) for it in plan.pegs]


@pytest.mark.parametrize(("line", "gear", "said"), [
    ({"co_product": "sales_value"}, {"kind": "recovered"}, "'gear' has no price"),
    ({"co_product": "quantity"}, {"kind": "recovered", "unit": "kg"}, "'gear' is counted in 'kg'"),
    ({"co_product": "quantity", "cost_share": 0.5}, {"kind": "recovered"}, "some bear a declared cost_share"),
    ({"co_product": "quantity"}, {"kind": "purchased", "standard_cost": "1 EUR"}, "'gear' is purchased and has a standard cost of its own"),
    ({}, {"kind": "recovered"}, "'gear' is recovered, and bears no cost_share"),
])  # fmt: skip
def test_what_can_not_share(line: dict[str, Any], gear: dict[str, Any], said: str) -> None:
    tables = {"unit": {"kind": "made", "price": "1 EUR", "by_products": [{"material": "gear", "quantity": 1, **line}]}, "gear": gear}
    assert [it for it in cost_shares(plant(items={"materials": tables})) if said in it.what]


@settings(max_examples=15, deadline=None)
@given(price=st.integers(1, 9_999), batches=st.integers(1, 60), method=st.sampled_from(["sales_value", "quantity"]))
def test_co_products_bear_their_shares_however_much_that_is(price: int, batches: int, method: str) -> None:
    """Reckoned here from what the dairy declares alone: of four gallons three are skim at 4 and one is cream at 8. At actual cost
    each has its share to less than a cent, and all of it is there; at standard cream has its of four times the milk's, and skim a third of
    what that leaves."""
    of_cream = Fraction(1 * 8, 3 * 4 + 1 * 8) if method == "sales_value" else Fraction(1, 4)
    shop = dairy(method, **FIFO)
    separate(shop, price, milk=4 * batches)
    cost, (cream, skim) = 4 * batches * price, (shop.stock("cream"), shop.stock("skim"))
    assert (cream[0], skim[0]) == (batches, 3 * batches)
    assert cream[1] + skim[1] == cost
    assert abs(cream[1] - cost * of_cream) < 1
    standards = {name: it.material_minor for name, it in shop.erp.standards.released.items()}
    assert standards["cream"] == round(4 * 400 * of_cream)
    assert standards["skim"] == round(Fraction(4 * 400 - standards["cream"], 3))
