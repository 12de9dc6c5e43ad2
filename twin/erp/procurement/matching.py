"""Three-way match: each bill against its order (price) and what came on it (quantity, inspection). A `Function` of the ERP.

| document | debit                   | credit                    | amount                         |
|----------|-------------------------|---------------------------|--------------------------------|
| match    | purchase price variance | goods received not billed | what bills are above what came |

So goods received not billed shows what came and is not billed, less what is billed and has not come, at the price of the receipt. It is
zero when as much is billed as came, whatever bills, deliveries, returns and credit notes there were, and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import before_the_books
from twin.erp.functions import Rule
from twin.erp.procurement.matching_entries import BillKey, BillLine, MatchedBill, MatchingEntries, lines_billed
from twin.erp.procurement.purchasing import PurchaseOrder
from twin.erp.settlement.open_items import by_line
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.measures import allocate
from twin.model.problems import listed
from twin.model.readiness.signed import refusal
from twin.model.trade.procurement import MatchTolerances

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
_GOODS = "goods_received_not_billed"


class Matching:
    """Bills by supplier, number and order, and what keeps them from being paid: each order that a bill is for is matched by itself."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._terms, self._suppliers = erp.plant.materials.purchasing, erp.plant.materials.suppliers
        self.bills: dict[BillKey, MatchedBill] = {}
        self._entries = MatchingEntries(erp.plant, erp.purchasing, self.bills, erp.settlement.owing, self.creditable)
        self.of_order: dict[str, list[MatchedBill]] = {}  # in the order in which they came
        self.blocked: set[BillKey] = set()
        self.price_minor: dict[str, int] = {}  # what bills are above what it came at, by order
        self._credits: dict[str, int] = {}  # what suppliers owe for what went back, by order
        self._given_back: dict[str, int] = {}  # quantity of it that was heard of
        self._touched: set[str] = set()  # orders of which something was heard since
        self._rules: dict[type[OperationsEvent], Rule] = {
            e.BillEntered: self._enter,
            e.BillReceived: self._receive,
            e.GoodsReceived: self._look_again,
            e.GoodsReceiptCorrected: self._look_again,
            e.ServiceReceived: self._look_again,
            e.PurchaseOrderRevised: self._look_again,
            e.GoodsReturned: self._give_back,
            e.LotDispositionChanged: self._dispose,
            e.MatchBlocked: self._block,
            e.MatchReleased: self._released,
            e.BillReleaseRequested: self._release,
            e.BillMatched: self._book,
            e.BillReversed: self._reverse,
        }

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def decide(self, now_us: int) -> Derived:
        """What bills differ by from the price at which it came, once all of an instant is booked."""
        matched: Derived = []
        for order in sorted(self._touched):
            if difference := self._difference_minor(order):
                it = self._erp.purchasing.orders[order]
                matched.append(
                    e.BillMatched(effective_us=now_us, order=order, supplier=it.supplier, material=it.material, price_minor=difference)
                )
        return matched

    def violations(self) -> list[str]:
        """Nothing that is blocked here may be paid."""
        payables = self._erp.settlement.items.payables
        return [
            f"bill '{bill}' of '{supplier}' does not match and may be paid"
            for supplier, bill, _ in sorted(self.blocked)
            if not payables[supplier, bill].blocked
        ]

    def lines_of(self, supplier: str, bill: str) -> list[MatchedBill]:
        """What a bill is for, order by order."""
        return [it for key, it in self.bills.items() if key[:2] == (supplier, bill)]

    def why_blocked(self, supplier: str, bill: str) -> str:
        """Why a bill may not be paid; "" if it may."""
        lines = self.lines_of(supplier, bill)
        return by_line({it.order: it.blocked for it in lines if it.blocked}, len(lines) > 1)

    def unsettled(self) -> dict[str, int]:
        """What is left of orders of which as much is billed as came, on goods received not billed, credit > 0: nothing, once booked."""
        unbilled = self._erp.ledger.unbilled
        known = {**self.of_order, **self._given_back}
        return {it: unbilled[it] for it in known if self.billed(it) == self.came(it) and unbilled.get(it)}

    def billed(self, order: str) -> int:
        """Pieces of an order that are billed, less those that are credited."""
        return sum(it.quantity for it in self.of_order.get(order, ()))

    def creditable(self, order: str, pieces: int) -> tuple[int, int]:
        """What a supplier may still give back of an order, minor units of the books and pieces: what came or is billed, less credits.

        Before anything has come or is billed: what so many `pieces` (0: all) cost by the order.
        """
        bills, it = self.of_order.get(order, ()), self._erp.purchasing.orders[order]
        billed = sum(max(0, of.net_minor) for of in bills), sum(max(0, of.quantity) for of in bills)
        credited = sum(min(0, of.net_minor) for of in bills), sum(min(0, of.quantity) for of in bills)
        worth_minor = round(self._erp.book.accruals.total_minor((order, "price")))
        if it.received or billed[0]:
            return max(worth_minor, billed[0]) + credited[0], max(it.received, billed[1]) + credited[1]
        left = max(0, it.quantity + credited[1])
        price = Fraction(it.unit_price_minor, self._erp.materials[it.material].price_per)
        return round(min(pieces or left, left) * price), left

    def came(self, order: str) -> int:
        """Pieces of an order that came, less those that went back."""
        return self._erp.purchasing.orders[order].received - self._erp.corrections.given_back.get(order, 0)

    # Bills

    def _enter(self, event: e.BillEntered) -> Derived:
        if doubt := before_the_books(event, self._erp.capacity.start_us) or self._entries.of_bill(event):
            return [refusal(event, doubt)]
        about: dict[str, Any] = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "person": event.person}
        owing = self._erp.settlement.owing
        due_us = event.due_us or owing.said_due_us(event.effective_us, owing.supplier_terms(event.supplier, event.effective_us))
        about |= {"supplier": event.supplier, "bill": event.bill, "currency": event.currency, "due_us": due_us}
        lines = lines_billed(event)
        taxes = allocate(event.tax_minor, self._tax_shares(lines, event.effective_us))
        return [
            e.BillReceived(
                **about, order=order, net_minor=net_minor, tax_minor=tax_minor, quantity=quantity, line=number if len(lines) > 1 else 0
            )
            for number, ((order, net_minor, quantity), tax_minor) in enumerate(zip(lines, taxes, strict=True), start=1)
        ]

    def _tax_shares(self, lines: list[BillLine], at_us: int) -> list[int]:
        """In which shares the tax of a bill is of its lines: by what the tax code of each asks for, or by net where none asks for any."""
        codes, net = (
            [self._erp.settlement.owing.code_of_order(order, at_us) for order, _, _ in lines],
            [abs(minor) for _, minor, _ in lines],
        )
        dated = self._erp.dated
        asked = [minor * dated.at("tax_codes", code, at_us).rate if code else 0 for minor, code in zip(net, codes, strict=True)]
        return asked if any(asked) else net

    def _receive(self, event: e.BillReceived) -> Derived:
        """Take a bill in that was accepted, each once, and say at once what is wrong with it."""
        key, of_bill = (event.supplier, event.bill, event.order), (event.supplier, event.bill)
        booked = self._erp.settlement.owing.booked.get(of_bill, ())
        if key in self.bills or all(order != event.order for order, *_ in booked):
            return []
        order = self._erp.purchasing.orders[event.order]
        rates = self._erp.settlement.rates
        at_us = event.effective_us if order.received_us is None else order.received_us
        it = self.bills[key] = MatchedBill(
            supplier=event.supplier, bill=event.bill, order=event.order, line=event.line,
            received_us=event.effective_us, quantity=event.quantity or self._meant(order, event.net_minor),
            net_minor=round(event.net_minor / order.rate_in(event.currency, rates, at_us)),
            odd_minor=rates.odd_minor(event.currency, at_us),
            tax_minor=event.tax_minor, most_tax_minor=self._erp.settlement.owing.most_tax_minor(event),
        )  # fmt: skip
        self.of_order.setdefault(event.order, []).append(it)
        return self._touch(event, event.order)

    def _meant(self, order: PurchaseOrder, net_minor: int) -> int:
        """What a bill without a quantity is for: all that came and is not billed, or is to come; a credit note: all that went back.

        Where it is just what some of these pieces cost by the order, it is for so many.
        """
        open_quantity = self.came(order.order) - self.billed(order.order)
        if net_minor > 0 and open_quantity <= 0 and not order.received:
            open_quantity = order.quantity - self.billed(order.order)
        if open_quantity * net_minor <= 0:
            return 0
        price = Fraction(order.unit_price_minor, self._erp.materials[order.material].price_per)
        pieces = net_minor / price if price else Fraction(0)
        return int(pieces) if pieces.denominator == 1 and 0 < abs(pieces) < abs(open_quantity) else open_quantity

    def _touch(self, event: OperationsEvent, order: str) -> Derived:
        """Look again at an order with bills; the orders before it are done with."""
        self._touched = {it for it in self._touched if self._difference_minor(it)} | {order}
        return self._judge(event, self.of_order.get(order, ()))

    def _judge(self, event: OperationsEvent, bills: Iterable[MatchedBill]) -> Derived:
        derived: Derived = []
        for it in bills:
            is_paid = not self._erp.settlement.items.payables[it.supplier, it.bill].open_minor
            why = "" if it.released_by or is_paid else self._why(it)
            if why == it.blocked:
                continue
            about = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "order": it.order}
            naming = {"supplier": it.supplier, "bill": it.bill}
            if why:
                derived.append(e.MatchBlocked(**about, **naming, reason=why))  # type: ignore[arg-type]
            else:
                derived.append(e.MatchReleased(**about, **naming, reason="it matches now"))  # type: ignore[arg-type]
        return derived

    def _why(self, it: MatchedBill) -> str:
        """Why a bill does not match; "" if it does."""
        if it.quantity < 0 or it.net_minor < 0:
            return ""
        order = self._erp.purchasing.orders[it.order]
        supplier = self._suppliers.get(it.supplier)
        tolerances = (supplier.match if supplier else None) or self._terms.match
        doubts = [self._price(it, order, tolerances), _tax(it, tolerances), self._quantity(it, tolerances), self._inspection(it, order)]
        return "; ".join(filter(None, doubts))

    def _price(self, it: MatchedBill, order: PurchaseOrder, tolerances: MatchTolerances) -> str:
        expected = Fraction(it.quantity * order.unit_price_minor, self._erp.materials[order.material].price_per)
        allowed = max(_exact(tolerances.price) * expected, Fraction(tolerances.amount))
        if it.net_minor <= round(expected + allowed) + it.odd_minor:
            return ""
        ordered = round(expected)
        says = f"{amount(it.net_minor)} for {it.quantity} is {amount(it.net_minor - ordered)} above the {amount(ordered)} of the order"
        return f"price: {says}; allowed: {amount(round(allowed))} above it"

    def _quantity(self, it: MatchedBill, tolerances: MatchTolerances) -> str:
        bills = self.of_order[it.order]
        place = next(n for n, other in enumerate(bills) if other is it)
        before = sum(other.quantity for n, other in enumerate(bills) if n < place or other.quantity < 0)
        given_back = self._erp.corrections.given_back.get(it.order, 0)
        came = self.came(it.order) - self._erp.purchasing.excess(it.order, given_back)  # nobody pays for more than who buys keeps
        allowed = came + int(_exact(tolerances.quantity) * came) - before
        if it.quantity <= max(0, allowed) and it.quantity:
            return ""
        return f"quantity: {it.quantity} are billed, of {came} that came {max(0, before)} were billed before; allowed: {max(0, allowed)}"

    def _inspection(self, it: MatchedBill, order: PurchaseOrder) -> str:
        deliveries, held_lots = self._erp.corrections.deliveries, sorted(self._erp.stock.held)
        held = [lot for material, lot in held_lots if material == order.material and (it.order, lot) in deliveries]
        return f"inspection: {listed(held)} is held" if held else ""

    # What changes a match

    def _look_again(self, event: e.GoodsReceived | e.GoodsReceiptCorrected | e.ServiceReceived | e.PurchaseOrderRevised) -> Derived:
        return self._touch(event, event.order) if event.order in self.of_order or event.order in self._given_back else []

    def _give_back(self, event: e.GoodsReturned) -> Derived:
        given_back = self._erp.corrections.given_back.get(event.order, 0)
        if given_back != self._given_back.get(event.order, 0):
            self._given_back[event.order] = given_back
            self._credits[event.order] = self._credits.get(event.order, 0) + event.credit_minor
        return self._touch(event, event.order) if event.order in self._given_back else []

    def _dispose(self, event: e.LotDispositionChanged) -> Derived:
        orders = [order for order in self.of_order if (order, event.lot) in self._erp.corrections.deliveries]
        return self._judge(event, [it for order in orders for it in self.of_order[order]])

    def _block(self, event: e.MatchBlocked) -> Derived:
        key = event.supplier, event.bill, event.order
        if (it := self.bills.get(key)) is not None:
            it.blocked = event.reason or "it does not match"
            self.blocked.add(key)
        return []

    def _reverse(self, event: e.BillReversed) -> Derived:
        """What was sent back is no bill of its order any more: others may be for what it was for."""
        item = self._erp.settlement.items.payables.get((event.supplier, event.bill))
        if item is None or item.open_minor:
            return []
        derived: Derived = []
        for it in self.lines_of(event.supplier, event.bill):
            key = it.supplier, it.bill, it.order
            del self.bills[key]
            self.of_order[it.order].remove(it)
            self.blocked.discard(key)
            derived += self._touch(event, it.order)
        return derived

    def _released(self, event: e.MatchReleased) -> Derived:
        """Whoever names no order of a bill lets all of it be paid, as `Owing` takes it."""
        one = self.bills.get((event.supplier, event.bill, event.order))
        for it in [one] if one else self.lines_of(event.supplier, event.bill):
            it.blocked = ""
            self.blocked.discard((it.supplier, it.bill, it.order))
            if event.person:
                it.released_by, it.reason = event.person, event.reason
        return []

    def _release(self, event: e.BillReleaseRequested) -> Derived:
        if doubt := self._entries.of_release(event):
            return [refusal(event, doubt)]
        about: dict[str, Any] = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "person": event.person}
        lines = [it for it in self.lines_of(event.supplier, event.bill) if it.blocked and event.order in ("", it.order)]
        return [e.MatchReleased(**about, order=it.order, supplier=it.supplier, bill=it.bill, reason=event.reason) for it in lines]

    # What it is worth

    def _difference_minor(self, order: str) -> int:
        """How much more bills ask for than what they are for came at, and is not booked yet."""
        return self._left_minor(order) - self._erp.ledger.unbilled.get(order, 0)

    def _left_minor(self, order: str) -> int:
        """What goods received not billed must show of an order, credit > 0: what came and is not billed, at the price that it came at."""
        it, came, billed = self._erp.purchasing.orders[order], self.came(order), self.billed(order)
        worth = self._erp.book.accruals.total_minor((order, "price")) - self._credits.get(order, 0)
        if billed < came and came:  # a credit note may come before anything else has: it has no price but that of the order
            return worth - round(Fraction(worth * billed, came))
        return -round(Fraction((billed - came) * it.unit_price_minor, self._erp.materials[it.material].price_per))

    def _book(self, event: e.BillMatched) -> Derived:
        self._erp.evidence.billed(-event.price_minor)
        self.price_minor[event.order] = self.price_minor.get(event.order, 0) + event.price_minor
        legs = [("purchase_price_variance", event.price_minor), (_GOODS, -event.price_minor)]
        return [*self._erp.book.entries.entry(event, "match", legs, material=event.material)]


def _tax(it: MatchedBill, tolerances: MatchTolerances) -> str:
    """What was charged for tax is no more than the law asks for; as little as a bill may be dearer than its order.

    Of a bill for several orders the tax is rounded once, and shared out: a line may bear the odd cent.
    """
    most_minor = it.most_tax_minor + bool(it.line) + max(round(_exact(tolerances.price) * it.most_tax_minor), tolerances.amount)
    return f"tax: {amount(it.tax_minor)} are charged; allowed: {amount(most_minor)}" if it.tax_minor > most_minor else ""


def _exact(share: float) -> Fraction:
    return Fraction(share).limit_denominator(1_000_000)
