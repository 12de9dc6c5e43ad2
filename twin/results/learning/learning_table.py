"""One row a decision: the columns known then, and beside them, as `later_...`, what came of it.

A model that shall be asked while the plant runs may see only what will be known when it is asked. So the columns come from one
pass over the journal in the order in which things became known, and are filled in from what stood there when it was decided: before a
command, all that came before it; before a start that nobody commanded, and a state, all that was recorded before their instant, since a
machine tells of one instant in any order, what follows from the start too. Late and corrected facts count from when they were recorded.
The labels are filled in by what comes after. `truth_...` is what no system on a floor could know, as how far away the next failure was and
what its cause, or whether a process had drifted: labels for what a simulator alone can teach.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import pandas as pd

from twin.model.events import (
    AlarmRaised,
    EquipmentActual,
    EquipmentStateChanged,
    InspectionJudged,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderStarted,
    OperationsEvent,
    TestResultRecorded,
)
from twin.model.events.production import JobOrderCorrected
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.model.problems import did_you_mean
from twin.model.states import JobCommand, WorkUnitState
from twin.results.frames import times
from twin.results.learning.known import KnownSoFar, is_failure
from twin.results.learning.truths import Truths

ROWS_OF = ("job_order", "interval")
LATER, TRUTH = "later_", "truth_"
Row = dict[str, Any]


@dataclass(slots=True)
class LearningRows:
    """The rows of one pass: `jobs`, one each time somebody or a rule begins a job order; `intervals`, one for each state interval."""

    known: KnownSoFar
    truths: Truths
    jobs: list[Row] = field(default_factory=list)
    intervals: list[Row] = field(default_factory=list)
    _asked: dict[int, list[Row]] = field(default_factory=dict)  # index of an entry -> what was known when that was decided, a row each
    _job_rows: dict[str, Row] = field(default_factory=dict)
    _lot_rows: dict[str, Row] = field(default_factory=dict)  # lot -> the row of what was begun with it last
    _judged_rows: dict[tuple[str, str], Row] = field(default_factory=dict)  # by lot and plan
    _verdicts: dict[str, dict[str, str]] = field(default_factory=dict)  # by job order: of the plans that its row was judged by
    _interval_rows: dict[str, Row] = field(default_factory=dict)  # equipment -> the row of the interval that is open
    _unfailed: dict[str, list[Row]] = field(default_factory=dict)  # equipment -> rows that wait for its next failure

    def read_all(self, told: Sequence[OperationsEvent]) -> None:
        """All entries of a journal, in its order."""
        asks = _asks(told)
        for index, event in enumerate(told):
            for later_index, jobs in asks.get(index, ()):
                self._asked[later_index] = self._known_of(told[later_index], jobs)
            self._read(event, self._asked.pop(index, []))

    def _read(self, event: OperationsEvent, known_rows: list[Row]) -> None:
        """One more entry: its rows first, of what was known when it was decided; then what it says of rows that stand; then it is known."""
        match event:
            case JobOrderCommand() if event.command == JobCommand.START:
                self._decide(event, known_rows)
            case JobOrderStarted():
                self._decide(event, known_rows)
                for name in event.job_order.split("+"):
                    if row := self._job_rows.get(name):
                        row["later_is_begun"] = True
            case EquipmentStateChanged():
                self._begin_interval(event, known_rows[0])
            case AlarmRaised() if is_failure(event):
                for row in self._unfailed.pop(event.equipment, []):
                    row["truth_to_failure_h"] = (event.effective_us - row["decided"]) / US_PER_H
                    row["truth_failure_cause"] = event.alarm
            case _:
                self._label(event)
        self.known.apply(event)

    def _known_of(self, event: OperationsEvent, jobs: list[JobOrderCreated]) -> list[Row]:
        """What is known now of what `event` decides: of each of `jobs`, or of its piece of equipment."""
        if not isinstance(event, JobOrderCommand | JobOrderStarted):
            return [self.known.about_unit(event.equipment, event.effective_us)]
        batch = [job.job_order for job in jobs]
        return [{"lot": job.lot, "job_order": job.job_order, **self.known.about_job(event, job, batch)} for job in jobs]

    def _decide(self, event: OperationsEvent, known_rows: list[Row]) -> None:
        """A row for each job order that begins together."""
        for known in known_rows:
            name, lot = known.pop("job_order"), known.pop("lot")
            row = {"decided": event.effective_us, "job_order": name, "equipment": event.equipment}
            row |= self.truths.about(known["material"], known["operation"], event.effective_us)
            row |= known | {"later_interruption_count": 0, "later_setup_h": 0.0, "later_run_h": 0.0}
            self.jobs.append(row)
            self._job_rows[name] = self._lot_rows[lot] = row
            self._unfailed.setdefault(event.equipment, []).append(row)

    def _begin_interval(self, event: EquipmentStateChanged, known: Row) -> None:
        if ended := self._interval_rows.pop(event.equipment, None):
            ended |= {
                "later_duration_h": (event.effective_us - ended["decided"]) / US_PER_H,
                "later_state": WorkUnitState(event.state).label,
                "later_reason": event.reason,
            }
        begun = {"state": WorkUnitState(event.state).label, "reason": event.reason, "job_order": event.job_order}
        row = {"decided": event.effective_us, "equipment": event.equipment, **begun, **known}
        self.intervals.append(row)
        self._interval_rows[event.equipment] = row
        self._unfailed.setdefault(event.equipment, []).append(row)

    def _judge(self, event: InspectionJudged) -> None:
        """The verdict of a plan is a label of what was done to the lot last before it; judged again, of the same."""
        row = self._judged_rows.get((event.lot, event.plan)) or self._lot_rows.get(event.lot)
        if row is not None:
            self._judged_rows[event.lot, event.plan] = row
            verdicts = self._verdicts.setdefault(row["job_order"], {})
            verdicts[event.plan] = event.verdict
            row["later_passed"] = all(it == "passed" for it in verdicts.values())

    def _label(self, event: OperationsEvent) -> None:
        if isinstance(event, InspectionJudged):
            self._judge(event)
            return
        rows = [row for name in event.job_order.split("+") if (row := self._job_rows.get(name))]
        if isinstance(event, TestResultRecorded) and not rows:  # of a lot, as it left what was done to it last
            rows = [row for row in [self._lot_rows.get(event.lot)] if row]
        for row in rows:
            match event:
                case EquipmentActual():  # of a batch: each of its job orders has lasted as long as the batch
                    row["later_setup_h"] += event.setup_us / US_PER_H
                    row["later_run_h"] += event.run_us / US_PER_H
                case JobOrderHeld() | JobOrderPaused():
                    row["later_interruption_count"] += 1
                case TestResultRecorded() if not event.passed or (event.lower, event.upper) != (None, None):  # else it was not judged
                    row["later_passed"] = bool(row.get("later_passed", True) and event.passed)
                case JobOrderCompleted():
                    row |= {"later_good": event.good, "later_scrap": event.scrap, "later_rework": event.rework, "later_is_aborted": False}
                    row["later_lasted_h"] = (event.effective_us - row["decided"]) / US_PER_H
                case JobOrderCorrected():
                    row |= {"later_good": event.good, "later_scrap": event.scrap, "later_rework": event.rework}
                case JobOrderAborted():
                    row |= {"later_is_aborted": True, "later_lasted_h": (event.effective_us - row["decided"]) / US_PER_H}
                case _:
                    pass


def _asks(told: Sequence[OperationsEvent]) -> dict[int, list[tuple[int, list[JobOrderCreated]]]]:
    """Before which entry to ask what was known, by its index: the index of the entry decided then, and the job orders it begins."""
    recorded_us = list(accumulate((event.recorded_us for event in told), max))
    asks: defaultdict[int, list[tuple[int, list[JobOrderCreated]]]] = defaultdict(list)
    created: dict[str, JobOrderCreated] = {}
    begun: set[str] = set()
    for index, event in enumerate(told):
        if isinstance(event, JobOrderCreated):
            created[event.job_order] = event
        is_start = isinstance(event, JobOrderCommand) and event.command == JobCommand.START
        if not is_start and not isinstance(event, JobOrderStarted | EquipmentStateChanged):
            continue
        names = event.job_order.split("+") if not isinstance(event, EquipmentStateChanged) else []
        # A record of machines holds no commands: there the row is made when the job order begins.
        jobs = [created[name] for name in names if name in created and (is_start or name not in begun)]
        begun.update(job.job_order for job in jobs)
        is_on_time = is_start and event.recorded_us == event.effective_us
        asks[index if is_on_time else min(index, bisect_left(recorded_us, event.effective_us))].append((index, jobs))
    return asks


def learning_table(
    events: Iterable[OperationsEvent], rows_of: str = "job_order", plant: Plant | None = None, start_us: int = 0
) -> pd.DataFrame:
    """One row a job order that was begun ("job_order"), or a state interval of a piece of equipment ("interval"), by when it began.

    Labels that nothing has told yet are missing (NaN). `decided` is in UTC; times are in hours, quantities in the material's smallest unit.
    `value_...` (process values there), `lot_...` (results of the lot) and `last_...` (the last result of its material) are there as soon as
    one was told. `plant` tells shifts, qualifications, what it maintains by itself and, with `start_us` of its simulation, truths.

    Raises
    ------
    ValueError : no such rows
    """
    if rows_of not in ROWS_OF:
        raise ValueError(f"there are no rows of '{rows_of}'{did_you_mean(rows_of, ROWS_OF)}; allowed: {', '.join(ROWS_OF)}")
    reading = LearningRows(KnownSoFar(plant), Truths(plant, start_us))
    reading.read_all(list(events))
    # Which of two controllers is heard first within an instant is chance: rows of intervals do not stand by it.
    rows = reading.jobs if rows_of == "job_order" else sorted(reading.intervals, key=lambda it: (it["decided"], it["equipment"]))
    known = dict.fromkeys(name for row in rows for name in row if not name.startswith((LATER, TRUTH)))
    frame = pd.DataFrame(rows, columns=[*(known or ["decided"]), *_LABELS[rows_of]])
    frame["decided"] = times(int(value) for value in frame["decided"])
    return frame.astype({name: "boolean" for name in _YES_OR_NO if name in frame})


_YES_OR_NO = ("is_same_again", "later_is_begun", "later_is_aborted", "later_passed", "truth_is_drifted")
_LABELS = {
    "job_order": (
        "later_is_begun", "later_setup_h", "later_run_h", "later_lasted_h", "later_good", "later_scrap", "later_rework",
        "later_interruption_count", "later_is_aborted", "later_passed", "truth_to_failure_h", "truth_failure_cause", "truth_is_drifted",
        "truth_bad_share",
    ),
    "interval": ("later_duration_h", "later_state", "later_reason", "truth_to_failure_h", "truth_failure_cause"),
}  # fmt: skip
