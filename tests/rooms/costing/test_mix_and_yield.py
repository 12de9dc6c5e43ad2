"""Components that can stand in for one another: their usage is a mix and a yield, and all variances still add up to the books."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import plant
from tests.rooms.valuation.counter import Counter
from tests.rooms.valuation.test_variances import adds_up
from twin.erp import Erp
from twin.model.checks import check_plant


def kitchen(bill: dict[str, tuple[int, int, str]], *, bill_for: int = 1, **unit: Any) -> Counter:
    """A product `unit` of components: quantity in the bill, standard price, group ("": none)."""
    lines = [{"material": name, "quantity": each, **({"group": group} if group else {})} for name, (each, _, group) in bill.items()]
    bought = {name: {"kind": "purchased", "unit": "t", "standard_cost": f"{price / 100:.2f} EUR"} for name, (_, price, _) in bill.items()}
    return Counter(unit={"unit": "t", "bill_for": bill_for, "bill": lines, **unit}, **bought)


def make(shop: Counter, made: int, taken: dict[str, int], prices: dict[str, int]) -> None:
    for name, quantity in taken.items():
        if quantity:
            shop.buy(1, quantity, prices[name], material=name, lot=name)
    shop.ask(2, "R", max(1, made))
    for name, quantity in taken.items():
        if quantity:
            shop.issue(3, "R", quantity, material=name, lot=name)
    if made:
        shop.make(4, "R", made)
    shop.close(5, "R", made)


def usage(erp: Erp) -> dict[str, int]:
    """Of the one request: what is told of the use of material, by kind."""
    (row,) = erp.request_costs()
    return {"usage": row.material_usage_minor, "mix": row.material_mix_minor, "yield": row.material_yield_minor}


def test_the_tomatoes_of_delpino_to_the_dollar() -> None:
    """Horngren, Datar, Rajan (2012), "Cost accounting", 14th ed., p. 526: 6,500 t of three tomatoes for 4,000 t of ketchup, where 1.6 t
    for one was budgeted, half of it Latoms at 70, three tenths Caltoms at 80, a fifth Flotoms at 90. Price 10,400 U; usage 4,450 U is a
    mix 3,250 F (the cheap Latoms and Caltoms for Flotoms) and a yield 7,700 U (100 t too many at 77 on average)."""
    shop = kitchen(
        {"latoms": (80, 7_000, "tomatoes"), "caltoms": (48, 8_000, "tomatoes"), "flotoms": (32, 9_000, "tomatoes")}, bill_for=100
    )
    make(shop, 4_000, {"latoms": 3_250, "caltoms": 2_275, "flotoms": 975}, {"latoms": 7_000, "caltoms": 8_200, "flotoms": 9_600})
    told: dict[str, int] = {}
    for row in shop.erp.variances():
        told[row.kind] = told.get(row.kind, 0) + row.amount_minor
    assert told == {"purchase price": 1_040_000, "material mix": -325_000, "material yield": 770_000}
    assert sum(told.values()) == 1_485_000  # the flexible-budget variance
    assert shop.balance("production_variance") == 445_000
    assert adds_up(shop.erp)


def test_what_comes_back_was_not_used_and_what_was_lost_should_have_taken_its_share() -> None:
    """Salt is in no group and so is usage; of 12 and 8 taken for 9 good and one lost, 2 and no more come back: as much as was planned."""
    shop = kitchen({"cane": (1, 300, "sugar"), "beet": (1, 100, "sugar"), "salt": (1, 50, "")})
    shop.buy(1, 20, 300, material="cane", lot="cane")
    shop.buy(1, 20, 100, material="beet", lot="beet")
    shop.buy(1, 20, 50, material="salt", lot="salt")
    shop.ask(2, "R", 10)
    for name, quantity in (("cane", 14), ("beet", 8), ("salt", 11)):
        shop.issue(3, "R", quantity, material=name, lot=name)
    shop.issue(3, "R", 2, material="cane", lot="cane", use="By-product Produced")
    shop.make(4, "R", 1, use="Scrapped")
    shop.make(4, "R", 9)
    shop.close(5, "R", 9)
    assert usage(shop.erp) == {"usage": 50, "mix": 12 * 300 + 8 * 100 - 20 * 200, "yield": 0}
    assert adds_up(shop.erp)


@settings(max_examples=12, deadline=None)
@given(
    of_each=st.lists(st.tuples(st.integers(1, 50), st.integers(0, 3_333), st.sampled_from("xy")), min_size=2, max_size=5),
    bill_for=st.integers(1, 7), made=st.integers(0, 40), data=st.data(),
)  # fmt: skip
def test_mix_and_yield_are_the_usage_to_the_cent_and_a_true_mix_is_none(
    of_each: list[tuple[int, int, str]], bill_for: int, made: int, data: st.DataObject
) -> None:
    bill = {f"c{n}": it for n, it in enumerate(of_each)}
    quantities = st.integers(0, 2_000)
    proportion = data.draw(st.integers(1, 9))
    is_true = data.draw(st.booleans())
    taken = {name: it[0] * proportion if is_true else data.draw(quantities) for name, it in bill.items()}
    prices = {name: it[1] for name, it in bill.items()}
    told, whole = (kitchen(its, bill_for=bill_for) for its in (bill, {name: (q, p, "") for name, (q, p, _) in bill.items()}))
    make(told, made, taken, prices)
    make(whole, made, taken, prices)
    parts, all_of_it = usage(told.erp), usage(whole.erp)
    assert sum(parts.values()) == all_of_it["usage"]
    assert parts["usage"] == all_of_it["mix"] == all_of_it["yield"] == 0  # every component is in a group, or none is
    assert parts["mix"] == 0 or not is_true
    assert adds_up(told.erp)


@pytest.mark.parametrize(("bill", "said"), [
    ([{"material": "a", "quantity": 1, "group": "g"}, {"material": "b", "quantity": 1}], "'a' is alone in its group 'g'"),
    ([{"material": "a", "quantity": 1, "group": "g"}, {"material": "b", "quantity": 1, "group": "g"}], "'b' is counted in 'kg'"),
    ([{"material": "a", "quantity": 1, "group": "g"}, {"material": "p", "quantity": 1, "group": "g"}], "'p' is a phantom, which nobody"),
])  # fmt: skip
def test_what_can_not_be_a_group(bill: list[dict[str, Any]], said: str) -> None:
    materials = {
        "a": {"kind": "purchased", "standard_cost": "1 EUR"}, "b": {"kind": "purchased", "unit": "kg", "standard_cost": "1 EUR"},
        "p": {"kind": "made", "phantom": True, "bill": [{"material": "a", "quantity": 1}]}, "u": {"kind": "finished", "bill": bill},
    }  # fmt: skip
    (found,) = [it for it in check_plant(plant(items={"materials": materials})) if "bill" in it.path and "group" in it.path]
    assert said in found.what
