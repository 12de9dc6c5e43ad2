"""What the office says on forms becomes events: numbers are given where nobody has written one, amounts and instants are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twin.apps.office.entered_sales import SalesEntered
from twin.apps.office.expiry_forms import expiry_said
from twin.apps.office.money.declared_forms import KINDS, NEW_KINDS, declared_said, new_said, rate_said
from twin.apps.office.money.made_form import MADE_KIND, made_said
from twin.apps.office.money.money_said import MoneySaid
from twin.apps.office.outside_forms import agreed_said, counted_said
from twin.apps.office.packing_forms import packed_said
from twin.apps.office.planning.firm_forms import planner_kinds
from twin.apps.office.planning.forms import changed_said
from twin.apps.office.planning.orders import more_of, price_of
from twin.apps.office.stock.counted_forms import stock_said
from twin.apps.office.stock.transfer_forms import issued_said, received_said
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.readers import (
    Reader,
    Said,
    days_of,
    free_number,
    instant_of,
    money_if_any,
    money_of,
    needed_text_of,
    part_of_all,
    parts_of,
    pieces_of_all,
    text_of,
    texts_of,
    whole_if_any,
    whole_of,
)
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.problems import listed
from twin.results.run import Run
from twin.results.views.business.plan import PlannedSeen, carried_out, firmed

Made = Callable[[Said, dict[str, Any]], OperationsEvent]
_PLAIN: dict[type[e.Entry], dict[str, Reader]] = {
    e.PurchaseRequisitionApproved: {"requisition": text_of},
    e.PurchaseRequisitionRejected: {"requisition": text_of, "reason": text_of},
    e.PurchaseOrderClosed: {"order": text_of, "reason": text_of, "all_lines": lambda *_: True},
    e.OperationsRequestCancelled: {"request": text_of, "reason": text_of},
    e.ValuationChangeRequested: {"material": text_of, "method": text_of, "reason": text_of},
}


class OfficeEntered(Entered):
    """The entries of the office, as events of one run."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._plant, self._erp = run.plant, run.erp
        made: dict[str, Made] = {
            **{kind.__name__: partial(_plain, kind) for kind in _PLAIN},
            "PurchaseRequisitionRaised": self._want,
            "RfqSent": self._ask_suppliers,
            "QuoteReceived": self._quote,
            "QuoteAccepted": self._award,
            "PurchaseOrderPlaced": self._order,
            "PlannedOrder": self._firm,
            "PlannedChange": self._carry_out,
            "BlanketOrderAgreed": self._agree,
            "BlanketOrderCalled": self._call_off,
            "PurchaseOrderChanged": self._change,
            "OverDeliveryDecided": self._decide_on,
            "OperationsRequestChanged": partial(changed_said, run.plant),
            "BillEntered": self._bill,
            "BillReleaseRequested": self._release_bill,
            "PaymentOrdered": self._pay,
            "LandedCostEntered": self._land,
            "GoodsReceiptEntered": self._receive,
            "ReceiptCorrectionEntered": self._correct_receipt,
            "OverheadEntered": self._overhead,
            "UnbuildEntered": self._take_apart,
            **{kind.__name__: partial(stock_said, kind) for kind in (e.StockCountEntered, e.StockWrittenOff)},
            "SupplierStockCounted": counted_said,
            "ServicePriceAgreed": agreed_said,
            "LotExpirySet": partial(expiry_said, run),
            "StockTransferIssued": partial(issued_said, run),
            "StockTransferReceived": received_said,
            "Packed": partial(packed_said, run),
            **SalesEntered(run).kinds,
            **MoneySaid(run).kinds,
            **planner_kinds(run),
            **{kind: partial(declared_said, run, table) for table, kind in KINDS.items()},
            **{kind: partial(new_said, table) for table, kind in NEW_KINDS.items()},
            MADE_KIND: partial(made_said, run),
            "ExchangeRateEntered": partial(rate_said, run),
        }
        self._kinds = made

    def _want(self, said: Said, at: dict[str, Any]) -> e.PurchaseRequisitionRaised:
        return e.PurchaseRequisitionRaised(
            **at, requisition=free_number("R", self._erp.sourcing.requisitions), material=text_of(said, "material"),
            quantity=whole_of(said, "quantity"), due_us=instant_of(self._plant, said, "due"), reason=text_of(said, "reason"),
        )  # fmt: skip

    def _ask_suppliers(self, said: Said, at: dict[str, Any]) -> e.RfqSent:
        return e.RfqSent(
            **at, rfq=free_number("Q", self._erp.sourcing.rfqs), requisition=text_of(said, "requisition"),
            suppliers=texts_of(said, "suppliers"), answer_by_us=instant_of(self._plant, said, "answer_by"),
        )  # fmt: skip

    def _quote(self, said: Said, at: dict[str, Any]) -> e.QuoteReceived:
        rfq, supplier = parts_of(said, "asked", 2)
        return e.QuoteReceived(
            **at, rfq=rfq, supplier=supplier, quote=text_of(said, "quote"), unit_price_minor=money_of(said, "unit_price"),
            lead_time_us=days_of(said, "lead_time"), valid_until_us=instant_of(self._plant, said, "valid_until"),
            minimum=whole_if_any(said, "minimum") or 1, delivery_minor=money_if_any(said, "delivery"), breaks=_breaks(said, "breaks"),
            currency=text_of(said, "currency"),
        )  # fmt: skip

    @staticmethod
    def _award(said: Said, at: dict[str, Any]) -> e.QuoteAccepted:
        rfq, quote = parts_of(said, "offer", 2)
        return e.QuoteAccepted(**at, rfq=rfq, quote=quote, reason=text_of(said, "reason"))

    def _order(self, said: Said, at: dict[str, Any]) -> e.PurchaseOrderPlaced | e.PurchaseOrderEntered:
        """At a supplier that is declared for the material, the usual if none is named; of several materials an order of several lines."""
        material, due_us = text_of(said, "material"), instant_of(self._plant, said, "due")
        declared = self._erp.materials.get(material)
        if declared is None or not declared.supplier:
            raise ValueError(f"'{material}' has no supplier; allowed: a request for quotes, or a blanket order")
        supplier = text_of(said, "supplier") or declared.supplier
        if supplier not in declared.sold_by:
            raise ValueError(f"'{material}' does not come from '{supplier}'; allowed: {listed(declared.sold_by)}")
        is_priced, currency, at_us = bool(text_of(said, "unit_price")), text_of(said, "currency"), at["effective_us"]
        if doubt := self._erp.sourcing.currency_doubt(currency, at_us, is_priced=is_priced):
            raise ValueError(doubt)
        price_minor = money_of(said, "unit_price") if is_priced else declared.price_of(supplier)
        placed_next = self._erp.sourcing.awaited
        known = {*self._erp.purchasing.orders, *self._erp.purchasing.headers, *placed_next, *(it.header for it in placed_next.values())}
        name, quantity = free_number("PO", known), whole_of(said, "quantity")
        if text_of(said, "more"):
            price_minor = price_of(said, "unit_price")
            further = [(of, many, due_us if by_us < 0 else by_us, price) for of, many, price, by_us in more_of(self._run, said)]
            lines = ((material, quantity, due_us, price_minor), *further)
            return e.PurchaseOrderEntered(**at, order=name, supplier=supplier, order_lines=lines, currency=currency)
        placed = e.PurchaseOrderPlaced(
            **at, order=name, supplier=supplier, material=material, quantity=quantity, due_us=due_us,
            **self._erp.sourcing.priced(price_minor, currency, at_us),
        )  # fmt: skip
        if doubt := self._erp.sourcing.why_not_placed(placed):
            raise ValueError(doubt)
        return placed

    def _firm(self, said: Said, at: dict[str, Any]) -> OperationsEvent:
        order, material, quantity, due = parts_of(said, "planned", 4)
        seen = PlannedSeen(order=order, material=material, quantity=whole_of({"planned": quantity}, "planned"), due=due)
        return firmed(self._run, seen, at)

    def _carry_out(self, said: Said, at: dict[str, Any]) -> OperationsEvent:
        order, quantity, due = parts_of(said, "change", 3)
        return carried_out(self._run, order, whole_of({"change": quantity}, "change"), due, at)

    def _agree(self, said: Said, at: dict[str, Any]) -> e.BlanketOrderAgreed:
        return e.BlanketOrderAgreed(
            **at, blanket=text_of(said, "blanket") or free_number("BO", self._erp.purchasing.blanket_orders),
            supplier=text_of(said, "supplier"), material=text_of(said, "material"), quantity=whole_of(said, "quantity"),
            unit_price_minor=money_of(said, "unit_price"), from_us=at["effective_us"], until_us=instant_of(self._plant, said, "until"),
        )  # fmt: skip

    def _call_off(self, said: Said, at: dict[str, Any]) -> e.BlanketOrderCalled:
        return e.BlanketOrderCalled(
            **at, blanket=text_of(said, "blanket"), quantity=whole_of(said, "quantity"), due_us=instant_of(self._plant, said, "due"),
            requisition=text_of(said, "requisition"),
        )  # fmt: skip

    def _change(self, said: Said, at: dict[str, Any]) -> e.PurchaseOrderChanged:
        return e.PurchaseOrderChanged(
            **at, order=text_of(said, "order"), quantity=whole_if_any(said, "quantity"), reason=text_of(said, "reason"),
            due_us=instant_of(self._plant, said, "due") if text_of(said, "due") else 0,
        )  # fmt: skip

    @staticmethod
    def _decide_on(said: Said, at: dict[str, Any]) -> e.OverDeliveryDecided:
        return e.OverDeliveryDecided(
            **at, order=text_of(said, "order"), lot=text_of(said, "lot"), is_kept=text_of(said, "kept") == "kept",
            quantity=pieces_of_all(said, "quantity"), reason=text_of(said, "reason"),
        )  # fmt: skip

    def _bill(self, said: Said, at: dict[str, Any]) -> e.BillEntered:
        order, net_minor = text_of(said, "order"), money_of(said, "net")
        placed, quantity = self._erp.purchasing.orders.get(order), pieces_of_all(said, "quantity")
        return e.BillEntered(
            **at, order=order, supplier=placed.supplier if placed else "", bill=text_of(said, "bill"), net_minor=net_minor,
            tax_minor=money_if_any(said, "tax"), quantity=-quantity if net_minor < 0 else quantity, more_lines=_billed(said, "more"),
        )  # fmt: skip

    @staticmethod
    def _release_bill(said: Said, at: dict[str, Any]) -> e.BillReleaseRequested:
        supplier, bill = parts_of(said, "bill", 2)
        return e.BillReleaseRequested(**at, supplier=supplier, bill=bill, reason=text_of(said, "reason"))

    @staticmethod
    def _pay(said: Said, at: dict[str, Any]) -> e.PaymentOrdered:
        supplier, bill = parts_of(said, "bill", 2)
        return e.PaymentOrdered(**at, supplier=supplier, bill=bill, amount_minor=part_of_all(said, "amount"))

    @staticmethod
    def _land(said: Said, at: dict[str, Any]) -> e.LandedCostEntered:
        chosen = (it.partition("|") for it in texts_of(said, "deliveries"))
        return e.LandedCostEntered(
            **at, order=needed_text_of(said, "order"), amount_minor=money_of(said, "amount"), split=text_of(said, "split"),
            deliveries=tuple((order, lot) for order, _, lot in chosen),
        )  # fmt: skip

    def _receive(self, said: Said, at: dict[str, Any]) -> e.GoodsReceiptEntered:
        return e.GoodsReceiptEntered(
            **at, order=text_of(said, "order"), lot=text_of(said, "lot"), quantity=whole_of(said, "quantity"),
            expires_us=instant_of(self._plant, said, "expires") if text_of(said, "expires") else 0,
        )  # fmt: skip

    @staticmethod
    def _correct_receipt(said: Said, at: dict[str, Any]) -> e.ReceiptCorrectionEntered:
        order, lot = parts_of(said, "delivery", 2)
        return e.ReceiptCorrectionEntered(
            **at, order=order, lot=lot, quantity=whole_of(said, "quantity"), unit_price_minor=money_of(said, "unit_price"),
            reason=text_of(said, "reason"),
        )  # fmt: skip

    @staticmethod
    def _overhead(said: Said, at: dict[str, Any]) -> e.OverheadEntered:
        return e.OverheadEntered(
            **at, order=text_of(said, "order"), overhead=text_of(said, "overhead"), amount_minor=money_of(said, "amount"),
            budget_minor=money_if_any(said, "budget"),
        )  # fmt: skip

    @staticmethod
    def _take_apart(said: Said, at: dict[str, Any]) -> e.UnbuildEntered:
        request, lot = parts_of(said, "made", 2)
        return e.UnbuildEntered(**at, request=request, lot=lot, quantity=whole_of(said, "quantity"), reason=text_of(said, "reason"))


def _plain(kind: type[e.Entry], said: Said, at: dict[str, Any]) -> e.Entry:
    return kind(**at, **{name: read(said, name) for name, read in _PLAIN[kind].items()})


def _billed(said: Mapping[str, Any], name: str) -> tuple[tuple[str, int, int], ...]:
    """Orders, net amounts and pieces, as in "PO-2: 120.00 for 4; PO-7: 35.00"."""
    found = []
    for part in filter(None, (it.strip() for it in text_of(said, name).split(";"))):
        order, colon, rest = part.partition(":")
        net, _, pieces = rest.partition(" for ")
        if not colon or not order.strip() or not net.strip():
            raise ValueError(f"{name}: {listed([part[:40]])}: no order with an amount; allowed: as in PO-2: 120.00 for 4; PO-7: 35.00")
        net_minor = money_of({name: net}, name)
        quantity = pieces_of_all({name: pieces}, name)
        found.append((order.strip(), net_minor, -quantity if net_minor < 0 else quantity))
    return tuple(found)


def _breaks(said: Mapping[str, Any], name: str) -> tuple[tuple[int, int], ...]:
    """Quantities and prices, as in "72: 90.00; 100: 85.00"."""
    found = []
    for part in filter(None, (it.strip() for it in text_of(said, name).split(";"))):
        quantity, colon, price = part.partition(":")
        if not colon or not quantity.strip() or not price.strip():
            raise ValueError(f"{name}: {listed([part[:40]])}: no quantity with a price; allowed: as in 72: 90.00; 100: 85.00")
        found.append((whole_of({name: quantity}, name), money_of({name: price}, name)))
    return tuple(found)
