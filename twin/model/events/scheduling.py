"""Level 3, detailed scheduling: what is planned, and that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePublished(Entry):
    """A planner makes a schedule binding (B2MML WorkSchedule): job orders are dispatched in its sequence from now on.

    The n-th job order is planned for the n-th unit, start and end; on each unit in this order. It takes the place of the one before.

    The n-th of `pinned_job_orders` was put by hand on the n-th of `pinned_units`, directly before or after another one ("": wherever its
    turn is there), by whom and when; it stays there over later schedules until somebody lets it go.
    """

    made_by: str = ""  # that it was made by
    units: tuple[str, ...]
    job_orders: tuple[str, ...]
    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    orders: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)  # customer orders that it lets leave
    leave_us: tuple[int, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)  # when each of them does
    pinned_job_orders: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    pinned_units: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    pinned_before: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    pinned_after: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    pinned_by: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    pinned_us: tuple[int, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRuleChanged(Entry):
    """A planner lets `work_center` dispatch by another rule from now on, also where a schedule was published; until the next one is."""

    work_center: str
    dispatch_rule: str
    reason: str
