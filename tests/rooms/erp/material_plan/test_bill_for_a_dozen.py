"""The cost roll-up of bills that are written for more than one unit."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant
from twin.erp.accounting.standard_cost import CostRollUp
from twin.erp.bills import Bills

CASE = CASES["bom-03-roll-up"]


def layout(setup_min: dict[str, int]) -> dict[str, Any]:
    """A work unit for each operation of a product, since set-ups differ by product; `efficiency` makes the run longer."""
    given, found = CASE["given"], copy.deepcopy(LAYOUT)
    found["setups"], found["work_units"], found["process_segments"] = {}, {}, {}
    for product, minutes in setup_min.items():
        found["routings"][product] = {}
        for number, run_min in enumerate(given["ops_min"]):
            name = f"{product}_{number}"
            found["work_centers"][name] = {"storage": "yard"}
            found["work_units"][name] = {"equipment_class": name, "work_center": name, "hourly_cost": f"{given['rate_per_h']} EUR/h"}
            found["process_segments"][name] = {"work_center": name}
            found["setups"][name] = {"default": f"{minutes} min", "same": f"{minutes} min"}
            run = f"{run_min / given['efficiency']} min"
            found["routings"][product][name] = {"segment": name, "run": run, "per": "lot", "setup_family": "any"}
    return found


def rolled_up(*, head_is_made: bool, with_operations: bool) -> tuple[CostRollUp, Fraction]:
    """The roll-up, and what a table costs, in euros."""
    prices = {"head": 300, "screw": 10, "leg": 25, "glass": 100, "ply": 200, "bolt": 10, "colour": 100, "slide": 25}
    materials: dict[str, dict[str, Any]] = {name: {"standard_cost": f"{price} EUR"} for name, price in prices.items()}
    bill = {name: int(line.split()[0]) for name, line in CASE["given"]["table"].items()}
    materials["table"] = {"bill": bill, "costing_lot": 1}
    if head_is_made:
        bill = {name: int(line.split()[0]) for name, line in CASE["given"]["head_per_dozen"].items()}
        materials["head"] = {"bill": bill, "bill_for": 12, "price_per": 12, "costing_lot": 12}
    given = CASE["given"]
    default, specific = given["setup_min"] + given["cleanup_min"], sum(given["table_specific_setup_cleanup_min"])
    products = {"table": specific, **({"head": default} if head_is_made else {})} if with_operations else {}
    made = plant(materials, layout(products))
    roll_up = CostRollUp(made, Bills(made.materials))
    return roll_up, roll_up.level_cost("table").total / 100


def test_bom_03_material_and_operations_of_a_table_with_its_head() -> None:
    then = CASE["then"]
    assert rolled_up(head_is_made=False, with_operations=False)[1] == then["table_material"]
    assert rolled_up(head_is_made=True, with_operations=False)[1] == Fraction(str(then["table_material_exploded"]))
    roll_up, table = rolled_up(head_is_made=True, with_operations=True)
    assert round(roll_up.level_cost("head").material / 100, 2) == Fraction(str(then["head_unit"]))
    assert [round(float(it.cost.total) * 12 / 100, 2) for it in roll_up.operations["head"].values()] == then["op_costs_default"]
    assert round(float(sum(it.cost.total for it in roll_up.operations["head"].values())) / 100, 2) == then["head_ops_per_unit"]
    assert sum(it.cost.total for it in roll_up.operations["table"].values()) / 100 == Fraction(str(then["table_ops"]))
    assert rolled_up(head_is_made=False, with_operations=True)[1] == Fraction(str(then["table_with_ops"]))
    assert round(float(table), 2) == then["table_full"]
