"""Whether whoever and whatever a schedule asks for was ready, found from the plant's files and from what was said: a second way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twin.model.events import DocumentAcknowledged, LotDispositionChanged
from twin.model.plant import Plant
from twin.results.run import Run
from twin.study.scheduling.schedule import Operation, Schedule


def not_ready(plan: Schedule, plant: Plant, run: Run, released_us: Mapping[str, int]) -> list[str]:
    """What a schedule begins though it may not, in words; `released_us`: when a planner says that lots on hold will be released."""
    found = []
    for it in plan.operations:
        if not it.is_running:
            found += [*_skill(it, plant), *_document(it, plan, plant, run), *_gauge(it, plant), *_hold(it, run, released_us)]
    return found


def _skill(it: Operation, plant: Plant) -> Iterator[str]:
    last = plant.layout.persons[it.person].valid_until.get(it.personnel_class) if it.person else None
    if last and datetime.fromtimestamp(it.start_us / 1e6, ZoneInfo(plant.layout.time_zone)).date() > last:
        yield f"{it.person} is no {it.personnel_class} any more when {it.job_order} begins"


def _document(it: Operation, plan: Schedule, plant: Plant, run: Run) -> Iterator[str]:
    """As it is valid when the schedule is made: of those that began before, the one that began last."""
    read = {
        (e.person, e.document, e.revision) for e in (entry.event for entry in run.journal.entries()) if isinstance(e, DocumentAcknowledged)
    }
    now = datetime.fromtimestamp(plan.now_us / 1e6, UTC)
    for name, document in plant.layout.documents.items():
        begun = {r: each.effective_from for r, each in document.revisions.items() if not each.effective_from or each.effective_from <= now}
        newest = max(begun, key=lambda r: begun[r] or datetime.min.replace(tzinfo=UTC), default="")
        center = plant.layout.process_segments[plant.layout.routings[it.material][it.operation].segment].work_center
        if not document.covers(it.material, it.operation, center):
            continue
        if not newest or not document.revisions[newest].released:
            yield f"{it.job_order} begins without {name}"
        elif document.acknowledge and it.person and (it.person, name, newest) not in read:
            yield f"{it.person} has not read {name} and begins {it.job_order}"


def _gauge(it: Operation, plant: Plant) -> Iterator[str]:
    zone, segment = ZoneInfo(plant.layout.time_zone), plant.layout.routings[it.material][it.operation].segment
    for name, gauge in plant.layout.calibrations.items():
        over = datetime.combine(gauge.last + timedelta(days=gauge.every_days + 1), time(), zone)
        if (gauge.equipment == it.equipment or segment in gauge.segments) and it.start_us >= over.timestamp() * 1e6:
            yield f"{it.job_order} begins with {name}, which is not calibrated any more"


def _hold(it: Operation, run: Run, released_us: Mapping[str, int]) -> Iterator[str]:
    said = [e for e in (entry.event for entry in run.journal.entries()) if isinstance(e, LotDispositionChanged) and e.lot == it.lot]
    if said and said[-1].disposition != "UnRestricted" and it.start_us < released_us.get(it.lot, it.start_us + 1):
        yield f"{it.job_order} begins though its lot is on hold"
