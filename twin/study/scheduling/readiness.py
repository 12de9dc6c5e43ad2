"""Who and what may begin, put into the plant that a schedule is played on: documents, skills that end, gauges, lots on hold.

The compiled plant knows qualifications, calendars and stops alone. So an operation that not all of a class may do gets a class of its own,
of those who may; whose skill ends is away from then on; a unit whose gauge is over stands; a lot on hold arrives when it is released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twin.mes import Mes
from twin.mes.labour.skills import Skills
from twin.model.calendars import WorkTime
from twin.model.checks.planning.carried_out import planned_over_all_orders
from twin.model.plant import Operation, Person, Plant, PlantFile
from twin.model.problems import listed
from twin.now.floor_seen import open_jobs
from twin.results.run import Run
from twin.simulation.rule_control import units_that_wait, what_only_the_mes_knows
from twin.study.scheduling.assumed.passed_tests import waits_for_tests_alone

SHOWN = 5


def what_rules_do_not_know(run: Run) -> list[str]:
    """What starts and shipments depend on beside what the compiled rules know, in words: then MES and ERP decide themselves."""
    layout, mes = run.plant.layout, run.mes
    done = {f"starts depend on document {name}" for name in layout.documents}
    done |= {f"equipment may wait for calibration {name}" for name in layout.calibrations}
    found = [it for it in (*what_only_the_mes_knows(run.plant), *units_that_wait(run.plant)) if it not in done]
    found += [
        f"{it.equipment} is asked for by {it.maintenance}" for it in mes.maintenance.orders.values() if it.is_open and not it.by_plant
    ]
    found += [f"{it.resource} is reserved for {it.job_order or it.reason}" for it in mes.reservations.open(run.now_us)]
    found += ["shipments wait for picks, and lots expire: warehouse"] if layout.warehouse else []
    found += planned_over_all_orders(run.scenario)
    jobs = open_jobs(run)
    return found + [f"lot {lot} is on hold" for lot in held_lots(run) if lot not in jobs or jobs[lot].started_us >= 0]


def what_cannot_be_scheduled(run: Run) -> list[str]:
    """What nobody knows, where MES and ERP decide themselves: what vehicles are doing, of which the MES waits for the end."""
    rides = [it for it in run.mes.transports.rides.values() if it.set_down_us < 0]
    waiting = {job.job_order for job in open_jobs(run).values()}
    return [
        f"when lot {it.lot} is set down, which {it.vehicle or f'waits for a vehicle of {it.fleet}'}"
        for it in rides
        if it.job_order in waiting
    ]


def held_lots(run: Run) -> dict[str, str]:
    """Lots in the making or in stock that are on hold, and why; those that wait for their test alone pass it now."""
    jobs, lots = open_jobs(run), run.mes.lots
    there = {lot: why for lot, why in run.mes.tracking.restricted.items() if lot in jobs or (lot in lots and lots[lot].on_hand)}
    return {lot: why for lot, why in there.items() if not waits_for_tests_alone(run, lot)}


def promised_us(run: Run) -> dict[str, int]:
    """When lots on hold will be free, as whoever holds them has said, where that is still to come."""
    free_us = {lot: run.mes.quality.holds.free_us(lot) for lot in held_lots(run)}
    return {lot: at_us for lot, at_us in free_us.items() if at_us > run.now_us}


def overdue_from_us(run: Run, until_us: int) -> dict[str, int]:
    """Calibrations that are over by then, and from when on (now at the earliest); of equipment alone."""
    found = {}
    for name, it in run.mes.maintenance.calibrations.all.items():
        if it.declared.equipment and (not it.is_passed or it.due_us < until_us):
            found[name] = max(run.now_us, it.due_us) if it.is_passed else run.now_us
    return found


def ready_plant(plant: Plant, run: Run, until_us: int) -> tuple[Plant, list[str]]:
    """The plant in which nobody is asked for what he may not begin; and what is taken to hold, in words."""
    layout = plant.layout
    ready = _Ready(layout, run.mes, Skills(plant), run.now_us)
    routings = {
        material: {name: ready.operation(material, name, it, [*routing][-1] == name) for name, it in routing.items()}
        for material, routing in layout.routings.items()
    }
    persons = {name: it.model_copy(update={"classes": [*it.classes, *ready.of_person[name]]}) for name, it in layout.persons.items()}
    calendars, notes = dict(layout.calendars), list[str]()
    for name, it in persons.items():
        if days := _days_without_skill(layout, it, run.now_us, until_us):
            own = f"{it.calendar}, {name} until a skill ends"
            calendars[own] = calendars[it.calendar].model_copy(update={"holidays": [*calendars[it.calendar].holidays, *days]})
            persons[name] = it.model_copy(update={"calendar": own})
            notes.append(f"{name} after {min(days) - timedelta(days=1)}, when a skill ends: planned for nothing")
    changed = {
        "routings": routings, "persons": persons, "calendars": calendars, "process_segments": {**layout.process_segments, **ready.segments},
        "personnel_classes": {**layout.personnel_classes, **ready.classes},
    }  # fmt: skip
    return plant.model_copy(update={"layout": layout.model_copy(update=changed)}), notes


class _Ready:
    """Who may begin each operation now."""

    def __init__(self, layout: PlantFile, mes: Mes, skills: Skills, now_us: int) -> None:
        self._layout, self._mes, self._skills, self._now_us = layout, mes, skills, now_us
        self.segments: dict[str, object] = {}
        self.classes: dict[str, object] = {}
        self.of_person: dict[str, list[str]] = {name: [] for name in layout.persons}

    def operation(self, material: str, name: str, declared: Operation, is_last: bool) -> Operation:
        """The operation, with segments that ask for who is ready."""
        ways = [it.model_copy(update={"segment": self._segment(material, name, it.segment, is_last)}) for it in declared.alternatives]
        return declared.model_copy(update={"segment": self._segment(material, name, declared.segment, is_last), "alternatives": ways})

    def _segment(self, material: str, operation: str, name: str, is_last: bool) -> str:
        declared = self._layout.process_segments[name]
        asked = declared.personnel_class
        able = [person for person, it in self._layout.persons.items() if asked in it.classes]
        may = [it for it in able if not self._skills.over(it, asked or "", self._now_us)]
        for document in self._mes.documents.documents.values():
            if not document.declared.covers(material, operation, declared.work_center) or not document.is_needed_at(self._now_us):
                continue
            valid = document.valid_at(self._now_us)
            must_read = document.declared.acknowledge
            may = [it for it in may if not must_read or it in valid.acknowledged] if valid else []
            asked = asked or ("" if valid is None else None)
        if any(self._is_over(it, material, operation, name, is_last) for it in self._mes.maintenance.calibrations.all):
            may, asked = [], asked or ""
        if asked is None or (asked and may == able):
            return name
        own = f"{name}, ready for {operation} of {material}"
        attended = declared.attended if may else "all"  # else what needs no set-up would begin with nobody
        self.segments[own] = declared.model_copy(update={"personnel_class": own, "attended": attended})
        self.classes[own] = next(iter(self._layout.personnel_classes.values()), None)
        for person in may:
            self.of_person[person].append(own)
        return own

    def _is_over(self, calibration: str, material: str, operation: str, segment: str, is_last: bool) -> bool:
        """Whether the operation uses a gauge that may not be used; of a gauge on a piece of equipment that stands (`overdue_from_us`)."""
        it = self._mes.maintenance.calibrations.all[calibration]
        if it.is_usable(self._now_us):
            return False
        plans = [self._layout.quality_plans[name] for name in it.declared.quality_plans]
        measures = any(plan.material == material and plan.operation in (operation, None if is_last else "") for plan in plans)
        return segment in it.declared.segments or measures


def _days_without_skill(layout: PlantFile, person: Person, now_us: int, until_us: int) -> list[date]:
    """Days on which a skill that is valid now is not valid any more; a shift that ends on such a day counts with it."""
    work_time = WorkTime(layout.calendars[person.calendar], layout.time_zone)
    end = _day(until_us, layout.time_zone)
    lasts = [last for last in person.valid_until.values() if _day(now_us, layout.time_zone) <= last < end]
    if not lasts:
        return []
    first = min(lasts) + timedelta(days=1)
    midnight_us = _midnight_us(first, layout.time_zone)
    if any(it.start_us < midnight_us < it.end_us for it in work_time.intervals(midnight_us - 1, midnight_us + 1)):
        first -= timedelta(days=1)
    return [first + timedelta(days=n) for n in range((end - first).days + 1)]


def assumed(layout: PlantFile, run: Run, until_us: int) -> Iterator[str]:
    """What is taken to hold, in words."""
    mes = run.mes
    if gates := [name for name, it in layout.quality_plans.items() if it.gate or it.on_signal == "hold"]:
        yield f"what waits for its test, now or later ({listed(gates, SHOWN)}): taken to pass at once"
    coming = [it.name for it in mes.documents.documents.values() if any(revision.from_us < until_us for revision in it.coming(run.now_us))]
    if coming:
        yield f"revisions that begin later ({listed(coming, SHOWN)}): taken to be read by then by whoever has read what is valid now"
    others = [
        name
        for name, it in mes.maintenance.calibrations.all.items()
        if not it.declared.equipment and it.is_usable(run.now_us) and it.due_us < until_us
    ]
    if others:
        yield f"gauges that are due later ({listed(others, SHOWN)}): taken to be calibrated by then"


def waits_until_us(held: Mapping[str, str], released_us: Mapping[str, int], never_us: int) -> dict[str, int]:
    """When each lot on hold may go on; what nobody has promised to release does not."""
    return {lot: released_us.get(lot, never_us) for lot in held}


def _day(at_us: int, time_zone: str) -> date:
    return datetime.fromtimestamp(at_us / 1e6, ZoneInfo(time_zone)).date()


def _midnight_us(day: date, time_zone: str) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(time_zone)).timestamp()) * 1_000_000
