"""Orders of customers are changed or cancelled as far as they have not left. A `Function` of the ERP.

A later date or fewer pieces are taken; a sooner date, or more pieces by a date, as far as that can be promised. What was planned for the
order alone, and was not let go, follows it, and what was let go where the sooner date rests on that; what is kept for it is free, and its
credit is looked at again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin.erp.accounting.valuation.periods import written
from twin.erp.alerts import alert
from twin.erp.changing.requests import ChangedRequests
from twin.erp.functions import Rule
from twin.erp.procurement.sourcing_entries import beyond, not_due, too_dear, unknown
from twin.erp.requests import Need, Request
from twin.erp.sales.capable import earliest
from twin.erp.sales.customer_orders import CustomerOrder
from twin.erp.sales.promising import Promise, promise
from twin.model.events import (
    EntryRefused,
    OperationsEvent,
    OperationsRequestRevised,
    OrderPromised,
    SalesOrderCancelled,
    SalesOrderChanged,
    SalesOrderRevised,
)
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreed:
    """What an order will be with the next decision, and the promise that this rests on, if anything was asked for sooner or more."""

    revised: SalesOrderRevised
    promised: Promise | None = None
    is_moved: bool = False  # to a later date that nobody asked for
    is_hastened: bool = False  # what was let go for it comes in time only if it is due sooner


class ChangedOrders:
    """What customers want otherwise, and is carried out with the next decision."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._coming: dict[str, _Agreed] = {}  # by order
        self._said: dict[tuple[str, str, int], str] = {}  # the orders of these, by who said it where and when
        self._refused = Counter[tuple[str, str, int]]()  # how many others were refused here, which is to be heard of yet
        self.rules: dict[type[OperationsEvent], Rule] = {
            SalesOrderChanged: self._change,
            SalesOrderCancelled: self._cancel,
            SalesOrderRevised: self._revise,
            EntryRefused: self._stand,
        }

    def decide(self, now_us: int) -> Derived:
        """What was accepted at this instant: what is promised, and what the order is from now on."""
        decided: Derived = []
        for it in self._coming.values():
            revised = replace(it.revised, effective_us=now_us, recorded_us=now_us)
            if it.promised:
                decided.append(
                    OrderPromised(
                        effective_us=now_us, order=revised.order, material=revised.material, quantity=revised.quantity,
                        due_us=revised.due_us, reason=it.promised.reason,
                    )
                )  # fmt: skip
            decided.append(revised)
        return decided

    def violations(self) -> list[str]:
        """None: what is accepted is carried out at once."""
        return []

    # What is said

    def _change(self, event: SalesOrderChanged) -> Derived:
        if wrong := [*self._unheard(event), *self._unasked(event)]:
            return self._refuse(event, "; ".join(wrong))
        order = self._erp.customer_orders.orders[event.order]
        quantity, due_us, promised = event.quantity or order.quantity, event.due_us or order.due_us, None
        if quantity > order.quantity or due_us < order.due_us:
            promised = self._promise(order, quantity, event.effective_us, as_agreed=event.due_us > 0)
            if event.due_us and promised.due_us > due_us:
                what = f"{quantity - order.shipped} cannot be there by {written(due_us)}"
                return self._refuse(event, f"{what}; allowed: from {written(promised.due_us)} on ({promised.reason})")
            due_us = max(due_us, promised.due_us)
        is_moved, is_hastened = (
            not event.due_us and due_us > order.due_us,
            due_us < order.due_us and self._is_hastened(order, due_us, event),
        )
        self._coming[order.order] = _Agreed(
            revised=_revised(event, order, quantity, due_us), promised=promised, is_moved=is_moved, is_hastened=is_hastened
        )
        self._said[event.person, event.terminal, event.effective_us] = order.order
        return []

    def _refuse(self, event: SalesOrderChanged, why: str) -> Derived:
        self._refused[event.person, event.terminal, event.effective_us] += 1
        return [refusal(event, why)]

    def _is_hastened(self, order: CustomerOrder, due_us: int, event: SalesOrderChanged) -> bool:
        """Whether something was let go for it that is due later, and what else there is does not suffice."""
        left, released = (event.quantity or order.quantity) - order.shipped, self.released_for(order.order)
        is_late = any(it.material == order.material and it.due_us > due_us for it in released)
        return is_late and promise(self._erp, order.material, left, event.effective_us, order.order, as_due=True).due_us > due_us

    def released_for(self, order: str) -> list[Request]:
        """What was let go for a customer order and is not answered."""
        requests = self._erp.requests
        return [it for name in sorted(requests.open) if (it := requests.requests[name]).order == order and it.released_us is not None]

    def _stand(self, event: EntryRefused) -> Derived:
        """A change that was refused when it was said stays so, where the journal says it, whatever could be promised today."""
        if event.entry != SalesOrderChanged.__name__:
            return []
        if self._refused[said := (event.person, event.terminal, event.effective_us)]:
            self._refused[said] -= 1
        else:
            self._coming.pop(self._said.get(said, ""), None)
        return []

    def _cancel(self, event: SalesOrderCancelled) -> Derived:
        """One order, or line; or every line of an order that is open."""
        orders = self._erp.customer_orders
        if event.order in orders.headers and not orders.lines_of(event.order):
            return [refusal(event, f"all of '{event.order}' has left or was cancelled; allowed: an order of which something is to leave")]
        lines = [replace(event, order=name) for name in orders.lines_of(event.order)]
        if wrong := list(dict.fromkeys(it for line in lines for it in self._unheard(line))):
            return [refusal(event, "; ".join(wrong))]
        for line in lines:
            order = orders.orders[line.order]
            self._coming[order.order] = _Agreed(revised=_revised(line, order, order.shipped, order.due_us))
        return []

    def _promise(self, order: CustomerOrder, quantity: int, now_us: int, *, as_agreed: bool) -> Promise:
        """When all that is to leave can be there, as if the order as it is did not exist; no sooner than the pieces beyond it can."""
        whole = earliest(self._erp, order.material, quantity - order.shipped, now_us, without=order.order, as_agreed=as_agreed)
        if quantity <= order.quantity or whole.due_us >= order.due_us:
            return whole
        more = earliest(self._erp, order.material, quantity - order.quantity, now_us, as_agreed=as_agreed)
        return more if more.due_us > whole.due_us else whole

    def _unheard(self, event: SalesOrderChanged | SalesOrderCancelled) -> list[str]:
        """Why nobody can say this of the order; empty if somebody can."""
        erp = self._erp
        if doubt := unsigned(event, erp.plant.layout.persons) or beyond(event):
            return [doubt]
        if doubt := unknown("customer order", event.order, erp.customer_orders.orders):
            return [doubt]
        order = erp.customer_orders.orders[event.order]
        if not order.open_quantity:
            how = "was cancelled" if order.cancelled_us is not None else "has left"
            return [f"all of '{event.order}' {how}; allowed: an order of which something is to leave"]
        if event.order in self._coming:
            return [f"'{event.order}' is changed at this instant already; allowed: in a moment"]
        return [] if event.reason.strip() else ["a change needs a reason"]

    def _unasked(self, event: SalesOrderChanged) -> Iterator[str]:
        """Why the order cannot be asked for so, whatever there is."""
        order = self._erp.customer_orders.orders.get(event.order)
        if order is None or not order.open_quantity:
            return
        if event.quantity in (0, order.quantity) and event.due_us in (0, order.due_us):
            yield f"'{event.order}' is for {order.quantity} by {written(order.due_us)} already; allowed: another quantity or date, or both"
        least = order.shipped + 1
        if event.quantity and event.quantity < least:
            left = f", of which {order.shipped} have left" if order.shipped else ""
            yield f"{event.quantity} in all{left}; allowed: {least} or more, or that nothing more leaves (it is cancelled)"
        if event.due_us and (doubt := not_due(event.due_us, event.effective_us)):
            yield doubt
        if doubt := too_dear(event.quantity, order.unit_price_minor, order.price_per):
            yield doubt

    # What follows

    def _revise(self, event: SalesOrderRevised) -> Derived:
        agreed = self._coming.pop(event.order, None)
        self._said.clear()
        self._refused.clear()
        erp, orders = self._erp, self._erp.customer_orders
        if doubt := orders.why_not_revised(event):
            return alert(event, "order_not_changed", f"customer order '{event.order}' stays as it is: {doubt}")
        order = orders.orders[event.order]
        moved_us = event.due_us - order.due_us
        if agreed and agreed.is_moved and agreed.promised:
            order.moved_at_us, order.moved_from_us, order.moved_why = event.effective_us, order.due_us, agreed.promised.reason
        more = orders.revise(event)
        derived = erp.credit.look_again(event, more)
        if moved_us:
            derived += self._moved(event, moved_us, is_hastened=agreed is not None and agreed.is_hastened)
        if more > 0:
            need = Need(material=event.material, quantity=more, due_us=event.due_us, order=event.order, parent=event.order)
            derived += erp.released_at_once(erp.requests.plan(need), event)
        elif more < 0:
            derived += ChangedRequests.less(event, erp.requests.surplus_of([event.material]))
        return derived

    def _moved(self, event: SalesOrderRevised, moved_us: int, *, is_hastened: bool) -> Derived:
        """What is planned for the order alone and was not let go is due as much later or sooner; and what was let go, if it is hastened."""
        requests = self._erp.requests
        released = self.released_for(event.order) if is_hastened and self._erp.policies.decisions != "told" else []
        return [
            OperationsRequestRevised(
                effective_us=event.effective_us, recorded_us=event.recorded_us, request=it.request, order=it.order, material=it.material,
                quantity=it.quantity, due_us=max(event.effective_us, it.due_us + moved_us), release_us=it.release_us + moved_us,
                priority=it.priority,
                reason=f"its order is due {'later' if moved_us > 0 else 'sooner'}",
            )
            for it in (*requests.planned_for(event.order), *released)
        ]  # fmt: skip


def _revised(event: SalesOrderChanged | SalesOrderCancelled, order: CustomerOrder, quantity: int, due_us: int) -> SalesOrderRevised:
    return SalesOrderRevised(
        effective_us=event.effective_us, order=order.order, customer=order.customer, material=order.material, quantity=quantity,
        due_us=due_us, reason=event.reason,
    )  # fmt: skip
