"""Equipment with its working time, and what materials go through, as arrays for the kernels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.erp.capacity_plan.work import Step, rows_of
from twin.kernels.material_plan import timelines as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.timelines import Busy, Shop
from twin.model.calendars import Span, WorkTime, apart
from twin.model.personnel.staff import here
from twin.model.personnel.working_hours import WorkingHours
from twin.model.plant import Plant

ROOM_AT_FIRST = 256


class Hours:
    """When equipment works from one instant to another: by its calendar, and where persons stay all the time, while one is there."""

    def __init__(self, plant: Plant, from_us: int, to_us: int) -> None:
        self.from_us, self.to_us = from_us, to_us
        layout = plant.layout
        self._calendars: dict[str | None, WorkingHours] = {None: WorkingHours(None)}
        for name, it in layout.calendars.items():
            self._calendars[name] = WorkingHours.of([WorkTime(it, layout.time_zone)], from_us, to_us)
        self._layout, self._plant = layout, plant
        self._of: dict[str, WorkingHours] = {}

    def of_calendar(self, calendar: str | None) -> WorkingHours:
        return self._calendars[calendar]

    def of_calendars(self, calendars: Collection[str]) -> WorkingHours:
        """When at least one of them works."""
        spans = [span for name in sorted(calendars) for span in self._calendars[name].spans or []]
        return WorkingHours(apart(spans))

    def of(self, equipment: str) -> WorkingHours:
        """When a piece of equipment works."""
        if equipment not in self._of:
            self._of[equipment] = self._attended(equipment)
        return self._of[equipment]

    def spans(self, equipment: str) -> list[Span]:
        """The same, as spans within the time that is looked at."""
        spans = self.of(equipment).spans
        return [(self.from_us, self.to_us)] if spans is None else spans

    def _attended(self, equipment: str) -> WorkingHours:
        own = self._layout.work_units.get(equipment) or self._layout.production_lines[equipment]
        hours = self._calendars[own.calendar]
        needed = {
            it.personnel_class
            for name, it in self._layout.process_segments.items()
            if it.personnel_class and it.attended == "all" and equipment in self._plant.equipment_of(name)
        }
        if not needed:
            return hours
        calendars = {it.calendar for it in here(self._layout.persons).values() if needed & set(it.classes)}
        return hours.both(self.of_calendars(calendars))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The arrays of a shop, and which equipment each row is; materials are numbered by `material_at`."""

    equipment: tuple[str, ...]
    shop: Shop

    def busy(self, most: int = ROOM_AT_FIRST) -> Busy:
        """Nothing is taken yet."""
        count = len(self.equipment)
        return Busy(np.zeros(count, np.int64), np.zeros((count, most, 2), np.int64), np.zeros(1, np.int64))


def floor_of(steps: Mapping[str, Sequence[Step]], material_at: Sequence[str], spans: Mapping[str, Sequence[Span]]) -> Floor:
    """Arrays of equipment that works in `spans`."""
    equipment = tuple(spans)
    number = {name: n for n, name in enumerate(equipment)}
    hours = list(dict.fromkeys(tuple(it) for it in spans.values()))
    row = {it: n for n, it in enumerate(hours)}
    groups: dict[tuple[str, ...], int] = {}
    rows = []
    for name in material_at:
        for place, it in rows_of(steps.get(name, ())):
            group, of_step = groups.setdefault(it.equipment, len(groups)), steps[name][place]
            ways = len(of_step.ways) if it is of_step else 0
            rows.append((it.busy_lot_us, it.busy_piece_us, it.flow_lot_us, it.flow_piece_us, it.after_us, group, ways))
    shop = Shop(
        hours_of=np.array([row[tuple(spans[name])] for name in equipment], np.int64),
        span_from=_first(len(it) for it in hours),
        spans=np.array([line for it in hours for line in _counted(it)], np.int64).reshape(-1, 3),
        group_from=_first(len(it) for it in groups),
        group_equipment=np.array([number[name] for it in groups for name in it], np.int64),
        is_alike=np.array([len({tuple(spans[name]) for name in it}) <= 1 for it in groups], np.int64),
        seen=_first(len(it) for it in hours)[:-1],
        step_from=_first(len(rows_of(steps.get(name, ()))) for name in material_at),
        steps=np.array(rows, np.int64).reshape(-1, at.STEP_WIDTH),
    )
    return Floor(equipment=equipment, shop=shop)


def _counted(spans: Sequence[Span]) -> list[tuple[int, int, int]]:
    """Each span with the working time before it."""
    rows, worked = [], 0
    for start, end in spans:
        rows.append((start, end, worked))
        worked += end - start
    return rows


def _first(counts: Iterable[int]) -> Ints:
    """Where each of so many rows begins."""
    return np.concatenate([[0], np.cumsum(np.fromiter(counts, np.int64))]).astype(np.int64)


def grown(busy: Busy) -> Busy:
    """The same with twice the room."""
    count, most, _ = busy.rows.shape
    rows = np.zeros((count, 2 * most, 2), np.int64)
    rows[:, :most] = busy.rows
    return Busy(busy.counts.copy(), rows, np.zeros(1, np.int64))


def copied(busy: Busy) -> Busy:
    """The same, to try something out on."""
    return Busy(busy.counts.copy(), busy.rows.copy(), np.zeros(1, np.int64))


def in_instants(shop: Shop, busy: Busy, equipment: int) -> list[Span]:
    """What is taken of a piece of equipment, as spans of time: breaks and nights within are not taken."""
    first, last = shop.span_from[shop.hours_of[equipment] : shop.hours_of[equipment] + 2]
    spans = shop.spans[first:last].tolist()
    found, place = [], 0
    for begin, end in busy.rows[equipment, : busy.counts[equipment]].tolist():
        while place < len(spans) and spans[place][at.BEFORE] + spans[place][at.TO] - spans[place][at.FROM] <= begin:
            place += 1
        look = place
        while look < len(spans) and spans[look][at.BEFORE] < end:
            start, stop, before = spans[look]
            found.append((start + max(0, begin - before), min(stop, start + end - before)))
            look += 1
    return found
