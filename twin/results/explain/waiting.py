"""What a job order waited for: material, its work unit (busy, down, off shift, blocked), somebody to do it, a full batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby, pairwise

from twin.mes.equipment import HELD_STATES, SETUP_STATES, STOPPED_STATES, SUSPENDED_STATES, WORKING_STATES, StateInterval
from twin.mes.execution import JobOrder
from twin.mes.performance.time_model import FAILED_STATES
from twin.model.materials import needed
from twin.model.problems import listed
from twin.model.states import WorkUnitState
from twin.results.explain.evidence import Evidence
from twin.results.explain.span import Kind, Span, Tiling

OFF_SHIFT, ON_BREAK = "off shift", "on a break"
AWAY = (OFF_SHIFT, ON_BREAK)
Supply = Callable[[str, str, int, int, int], tuple[Span, ...]]
"""Where a material was in a window, as spans that tile it. Asked with the material, the request that needs it, the window, its arrival."""


def classify(interval: StateInterval) -> tuple[Kind, str]:
    """What an interval of a piece of equipment was, and why."""
    state, reason = interval.state, interval.reason
    if state in WORKING_STATES or (state in SETUP_STATES and interval.job_order):
        return ("setup" if state in SETUP_STATES else "run"), reason
    if reason == "off_shift":
        return "off shift", reason
    if interval.is_commanded:
        return "paused", reason
    if state in FAILED_STATES or (state in STOPPED_STATES and reason):
        return "failure", reason or ("held" if state in HELD_STATES else "aborted")
    if state in SUSPENDED_STATES:
        known: dict[str, Kind] = {"blocked": "blocked", "starved": "starved", "no_operator": "operator"}
        return known.get(reason, "paused"), reason
    return ("unknown" if state == WorkUnitState.UNKNOWN else "idle"), reason


class Waiting:
    """Answers for one job order at a time; keeps nothing."""

    def __init__(self, evidence: Evidence, supply: Supply) -> None:
        self._evidence, self._supply = evidence, supply
        self._persons = evidence.plant.layout.persons

    def spans(self, job: JobOrder, unit: str, from_us: int, to_us: int) -> list[Span]:
        """Why `job`, whose lot was there, was not yet started on `unit` in [from_us, to_us); spans that tile it."""
        tiling = Tiling(from_us)
        for start_us, end_us, arrival_us, material in self._missing(job, from_us, to_us):
            if start_us > tiling.at_us:
                tiling.lay(self.for_unit(job, unit, tiling.at_us, start_us))
            what, cause = f"waited for material: {material} was missing", f"{material} missing"
            because: tuple[Span, ...] = ()
            if self._evidence.level(material, start_us) >= needed(self._evidence.mes.tracking.bill(job.material)[material], job.quantity):
                what, cause = f"waited for material: {material} was on hold", f"{material} on hold"
            else:
                what += self._instead(job, material, start_us, end_us) + self._awaited(job, material, start_us, arrival_us)
                because = self._supply(material, job.request, start_us, end_us, arrival_us)
            tiling.lay([Span(start_us=start_us, end_us=end_us, kind="material", what=what, cause=cause, because=because)])
        if to_us > tiling.at_us:
            tiling.lay(self.for_unit(job, unit, tiling.at_us, to_us))
        return tiling.spans

    def for_unit(self, job: JobOrder, unit: str, from_us: int, to_us: int) -> list[Span]:
        """What `unit` did while `job` waited for it."""
        tiling = Tiling(from_us)
        place = unit if len(job.step.equipment) == 1 else f"{job.work_center} ({unit})"
        for key, group in groupby(self._evidence.timeline(unit, from_us, to_us), key=self._key):
            its = list(group)
            start_us, end_us = its[0].start_us, its[-1].end_us
            if key[0] == "idle":
                tiling.lay(self._while_idle(job, unit, start_us, end_us))
                continue
            kind, what, cause = self._in_words(key, its, unit, place)
            tiling.lay([Span(start_us=start_us, end_us=end_us, kind=kind, what=what, cause=cause, equipment=unit)])
        return tiling.spans

    @staticmethod
    def _key(interval: StateInterval) -> tuple[Kind, str]:
        """Work on other job orders is one wait, however many they are; every failure is one of its own."""
        kind, reason = classify(interval)
        return ("queue", "") if kind in ("run", "setup") else (kind, reason)

    def _in_words(self, key: tuple[Kind, str], its: list[StateInterval], unit: str, place: str) -> tuple[Kind, str, str]:
        kind, reason = key
        jobs = list(dict.fromkeys(job for it in its for job in it.job_order.split("+") if job))
        match kind:
            case "queue":
                return "queue", f"waited for {unit}, busy with {listed(jobs, 3)}", f"{place} busy"
            case "failure":
                units = self._evidence.plant.layout.work_units
                is_kept_up = unit in units and any(it.reason == reason for it in units[unit].maintenance)
                return "failure", f"waited for {unit}, {'in maintenance' if is_kept_up else 'down'}: {reason}", f"{unit}: {reason}"
            case "off shift":
                return "off shift", f"waited for the shift of {unit}", f"{place} off shift"
            case "operator":
                return "operator", f"waited for {unit}, which had nobody to go on with {listed(jobs, 3)}", f"nobody at {place}"
            case "blocked":
                return "blocked", f"waited for {unit}, which could not get rid of {listed(jobs, 3)}", f"{unit} blocked"
            case "unknown":
                return "unknown", f"{unit} had not reported yet", f"{unit} silent"
        return "paused", f"waited for {unit}, which stood: {reason or kind}", f"{place} stood"

    # Material

    def _missing(self, job: JobOrder, from_us: int, to_us: int) -> list[tuple[int, int, int, str]]:
        """When there was too little of a component: from, until, when enough of it came, component; apart and in order.

        Found from the end: at every instant the component counts that came last. Where it came later than the stretch ends, another
        one was missing still longer.
        """
        lot = self._evidence.mes.tracking.lots.get(job.lot)
        bill = self._evidence.mes.tracking.issuing.bill(job.material, job.lot)
        if not bill or not job.step.is_first or lot is None or lot.from_lot:
            return []
        all_missing = [
            (start_us, end_us, material)
            for material, each in bill.items()
            for start_us, end_us in self._short(material, needed(each, job.quantity), from_us, to_us)
        ]
        found: list[tuple[int, int, int, str]] = []
        at_us = to_us
        while ahead := [it for it in all_missing if it[0] < at_us]:
            start_us, arrival_us, material = max(ahead, key=lambda it: (min(it[1], at_us), it[1]))
            found.append((start_us, min(arrival_us, at_us), arrival_us, material))
            at_us = start_us
        return found[::-1]

    def _short(self, material: str, needed: int, from_us: int, to_us: int) -> list[tuple[int, int]]:
        """Stretches of [from_us, to_us) with less than `needed` of a material on hand and not on hold."""
        moves = {move.at_us for move in self._evidence.movements(material, from_us, to_us)}
        moves |= {at_us for at_us in self._evidence.mes.quality.holds.since_us.values() if from_us < at_us}
        found: list[tuple[int, int]] = []
        for start_us, end_us in pairwise(sorted({from_us, to_us, *(at_us for at_us in moves if at_us < to_us)})):
            if self._evidence.level(material, start_us) - self._evidence.held(material, start_us) < needed:
                if found and found[-1][1] == start_us:
                    found[-1] = (found[-1][0], end_us)
                else:
                    found.append((start_us, end_us))
        return found

    def _instead(self, job: JobOrder, material: str, from_us: int, to_us: int) -> str:
        """Who took of a material while `job` waited for it: of what was made for its own request, else of what lay there."""
        lots, requests = self._evidence.mes.tracking.lots, self._evidence.erp.requests.requests
        own, others = list[str](), list[str]()
        for lot, takers in self._evidence.taken(material, from_us, to_us).items():
            made = requests.get(lots[lot].request)
            if went := dict.fromkeys(lots[it].request or it for it in takers if lots[it].request != job.request):
                is_own = made is not None and made.parent == job.request
                (own if is_own else others).append(f"{f'its own, {lot},' if is_own else lot} went to {listed(went, 3)}")
        return "".join(f"; {it}" for it in (own or others)[:2])

    def _awaited(self, job: JobOrder, material: str, from_us: int, arrival_us: int) -> str:
        """Which lot it was that came at last, or which request is still to give it; "" of what is bought, of which its order is told."""
        lots, requests = self._evidence.mes.tracking.lots, self._evidence.erp.requests.requests
        came = self._evidence.came(material, from_us, arrival_us)
        if came and not lots[came].made_here:
            return ""
        request = requests.get(lots[came].request) if came else self._evidence.to_come(material, job.request)
        name = came or (request.request if request else "")
        if not name:
            return ""
        whose = f", for {request.order}" if request and request.order and request.parent != job.request else ""
        return f"; what {'came' if came else 'is to come'} is {name}{whose}"

    # A work unit that stands ready

    def _while_idle(self, job: JobOrder, unit: str, from_us: int, to_us: int) -> Iterable[Span]:
        """Why a job order was not started on a unit that had nothing to do: it was kept free, a tool was missing, nobody was there."""
        wanted = job.step.personnel_class or ""
        batch = self._evidence.plant.layout.work_units[unit].batch if unit in self._evidence.plant.layout.work_units else None
        bounds = {from_us, to_us, *(at_us for at_us in self._evidence.instants_of(job, unit) if from_us < at_us < to_us)}
        if wanted:
            bounds |= {*self._personnel_bounds(wanted, from_us, to_us)}
        pieces, nobody = Tiling(from_us), _Nobody()
        for start_us, end_us in pairwise(sorted(bounds)):
            missing = self._not_ready(job, unit, start_us)
            where = self._whereabouts(wanted, start_us) if wanted and not missing else None
            if where is not None and None not in where.values():
                if not nobody.goes_on(where):
                    nobody.tell(pieces, start_us, wanted, unit)
                nobody.add(where)
                continue
            nobody.tell(pieces, start_us, wanted, unit)
            if missing:
                pieces.fill(end_us, *missing)
            elif batch and batch.maximum > 1:
                pieces.fill(end_us, "batch", f"waited for the batch on {unit} to fill", f"{unit}: batch not full")
            else:
                pieces.fill(end_us, "idle", f"{unit} stood ready, and it was not started", f"{unit} not started")
        nobody.tell(pieces, to_us, wanted, unit)
        return pieces.spans

    def _not_ready(self, job: JobOrder, unit: str, at_us: int) -> tuple[Kind, str, str] | None:
        """What of the lot, the unit and the tools was not there."""
        mes = self._evidence.mes
        why = mes.tracking.restricted.get(job.lot, "")
        if why and mes.quality.holds.since_us.get(job.lot, at_us) <= at_us:
            return "paused", f"lot {job.lot} was on hold: {why}", f"lot of {job.material} on hold"
        if maintenance := self._evidence.kept_free(unit, at_us):
            return "failure", f"waited for {unit}, kept free for {maintenance}", f"{unit}: {maintenance}"
        if reserved := self._evidence.reserved(job, unit, at_us):
            return "paused", f"waited for {unit}, reserved for {reserved}", f"{unit} reserved"
        for kind in mes.tool_room.kinds_for(job):
            where = [self._whereabouts_of(tool, jobs, at_us) for tool, jobs in self._evidence.users(kind).items()]
            if all(where):
                return "paused", f"waited for a tool {kind}: {', '.join(where)}", f"tool {kind} missing"
        return None

    def _whereabouts_of(self, tool: str, jobs: list[JobOrder], at_us: int) -> str:
        """Who had a tool, or that it was worn out; "" if it was free."""
        user = next((it for it in jobs if it.started_us <= at_us and (it.ended_us < 0 or at_us < it.ended_us)), None)
        if user:
            return f"{tool} was at {user.equipment} for {user.job_order}"
        is_worn = self._evidence.mes.tool_room.tools[tool].is_worn and all(it.ended_us <= at_us for it in jobs)
        return f"{tool} was worn out" if is_worn else ""

    def _personnel_bounds(self, wanted: str, from_us: int, to_us: int) -> Iterable[int]:
        """Instants at which somebody of a class comes or goes."""
        work_times = self._evidence.mes.calendars.of_persons
        for name, person in self._persons.items():
            if wanted in person.classes:
                for shift in work_times[name].intervals(from_us, to_us):
                    yield from (shift.start_us, shift.end_us)
                for it in self._evidence.work_of(name, from_us, to_us):
                    yield from (at_us for at_us in (it.start_us, it.end_us) if from_us < at_us < to_us)

    def _whereabouts(self, wanted: str, at_us: int) -> dict[str, str | None]:
        """Where everybody of a class was: a piece of equipment, off shift or on a break; None free."""
        found: dict[str, str | None] = {}
        for name, person in self._persons.items():
            if wanted in person.classes:
                if not self._evidence.mes.personnel.is_on_shift(name, at_us):
                    paused = self._evidence.mes.calendars.of_persons[name].breaks(at_us, at_us + 1)
                    found[name] = ON_BREAK if paused else OFF_SHIFT
                    continue
                found[name] = next((it.equipment for it in self._evidence.work_of(name, at_us, at_us + 1)), None)
        return found


class _Nobody:
    """A stretch with nobody free: one sentence as long as the same persons are away. Those at work may go from place to place."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] | None = None  # by person, in the order of time; or the one way in which he is away

    def goes_on(self, where: dict[str, str | None]) -> bool:
        """Whether what is so now is of the same stretch."""
        were_away = {name: next((it for it in places if it in AWAY), "") for name, places in (self._places or {}).items()}
        return were_away == {name: it if it in AWAY else "" for name, it in where.items()}

    def add(self, where: dict[str, str | None]) -> None:
        self._places = self._places or {}
        for name, place in where.items():
            self._places.setdefault(name, {}).update({place: None} if place else {})

    def tell(self, pieces: Tiling, until_us: int, wanted: str, unit: str) -> None:
        """The stretch up to there; another begins."""
        if self._places is not None:
            said = listed((_at(name, list(places)) for name, places in self._places.items()), 4)
            pieces.fill(until_us, "operator", f"waited for somebody ({wanted}) to work at {unit}: {said}", f"no {wanted} free")
        self._places = None


def _at(person: str, places: list[str]) -> str:
    if places[0] in AWAY:
        return f"{person} {places[0]}"
    return f"{person} at {' and '.join([*places[:3], *(['elsewhere'] if len(places) > 3 else [])])}"
