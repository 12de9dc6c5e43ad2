"""What the pages say of the work: which time and energy went into which job order, who worked on it, and what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import step_rows as more
from twin.mes.equipment import HELD_STATES, RUN_STATES, SETUP_STATES, SUSPENDED_STATES, WORKING_STATES
from twin.model.measures import allocate
from twin.model.states import WorkUnitState
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.pages import NOBODY, Ints, Pages

OPEN_US = 2**62
"""When something ends that has not ended."""

_RUNS, _SETS_UP, _STARTS = (
    np.isin(range(len(WorkUnitState)), list(states))
    for states in (RUN_STATES, SETUP_STATES, WORKING_STATES | HELD_STATES | SUSPENDED_STATES)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """States of equipment as columns, by equipment, then by time; what is open ends at OPEN_US."""

    place: Ints
    since_us: Ints
    until_us: Ints
    state: Ints
    label: Ints
    persons: Ints  # number of the text with their names
    energy_wh: Ints
    since_row: Ints  # place in the pages of what began it
    until_row: Ints  # and of what ended it; NOBODY: it is open

    def only(self, those: NDArray[np.bool_]) -> Intervals:
        """Some of them."""
        return Intervals(**{it.name: getattr(self, it.name)[those] for it in fields(self)})


@dataclass(slots=True)
class JobEnd:
    """What was counted of a job order."""

    last_us: int
    last_row: int  # place in the pages
    place: int = -1
    good: int = 0
    scrap: int = 0
    rework: int = 0
    batch_size: int = 1
    was_begun: bool = True  # neither passed over, nor given up before

    @property
    def pieces(self) -> int:
        return self.good + self.scrap + self.rework


@dataclass(slots=True)
class Work:
    """All of it, for one run.

    Attributes
    ----------
    machine : one row for each part of an interval: instant, place, label, set-up us, run us, Wh, place in the pages
    labour : instant, number of the text with the names of the persons, label, us of each of them, place in the pages
    ends : by label, what has been counted
    scrap : instant, label, pieces, place in the pages
    """

    pages: Pages
    scheduled: NDArray[np.bool_]  # by place: work units and lines
    intervals: Intervals = field(init=False)
    machine: Ints = field(init=False)
    labour: Ints = field(init=False)
    ends: dict[int, JobEnd] = field(init=False, default_factory=dict)
    scrap: Ints = field(init=False)
    unfinished: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.unfinished = self.pages.jobs_on_lines()
        self.intervals, counts, sizes = self._split()
        self._hear_counts(counts, sizes)
        self._first_labels: dict[int, int] = {}
        for label in sorted(self.ends):
            self._first_labels.setdefault(label // said.STEPS_IN_A_LABEL, label)
        self._book()

    _first_labels: dict[int, int] = field(init=False)

    def quantity(self, label: int) -> int:
        """Pieces that a job order begins with."""
        end = self.ends.get(label)
        if end is not None and label not in self.unfinished:
            return end.pieces
        return self.pages.quantity_now(label // said.STEPS_IN_A_LABEL)

    def lot_quantity(self, serial: int) -> int:
        """Pieces that a lot began with."""
        return self.quantity(self._first_labels[serial]) if serial in self._first_labels else self.pages.quantity_now(serial)

    def started(self) -> dict[int, int]:
        """By label of each job order, the row of the pages with which it was first worked on."""
        it = self.intervals
        starts = (it.label != 0) & _STARTS[it.state] & self.scheduled[it.place]
        order = np.argsort(it.since_row[starts])
        labels, places = np.unique(it.label[starts][order], return_index=True)
        first = dict[int, int]()
        for label, row in zip(labels.tolist(), it.since_row[starts][order][places].tolist(), strict=True):
            for member in self.pages.members[-label] if label < 0 else (label,):
                first[member] = min(row, first.get(member, row))
        return first

    def begun(self) -> dict[int, int]:
        """By serial of a lot, the same."""
        first = dict[int, int]()
        for label, row in self.started().items():
            serial = label // said.STEPS_IN_A_LABEL
            first[serial] = min(row, first.get(serial, row))
        return first

    def answered(self) -> dict[int, int]:
        """By number of a request of which no lot is left, the row of the pages with the last of its job orders: then it is answered."""
        last = dict[int, int]()
        for label, end in self.ends.items():
            request = int(self.pages.request_of[label // said.STEPS_IN_A_LABEL])
            last[request] = max(last.get(request, NOBODY), end.last_row)
        return {request: row for request, row in last.items() if not self.pages.is_open[request]}

    # Inside

    def _split(self) -> tuple[Intervals, Ints, Ints]:
        """The intervals, the counts of pieces, and how many job orders were together at each count."""
        rows = self.pages.rows
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        numbers = np.flatnonzero((kinds == said.TELLS_STATE) | (kinds == said.TELLS_ENERGY) | (kinds == said.TELLS_COUNT))
        told = rows[numbers]
        places = told[:, said.EVENT_WHAT] // said.PLACES - 1
        order = np.argsort(places, kind="stable")
        told, places, numbers = told[order], places[order], numbers[order]
        kinds = told[:, said.EVENT_WHAT] % said.PLACES
        is_state = kinds == said.TELLS_STATE
        number = np.cumsum(is_state) - 1
        states = told[is_state]
        place = places[is_state]
        since_row = numbers[is_state]
        until, until_row, goes_on = np.full(place.size, OPEN_US), np.full(place.size, NOBODY), place[1:] == place[:-1]
        until[:-1], until_row[:-1] = np.where(goes_on, states[1:, said.EVENT_US], OPEN_US), np.where(goes_on, since_row[1:], NOBODY)
        idle = states[:, said.EVENT_A] == WorkUnitState.IDLE
        energy = np.zeros(place.size, np.int64)
        metered = kinds == said.TELLS_ENERGY
        np.add.at(energy, number[metered], told[metered, said.EVENT_A])
        label = np.where(idle, 0, states[:, said.EVENT_C])
        intervals = Intervals(
            place=place, since_us=states[:, said.EVENT_US], until_us=until, state=states[:, said.EVENT_A], label=label,
            persons=np.where(idle, 0, states[:, said.EVENT_D]), energy_wh=energy, since_row=since_row, until_row=until_row,
        )  # fmt: skip
        counted = kinds == said.TELLS_COUNT
        there = label[number[counted]]
        sizes = np.array([len(self.pages.members[-it]) if it < 0 else 1 for it in there.tolist()], np.int64)
        return intervals, np.column_stack([told[counted], numbers[counted]]), sizes

    def _hear_counts(self, counts: Ints, sizes: Ints) -> None:
        """`counts`: rows, each with its place in the pages behind it."""
        scrap = []
        of_jobs = self.scheduled[counts[:, said.EVENT_WHAT] // said.PLACES - 1]
        counts, sizes = counts[of_jobs], sizes[of_jobs]
        order = np.argsort(counts[:, -1])
        for told, size in zip(counts[order].tolist(), sizes[order].tolist(), strict=True):
            at_us, what, good, bad, label, rework, row = told
            end = self.ends.setdefault(label, JobEnd(at_us, row))
            end.last_us, end.last_row, end.place, end.batch_size = at_us, row, what // said.PLACES - 1, size
            end.good, end.scrap, end.rework = end.good + good, end.scrap + bad, end.rework + rework
            if bad:
                scrap.append((at_us, label, bad, row))
        rows = self.pages.rows
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        for row in np.flatnonzero((kinds == said.TELLS_SKIP) | (kinds == said.TELLS_LIMIT)).tolist():
            at_us, what, pieces, _, label, follows = rows[row].tolist()
            if what % said.PLACES == said.TELLS_SKIP:
                self.ends[label] = JobEnd(at_us, row, good=pieces, was_begun=False)
            elif follows == more.SCRAPPED:
                self.ends[label] = JobEnd(at_us, row, scrap=pieces, was_begun=False)
                scrap.append((at_us, label, pieces, row))
            elif follows == more.SENT_BACK:
                self.ends[label] = JobEnd(at_us, row, rework=pieces, was_begun=False)
        self.scrap = np.array(scrap, np.int64).reshape(-1, 4)

    def _book(self) -> None:
        """What each interval that is over gave to its job orders, in a batch shared by quantity (largest remainder)."""
        it = self.intervals
        span = np.where(it.until_us < OPEN_US, it.until_us - it.since_us, 0)
        setup, run = span * _SETS_UP[it.state], span * _RUNS[it.state]
        given = (it.label != 0) & (it.until_us < OPEN_US) & ((setup > 0) | (run > 0) | (it.energy_wh != 0))
        alone, together = given & (it.label > 0), given & (it.label < 0)
        machine = [np.column_stack([it.until_us, it.place, it.label, setup, run, it.energy_wh, it.until_row])[alone]]
        works = (it.persons > 0) & (setup + run > 0)
        labour = [np.column_stack([it.until_us, it.persons, it.label, setup + run, it.until_row])[alone & works]]
        for n in np.flatnonzero(together).tolist():
            labels = self.pages.members[-int(it.label[n])]
            quantities = [self.quantity(label) for label in labels]
            shares = quantities if any(quantities) else [1] * len(labels)
            parts = [allocate(int(column[n]), shares) for column in (setup, run, it.energy_wh)]
            until_us, row = it.until_us[n], it.until_row[n]
            machine.append(np.array([(until_us, it.place[n], *them, row) for them in zip(labels, *parts, strict=True)], np.int64))
            if works[n]:
                worked = allocate(int(setup[n] + run[n]), shares)
                labour.append(np.array([(until_us, it.persons[n], *them, row) for them in zip(labels, worked, strict=True)], np.int64))
        self.machine, self.labour = np.concatenate(machine), np.concatenate(labour)


def effectiveness(of: Declared, work: Work, from_us: int, to_us: int) -> float | None:
    """Expected by real run time of the job orders that ended in a window (ISO 22400-2), as `plant_oee` has it."""
    ended = [
        (label, it) for label, it in work.ends.items()
        if it.was_begun and label not in work.unfinished and from_us <= it.last_us < to_us
    ]  # fmt: skip
    expected_us = math.fsum(
        of.step(label % said.STEPS_IN_A_LABEL).busy_us(it.pieces, of.places[it.place]) / it.batch_size for label, it in ended
    )
    theirs = np.isin(work.machine[:, 2], np.array([label for label, _ in ended], np.int64))
    run_us = int(work.machine[theirs & work.scheduled[work.machine[:, 1]], 4].sum())
    return expected_us / run_us if run_us else None
