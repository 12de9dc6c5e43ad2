"""Laws of settling: whatever is billed, paid and told by the bank, items and accounts agree, and cash has one explanation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.settlement.desk import Desk, day
from twin.erp.settlement.open_items import OpenItem
from twin.model.events import (
    BankLineReceived,
    BankMatchUndone,
    BillReceived,
    CashReceived,
    MatchBlocked,
    MatchReleased,
    PaymentMade,
    PaymentTakenBack,
    SetOffEntered,
)
from twin.results.settlement.cash_flow import CHANGE, cash_flow

SIGNED = {"person": "anna", "terminal": "office"}
AMOUNTS = st.sampled_from([1, 333, 1_000, 4_199, 5_039, 9_999])
BILLS, INVOICES = st.sampled_from(["R-1", "R-2", "R-3"]), st.sampled_from(["INV-A1", "INV-A2", "INV-A3", ""])
CURRENCIES = st.sampled_from(["", "CZK"])


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is told, sense or nonsense."""

    kind: str
    name: str
    amount: int
    currency: str
    sign: int


SAID = st.builds(
    Said,
    st.sampled_from(["receive", "bill", "pay", "pay all", "sell", "sell", "cash", "cash all", "line", "line of all",
                     "block", "release", "set off", "take back", "undo"]),
    st.one_of(BILLS, INVOICES), AMOUNTS, CURRENCIES, st.sampled_from([1, 1, 1, -1]),
)  # fmt: skip


def tell(desk: Desk, on: int, it: Said) -> None:
    """One round of it; `Desk.round` finds every account that is not what items and documents say."""
    amount = it.sign * it.amount
    match it.kind:
        case "receive":
            desk.receive(on, f"PO{on}", 3, it.amount)
        case "bill":
            orders = [name for name in desk.erp.purchasing.orders if name.startswith("PO")]
            desk.bill(on, orders[-1] if orders else "PO0", it.name, amount, tax_minor=amount // 5, currency=it.currency)
        case "sell":
            if desk.erp.stock.on_hand["housing"]:
                desk.sell(on, f"A{len(desk.erp.customer_orders.orders) + 1}", 1, it.amount)
        case "pay all" | "cash all" | "line of all":
            settle_one(desk, on, it)
        case "pay":
            paid = amount if not it.currency else max(1, it.amount // 26) * it.sign
            desk.round(
                PaymentMade(
                    effective_us=day(on), payment=f"P{on}", supplier="foundry", bill=it.name, amount_minor=amount, paid_minor=paid,
                    currency=it.currency,
                )
            )  # fmt: skip
        case "cash":
            desk.round(
                CashReceived(
                    effective_us=day(on), payment=f"C{on}", customer="acme", invoice=it.name, amount_minor=amount, paid_minor=amount
                )
            )
        case "line":
            twice = [
                BankLineReceived(effective_us=day(on), statement=f"S{on}", number=n, amount_minor=amount, reference=it.name) for n in (1, 2)
            ]
            desk.round(*twice)
        case "set off" | "take back" | "undo":
            clear_otherwise(desk, on, it)
        case "block":
            desk.round(MatchBlocked(effective_us=day(on), supplier="foundry", bill=it.name, reason="price"))
        case "release":
            desk.round(MatchReleased(effective_us=day(on), supplier="foundry", bill=it.name))


def clear_otherwise(desk: Desk, on: int, it: Said) -> None:
    """The first credit against the first item of its side, all or an amount that may be too much; or something does not hold."""
    if it.kind == "take back":
        if names := [*desk.erp.settlement.paying.payments, *desk.erp.settlement.set_off.done]:
            desk.round(PaymentTakenBack(effective_us=day(on), **SIGNED, payment=names[it.amount % len(names)], reason="bounced"))
        return
    if it.kind == "undo":
        for statement, number in list(desk.erp.settlement.bank.lines)[:2]:
            desk.round(BankMatchUndone(effective_us=day(on), **SIGNED, statement=statement, number=number, reason="another's"))
        return
    for side, items in desk.erp.settlement.items.open.items():
        owed, credits = ([one for one in items.values() if one.open_minor * sign > 0] for sign in (1, -1))
        if owed and credits:
            about = {"side": side, "party": owed[0].party, "item": owed[0].item, "credit": credits[0].item}
            desk.round(SetOffEntered(effective_us=day(on), **SIGNED, **about, amount_minor=it.amount if it.sign < 0 else 0))


def settle_one(desk: Desk, on: int, it: Said) -> None:
    """The oldest open item, whole."""
    side = "payable" if it.kind == "pay all" or it.currency else "receivable"
    item = next(iter(desk.erp.settlement.items.open[side].values()), None)
    if item is None:
        return
    if it.kind == "line of all":
        amount = item.open_booked_minor if side == "receivable" else -item.open_booked_minor
        desk.round(BankLineReceived(effective_us=day(on), statement=f"S{on}", number=1, amount_minor=amount, reference=item.item))
    elif side == "payable":
        paid = desk.erp.settlement.paying.payment_of(item, item.open_minor, day(on), f"P{on}")
        desk.round(paid)
    else:
        desk.round(desk.erp.settlement.paying.receipt_of(item, item.open_minor, day(on), f"C{on}"))


@settings(max_examples=60, deadline=None)
@given(said=st.lists(SAID, min_size=1, max_size=14), by_itself=st.booleans())
def test_items_and_accounts_agree_and_cash_is_explained_both_ways(said: list[Said], by_itself: bool) -> None:
    payments = {"bills": "1 d", "suppliers": "at_due", "customers": "1 d"} if by_itself else {}
    desk = Desk(supplier={"tax": "vat", "due": "2 d"}, customer={"tax": "vat", "due": "2 d"}, payments=payments)
    desk.receive(1, "PO1", 20, 4_199)
    for on, it in enumerate(said, start=2):
        tell(desk, on, it)
    settlement, balances = desk.erp.settlement, desk.erp.ledger.balances
    for upto in (None, day(len(said) // 2)):
        direct, indirect = (row.amount_minor for row in cash_flow(desk.erp.ledger, None, upto) if row.line == CHANGE)
        moved = [
            minor
            for entry in desk.erp.ledger.entries
            for account, minor in entry.legs
            if account == "cash" and (upto is None or entry.effective_us < upto)
        ]
        assert direct == indirect == sum(moved)
    lines = settlement.bank.lines.values()
    assert settlement.bank.difference_minor() == balances["cash"] - sum(it.received.amount_minor for it in lines)
    for side in ("payable", "receivable"):
        items = settlement.items.of_side(side)
        assert sum(it.open_booked_minor for it in items) == settlement.items.owed_minor[side]
        assert {id(it) for it in items if it.open_minor} == {id(it) for it in settlement.items.open[side].values()}
    for item in (*settlement.items.of_side("payable"), *settlement.items.of_side("receivable")):
        assert abs(item.paid_minor) <= abs(item.amount_minor)
        assert item.paid_minor * item.amount_minor >= 0
        assert not item.claims, "nothing is on its way for ever"
        matters = (("pay", item.party, item.item),) if item.side == "payable" else (("collect", item.item), ("dun", item.item))
        for matter in matters:  # a supplier may number a bill as we number an invoice
            assert item.open_minor or not settlement.agenda.has(*matter), "what is paid does not fall due"
        if not item.open_minor:
            assert item.open_booked_minor == 0
    assert not [it for it in settlement.items.payables.values() if it.blocked and it.paid_minor and it.settled_us is None and by_itself]


@settings(max_examples=60, deadline=None)
@given(amount=st.integers(1, 10**9), booked=st.integers(1, 10**9), cuts=st.lists(st.integers(0, 10**9), max_size=8))
def test_an_item_that_is_paid_in_parts_is_cleared_as_one(amount: int, booked: int, cuts: list[int]) -> None:
    """Each part is the rounded share of what was booked, so together they are it, and no part is off by more than a minor unit."""
    item = OpenItem(
        side="payable", item="I", party="p", order="", issued_us=0, due_us=0, currency="CZK", amount_minor=amount, booked_minor=booked
    )
    edges = sorted({0, amount, *(cut % amount for cut in cuts)})
    parts = [after - before for before, after in pairwise(edges)]
    cleared = [item.clear(0, part) for part in parts]
    assert sum(cleared) == booked
    assert all(abs(it - Fraction(booked * part, amount)) <= 1 for it, part in zip(cleared, parts, strict=True))
    assert (item.open_minor, item.open_booked_minor, item.settled_us) == (0, 0, 0)


def test_the_law_sees_a_bill_that_is_posted_twice() -> None:
    """The check bites: one more leg on an account of settlement than items explain is said."""
    desk = Desk()
    desk.receive(1, "PO1", 1, 4_199)
    desk.erp.apply(BillReceived(effective_us=day(2), order="PO1", supplier="foundry", bill="R-1", net_minor=4_199))
    assert desk.erp.violations() == [
        "account 'goods_received_not_billed' is -4199, 0 by its events",
        "account 'accounts_payable' is 0, -4199 by its open items and payments",
    ]
