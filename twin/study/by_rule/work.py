"""What the pages say of the work: which time and energy went into which job order, who worked on it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import step_rows as more
from twin.mes.equipment import HELD_STATES, RUN_STATES, SETUP_STATES, SUSPENDED_STATES, WORKING_STATES
from twin.model.measures import allocate
from twin.model.states import WorkUnitState
from twin.study.by_rule.pages import Ints, Pages

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

    def only(self, those: NDArray[np.bool_]) -> Intervals:
        """Some of them."""
        return Intervals(**{it.name: getattr(self, it.name)[those] for it in fields(self)})


@dataclass(slots=True)
class JobEnd:
    """What was counted of a job order."""

    last_us: int
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
    machine : one row for each part of an interval: instant, place, label, set-up us, run us, Wh
    labour : instant, number of the text with the names of the persons, label, us of each of them
    ends : by label, what has been counted
    scrap : instant, label, pieces
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

    def begun(self) -> dict[int, int]:
        """When each lot was first worked on, by serial."""
        it, first = self.intervals, dict[int, int]()
        starts = (it.label != 0) & _STARTS[it.state] & self.scheduled[it.place]
        singles = starts & (it.label > 0)
        serials, since = it.label[singles] // said.STEPS_IN_A_LABEL, it.since_us[singles]
        order = np.argsort(since, kind="stable")
        found, places = np.unique(serials[order], return_index=True)
        first = dict(zip(found.tolist(), since[order][places].tolist(), strict=True))
        for label, since_us in zip(it.label[starts & (it.label < 0)].tolist(), it.since_us[starts & (it.label < 0)].tolist(), strict=True):
            for member in self.pages.members[-label]:
                serial = member // said.STEPS_IN_A_LABEL
                first[serial] = min(since_us, first.get(serial, since_us))
        return first

    # Inside

    def _split(self) -> tuple[Intervals, Ints, Ints]:
        """The intervals, the counts of pieces, and how many job orders were together at each count."""
        rows = self.pages.rows
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        told = rows[(kinds == said.TELLS_STATE) | (kinds == said.TELLS_ENERGY) | (kinds == said.TELLS_COUNT)]
        places = told[:, said.EVENT_WHAT] // said.PLACES - 1
        order = np.argsort(places, kind="stable")
        told, places = told[order], places[order]
        kinds = told[:, said.EVENT_WHAT] % said.PLACES
        is_state = kinds == said.TELLS_STATE
        number = np.cumsum(is_state) - 1
        states = told[is_state]
        place = places[is_state]
        until = np.full(place.size, OPEN_US)
        until[:-1] = np.where(place[1:] == place[:-1], states[1:, said.EVENT_US], OPEN_US)
        idle = states[:, said.EVENT_A] == WorkUnitState.IDLE
        energy = np.zeros(place.size, np.int64)
        metered = kinds == said.TELLS_ENERGY
        np.add.at(energy, number[metered], told[metered, said.EVENT_A])
        label = np.where(idle, 0, states[:, said.EVENT_C])
        intervals = Intervals(
            place=place, since_us=states[:, said.EVENT_US], until_us=until, state=states[:, said.EVENT_A], label=label,
            persons=np.where(idle, 0, states[:, said.EVENT_D]), energy_wh=energy,
        )  # fmt: skip
        counted = kinds == said.TELLS_COUNT
        there = label[number[counted]]
        sizes = np.array([len(self.pages.members[-it]) if it < 0 else 1 for it in there.tolist()], np.int64)
        return intervals, told[counted], sizes

    def _hear_counts(self, counts: Ints, sizes: Ints) -> None:
        scrap = []
        of_jobs = self.scheduled[counts[:, said.EVENT_WHAT] // said.PLACES - 1]
        counts, sizes = counts[of_jobs], sizes[of_jobs]
        order = np.argsort(counts[:, said.EVENT_US], kind="stable")
        for row, size in zip(counts[order].tolist(), sizes[order].tolist(), strict=True):
            at_us, what, good, bad, label, rework = row
            end = self.ends.setdefault(label, JobEnd(at_us))
            end.last_us, end.place, end.batch_size = at_us, what // said.PLACES - 1, size
            end.good, end.scrap, end.rework = end.good + good, end.scrap + bad, end.rework + rework
            if bad:
                scrap.append((at_us, label, bad))
        rows = self.pages.rows
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        for at_us, _, pieces, _, label, _ in rows[kinds == said.TELLS_SKIP].tolist():
            self.ends[label] = JobEnd(at_us, good=pieces, was_begun=False)
        for at_us, _, pieces, _, label, follows in rows[kinds == said.TELLS_LIMIT].tolist():
            if follows == more.SCRAPPED:
                self.ends[label] = JobEnd(at_us, scrap=pieces, was_begun=False)
                scrap.append((at_us, label, pieces))
            elif follows == more.SENT_BACK:
                self.ends[label] = JobEnd(at_us, rework=pieces, was_begun=False)
        self.scrap = np.array(scrap, np.int64).reshape(-1, 3)

    def _book(self) -> None:
        """What each interval that is over gave to its job orders, in a batch shared by quantity (largest remainder)."""
        it = self.intervals
        span = np.where(it.until_us < OPEN_US, it.until_us - it.since_us, 0)
        setup, run = span * _SETS_UP[it.state], span * _RUNS[it.state]
        given = (it.label != 0) & (it.until_us < OPEN_US) & ((setup > 0) | (run > 0) | (it.energy_wh != 0))
        alone, together = given & (it.label > 0), given & (it.label < 0)
        machine = [np.column_stack([it.until_us, it.place, it.label, setup, run, it.energy_wh])[alone]]
        works = (it.persons > 0) & (setup + run > 0)
        labour = [np.column_stack([it.until_us, it.persons, it.label, setup + run])[alone & works]]
        for n in np.flatnonzero(together).tolist():
            labels = self.pages.members[-int(it.label[n])]
            quantities = [self.quantity(label) for label in labels]
            shares = quantities if any(quantities) else [1] * len(labels)
            parts = [allocate(int(column[n]), shares) for column in (setup, run, it.energy_wh)]
            machine.append(np.array([(it.until_us[n], it.place[n], *them) for them in zip(labels, *parts, strict=True)], np.int64))
            if works[n]:
                worked = allocate(int(setup[n] + run[n]), shares)
                labour.append(np.array([(it.until_us[n], it.persons[n], *them) for them in zip(labels, worked, strict=True)], np.int64))
        self.machine, self.labour = np.concatenate(machine), np.concatenate(labour)
