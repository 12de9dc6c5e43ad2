"""Level 3, detailed scheduling: what is planned, and that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePublished(Entry):
    """A planner makes a schedule binding (B2MML WorkSchedule): job orders are dispatched in its sequence from now on.

    The n-th job order is planned for the n-th unit, start and end; on each unit in this order. It takes the place of the one before.
    """

    made_by: str = ""  # that it was made by
    units: tuple[str, ...]
    job_orders: tuple[str, ...]
    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    orders: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)  # customer orders that it lets leave
    leave_us: tuple[int, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)  # when each of them does
