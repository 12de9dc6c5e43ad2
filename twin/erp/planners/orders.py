"""Firm planned orders, and what is on order at the start.

A planner freezes an order, in quantity and date; plans go by it, leave it alone, and say what they would have done.

Where the plan decides, it is released or ordered under its own name on the day on which it has to start; a person may let it go before.

Of what a scenario says is on order at its start, a purchase order is placed and agreed anew for its date, so a simulated supplier is as
late against it as his lead time is drawn; what is made is released with all that its bill asks for. It is expected from the first instant
on, so that nobody plans the same once more before it is placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from twin.erp.functions import Listener, Rule
from twin.erp.material_plan.position import FIRM_PLANNED, OnOrder
from twin.erp.procurement.sourcing_entries import beyond, not_due
from twin.model.events import (
    Heartbeat,
    OperationsEvent,
    OperationsRequestReleased,
    PlannedOrderFreed,
    PlannedOrderFrozen,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
)
from twin.model.exchange.bounds import joined, lot_sizes, too_many_lots
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import OpenOrder

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.material_plan.plan import MaterialPlan

Derived = list[OperationsEvent]
Call = OperationsRequestReleased | PurchaseOrderPlaced
_MILLION = 1_000_000  # yields are reckoned in millionths


class FrozenOrders(Listener):
    """The firm planned orders that nobody has let go yet, by name."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.orders: dict[str, PlannedOrderFrozen] = {}
        for names in (erp.requests.kept_names, erp.purchasing.kept_names):
            names.append(self.orders)
        self._rules = {
            PlannedOrderFrozen: self._freeze,
            PlannedOrderFreed: self._free,
            OperationsRequestReleased: self._ask,
            PurchaseOrderPlaced: self._ask,
        }

    def violations(self) -> list[str]:
        """None is on order twice."""
        both = [name for name in self.orders if name in self._erp.requests.requests or name in self._erp.purchasing.orders]
        return [f"firm planned order '{name}' was let go, and is still planned" for name in both]

    def on_order(self) -> Iterator[OnOrder]:
        """As a plan sees them: they come, and what they are made of is needed."""
        for name, it in self.orders.items():
            is_bought = self._erp.materials[it.material].kind == "purchased"
            yield OnOrder(
                order=name, kind=FIRM_PLANNED, material=it.material, quantity=it.quantity, due_us=it.due_us,
                components=() if is_bought else None,
            )  # fmt: skip

    def due_now(self, plan: MaterialPlan) -> list[PlannedOrderFrozen]:
        """Those that have to start in the plan's first bucket, or should have before."""
        return [it for it in self.orders.values() if plan.start_of(it.material, it.due_us) <= 0]

    def called_for(self, it: PlannedOrderFrozen, now_us: int) -> Call:
        """What lets one go as it stands, under its own name; more is started where some of it will be lost.

        What is bought is due at its own date, or when its supplier can have it here, if that is later.
        """
        erp, quantity = self._erp, self._started(it)
        if erp.materials[it.material].kind != "purchased":
            return OperationsRequestReleased(
                effective_us=now_us, request=it.planned, material=it.material, quantity=quantity, due_us=max(now_us, it.due_us)
            )
        supplier, unit_price_minor, blanket = erp.purchasing.terms(it.material, quantity, now_us)
        return PurchaseOrderPlaced(
            effective_us=now_us, order=it.planned, supplier=supplier, material=it.material, quantity=quantity, blanket=blanket,
            unit_price_minor=unit_price_minor, due_us=max(it.due_us, self.soonest_us(supplier, now_us)),
        )  # fmt: skip

    def soonest_us(self, supplier: str, now_us: int) -> int:
        """When a supplier can have here what is ordered now."""
        return now_us + round(self._erp.plant.materials.suppliers[supplier].lead_time.mean_us)

    # Inside

    def _started(self, it: PlannedOrderFrozen) -> int:
        """How many pieces are begun, or ordered, so that so many good ones come."""
        return -(-it.quantity * _MILLION // round(self._erp.materials[it.material].planned.expected_yield * _MILLION))

    def _freeze(self, event: PlannedOrderFrozen) -> Derived:
        if doubt := unsigned(event, self._erp.plant.layout.persons) or self._wrong(event):
            return [refusal(event, doubt)]
        self.orders[event.planned] = event
        return []

    def _free(self, event: PlannedOrderFreed) -> Derived:
        doubt = unsigned(event, self._erp.plant.layout.persons)
        if not doubt and event.planned not in self.orders:
            close = did_you_mean(event.planned, self.orders)
            doubt = f"no firm planned order is called '{event.planned}'{close}; allowed: {listed(self.orders)}"
        if doubt:
            return [refusal(event, doubt)]
        del self.orders[event.planned]
        return []

    def _ask(self, event: OperationsRequestReleased | PurchaseOrderPlaced) -> Derived:
        """It is a request or a purchase order from now on; what was refused under that name is none."""
        name = event.order if isinstance(event, PurchaseOrderPlaced) else event.request
        if name in self.orders and (name in self._erp.requests.requests or name in self._erp.purchasing.orders):
            del self.orders[name]
        return []

    def _wrong(self, event: PlannedOrderFrozen) -> str:
        known, erp = self._erp.materials, self._erp
        if event.material not in known:
            return f"no material is called '{event.material}'{did_you_mean(event.material, known)}; allowed: {listed(known)}"
        definition = known[event.material]
        if definition.phantom or definition.kind == "recovered":
            return f"nobody orders '{event.material}', {'a phantom' if definition.phantom else 'which only comes of another'}"
        if definition.kind == "purchased" and not definition.supplier:
            return f"'{event.material}' has no supplier, so nobody would bring it; allowed: what is made, or has a supplier"
        if not event.planned.strip():
            return "it has no name; allowed: one that no order has"
        if event.planned in erp.requests.requests or event.planned in erp.purchasing.orders or event.planned in erp.customer_orders.orders:
            return f"an order is called '{event.planned}' already; allowed: another name"
        before = self.orders.get(event.planned)
        if before is not None and before.material != event.material:
            return f"'{event.planned}' is for '{before.material}'; allowed: that material, or another name"
        if type(event.quantity) is not int or not 1 <= event.quantity <= MOST_PIECES:
            return f"a quantity of {event.quantity!r}; allowed: 1 to {MOST_PIECES:,}, in whole pieces"
        asked = {"request": event.planned, "material": event.material, "quantity": self._started(event)}
        kind, sizes = OperationsRequestReleased.__name__, lot_sizes(erp.plant.materials)
        unmade = [] if definition.kind == "purchased" else [*joined(kind, asked), *too_many_lots(kind, asked, sizes)]
        return "; ".join(unmade) or beyond(event) or not_due(event.due_us, event.effective_us)


class OpeningOrders:
    """A `twin.erp.functions.Function`: asks for each of them once, at the first instant."""

    def __init__(self, erp: Erp, supply: tuple[OpenOrder, ...]) -> None:
        self._erp, self._left = erp, {it.order: it for it in supply}
        self._start_us: int | None = None
        self._expected: dict[str, int] = {}  # by order that is not asked for yet: so much of it is expected all the same
        for names in (erp.requests.kept_names, erp.purchasing.kept_names):
            names.append(self._expected)
        self.rules: dict[type[OperationsEvent], Rule] = {}
        if supply:
            self.rules = {Heartbeat: self._begin, PurchaseOrderPlaced: self._placed, OperationsRequestReleased: self._placed}

    def violations(self) -> list[str]:
        """Nothing here can be false by itself: what is expected stands in stock's figures until it is asked for."""
        return []

    def decide(self, now_us: int) -> Derived:
        """All that is on order at the start, in declared order."""
        decided: Derived = []
        for it in self._left.values() if self._start_us is not None else ():
            decided += self._called(it, now_us)
        if decided:
            self._left.clear()
        return decided

    # Inside

    def _begin(self, event: Heartbeat) -> Derived:
        if event.reason != "start" or self._start_us is not None:
            return []
        self._start_us = event.effective_us
        for it in [*self._left.values()]:
            if it.kind == "firm_planned":
                del self._left[it.order]
                self._erp.frozen.orders[it.order] = PlannedOrderFrozen(
                    effective_us=event.effective_us, planned=it.order, material=it.material, quantity=self._pieces(it),
                    due_us=event.effective_us + it.due,
                )  # fmt: skip
                continue
            self._expected[it.order] = self._pieces(it)
            self._erp.stock.expect(it.material, self._pieces(it))
        return []

    def _placed(self, event: PurchaseOrderPlaced | OperationsRequestReleased) -> Derived:
        """It is expected as an order from now on, whoever has asked for it: nobody asks again."""
        name = event.order if isinstance(event, PurchaseOrderPlaced) else event.request
        self._left.pop(name, None)
        if quantity := self._expected.pop(name, 0):
            self._erp.stock.expect(event.material, -quantity)
        return []

    def _pieces(self, it: OpenOrder) -> int:
        return it.quantity * (self._erp.materials[it.material].units[it.unit] if it.unit else 1)

    def _called(self, it: OpenOrder, now_us: int) -> Derived:
        asked = PlannedOrderFrozen(
            effective_us=now_us, planned=it.order, material=it.material, quantity=self._pieces(it), due_us=now_us + it.due
        )
        call = self._erp.frozen.called_for(asked, now_us)
        if not isinstance(call, PurchaseOrderPlaced):
            return [call]
        call = replace(call, due_us=self._erp.frozen.soonest_us(call.supplier, now_us))
        if call.due_us == asked.due_us:
            return [call]
        return [
            call,
            PurchaseOrderRevised(effective_us=now_us, order=it.order, material=it.material, quantity=call.quantity, due_us=asked.due_us),
        ]
