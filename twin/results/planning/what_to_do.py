"""What a plan would have done, in the order of what it does to customers: whoever would wait first, then money."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from twin.erp.material_plan.declared import CUSTOMER_ORDER
from twin.erp.material_plan.listing.pegs import TreeRow
from twin.erp.material_plan.messages import Action, ActionMessage

FOR_SOMEBODY = ("expedite", "release", "increase", "use_alternate", "inside_fence")
"""Without these whoever is served waits; the others are about stock alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A message, and what it does.

    Attributes
    ----------
    orders : customer orders that it serves, over all levels
    late_days : so long they wait if nothing is done, days of the calendar
    open_minor : what these orders still bring, without tax
    stock_minor : what it is about, at standard cost
    """

    message: ActionMessage
    orders: tuple[str, ...]
    late_days: int
    open_minor: int
    stock_minor: int

    @property
    def is_waited_for(self) -> bool:
        """Whether a customer waits for it; else it is about stock."""
        return bool(self.orders) and self.message.action in FOR_SOMEBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Proposals of one kind that no customer waits for."""

    action: Action
    count: int
    stock_minor: int


def what_to_do(
    messages: Iterable[ActionMessage], bucket_days: int, up: Callable[[str], Sequence[TreeRow]], open_minor: Mapping[str, int],
    stock_minor: Callable[[str, int], int],
) -> list[Proposal]:  # fmt: skip
    """Proposals: those for which customers wait longest first, then by what their orders bring; then by what is in stock.

    Parameters
    ----------
    up : whom an order serves, level by level; none of an order that the plan does not know
    open_minor : what each customer order still brings
    stock_minor : what so much of a material is worth
    """
    found = [_proposal(it, bucket_days, up, open_minor, stock_minor) for it in messages]
    return sorted(found, key=_urgency)


def others(proposals: Iterable[Proposal]) -> list[Others]:
    """Those that no customer waits for, by kind, the dearest first."""
    counts: dict[Action, tuple[int, int]] = {}
    for it in proposals:
        if not it.is_waited_for:
            count, minor = counts.get(it.message.action, (0, 0))
            counts[it.message.action] = count + 1, minor + it.stock_minor
    found = [Others(action=action, count=count, stock_minor=minor) for action, (count, minor) in counts.items()]
    return sorted(found, key=lambda it: -it.stock_minor)


def _proposal(
    it: ActionMessage, bucket_days: int, up: Callable[[str], Sequence[TreeRow]], open_minor: Mapping[str, int],
    stock_minor: Callable[[str, int], int],
) -> Proposal:  # fmt: skip
    orders = dict.fromkeys(row.peg.demand for row in up(it.order) if row.peg.demand_kind == CUSTOMER_ORDER) if it.order else {}
    late = it.waits
    if it.action == "expedite" and it.to_bucket is not None:
        late = it.from_bucket - it.to_bucket
    return Proposal(
        message=it, orders=tuple(orders), late_days=late * bucket_days, open_minor=sum(open_minor.get(order, 0) for order in orders),
        stock_minor=stock_minor(it.material, it.quantity),
    )  # fmt: skip


def _urgency(it: Proposal) -> tuple[bool, bool, int, int, int]:
    waited_for = it.is_waited_for
    return (
        not waited_for,
        not (waited_for and it.late_days),
        -it.late_days if waited_for else 0,
        -it.open_minor if waited_for else 0,
        -it.stock_minor,
    )
