"""Kept sums: what was added up already, so that the figures of any window cost its two ends, however long it is.

Closed state intervals are summed by sixteens, and so are counts, for each piece of equipment and for each product; and what equipment did
in each shift that is over, as calendars tile time. A window takes whole places from here and adds up what is left at its two ends. All
of it adds up without rounding (`indicators.exact`), so it is the same to the last bit as if every interval were gone through.

A late fact makes us forget the sums of its equipment from its place on. So does what changes about a job order after it was summed: its
quantity, or that an operation follows it after all. They are summed again when the equipment says something next.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from twin.mes.equipment import Count, Equipment, EquipmentRecord, StateInterval
from twin.mes.execution import ENDED, Execution
from twin.mes.performance.adding import Adding
from twin.mes.performance.indicators import Sums
from twin.mes.performance.kept.running import Running
from twin.mes.performance.kept.shifts import ShiftWindow, Tile, Tiles
from twin.mes.performance.time_model import APT, ASUT, UNKNOWN, category_of, failure_of
from twin.model.calendars import Span
from twin.model.events import (
    CountCorrected,
    CountObserved,
    DispositionCarriedOut,
    EquipmentStateChanged,
    JobOrderCompleted,
    JobOrderCreated,
    LotSplit,
    OperationsEvent,
    StopReasonCorrected,
)
from twin.model.events.genealogy import LotMergedInProcess

EACH = 16  # intervals or counts that are summed together: what an end of a window costs at most
Thing = TypeVar("Thing", StateInterval, Count)


class _OfEquipment:
    """What is kept of one piece of equipment."""

    __slots__ = ("counted", "counts", "delays", "lost", "products", "shifts", "states")

    def __init__(self) -> None:
        self.states: Running[str] = Running()  # all under one name
        self.delays: Running[tuple[str, str]] = Running()
        self.products: Running[str] = Running()
        self.counts: Running[str] = Running()
        self.counted: Running[str] = Running()  # by product
        self.lost: Running[str] = Running()  # by reason
        self.shifts: Running[str] = Running()

    def forget_intervals(self, place: int) -> None:
        for it in (self.states, self.delays, self.products):
            it.forget(place)

    def forget_counts(self, place: int) -> None:
        for it in (self.counts, self.counted, self.lost):
            it.forget(place)


class KeptSums:
    """Goes along with what Level 2 reports, and is asked before the reports change anything."""

    def __init__(self, equipment: Equipment, execution: Execution, adding: Adding, tiles: Mapping[str | None, Tiles]) -> None:
        self._equipment, self._execution, self._adding, self._tiles = equipment, execution, adding, tiles
        self._of: defaultdict[str, _OfEquipment] = defaultdict(_OfEquipment)
        self._seen: dict[str, tuple[str, ...]] = {}  # job order -> equipment of which kept sums speak of it
        self._alone: dict[str, tuple[str, ...]] = {}  # one such tuple for each piece of equipment
        self._created = ""  # the job order that was created last, if it was not looked yet what it follows
        self.rules: dict[type[OperationsEvent], Callable[[Any], None]] = {  # all that it hears
            EquipmentStateChanged: self._state_changes,
            CountObserved: self._is_counted,
            CountCorrected: self._correct_count,
            StopReasonCorrected: self._correct_reason,
            JobOrderCreated: self._create,
            JobOrderCompleted: self._complete,
            LotMergedInProcess: self._merge,
            LotSplit: self._split,
            DispositionCarriedOut: self._take_out,
        }

    def hearing(self, kind: type[OperationsEvent]) -> list[Callable[[Any], None]]:
        """What hears an event of a class, in order: it keeps what is closed and known, and forgets what the event will change."""
        rules = [rule for heard, rule in self.rules.items() if issubclass(kind, heard)]
        return [self._settle_before, *rules] if rules else []

    def _settle_before(self, _: OperationsEvent) -> None:
        if self._created:
            self.settle()

    # To be asked

    def settle(self) -> None:
        """Look what the job order that was created last follows: it was the last operation of its lot, and is not any more."""
        if self._created:
            job, self._created = self._execution.job_orders.get(self._created), ""
            if job and job.before:
                self._doubt(job.before.job_order)

    def count_of(self, equipment: str) -> int:
        """State intervals of which there are sums."""
        return self._of[equipment].states.done * EACH

    def add_equipment(self, sums: Sums, record: EquipmentRecord, planned: list[Span], from_us: int, to_us: int) -> None:
        """Add what a piece of equipment did and counted in a window in which its calendar plans `planned`."""
        kept, intervals = self._of[record.equipment], record.intervals
        first, after_last = _touching(record, from_us, to_us)
        opened = [record.open_interval(to_us)] if record.first_us >= 0 and record.since_us < to_us else []
        known_from_us = intervals[first].start_us if first < after_last else opened[0].start_us if opened else to_us
        self._adding.add_planned(sums, planned, known_from_us)
        whole, until = _whole(first + 1, after_last - 1, kept.states.done)
        for begin, end in ((first, whole * EACH), (until * EACH, after_last)) if whole < until else ((first, after_last),):
            before = self._failure_before(record, begin) if begin > first else ""
            its = intervals[begin:end] if end < after_last else intervals[begin:end] + opened
            its = self._equipment.in_pieces(record.equipment, its)
            self._adding.add_intervals(sums, its, planned, from_us, to_us, before)
        for _, values in kept.states.between(whole, until):
            sums.add(values)
        for delay, (lost_us,) in kept.delays.between(whole, until):
            if lost_us:
                sums.delays[delay] += lost_us
        first, after_last = _counted(record, from_us, to_us)
        whole, until = _whole(first, after_last, kept.counts.done)
        for count in _ends(record.counts, first, after_last, whole, until):
            self._adding.add_count(sums, record.equipment, count)
        for _, values in kept.counts.between(whole, until):
            sums.add(values)
        for reason, (pieces,) in kept.lost.between(whole, until):
            if pieces:
                sums.lost[reason] = sums.lost.get(reason, 0) + pieces

    def add_products(self, found: dict[str, Sums], record: EquipmentRecord, from_us: int, to_us: int) -> None:
        """Add to each product what a work unit or line did for it in a window."""
        kept, name = self._of[record.equipment], record.equipment
        first, after_last = _touching(record, from_us, to_us)
        whole, until = _whole(first + 1, after_last - 1, kept.products.done)
        its = _ends(record.intervals, first, after_last, whole, until)
        if record.first_us >= 0 and record.since_us < to_us:
            its.append(record.open_interval(to_us))
        for it in self._equipment.in_pieces(name, its):
            self._adding.share_interval(found, it, from_us, to_us, "material")
        first, after_last = _counted(record, from_us, to_us)
        counts_whole, counts_until = _whole(first, after_last, kept.counted.done)
        for count in _ends(record.counts, first, after_last, counts_whole, counts_until):
            self._adding.share_count(found, name, count, "material")
        for running, begin, end in ((kept.products, whole, until), (kept.counted, counts_whole, counts_until)):
            for product, values in running.between(begin, end):
                if product in found:
                    found[product].add(values)

    def add_shifts(self, found: Mapping[str, Sums], record: EquipmentRecord, window: ShiftWindow) -> None:
        """Add to each shift what a work unit or line did in a window."""
        shifts = self._of[record.equipment].shifts
        until = min(window.at + window.count, shifts.done)
        for shift, values in shifts.between(window.at, until):
            found[shift].add(values)
        behind = window.first + max(0, until - window.at)
        spans = self._equipment.out_of_use.get(record.equipment, ())
        is_cut = bool(record.planned_down(record.state, record.reason)) or any(it.until_us > record.since_us for it in spans)
        still = len(window.tiles) if record.energy_wh or is_cut else max(behind, window.first_after(record.since_us))
        for tile in (*window.tiles[: window.first], *window.tiles[behind:still]):
            self._add_tile(found[tile[2]], record, tile)
        if still < len(window.tiles):
            self._add_still(found, record, window, still)

    # What will change

    def _state_changes(self, event: EquipmentStateChanged) -> None:
        if record := self._equipment.records.get(event.equipment):
            self._states(record, event.effective_us)

    def _is_counted(self, event: CountObserved) -> None:
        if record := self._equipment.records.get(event.equipment):
            self._counts(record, event.effective_us)

    def _correct_count(self, event: CountCorrected) -> None:
        if record := self._equipment.records.get(event.equipment):
            self._forget_counts(record, event.counted_us)

    def _correct_reason(self, event: StopReasonCorrected) -> None:
        if record := self._equipment.records.get(event.equipment):
            self._forget_states(record, event.since_us)

    def _create(self, event: JobOrderCreated) -> None:
        self._doubt(event.job_order)
        self._created = event.job_order

    def _complete(self, event: JobOrderCompleted) -> None:
        job = self._execution.job_orders.get(event.job_order)
        if job and job.after:
            self._doubt(job.after.job_order)

    def _merge(self, event: LotMergedInProcess) -> None:
        for job in self._execution.jobs_of(event.lot):
            if job.status not in ENDED:
                self._doubt(job.job_order)

    def _split(self, event: LotSplit) -> None:
        for job in (*self._execution.jobs_of(event.from_lot), *self._execution.jobs_of(event.lot)):
            if job.status not in ENDED or job.lot == event.lot:  # what has ended keeps its pieces
                self._doubt(job.job_order)

    def maintained(self, equipment: str, at_us: int) -> None:
        """Maintenance by persons has changed what its states mean, from then on."""
        self._forget_states(self._equipment.records[equipment], at_us)

    def _take_out(self, event: DispositionCarriedOut) -> None:
        for job in self._execution.jobs_of(event.lot):
            if job.status not in ENDED:
                self._doubt(job.job_order)

    # Inside

    def _failure_before(self, record: EquipmentRecord, place: int) -> str:
        """What failed at the end of the interval before one."""
        return failure_of(self._equipment.in_pieces(record.equipment, [record.intervals[place - 1]])[-1])

    def _add_tile(self, sums: Sums, record: EquipmentRecord, tile: Tile) -> None:
        """Add what a work unit or line did and counted in a shift, gone through one by one."""
        start, end, _ = tile
        planned, intervals = self._tiles[record.calendar].planned(tile), self._equipment.intervals(record.equipment, start, end)
        self._adding.add_planned(sums, planned, intervals[0].start_us if intervals else end)
        self._adding.add_intervals(sums, intervals, planned, start, end)
        for count in self._equipment.counts(record.equipment, start, end):
            self._adding.add_count(sums, record.equipment, count)

    def _add_still(self, found: Mapping[str, Sums], record: EquipmentRecord, window: ShiftWindow, first: int) -> None:
        """Add the shifts from tile number `first` on, in which the open state has not changed, or no state is known at all."""
        it, begin_us, end_us = record.open_interval(record.since_us), window.tiles[first][0], window.tiles[-1][1]
        category = category_of(it) if record.first_us >= 0 else UNKNOWN
        for shift, length_us in window.lengths_us(first):
            sums, planned_us = found[shift], length_us if window.of.planned((0, 0, shift)) else 0
            sums.pbt += planned_us
            sums.spend(category, length_us if category in (APT, ASUT) else planned_us)
            if category in (APT, ASUT):
                sums.pbt += length_us - planned_us
                sums.work += length_us * len(record.persons)
            if failure_of(it):
                sums.repair += length_us
        for count in self._equipment.counts(record.equipment, begin_us, end_us):
            self._adding.add_count(found[window.shift_at(count.at_us)], record.equipment, count)

    def _states(self, record: EquipmentRecord, at_us: int) -> None:
        """A state will be reported: what lies behind the open one is closed, unless this comes late."""
        kept = self._of[record.equipment]
        if record.first_us >= 0 and at_us < record.since_us:
            self._forget_states(record, at_us)
            return
        while len(record.intervals) >= (kept.states.done + 1) * EACH:
            self._keep_intervals(record, kept)
        if not record.is_scheduled or record.first_us < 0:
            return
        tiles = self._tiles[record.calendar]
        tiles.look(record.since_us)
        while kept.shifts.done < len(tiles.known) and tiles.ends_us[kept.shifts.done] < record.since_us:
            start, end, shift = tile = tiles.known[kept.shifts.done]
            sums = Sums()
            self._add_tile(sums, record, tile)
            kept.shifts.keep({shift: sums.values()})
            self._see(record, self._equipment.intervals(record.equipment, start, end), self._equipment.counts(record.equipment, start, end))

    def _forget_states(self, record: EquipmentRecord, at_us: int) -> None:
        place = bisect_right(record.intervals, at_us, key=_end_us)
        self._of[record.equipment].forget_intervals(place // EACH)
        held = record.intervals[place : place + 1]
        self._forget_shifts(record, min([at_us, *(it.start_us for it in held)]))

    def _forget_counts(self, record: EquipmentRecord, at_us: int) -> None:
        self._of[record.equipment].forget_counts(bisect_left(record.counts, at_us, key=_at_us) // EACH)
        if record.is_scheduled:
            self._forget_shifts(record, at_us - 1)

    def _counts(self, record: EquipmentRecord, at_us: int) -> None:
        """Pieces will be counted: what was counted before is known, unless this comes late."""
        kept = self._of[record.equipment]
        if record.is_scheduled:
            self._forget_shifts(record, at_us - 1)  # what is counted when a shift ends is of that shift
        if record.counts and at_us < record.counts[-1].at_us:
            kept.forget_counts(bisect_right(record.counts, at_us, key=_at_us) // EACH)
            return
        while len(record.counts) >= (kept.counts.done + 1) * EACH:
            counts = record.counts[kept.counts.done * EACH : (kept.counts.done + 1) * EACH]
            sums, found = Sums(), defaultdict[str, Sums](Sums)
            for count in counts:
                self._adding.add_count(sums, record.equipment, count)
                if record.is_scheduled and (job := self._execution.job_orders.get(count.job_order)):
                    self._adding.share_count({job.material: found[job.material]}, record.equipment, count, "material")
            kept.counts.keep({"": sums.values()})
            kept.counted.keep({name: it.values() for name, it in found.items()})
            kept.lost.keep({reason: (pieces,) for reason, pieces in sums.lost.items()})
            self._see(record, [], counts)

    def _keep_intervals(self, record: EquipmentRecord, kept: _OfEquipment) -> None:
        begin = kept.states.done * EACH
        its = record.intervals[begin : begin + EACH]
        from_us, to_us = its[0].start_us, its[-1].end_us
        its = self._equipment.in_pieces(record.equipment, its)
        sums, found = Sums(), defaultdict[str, Sums](Sums)
        before = self._failure_before(record, begin) if begin else ""
        self._adding.add_intervals(sums, its, self._adding.planned(record.calendar, from_us, to_us), from_us, to_us, before)
        for it in its if record.is_scheduled else ():
            of = {job.material: found[job.material] for job in self._adding.jobs_of(it)[0]}
            self._adding.share_interval(of, it, from_us, to_us, "material")
        kept.states.keep({"": sums.values()})
        kept.delays.keep({delay: (lost_us,) for delay, lost_us in sums.delays.items()})
        kept.products.keep({name: it.values() for name, it in found.items()})
        self._see(record, its, [])

    def _forget_shifts(self, record: EquipmentRecord, from_us: int) -> None:
        self._of[record.equipment].shifts.forget(bisect_right(self._tiles[record.calendar].ends_us, from_us))

    def _see(self, record: EquipmentRecord, intervals: Iterable[StateInterval], counts: Iterable[Count]) -> None:
        """Kept sums of this equipment speak of these job orders."""
        name = record.equipment
        alone = self._alone.setdefault(name, (name,))
        for job_orders in [*(it.job_order for it in intervals), *(it.job_order for it in counts)]:
            for job_order in job_orders.split("+") if job_orders else ():
                known = self._seen.setdefault(job_order, alone)
                if name not in known:
                    self._seen[job_order] = (*known, name)

    def _doubt(self, job_order: str) -> None:
        """What was summed of a job order may not be so any more: forget it, from the first time that it was there."""
        for name in self._seen.pop(job_order, ()):
            record, kept = self._equipment.records[name], self._of[name]
            interval = next((n for n, it in enumerate(record.intervals) if job_order in it.job_order.split("+")), None)
            count = next((n for n, it in enumerate(record.counts) if it.job_order == job_order), None)
            if interval is not None:
                kept.forget_intervals(interval // EACH)
                self._forget_shifts(record, record.intervals[interval].start_us)
            if count is not None:
                kept.forget_counts(count // EACH)
                self._forget_shifts(record, record.counts[count].at_us - 1)


def _end_us(it: StateInterval) -> int:
    return it.end_us


def _start_us(it: StateInterval) -> int:
    return it.start_us


def _at_us(it: Count) -> int:
    return it.at_us


def _touching(record: EquipmentRecord, from_us: int, to_us: int) -> tuple[int, int]:
    """The first closed interval that lies in the window, and the first after it that does not."""
    return bisect_right(record.intervals, from_us, key=_end_us), bisect_left(record.intervals, to_us, key=_start_us)


def _counted(record: EquipmentRecord, from_us: int, to_us: int) -> tuple[int, int]:
    """The first count that was made in the window, and the first after it that was not."""
    return bisect_right(record.counts, from_us, key=_at_us), bisect_right(record.counts, to_us, key=_at_us)


def _whole(first: int, after_last: int, done: int) -> tuple[int, int]:
    """The kept places that hold nothing but things from `first` up to, not including, `after_last`; (0, 0) if there are none."""
    whole, until = -(-first // EACH), min(after_last // EACH, done)
    return (whole, until) if whole < until else (0, 0)


def _ends(things: list[Thing], first: int, after_last: int, whole: int, until: int) -> list[Thing]:
    """What of a window's things lies before the kept places that it takes, and behind them."""
    return things[first : whole * EACH] + things[until * EACH : after_last] if whole < until else things[first:after_last]
