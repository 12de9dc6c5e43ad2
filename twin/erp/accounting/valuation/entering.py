"""What the office says of values: checked in words, then the fact that the books hear. A `Function` of the ERP.

| entry                    | becomes                | which is                                                                   |
|--------------------------|------------------------|----------------------------------------------------------------------------|
| LandedCostEntered        | LandedCostAllocated    | shared by number, quantity, weight, volume or value of what came           |
| ReceiptCorrectionEntered | GoodsReceiptCorrected  | effective when the delivery came, so that all after it follows             |
| UnbuildEntered           | ProductUnbuilt         | of the request that made it; recovered is what its bill says, or another   |
| OverheadEntered          | OverheadIncurred       | with its budget                                                            |
| ValuationChangeRequested | ValuationMethodChanged | from now on                                                                |
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import before_the_books
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, taken, too_dear, too_little, unknown
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.materials import MaterialDefinition
from twin.model.problems import listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
SPLITS = ("equal", "quantity", "weight", "volume", "value")


class ValueEntries(Listener):
    """What persons say that changes what something is worth."""

    def __init__(self, erp: Erp) -> None:
        self._erp, self._materials, self._overheads = erp, erp.plant.materials.materials, erp.plant.materials.overheads
        self._deliveries, self._apart = erp.corrections.deliveries, erp.corrections.apart
        self._freight: dict[str, e.LandedCostEntered] = {}  # by bill
        self._borne: dict[str, tuple[tuple[str, str, int], ...]] = {}  # by bill: which deliveries bear it, in which shares
        self._spent: dict[str, dict[str, e.OverheadEntered]] = {it: {} for it in self._overheads}  # by overhead and bill
        said: dict[type[OperationsEvent], tuple[Callable[[Any], str], Callable[[Any], OperationsEvent]]] = {
            e.LandedCostEntered: (self._wrong_cost, self._landed),
            e.ReceiptCorrectionEntered: (self._wrong_receipt, self._corrected),
            e.UnbuildEntered: (self._wrong_unbuild, self._unbuilt),
            e.OverheadEntered: (self._wrong_overhead, self._incurred),
            e.ValuationChangeRequested: (self._wrong_method, self._changed),
        }
        self._said = said
        self._rules: dict[type[OperationsEvent], Rule] = dict.fromkeys(said, self._enter)

    def violations(self) -> list[str]:
        """Nothing of its own: what was said is proven as the facts that it became."""
        return []

    def _enter(self, event: e.OfficeEntry) -> Derived:
        doubt, become = self._said[type(event)]
        words = unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._closed(event)
        words = words or before_the_books(event, self._erp.capacity.start_us) or doubt(event)
        return [refusal(event, words)] if words else [become(event)]

    def _closed(self, event: e.OfficeEntry) -> str:
        until_us = self._erp.book.entries.closed_until_us
        is_closed = until_us is not None and event.effective_us < until_us
        return "its period is closed; allowed: a time that is open" if is_closed else ""

    # Freight and duty

    def _wrong_cost(self, event: e.LandedCostEntered) -> str:
        if event.amount_minor < 0:
            return self._wrong_lowering(event)
        if not event.amount_minor:
            return f"an amount of {amount(event.amount_minor)}; allowed: 0.01 or more, or below zero to lower what was shared out by a bill"
        if event.split not in SPLITS:
            return f"split by '{event.split}'; allowed: {listed(SPLITS)}"
        if doubt := self._wrong_deliveries(event.deliveries) or taken("bill of freight", event.order, self._freight):
            return doubt
        if none := [f"{order}/{lot}" for order, lot in event.deliveries if not self._deliveries[order, lot or order][0]]:
            some = [f"{order}/{lot}" for (order, lot), came in self._deliveries.items() if came[0]]
            return f"of {none[0]} nothing had come after all; allowed: {listed(some)}"
        if event.split in ("weight", "volume"):
            field = f"unit_{event.split}"
            materials = dict.fromkeys(self._erp.purchasing.orders[order].material for order, _ in event.deliveries)
            if without := [it for it in materials if getattr(self._materials[it], field) is None]:
                return f"{listed(without)}: no {field} is declared; allowed: another split, or {field} in items.yaml"
        return "" if any(self.shares(event)) else f"by {event.split} these deliveries share nothing; allowed: a split by what is not 0"

    def _wrong_lowering(self, event: e.LandedCostEntered) -> str:
        """Of a bill of freight that is known: shared as it was, of the same deliveries."""
        if doubt := unknown("bill of freight", event.order, self._freight):
            return doubt
        left_minor = self._erp.corrections.landed_minor.get(event.order, 0)
        if -event.amount_minor > left_minor:
            less = f"{amount(-event.amount_minor)} less of '{event.order}'"
            return f"{less}, by which {amount(left_minor)} are shared out; allowed: that at most"
        if event.deliveries and (doubt := self._wrong_deliveries(event.deliveries)):
            return doubt
        borne = {(order, lot) for order, lot, _ in self._borne[event.order]}
        said = {(order, lot or order) for order, lot in event.deliveries}
        if said and said != borne:
            shared = listed([f"{order}/{lot}" for order, lot in sorted(borne)])
            return f"'{event.order}' is shared by {shared}; allowed: these, or none, which is the same"
        return ""

    def _wrong_deliveries(self, deliveries: object) -> str:
        rows = deliveries if isinstance(deliveries, tuple | list) else ()
        if not rows or not all(isinstance(it, tuple | list) and len(it) == 2 and all(isinstance(name, str) for name in it) for it in rows):
            return "it names no deliveries; allowed: purchase order and lot of each, as [[PO-1, PO-1], ...]"
        keys = [(order, lot or order) for order, lot in rows]
        if strange := [key for key in keys if key not in self._deliveries]:
            known = [f"{order}/{lot}" for order, lot in self._deliveries]
            return f"nothing came on '{strange[0][0]}' in lot '{strange[0][1]}'; allowed: {listed(known)}"
        return "" if len(set(keys)) == len(keys) else "a delivery is named twice; allowed: each once"

    def shares(self, event: e.LandedCostEntered) -> list[int]:
        """What each delivery bears, in whole parts without a common divisor."""
        found = [self._share(event.split, order, self._deliveries[order, lot or order]) for order, lot in event.deliveries]
        whole = lcm(*(it.denominator for it in found))
        parts = [int(it * whole) for it in found]
        common = gcd(*parts) or 1
        return [it // common for it in parts]

    def _share(self, split: str, order: str, came: list[Fraction | int]) -> Fraction:
        quantity, price = came
        definition: MaterialDefinition = self._materials[self._erp.purchasing.orders[order].material]
        match split:
            case "equal":
                return Fraction(1)
            case "quantity":
                return Fraction(quantity)
            case "weight":
                return Fraction(quantity) * (definition.unit_weight or 0)
            case "volume":
                return Fraction(quantity) * (definition.unit_volume or 0)
        return Fraction(price)

    def _landed(self, event: e.LandedCostEntered) -> e.LandedCostAllocated:
        if event.amount_minor < 0:
            return self._allocated(event, self._borne[event.order])
        self._freight[event.order] = event
        shared = zip(event.deliveries, self.shares(event), strict=True)
        self._borne[event.order] = tuple((order, lot or order, share) for (order, lot), share in shared)
        return self._allocated(event, self._borne[event.order])

    @staticmethod
    def _allocated(event: e.LandedCostEntered, receipts: tuple[tuple[str, str, int], ...]) -> e.LandedCostAllocated:
        return e.LandedCostAllocated(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order,
            amount_minor=event.amount_minor, receipts=receipts,
        )  # fmt: skip

    # Receipts

    def _wrong_receipt(self, event: e.ReceiptCorrectionEntered) -> str:
        if doubt := self._wrong_deliveries(((event.order, event.lot),)):
            return doubt
        order, came = self._erp.purchasing.orders[event.order], int(self._deliveries[event.order, event.lot or event.order][0])
        if event.quantity < 0 or event.unit_price_minor < 0:
            return f"{event.quantity} at {amount(event.unit_price_minor)}; allowed: 0 or more"
        if event.quantity < (least := self._erp.corrections.least(event.order, event.lot or event.order)):
            return f"{least} of it were given back; allowed: {least} at least"
        if event.quantity - came > (room := self._erp.purchasing.room(order)):
            most = came + room
            return f"{event.quantity} cannot have come on '{event.order}'; allowed: {most} at most, which is all that was ordered"
        if doubt := too_dear(event.quantity, event.unit_price_minor, self._materials[order.material].price_per):
            return doubt
        return "" if event.reason.strip() else "a correction needs a reason"

    def _corrected(self, event: e.ReceiptCorrectionEntered) -> e.GoodsReceiptCorrected:
        order, lot = self._erp.purchasing.orders[event.order], event.lot or event.order
        return e.GoodsReceiptCorrected(
            effective_us=self._erp.corrections.came_us[event.order, lot], recorded_us=event.effective_us, person=event.person,
            order=event.order, lot=lot, material=order.material, quantity=event.quantity, unit_price_minor=event.unit_price_minor,
        )  # fmt: skip

    # Taken apart

    def _wrong_unbuild(self, event: e.UnbuildEntered) -> str:
        requests, stock = self._erp.requests.requests, self._erp.stock
        if doubt := unknown("request", event.request, requests) or too_little(event.quantity):
            return doubt
        it = requests[event.request]
        there = stock.lot_quantity(it.material, event.lot) - self._apart.promised(event.lot)
        if doubt := self._apart.doubt(event.request, it.material, event.quantity) or self._apart.malformed(event.recovered):
            return doubt
        if event.quantity > there:
            return f"{there} of lot '{event.lot}' are in stock; allowed: that at most, of a lot of '{it.material}'"
        if doubt := self._apart.strange_lot(event.request, it.material, event.lot):
            return doubt
        for material, lot, _ in event.recovered:
            if doubt := unknown("material", material, self._materials):
                return doubt
            others = [name for name, lots in stock.lots.items() if lot in lots and name != material]
            if not lot.strip() or others:
                return f"lot '{lot}' of '{material}'; allowed: a lot of that material, or a new one"
        if not event.recovered and not self._materials[it.material].bill:
            return f"'{it.material}' has no bill: it does not say what came of it; allowed: recovered, as [[material, lot, 1], ...]"
        if doubt := self._apart.too_much(event):
            return doubt
        if not event.recovered and (doubt := self._apart.nothing(event)):
            return doubt
        return "" if event.reason.strip() else "to take something apart needs a reason"

    def _unbuilt(self, event: e.UnbuildEntered) -> e.ProductUnbuilt:
        it = self._erp.requests.requests[event.request]
        unbuilt = e.ProductUnbuilt(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, request=event.request, lot=event.lot,
            material=it.material, quantity=event.quantity, recovered=event.recovered or self._apart.by_bill(event),
        )  # fmt: skip
        self._apart.promise(unbuilt)
        return unbuilt

    # Overheads and methods

    def _wrong_overhead(self, event: e.OverheadEntered) -> str:
        if doubt := unknown("overhead", event.overhead, self._overheads):
            return doubt
        if doubt := taken(f"bill of {event.overhead}", event.order, self._spent[event.overhead]):
            return doubt
        below = event.amount_minor <= 0 or event.budget_minor < 0
        return (
            f"{amount(event.amount_minor)}, for which {amount(event.budget_minor)} was planned; allowed: more than 0, and 0 or more"
            if below
            else ""
        )

    def _incurred(self, event: e.OverheadEntered) -> e.OverheadIncurred:
        self._spent[event.overhead][event.order] = event
        return e.OverheadIncurred(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order, overhead=event.overhead,
            amount_minor=event.amount_minor, budget_minor=event.budget_minor,
        )  # fmt: skip

    def _wrong_method(self, event: e.ValuationChangeRequested) -> str:
        if doubt := unknown("material", event.material, self._materials):
            return doubt
        if doubt := self._erp.corrections.method_doubt(event):
            return doubt
        return "" if event.reason.strip() else "another method needs a reason"

    @staticmethod
    def _changed(event: e.ValuationChangeRequested) -> e.ValuationMethodChanged:
        return e.ValuationMethodChanged(
            effective_us=event.effective_us,
            recorded_us=event.recorded_us,
            person=event.person,
            material=event.material,
            method=event.method,
        )
