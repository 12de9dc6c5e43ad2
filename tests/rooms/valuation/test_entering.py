"""What the office says of values: refused in words, or the fact that the books hear, with who has said it."""

from __future__ import annotations

from typing import Any

from tests.rooms.erp.small_shop import ITEMS, Carried, balances, of_type, plant
from tests.rooms.valuation.counter import Counter, day, late
from twin.erp import Erp
from twin.erp.accounting.statements import View
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.scenario import Policies

FIFO = {"valuation": "fifo"}


def say(shop: Counter, kind: type[e.OfficeEntry], on: int = 3, person: str = "anna", **about: Any) -> list[OperationsEvent]:
    return shop.round(kind(effective_us=day(on), person=person, terminal="office", **about))


def refused(shop: Counter, kind: type[e.OfficeEntry], **about: Any) -> str:
    (answer,) = say(shop, kind, **about)
    assert isinstance(answer, e.EntryRefused), answer
    return answer.reason


def made(part: dict[str, str] | None = None) -> Counter:
    """5 parts at 1.00, of which two were made into two products by R1."""
    shop = Counter(part or FIFO, FIFO)
    shop.buy(1, 5, 100)
    shop.ask(1, "R1", 2)
    shop.issue(2, "R1", 2)
    shop.make(2, "R1", 2)
    shop.close(2, "R1", 2)
    return shop


def test_a_delivery_was_another_and_what_went_since_follows_it() -> None:
    """10 at 1.00 came, 4 went; it was 10 at 1.50: the six left are worth 9.00, and two more days later it is known."""
    shop = Counter(FIFO)
    order = shop.buy(1, 10, 100)
    shop.sell(2, 4)
    followed = say(shop, e.ReceiptCorrectionEntered, order=order, quantity=10, unit_price_minor=150, reason="the bill says so")
    (corrected,) = of_type(followed, e.GoodsReceiptCorrected)
    assert (corrected.effective_us, corrected.recorded_us, corrected.person) == (day(1), day(3), "anna")
    assert (shop.stock(), shop.balance("cost_of_goods_sold")) == ((6, 900), 600)
    too_many = refused(shop, e.ReceiptCorrectionEntered, order=order, quantity=1_001, unit_price_minor=1, reason="?")
    assert too_many == f"1001 cannot have come on '{order}'; allowed: 1000 at most, which is all that was ordered"
    unknown = refused(shop, e.ReceiptCorrectionEntered, order="PO9", quantity=1, unit_price_minor=1, reason="?")
    assert unknown == f"nothing came on 'PO9' in lot 'PO9'; allowed: {order}/{order}"
    assert (
        refused(shop, e.ReceiptCorrectionEntered, order=order, quantity=9, unit_price_minor=1, reason="") == "a correction needs a reason"
    )


def test_a_delivery_of_a_closed_week_is_of_that_week_whatever_has_come_on_its_order_since() -> None:
    """10 at 1.00 came on day 1, which is closed; 5 more on day 6. That the first were at 1.50 concerns day 1: 5.00 of the closed week."""
    shop = Counter({"standard_cost": "1 EUR"})
    order = shop.buy(1, 10, 100)
    shop.round(e.PeriodCloseRequested(effective_us=day(5), period="week 1", until_us=day(5)))
    base: dict[str, Any] = {"order": order, "supplier": "mill", "material": "part", "quantity": 5, "unit_price_minor": 100}
    shop.round(e.GoodsReceived(effective_us=day(6), lot="second", **base))
    followed = say(shop, e.ReceiptCorrectionEntered, on=7, order=order, quantity=10, unit_price_minor=150, reason="the bill says so")
    assert [it.concerns_us for it in late(followed)] == [day(1)]
    variance = [
        sum(it.amount_minor for it in shop.erp.income_statement(None, day(5), view) if it.account == "purchase_price_variance")
        for view in (View(), View(as_it_was=True))
    ]
    assert variance == [0, -500]


def test_what_is_taken_apart_gives_back_what_its_bill_says() -> None:
    shop = made()
    followed = say(shop, e.UnbuildEntered, request="R1", lot="R1", quantity=1, reason="sent back")
    (unbuilt,) = of_type(followed, e.ProductUnbuilt)
    assert (unbuilt.recovered, unbuilt.person) == ((("part", "R1-part-apart", 1),), "anna")
    assert (shop.stock(), shop.stock("unit")) == ((4, 400), (1, 100))
    again = {"request": "R1", "lot": "R1", "reason": "?"}
    assert refused(shop, e.UnbuildEntered, quantity=2, **again) == "'R1' has made 2, of which 1 were taken apart; allowed: 1 at most"
    elsewhere = refused(shop, e.UnbuildEntered, quantity=1, **{**again, "lot": "PO1"})
    assert elsewhere == "0 of lot 'PO1' are in stock; allowed: that at most, of a lot of 'unit'"
    strange = refused(shop, e.UnbuildEntered, quantity=1, recovered=(("part", "R1", 1),), **again)
    assert strange == "lot 'R1' of 'part'; allowed: a lot of that material, or a new one"
    assert "no request is called 'R7'" in refused(shop, e.UnbuildEntered, quantity=1, **{**again, "request": "R7"})


def test_another_method_from_now_on_and_why_not() -> None:
    shop = Counter(FIFO)
    shop.buy(1, 2, 100)
    shop.buy(2, 2, 300)
    shop.sell(2, 1)
    say(shop, e.ValuationChangeRequested, material="part", method="moving_average", reason="the auditor asks for it")
    shop.sell(4, 1)
    assert shop.stock() == (2, 600)  # out of FIFO at the last price, as val-09 has it
    same = refused(shop, e.ValuationChangeRequested, material="part", method="moving_average", reason="?")
    assert same == "'moving_average' for 'part', which counts at moving_average; allowed: standard, fifo"
    assert refused(shop, e.ValuationChangeRequested, material="part", method="fifo", reason="") == "another method needs a reason"


def test_freight_that_cannot_be_shared_is_refused_in_words() -> None:
    shop = Counter(FIFO)
    order = shop.buy(1, 5, 0)
    about: dict[str, Any] = {"order": "F1", "amount_minor": 100, "deliveries": ((order, order),)}
    assert refused(shop, e.LandedCostEntered, **about, split="luck") == "split by 'luck'; allowed: equal, quantity, weight, volume, value"
    weightless = refused(shop, e.LandedCostEntered, **about, split="weight")
    assert weightless == "part: no unit_weight is declared; allowed: another split, or unit_weight in items.yaml"
    worthless = refused(shop, e.LandedCostEntered, **about, split="value")
    assert worthless == "by value these deliveries share nothing; allowed: a split by what is not 0"
    twice = {**about, "deliveries": ((order, order), (order, ""))}
    assert refused(shop, e.LandedCostEntered, **twice, split="equal") == "a delivery is named twice; allowed: each once"
    assert "it names no deliveries" in refused(shop, e.LandedCostEntered, **{**about, "deliveries": ((order,),)}, split="equal")
    assert refused(shop, e.LandedCostEntered, **{**about, "amount_minor": 0}, split="equal").startswith(
        "an amount of 0.00; allowed: 0.01 or more, or"
    )
    assert "nobody has signed it" in refused(shop, e.LandedCostEntered, **about, split="equal", person="")


def test_an_overhead_is_spent_against_what_was_planned() -> None:
    shop = Carried(Erp(plant(items={**ITEMS, "overheads": {"heating": {"per": "labour_hour", "rate": "2 EUR"}}}), Policies()))
    shop.start()
    said: dict[str, Any] = {"effective_us": day(3), "person": "anna", "terminal": "office", "budget_minor": 10_000}
    shop.round(e.OverheadEntered(**said, overhead="heating", amount_minor=12_000, order="BILL-7"))
    assert shop.erp.corrections.incurred == [(day(3), "heating", 12_000, 10_000)]
    assert balances(shop.erp)["overhead_payable"] == -12_000
    for overhead, amount, bill, words in (
        ("rent", 100, "BILL-8", "no overhead is called 'rent'"), ("heating", 0, "BILL-8", "0.00, for which 100.00 was planned"),
        ("heating", 100, "", "the bill of heating has no id"), ("heating", 100, "BILL-7", "bill of heating 'BILL-7' is there already"),
    ):  # fmt: skip
        (answer,) = shop.round(e.OverheadEntered(**said, overhead=overhead, amount_minor=amount, order=bill))
        assert isinstance(answer, e.EntryRefused)
        assert words in answer.reason
