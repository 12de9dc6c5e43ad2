"""The forms by which what is declared becomes otherwise, or is there anew."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop
from tests.rooms.apps.office.test_said import NOTHING_TO_DO, OFFICE
from twin.apps.office.entered import OfficeEntered
from twin.apps.office.money.declared_forms import declared_forms
from twin.model import events as e
from twin.model.materials import Materials
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run


def test_what_is_declared_is_said_otherwise_on_a_form_for_each_table() -> None:
    """Only what is declared can be chosen; a discount is written in one line."""
    run = Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(OFFICE)), Scenario.model_validate(NOTHING_TO_DO))

    def say(kind: str, **fields: Any) -> Any:
        return OfficeEntered(run).event({"kind": kind, "person": "pete", "terminal": "page", "id": "E", "said": fields}, run.now_us)

    (shown,) = declared_forms(run)
    assert [it["button"] for it in shown["forms"]] == [
        "Change a material's data", "Change a supplier's data", "Change a customer's data", "A new supplier", "A new customer",
        "A new material that is bought", "A new tax", "A new material that is made", "A rate of the day",
    ]  # fmt: skip
    on_form = {"declared": "mill", "key": "lead_time", "value": "9 d", "reason": "agreed"}
    said = say("MasterDataChanged:suppliers", **on_form, **{"from": "2026-03-20 14:00"})
    assert isinstance(said, e.MasterDataChanged)
    assert (said.table, said.declared, said.from_us) == ("suppliers", "mill", 1_774_015_200_000_000)
    assert run.erp.apply(said) == [], "it is so from that day on"
    assert declared_forms(run)[0]["notes"] == ["Supplier mill changes from Fri 20 Mar, 14:00 on: lead_time 9 d"]
    less = say("MasterDataChanged:suppliers", **{**on_form, "key": "terms.discount", "value": "2 % within 10 d"})
    assert less.changes == (("terms.discount.share", "2 %"), ("terms.discount.within", "10 d"))
    new = say("MasterDataNew:suppliers", declared="new_mill", title="New mill", lead_time="3 d", reason="cheaper")
    assert new.changes == (("title", "New mill"), ("lead_time", "3 d"))
    assert [type(it) for it in run.erp.apply(new)] == [e.MasterDataRevised]
    rate = say("ExchangeRateEntered", currency="CZK", rate="25.5", **{"from": ""})
    assert (rate.rate, rate.from_us, run.erp.apply(rate)) == ("25.5", -1, [])
    oil = say("MasterDataNew:materials", declared="OIL", unit="l", standard_cost="3 EUR", supplier="mill", tax="", reason="it runs out")
    assert oil.changes == (("kind", "purchased"), ("unit", "l"), ("standard_cost", "3 EUR"), ("supplier", "mill"))
    assert run.erp.apply(oil)[0].is_new  # type: ignore[attr-defined]
    made = {"declared": "TWIN", "price": "90 EUR", "lot_size": "4", "bill": "CASTING: 2", "reason": "asked for"}
    twin_valve = say("MasterDataNew:made", **made, routing="10: bore 4 min, set up for twins; 20: grind 0.1 h per lot")
    (revised,) = run.erp.apply(twin_valve)
    standards = run.erp.apply(revised)
    assert [(it.material, it.material_minor) for it in standards] == [("TWIN", 2_000)]  # type: ignore[attr-defined]
    routing = run.erp.plant.layout.routings["TWIN"]
    assert [(it.segment, it.run.mean_us / 60e6, it.per, it.setup_family) for it in routing.values()] == [
        ("bore", 4, "piece", "twins"), ("grind", 6, "lot", None),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="routing: 'bore' is no operation with a step and a time; allowed: as in 10: bore 4 min; 20: "):
        say("MasterDataNew:made", **made, routing="bore")
    with pytest.raises(ValueError, match="bill: '2 CASTING' is no component with a quantity; allowed: as in CASTING: 2"):
        say("MasterDataNew:made", **{**made, "bill": "2 CASTING"}, routing="10: bore 4 min")
    assert say("MasterDataChanged:materials", declared="CASTING", key="planning", value="", reason="x").changes == (("planning", ""),)
