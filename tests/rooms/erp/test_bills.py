"""Bills: explosion, low-level codes, cycles."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import ITEMS, LAYOUT, plant
from twin.erp import Erp
from twin.erp.bills import BillCycleError, Bills
from twin.model.materials import Materials
from twin.model.scenario import Policies


def bills(**lines: dict[str, int]) -> Bills:
    names = {*lines, *(component for bill in lines.values() for component in bill)}
    table = {
        name: {"kind": "made", "bill": [{"material": component, "quantity": q} for component, q in lines.get(name, {}).items()]}
        for name in sorted(names)
    }
    return Bills(Materials.model_validate({"materials": table}))


def test_a_component_of_several_parents_is_wanted_by_all_of_them() -> None:
    """3 A of B, C, X; B of 2 X, C of 3 X: 18 X; frappe/erpnext issue 41579 listed 33."""
    assert bills(A={"B": 1, "C": 1, "X": 1}, B={"X": 2}, C={"X": 3}).explode("A", 3) == {"B": 3, "C": 3, "X": 18}


def test_the_low_level_code_is_the_deepest_use() -> None:
    """FP1 of PP1, PP2; FP2 of SF1, SF2; SF1 of PP1, PP2; SF2 of PP2; OCA mrp_multi_level tests 03-04."""
    codes = bills(FP1={"PP1": 2, "PP2": 3}, FP2={"SF1": 2, "SF2": 3}, SF1={"PP1": 3, "PP2": 2}, SF2={"PP2": 3}).low_level_code
    assert codes == {"FP1": 0, "FP2": 0, "SF1": 1, "SF2": 1, "PP1": 2, "PP2": 2}


def test_two_lines_of_one_component_are_one() -> None:
    table = {
        "A": {"kind": "made", "bill": [{"material": "x", "quantity": 2}, {"material": "x", "quantity": 1}]},
        "x": {"kind": "purchased"},
    }
    assert Bills(Materials.model_validate({"materials": table})).components["A"] == {"x": 3}


@pytest.mark.parametrize("lines", [{"A": {"B": 1}, "B": {"A": 1}}, {"A": {"A": 1}}, {"A": {"B": 1}, "B": {"C": 1}, "C": {"D": 1, "B": 2}}])
def test_a_bill_that_contains_itself_is_refused_with_its_path(lines: dict[str, dict[str, int]]) -> None:
    """Odoo test_bom 11, ERPNext test_bom recursion."""
    with pytest.raises(BillCycleError, match=r"contains itself: .* <- "):
        bills(**lines)


def test_no_erp_comes_into_being_on_a_bill_that_contains_itself() -> None:
    items = {**ITEMS, "materials": {**ITEMS["materials"], "gear": {"kind": "made", "bill": [{"material": "gearbox", "quantity": 1}]}}}
    with pytest.raises(BillCycleError):
        Erp(plant(LAYOUT, items), Policies())
