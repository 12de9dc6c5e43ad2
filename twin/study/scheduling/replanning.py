"""Another schedule, after something has happened: what is under way stays, what is near keeps its place, and what changes is told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from twin.model.measures import US_PER_H, read_duration
from twin.results.run import Run
from twin.study.scheduling.by_hand.pinning import not_kept
from twin.study.scheduling.playing import Ahead, Standing
from twin.study.scheduling.schedule import Operation, Schedule
from twin.study.scheduling.scheduling import best, by, told, weights_of
from twin.study.scheduling.what_if import WhatIf

if TYPE_CHECKING:
    import pandas as pd

How = Literal["kept", "moved", "resequenced", "reassigned", "new", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has become of one operation that is not under way.

    Moved: begins earlier or later, and all else is as it was. Resequenced: goes past another on its unit. Reassigned: on another unit.
    New, gone: in one of the schedules alone.
    """

    job_order: str
    order: str
    how: How
    equipment_before: str
    equipment: str
    start_before_us: int | None
    start_us: int | None
    was_frozen: bool

    @property
    def shift_us(self) -> int:
        """Later by; 0 where it is in one of the schedules alone."""
        return 0 if self.start_us is None or self.start_before_us is None else self.start_us - self.start_before_us


@dataclass(frozen=True, kw_only=True, repr=False)
class Replanned:
    """A new schedule beside the one that is published.

    Attributes
    ----------
    frozen_us : operations that began before that in the schedule before keep unit and sequence
    unfrozen : of these, and of what a planner has pinned, those that could not, in words: unit or lot was not there when its turn came
    """

    before: Schedule
    schedule: Schedule
    changes: tuple[Change, ...]
    frozen_us: int
    unfrozen: tuple[str, ...]

    def of(self, *how: How) -> list[Change]:
        return [it for it in self.changes if it.how in how]

    @property
    def stability(self) -> float:
        """The share of the operations in both schedules that keep unit and sequence, 0 to 1; 1 where there are none."""
        both = [it for it in self.changes if it.how not in ("new", "gone")]
        return 1.0 if not both else sum(it.how in ("kept", "moved") for it in both) / len(both)

    @property
    def table(self) -> pd.DataFrame:
        """One row an operation that is not as it was, by start; instants UTC, times in hours."""
        import pandas as pd

        rows = [
            {
                "job_order": it.job_order, "order": it.order, "change": it.how, "equipment_before": it.equipment_before,
                "equipment": it.equipment, "start_before": _utc(it.start_before_us), "start": _utc(it.start_us),
                "later_h": it.shift_us / US_PER_H, "frozen": it.was_frozen,
            }
            for it in self.changes
            if it.how != "kept"
        ]  # fmt: skip
        columns = ["job_order", "order", "change", "equipment_before", "equipment", "start_before", "start", "later_h", "frozen"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def order_table(self) -> pd.DataFrame:
        """One row an order: when it left before, when it leaves now, and by how much it is late."""
        import pandas as pd

        was = {it.order: it for it in self.before.orders}
        rows = [
            {
                "order": it.order, "due": _utc(it.due_us), "ships_before": _utc(was[it.order].ships_us if it.order in was else None),
                "ships": _utc(it.ships_us), "late_before_h": was[it.order].late_us / US_PER_H if it.order in was else 0.0,
                "late_h": it.late_us / US_PER_H, "cause": it.in_words,
            }
            for it in self.schedule.orders
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["order"])

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, for `--json`."""
        changes = self.table.assign(**{name: lambda t, n=name: t[n].map(str) for name in ("start_before", "start")})
        return {
            "stability": self.stability, "frozen_until": str(_utc(self.frozen_us)), "unfrozen": list(self.unfrozen),
            "changes": changes.to_dict("records"), "schedule": self.schedule.summary(),
            "weighted_late_before_h": self.before.weighted_late_us / US_PER_H,
        }  # fmt: skip

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.of(how))} {how}" for how in ("moved", "resequenced", "reassigned", "new", "gone"))
        return f"<Re-planned: {counts}; stability {self.stability:.0%}; .schedule, .table, .order_table>"

    def _repr_html_(self) -> str:
        table: str = self.table.to_html(index=False)
        return f"<p>{repr(self)[1:-1]}</p>{self.schedule._repr_html_()}{table}"


def replan(
    before: Schedule, run: Run | None = None, *, rule: str | None = "as before", frozen: str = "0 h", until: str = "30 d",
    weights: Mapping[str, float] | None = None, what_if: WhatIf | None = None,
) -> Replanned:  # fmt: skip
    """A new schedule, and what has changed against `before`.

    Parameters
    ----------
    run : the run that has gone on since; left out, from the same instant as before
    rule : a dispatch rule; "as before", or None: the best of all
    frozen : what begins within that span from now on, by the schedule before, keeps unit and sequence
    until, weights : as of `schedule`
    what_if : what is supposed besides

    Raises
    ------
    ValueError : what `schedule` refuses
    """
    standing = before.standing if run is None else Standing.of(run, run.now_us + read_duration(until))
    if standing is None:
        raise ValueError("this schedule does not know where it began; allowed: replan(run)")
    ahead = Ahead.of(standing, what_if or WhatIf())
    counted, frozen_us = weights_of(ahead, weights), standing.now_us + (read_duration(frozen))
    kept = _frozen(before, standing, frozen_us)
    chosen = before.rule if rule == "as before" else rule or "as now"
    new = best(ahead, counted, kept) if rule is None else told(ahead, chosen, by(chosen, ahead, kept), counted)
    near = {job for jobs in kept.values() for job in jobs}
    return Replanned(
        before=before, schedule=new, changes=tuple(changes_between(before, new, standing.now_us, near)),
        frozen_us=frozen_us, unfrozen=(*_unfrozen(before, new, kept), *not_kept(new)),
    )  # fmt: skip


def _frozen(before: Schedule, standing: Standing, frozen_us: int) -> dict[str, list[str]]:
    """What keeps its place, by unit: what begins in the frozen span, and is not begun yet."""
    found: dict[str, list[str]] = {}
    for it in before.operations:
        if not it.is_running and standing.now_us <= it.start_us < frozen_us:
            found.setdefault(it.equipment, []).append(it.job_order)
    return found


def _ahead_of(schedule: Schedule, now_us: int) -> dict[str, Operation]:
    return {it.job_order: it for it in schedule.operations if it.start_us >= now_us and not it.is_running}


def changes_between(before: Schedule, new: Schedule, now_us: int, frozen: Collection[str] = ()) -> list[Change]:
    """What has become of each operation that is not under way, by its start; `frozen`: those that should have stayed."""
    was, is_now = _ahead_of(before, now_us), _ahead_of(new, now_us)
    out_of_turn = _out_of_turn(was, is_now)
    started = {it.job_order for it in new.operations if it.is_running}
    found = []
    for name in {**is_now, **was}:
        old, it = was.get(name), is_now.get(name)
        if it is None and name in started:
            continue
        found.append(
            Change(
                job_order=name, order=it.order if it else old.order if old else "", how=_how(old, it, name in out_of_turn),
                equipment_before=old.equipment if old else "", equipment=it.equipment if it else "",
                start_before_us=old.start_us if old else None, start_us=it.start_us if it else None, was_frozen=name in frozen,
            )
        )  # fmt: skip
    return sorted(found, key=lambda it: (it.start_us if it.start_us is not None else it.start_before_us or 0, it.job_order))


def _how(old: Operation | None, it: Operation | None, is_out_of_turn: bool) -> How:
    if old is None or it is None:
        return "new" if old is None else "gone"
    if old.equipment != it.equipment:
        return "reassigned"
    if is_out_of_turn:
        return "resequenced"
    return "kept" if (old.start_us, old.end_us) == (it.start_us, it.end_us) else "moved"


def _out_of_turn(was: Mapping[str, Operation], is_now: Mapping[str, Operation]) -> set[str]:
    """The fewest operations that one would have to take out so that what stays on its unit goes in the same order as before."""
    places: dict[str, list[tuple[int, str]]] = {}
    order_before = {name: place for place, name in enumerate(was)}
    for name, it in is_now.items():
        if name in was and was[name].equipment == it.equipment:
            places.setdefault(it.equipment, []).append((order_before[name], name))
    return {name for its in places.values() for name in _not_rising(its)}


def _not_rising(its: Sequence[tuple[int, str]]) -> set[str]:
    """The names outside of a longest rising subsequence."""
    tails: list[int] = []  # of the rising ones of each length, the smallest last place
    ends: list[int] = []  # and where it is
    before: list[int] = []
    for n, (place, _) in enumerate(its):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            ends.append(n)
        else:
            tails[length], ends[length] = place, n
    rising, at = set(), ends[-1] if ends else -1
    while at >= 0:
        rising.add(at)
        at = before[at]
    return {name for n, (_, name) in enumerate(its) if n not in rising}


def _unfrozen(before: Schedule, new: Schedule, kept: Mapping[str, Sequence[str]]) -> list[str]:
    """Frozen operations that could not keep their place."""
    said = []
    for unit, jobs in kept.items():
        at = [new.by_job_order[name] for name in jobs if name in new.by_job_order]
        said += [f"{it.job_order} goes to {it.equipment} instead of {unit}" for it in at if it.equipment != unit]
        here = [(n, it.job_order) for n, it in sorted(enumerate(at), key=lambda pair: pair[1].start_us) if it.equipment == unit]
        said += [f"{name} does not keep its place on {unit}" for name in sorted(_not_rising(here))]
        said += [f"{name} is not begun any more" for name in jobs if name not in new.by_job_order]
    return said


def _utc(at_us: int | None) -> Any:
    import pandas as pd

    return pd.NaT if at_us is None else pd.Timestamp(at_us, unit="us", tz="UTC")
