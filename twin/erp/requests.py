"""Operations requests: what Level 3 is asked to make, planned lot for lot from customer orders down the bills."""

from __future__ import annotations

import heapq
from bisect import insort
from collections import Counter
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil

from twin.erp.bills import Bills
from twin.erp.sales.customer_orders import CustomerOrders
from twin.erp.stock import Stock
from twin.model.events import (
    JobOrderCreated,
    LotCreated,
    LotSplit,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    OperationsRequestRevised,
    OperationsRequestScheduled,
    WorkInProcessCounted,
)
from twin.model.materials import MaterialDefinition, Materials, needed_in_lots


@dataclass(slots=True, kw_only=True)
class Request:
    """One request: planned, then released, then answered (closed)."""

    request: str
    name: str  # its id without the number of a follow-up
    order: str  # customer order that it is for, "" if for stock
    parent: str  # request that consumes it, "" if none
    material: str
    quantity: int
    due_us: int
    release_us: int  # when the due-date rule lets it go
    released_us: int | None = None
    closed_us: int | None = None
    produced: int = 0
    scrapped: int = 0
    answered_good: int = 0
    priority: int = 0  # that another Level 4 gave it, or who counted it; what is made for it has the same
    outstanding: dict[str, int] = field(default_factory=dict)  # reserved for it by component, and not yet consumed
    is_rework: bool = False  # it takes what it makes: stock that goes back into work
    found: int = 0  # units that were in the making when work in process was counted: what they are of was taken before
    taken: Counter[str] = field(default_factory=Counter)  # by material: consumed by it, less what came back
    given: Counter[str] = field(default_factory=Counter)  # by material: what it gave besides what was asked for, or did not use
    by_bill: Counter[tuple[str, str]] = field(default_factory=Counter)  # (alternative bill, component): consumed as it asks for
    made_by: dict[str, Fraction] = field(default_factory=dict)  # by alternative bill: pieces for which that was
    stood_in: Counter[tuple[str, str]] = field(default_factory=Counter)  # (component, alternate): consumed of the alternate in its place

    @property
    def expected(self) -> int:
        """Good quantity that is still to come from it."""
        end = self.quantity - self.scrapped if self.closed_us is None else self.answered_good
        return max(0, end - self.produced)

    def gives(self, definition: MaterialDefinition) -> tuple[tuple[str, int], ...]:
        """By-products that are still to come: none of what is reworked, nor of what was found in the making, whatever that gave before."""
        good = self.quantity - self.scrapped if self.closed_us is None and not self.found and not self.is_rework else 0
        size = definition.lot_size or max(good, 1)
        whole, rest = divmod(good, size)  # lots, and what is in the last one: each gives whole units
        come = {it.material: sum(n * (it.quantity * of // definition.bill_for) for n, of in ((whole, size), (1, rest)))
                for it in definition.by_products}  # fmt: skip
        still = ((material, quantity - self.given[material]) for material, quantity in come.items())
        return tuple((material, quantity) for material, quantity in still if quantity > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Somebody needs a quantity of a material by a date."""

    material: str
    quantity: int
    due_us: int
    order: str
    parent: str  # id that the request for it will begin with: a customer order or a request


class Requests:
    """Plans and follows requests. Netting is by inventory position: what is on hand or coming, and not spoken for."""

    def __init__(self, materials: Materials, bills: Bills, stock: Stock, customer_orders: CustomerOrders) -> None:
        self._definitions, self._customer_orders = materials.materials, customer_orders.orders
        self.plans_order_by_order = True  # else needs are only reserved: a plan over all of them asks for more
        self._bills = bills
        self._stock = stock
        self.requests: dict[str, Request] = {}
        self._named: dict[str, int] = {}  # by material: up to which number names of a plan's requests are given
        self.kept_names: list[Container[str]] = []  # that requests will have which are not released yet
        self.open: set[str] = set()  # planned or released, not answered
        self.unfinished: set[str] = set()  # answered, and some of what was answered is not yet in stock
        self.job_orders: dict[str, JobOrderCreated] = {}
        self._request_of_lot: dict[str, str] = {}
        self._by_bill: Counter[tuple[str, str, str]] = Counter()  # (request, job order, bill): taken of the first component of that
        self.planned: list[tuple[int, str]] = []  # (release_us, request), in that order
        self._told: set[str] = set()  # that another Level 4 has scheduled

    def know(self, event: JobOrderCreated | LotCreated | LotSplit) -> None:
        """Remember for which request a job order or a lot is; a part split off a lot is for the same."""
        if isinstance(event, JobOrderCreated):
            self.job_orders[event.job_order] = event
            return
        asked = self.requests.get(event.request) if isinstance(event, LotCreated) else None
        if asked and isinstance(event, LotCreated) and asked.material != event.material:
            return  # somebody is told by the MES
        request = event.request or (self._request_of_lot.get(event.from_lot, "") if isinstance(event, LotSplit) else "")
        if request:
            self._request_of_lot[event.lot] = request

    def of(self, event: OperationsEvent) -> Request | None:
        """The request that an actual belongs to: named by itself, by its job order, or by its lot."""
        created = self.job_orders.get(event.job_order)
        return self.requests.get(event.request or (created.request if created else "") or self._request_of_lot.get(event.lot, ""))

    def worked_up_to(self, request: Request, job_order: str) -> str | None:
        """The operation up to which what a job order has lost was worked on; None: all of them, as of what was stock before."""
        created = self.job_orders.get(job_order)
        return created.operation if created and not request.is_rework else None

    def plan(self, need: Need) -> list[Request]:
        """Reserve `need`, and plan requests for what of it, and of its components, is neither there nor coming.

        Works by low-level code, so that stock at each level is netted once: parents first, in declared bill order.
        """
        return self._plan([need])

    def plan_components(self, request: Request) -> list[Request]:
        """Reserve the components of a request, and plan requests for those that are short."""
        return self._plan(self._component_needs(request))

    def _plan(self, needs: list[Need]) -> list[Request]:
        level = self._bills.low_level_code
        queue = [(level[need.material], place, need) for place, need in enumerate(needs)]
        pushed, planned = len(queue), []
        while queue:
            _, _, need = heapq.heappop(queue)
            free = max(0, self._stock.position(need.material))
            self._stock.reserve(need.material, need.quantity)
            shortage = need.quantity - free
            if self.plans_order_by_order and shortage > 0 and self._definitions[need.material].kind in ("made", "finished"):
                parent = need.parent if need.parent in self.requests else ""
                request = self._add_anew(f"{need.parent}-{need.material}", need, shortage, parent)
                request.priority = self.requests[parent].priority if parent else 0
                planned.append(request)
                for component in self._component_needs(request):
                    heapq.heappush(queue, (level[component.material], pushed, component))
                    pushed += 1
        return planned

    def free_name(self, material: str, taken: Collection[str] = ()) -> str:
        """What the next request is called that a plan over all orders asks for; `taken`: names that are given at this instant."""
        number = self._named.get(material, 0) + 1
        while f"P-{material}-{number}" in self.requests:  # no name is ever free again
            number += 1
        self._named[material] = number - 1
        while (name := f"P-{material}-{number}") in taken or not self._is_free(name):
            number += 1
        return name

    def _component_needs(self, request: Request) -> list[Need]:
        needs = self._needs_of(request, request.quantity)
        request.outstanding.update({it.material: it.quantity for it in needs})
        return needs

    def _needs_of(self, request: Request, pieces: int) -> list[Need]:
        """What so many pieces of a request take, cut into lots."""
        definition = self._definitions[request.material]
        due_us, size = request.due_us - definition.planned_lead_time, definition.lot_size
        return [
            Need(
                material=component, quantity=needed_in_lots(each, pieces, size) if pieces else 0, due_us=due_us, order=request.order,
                parent=request.request,
            )
            for component, each in self._bills.components[request.material].items()
        ]  # fmt: skip

    def _is_free(self, name: str) -> bool:
        return name not in self.requests and not any(name in kept for kept in self.kept_names)

    def _add_anew(self, name: str, need: Need, quantity: int, parent: str) -> Request:
        """A planned request under a free id. The n-th of one name is "<name>.F<n>": "<name>.<n>" is one of the MES's lots."""
        request_id, number = name, 1
        while not self._is_free(request_id):
            number += 1
            request_id = f"{name}.F{number}"
        return self._add(request_id, need, quantity, parent, name)

    def _add(self, request_id: str, need: Need, quantity: int, parent: str, name: str = "") -> Request:
        """A planned request; `name`: the same without the number of a follow-up, if it has one."""
        request = Request(
            request=request_id,
            name=name or request_id,
            order=need.order,
            parent=parent,
            material=need.material,
            quantity=quantity,
            due_us=need.due_us,
            release_us=need.due_us - self._definitions[need.material].planned_lead_time,
        )
        self.requests[request_id] = request
        self.open.add(request_id)
        insort(self.planned, (request.release_us, request_id))
        self._stock.expect(need.material, quantity)
        return request

    def schedule(self, event: OperationsRequestScheduled) -> list[Request]:
        """Another Level 4 wants it: it is let go when that says; what it needs is reserved, and planned if we plan."""
        need = Need(material=event.material, quantity=event.quantity, due_us=event.due_us, order=event.order, parent="")
        request = self._add(event.request, need, event.quantity, "")
        self.planned.remove((request.release_us, request.request))
        request.release_us, request.priority = event.release_us, event.priority
        self._told.add(request.request)
        insort(self.planned, (request.release_us, request.request))
        return self.plan_components(request)

    def release(self, event: OperationsRequestReleased) -> list[Request]:
        """The request is on its way to Level 3. One that nobody planned is taken in, and its components are planned."""
        planned: list[Request] = []
        request = self.requests.get(event.request)
        if request is None:
            need = Need(material=event.material, quantity=event.quantity, due_us=event.due_us, order=event.order, parent="")
            request = self._add(event.request, need, event.quantity, "")
            request.is_rework, request.priority = bool(event.from_lot), event.priority
            planned = [] if request.is_rework else self.plan_components(request)
        request.released_us = event.effective_us
        self.planned.remove((request.release_us, request.request))
        return planned

    def find(self, event: WorkInProcessCounted) -> Request:
        """A request that Level 3 is at already, with one lot, when work in process is counted; its components were taken long ago."""
        need = Need(material=event.material, quantity=event.quantity, due_us=event.due_us, order=event.order, parent="")
        request = self._add(event.request, need, event.quantity, "")
        request.released_us = event.effective_us
        request.found, request.priority = event.quantity, event.priority
        self.planned.remove((request.release_us, request.request))
        self._request_of_lot[event.lot] = request.request
        return request

    def due(self, now_us: int) -> list[Request]:
        """Planned requests whose release date has come."""
        found = []
        for release_us, request in self.planned:
            if release_us > now_us:
                break
            found.append(self.requests[request])
        return found

    def consume(
        self, request: Request, material: str, quantity: int, instead_of: str = "", by_bill: str = "", job_order: str = ""
    ) -> None:  # fmt: skip
        """A component, or an alternate in its place, was taken for the request: so much less of the component is reserved for it."""
        request.taken[material] += quantity
        component = material
        if by_bill:
            self._made_otherwise(request, material, quantity, by_bill, job_order)
            return
        if instead_of:
            before = request.stood_in[instead_of, material]
            request.stood_in[instead_of, material] = before + quantity
            each = self._bills.stands_for(request.material, instead_of, material)
            component, quantity = instead_of, int((before + quantity) * each) - int(before * each)
        self._waits_no_more(request, component, quantity)

    def _made_otherwise(self, request: Request, material: str, quantity: int, bill: str, job_order: str) -> None:
        """So many pieces are made by an alternative bill: what its own asks for them is reserved no more."""
        request.by_bill[bill, material] += quantity
        each_for = self._bills.pieces_by(request.material, bill, material)
        if not each_for:
            return
        place = request.request, job_order, bill
        before = self._pieces(job_order, self._by_bill[place] * each_for)
        self._by_bill[place] += quantity
        after = self._pieces(job_order, self._by_bill[place] * each_for)
        request.made_by[bill] = request.made_by.get(bill, Fraction(0)) + after - before
        for component, each in self._bills.components[request.material].items():
            self._waits_no_more(request, component, ceil(after * each) - ceil(before * each))

    def _pieces(self, job_order: str, at_most: Fraction) -> Fraction:
        """For how many pieces that is which would do for `at_most`: the last unit is opened for fewer."""
        created = self.job_orders.get(job_order)
        return min(at_most, Fraction(created.quantity)) if created else at_most

    def made_otherwise(self, request: Request, event: MaterialActual) -> Fraction:
        """For how many pieces that was which was last consumed by an alternative bill."""
        each_for = self._bills.pieces_by(request.material, event.by_bill, event.material)
        taken = self._by_bill[request.request, event.job_order, event.by_bill] if each_for else 0
        return self._pieces(event.job_order, taken * each_for) - self._pieces(event.job_order, (taken - event.quantity) * each_for)

    def _waits_no_more(self, request: Request, component: str, quantity: int) -> None:
        taken = min(quantity, request.outstanding.get(component, 0))
        if taken:
            request.outstanding[component] -= taken
            self._stock.reserve(component, -taken)

    def count(self, request: Request, *, produced: int = 0, scrapped: int = 0) -> None:
        """So much was finished, or lost, of the request."""
        before = request.expected
        request.produced += produced
        request.scrapped += scrapped
        self._stock.expect(request.material, request.expected - before)
        if not request.expected:
            self.unfinished.discard(request.request)

    def revise(self, event: OperationsRequestRevised) -> list[Request]:
        """It is for another quantity in all, by another date: what it takes is reserved or free; what is short then is planned anew.

        One that is only planned, and of which nothing is wanted any more, is closed.
        """
        request, before = self.requests[event.request], self.requests[event.request].expected
        more, took = event.quantity - request.quantity, self._needs_of(request, request.quantity)
        request.quantity, request.due_us, request.priority = event.quantity, event.due_us, event.priority
        if request.released_us is None:
            self.planned.remove((request.release_us, request.request))
            request.release_us = event.release_us
            if request.quantity:
                insort(self.planned, (request.release_us, request.request))
            else:
                request.released_us = request.closed_us = event.effective_us
                self.open.discard(request.request)
        self._stock.expect(request.material, request.expected - before)
        needs = []
        for it, was in zip(self._needs_of(request, request.quantity), took, strict=True):
            there, change = request.outstanding.get(it.material, 0), it.quantity - was.quantity
            freed = min(there, max(0, -change)) if request.quantity else there
            self._stock.reserve(it.material, -freed)
            request.outstanding[it.material] = there - freed + max(0, change)
            needs += [replace(it, quantity=change)] if change > 0 else []
        return self._plan(needs) + self._follow_up(request, -more)

    def surplus_of(self, materials: Iterable[str]) -> list[tuple[Request, int]]:
        """What is planned order by order, is not let go yet, and is needed by nobody any more: requests and pieces, the latest first."""
        left = {name: max(0, self._stock.position(name)) for name in materials if self.plans_order_by_order}
        found = []
        for _, name in reversed(self.planned):
            it = self.requests[name]
            if (surplus := min(left.get(it.material, 0), it.quantity)) and name not in self._told:
                found.append((it, surplus))
                left[it.material] -= surplus
        return found

    def planned_for(self, order: str) -> list[Request]:
        """What is planned for a customer order and is not let go yet."""
        return [it for _, name in self.planned if (it := self.requests[name]).order == order and name not in self._told]

    def components_of(self, material: str) -> Iterable[str]:
        """What a material is made of."""
        return self._bills.components[material]

    def close(self, request: Request, good: int, at_us: int) -> list[Request]:
        """Level 3 has answered. What was reserved for the request is free again; a shortage that stock does not cover is planned anew."""
        before = request.expected
        request.closed_us, request.answered_good = at_us, good
        self.open.discard(request.request)
        if request.released_us is None:
            self.planned.remove((request.release_us, request.request))
            request.released_us = at_us
        self._stock.expect(request.material, request.expected - before)
        if request.expected:
            self.unfinished.add(request.request)
        for component, quantity in request.outstanding.items():
            self._stock.reserve(component, -quantity)
        request.outstanding.clear()
        return self._follow_up(request, request.quantity - good)

    def answered_otherwise(self, request: Request, more: int) -> list[Request]:
        """Of a request that is answered so much more is good after all (< 0: less); what is short by that is planned anew."""
        if request.closed_us is None:
            return []
        before = request.expected
        request.answered_good += more
        self._stock.expect(request.material, request.expected - before)
        if not request.expected:
            self.unfinished.discard(request.request)
        return self._follow_up(request, -more)

    def _follow_up(self, request: Request, missing: int) -> list[Request]:
        """A request for what is missing of another, as far as stock does not cover it."""
        shortage = min(missing, -self._stock.position(request.material))
        if shortage <= 0 or not self.plans_order_by_order:
            return []
        due_us = self._wanted_us(request)
        need = Need(material=request.material, quantity=shortage, due_us=due_us, order=request.order, parent=request.parent)
        follow_up = self._add_anew(request.name, need, shortage, request.parent)
        follow_up.priority = request.priority
        return [follow_up, *self.plan_components(follow_up)]

    def _wanted_us(self, request: Request) -> int:
        """By when it is wanted by whoever waits for it, whatever date a planner has given the request: its customer, or what takes it."""
        parent, order = self.requests.get(request.parent), self._customer_orders.get(request.order)
        if parent and parent.closed_us is None:
            return parent.due_us - self._definitions[parent.material].planned_lead_time
        return order.due_us if order and not request.parent and order.material == request.material else request.due_us
