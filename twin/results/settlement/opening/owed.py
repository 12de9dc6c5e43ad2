"""What is open of bills and invoices, opened: every leg of the bill or invoice, its tax, its fees, and what was paid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp.settlement.open_items import OpenItem, Side
from twin.model.events import (
    BillReceived,
    BillReversed,
    CashReceived,
    CostBillReceived,
    DownPaymentBillReceived,
    DownPaymentCleared,
    DownPaymentInvoiced,
    DunningIssued,
    FreeInvoiceIssued,
    GoodsTakenBack,
    InvoiceIssued,
    ItemsSetOff,
    OpeningItemBooked,
    OperationsEvent,
    PaymentMade,
    PaymentReversed,
    ReceivableWrittenOff,
    TaxCharged,
)
from twin.results.settlement.opening.portions import Opened, Portion, leg, posted

if TYPE_CHECKING:
    from twin.results.run import Run

SIDES: dict[str, Side] = {"receivables": "receivable", "payables": "payable"}
ALL = "all"


def owed_figures(run: Run, name: str) -> dict[str, list[OpenItem]]:
    """By party, by party and age, item by item: the items that each is the sum of. `name`: "receivables" or "payables"."""
    items = [it for it in run.erp.settlement.items.of_side(SIDES[name]) if it.open_booked_minor]
    found: dict[str, list[OpenItem]] = {ALL: items}
    for it in items:
        age = it.age(run.now_us, run.plant.layout.time_zone)
        for of in (f"{ALL}, {age}", it.party, f"{it.party}, {age}", f"{it.party}, {it.item}"):
            found.setdefault(of, []).append(it)
    return found


def owed_opened(run: Run, figure: str, side: Side, chosen: list[OpenItem]) -> Opened:
    """Some items of one side; what is open of them, as booked."""
    wanted, sign = {id(it) for it in chosen}, 1 if side == "receivable" else -1
    portions = [portion for item, portion in _shared_out(run, side) if id(item) in wanted]
    portions = [leg(it.entry, it.account, sign * it.amount_minor) for it in portions if it.entry is not None]
    return Opened(figure=figure, amount_minor=sum(it.open_booked_minor for it in chosen), portions=portions)


def _shared_out(run: Run, side: Side) -> list[tuple[OpenItem, Portion]]:
    """Every leg on the account of a side, with the item that it is of: the bank's money may be of an invoice and of a credit."""
    by_id, numbered = {entry.id: entry.event for entry in run.journal.entries()}, _Numbered(run)
    account, found = f"accounts_{side}", list[tuple[OpenItem, Portion]]()
    for number, entry in enumerate(posted(run)):
        legs = [minor for code, minor in run.erp.ledger.entries[number].legs if code == account]
        cause = by_id.get(entry.cause)
        if legs and cause is not None:
            found += [(item, leg(number, account, minor)) for item, minor in numbered.items(cause, legs)]
    return found


class _Numbered:
    """Which items an event is of. Invoices and credits carry no number: those of an order, or line, are counted as they come."""

    def __init__(self, run: Run) -> None:
        settlement = run.erp.settlement
        self._payables, self._receivables = settlement.items.payables, settlement.items.receivables
        paid = self._paid = settlement.paying.payments
        self._set_offs = settlement.set_off.done
        self._invoices = {order: list(reversed(names)) for order, names in settlement.owing.on_invoice.items()}  # the first last
        self._credit_of: dict[int, OpenItem] = {}  # by the event
        self._credits: dict[str, list[OpenItem]] = {}  # by order, in the same way
        for it in reversed(settlement.items.of_side("receivable")):
            if it.item not in paid and it.item.startswith("CR-"):
                self._credits.setdefault(it.order, []).append(it)

    def items(self, cause: OperationsEvent, legs: list[int]) -> list[tuple[OpenItem, int]]:
        amount = sum(legs)
        match cause:
            case BillReceived() | CostBillReceived() | BillReversed() | PaymentMade() | DownPaymentBillReceived():
                return [(self._payables[cause.supplier, cause.bill], amount)]
            case TaxCharged() | DunningIssued() | FreeInvoiceIssued() | ReceivableWrittenOff() | DownPaymentInvoiced():
                return [(self._receivables[cause.invoice], amount)]
            case DownPaymentCleared():
                return [(self._payables[cause.party, cause.item] if cause.side == "payable" else self._receivables[cause.item], amount)]
            case OpeningItemBooked():
                is_bill = cause.side == "payable"
                return [(self._payables[cause.party, cause.item] if is_bill else self._receivables[cause.item], amount)]
            case ItemsSetOff():
                return self._set_off(cause, legs, 1)
            case PaymentReversed():
                set_off = self._set_offs.get(cause.payment)
                return self._set_off(set_off, legs, -1) if set_off else self._paid[cause.payment].reopened
            case CashReceived():
                spare = self._receivables.get(cause.payment)
                left = amount - (spare.booked_minor if spare else 0)
                of = [(spare, spare.booked_minor)] if spare else []
                return [*of, (self._receivables[cause.invoice], left)] if left else of
            case InvoiceIssued():
                return [(self._receivables[self._invoices[cause.order].pop()], amount)]
            case GoodsTakenBack():  # its credit note, and what that is less by a discount that was taken
                if id(cause) not in self._credit_of:
                    self._credit_of[id(cause)] = self._credits[cause.order].pop()
                return [(self._credit_of[id(cause)], amount)]
            case _:
                return []

    def _set_off(self, of: ItemsSetOff, legs: list[int], sign: int) -> list[tuple[OpenItem, int]]:
        """Which leg is the item's, and which that of the credit, says its sign: one that rounds to nothing in our currency is not there."""
        item, credit = (self._payables[of.party, it] if of.side == "payable" else self._receivables[it] for it in (of.item, of.credit))
        of_item = sign if of.side == "payable" else -sign
        return [(item if leg * of_item > 0 else credit, leg) for leg in legs]
