"""Published cases of buying and selling, to the cent."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import DAY_US, balances, of_type
from tests.rooms.procurement.trading_shop import Office, T
from tests.rooms.valuation.counter import Counter, day
from twin.model import events as e
from twin.model.events import LandedCostAllocated, OperationsEvent, WorkAlertRaised

FIFO = {"valuation": "fifo"}


def land(shop: Counter, amount: int, *shares: tuple[str, int]) -> list[OperationsEvent]:
    receipts = tuple((order, order, share) for order, share in shares)
    return shop.round(LandedCostAllocated(effective_us=day(2), order="FREIGHT", amount_minor=amount, receipts=receipts))


def share(shop: Counter, amount: int, split: str, *orders: str) -> list[OperationsEvent]:
    """The office says what freight has cost, and what it is shared by; the rest is reckoned."""
    deliveries = tuple((order, order) for order in orders)
    said = {"person": "anna", "terminal": "office", "order": "FREIGHT", "amount_minor": amount, "split": split}
    return shop.round(e.LandedCostEntered(effective_us=day(2), deliveries=deliveries, **said))


@pytest.mark.parametrize(
    ("split", "cost", "borne"),
    [
        ("equal", 1_000, (500, 500)), ("quantity", 15_000, (5_000, 10_000)), ("weight", 25_000, (5_000, 20_000)),
        ("volume", 2_000, (500, 1_500)),
    ],
)  # fmt: skip
def test_landed_cost_is_split_by_what_it_is_for(split: str, cost: int, borne: tuple[int, int]) -> None:
    """p2p-05: 5 fridges of 10 kg and 1 m3, 10 ovens of 20 kg and 1.5 m3; Odoo landed_costs_on_incoming_shipment."""
    oven = {"kind": "purchased", **FIFO, "unit_weight": "20 kg", "unit_volume": "1.5 m3"}
    shop = Counter({**FIFO, "unit_weight": "10 kg", "unit_volume": "1 m3"}, oven=oven)
    fridges, ovens = shop.buy(1, 5, 10_000), shop.buy(1, 10, 20_000, material="oven")
    share(shop, cost, split, fridges, ovens)
    assert (shop.stock()[1] - 50_000, shop.stock("oven")[1] - 200_000) == borne


def test_landed_cost_by_value() -> None:
    """p2p-07: 10 at 100 and 10 of cost: 101 each; 80 by net amounts of 120, 200 and 0: 30, 50 and 0; Tryton, ERPNext."""
    shop = Counter(FIFO)
    share(shop, 1_000, "value", shop.buy(1, 10, 10_000))
    assert shop.stock() == (10, 101_000)
    shop = Counter(FIFO, second={"kind": "purchased", **FIFO}, free={"kind": "purchased", **FIFO})
    orders = [shop.buy(1, 1, 12_000), shop.buy(1, 1, 20_000, material="second"), shop.buy(1, 1, 0, material="free")]
    share(shop, 8_000, "value", *orders)
    assert [shop.stock(it)[1] for it in ("part", "second", "free")] == [15_000, 25_000, 0]


def test_weights_that_sum_to_zero_are_refused() -> None:
    """p2p-09: 100.10, 200.20 and -300.30; ERPNext divides by what is left of floats."""
    shop = Counter(FIFO)
    orders = [shop.buy(1, 1, 100) for _ in range(3)]
    (refused,) = land(shop, 1_000, *zip(orders, (10_010, 20_020, -30_030), strict=True))
    assert isinstance(refused, WorkAlertRaised)
    assert "which sum to 0" in refused.message
    assert (shop.stock(), shop.balance("landed_cost_accrued")) == ((3, 300), 0)


def test_web_to_cash() -> None:
    """crm-01: 3 at 10.00, 10 % off, 20 % tax, unit cost 6.00: invoice 32.40, revenue 27.00, tax 5.40, cost 18.00, cash 32.40."""
    housing = {"kind": "purchased", "standard_cost": "6 EUR", "price": "10 EUR", "supplier": "foundry"}
    office = Office(
        {"housing": 5}, materials={"housing": housing}, finance={"tax_codes": {"vat": {"rate": "20 %"}}},
        customers={"acme": {"terms": {"tax": "vat", "due": "14 d"}}},
    )  # fmt: skip
    before = balances(office.erp)
    office.say(
        e.SalesQuoteOffered, quote="CART-1", customer="acme", material="housing", quantity=3, unit_price_minor=1_000, discount_percent=10,
        valid_until_us=T + DAY_US,
    )  # fmt: skip
    office.say(e.SalesQuoteAccepted, quote="CART-1", order="WEB-1")

    def moved(account: str) -> int:
        return balances(office.erp).get(account, 0) - before.get(account, 0)

    (invoice,) = office.erp.settlement.items.open["receivable"].values()
    assert (invoice.open_minor, moved("accounts_receivable"), moved("revenue"), moved("tax_payable")) == (3_240, 3_240, -2_700, -540)
    assert (moved("cost_of_goods_sold"), moved("raw_material")) == (1_800, -1_800)
    paid = {"payment": "CARD-1", "customer": "acme", "invoice": invoice.item, "amount_minor": 3_240, "paid_minor": 3_240}
    office.round(e.CashReceived(effective_us=office.now_us, **paid))
    assert (moved("cash"), moved("accounts_receivable")) == (3_240, 0)
    assert of_type(office.journal, WorkAlertRaised) == []


def test_a_return_takes_its_tax_back() -> None:
    office = Office(
        {"housing": 5}, finance={"tax_codes": {"vat": {"rate": "20 %"}}}, customers={"acme": {"terms": {"tax": "vat"}}},
    )  # fmt: skip
    office.round(
        e.SalesOrderConfirmed(
            effective_us=T, order="SO", customer="acme", material="housing", quantity=2, due_us=T + DAY_US, unit_price_minor=1_000
        )
    )
    office.say(e.ReturnAccepted, order="SO", quantity=2, reason="unfit")
    assert [balances(office.erp).get(it, 0) for it in ("accounts_receivable", "revenue", "tax_payable")] == [0, 0, 0]
