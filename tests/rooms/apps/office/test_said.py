"""What the office says on forms: amounts that mean one thing, orders within what a person may order, and nothing that ends the plant."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.quality.valve_shop import ITEMS
from twin.apps.feeds import by_hand
from twin.apps.office.entered import OfficeEntered
from twin.apps.office.planning.forms import plan_forms
from twin.apps.office.purchasing_forms import proposed_form, purchasing_forms
from twin.apps.office.sales_forms import sales_forms
from twin.apps.terminals.readers import days_of, instant_of, money_in, money_of, whole_of
from twin.model import events as e
from twin.model.materials import MOST_PIECES, Materials
from twin.model.measures import MOST_WORTH
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.results.views.business.plan import plan_now

OFFICE: dict[str, Any] = {
    **ITEMS,
    "materials": {
        **ITEMS["materials"],
        "CASTING": {**ITEMS["materials"]["CASTING"], "alternative_suppliers": {"mill": {"price": "9 EUR"}}},
    },
    "suppliers": {"foundry": {"lead_time": "2 d"}, "mill": {"lead_time": "4 d"}},
    "finance": {"currencies": {"CZK": [{"since": "2026-01-01", "rate": 25}]}},
    "overheads": {"heating": {"per": "labour_hour", "rate": "2 EUR"}},
    "purchasing": {"approval_above": "100 EUR", "approved_by": "inspector"},
}
DAY_US = 86_400_000_000
NOTHING_TO_DO = {"title": "An office", "plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "60 d", "demand": {"orders": []}}
MEANT = {
    "0": 0, "12": 1_200, "12.5": 1_250, "12,50": 1_250, "-5": -500, "1250": 125_000, "1,250.00": 125_000, "1.250,00": 125_000,
    "1,250,000": 125_000_000, "1.250.000,5": 125_000_050,
}  # fmt: skip
TWO_WAYS = ("1,250", "1.250", "0.125", "-12,505")
NO_MONEY = ("1e3", "1e999999", "NaN", "1_000", "1 250", "٣", "1.2.3", "1,25,000.00", "1,250,000,50", ".5", "9" * 5_000, "12.5 EUR")


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(OFFICE)), Scenario.model_validate(NOTHING_TO_DO))


def test_the_forms_of_sales_open_whatever_was_offered_and_offer_each_product_of_a_title_that_two_have() -> None:
    """A program may offer what has no price of its own."""
    materials = OFFICE["materials"]
    items = {
        **OFFICE,
        "materials": {**materials, "VALVE": {**materials["VALVE"], "title": "Valve"}, "V2": {**materials["VALVE"], "title": "Valve"}},
    }
    run = Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(items)), Scenario.model_validate(NOTHING_TO_DO))
    offer: dict[str, Any] = {"customer": "acme", "quantity": 2, "unit_price_minor": 100, "discount_percent": 0, "due_us": -1}
    offer |= {"effective_us": run.now_us, "valid_until_us": run.now_us + 10**12, "person": "pete", "terminal": "api"}
    for material in ("CASTING", "V2"):
        (said,) = run.erp.apply(e.SalesQuoteOffered(quote=f"S-{material}", material=material, **offer))
        assert not isinstance(said, e.EntryRefused), said.reason
    fields = [field for group in sales_forms(run) for form in group["forms"] for field in form["fields"]]
    choices = {it["name"]: {option["id"]: option["title"] for option in it["options"]} for it in fields if it["of"] == "choice"}
    assert list(choices["quote"]) == ["S-V2", "S-CASTING"]
    assert choices["material"] == {"": "–", "VALVE": "VALVE: Valve", "V2": "V2: Valve"}, "none is chosen beforehand"


Say = Callable[..., e.OperationsEvent]


def test_an_order_without_a_quote_is_taken_changed_and_cancelled_by_forms_and_all_that_is_wrong_is_said(say: Say, run: Run) -> None:
    wanted = {"customer": "acme", "material": "VALVE", "quantity": "5", "due": "2026-03-20 14:00", "partial": "allowed"}
    with pytest.raises(ValueError, match="'CASTING' is not sold") as refused:
        say("SalesOrderConfirmed", **{**wanted, "customer": "acne", "material": "CASTING", "due": "2020-01-01 00:00"})
    assert all(words in str(refused.value) for words in ("the due date is over", "nobody knows a customer 'acne'"))
    said = say("SalesOrderConfirmed", **wanted)
    assert isinstance(said, e.SalesOrderConfirmed)
    assert (said.order, said.quantity, said.partial, said.person) == ("O-1", 5, "allowed", "pete")
    assert said.unit_price_minor == run.plant.materials.materials["VALVE"].price
    many = {**wanted, "quantity": "5000", "due": "2026-03-02 15:00"}
    words = r"5,000 of VALVE cannot be there before \w+ \d+ \w+, \d\d:\d\d, .* late \(.*\); allowed: a date from then on, or that it"
    with pytest.raises(ValueError, match=words):
        say("SalesOrderConfirmed", **many, late="")
    with pytest.raises(ValueError, match=words):
        say("SalesOrderConfirmed", **wanted, late="", more="VALVE: 5000 by 2026-03-02 15:00")
    assert [say("SalesOrderConfirmed", **it).quantity for it in ({**many, "late": "taken"}, {**wanted, "late": ""})] == [5000, 5]  # type: ignore[attr-defined]
    changed = say("SalesOrderChanged", order="O-1", quantity="7", due="", reason="more")
    assert isinstance(changed, e.SalesOrderChanged)
    assert (changed.quantity, changed.due_us) == (7, 0)
    assert say("SalesOrderCancelled", order="O-1", reason="none").order == "O-1"  # type: ignore[attr-defined]
    of_lines = say("SalesOrderConfirmed", **wanted, more="VALVE: 3 at 900.00; VALVE: 2 by 2026-03-21 14:00")
    assert isinstance(of_lines, e.SalesOrderEntered)
    due_us = said.due_us
    assert of_lines.order_lines == (("VALVE", 5, due_us, -1), ("VALVE", 3, due_us, 90_000), ("VALVE", 2, due_us + DAY_US, -1))
    for event in run.erp.apply(of_lines):
        run.erp.apply(event)
    of_orders = {it["kind"]: it["fields"][0]["options"] for it in sales_forms(run)[0]["forms"]}
    kinds = ("SalesOrderEntered", "SalesOrderChanged", "SalesOrderCancelled")
    assert {kind: of_orders[kind][0]["id"] for kind in kinds} == dict.fromkeys(kinds, ""), "no order is chosen beforehand"
    assert f"{of_lines.order} of acme: all of it, 3 lines" in [it["title"] for it in of_orders["SalesOrderCancelled"]]
    added = say("SalesOrderEntered", order=of_lines.order, material="VALVE", quantity="1", due="2026-03-20 14:00")
    assert (added.customer, added.partial, added.order_lines) == ("acme", "allowed", (("VALVE", 1, due_us, -1),))  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"price: -0\.01; allowed: 0 or more, or nothing for the usual price"):
        say("SalesOrderConfirmed", **wanted, more="V2: 3 at -0.01")
    with pytest.raises(ValueError, match=r"more: 'V2 3' is no product with a quantity; allowed: as in GB2: 3"):
        say("SalesOrderConfirmed", **wanted, more="V2 3")


@pytest.fixture
def say(run: Run) -> Say:
    def said(kind: str, person: str = "pete", **fields: Any) -> e.OperationsEvent:
        entry = {"kind": kind, "person": person, "terminal": "page", "id": "E", "said": fields}
        return OfficeEntered(run).event(entry, run.now_us)

    return said


def test_money_means_one_thing_on_the_server_and_on_the_page(root: Path) -> None:
    script = (root / "twin/apps/terminals/floor_forms.js").read_text()
    (pattern,) = re.findall(r"money: /(.*)/,", script)
    for text, minor in MEANT.items():
        assert money_of({"it": text}, "it") == minor
        assert re.search(pattern, text)
    for text in TWO_WAYS:
        assert not re.search(pattern, text)
        with pytest.raises(ValueError, match="can be read in two ways"):
            money_of({"it": text}, "it")
    for text in NO_MONEY:
        assert not re.search(pattern, text)
        with pytest.raises(ValueError, match="is no amount of money"):
            money_of({"it": text}, "it")
    with pytest.raises(ValueError, match=r"is too much; allowed: 100,000,000,000\.00 or less"):
        money_of({"it": "100000000000.01"}, "it")


@pytest.mark.parametrize("written", MEANT)
def test_money_may_be_written_with_the_currency_of_the_plant_and_no_other(written: str) -> None:
    for behind in ("", "EUR", " EUR"):
        assert money_in("EUR", {"price": written + behind}, "price") == MEANT[written]
    for other in ("USD", "eur", "EURO", "€ EUR"):
        with pytest.raises(ValueError, match=r"allowed: EUR, as in 12.50 or 12.50 EUR|no amount of money"):
            money_in("EUR", {"price": f"{written} {other}"}, "price")


def test_a_cent_below_zero_is_not_taken_for_what_nobody_has_said(say: Say) -> None:
    """Nothing written is any limit, and a credit of all that was invoiced: -1 in the entry, as -0.01 is in minor units."""
    limit, credit = {"customer": "acme", "reason": "x"}, {"order": "O", "quantity": "1", "reason": "x"}
    changed, accepted = say("CreditLimitChanged", **limit), say("ReturnAccepted", **credit)
    assert isinstance(changed, e.CreditLimitChanged)
    assert isinstance(accepted, e.ReturnAccepted)
    assert (changed.limit_minor, accepted.credit_minor) == (-1, -1)
    for below in ("-0.01", "-1"):
        with pytest.raises(ValueError, match=r"limit: '-.*' is less than nothing; allowed: 0 or more, or nothing"):
            say("CreditLimitChanged", limit=below, **limit)
        with pytest.raises(ValueError, match=r"credit: '-.*' is less than nothing"):
            say("ReturnAccepted", credit=below, **credit)


def test_a_lot_that_a_supplier_has_called_by_any_sign_can_be_chosen(say: Say) -> None:
    was = say("ReceiptCorrectionEntered", delivery="PO-1|HEAT|7", quantity="1", unit_price="1", reason="x")
    assert isinstance(was, e.ReceiptCorrectionEntered)
    assert (was.order, was.lot) == ("PO-1", "HEAT|7")


def in_file(text: str, encoding: str = "utf-8") -> str:
    """As a page sends it."""
    return f"bank.csv\n{base64.b64encode(text.encode(encoding)).decode()}"


def test_a_file_of_the_bank_and_further_lines_are_read_line_by_line(say: Say) -> None:
    handed_in = say("BankStatementEntered", statement="S1", bank_lines=in_file('1.250,00; "INV-B1"; Müller\n\n-9,90\tcharges\n', "latin-1"))
    assert isinstance(handed_in, e.BankStatementEntered)
    assert handed_in.bank_lines == ((125_000, "INV-B1", "Müller"), (-990, "charges", ""))
    for lines, words in (
        ("twelve; x", "line 1: amount: 'twelve' is no amount of money"),
        ("1; a; b; c", "allowed: amount; reference; party"),
    ):
        with pytest.raises(ValueError, match=words):
            say("BankStatementEntered", statement="S1", bank_lines=in_file(lines))
    bill = say("CostBillEntered", supplier="s", bill="B", account="rent", net="12", more="services: 3.50 @ hobbing; energy: 1")
    assert isinstance(bill, e.CostBillEntered)
    assert bill.cost_lines == (("rent", 1_200, ""), ("services", 350, "hobbing"), ("energy", 100, ""))
    assert (bill.tax_code, bill.line_codes) == ("", ())
    coded = say(
        "CostBillEntered", supplier="s", bill="B", account="rent", net="12", tax_code="vat", more="services: 3.50 % exempt; energy: 1"
    )
    assert isinstance(coded, e.CostBillEntered)
    assert (coded.cost_lines[1], coded.tax_code, coded.line_codes) == (("services", 350, ""), "", ("vat", "exempt", "vat"))
    for unsaid, words in ({"account": ""}, "what it is for is not chosen"), ({"supplier": ""}, "who sends the bill is not chosen"):
        with pytest.raises(ValueError, match=words):
            say("CostBillEntered", **({"supplier": "s", "bill": "B", "account": "rent", "net": "12"} | unsaid))
    by_hand = say(
        "EntryProposed", document="x", debit="rent", credit="cash", amount="1", work_center="hobbing", customer="acme", supplier="s"
    )
    assert isinstance(by_hand, e.EntryProposed)
    assert (by_hand.work_center, by_hand.customer, by_hand.supplier, by_hand.product) == ("hobbing", "acme", "s", "")
    with pytest.raises(ValueError, match="no account with an amount"):
        say("EntryProposed", document="x", debit="rent", credit="cash", amount="1", more="rent")


def test_a_credit_is_set_off_against_an_item_of_its_own_party(say: Say) -> None:
    said = say("SetOffEntered", item="receivable|acme|INV|1", credit="receivable|acme|K1", amount="12.50")
    assert isinstance(said, e.SetOffEntered)
    assert (said.side, said.party, said.item, said.credit, said.amount_minor) == ("receivable", "acme", "INV|1", "K1", 1_250)
    with pytest.raises(ValueError, match=r"credit: 'K1' is of zenith, 'INV-1' of acme; allowed: both of one party"):
        say("SetOffEntered", item="receivable|acme|INV-1", credit="receivable|zenith|K1")
    undone = say("BankMatchUndone", line="3|S1", reason="another's")
    assert isinstance(undone, e.BankMatchUndone)
    assert (undone.statement, undone.number) == ("S1", 3)
    assert isinstance(say("PaymentTakenBack", payment="K1", reason="returned"), e.PaymentTakenBack)


def test_nothing_of_a_bill_is_not_all_of_it(say: Say) -> None:
    paid = say("PaymentOrdered", bill="foundry|4711")
    assert isinstance(paid, e.PaymentOrdered)
    assert paid.amount_minor == 0, "left empty: all of it"
    with pytest.raises(ValueError, match=r"'0' is nothing; allowed: an amount, as in 12\.50, or left empty for all of it"):
        say("PaymentOrdered", bill="foundry|4711", amount="0")
    with pytest.raises(ValueError, match="quantity: 0 is none; allowed: 1, 2 and so on, or left empty"):
        say("BillEntered", order="PO-1", bill="4711", net="12", quantity="0")
    with pytest.raises(ValueError, match="valid until: it is empty; allowed: date and time"):
        say("SalesQuoteOffered", customer="acme", material="VALVE", quantity="1", valid_until="")


def test_several_materials_are_ordered_of_one_supplier_on_one_form(say: Say) -> None:
    said = say(
        "PurchaseOrderPlaced", material="CASTING", quantity="2", due="2026-03-20 14:00", more="CASTING: 3 at 1.50 by 2026-03-21 14:00"
    )
    assert isinstance(said, e.PurchaseOrderEntered)
    (first, second) = said.order_lines
    assert (said.supplier, first[:2], first[3], second) == ("foundry", ("CASTING", 2), -1, ("CASTING", 3, first[2] + DAY_US, 150))


def test_what_came_beyond_an_order_is_kept_or_goes_back_on_a_form_that_is_there_only_then() -> None:
    items = {**OFFICE, "suppliers": {**OFFICE["suppliers"], "foundry": {"lead_time": "2 d", "over_delivery": "5 %"}}}
    run = Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(items)), Scenario.model_validate(NOTHING_TO_DO))
    about: dict[str, Any] = {"effective_us": run.now_us, "order": "PO", "supplier": "foundry", "material": "CASTING", "unit_price_minor": 1}
    run.erp.apply(e.PurchaseOrderPlaced(**about, quantity=20, due_us=run.now_us))

    def asked() -> list[list[str]]:
        forms = [form for group in purchasing_forms(run) for form in group["forms"] if form["kind"] == "OverDeliveryDecided"]
        return [[it["title"] for it in form["fields"][0]["options"] if it["id"]] for form in forms]

    assert asked() == []
    run.erp.apply(e.GoodsReceived(**about, lot="L", quantity=23))
    assert [it[0].split(" of ")[0] for it in asked()] == ["PO: 2"]
    entry = {"kind": "OverDeliveryDecided", "person": "pete", "terminal": "page", "id": "E"}
    said = [OfficeEntered(run).event({**entry, "said": {"order": "PO", "kept": it}}, run.now_us) for it in ("kept", "back")]
    assert [(it.is_kept, it.quantity) for it in said] == [(True, 0), (False, 0)]  # type: ignore[attr-defined]


def test_a_bill_for_several_orders_is_entered_on_one_form(say: Say) -> None:
    said = say("BillEntered", order="PO-1", bill="77", net="-12.00", more="PO-2: -120.00 for 4; PO-7: -35.00")
    assert said.more_lines == (("PO-2", -12_000, -4), ("PO-7", -3_500, 0))  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="no order with an amount; allowed: as in PO-2"):
        say("BillEntered", order="PO-1", bill="77", net="12.00", more="PO-2 120.00")


def test_other_fields_hold_what_a_plant_can_have(run: Run) -> None:
    for text, words in {
        "": "it is empty",
        "9" * 5_000: "no number of pieces",
        "1,250": "no number",
        str(MOST_PIECES + 1): "too many",
    }.items():
        with pytest.raises(ValueError, match=words):
            whole_of({"it": text}, "it")
    assert whole_of({"it": 0}, "it") == 0
    with pytest.raises(ValueError, match="allowed: 0 to 36500"):
        days_of({"it": "36501"}, "it")
    six_us = instant_of(run.plant, {"it": "2026-03-02T06:00Z"}, "it")
    assert six_us == run.scenario.start_us == instant_of(run.plant, {"it": "2026-03-02T11:00+05:00"}, "it")


REFUSED = [
    ({"currency": "CZK"}, "what is declared is in EUR, the order in CZK; allowed: a price in CZK"),
    ({"person": "nobody"}, "nobody knows a person 'nobody'"),
    ({"supplier": "smith"}, "'CASTING' does not come from 'smith'; allowed: foundry, mill"),
    ({"quantity": "0"}, "quantity 0; allowed: 1 or more"),
    ({"quantity": "9" * 30}, "is no number of pieces"),
    ({"quantity": ""}, "quantity: it is empty"),
    ({"due": "9999-01-01 00:00"}, "'due_us' is"),
    ({"due": "2030-01-01 00:00"}, "more than two years ahead"),
    ({"due": "2026-03-01 06:00"}, "the due date is past"),
    ({"unit_price": "-1"}, r"price -1\.00; allowed: 0 or more"),
    ({"quantity": "11"}, r"worth 110\.00, and above 100\.00 another person approves; allowed: a requisition"),
    ({"quantity": "11", "unit_price": "0"}, "another person approves"),
    ({"unit_price": "10.01", "quantity": "10"}, "another person approves"),
]


@pytest.mark.parametrize(("wrong", "words"), REFUSED)
def test_an_order_at_a_declared_supplier_is_checked_as_what_others_say(say: Say, wrong: dict[str, str], words: str) -> None:
    usual = {"material": "CASTING", "quantity": "10", "due": "2026-03-09 06:00"}
    placed = [say("PurchaseOrderPlaced", **usual, supplier=it) for it in ("", "mill")]
    assert [(it.supplier, it.unit_price_minor) for it in placed] == [("foundry", 1_000), ("mill", 900)]  # type: ignore[attr-defined]
    agreed = say("PurchaseOrderPlaced", **usual, unit_price="250", currency="CZK")
    assert isinstance(agreed, e.PurchaseOrderPlaced)
    assert (agreed.unit_price_minor, agreed.agreed_price_minor, agreed.currency) == (1_000, 25_000, "CZK")
    with pytest.raises(ValueError, match=words):
        say("PurchaseOrderPlaced", **{**usual, **wrong})


def test_what_a_form_needs_the_server_needs(say: Say) -> None:
    quote = {"asked": "Q-1|foundry", "quote": "F", "unit_price": "12", "lead_time": "3", "valid_until": "2026-03-09 06:00"}
    with pytest.raises(ValueError, match="no quantity with a price"):
        say("QuoteReceived", **quote, breaks="72: ")
    for fields in ({"quantity": "", "unit_price": "1"}, {"quantity": "1", "unit_price": ""}):
        with pytest.raises(ValueError, match="it is empty"):
            say("ReceiptCorrectionEntered", delivery="PO|PO", reason="x", **fields)
    with pytest.raises(ValueError, match="order: it is empty"):
        say("LandedCostEntered", order="", amount="1", split="equal", deliveries=["PO|PO"])


def test_amounts_of_a_year_can_be_summed_up_in_a_database(run: Run) -> None:
    assert MOST_WORTH * 900_000 < 2**63
    event = e.OverheadEntered(
        effective_us=run.now_us, person="pete", terminal="page", overhead="heating", amount_minor=MOST_WORTH + 1, budget_minor=0
    )
    run.erp.apply(event)
    assert run.erp.corrections.incurred == []
    (refused,) = [it for it in Run(run.plant, run.scenario).erp.apply(event) if isinstance(it, e.EntryRefused)]
    assert refused.reason == f"'amount_minor' is {MOST_WORTH + 1}; allowed: {-MOST_WORTH} to {MOST_WORTH}"


def test_what_cannot_even_be_made_is_refused_and_the_plant_goes_on(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with running(by_hand(run.plant, run.scenario, seed=1, speed=60)) as feed, caplog.at_level(logging.ERROR):
        wait_until(lambda: feed.run.now_us > 0)
        words = feed.enter(lambda at_us: e.Heartbeat(effective_us=at_us // 0), "E1")
        assert words == "it cannot be understood (ZeroDivisionError), and nothing of it was done; allowed: what the form asks for"
        assert "E1" in caplog.text
        office = OfficeEntered(feed.run)
        said = {"material": "CASTING", "quantity": "1", "due": "2026-03-09 06:00", "reason": ""}
        entry = {"kind": "PurchaseRequisitionRaised", "person": "pete", "terminal": "page", "id": "E2", "said": said}
        assert feed.enter(lambda at_us: office.event(entry, at_us), "E2") == ""


def test_what_the_plan_proposes_of_orders_and_requests_is_said_as_it_was_seen_and_not_proposed_again() -> None:
    run = Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(OFFICE)), Scenario.model_validate(NOTHING_TO_DO))
    about = {"order": "PO1", "supplier": "foundry", "material": "CASTING", "unit_price_minor": 1_000}
    run.erp.apply(e.PurchaseOrderPlaced(effective_us=run.now_us, quantity=30, due_us=run.now_us + 20 * DAY_US, **about))

    def proposed(*, is_made: bool = False) -> list[str]:
        """What the form offers, on the page Purchasing or Material plan."""
        plan = plan_now(run)
        (choice,) = (
            field
            for form in (plan_forms(run, plan)[0] if is_made else proposed_form(run, plan))["forms"]
            for field in form["fields"]
            if form["kind"] == "PlannedChange" and field["of"] == "choice"
        )
        return [it["id"] for it in choice["options"]]

    def said(change: str) -> e.OperationsEvent:
        entry = {"kind": "PlannedChange", "person": "pete", "terminal": "page", "id": "E", "said": {"change": change}}
        return OfficeEntered(run).event(entry, run.now_us)

    (nothing_more,) = proposed()
    closed = said(nothing_more)
    assert isinstance(closed, e.PurchaseOrderClosed)
    assert (closed.order, closed.reason) == ("PO1", "material plan: nothing needs it")
    order = {"order": "A", "customer": "acme", "material": "VALVE", "quantity": 5, "unit_price_minor": 100}
    run.erp.apply(e.SalesOrderConfirmed(effective_us=run.now_us, due_us=run.now_us + 10 * DAY_US, **order))
    (sooner,) = proposed()
    with pytest.raises(ValueError, match="the plan has changed, and would have another quantity or date of 'PO1'; allowed: 5 by 2026-03-1"):
        said(nothing_more)
    changed = said(sooner)
    assert isinstance(changed, e.PurchaseOrderChanged)
    assert changed.quantity == 5
    assert run.now_us < changed.due_us < run.now_us + 10 * DAY_US
    assert run.erp.apply(changed) == []
    for revised in run.erp.sourcing.decide(run.now_us):
        run.erp.apply(revised)
    assert proposed() == []
    with pytest.raises(ValueError, match="would leave 'PO1' as it is"):
        said(sooner)
    asked = e.OperationsRequestReleased(effective_us=run.now_us, request="S", material="VALVE", quantity=4, due_us=run.now_us + 12 * DAY_US)
    for it in (asked, *run.mes.apply(asked)):
        run.mes.apply(it)
        run.erp.apply(it)
    (cancelled,) = [it for it in map(said, proposed(is_made=True)) if isinstance(it, e.OperationsRequestCancelled)]
    assert (cancelled.request, cancelled.reason) == ("S", "material plan: nothing needs it")
    assert run.erp.apply(cancelled) == run.mes.apply(cancelled) == []
    for it in run.mes.decide(run.now_us):
        assert run.erp.apply(it) == []
    assert all(not it.startswith("S|") for it in proposed(is_made=True))
