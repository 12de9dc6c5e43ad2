"""The material plan as a planner looks at it: one material's record, who is served by what, both ways, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from twin.erp.material_plan.deciding import called_for
from twin.erp.material_plan.listing.pegs import PegRow, TreeRow
from twin.erp.material_plan.messages import ActionMessage, Messages
from twin.erp.material_plan.plan import MaterialPlan, RecordRow
from twin.erp.material_plan.position import PURCHASE_ORDER, erp_position
from twin.erp.planners.forecasts import with_forecasts
from twin.model import events as e
from twin.model.events import OperationsEvent, PurchaseOrderPlaced
from twin.model.materials import MaterialDefinition
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import stranger
from twin.results.planning.what_to_do import Proposal, what_to_do
from twin.results.run import Run

SHOWN_BUCKETS = 10
FRESH_S = 5.0
"""A plan of thousands of materials takes longer than a beat of a page; nobody plans twice in five seconds."""
MOST_LINES = 200
"""Of a tree of pegs: more than anybody reads."""
LINES = (
    ("Needed", "gross"), ("On its way", "scheduled"), ("Missing", "net"), ("Planned to come", "planned_receipts"),
    ("Planned to start", "planned_starts"), ("Left at the end", "projected"),
)  # fmt: skip
"""The lines of a record in planners' order: gross requirement, scheduled receipts, net requirement and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One material over some days: (title, a quantity for each day) line by line. `is_first`, `is_last`: no days before, after."""

    days: list[str]
    lines: list[tuple[str, list[int]]]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Something that there is, comes or is planned of a material, and how much of it serves whom."""

    order: str
    kind: str
    day: str
    quantity: int
    serves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSeen:
    """A planned order as whoever wants to firm it has seen it: the plan is made anew all the time. `quantity`: its first lot."""

    order: str
    material: str
    quantity: int
    due: str


class PlanNow:
    """The plan from where a run stands, as a value: it may be read while the run goes on.

    What the run forecasts is in it, as in the plan by which the run itself decides.
    """

    def __init__(self, run: Run) -> None:
        position = erp_position(run.erp, run.now_us)
        expected = with_forecasts(run.erp, position)
        self._plant, self._of_orders = run.erp.planning_parameters.plant, None if expected is position else position
        self._plans = run.erp.planning_parameters.plans
        self.plan = self._plans.of(self._plant, expected)
        self.at_us = run.now_us
        self.definitions: dict[str, MaterialDefinition] = self.plan.plant.materials.materials
        self.on_hand = position.on_hand
        self._messages = Messages(self.plan)
        self._open_minor = {
            name: it.net_minor - it.invoiced_minor for name, it in run.erp.customer_orders.orders.items() if it.open_quantity
        }
        self._stock_minor = {name: run.erp.standards.ratio(name, 1) for name in self.definitions}

    @cached_property
    def records(self) -> list[RecordRow]:
        """Every material in every bucket; of a large plan millions, so `record` reads one material alone."""
        return self.plan.records()

    @cached_property
    def messages(self) -> list[ActionMessage]:
        """What to do about all that is on order or has to be ordered now, the most urgent first."""
        return [it.message for it in self.proposals]

    @cached_property
    def proposals(self) -> list[Proposal]:
        """The same with what each of them does to customers."""
        return self._proposals(self._messages.all())

    @property
    def materials(self) -> list[str]:
        """Every material, the products first (by low-level code)."""
        code = self.plan.arrays.low_level_code.tolist()
        return sorted(self.plan.number, key=lambda name: code[self.plan.number[name]])

    @property
    def order_count(self) -> int:
        return len(self.plan.listed)

    def record(self, material: str, first: int = 0, most: int | None = SHOWN_BUCKETS) -> Record:
        """The record of a material from its bucket `first` on; at most so many buckets of it, None: all."""
        rows = self.plan.records_of(material)
        most = len(rows) if most is None else most
        first = max(0, min(first, len(rows) - most))
        shown = rows[first : first + most]
        return Record(
            days=[self.day(it.bucket) for it in shown],
            lines=[(title, [getattr(it, name) for it in shown]) for title, name in LINES],
            is_first=first == 0,
            is_last=first + most >= len(rows),
        )

    def supplies(self, material: str) -> list[Supply]:
        """What serves the demands for a material, first what is there, then by day."""
        pegs = sorted(self.plan.pegged.of(material), key=lambda it: -1 if it.supply_bucket is None else it.supply_bucket)
        return [
            Supply(order=it.supply, kind=it.supply_kind, day=self.day(it.supply_bucket), quantity=it.quantity, serves=_served(it, self))
            for it in pegs
        ]

    def messages_about(self, material: str) -> list[ActionMessage]:
        """What to do about the orders of a material."""
        return [it.message for it in self.proposals_about(material)]

    def proposals_about(self, material: str) -> list[Proposal]:
        """The same with what each of them does to customers."""
        return self._proposals(self._messages.about(material))

    def _proposals(self, messages: list[ActionMessage]) -> list[Proposal]:
        def worth(material: str, quantity: int) -> int:
            total, per = self._stock_minor.get(material, (0, 1))  # phantoms of choices have no standard
            return total * quantity // per

        return what_to_do(messages, self.plan.buckets.days, self.up, self._open_minor, worth)

    def up(self, order: str) -> list[TreeRow]:
        """Whom an order serves, level by level up to the customers; empty if it serves nobody."""
        return self._tree(order, self.plan.pegged.of_supply, "demand")

    def down(self, order: str) -> list[TreeRow]:
        """What serves an order, level by level down to stock and purchases; empty if nothing does."""
        return self._tree(order, self.plan.pegged.of_demand, "supply")

    @cached_property
    def plan_of_orders(self) -> MaterialPlan:
        """The plan for what is ordered alone: a forecast neither takes from what may be promised nor adds to it."""
        return self.plan if self._of_orders is None else self._plans.of(self._plant, self._of_orders)

    @staticmethod
    def _tree(order: str, next_to: Callable[[str], Sequence[PegRow]], far: str) -> list[TreeRow]:
        """In the order in which a tree is written: below each line what hangs on it. At most `MOST_LINES` of it."""
        found: list[TreeRow] = []
        left = [(0, peg) for peg in reversed(next_to(order))]
        while left and len(found) < MOST_LINES:
            depth, peg = left.pop()
            found.append(TreeRow(depth=depth, peg=peg))
            left += [(depth + 1, it) for it in reversed(next_to(getattr(peg, far)))]
        return found

    def material_of(self, order: str) -> str:
        """What an order of the plan gives; "" if it gives nothing: a customer's, stock, or none of it."""
        pegs = self.plan.pegged.of_supply(order)
        return pegs[0].material if pegs else ""

    def day_of(self, at_us: int) -> str:
        """The local day on which the bucket of an instant begins."""
        return self.day(self.plan.buckets.of(at_us))

    def day(self, bucket: int | None) -> str:
        """The local day on which a bucket begins; "" for what has none, such as stock."""
        return "" if bucket is None else str(self.plan.day_of(bucket))


def plan_now(run: Run) -> PlanNow:
    """The plan from where the run stands."""
    return PlanNow(run)


def firmed(run: Run, seen: PlannedSeen, at: Mapping[str, Any]) -> OperationsEvent:
    """What a planner releases or orders of the plan as it is at that instant.

    `at`: when, who, where and with which id it is said, as the event has them (`effective_us`, `person`, `terminal`, `entry_id`).

    Raises
    ------
    ValueError : the plan has no such order any more, it is another than was seen, or nobody can ask for it; nobody knows the person; or
        what is ordered is worth more than is ordered without another person's approval
    """
    at_us = int(at["effective_us"])
    if doubt := stranger(at["person"], run.plant.layout.persons):
        raise ValueError(doubt)
    now = PlanNow(run)
    if (frozen := run.erp.frozen.orders.get(seen.order)) is not None:
        is_seen = (seen.material, seen.quantity, seen.due) == (frozen.material, frozen.quantity, due := now.day_of(frozen.due_us))
        return _let_go(run, frozen, "" if is_seen else due, replace(run.erp.frozen.called_for(frozen, at_us), **at))
    order = now.plan.listed.get(seen.order)
    if order is None:
        names = [it.order for it in now.plan.orders]
        raise ValueError(f"the plan has no order '{seen.order}'{did_you_mean(seen.order, names)}; allowed: {listed(names)}")
    first = order.quantities[0]
    is_seen = (seen.material, seen.quantity, seen.due) == (order.material, first, now.day(order.due))
    if not is_seen:
        there = f"{first} of '{order.material}', due {now.day(order.due)}"
        raise ValueError(f"planned order '{order.order}' is another than that: the plan has changed; allowed: {there}")
    if run.plant.materials.materials[order.material].kind == "recovered":
        raise ValueError(f"'{order.material}' only comes of what is taken apart; allowed: what is made or bought")
    due_us = max(at_us, now.plan.buckets.start_us(order.due))
    asked = replace(called_for(run.erp, order, first, due_us, at_us, {}), **at)
    if isinstance(asked, PurchaseOrderPlaced) and (doubt := run.erp.sourcing.why_not_placed(asked)):
        raise ValueError(doubt)
    return asked


def _let_go(
    run: Run, it: e.PlannedOrderFrozen, due_instead: str, asked: PurchaseOrderPlaced | e.OperationsRequestReleased
) -> OperationsEvent:
    """A firm planned order as it stands; `due_instead`: it is not the one that was seen, and due then."""
    if due_instead:
        there = f"{it.quantity} of '{it.material}', due {due_instead}"
        raise ValueError(f"firm planned order '{it.planned}' is another than that: somebody has changed it; allowed: {there}")
    if isinstance(asked, PurchaseOrderPlaced) and (doubt := run.erp.sourcing.why_not_placed(asked)):
        raise ValueError(doubt)
    return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProposed:
    """What the plan would have of a purchase order or a request: so much in all (0: nothing more), by then, on that local day, and why."""

    order: str
    is_purchase: bool
    quantity: int
    due_us: int
    due: str
    why: str


def changes_proposed(run: Run, now: PlanNow) -> list[ChangeProposed]:
    """What is on order and should come sooner, later, in another quantity, or not at all: each once, by all that is said of it.

    What has begun of a request is made.
    """
    said: dict[str, list[ActionMessage]] = {}
    for it in now.messages:
        if it.order in (run.erp.purchasing.open if it.kind == PURCHASE_ORDER else run.erp.requests.open):
            said.setdefault(it.order, []).append(it)
    found = [_proposed(run, now, order, messages) for order, messages in said.items()]
    return [it for it in found if it.is_purchase or (it.quantity, it.due_us) != _asked(run, it.order)]


def _asked(run: Run, request: str) -> tuple[int, int]:
    it = run.erp.requests.requests[request]
    return it.quantity, it.due_us


def _proposed(run: Run, now: PlanNow, name: str, messages: list[ActionMessage]) -> ChangeProposed:
    is_purchase, buckets = messages[0].kind == PURCHASE_ORDER, now.plan.buckets
    order = run.erp.purchasing.orders[name] if is_purchase else run.erp.requests.requests[name]
    quantity, due_us = order.quantity, order.due_us
    for it in messages:
        if it.action in ("increase", "decrease"):
            quantity += it.quantity if it.action == "increase" else -it.quantity
        elif it.action in ("expedite", "defer") and it.to_bucket is not None:
            due_us = max(run.now_us, buckets.start_us(it.to_bucket))
        elif it.action == "cancel":
            quantity = 0
    on_the_floor = None if is_purchase else run.mes.changed_requests.standing(name)
    return ChangeProposed(
        order=name, is_purchase=is_purchase, quantity=max(quantity, on_the_floor.begun if on_the_floor else 0), due_us=due_us,
        due=now.day(buckets.of(due_us)), why="; ".join(it.why for it in messages),
    )  # fmt: skip


CarriedOut = e.PurchaseOrderChanged | e.PurchaseOrderClosed | e.OperationsRequestChanged | e.OperationsRequestCancelled


def carried_out(run: Run, order: str, quantity: int, due: str, at: Mapping[str, Any]) -> CarriedOut:
    """What the plan proposes of a purchase order or a request, as somebody has seen it; `at`: who says it, when and where.

    Raises
    ------
    ValueError : the plan proposes nothing of it any more, or something else
    """
    proposed = {it.order: it for it in changes_proposed(run, PlanNow(run))}
    it = proposed.get(order)
    if it is None:
        raise ValueError(f"the plan would leave '{order}' as it is: it has changed; allowed: {listed(proposed)}")
    if (it.quantity, it.due) != (quantity, due):
        wanted = f"{it.quantity} by {it.due}" if it.quantity else "nothing more"
        raise ValueError(f"the plan has changed, and would have another quantity or date of '{order}'; allowed: {wanted}")
    reason = f"material plan: {it.why}"
    if not quantity:
        if it.is_purchase:
            return e.PurchaseOrderClosed(**at, order=order, reason=reason)
        return e.OperationsRequestCancelled(**at, request=order, reason=reason)
    now = run.erp.purchasing.orders[order] if it.is_purchase else run.erp.requests.requests[order]
    other_quantity, other_us = quantity if quantity != now.quantity else 0, it.due_us if it.due_us != now.due_us else 0
    if it.is_purchase:
        return e.PurchaseOrderChanged(**at, order=order, reason=reason, quantity=other_quantity, due_us=other_us)
    return e.OperationsRequestChanged(**at, request=order, reason=reason, quantity=other_quantity, due_us=other_us)


def _served(peg: PegRow, plan: PlanNow) -> str:
    """Whom it serves, and when that is due."""
    return f"{peg.demand_kind} {peg.demand} {plan.day(peg.demand_bucket)}".strip()
