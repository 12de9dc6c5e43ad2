"""What is heard in the rows of a plant that is played by rule: where the time of its equipment goes, and what became of its orders.

The rows say what the events say, in numbers. They are read as they come, slice by slice, so that a run of years needs no more memory
than its orders do. What is told here is what MES and ERP would tell, to the last digit; a law holds it to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.mes.equipment import RUN_STATES, SETUP_STATES
from twin.mes.performance.time_model import FAILED_STATES
from twin.model.calendars import WorkTime
from twin.model.plant import Plant
from twin.model.states import WorkUnitState

Ints = NDArray[np.int64]

_RUNS, _SETS_UP, _FAILED = (np.isin(range(len(WorkUnitState)), list(states)) for states in (RUN_STATES, SETUP_STATES, FAILED_STATES))
"""By the number of a state."""


class PlannedTime:
    """When a piece of equipment is planned to be used within a window, as a function that grows by a microsecond in each of these."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts = np.array([start for start, _ in spans], dtype=np.int64)
        self._lengths = np.array([end - start for start, end in spans], dtype=np.int64)
        self._before = np.concatenate([[0], np.cumsum(self._lengths)])

    @property
    def whole_us(self) -> int:
        return int(self._before[-1])

    def until(self, at_us: Ints) -> Ints:
        """Planned time before each instant."""
        if not self._starts.size:
            return np.zeros_like(at_us)
        place = np.searchsorted(self._starts, at_us, side="right") - 1
        inside = np.minimum(at_us - self._starts[place], self._lengths[place])
        return np.where(place < 0, 0, self._before[np.maximum(place, 0)] + np.where(place < 0, 0, inside))


@dataclass(slots=True, kw_only=True)
class UnitTimes:
    """Where the time of one piece of equipment went, us, in the terms of ISO 22400."""

    equipment: str
    planned: PlannedTime
    run_us: int = 0
    setup_us: int = 0
    failed_us: int = 0  # held or aborted
    suspended_us: int = 0  # starved, blocked, nobody there
    unplanned_us: int = 0  # worked outside of its calendar
    maintained_us: int = 0  # within its calendar in maintenance that was planned

    @property
    def busy_us(self) -> int:
        """Planned busy time (PBT): the calendar, and what was worked outside of it, less planned down time."""
        return self.planned.whole_us + self.unplanned_us - self.maintained_us


@dataclass(slots=True, kw_only=True)
class HeardOrder:
    """One customer order. An order ships whole."""

    quantity: int
    confirmed_us: int
    due_us: int
    shipped_us: int = -1

    def late_by_us(self, now_us: int) -> int:
        """By how much it left later than due; one that is open as if it left now."""
        return max(0, (now_us if self.shipped_us < 0 else self.shipped_us) - self.due_us)


@dataclass(slots=True, kw_only=True)
class Counted:
    """Pieces that equipment has counted, of which ISO 22400 forms the quality ratio.

    What goes back, or is lost, since it has waited too long is not among the bad: no equipment made it so, here as in `Performance`.
    """

    good: int = 0
    scrap: int = 0
    rework: int = 0


@dataclass(slots=True)
class Heard:
    """The rows of a run so far. Times and counts are of the window from `from_us` to `to_us`, orders of the whole run."""

    units: list[UnitTimes]
    from_us: int
    to_us: int
    counted: Counted = field(default_factory=Counted)
    orders: dict[tuple[int, int], HeardOrder] = field(default_factory=dict)  # by origin and number
    fact_count: int = 0
    _open: Ints = field(default_factory=lambda: np.empty((0, said.EVENT_ROW), dtype=np.int64))  # the last state of each

    @classmethod
    def of(cls, plant: Plant, from_us: int, to_us: int) -> Heard:
        """Nothing heard yet."""
        layout = plant.layout
        calendars = {name: WorkTime(calendar, layout.time_zone) for name, calendar in layout.calendars.items()}

        def planned(calendar: str | None) -> PlannedTime:
            if calendar is None:
                return PlannedTime([(from_us, to_us)])
            return PlannedTime([(it.start_us, it.end_us) for it in calendars[calendar].intervals(from_us, to_us)])

        stations = {station: line.calendar for line in layout.production_lines.values() for station in line.stations}
        lines = {name: it.calendar for name, it in layout.production_lines.items()}
        vehicles = {name: fleet.calendar for name, fleet in plant.vehicles.items()}
        whose = {**{name: it.calendar for name, it in layout.work_units.items()}, **lines, **stations, **vehicles}
        return cls([UnitTimes(equipment=name, planned=planned(whose[name])) for name in plant.equipment], from_us, to_us)

    def take(self, rows: Ints) -> None:
        """Hear some rows more (int64[n, EVENT_ROW]), which follow those before."""
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        self.fact_count += int(np.count_nonzero((kinds != said.TELLS_SHIPMENT) & (kinds != said.TELLS_PURCHASE)))
        self._take_states(np.concatenate([self._open, rows[kinds == said.TELLS_STATE]]))
        counts = rows[(kinds == said.TELLS_COUNT) & (rows[:, said.EVENT_US] > self.from_us)]
        self.counted.good += int(counts[:, said.EVENT_A].sum())
        self.counted.scrap += int(counts[:, said.EVENT_B].sum())
        self.counted.rework += int(counts[:, said.EVENT_D].sum())
        for at_us, _, quantity, origin, n, due_us in rows[kinds == said.TELLS_ORDER].tolist():
            self.orders[origin, n] = HeardOrder(quantity=quantity, confirmed_us=at_us, due_us=due_us)
        for at_us, _, _, origin, n, _ in rows[kinds == said.TELLS_SHIPMENT].tolist():
            self.orders[origin, n].shipped_us = at_us

    def end(self) -> None:
        """The states that are open last to the end of the window."""
        closing = self._open.copy()
        closing[:, said.EVENT_US] = self.to_us
        self._take_states(np.concatenate([self._open, closing]))

    def _take_states(self, told: Ints) -> None:
        """Every state lasts until the next of the same equipment; the last of each stays open."""
        told = told[np.argsort(told[:, said.EVENT_WHAT], kind="stable")]
        ends = np.flatnonzero(np.diff(told[:, said.EVENT_WHAT], append=-1))
        begin = 0
        for end in ends.tolist():
            self._add(told[begin : end + 1])
            begin = end + 1
        self._open = told[ends]

    def _add(self, told: Ints) -> None:
        """The intervals of one piece of equipment."""
        unit = self.units[int(told[0, said.EVENT_WHAT]) // said.PLACES - 1]
        bounds = np.clip(told[:, said.EVENT_US], self.from_us, self.to_us)
        lengths, states = np.diff(bounds), told[:-1, said.EVENT_A]
        runs, sets_up = _RUNS[states], _SETS_UP[states]
        unit.run_us += int(lengths[runs].sum())
        unit.setup_us += int(lengths[sets_up].sum())
        unit.failed_us += int(lengths[_FAILED[states]].sum())
        unit.suspended_us += int(lengths[states == WorkUnitState.SUSPENDED].sum())
        works, in_calendar = runs | sets_up, np.diff(unit.planned.until(bounds))
        unit.unplanned_us += int((lengths - in_calendar)[works].sum())
        is_maintained = (states == WorkUnitState.STOPPED) & (told[:-1, said.EVENT_B] != said.OFF_SHIFT)  # by rule nothing else is stopped
        unit.maintained_us += int(in_calendar[is_maintained].sum())
