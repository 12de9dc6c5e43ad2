"""A schedule as a value: operations with planned start and end, what each order is promised for, and why what is late is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twin.mes.scheduling.published import Pin
from twin.model.calendars import written_local
from twin.model.events import SchedulePublished
from twin.model.measures import US_PER_H
from twin.model.scenario import Policies

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.study.scheduling.playing import Standing
    from twin.study.scheduling.replanning import Replanned


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase of the procedure of an operation (ISA-88), by path as "furnace/carburise/soak"; breaks and stops within it belong to it."""

    phase: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One job order on one work unit or line; those of a batch begin and end together. Set-up from `start_us`, run from `run_start_us`."""

    job_order: str
    request: str
    order: str  # customer order that it is for; "" for stock
    lot: str
    material: str
    operation: str
    quantity: int
    equipment: str
    personnel_class: str  # who is needed; "" nobody
    person: str
    setup_from: str  # family that stands set up before; "" none
    setup_to: str  # "" where nothing has to be set up
    start_us: int
    run_start_us: int
    end_us: int
    is_running: bool  # it was begun before the schedule was made
    tools: tuple[str, ...] = ()  # that it has, as "hob_m2.1"
    phases: tuple[Phase, ...] = ()  # one after the other, where the procedure says how long each takes; they tile the run

    @property
    def setup_us(self) -> int:
        return self.run_start_us - self.start_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A person is bound to a piece of equipment, for a job order; those of several batch mates are joined with "+"."""

    person: str
    equipment: str
    job_order: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Nothing begins on a piece of equipment, for maintenance or what it is reserved for. What has begun before goes on."""

    maintenance: str
    equipment: str
    persons: tuple[str, ...]  # who is assigned
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Bought goods that the schedule reckons with."""

    order: str
    material: str
    quantity: int
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One open customer order: when it is promised for, and when it leaves by this schedule (None: not before its end)."""

    order: str
    customer: str
    material: str
    quantity: int
    weight: float
    due_us: int
    ships_us: int | None
    late_us: int
    causes: tuple[tuple[str, int], ...] = ()  # what the lateness comes from, and how much of it; sums to late_us
    in_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What a dispatch rule gives, from the same start."""

    rule: str
    weighted_late_us: float
    late_count: int
    late_us_max: int
    ships_us_last: int  # when the last of the open orders leaves, or the end
    lead_us_mean: float  # from now to shipment, of all open orders
    setup_us: int
    unshipped_count: int = 0  # that do not leave before the end: the rule may come to a deadlock

    @property
    def key(self) -> tuple[float, int, float, int]:
        """The smallest is best: weighted lateness, then late orders, lead time, set-ups."""
        return self.weighted_late_us, self.late_count, self.lead_us_mean, self.setup_us


@dataclass(frozen=True, kw_only=True, repr=False)
class Schedule:
    """What is planned from `now_us` on (ISA-95 WorkSchedule). It ends when all open orders have left, at the latest at `until_us`.

    Attributes
    ----------
    operations : by start, those that are under way included
    unknown : what nobody could know, with what was assumed
    supposed : what a planner has supposed besides
    compared : what each rule would have given, the best first, if rules were compared
    unfilled : job orders that nothing known joins in their batch any more, by when that is so (us since 1970): they begin below its minimum
    """

    title: str
    time_zone: str
    now_us: int
    until_us: int
    rule: str
    policies: Policies  # by which it was made
    equipment: tuple[str, ...]
    operations: tuple[Operation, ...]
    orders: tuple[Promise, ...]
    stays: tuple[Stay, ...]
    arrivals: tuple[Arrival, ...]
    windows: tuple[Window, ...] = ()
    unknown: tuple[str, ...] = ()
    supposed: tuple[str, ...] = ()
    compared: tuple[RuleOutcome, ...] = ()
    pins: tuple[Pin, ...] = ()
    rush: tuple[str, ...] = ()
    unfilled: Mapping[str, int] = field(default_factory=dict)
    standing: Standing | None = field(default=None, compare=False)

    # What it says

    @property
    def late(self) -> list[Promise]:
        """Orders that leave late, the latest first."""
        return sorted((it for it in self.orders if it.late_us), key=lambda it: (-it.late_us, it.order))

    @property
    def weighted_late_us(self) -> float:
        """The sum over all orders of weight times lateness."""
        return sum(it.weight * it.late_us for it in self.orders)

    @cached_property
    def by_job_order(self) -> dict[str, Operation]:
        return {it.job_order: it for it in self.operations}

    @property
    def sequence(self) -> dict[str, list[str]]:
        """What each unit does one after the other, as job orders that are not begun."""
        return sequence_of(self.operations)

    @property
    def has_rush(self) -> bool:
        """Whether it plans for an order that is supposed alone, and has not come."""
        return bool(self.rush)

    def followed(self, policies: Policies | None = None) -> Policies:
        """Policies under which this schedule is followed: its sequence, and what is not in it by the rules that it was made by."""
        return (policies or self.policies).in_sequence(self.sequence)

    def published(self, person: str, terminal: str) -> SchedulePublished:
        """The entry by which a planner makes it binding, for `feed.enter` and the like."""
        ahead = [it for it in self.operations if not it.is_running]
        return SchedulePublished(
            effective_us=self.now_us, person=person, terminal=terminal, made_by=self.rule, units=tuple(it.equipment for it in ahead),
            job_orders=tuple(it.job_order for it in ahead), starts_us=tuple(it.start_us for it in ahead),
            ends_us=tuple(it.end_us for it in ahead), pinned_job_orders=tuple(it.job_order for it in self.pins),
            pinned_units=tuple(it.equipment for it in self.pins), pinned_before=tuple(it.before for it in self.pins),
            pinned_after=tuple(it.after for it in self.pins), pinned_by=tuple(it.by for it in self.pins),
            pinned_us=tuple(it.at_us for it in self.pins),
            orders=tuple(it.order for it in self.orders if it.ships_us is not None),
            leave_us=tuple(it.ships_us for it in self.orders if it.ships_us is not None),
        )  # fmt: skip

    def written(self, at_us: int) -> str:
        """An instant in the plant's time, as people write it."""
        return written_local(at_us, self.time_zone)

    # Tables

    @property
    def table(self) -> pd.DataFrame:
        """One row an operation, by start; instants UTC, times in hours."""
        import pandas as pd

        rows = [
            {
                "job_order": it.job_order, "order": it.order, "request": it.request, "lot": it.lot, "material": it.material,
                "operation": it.operation, "quantity": it.quantity, "equipment": it.equipment, "personnel_class": it.personnel_class,
                "person": it.person, "setup_from": it.setup_from, "setup_to": it.setup_to, "setup_h": it.setup_us / US_PER_H,
                "start": _utc(it.start_us), "run_start": _utc(it.run_start_us), "end": _utc(it.end_us), "running": it.is_running,
                "tools": " ".join(it.tools),
            }
            for it in self.operations
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["job_order", "equipment", "start", "run_start", "end"])

    @property
    def phase_table(self) -> pd.DataFrame:
        """One row a phase of an operation, by the start of the operation."""
        import pandas as pd

        rows = [
            {"job_order": it.job_order, "equipment": it.equipment, "phase": one.phase, "start": _utc(one.start_us), "end": _utc(one.end_us)}
            for it in self.operations
            for one in it.phases
        ]
        return pd.DataFrame(rows, columns=["job_order", "equipment", "phase", "start", "end"])

    @property
    def window_table(self) -> pd.DataFrame:
        """One row a time in which equipment is kept free for maintenance, by start."""
        import pandas as pd

        rows = [
            {
                "maintenance": it.maintenance, "equipment": it.equipment, "persons": " ".join(it.persons), "start": _utc(it.start_us),
                "end": _utc(it.end_us),
            }
            for it in self.windows
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["maintenance", "equipment", "persons", "start", "end"])

    @property
    def order_table(self) -> pd.DataFrame:
        """One row an open order, by due date: when it leaves, by how much it is late, and what the lateness comes from."""
        import pandas as pd

        rows = [
            {
                "order": it.order, "customer": it.customer, "material": it.material, "quantity": it.quantity, "weight": it.weight,
                "due": _utc(it.due_us), "ships": _utc(it.ships_us), "late_h": it.late_us / US_PER_H, "cause": it.in_words,
            }
            for it in self.orders
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["order", "due", "ships", "late_h", "cause"])

    @property
    def rule_table(self) -> pd.DataFrame:
        """One row a rule that was compared, the best first."""
        import pandas as pd

        return pd.DataFrame([rule_row(it, self.now_us) for it in self.compared])

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, for `--json`: instants as they are written in ISO 8601, UTC."""
        operations = self.table.assign(**{name: lambda t, n=name: t[n].map(str) for name in ("start", "run_start", "end")})
        orders = [{**row, "due": str(row["due"]), "ships": _written(row["ships"])} for row in self.order_table.to_dict("records")]
        return {
            "title": self.title, "now": str(_utc(self.now_us)), "rule": self.rule, "weighted_late_h": self.weighted_late_us / US_PER_H,
            "orders": orders,
            "operations": operations.to_dict("records") if self.operations else [],
            "phases": _with_words(self.phase_table), "windows": _with_words(self.window_table),
            "sequence": self.sequence, "rules": [rule_row(it, self.now_us) for it in self.compared],
            "unknown": list(self.unknown), "supposed": list(self.supposed),
        }  # fmt: skip

    # What may be done with it

    def replan(
        self, run: Run | None = None, *, rule: str | None = "as before", frozen: str = "0 h", until: str = "30 d",
        weights: Mapping[str, float] | None = None, **supposed: Any,
    ) -> Replanned:  # fmt: skip
        """Another schedule, with what has changed against this one.

        Parameters
        ----------
        run : the run that has gone on since; left out, from the same instant as this one
        rule : a dispatch rule; "as before"; or None, the best of all
        frozen : what begins within that span from now on keeps unit and sequence
        supposed : down={"mill_1": "4 h"}, late={"PO-steel-3": "2 d"}, rush=[{"order": ..., "due": "3 d"}], absent={"anna": "1 d"}

        Raises
        ------
        ValueError : what `schedule` refuses
        """
        from twin.study.scheduling.replanning import replan
        from twin.study.scheduling.what_if import WhatIf

        return replan(self, run, rule=rule, frozen=frozen, until=until, weights=weights, what_if=WhatIf(**supposed))

    @property
    def gantt(self) -> Any:
        """The schedule as a picture."""
        from twin.study.scheduling.drawing import gantt

        return gantt(self)

    def __repr__(self) -> str:
        return (
            f"<Schedule of {self.title} by '{self.rule}': {len(self.operations)} operations, {len(self.late)} of {len(self.orders)} orders"
            " late; .table, .order_table, .gantt, .replan(...), .unknown>"
        )

    def _repr_html_(self) -> str:
        from twin.study.scheduling.drawing import page_of

        return page_of(self)


def sequence_of(operations: Sequence[Operation]) -> dict[str, list[str]]:
    """What each unit does one after the other, as job orders that are not begun."""
    found: dict[str, list[str]] = {}
    for it in operations:
        if not it.is_running:
            found.setdefault(it.equipment, []).append(it.job_order)
    return found


def rule_row(it: RuleOutcome, now_us: int) -> dict[str, Any]:
    """What a rule gives, as plain values."""
    return {
        "rule": it.rule, "weighted_late_h": it.weighted_late_us / US_PER_H, "late_orders": it.late_count,
        "late_h_max": it.late_us_max / US_PER_H, "lead_h_mean": it.lead_us_mean / US_PER_H,
        "done_in_h": (it.ships_us_last - now_us) / US_PER_H, "setup_h": it.setup_us / US_PER_H,
        "unshipped_orders": it.unshipped_count,
    }  # fmt: skip


def _with_words(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows with instants as they are written."""
    return table.assign(start=table["start"].map(str), end=table["end"].map(str)).to_dict("records")


def _written(at: Any) -> str | None:
    import pandas as pd

    return None if pd.isna(at) else str(at)


def _utc(at_us: int | None) -> Any:
    import pandas as pd

    return pd.NaT if at_us is None else pd.Timestamp(at_us, unit="us", tz="UTC")
