"""What is sent by the forms of the quality page, below the browser: what a form offers, sends, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import BORE, FINAL, INCOMING, Shop
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.quality_forms import quality_forms
from twin.model.events import EntryRefused, InspectionOverruled
from twin.results.auditing.signable import signed_entry


def form_of(shop: Shop, button: str) -> dict[str, Any]:
    """A form as it stands on the page now."""
    (found,) = [it for group in quality_forms(shop.run) for it in group["forms"] if it["button"] == button]
    return dict(found)


def press(shop: Shop, button: str, person: str = "quinn", **fields: str) -> str:
    """Fill in a form by its fields, what is to be chosen by its title, and send it; "" or why it was refused."""
    form = form_of(shop, button)
    assert {it["name"] for it in form["fields"]} >= set(fields)
    said: dict[str, str] = {it["name"]: "" for it in form["fields"]}
    for it in form["fields"]:
        given = fields.get(it["name"], "")
        if it["of"] == "choice":
            titles = {option["title"]: option["id"] for option in it["options"]}
            assert given in titles or not given, f"{it['label']}: '{given}' is none of {list(titles)}"
            given = titles.get(given, "")
        said[it["name"]] = given
    entry = {"id": "1", "kind": form["kind"], "person": person, "terminal": "quality page", "said": {**form["values"], **said}}
    event = Entered(shop.run).event(entry, shop.now_us)
    assert (event.person, event.terminal) == (person, "quality page")  # type: ignore[attr-defined]
    return next((it.reason for it in shop.tell(event) if isinstance(it, EntryRefused)), "")


def bored() -> Shop:
    """A lot of five valves whose bore is too wide."""
    shop = Shop(bore=BORE).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.measure("A-VALVE", bore=10.3)
    return shop


WRONG = "NC-A-VALVE-bore: bore is 10.3, allowed: 9.9 to 10.1 mm"


def standing(shop: Shop, name: str = "NC-A-VALVE-bore") -> tuple[str, str, str]:
    it = shop.run.mes.quality.nonconformances.all[name]
    return it.standing, it.disposition, it.disposed_by


def test_rework_is_decided_from_the_operation_that_is_offered() -> None:
    shop = bored()
    assert press(shop, "Decide", "olga", nonconformance=WRONG, disposition="rework", rework_to="10").startswith("olga is no inspector")
    assert press(shop, "Decide", nonconformance=WRONG, disposition="rework", rework_to="10") == ""
    assert standing(shop) == ("dispositioned", "rework", "quinn")
    assert shop.run.mes.lots["A-VALVE.R"].in_process == 5
    assert shop.started()[-1] == "A-VALVE.R/10"
    assert press(shop, "Close", nonconformance=WRONG) == "the rework of lot A-VALVE.R is not done: A-VALVE.R/10"
    shop.does("mill_1", "A-VALVE.R/10", 5)
    shop.measure("A-VALVE.R", bore=10.0)
    assert press(shop, "Close", nonconformance=WRONG) == ""
    assert shop.is_the_same_from_every_source()


def test_scrap_is_decided_and_booked() -> None:
    """5 pieces at 10 EUR of material and 6 EUR of boring: 80 EUR."""
    shop = bored()
    assert press(shop, "Decide", nonconformance=WRONG, disposition="scrap") == ""
    assert standing(shop) == ("dispositioned", "scrap", "quinn")
    assert (shop.run.mes.lots["A-VALVE"].scrapped, shop.balance("scrap_loss")) == (5, 8000)
    assert press(shop, "Close", nonconformance=WRONG) == ""
    assert [it["options"] for it in form_of(shop, "Close")["fields"]] == [[]], "nothing is left to be closed"


def test_a_delivery_is_returned_and_credited() -> None:
    shop = Shop(incoming=INCOMING).delivery("P1", 20, price_minor=1200)
    shop.measure("L-P1", weight=1100.0)
    (title,) = [it["title"] for it in form_of(shop, "Decide")["fields"][0]["options"]]
    assert title == "NC-L-P1-weight: weight is 1100, allowed: 990 to 1010 g"
    assert press(shop, "Decide", nonconformance=title, disposition="return") == ""
    assert shop.run.mes.tracking.on_hand("CASTING") == 0
    assert shop.balance("goods_received_not_billed") == shop.balance("purchase_price_variance") == 0


def test_a_result_is_corrected_with_what_it_was_and_why() -> None:
    shop = bored()
    asked = {"result": "bore of A-VALVE: 10.3 mm", "value": "10.0", "reason": "misread"}
    with pytest.raises(ValueError, match=r"'ten' is no number; allowed: as in 4\.5"):
        press(shop, "Correct a result", **{**asked, "value": "ten"})
    assert press(shop, "Correct a result", **{**asked, "reason": ""}) == "it needs a reason"
    assert press(shop, "Correct a result", **asked) == ""
    history = shop.run.measurement_history("A-VALVE", "bore")
    assert history[["value", "person", "reason"]].to_numpy().tolist() == [[10.3, "", ""], [10.0, "quinn", "misread"]]
    exceptions = shop.run.batch_record("A-VALVE")["exceptions"]
    said = [(it["kind"], it["what"]) for it in exceptions if it["kind"] in ("corrected", "refused")]
    assert said == [("refused", "it needs a reason"), ("corrected", "bore: 10.3 is 10; misread")], "what was refused has corrected nothing"
    assert shop.run.mes.quality.inspections.all["bore", "A-VALVE"].verdict == "passed"


def test_somebody_measures_for_a_gauge_study_and_says_what_was_misread() -> None:
    shop = bored()
    asked = {"study": "G1", "characteristic": "bore, mm", "gauge": "–", "part": "1", "value": "10,02", "trial": "", "reason": ""}
    assert [it["name"] for it in form_of(shop, "Measure for a gauge study")["fields"]] == [
        "study", "characteristic", "gauge", "part", "value", "trial", "reason",
    ]  # fmt: skip
    assert press(shop, "Measure for a gauge study", **asked) == ""
    again = press(shop, "Measure for a gauge study", **{**asked, "value": "10.03", "trial": "1"})
    assert again.endswith("allowed: another value for a reason, or the next trial")
    assert press(shop, "Measure for a gauge study", **{**asked, "value": "10.03", "trial": "1", "reason": "misread"}) == ""
    (row,) = shop.run.gauge_measurements("G1").to_dict("records")
    assert (row["person"], row["value"], row["was"], row["reason"]) == ("quinn", 10.03, "10.02", "misread")


def test_a_lot_that_failed_is_accepted_in_spite_of_it() -> None:
    shop = Shop(final=FINAL).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=9.0, finish=1.0)
    assert shop.shipped() == {"A": 0}
    assert press(shop, "Accept in spite of it", inspection="A-VALVE: final") == "it needs a reason"
    assert press(shop, "Accept in spite of it", inspection="A-VALVE: final", reason="the customer agrees") == ""
    it = shop.run.mes.quality.inspections.all["final", "A-VALVE"]
    assert (it.verdict, it.judged_by, it.reason) == ("passed by override", "quinn", "the customer agrees")
    (signable,) = [it["id"] for it in form_of(shop, "Sign an override")["fields"][0]["options"]]
    assert signable == f"override|{it.judged_us}|final|A-VALVE"
    said = signed_entry(shop.run, "override", ["final", "A-VALVE"], it.judged_us).event
    assert (type(said), getattr(said, "reason", "")) == (InspectionOverruled, "the customer agrees")
    assert shop.shipped() == {"A": 5}
    assert form_of(shop, "Accept in spite of it")["fields"][0]["options"] == [], "no lot has failed any more"
