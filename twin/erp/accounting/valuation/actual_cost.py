"""Stock at actual cost: which movement belongs to which key, what it posts, and what a change of one value changes elsewhere.

Every value is a function of the facts (`Timeline`, `RequestCost`). Here they are tied together: a receipt that comes late, or a price
that is corrected, changes the cost of the issues after it; an issue changes the cost of its request; a request changes what its
lots have brought into stock; and so on, over the keys that it touches and no others. What is posted is the difference of each
movement's value to what the books say of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.erp.accounting.rounding import Accruals, Ratio
from twin.erp.accounting.standard_cost import StandardCosts
from twin.erp.accounting.valuation.movements import Method, Movement, Rank
from twin.erp.accounting.valuation.periods import Entries, Leg
from twin.erp.accounting.valuation.request_cost import Cost, Output, RequestCost
from twin.erp.accounting.valuation.timeline import Timeline
from twin.erp.accounting.wip import COST_ELEMENTS, Element, WorkInProgress
from twin.erp.bills import Bills
from twin.erp.requests import Requests
from twin.model.events import (
    JournalPosted,
    MaterialActual,
    OperationsEvent,
    StandardCostReleased,
    SubcontractComponentsUsed,
    WorkInProcessCounted,
)
from twin.model.materials import Materials, joint_weight
from twin.model.measures import allocate

WIP = "work_in_progress"
BESIDE = ("by-product", "co-product")
Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Loss:
    """What was lost in process, and what the books say of it."""

    event: MaterialActual
    output: Output
    posted_minor: int = 0


class ActualCost:
    """What the materials are worth that are valued by FIFO or moving average, by material or by lot."""

    def __init__(
        self,
        materials: Materials,
        bills: Bills,
        requests: Requests,
        standards: StandardCosts,
        wip: WorkInProgress,
        accruals: Accruals,
        entries: Entries,
    ) -> None:
        self._bills = bills
        self._definitions = materials.materials
        self._requests = requests
        self._standards = standards
        self._wip = wip
        self._accruals = accruals
        self._entries = entries
        self.method: dict[str, Method] = {name: it.valuation for name, it in self._definitions.items() if it.valuation != "standard"}
        self.timelines: dict[Key, Timeline] = {}
        self.keys: dict[str, list[str]] = {}  # lots with a timeline, by material; [""] where the material is one key
        self.requests: dict[str, RequestCost] = {}
        self.made: dict[str, list[Movement]] = {}  # by request
        self.losses: dict[str, list[Loss]] = {}  # in process, by request
        self.variances: dict[str, int] = {}  # posted, by request
        self.answers: dict[str, OperationsEvent] = {}  # what has closed a request
        self.sold_minor = 0  # cost of goods sold out of these materials, less what came back
        self.moved: dict[tuple[str, str, str], list[Movement]] = {}  # by document, name and material: what a return refers to

    # What can be read

    def values(self, material: str) -> bool:
        """Whether the material is valued at actual cost now."""
        return material in self.method

    def value_minor(self, material: str) -> int:
        return sum(self.timelines[material, lot].now.value_minor for lot in self.keys.get(material, ()))

    def quantity(self, material: str) -> int:
        return sum(self.timelines[material, lot].now.quantity for lot in self.keys.get(material, ()))

    def lot_values(self, material: str, lots: Sequence[str], quantities: Sequence[int]) -> list[int]:
        """What each lot in stock is worth: by itself, or its share of the material; while one is below zero the first bears it all."""
        if self._definitions[material].valued_by == "lot":
            return [self.timelines[material, lot].now.value_minor for lot in lots]
        return shared(self.value_minor(material), quantities)

    def key(self, material: str, lot: str) -> Key:
        return material, lot if self._definitions[material].valued_by == "lot" else ""

    def timeline(self, material: str, lot: str) -> Timeline:
        key = self.key(material, lot)
        if key not in self.timelines:
            self.timelines[key] = Timeline(self.method.get(material, "standard"))
            self.keys.setdefault(material, []).append(key[1])
        return self.timelines[key]

    def request(self, name: str) -> RequestCost | None:
        """The costs of a request that gives out at actual cost; None if it gives out at standard, as one that began so goes on to."""
        if name in self.requests or name not in self._requests.requests:
            return self.requests.get(name)
        it = self._requests.requests[name]
        if not self.values(it.material) or any((name, element) in self._wip.accruals for element in COST_ELEMENTS):
            return None
        per_unit = {it.material: 1} if it.is_rework else self._bills.components[it.material]
        self.requests[name] = RequestCost(quantity=it.quantity, per_unit=per_unit, is_closed=it.closed_us is not None)
        self._wip.actual.add(name)
        self._wip.began_at_cost.add(name)
        return self.requests[name]

    # What is booked

    def movement(self, event: OperationsEvent, material: str, quantity: int, document: str, account: str, **more: Any) -> Movement:
        """A movement, not yet in its key. `more`: fields of `Movement`."""
        fields = {
            "rank": Rank.BROUGHT if quantity > 0 else Rank.TAKEN, "lot": event.lot,
            "estimate_minor": round(self._standards.exact(material, abs(quantity))), **more,
        }  # fmt: skip
        return Movement(event=event, material=material, quantity=quantity, document=document, account=account, **fields)

    def put(self, movement: Movement) -> list[JournalPosted]:
        """Put a movement into its key, where it finds its value, as do those that it changes."""
        self.moved.setdefault((movement.document, movement.name, movement.material), []).append(movement)
        changed = self.timeline(movement.material, movement.lot).insert(movement)
        return self.settle(movement.event, changed)

    def move(self, event: OperationsEvent, material: str, quantity: int, document: str, account: str, **more: Any) -> list[JournalPosted]:
        """`movement` and `put`."""
        return self.put(self.movement(event, material, quantity, document, account, **more))

    def issued(self, event: MaterialActual | SubcontractComponentsUsed, request: str) -> list[JournalPosted]:
        """Out of stock into work in progress."""
        return self._into_request(event, request, -event.quantity, "issue")

    def came_back(self, event: MaterialActual, request: str, issues: list[Movement], returned: int) -> list[JournalPosted]:
        """What was issued and not used, at the cost at which it was issued."""
        more = {"rank": Rank.RETURNED, "of": tuple(issues), "returned": returned}
        return self._into_request(event, request, event.quantity, "unused", **more)

    def _into_request(
        self, event: MaterialActual | SubcontractComponentsUsed, request: str, quantity: int, document: str, **more: Any
    ) -> list[JournalPosted]:
        component, taken = self.part_of(event, request, -quantity)
        cost = Cost(at_us=event.effective_us, element="material", exact=Fraction(0), component=component, component_quantity=taken)
        if (node := self.request(request)) is not None:
            node.costs.append(cost)
        standard = self._standards.exact(event.material, quantity)
        self._wip.material_price[request] = self._wip.material_price.get(request, Fraction(0)) + standard  # actual - standard
        return self.move(event, event.material, quantity, document, WIP, name=request, cost=cost, **more)

    def part_of(self, event: MaterialActual | SubcontractComponentsUsed, request: str, quantity: int) -> tuple[str, int | Fraction]:
        """Of which component how much was taken: an alternate counts as so much of what it stands for."""
        known = self._requests.requests.get(request)
        if isinstance(event, MaterialActual) and event.by_bill and known is not None:
            component, each = next(iter(self._bills.components[known.material].items()), ("", 0))
            return component, self._requests.made_otherwise(known, event) * each * quantity / event.quantity
        if not isinstance(event, MaterialActual) or not event.instead_of or known is None:
            return event.material, quantity
        return event.instead_of, quantity * self._bills.stands_for(known.material, event.instead_of, event.material)

    def absorbed(
        self, event: OperationsEvent, request: str, element: Element, exact: Ratio, *, component: str = "", quantity: int | Fraction = 0,
        at_us: int | None = None,
    ) -> list[JournalPosted]:  # fmt: skip
        """Labour, machine time or energy, or material at standard, is posted to the request; what that changes of its outputs.

        `at_us`: when it was, if it was told earlier.
        """
        node = self.requests.get(request)
        if node is None:
            return []
        at_us = event.effective_us if at_us is None else at_us
        cost = Fraction(*exact)
        node.costs.append(Cost(at_us=at_us, element=element, exact=cost, component=component, component_quantity=quantity))
        return self.settle(event, (), [request]) if node.concerns_outputs(at_us) else []

    def gave(self, event: MaterialActual, request: str, *, is_good: bool, by_product: bool = False) -> list[JournalPosted]:
        """Something came out of a request that is costed as it is."""
        node = self.requests[request]
        price = self._weight(event.material, self._requests.requests[request].material)
        place = f"{event.lot}|{event.job_order}|{event.quantity}|{event.material}"
        output = Output(
            at_us=event.effective_us, name=place, quantity=event.quantity, price=price, is_good=is_good, is_by_product=by_product
        )
        node.outputs.append(output)
        if not is_good:
            self.losses.setdefault(request, []).append(Loss(event=event, output=output))
            return self.settle(event, (), [request])
        document = "by-product" if by_product else "completion"
        movement = self.movement(event, event.material, event.quantity, document, WIP, name=request, output=output)
        self.made.setdefault(request, []).append(movement)
        return self.put(movement) + self.settle(event, (), [request])

    def gave_otherwise(self, event: MaterialActual, request: str, *, is_good: bool) -> list[JournalPosted]:
        """So much more, or less, came out of a request than was told: its outputs are others from when they were told."""
        job_order, left = event.job_order, event.quantity
        made = [it for it in self.made.get(request, ()) if (it.event.job_order, it.lot) == (job_order, event.lot) and it.output]
        outputs = [it.output for it in made if it.output] if is_good else []
        if not is_good:
            outputs = [it.output for it in self.losses.get(request, ()) if (it.event.job_order, it.event.lot) == (job_order, event.lot)]
        if not outputs:
            return self.gave(event, request, is_good=is_good)
        for output in reversed(outputs):
            part = max(left, -output.quantity)
            output.quantity, left = output.quantity + part, left - part
        for movement in made if is_good else ():
            assert movement.output is not None
            movement.quantity = movement.output.quantity
        timeline = self.timeline(event.material, event.lot)
        return self.settle(event, timeline.revise(made) if is_good else (), [request])

    def _weight(self, material: str, parent: str) -> Fraction:
        """By what a unit shares in the costs of a request for `parent`: by declared shares, if there are any, else by what it sells for."""
        lines = self._definitions[parent].by_products
        if joint := {it.material: it.co_product for it in lines if it.co_product}:
            is_joint = material == parent or material in joint
            return joint_weight(self._definitions[material], next(iter(joint.values()))) if is_joint else Fraction(0)
        if not any(it.cost_share is not None for it in lines):
            definition = self._definitions[material]
            return Fraction(definition.price or 0, definition.price_per)
        shares = {it.material: Fraction(it.cost_share or 0).limit_denominator(1_000_000) / it.quantity for it in lines}
        if material != parent:
            return shares.get(material, Fraction(0))
        return sum((-shares[it.material] * it.quantity for it in lines), Fraction(1))

    def close(self, event: OperationsEvent, request: str) -> list[JournalPosted]:
        self.requests[request].is_closed = True
        self.answers[request] = event
        return self.settle(event, (), [request])

    def found(self, event: WorkInProcessCounted, shares: Iterable[tuple[Element, Fraction]]) -> None:
        """A lot in the making has cost so much of each element for a unit, and all of its units are begun."""
        node = self.request(event.request)
        if node is None:
            return
        for element, share in shares:
            cost = Cost(at_us=event.effective_us, element=element, exact=share * event.quantity)
            if element == "material" and node.per_unit:
                cost.component, per_unit = next(iter(node.per_unit.items()))
                cost.component_quantity = per_unit * event.quantity
            node.costs.append(cost)

    def brought_at_standard(self, event: MaterialActual, request: str) -> list[JournalPosted]:
        """Out of a request that began at standard."""
        value_minor = round(self._standards.exact(event.material, event.quantity))
        return self.move(event, event.material, event.quantity, "completion", WIP, name=request, given_minor=value_minor)

    def came_beside(self, event: MaterialActual, request: str) -> list[JournalPosted]:
        """A by-product at its standard, which its request does not bear any more: it began at standard, or others share what is left."""
        value_minor = round(self._standards.exact(event.material, event.quantity))
        document = event.use.removesuffix(" Produced").lower()
        entries = self.move(event, event.material, event.quantity, document, WIP, name=request, given_minor=value_minor)
        return entries + self.absorbed(event, request, "material", (-value_minor, 1))

    def counted(self, event: OperationsEvent, material: str, found: int, *, opening: bool) -> list[JournalPosted]:
        """Opening stock counts at standard, found stock as what is there."""
        if opening:
            given_minor = round(self._standards.exact(material, max(found, 0)))
            return self.move(event, material, found, "opening", "opening_equity", given_minor=given_minor)
        rank = Rank.FOUND if found > 0 else Rank.TAKEN
        return self.move(event, material, found, "count", "inventory_difference", rank=rank)

    def opened(self, event: StandardCostReleased) -> list[JournalPosted]:
        """The first standard of a material: what its opening stock is worth."""
        changed: list[Movement] = []
        for lot in self.keys.get(event.material, ()):
            timeline = self.timelines[event.material, lot]
            for movement in timeline.movements:
                movement.estimate_minor = round(self._standards.exact(event.material, abs(movement.quantity)))
                if movement.document == "opening" and movement.rank == Rank.BROUGHT:
                    movement.given_minor = movement.estimate_minor
            changed += timeline.replay(0)
        return self.settle(event, changed)

    def leave(self, material: str) -> None:
        """From now on the material counts at standard."""
        del self.method[material]
        for lot in self.keys.pop(material, ()):
            del self.timelines[material, lot]
        for name in [it for it in self.requests if self._requests.requests[it].material == material]:
            del self.requests[name]
            self._wip.actual.discard(name)
        self.moved = {key: movements for key, movements in self.moved.items() if key[2] != material}

    # What follows

    def settle(self, cause: OperationsEvent, changed: Iterable[Movement], requests: Iterable[str] = ()) -> list[JournalPosted]:
        """Post what has changed, and whatever changes with it."""
        entries: list[JournalPosted] = []
        queue, waiting, rounds = deque(changed), dict.fromkeys(requests), set(requests)
        while queue or waiting:
            while queue:
                movement = queue.popleft()
                entries += self.post(cause, movement)
                node = self.requests.get(movement.name) if movement.cost else None
                if node is not None and node.concerns_outputs(movement.event.effective_us):
                    waiting[movement.name] = None
            if waiting:
                request = next(iter(waiting))
                del waiting[request]
                rounds.add(request)
                queue += self._reckon(cause, request, entries)
        for request in rounds:
            self.requests[request].rounds = 0
        return entries

    def post(self, cause: OperationsEvent, movement: Movement) -> list[JournalPosted]:
        """The difference between what a movement is worth and what the books say of it."""
        change = movement.value_minor - movement.posted_minor
        is_first = movement.event is cause
        if not change:
            return []
        movement.posted_minor = movement.value_minor
        into_stock = change if movement.quantity >= 0 else -change
        legs = [self.stock_leg(movement.material, into_stock), self._counter_leg(movement, -into_stock)]
        return self._entries.entry(
            cause, movement.document, legs, request=movement.name if movement.account == WIP else "", material=movement.material,
            quantity=movement.quantity if is_first else 0, concerns=movement.event,
        )  # fmt: skip

    def stock_leg(self, material: str, amount: int) -> Leg:
        return STOCK_ACCOUNT[self._definitions[material].kind], amount

    def _counter_leg(self, movement: Movement, amount: int) -> Leg:
        """The other side; what stands by order or request is booked there, too."""
        match movement.account:
            case "work_in_progress" if movement.cost is not None:
                movement.cost.exact += amount
                price = self._wip.material_price
                price[movement.name] = price.get(movement.name, Fraction(0)) + amount
                return self._wip.account(movement.name), self._wip.add(movement.name, "material", Fraction(amount))
            case "work_in_progress" if movement.document in BESIDE and movement.output is None:
                return self._wip.account(movement.name), self._wip.add(movement.name, "material", Fraction(amount))
            case "work_in_progress":
                return self._wip.account(movement.name), -self._wip.add(movement.name, "produced", Fraction(-amount))
            case "cost_of_goods_sold":
                self.sold_minor += amount
                return movement.account, self._accruals.step((movement.name, "shipped at cost"), Fraction(amount))
            case "scrap_loss":
                return movement.account, self._accruals.step((movement.material, "scrap"), Fraction(amount))
        return movement.account, amount

    def _reckon(self, cause: OperationsEvent, request: str, entries: list[JournalPosted]) -> list[Movement]:
        """Value what a request has given out; the movements of stock that are worth another amount now."""
        node = self.requests[request]
        node.reckon()
        for lost in self.losses.get(request, ()):
            loss = self._wip.add(request, "scrap", Fraction(lost.output.value_minor - lost.posted_minor))
            lost.posted_minor = lost.output.value_minor
            entries += self._entries.entry(cause, "scrap", (("scrap_loss", loss), (WIP, -loss)), request=request, concerns=lost.event)
        left = node.variance_minor - self.variances.get(request, 0)
        self.variances[request] = node.variance_minor
        legs = (("production_variance", left), (WIP, -left))
        entries += self._entries.entry(cause, "close", legs, request=request, concerns=self.answers.get(request))
        by_key: dict[Key, list[Movement]] = {}
        for movement in self.made.get(request, ()):
            if movement.output is not None and movement.given_minor != movement.output.value_minor:
                movement.given_minor = movement.output.value_minor
                by_key.setdefault(self.key(movement.material, movement.lot), []).append(movement)
        return [changed for key, revised in by_key.items() for changed in self.timelines[key].revise(revised)]


def shared(value_minor: int, quantities: Sequence[int]) -> list[int]:
    """The value of each of several quantities: its share; while one is below zero the first bears it all, so that nothing is lost."""
    if quantities and min(quantities) >= 0 and sum(quantities):
        return allocate(value_minor, quantities)
    return [value_minor if place == 0 else 0 for place in range(len(quantities))]
