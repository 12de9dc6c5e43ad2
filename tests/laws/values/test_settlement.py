"""Laws of settling: whatever is billed, paid and told by the bank, in time or late, items and accounts agree at every close, by party and
currency, and cash has one explanation.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.settlement.desk import Desk, day
from twin.erp.settlement.open_items import OpenItem
from twin.model.events import (
    BankLineReceived,
    BankMatchUndone,
    BillReceived,
    CashReceived,
    GoodsShipped,
    Heartbeat,
    InvoiceIssued,
    ItemsSetOff,
    JournalPosted,
    MatchBlocked,
    MatchReleased,
    OperationsEvent,
    PaymentMade,
    PaymentReversed,
    PaymentTakenBack,
    PeriodCloseRequested,
    SalesOrderConfirmed,
    SetOffEntered,
)
from twin.results.settlement.cash_flow import CHANGE, cash_flow

SIGNED = {"person": "anna", "terminal": "office"}
AMOUNTS = st.sampled_from([1, 333, 1_000, 4_199, 5_039, 9_999])
BILLS, INVOICES = st.sampled_from(["R-1", "R-2", "R-3"]), st.sampled_from(["INV-A1", "INV-A2", "INV-A3", ""])
CURRENCIES = st.sampled_from(["", "CZK"])


Account = tuple[str, str, str]
"""Side, party, currency."""
Posted = tuple[int, int]
"""When it counts, and how much."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is told, sense or nonsense."""

    kind: str
    name: str
    amount: int
    currency: str
    sign: int
    ago: int  # days for which nobody knew it


class Books(Desk):
    """Keeps whose every leg on receivables and payables is, by the event that it follows from, and what was open at each close then."""

    def __init__(self, **terms: Any) -> None:
        self.now, self.whose, self.closes = 1, defaultdict[Account, list[Posted]](list), dict[int, dict[Account, int]]()
        super().__init__(**terms)

    def round(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        """What is due is decided now, though a fact may be of days ago."""
        followed = super().round(*facts, Heartbeat(effective_us=day(self.now), reason="clock"))
        closed = self.erp.ledger.closed
        if closed and closed[-1].until_us not in self.closes:
            self.closes[closed[-1].until_us] = self.open_before(closed[-1].until_us)
        return followed

    def _conclude(self, events: Sequence[OperationsEvent]) -> list[OperationsEvent]:
        queue, applied = deque(events), list[OperationsEvent]()
        while queue:
            event = queue.popleft()
            applied.append(event)
            queue.extend(derived := self.erp.apply(event))
            for entry in (it for it in derived if isinstance(it, JournalPosted)):
                for account, minor in entry.legs:
                    if account in ("accounts_receivable", "accounts_payable"):
                        self.whose[account.removeprefix("accounts_"), *self.of_whom(event)].append(
                            (entry.effective_us, abs_of(account, minor))
                        )
        return applied

    def of_whom(self, event: Any) -> tuple[str, str]:
        """Party, and currency of the item."""
        settlement = self.erp.settlement
        items, paying = settlement.items, settlement.paying
        match event:
            case PaymentReversed() if event.payment in settlement.set_off.done:
                return self.of_whom(settlement.set_off.done[event.payment])
            case PaymentReversed():
                known = paying.payments[event.payment]
                item = known.cleared[0][0] if known.cleared else items.receivables[known.spare]
            case ItemsSetOff():
                item = items.payables[event.party, event.item] if event.side == "payable" else items.receivables[event.item]
            case BillReceived() | PaymentMade():
                item = items.payables[event.supplier, event.bill]
            case InvoiceIssued():
                item = items.receivables[settlement.owing.on_invoice.get(event.order, ["INV-" + event.order])[-1]]
            case CashReceived():
                item = items.receivables[event.invoice or event.payment]
            case _:
                item = items.receivables[event.invoice]
        return item.party, item.currency

    def open_before(self, until_us: int) -> dict[Account, int]:
        """What items say was open then, without what is nothing."""
        found = defaultdict[Account, int](int)
        for side in ("payable", "receivable"):
            for it in self.erp.settlement.items.of_side(side):
                found[side, it.party, it.currency] += it.open_at(until_us - 1)[1]
        return {it: minor for it, minor in found.items() if minor}

    def posted_before(self, until_us: int) -> dict[Account, int]:
        """What the ledger says."""
        sums = {account: sum(minor for at_us, minor in legs if at_us < until_us) for account, legs in self.whose.items()}
        return {it: minor for it, minor in sums.items() if minor}


def abs_of(account: str, minor: int) -> int:
    """Both sides are above zero where something is owed."""
    return minor if account == "accounts_receivable" else -minor


def told(on: int, it: Said) -> dict[str, int]:
    """It was some days ago, and becomes known now."""
    return {"effective_us": day(on - it.ago), "recorded_us": day(on)}


SAID = st.builds(
    Said,
    st.sampled_from(["receive", "bill", "pay", "pay all", "sell", "sell", "cash", "cash all", "line", "line of all",
                     "block", "release", "set off", "take back", "undo", "close", "close"]),
    st.one_of(BILLS, INVOICES), AMOUNTS, CURRENCIES, st.sampled_from([1, 1, 1, -1]), st.sampled_from([0, 0, 0, 1, 2, 5]),
)  # fmt: skip


def tell(desk: Desk, on: int, it: Said) -> None:
    """One round of it; `Desk.round` finds every account that is not what items and documents say."""
    amount = it.sign * it.amount
    match it.kind:
        case "receive":
            desk.receive(on, f"PO{on}", 3, it.amount)
        case "bill":
            orders = [name for name in desk.erp.purchasing.orders if name.startswith("PO")]
            desk.bill(
                on - it.ago,
                orders[-1] if orders else "PO0",
                it.name,
                amount,
                tax_minor=amount // 5,
                currency=it.currency,
                recorded_us=day(on),
            )
        case "sell":
            if desk.erp.stock.on_hand["housing"]:
                sell(desk, on, f"A{len(desk.erp.customer_orders.orders) + 1}", it)
        case "close":
            desk.round(PeriodCloseRequested(effective_us=day(on), period=f"P{on}", until_us=day(on - it.ago)))
        case "pay all" | "cash all" | "line of all":
            settle_one(desk, on, it)
        case "pay":
            paid = amount if not it.currency else max(1, it.amount // 26) * it.sign
            desk.round(
                PaymentMade(
                    **told(on, it), payment=f"P{on}", supplier="foundry", bill=it.name, amount_minor=amount, paid_minor=paid,
                    currency=it.currency,
                )
            )  # fmt: skip
        case "cash":
            desk.round(
                CashReceived(**told(on, it), payment=f"C{on}", customer="acme", invoice=it.name, amount_minor=amount, paid_minor=amount)
            )
        case "line":
            twice = [BankLineReceived(**told(on, it), statement=f"S{on}", number=n, amount_minor=amount, reference=it.name) for n in (1, 2)]
            desk.round(*twice)
        case "set off" | "take back" | "undo":
            clear_otherwise(desk, on, it)
        case "block":
            desk.round(MatchBlocked(**told(on, it), supplier="foundry", bill=it.name, reason="price"))
        case "release":
            desk.round(MatchReleased(**told(on, it), supplier="foundry", bill=it.name))


def sell(desk: Desk, on: int, name: str, it: Said) -> None:
    """One piece is ordered, leaves and is invoiced; where it is told late, all of that."""
    order = {**told(on, it), "order": name, "customer": "acme"}
    housing = {**order, "material": "housing", "quantity": 1}
    facts: list[OperationsEvent] = [SalesOrderConfirmed(**housing, due_us=day(on), unit_price_minor=it.amount)]
    lot = next(lot for lot, kept in desk.erp.stock.lots["housing"].items() if kept.quantity > 0)
    more = [GoodsShipped(**housing, lot=lot), InvoiceIssued(**order, net_minor=it.amount)] if it.ago else []
    desk.round(*facts, *more)


def clear_otherwise(desk: Desk, on: int, it: Said) -> None:
    """The first credit against the first item of its side, all or an amount that may be too much; or something does not hold."""
    if it.kind == "take back":
        if names := [*desk.erp.settlement.paying.payments, *desk.erp.settlement.set_off.done]:
            desk.round(PaymentTakenBack(**told(on, it), **SIGNED, payment=names[it.amount % len(names)], reason="bounced"))
        return
    if it.kind == "undo":
        for statement, number in list(desk.erp.settlement.bank.lines)[:2]:
            desk.round(BankMatchUndone(**told(on, it), **SIGNED, statement=statement, number=number, reason="another's"))
        return
    for side, items in desk.erp.settlement.items.open.items():
        owed, credits = ([one for one in items.values() if one.open_minor * sign > 0] for sign in (1, -1))
        if owed and credits:
            about = {"side": side, "party": owed[0].party, "item": owed[0].item, "credit": credits[0].item}
            desk.round(SetOffEntered(**told(on, it), **SIGNED, **about, amount_minor=it.amount if it.sign < 0 else 0))


def settle_one(desk: Desk, on: int, it: Said) -> None:
    """The oldest open item, whole."""
    side = "payable" if it.kind == "pay all" or it.currency else "receivable"
    item = next(iter(desk.erp.settlement.items.open[side].values()), None)
    if item is None:
        return
    if it.kind == "line of all":
        amount = item.open_booked_minor if side == "receivable" else -item.open_booked_minor
        desk.round(BankLineReceived(**told(on, it), statement=f"S{on}", number=1, amount_minor=amount, reference=item.item))
    elif side == "payable":
        paid = desk.erp.settlement.paying.payment_of(item, item.open_minor, day(on), f"P{on}")
        desk.round(paid)
    else:
        desk.round(desk.erp.settlement.paying.receipt_of(item, item.open_minor, day(on), f"C{on}"))


@settings(max_examples=60, deadline=None)
@given(said=st.lists(SAID, min_size=1, max_size=14), by_itself=st.booleans(), currency=CURRENCIES)
def test_items_and_accounts_agree_at_every_close_and_cash_is_explained_both_ways(said: list[Said], by_itself: bool, currency: str) -> None:
    payments = {"bills": "1 d", "suppliers": "at_due", "customers": "1 d"} if by_itself else {}
    customer = {"tax": "vat", "due": "2 d", "currency": currency or None}
    desk = Books(supplier={"tax": "vat", "due": "2 d"}, customer=customer, payments=payments)
    desk.receive(1, "PO1", 20, 4_199)
    for on, it in enumerate(said, start=6):
        desk.now = on
        tell(desk, on, it)
    for until_us, then in desk.closes.items():
        assert desk.open_before(until_us) == then, "what is closed stays as it was"
    for until_us in (*desk.closes, *(day(on) + 1 for on in range(len(said) + 6))):
        assert desk.open_before(until_us) == desk.posted_before(until_us)
    settlement, balances = desk.erp.settlement, desk.erp.ledger.balances
    for upto in (None, day(5 + len(said) // 2)):
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
        open_items = list(settlement.items.open[side].values())
        assert {id(it) for it in items if it.open_minor} == {id(it) for it in open_items}
        for party in ("acme", "foundry"):
            assert settlement.items.of_party(side, party) == [it for it in open_items if it.party == party]
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
    cleared = [item.clear(0, 0, part) for part in parts]
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
