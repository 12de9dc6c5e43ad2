"""What is wrong with a change of what was asked for, in words, and what the request is after it: for whoever has it, ERP or MES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.model.events import (
    Entry,
    OperationsRequestCancelled,
    OperationsRequestChanged,
    OperationsRequestRevised,
    OperationsRequestScheduled,
    OperationsRequestWithdrawn,
    event_to_fields,
)
from twin.model.exchange.bounds import FARTHEST_DUE_US, far_away, lot_sizes, out_of_bounds, too_many_lots
from twin.model.exchange.parts import write_instant
from twin.model.plant import Plant
from twin.model.readiness.signed import unsigned

Change = OperationsRequestChanged | OperationsRequestCancelled | OperationsRequestScheduled | OperationsRequestWithdrawn
CHANGES = (OperationsRequestChanged, OperationsRequestCancelled, OperationsRequestScheduled, OperationsRequestWithdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A request as it stands: what was asked for, and how many of its pieces have begun."""

    request: str
    order: str
    material: str
    quantity: int
    due_us: int
    release_us: int
    priority: int
    begun: int = 0
    is_rework: bool = False  # of a lot in stock: its pieces are those of the lot
    is_released: bool = False


def revised(event: Change, now: Requested) -> OperationsRequestRevised:
    """The request as it shall be; what is not said stays."""
    quantity, due_us, release_us, priority = now.quantity, now.due_us, now.release_us, now.priority
    match event:
        case OperationsRequestChanged():
            quantity, due_us = event.quantity or quantity, event.due_us or due_us
            release_us += due_us - now.due_us
        case OperationsRequestScheduled():
            quantity, due_us, release_us, priority = event.quantity, event.due_us, event.release_us, event.priority
        case _:
            quantity = 0
    return OperationsRequestRevised(
        effective_us=event.effective_us, recorded_us=event.recorded_us, request=now.request, order=now.order, material=now.material,
        quantity=quantity, due_us=due_us, release_us=release_us, priority=priority,
        reason="" if isinstance(event, OperationsRequestScheduled) else event.reason,
    )  # fmt: skip


def changes_nothing(event: Change, now: Requested) -> bool:
    """Whether all of it is so already."""
    it = revised(event, now)
    return (it.quantity, it.due_us, it.priority, it.release_us) == (now.quantity, now.due_us, now.priority, now.release_us)


def why_not_changed(event: Change, now: Requested, plant: Plant) -> str:
    """All that is wrong with it, in words; "" if the request can be so."""
    return "; ".join(filter(None, _wrong(event, now, plant)))


def _wrong(event: Change, now: Requested, plant: Plant) -> Iterator[str]:
    said = event_to_fields(event)
    if isinstance(event, Entry):
        yield unsigned(event, plant.layout.persons)
        if not event.reason.strip():
            yield "a change needs a reason"
    if isinstance(event, OperationsRequestScheduled) and event.material != now.material:
        yield f"request '{now.request}' makes '{now.material}', and not '{event.material}'; allowed: that, or another request"
    yield from (*out_of_bounds(said), *far_away(said, event.effective_us))
    it = revised(event, now)
    yield from too_many_lots("OperationsRequestReleased", {"material": it.material, "quantity": it.quantity}, lot_sizes(plant.materials))
    if now.is_rework and it.quantity != now.quantity:
        yield f"request '{now.request}' reworks {now.quantity} pieces of a lot in stock; allowed: another date"
    elif it.quantity < now.begun:
        wanted = f"{it.quantity} in all" if it.quantity else "nothing"
        least = f"{now.begun} in all, and nothing more begins" if now.begun < now.quantity else "what is begun is finished"
        yield f"{wanted}, and {now.begun} of {now.quantity} have begun; allowed: {least}"
    elif changes_nothing(event, now) and isinstance(event, Entry):
        until = write_instant(now.due_us)
        yield f"request '{now.request}' is for {now.quantity} by {until} already; allowed: another quantity or date, or both"
    if it.due_us != now.due_us and not event.effective_us <= it.due_us <= event.effective_us + FARTHEST_DUE_US:
        over = "past" if it.due_us < event.effective_us else "more than two years ahead"
        yield f"the due date is {over}; allowed: from now on until two years from now"
