"""What becomes known later, and what goes back: corrected receipts, returns, landed cost, products taken apart, another method, closes.

Nothing is rewritten: each of these posts what it changes, for materials at standard as for those at actual cost.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from twin.erp.accounting.ledger import Ledger
from twin.erp.accounting.postings import Postings
from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.valuation.actual_cost import shared
from twin.erp.accounting.valuation.movements import Method, Movement, Rank
from twin.erp.accounting.valuation.periods import written, year_end
from twin.erp.accounting.valuation.timeline import Timeline
from twin.erp.accounting.valuation.unbuilding import TakenApart
from twin.erp.alerts import alert, impossible, nonsense
from twin.erp.procurement.purchasing import Purchasing
from twin.erp.requests import Request
from twin.erp.sales.customer_orders import CustomerOrders
from twin.erp.stock import Stock
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.measures import allocate
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.model.states import MaterialUse

Derived = list[OperationsEvent]
METHODS: tuple[Method, ...] = ("standard", "fifo", "moving_average")


class Corrections:
    """Rules of the ERP by type of event; `rules` is what it listens to."""

    def __init__(self, plant: Plant, stock: Stock, purchasing: Purchasing, orders: CustomerOrders, book: Postings, ledger: Ledger) -> None:
        self._materials = plant.materials.materials
        self._overheads = plant.materials.overheads
        self._year = plant.layout.time_zone, plant.materials.finance.year_begins
        self.incurred: list[tuple[int, str, int, int]] = []  # when it counts, of which overhead; amount and budget, minor units
        self._stock = stock
        self._purchasing = purchasing
        self._orders = orders
        self._book = book
        self._standards = book.standards
        self._ledger = ledger
        self._actual = book.actual
        self.deliveries: dict[tuple[str, str], list[Fraction | int]] = {}  # quantity and price of what came, by order and lot
        self.came_us: dict[tuple[str, str], int] = {}  # when the last of it came; other lots of the order may have come since
        self.landed_minor: dict[str, int] = {}  # by bill of freight or duty
        self.given_back: dict[str, int] = {}  # quantity by purchase order
        self.given_back_of: dict[tuple[str, str], int] = {}  # quantity by purchase order and lot
        self.taken_back: dict[str, int] = {}  # quantity by customer order
        self.before_close: Callable[[e.PeriodCloseRequested], list[e.JournalPosted]] | None = None  # what is booked into a period at last
        self.apart = TakenApart(self._materials, book.requests.requests)
        self.unbuilt: dict[tuple[str, str], int] = {}  # quantity that came back, or was taken apart, by request and material
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            e.GoodsReceiptCorrected: self._correct_receipt,
            e.GoodsReturned: self._give_back,
            e.GoodsTakenBack: self._take_back,
            e.LandedCostAllocated: self._land,
            e.OverheadIncurred: self._incur,
            e.ProductUnbuilt: self._unbuild,
            e.LotMerged: self._merge,
            e.ValuationMethodChanged: self._change_method,
            e.PeriodCloseRequested: self._close,
            e.PeriodClosed: self._lock,
        }

    def note_delivery(self, event: e.GoodsReceived) -> None:
        """A delivery was booked; it may be corrected later."""
        it = self.deliveries.setdefault((event.order, event.lot or event.order), [0, Fraction(0)])
        key = event.order, event.lot or event.order
        self.came_us[key] = max(event.effective_us, self.came_us.get(key, event.effective_us))
        it[0] += event.quantity
        it[1] += Fraction(event.quantity * event.unit_price_minor, self._materials[event.material].price_per)

    def least(self, order: str, lot: str) -> int:
        """How much of a delivery must have come, because it was given back."""
        came = int(self.deliveries[order, lot][0])
        elsewhere = self._purchasing.orders[order].received - came
        return max(self.given_back_of.get((order, lot), 0), self.given_back.get(order, 0) - elsewhere, 0)

    # Receipts

    def _correct_receipt(self, event: e.GoodsReceiptCorrected) -> Derived:
        if doubt := impossible(event, unit_price_minor=event.unit_price_minor, quantity=event.quantity):
            return doubt
        lot = event.lot or event.order
        known, order = self.deliveries.get((event.order, lot)), self._purchasing.orders.get(event.order)
        if known is None or order is None or order.material != event.material:
            return alert(event, "unknown_receipt", f"no delivery of lot '{lot}' of '{event.material}' on '{event.order}'")
        known_quantity, change = known[0], event.quantity - int(known[0])
        if change > (most := self._purchasing.room(order)):
            return alert(event, "goods_not_ordered", f"{change} more delivered on '{event.order}', of which {most} are open")
        if event.quantity < (least := self.least(event.order, lot)):
            return alert(event, "goods_given_back", f"{event.quantity} came on '{event.order}', of which {least} were given back")
        price = Fraction(event.quantity * event.unit_price_minor, self._materials[event.material].price_per)
        owed = self._book.accruals.step((event.order, "price"), price - known[1])
        self.deliveries[event.order, lot] = [event.quantity, price]
        before = self._stock.on_hand[event.material]
        if change:
            self._purchasing.correct(event.order, change)
            self._stock.move(event.material, lot, change, "received", event.effective_us)
        if not self._actual.values(event.material):
            return [*self._book.receipt_corrected(event, change, owed, before)]
        receipts = [it for it in self._actual.moved.get(("receipt", event.order, event.material), ()) if it.lot == lot]
        return self._receipts_corrected(event, receipts, int(known_quantity), owed)

    def _receipts_corrected(self, event: e.GoodsReceiptCorrected, receipts: list[Movement], before: int, owed: int) -> Derived:
        """At actual cost. What came of it while the material was valued at standard has the difference of its price as a variance.

        `before`: the quantity that it was thought to be; `owed`: by how much more is owed for it. Pieces that had not come go out of what
        came at actual cost first, then out of what the stock was opened with when the method changed.
        """
        left, at_standard = event.quantity - before, before > sum(it.quantity for it in receipts)
        paid_minor = sum(it.given_minor for it in receipts)
        more: dict[str, Any] = {"name": event.order, "lot": event.lot or event.order}
        came = left if left > 0 and not receipts else 0  # the first of it at actual cost
        left -= came
        for it in reversed(receipts):
            part = max(left, -it.quantity)
            it.quantity, left = it.quantity + part, left - part
        quantity, worth_minor = came + sum(it.quantity for it in receipts), owed + paid_minor
        if at_standard:
            price = Fraction(quantity * event.unit_price_minor, self._materials[event.material].price_per)
            worth_minor = round(price) + sum(it.landed_minor for it in receipts)
        worth_minor = worth_minor if quantity else 0  # nothing of it is left that could be worth something
        for it, value_minor in zip(receipts, shared(worth_minor, [it.quantity for it in receipts]), strict=True):
            it.given_minor, it.landed_minor = value_minor, it.landed_minor if quantity else 0
        derived = self._revised(event, receipts)
        if came:
            account = "goods_received_not_billed"
            derived += self._actual.move(event, event.material, came, "receipt", account, given_minor=worth_minor, **more)
        rest = owed - (worth_minor - paid_minor)
        legs = (("purchase_price_variance", rest), ("goods_received_not_billed", -rest))
        derived += self._book.entries.entry(event, "receipt", legs, material=event.material)
        if left:
            derived += self._actual.move(event, event.material, left, "receipt correction", "purchase_price_variance", **more)
        return derived

    def _revised(self, event: OperationsEvent, movements: list[Movement]) -> Derived:
        timelines: dict[int, tuple[Timeline, list[Movement]]] = {}
        for it in movements:
            timeline = self._actual.timeline(it.material, it.lot)
            timelines.setdefault(id(timeline), (timeline, []))[1].append(it)
        return [*self._actual.settle(event, [changed for timeline, of_it in timelines.values() for changed in timeline.revise(of_it)])]

    def _land(self, event: e.LandedCostAllocated) -> Derived:
        """Into the value of what came; the share of what has gone since follows it. At standard it is a variance of the price."""
        shares = [share for _, _, share in event.receipts]
        landed_minor = self.landed_minor.get(event.order, 0) + event.amount_minor  # below zero, it takes back what the bill has shared out
        if not shares or min(shares) < 0 or not sum(shares) or not event.amount_minor or landed_minor < 0:
            by = f"by shares {shares}, which sum to {sum(shares)}"
            return alert(event, "landed_cost_refused", f"{event.amount_minor} {by}: allowed are shares >= 0, not all zero")
        unknown = [order for order, lot, _ in event.receipts if (order, lot or order) not in self.deliveries]
        if unknown:
            return alert(event, "unknown_receipt", f"no delivery on '{unknown[0]}' that could bear landed cost")
        self.landed_minor[event.order] = landed_minor
        derived: Derived = []
        movements: list[Movement] = []
        for (order, lot, _), amount in zip(event.receipts, allocate(event.amount_minor, shares), strict=True):
            material, came = self._purchasing.orders[order].material, int(self.deliveries[order, lot or order][0])
            moved = self._actual.moved.get(("receipt", order, material), ()) if self._actual.values(material) else ()
            receipts = [it for it in moved if it.lot == (lot or order) and it.quantity]
            into = abs(amount) * sum(it.quantity for it in receipts) // came if came else 0  # of what came at standard none is into stock
            into = into if amount > 0 else -into
            if receipts:
                receipts[0].given_minor += into
                receipts[0].landed_minor += into
                receipts[0].posted_minor += into
                legs = [self._actual.stock_leg(material, into), ("landed_cost_accrued", -into)]
                derived += self._book.entries.entry(event, "landed cost", legs, material=material, concerns=receipts[0].event)
                movements.append(receipts[0])
            legs = [("purchase_price_variance", amount - into), ("landed_cost_accrued", into - amount)]
            derived += self._book.entries.entry(event, "landed cost", legs, material=material)
        return derived + self._revised(event, movements)

    def _incur(self, event: e.OverheadIncurred) -> Derived:
        if event.overhead not in self._overheads:
            return alert(event, "unknown_overhead", f"no overhead '{event.overhead}'; declared: {', '.join(self._overheads) or 'none'}")
        if doubt := impossible(event, amount_minor=event.amount_minor, budget_minor=event.budget_minor):
            return doubt
        entries = self._book.incurred(event)
        at_us = entries[0].effective_us if entries else event.effective_us
        self.incurred.append((at_us, event.overhead, event.amount_minor, event.budget_minor))
        return [*entries]

    # Returns

    def _give_back(self, event: e.GoodsReturned) -> Derived:
        if doubt := nonsense(event, self._materials, event.material, event.quantity) or impossible(event, credit=event.credit_minor):
            return doubt
        order, given = self._purchasing.orders.get(event.order), self.given_back.get(event.order, 0) + event.quantity
        if order is None or order.operation or order.material != event.material or given > order.received:
            received = order.received if order and not order.operation and order.material == event.material else 0
            return alert(event, "goods_not_received", f"{given} given back of '{event.order}', of which {received} came")
        self.given_back[event.order] = given
        lot, before = event.lot or event.order, self._stock.on_hand[event.material]
        self.given_back_of[event.order, lot] = self.given_back_of.get((event.order, lot), 0) + event.quantity
        self._stock.move(event.material, lot, -event.quantity, "given back", event.effective_us)
        credit = (("goods_received_not_billed", event.credit_minor), ("purchase_price_variance", -event.credit_minor))
        credited = self._book.entries.entry(event, "return", credit, material=event.material)
        account = "purchase_price_variance"
        if not self._actual.values(event.material):
            return [*credited, *self._book.moved(event, event.material, before, -event.quantity, "return", account)]
        of = tuple(it for it in self._actual.moved.get(("receipt", event.order, event.material), ()) if it.lot == lot)
        back = self._actual.move(event, event.material, -event.quantity, "return", account, name=event.order, lot=lot, of=of)
        return [*credited, *back]

    def _take_back(self, event: e.GoodsTakenBack) -> Derived:
        if doubt := nonsense(event, self._materials, event.material, event.quantity) or impossible(event, credit=event.credit_minor):
            return doubt
        order, before_it = self._orders.orders.get(event.order), self.taken_back.get(event.order, 0)
        back = before_it + event.quantity
        if order is None or order.material != event.material or back > order.shipped:
            shipped = order.shipped if order and order.material == event.material else 0
            return alert(event, "goods_not_sold", f"{back} taken back of '{event.order}', of which {shipped} were shipped")
        self.taken_back[event.order] = back
        before = self._stock.on_hand[event.material]
        self._stock.move(event.material, event.lot, event.quantity, "taken back", event.effective_us)
        if event.disposition not in ("", "stock"):
            self._stock.hold(event.material, event.lot, True)
        credit = (("revenue", event.credit_minor), ("accounts_receivable", -event.credit_minor))
        credited = self._book.entries.entry(event, "credit note", credit, material=event.material)
        if not self._actual.values(event.material):
            return [*credited, *self._book.taken_back(event, before)]
        shipments = tuple(self._actual.moved.get(("shipment", event.order, event.material), ()))
        rank = Rank.RETURNED if shipments else Rank.FOUND  # found: it was sold while it was valued at standard
        more: dict[str, Any] = {"name": event.order, "rank": rank, "of": shipments, "returned": before_it}
        return [*credited, *self._actual.move(event, event.material, event.quantity, "taken back", "cost_of_goods_sold", **more)]

    def _unbuild(self, event: e.ProductUnbuilt) -> Derived:
        """The product goes out at what it had cost, its components come back at what they had cost; the work between is lost."""
        if doubt := nonsense(event, self._materials, event.material, event.quantity):
            return doubt
        if words := self.apart.book(event):
            return alert(event, "unbuild_refused", words)
        moves = [(event.material, event.lot, -event.quantity), *event.recovered]
        derived: Derived = []
        for material, lot, quantity in moves:
            before, apart = self._stock.on_hand[material], self.unbuilt.get((event.request, material), 0)
            self._stock.move(material, lot, quantity, "unbuilt", event.effective_us)
            self.unbuilt[event.request, material] = apart + abs(quantity)
            if not self._actual.values(material):
                derived += self._book.moved(event, material, before, quantity, "unbuild", "production_variance")
                continue
            of = tuple(self._actual.moved.get(("completion" if quantity < 0 else "issue", event.request, material), ()))
            rank = Rank.TAKEN if quantity < 0 else Rank.RETURNED if of else Rank.FOUND
            derived += self._actual.move(
                event, material, quantity, "unbuild", "production_variance", name=event.request, lot=lot, of=of, rank=rank, returned=apart
            )
        return derived

    def _merge(self, event: e.LotMerged) -> Derived:
        """Stock goes on under another id, as far as it is still there. Of lots with a value of their own the MES lets none be merged."""
        there = self._stock.lot_quantity(event.material, event.from_lot) if event.material in self._materials else 0
        if (quantity := min(event.quantity, there)) > 0:
            self.apart.merge(event)
            self._stock.move(event.material, event.from_lot, -quantity, "merged", event.effective_us)
            self._stock.move(event.material, event.lot, quantity, "merged", event.effective_us)
        return []

    def by_product(self, event: e.MaterialActual, request: Request) -> Derived:
        """A component that was not used comes back at its cost; a true by-product takes its share of the costs, or its standard."""
        name, material, before = request.request, event.material, self._stock.on_hand[event.material]
        joint = [it.material for it in self._materials[request.material].by_products if it.co_product]
        if event.use == MaterialUse.CO_PRODUCT and material not in joint:
            return alert(event, "unknown_co_product", f"'{material}' is no co-product of '{request.material}'; allowed: {listed(joint)}")
        self._stock.move(material, event.lot, event.quantity, "by-product", event.effective_us)
        request.taken[material] -= event.quantity
        request.given[material] += event.quantity
        issues = self._actual.moved.get(("issue", name, material), [])
        if self._actual.values(material) and issues:
            back = self.unbuilt.get((name, material), 0)
            self.unbuilt[name, material] = back + event.quantity
            return [*self._actual.came_back(event, name, issues, back)]
        if not self._actual.values(material):
            return [*self._book.came_back(event, name, before)]
        if self._actual.request(name) is not None and (not joint or material in joint):
            return [*self._actual.gave(event, name, is_good=True, by_product=True)]
        return [*self._actual.came_beside(event, name)]

    # Methods and periods

    def _change_method(self, event: e.ValuationMethodChanged) -> Derived:
        material, method = event.material, next((it for it in METHODS if it == event.method), None)
        before = self._actual.method.get(material, "standard")
        words = self.method_doubt(event) if material in self._materials else "no such material"
        if words or method is None:
            return alert(event, "method_refused", words)
        if before != "standard":
            return self._switch(event, method)
        self._actual.method[material] = method
        self._actual.keys.pop(material, None)
        held = self._held(material)
        values = shared(self._standards.value_minor(material, self._stock.on_hand[material]), [*held.values()])
        for (lot, quantity), value_minor in zip(held.items(), values, strict=True):
            timeline = self._actual.timelines[self._actual.key(material, lot)] = Timeline(method)
            self._actual.keys.setdefault(material, []).append(self._actual.key(material, lot)[1])
            opening = self._actual.movement(event, material, quantity, "opening", "opening_equity", lot=lot, given_minor=value_minor)
            if quantity:
                timeline.insert(opening)
                opening.posted_minor = opening.value_minor  # the books have it already
        rest = self._actual.value_minor(material) - self._standards.value_minor(material, self._stock.on_hand[material])
        return [*self._revalued(event, rest)]

    def method_doubt(self, event: e.ValuationMethodChanged | e.ValuationChangeRequested) -> str:
        """Why the stock of a material cannot count by another method from then on; "" if it can."""
        material, before = event.material, self._actual.method.get(event.material, "standard")
        if event.method not in (others := [it for it in METHODS if it != before]):
            return f"'{event.method}' for '{material}', which counts at {before}; allowed: {listed(others)}"
        if before != "standard":
            is_late = event.method == "standard" and self._last_us(material) > event.effective_us
            return f"'{material}' moved after {written(event.effective_us)}; allowed: standard from then on" if is_late else ""
        below = [
            f"lot '{lot}' is at {quantity}" if lot else f"{quantity} on hand"
            for lot, quantity in self._held(material).items()
            if quantity < 0
        ]
        return f"'{material}' is below zero: {'; '.join(below)}; allowed: once what was taken has been booked in" if below else ""

    def _held(self, material: str) -> dict[str, int]:
        """Quantity by lot that has a value of its own; under "" if the material has one value."""
        if self._materials[material].valued_by == "material":
            return {"": self._stock.on_hand[material]}
        return {lot: it.quantity for lot, it in self._stock.lots[material].items()}

    def _switch(self, event: e.ValuationMethodChanged, method: Method) -> Derived:
        standard = self._standards.released.get(event.material)
        price = ((total_minor(standard), standard.quantity) if standard else (0, 1)) if method == "standard" else None
        changed: list[Movement] = []
        for lot in self._actual.keys.get(event.material, ()):
            switch = self._actual.movement(
                event, event.material, 0, "revaluation", "stock_revaluation", lot=lot, rank=Rank.METHOD, method=method, price=price
            )
            changed += self._actual.timelines[event.material, lot].insert(switch)
        derived: Derived = [*self._actual.settle(event, changed)]
        if method != "standard":
            self._actual.method[event.material] = method
            return derived
        rest = self._standards.value_minor(event.material, self._stock.on_hand[event.material]) - self._actual.value_minor(event.material)
        self._actual.leave(event.material)
        return derived + self._revalued(event, rest)  # each lot was rounded by itself

    def _revalued(self, event: e.ValuationMethodChanged, rest: int) -> Derived:
        legs = (self._actual.stock_leg(event.material, rest), ("stock_revaluation", -rest))
        return [*self._book.entries.entry(event, "revaluation", legs, material=event.material)]

    def _last_us(self, material: str) -> int:
        timelines = [self._actual.timelines[material, lot] for lot in self._actual.keys.get(material, ())]
        return max((it.movements[-1].event.effective_us for it in timelines if it.movements), default=0)

    def _close(self, event: e.PeriodCloseRequested) -> Derived:
        """From here on entries are dated in what is open; the books are locked once those made before have been posted."""
        if refusal := self._book.entries.refuses_to_close(event):
            return alert(event, "close_refused", refusal)
        self._book.entries.close(event.until_us)
        it = event
        return [
            *(self.before_close(event) if self.before_close else ()),
            e.PeriodClosed(
                effective_us=it.effective_us, recorded_us=it.recorded_us, person=it.person, period=it.period, until_us=it.until_us
            ),
        ]

    def _lock(self, event: e.PeriodClosed) -> Derived:
        self._ledger.closed.append(event)
        return [*year_end(self._ledger, event, self._book.entries.closed_until_us or event.until_us, *self._year)]
