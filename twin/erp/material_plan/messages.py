"""Action messages: what a planner should do about what is planned, and about what is on order already, and why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from twin.erp.demand_plan.buffers import BufferRow, buffer_rows
from twin.erp.material_plan.alternates.choosing import ALTERNATE, Substitution
from twin.erp.material_plan.declared import Given
from twin.erp.material_plan.listing.orders import PlannedOrder
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import PURCHASE_ORDER
from twin.kernels.material_plan import columns as at

Action = Literal["release", "expedite", "defer", "cancel", "increase", "decrease", "inside_fence", "use_alternate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionMessage:
    """What to do with an order. `from_bucket`: when it is due now; `to_bucket`: when it should be; `quantity`: so much is concerned.

    `late_buckets` : it should have started so long ago, by the calendar of its material. `waits` : so many buckets of all days too late is
    what a new order gives.
    """

    action: Action
    order: str
    kind: str
    material: str
    quantity: int
    from_bucket: int
    to_bucket: int | None
    late_buckets: int
    why: str
    waits: int = 0


class Messages:
    """What there is to say about each material of a plan, said when somebody asks: the rows of that material are read, and no others."""

    def __init__(self, plan: MaterialPlan) -> None:
        self._plan, self._on_order = plan, _on_order(plan)
        self._by_net_flow = {it.material: it for it in buffer_rows(plan.plant, plan) if it.is_planned_by_it}
        self._alternates: dict[str, list[Substitution]] = {}
        for it in plan.substitutions:
            self._alternates.setdefault(it.place.about, []).append(it)

    def all(self) -> list[ActionMessage]:
        """By material in declared order: what is on order first, then planned orders that have to be released now."""
        return [it for name in self._plan.task.names for it in self.about(name)]

    def about(self, material: str) -> list[ActionMessage]:
        """Those of one material; none of a material that the plan does not know."""
        plan = self._plan
        if (number := plan.number.get(material)) is None:
            return []
        on_order, found = self._on_order.get(material, []), list[ActionMessage]()
        due_now = plan.listed.due_now(material)
        if material in self._by_net_flow:  # what fills up a buffer is for nobody in particular
            found += [_fill_up(order, self._by_net_flow[material]) for order in due_now]
        elif on_order:
            changes = _changes(plan, number, on_order, *_needs(plan, number))
            found += changes + [_release(plan, order, on_order, changes) for order in due_now]
        else:
            found += [_release(plan, order, [], []) for order in due_now]
        return found + _inside_fence(plan, number) + [_alternate(it) for it in self._alternates.get(material, [])]


def action_messages(plan: MaterialPlan) -> list[ActionMessage]:
    """By material in declared order: what is on order first, then planned orders that have to be released now."""
    return Messages(plan).all()


def _needs(plan: MaterialPlan, material: int) -> tuple[list[int], list[int]]:
    """What is needed of a material in each bucket, and what comes anyway."""
    rows = plan.arrays.rows_of(plan.arrays.number_of[[material]])
    return rows.gross[0].tolist(), rows.incoming[0].tolist()


def _on_order(plan: MaterialPlan) -> dict[str, list[Given]]:
    """What is on order, by material."""
    found: dict[str, list[Given]] = {}
    for row in plan.task.supply:
        if row.on_order is not None and row.on_order.material == plan.task.names[row.material]:
            found.setdefault(row.on_order.material, []).append(row)
    return found


def _fill_up(order: PlannedOrder, buffer: BufferRow) -> ActionMessage:
    zones = buffer.zones
    why = (
        f"net flow {buffer.net_flow} is at or below the top of yellow, {zones.top_of_yellow}: up to the top of green, {zones.top_of_green}"
    )
    return ActionMessage(
        action="release", order=order.order, kind="planned order", material=order.material, quantity=order.started,
        from_bucket=order.due, to_bucket=order.due, late_buckets=0, why=why,
    )  # fmt: skip


def _alternate(it: Substitution) -> ActionMessage:
    return ActionMessage(
        action="use_alternate", order=it.order, kind=ALTERNATE, material=it.place.about, quantity=it.pieces, from_bucket=it.bucket,
        to_bucket=it.bucket, late_buckets=0, why=it.why,
    )  # fmt: skip


def _inside_fence(plan: MaterialPlan, material: int) -> list[ActionMessage]:
    """What is missing before the first bucket in which anything is planned to be due: the planner decides what is moved in."""
    fence = min(int(plan.task.requirements.materials[material, at.FENCE]), plan.buckets.count)
    if not fence:
        return []
    projected = plan.arrays.rows_of(plan.arrays.number_of[[material]]).projected[0].tolist()
    missing = -min(projected[:fence], default=0)
    if missing <= 0:
        return []
    first = next(bucket for bucket, left in enumerate(projected) if left < 0)
    why = f"{missing} are missing from {plan.day_of(first)} on, and the planning fence, before which nothing is planned, ends on"
    return [
        ActionMessage(
            action="inside_fence", order="", kind="master schedule", material=plan.task.names[material], quantity=missing,
            from_bucket=fence, to_bucket=first, late_buckets=0, why=f"{why} {plan.day_of(fence)}",
        )
    ]  # fmt: skip


def _release(plan: MaterialPlan, order: PlannedOrder, on_order: list[Given], changes: list[ActionMessage]) -> ActionMessage:
    """A planned order that starts now. One that should have started before is better an increase of an order that comes in time."""
    in_time = [it for it in on_order if it.bucket <= order.due]
    if order.late_buckets and in_time:
        last = max(in_time, key=lambda it: it.bucket)
        why = f"{order.good} more are needed, and a new order ({order.order}) would be {plan.late(order)} too late"
        return ActionMessage(
            action="increase", order=last.order, kind=last.kind, material=order.material, quantity=order.good,
            from_bucket=last.bucket, to_bucket=last.bucket, late_buckets=order.late_buckets, why=why, waits=order.arrives - order.due,
        )  # fmt: skip
    verb = "ordered" if order.is_bought else "started"
    late = f", and should have been {verb} {plan.late(order)} ago" if order.late_buckets else ""
    whom = f" of {order.supplier}" + (f", because {order.because}" if order.because else "") if order.supplier else ""
    # what the plan counts on as expedited serves others: this order is for what that leaves open
    could = [it for it in changes if it.action == "expedite" and it.order not in plan.expedited]
    sooner = [it.order for it in could if it.to_bucket is not None and it.to_bucket <= order.due]
    unless = f", unless {' and '.join(sooner)} can be expedited" if sooner else ""
    return ActionMessage(
        action="release", order=order.order, kind="planned order", material=order.material, quantity=order.started,
        from_bucket=order.due, to_bucket=order.due, late_buckets=order.late_buckets, why=f"it has to be {verb} now{whom}{late}{unless}",
        waits=order.arrives - order.due,
    )  # fmt: skip


def _changes(plan: MaterialPlan, material: int, orders: list[Given], gross: list[int], incoming: list[int]) -> list[ActionMessage]:
    """What is on order against what is needed of it, if nothing else were ordered: first in, first out."""
    row, most = plan.task.requirements.materials[material], _missing(plan, material, orders, gross, incoming)
    found, covered = [], 0
    for it in sorted(orders, key=lambda it: (it.bucket, it.order)):
        needed = next((bucket for bucket, quantity in enumerate(most) if quantity > covered), None)
        used = max(0, min(it.quantity, most[-1] - covered))
        covered += it.quantity
        if needed is not None:
            needed = max(0, plan.buckets.before(needed, int(row[at.SAFETY_TIME]), int(row[at.CALENDAR])))
        found += _message(plan, it, needed, used)
    return found


def _missing(plan: MaterialPlan, material: int, orders: list[Given], gross: list[int], incoming: list[int]) -> list[int]:
    """What would be missing by each bucket at the most, if nothing were on order."""
    row = plan.task.requirements.materials[material]
    wanted = [quantity + int(row[at.SAFETY_STOCK]) for quantity in accumulate(gross)]
    # What comes of itself (by-products) is there when it comes, like stock; what is on order comes in the order of its dates.
    by_itself = incoming.copy()
    for it in orders:
        by_itself[it.bucket] -= it.quantity
    free = list(accumulate(by_itself, initial=int(row[at.ON_HAND])))[1:]
    return list(accumulate((max(0, want - there) for want, there in zip(wanted, free, strict=True)), max))


def _message(plan: MaterialPlan, it: Given, needed: int | None, used: int) -> list[ActionMessage]:
    material = plan.task.names[it.material]

    def message(action: Action, quantity: int, to_bucket: int | None, why: str) -> ActionMessage:
        return ActionMessage(
            action=action, order=it.order, kind=it.kind, material=material, quantity=quantity, from_bucket=it.bucket, to_bucket=to_bucket,
            late_buckets=0, why=why,
        )  # fmt: skip

    fills_up = it.kind == PURCHASE_ORDER and material in plan.by_point  # for what will be used, not for a need that is known
    if needed is None:
        return [] if fills_up else [message("cancel", it.quantity, None, "nothing needs it")]
    found = []
    if needed < it.bucket:
        instead = ": it serves that, and nothing is planned in its place" if it.order in plan.expedited else ""
        why = f"it is needed on {plan.day_of(needed)}, and due on {plan.day_of(it.bucket)}{instead}"
        found.append(message("expedite", it.quantity, needed, why))
    if needed > it.bucket and not fills_up:
        found.append(message("defer", it.quantity, needed, f"it is not needed before {plan.day_of(needed)}"))
    if not fills_up and (least := _least(plan, it, used)) < it.quantity:
        found.append(message("decrease", it.quantity - least, needed, f"only {used} of {it.quantity} are needed"))
    return found


def _least(plan: MaterialPlan, it: Given, used: int) -> int:
    """What an order for `used` pieces would be at least: one that is larger for its lot size alone is as it should be."""
    row = plan.task.requirements.materials[it.material]
    if row[at.RULE] == at.ORDER_POINT:
        return it.quantity  # it fills up for what will be used, not for a need that is known
    return -(-max(used, int(row[at.MINIMUM])) // int(row[at.MULTIPLE])) * int(row[at.MULTIPLE])
