"""Why a work unit, a line or a station stood: each stretch with what lies behind it upstream or downstream, the longest first."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import groupby

from twin.mes.equipment import StateInterval
from twin.mes.execution import JobOrder
from twin.model.problems import listed
from twin.results.explain.evidence import Evidence
from twin.results.explain.explanation import Explanation, spoken
from twin.results.explain.history import History
from twin.results.explain.rides import Rides
from twin.results.explain.span import Kind, Span, Tiling, cut, fitted
from twin.results.explain.waiting import classify


class Stretches:
    """Explanations of equipment."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self._history, self._rides = evidence, History(evidence), Rides(evidence)
        layout = evidence.plant.layout
        self._line_of = {station: name for name, line in layout.production_lines.items() for station in line.stations}
        self._stations = {name: list(line.stations) for name, line in layout.production_lines.items()}
        self._crew_of = {(name, it.reason): it.crew for name, its in evidence.plant.failures.items() for it in its if it.crew}
        self._maintenance = {(name, it.reason) for name, its in evidence.plant.maintenance.items() for it in its}
        self._crew_of |= {(name, it.reason): it.crew for name, its in evidence.plant.maintenance.items() for it in its if it.crew}
        self._starts: dict[str, list[tuple[int, JobOrder]]] = {}
        for job in evidence.job_orders.values():
            for visit in evidence.visits.get(job.job_order, ())[:1]:
                self._starts.setdefault(visit.equipment, []).append((visit.start_us, job))
        for starts in self._starts.values():
            starts.sort(key=lambda it: (it[0], it[1].job_order))

    def explain(self, equipment: str) -> Explanation:
        """How its time was spent from the start of the run to now."""
        evidence = self._evidence
        tiling = Tiling(evidence.start_us)
        for key, group in groupby(evidence.timeline(equipment, evidence.start_us, evidence.now_us), key=classify):
            its = list(group)
            tiling.lay(self._without_persons(equipment, self._span(equipment, key, its)))
        spans = tuple(tiling.spans)
        whole_us = max(1, evidence.now_us - evidence.start_us)
        sums: dict[str, int] = {}
        for span in spans:
            sums[span.cause] = sums.get(span.cause, 0) + span.duration_us
        facts = tuple(
            (cause, f"{spoken(sum_us)} ({sum_us / whole_us:.0%})") for cause, sum_us in sorted(sums.items(), key=lambda it: (-it[1], it[0]))
        )
        title = f"{equipment}: {spoken(whole_us)}"
        return Explanation(title=title, time_zone=evidence.plant.layout.time_zone, facts=facts, spans=spans, longest_first=True)

    # One stretch

    def _span(self, equipment: str, key: tuple[Kind, str], its: list[StateInterval]) -> Span:
        kind, reason = key
        whole = StateInterval(
            equipment=equipment, start_us=its[0].start_us, end_us=its[-1].end_us, state=its[0].state, reason=reason,
            job_order=its[0].job_order, person="",
        )  # fmt: skip
        jobs = list(dict.fromkeys(it.job_order for it in its if it.job_order))
        because: tuple[Span, ...] = ()
        is_vehicle = equipment in self._evidence.plant.vehicles
        if is_vehicle and kind != "failure":
            what = self._rides.told(its)
        elif kind == "idle" and equipment not in self._line_of:
            kind, what, because = self._idle(equipment, whole)
        elif equipment in self._line_of and kind in ("starved", "blocked"):
            what, because = f"{equipment} was {kind}", self._along_the_line(equipment, kind, whole)
        elif kind == "blocked":
            what, because = f"{equipment} could not get rid of {listed(jobs, 3)}", self._blocked(equipment, whole)
        elif kind == "failure":
            why = "in maintenance" if (equipment, reason) in self._maintenance else "down"
            what, because = f"{equipment} was {why}: {reason}", self._repair(equipment, whole)
        else:
            named: dict[Kind, str] = {
                "run": f"{equipment} ran {listed(jobs, 3)}", "setup": f"{equipment} was set up for {listed(jobs, 3)}",
                "off shift": f"{equipment} was off shift", "operator": f"{equipment} had nobody to go on with {listed(jobs, 3)}",
                "unknown": f"{equipment} had not reported yet", "idle": f"{equipment} had nothing to do",
            }  # fmt: skip
            what = named.get(kind, f"{equipment} stood: {reason or kind}")
        is_kept_up = (equipment, reason) in self._maintenance
        cause = (
            f"{'maintenance' if is_kept_up else 'down'}: {reason}" if kind == "failure" else reason if kind == "paused" and reason else kind
        )
        cause = reason.replace("_", " ") if is_vehicle and kind == "run" else cause
        return Span(
            start_us=whole.start_us, end_us=whole.end_us, kind=kind, what=what, cause=cause, equipment=equipment,
            job_order=its[0].job_order, because=because,
        )  # fmt: skip

    def _awaited(self, unit: str, end_us: int) -> JobOrder | None:
        """The job order that a unit began once it had nothing to do, or that has waited longest for it and was not begun by then."""
        starts = self._starts.get(unit, [])
        place = bisect_left(starts, end_us, key=lambda start: start[0])
        if place < len(starts):
            return starts[place][1]
        waiting = [
            job
            for job in self._evidence.job_orders.values()
            if self._evidence.mes.commands.can_do(job, unit)
            and job.ended_us < 0
            and 0 <= job.turn_us < end_us
            and not self._evidence.visits.get(job.job_order)
        ]
        return min(waiting, key=lambda job: (job.turn_us, job.job_order), default=None)

    def _idle(self, unit: str, it: StateInterval) -> tuple[Kind, str, tuple[Span, ...]]:
        """Nothing to do: what became of the lot that it started next."""
        job = self._awaited(unit, it.end_us)
        if job is None:
            return "idle", f"{unit} had nothing to do", ()
        if visits := self._evidence.visits.get(job.job_order):
            upstream = fitted(
                self._history.of_lot(job.lot, min(visits[0].start_us, it.end_us)),
                it.start_us,
                it.end_us,
                f"nobody had asked for {job.lot} yet",
                "release",
            )
            return "starved", f"{unit} did nothing until it began {job.job_order}", upstream
        spans = self._history.waiting.spans(job, unit, max(job.turn_us, it.start_us), it.end_us)
        what = f"{unit} did nothing, though {job.job_order} waits for it"
        return "starved", what, fitted(spans, it.start_us, it.end_us, f"{job.job_order} was not there yet")

    def _without_persons(self, unit: str, span: Span) -> list[Span]:
        """A stretch without work, and what of it was for want of persons: its lot was there, and nobody to begin it."""
        job = self._awaited(unit, span.end_us) if span.kind == "starved" and unit not in self._line_of else None
        tiling = Tiling(span.start_us)
        for it in span.because if job else ():
            if job and it.kind == "operator" and 0 <= job.turn_us <= it.start_us:
                tiling.lay([cut(span, span.start_us, it.start_us)])
                what = f"{unit} had nobody to begin {job.job_order}"
                nobody = replace(span, start_us=it.start_us, end_us=it.end_us, kind="operator", what=what, cause="operator", because=(it,))
                tiling.lay([nobody])
        tiling.lay([span])
        return tiling.spans

    def _blocked(self, unit: str, it: StateInterval) -> tuple[Span, ...]:
        """A finished lot found no place: what the equipment did that took a lot out of the storage in the end, or ought to."""
        jobs = (self._evidence.job_orders.get(job_order) for job_order in it.job_order.split("+"))
        following = next((job.after for job in jobs if job and job.after), None)
        if following is None:
            return ()
        ride = self._rides.to(following.job_order)
        if ride and ride.equipment == unit:
            return tuple(self._rides.meanwhile(ride, it.start_us, it.end_us))
        takers = self._evidence.takers(self._evidence.storage_of(following), it.end_us)
        taker = takers[0].equipment if takers else following.step.equipment[0]
        return tuple(self._history.waiting.for_unit(following, taker, it.start_us, it.end_us)) if taker != unit else ()

    def _repair(self, equipment: str, it: StateInterval) -> tuple[Span, ...]:
        """A failure or maintenance: first the wait for a crew that is at others, then what it does."""
        crew = self._crew_of.get((equipment, it.reason))
        if crew is None:
            return ()
        busy = [
            (down.end_us, other)
            for (other, reason), its_crew in self._crew_of.items()
            if other != equipment and its_crew == crew
            for down in self._evidence.mes.equipment.intervals(other, it.start_us, it.start_us + 1)
            if down.reason == reason and down.start_us < it.start_us
        ]
        size = self._evidence.plant.layout.repair_crews[crew].size
        tiling = Tiling(it.start_us)
        if len(busy) >= size:
            free_us, other = sorted(busy)[len(busy) - size]
            tiling.fill(min(free_us, it.end_us), "failure", f"its crew ({crew}) was at {other}", f"{crew} busy")
        done = "maintenance" if (equipment, it.reason) in self._maintenance else "repair"
        tiling.fill(it.end_us, "failure", done, f"{equipment}: {it.reason}")
        return tuple(tiling.spans)

    def _along_the_line(self, station: str, kind: Kind, it: StateInterval) -> tuple[Span, ...]:
        """What the next station upstream (starved) or downstream (blocked) did meanwhile, and so on along the line."""
        line = self._line_of[station]
        place = self._stations[line].index(station) + (-1 if kind == "starved" else 1)
        if not 0 <= place < len(self._stations[line]):
            return self._whole_line(line, it)
        other = self._stations[line][place]
        found = Tiling(it.start_us)
        for key, group in groupby(self._evidence.timeline(other, it.start_us, it.end_us), key=classify):
            its = list(group)
            other_kind, reason = key
            whole = StateInterval(
                equipment=other, start_us=its[0].start_us, end_us=its[-1].end_us, state=its[0].state, reason=reason, job_order="", person=""
            )
            because = self._along_the_line(other, kind, whole) if other_kind == kind else ()
            words = {"run": f"{other} worked", "failure": f"{other} was down: {reason}"}
            what = words.get(other_kind, f"{other} was {other_kind}")
            cause = f"{other}: {reason}" if other_kind == "failure" else f"{other} {other_kind}"
            span = Span(
                start_us=whole.start_us, end_us=whole.end_us, kind=other_kind, what=what, cause=cause, equipment=other, because=because
            )
            found.lay([span])
        return tuple(found.spans)

    def _whole_line(self, line: str, it: StateInterval) -> tuple[Span, ...]:
        """At the ends of a line: what the line as a whole did."""
        found = Tiling(it.start_us)
        for key, group in groupby(self._evidence.timeline(line, it.start_us, it.end_us), key=classify):
            its = list(group)
            words = {"run": f"all of {its[0].job_order} was fed", "setup": f"{line} was set up for {its[0].job_order}"}
            what = words.get(key[0], f"{line} was {key[0]}")
            found.fill(its[-1].end_us, "idle" if key[0] == "run" else key[0], what, f"{line} {key[0]}")
        return tuple(found.spans)
