"""A phantom is on nobody's shelf: a plant with one runs as the plant in whose bills its parts are written out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity.any_bills import plants_with_bills
from tests.parity.test_levels_by_rule import Case, by_rule, facts_of, with_mes_and_erp
from twin.model.plant import Plant


def with_kits(case: Case) -> Case:
    """The same plant, in which the parts of x and y are named in kits, one of them a kit of a kit."""
    tables = case[0].model_dump(mode="json")
    materials = tables["materials"]["materials"]
    for name in "xy":
        bill = materials[name]["bill"]
        materials[f"kit_{name}"] = {"kind": "made", "phantom": True, "bill": bill}
        materials[name]["bill"] = [{"material": f"kit_{name}", "quantity": 1}] if bill else []
    materials["case_y"] = {"kind": "made", "phantom": True, "bill": [{"material": "kit_y", "quantity": 1}]}
    for line in materials["y"]["bill"]:
        line["material"] = "case_y"
    return Plant.model_validate(tables), case[1]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32))
def test_a_plant_with_kits_runs_as_the_plant_without_them(case: Case, seed: int) -> None:
    plain, kitted = with_mes_and_erp(case, seed), with_mes_and_erp(with_kits(case), seed)
    facts = facts_of(plain)
    assert facts_of(kitted) == facts == by_rule(with_kits(case), seed)
    assert kitted.erp.ledger.balances == plain.erp.ledger.balances
