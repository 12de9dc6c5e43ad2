"""The forms by which what is declared becomes otherwise, or is there anew."""

from __future__ import annotations

from typing import Any

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
        "A new material that is bought", "A new tax", "A rate of the day",
    ]  # fmt: skip
    on_form = {"declared": "mill", "key": "lead_time", "value": "9 d", "reason": "agreed"}
    said = say("MasterDataChanged:suppliers", **on_form, **{"from": "2026-03-20 14:00"})
    assert isinstance(said, e.MasterDataChanged)
    assert (said.table, said.declared, said.from_us) == ("suppliers", "mill", 1_774_015_200_000_000)
    assert run.erp.apply(said) == [], "it is so from that day on"
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
    assert say("MasterDataChanged:materials", declared="CASTING", key="planning", value="", reason="x").changes == (("planning", ""),)
