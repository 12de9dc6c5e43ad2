"""Between picking and shipping: packages with what lies in them, by rule or by persons; what makes no sense is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.pdf_text import words_of
from tests.rooms.erp.small_shop import HOUR_US, START_US, Carried, of_type
from tests.rooms.warehouse.stored_shop import ANNA, comes, refusals, shipped, shop, wanted
from twin.erp.sales.packing import Packing
from twin.model import events as e
from twin.model.checks.plant_checks import check_plant
from twin.results.exports.writing import packing_list
from twin.results.labels.codes import CodeKind, read_code
from twin.results.labels.label import labels

BOXES = {"packages": {"box": {"holds": 6}, "crate": {"title": "Crate"}}}


def packing_shop(**changed: Any) -> tuple[Carried, Packing]:
    carried, _ = shop(packing=BOXES, **changed)
    assert carried.erp.packing
    return carried, carried.erp.packing


def test_by_rule_what_is_picked_fills_one_package_after_the_other():
    """9 and 4 of two lots in boxes of 6: 6; 3 and 3; 1. The shipment of a lot says in which packages it left."""
    carried, packing = packing_shop()
    carried.round(comes("motor", "M1", 9), comes("motor", "M2", 4))
    followed = carried.round(wanted("A", "motor", 13))
    assert [(it.package, it.content) for it in packing.packages.values()] == [
        ("PL-1/1", {"M1": 6}), ("PL-1/2", {"M1": 3, "M2": 3}), ("PL-1/3", {"M2": 1}),
    ]  # fmt: skip
    left = [(it.lot, it.quantity, it.packages) for it in of_type(followed, e.GoodsShipped)]
    assert left == [("M1", 9, "PL-1/1+PL-1/2"), ("M2", 4, "PL-1/2+PL-1/3")]
    assert all(it.shipped_us == START_US + HOUR_US for it in packing.packages.values())


KINDS = st.fixed_dictionaries({}, optional={"holds": st.integers(1, 5), "most_weight": st.integers(1, 300), "weight": st.integers(1, 40)})


@given(each=st.integers(1, 120), kinds=st.lists(KINDS, min_size=1, max_size=3), quantity=st.integers(1, 9))
@settings(max_examples=12)
def test_no_package_weighs_more_than_it_may_and_what_goes_into_none_is_found_at_the_door(each, kinds, quantity):
    declared = {f"k{n}": {key: f"{it} kg" if "weight" in key else it for key, it in kind.items()} for n, kind in enumerate(kinds)}
    carried, _ = shop(packing={"packages": declared}, motor={"unit_weight": f"{each} kg", "price": "90 EUR"})
    packing, plant = carried.erp.packing, carried.erp.plant
    carried.round(comes("motor", "M1", quantity), wanted("A", "motor", quantity))
    for it in packing.packages.values():
        kind = plant.layout.warehouse.packing.packages[it.package_type]
        assert kind.most_weight is None or packing.weight_mg(it) <= kind.most_weight
        assert kind.holds is None or it.quantity <= kind.holds
    is_too_heavy = any("packing" in map(str, it.path) for it in check_plant(plant))
    is_packed = sum(it.quantity for it in packing.packages.values()) == quantity
    assert is_packed or is_too_heavy
    assert not packing.violations()


def test_where_persons_pack_nothing_leaves_before_all_of_it_is_packed():
    carried, packing = packing_shop(moves="persons")
    carried.round(comes("motor", "M1", 8), wanted("A", "motor", 8))
    at: dict[str, Any] = {"effective_us": START_US + 2 * HOUR_US, "material": "motor", "lot": "M1", **ANNA}
    said: dict[str, Any] = {**at, "pick_list": "PL-1", "package": "X-1", "package_type": "box"}
    assert refusals(carried.round(e.Packed(**said, quantity=8))) == ["pick list 'PL-1' is released; allowed: one that is picked"]
    assert shipped(carried.round(e.Picked(**at, pick_list="PL-1", quantity=8, bin="dock"))) == []
    wrong = {
        "a box holds 6 of 'motor'; allowed: 6 more in 'X-1', or another package": {"quantity": 7},
        "9 of lot 'M1' of 'motor': 8 of it are picked and not packed; allowed: that at most": {"quantity": 9},
        "no kind of package is called 'bag'; allowed: box, crate": {"quantity": 1, "package_type": "bag"},
        "package 'X+1'; allowed: a number of its own, without +": {"quantity": 1, "package": "X+1"},
        "no pick list is called 'PL-2' (did you mean 'PL-1'?); allowed: PL-1": {"quantity": 1, "pick_list": "PL-2"},
    }
    for words, changed in wrong.items():
        assert refusals(carried.round(e.Packed(**{**said, **changed}))) == [words]
    assert shipped(carried.round(e.Packed(**said, quantity=6))) == []
    assert packing.to_pack() == [("PL-1", "A", "M1", 2)]
    taken = refusals(carried.round(e.Packed(**{**said, "package_type": "crate"}, quantity=2)))
    assert taken == ["package 'X-1' is for 'A', a box; allowed: another"]
    followed = carried.round(e.Packed(**{**said, "package": "X-2", "package_type": "crate"}, quantity=2))
    assert [(it.quantity, it.packages) for it in of_type(followed, e.GoodsShipped)] == [(8, "X-1+X-2")]


def test_what_was_packed_for_a_list_that_is_cancelled_is_packed_anew():
    carried, packing = packing_shop(moves="persons")
    carried.round(comes("motor", "M1", 4), wanted("A", "motor", 4))
    at: dict[str, Any] = {"effective_us": START_US + 2 * HOUR_US, "material": "motor", "lot": "M1", **ANNA}
    carried.round(e.Picked(**at, pick_list="PL-1", quantity=4, bin="dock"))
    carried.round(e.Packed(**at, pick_list="PL-1", quantity=3, package="X-1", package_type="box"))
    held = e.LotDispositionChanged(
        effective_us=START_US + 3 * HOUR_US, material="motor", lot="M1", disposition="Restricted", reason="dents"
    )
    assert of_type(carried.round(held), e.PickListCancelled)
    assert packing.packages == {}


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    scenario = root / "scenarios/gearbox_shop/packed.yaml"
    return twin.simulate(root / "plant_models/gearbox_shop", scenario, until="1 d 6 h", seed=1)


def test_a_package_has_its_weight_its_list_and_its_label(run: twin.Run) -> None:
    """Eight gearboxes of 84 kg on two pallets of 25 kg: 529 and 193 kg."""
    table = run.packages().query("order == 'B1'")
    assert list(table["quantity"]) == [2, 4, 2]
    assert dict(zip(table["package"], table["package_kg"], strict=True)) == {"PL-2/1": 529.0, "PL-2/2": 193.0}
    said = words_of(packing_list(run, "B1"))
    assert {"Gearbox shop: Packing list of B1", "529 kg", "193 kg", "Packages: 2", "722 kg"} <= set(said)
    with pytest.raises(ValueError, match="nothing is packed for 'B9'; allowed: B4, B1, B2"):
        packing_list(run, "B9")
    (sticker,) = labels(run, CodeKind.PACKAGE, ["PL-2/1"])
    assert (sticker.code.text, sticker.lines[2]) == ("PACK:PL-2/1", "Euro pallet 529 kg")
    assert read_code(run, "PACK:PL-2/1") == sticker.code
