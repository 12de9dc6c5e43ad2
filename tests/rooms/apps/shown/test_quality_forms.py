"""What is sent by the forms of the quality page, below the browser: what a form offers, sends, and what becomes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.rooms.quality.valve_shop import BORE, FINAL, INCOMING, Shop
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.quality_forms import quality_forms
from twin.model.events import EntryRefused, InspectionOverruled, NonconformanceRaised
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


def test_defects_are_counted_and_decided_by_their_codes_and_the_most_frequent_come_first() -> None:
    """Of two lots 3 burrs and 4 dents in the sample, and a nonconformance of 2 pieces that turns out to be a burr: 5 of 9, 9 of 9."""
    burrs = {"kind": "defects", "accept": 9, "chart": {"kind": "u", "mean": 0.1}}
    plan = {"material": "VALVE", "operation": "10", "sampling": {"pieces": 50}, "characteristics": {"faults": burrs}}
    shop = Shop(reasons={"defect": ["burr", "D02 dent"]}, look=plan).stock(100)
    for name, found, codes in (("A", 6, "burr 3, D02 dent 2"), ("B", 2, "D02 dent 2")):
        shop.order(name, 5)
        shop.does("mill_1", f"{name}-VALVE/10", 5)
        asked = {"asked": f"faults of {name}-VALVE, 9 or fewer defects", "value": str(found), "inspected": "", "happened": ""}
        for wrong, words in (
            ("bur 1", "'bur' is no defect code (did you mean 'burr'?); allowed: burr, D02 dent"),
            ("burr 9", f"9 defects by code, and {found} in all; allowed: at most {found}"),
            ("burr", "codes: 'burr' says not what and how many; allowed: as in burr 2, scratch 1"),
        ):
            with pytest.raises(ValueError, match=re.escape(words)):
                press(shop, "Enter a result", **asked, codes=wrong)
        assert press(shop, "Enter a result", **asked, codes=codes) == ""
    assert press(shop, "Something is wrong", lot="B-VALVE", quantity="2", description="sharp", code="–") == ""
    assert press(shop, "Contained", nonconformance="NC-B-VALVE-1: sharp", action="set aside") == ""
    assert shop.run.defects()["code"].tolist() == ["D02 dent", "burr", ""]
    decided = {"nonconformance": "NC-B-VALVE-1: sharp", "disposition": "use as is", "reason": "it does no harm", "code": "burr"}
    assert press(shop, "Decide", **decided) == ""
    rows = shop.run.defects()
    assert rows[["code", "product", "found", "pieces"]].to_numpy().tolist() == [["burr", "VALVE", 3, 2], ["D02 dent", "VALVE", 4, 0]]
    assert rows["cumulative_share"].tolist() == [5 / 9, 1.0]
    assert shop.run.control_chart("faults")["value"].tolist() == [6 / 50, 2 / 50]
    said = {"nonconformance": "X", "quantity": 1, "description": "?", "code": "crack"}
    assert shop.say(NonconformanceRaised, lot="A-VALVE", **said) == "'crack' is no defect code; allowed: burr, D02 dent"
    assert (
        bored().say(NonconformanceRaised, lot="A-VALVE", **said).startswith("'crack' is no defect code: this plant declares none; allowed:")
    )
    assert shop.is_the_same_from_every_source(lambda run: run.defects(), lambda run: run.nonconformances)


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


def test_what_was_counted_of_more_than_the_sample_is_charted_by_that_and_a_point_with_a_cause_is_left_out() -> None:
    """Of 200 that were looked at 3 were bad: limits of p = 0.02 and n = 200, not of the plan's 50."""
    burrs = {"kind": "defectives", "accept": 5, "chart": {"kind": "p", "phase_one": 2}}
    shop = Shop(look={"material": "VALVE", "operation": "10", "sampling": {"pieces": 50}, "characteristics": {"burrs": burrs}}).stock(100)
    asked = ((3, "200"), (1, ""), (3, "100"))
    for name, (found, inspected) in zip("ABC", asked, strict=True):
        shop.order(name, 5)
        shop.does("mill_1", f"{name}-VALVE/10", 5)
        which = f"burrs of {name}-VALVE, 5 or fewer defectives"
        with pytest.raises(ValueError, match="51 defective of 50 that were looked at; allowed: 0 to 50"):
            press(shop, "Enter a result", asked=which, value="51")
        assert press(shop, "Enter a result", asked=which, value=str(found), inspected=inspected) == ""
    chart = shop.run.control_chart("burrs")
    assert chart["value"].tolist() == [0.015, 0.02, 0.03]
    assert chart["center"].tolist() == [4 / 250] * 3
    assert "A point counts again" not in [it["button"] for group in quality_forms(shop.run) for it in group["forms"]]
    refused = press(shop, "A point has a cause of its own", "olga", chart="look: burrs", point="2", reason="wrong bin")
    assert refused == "limits need 2 points that count, and without point 2 they are fewer; allowed: find limits anew"
    assert press(shop, "Find limits anew", chart="look: burrs", first_point="1", last_point="3", reason="another mill") == ""
    assert press(shop, "A point has a cause of its own", chart="look: burrs", point="2", reason="wrong bin") == ""
    assert shop.run.mes.quality.inspections.charts["look", "burrs"].process[0] == 6 / 300  # type: ignore[index]
    assert press(shop, "A point counts again", left_out="look: burrs, point 2: wrong bin (quinn)", reason="it was not") == ""
    assert shop.run.mes.quality.inspections.charts["look", "burrs"].process[0] == 7 / 350  # type: ignore[index]
    assert shop.is_the_same_from_every_source()


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
