"""Tables of resources: the state of every work unit, person, tool and lot now, who is free, and what waits where and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twin.mes.execution import ENDED
from twin.mes.resources.kinds import PERSON
from twin.mes.resources.reservations import FOREVER_US, Reservation
from twin.model.calendars import written_local
from twin.model.problems import did_you_mean, listed
from twin.model.states import WorkUnitState
from twin.results.frames import from_rows
from twin.results.readiness.queues import queue_now
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

QUEUE_COLUMNS = ("rank", "job_order", "because", "blocked_by", "kind", "order", "lot", "material", "quantity", "due", "there_since")
RESOURCE_COLUMNS = (
    "kind",
    "resource",
    "title",
    "state",
    "is_free",
    "at",
    "job_order",
    "person",
    "qualified",
    "since",
    "used",
    "life",
    "reserved",
)
RESERVATION_COLUMNS = (
    "reservation", "kind", "resource", "job_order", "reason", "begins", "until", "standing", "by", "said", "ended", "ended_because",
)  # fmt: skip


def queue_table(run: Run, center: str) -> pd.DataFrame:
    """What waits at a work center, by rank, with the reason of its rank and what keeps it from its start.

    Raises
    ------
    ValueError : no such work center
    """
    centers = run.plant.layout.work_centers
    if center not in centers:
        titled = next((name for name, it in centers.items() if it.title.lower() == center.lower()), center)
        raise ValueError(f"no work center is called '{center}'{did_you_mean(titled, centers)}; allowed: {listed(centers)}")
    rows = [
        {
            "rank": it.rank, "job_order": it.job_order, "because": it.because, "blocked_by": it.blocked_by,
            "kind": it.obstacle.why if it.obstacle else "", "order": it.order, "lot": it.lot, "material": it.material,
            "quantity": it.quantity, "due": _known(it.due_us), "there_since": _known(it.since_us),
        }
        for it in queue_now(run, center)
    ]  # fmt: skip
    return from_rows(rows, QUEUE_COLUMNS, ("due", "there_since"))


def resources_table(run: Run) -> pd.DataFrame:
    """Every work unit and line, person, tool and lot that is here, with its state at this moment."""
    rows = [row for kind in ("equipment", "person", "tool", "lot") for row in rows_of(run, kind)]
    return from_rows(rows, RESOURCE_COLUMNS, ("since",))


def rows_of(run: Run, kind: str) -> list[dict[str, Any]]:
    """The rows of one kind of resource: equipment, person, tool or lot."""
    rows = [*{"equipment": _equipment, "person": _persons, "tool": _tools, "lot": _lots}[kind](run)]
    for it in sorted(run.mes.reservations.open(run.now_us), key=lambda it: it.from_us):
        for row in rows:
            if (row["kind"], row["resource"]) == (it.kind, it.resource):
                row["reserved"] = "; ".join(filter(None, (row.get("reserved", ""), words_of(run, it))))
                row["is_free"] = row["is_free"] and it.from_us > run.now_us
    return rows


def words_of(run: Run, it: Reservation) -> str:
    """For what and when something is reserved."""
    zone = run.plant.layout.time_zone
    until = "that is done" if it.until_us >= FOREVER_US else written_local(it.until_us, zone)
    return f"for {it.job_order or it.reason} from {written_local(it.from_us, zone)} until {until}"


def reservations_table(run: Run) -> pd.DataFrame:
    """What is, or was, promised ahead: to what, from when until when, how it stands, by whom."""
    rows = [
        {
            "reservation": it.reservation, "kind": it.kind, "resource": it.resource, "job_order": it.job_order, "reason": it.reason,
            "begins": it.from_us, "until": it.until_us if it.until_us < FOREVER_US else None, "standing": it.standing(run.now_us),
            "by": it.by, "said": it.said_us, "ended": _known(it.ended_us), "ended_because": it.ended_because,
        }
        for it in run.mes.reservations.all.values()
    ]  # fmt: skip
    return from_rows(rows, RESERVATION_COLUMNS, ("begins", "until", "said", "ended"))


def _equipment(run: Run) -> Iterator[dict[str, Any]]:
    sent, layout = run.mes.commands.on_their_way, run.plant.layout
    titles = {name: it.title for name, it in layout.work_units.items()} | {name: it.title for name, it in layout.production_lines.items()}
    for name, it in run.mes.equipment.records.items():
        is_open = run.mes.calendars.is_open(it.calendar, run.now_us)
        reserved = sent[name].job_order if name in sent else ""
        yield {
            "kind": "equipment", "resource": name, "title": titles.get(name) or name,
            "state": WorkUnitState(it.state).label + (f" ({it.reason.replace('_', ' ')})" if it.reason else ""),
            "is_free": it.is_scheduled and it.state == WorkUnitState.IDLE and is_open and not reserved, "at": it.work_center,
            "job_order": it.job_order or reserved, "person": it.person, "since": _known(it.since_us),
        }  # fmt: skip


def _persons(run: Run) -> Iterator[dict[str, Any]]:
    personnel, sent = run.mes.personnel, run.mes.commands.on_their_way
    places, reserved = personnel.places(), {person: it for it in sent.values() for person in it.person.split("+")}
    for name, it in run.plant.layout.persons.items():
        at = places.get(name, [])
        on_shift = personnel.is_on_shift(name, run.now_us)
        command = reserved.get(name)
        away = personnel.absent(name, run.now_us)
        has_break = run.mes.calendars.of_persons[name].breaks(run.now_us, run.now_us + 1)
        not_here = away.removeprefix(f"{name} is ") or ("on break" if has_break else "off shift")
        state = "works" if at else "sent" if command else "free" if on_shift else not_here
        yield {
            "kind": "person", "resource": name, "title": it.title or name, "state": state, "is_free": state == "free",
            "at": ", ".join(at) or (command.equipment if command else ""), "qualified": ", ".join(it.classes),
            "job_order": ", ".join(run.mes.equipment.records[unit].job_order for unit in at) or (command.job_order if command else ""),
        }  # fmt: skip


def _tools(run: Run) -> Iterator[dict[str, Any]]:
    room = run.mes.tool_room
    for name, it in room.tools.items():
        users = room.users(it)
        yield {
            "kind": "tool", "resource": name, "title": run.plant.layout.tools[it.kind].title or it.kind,
            "state": "worn out" if it.is_worn else "in use" if users else "mounted" if it.place else "in store",
            "is_free": not users and not it.is_worn, "at": it.place, "job_order": ", ".join(users), "used": it.used, "life": it.life,
        }  # fmt: skip


def _lots(run: Run) -> Iterator[dict[str, Any]]:
    restricted, hot = run.mes.tracking.restricted, run.mes.hot_lots.reasons
    going_on = {job.lot: job for job in reversed(run.mes.execution.job_orders.values()) if job.status not in ENDED}
    for name, it in run.mes.tracking.lots.items():
        if not it.on_hand and not it.in_process:
            continue
        job = going_on.get(name)
        state = str(run.mes.status(job.job_order, run.now_us)[0]) if job else "in stock"
        state = f"on hold: {restricted[name]}" if name in restricted else hot[name] if name in hot and job else state
        yield {
            "kind": "lot", "resource": name, "title": it.material, "state": state, "is_free": not job and name not in restricted,
            "at": it.place, "job_order": job.job_order if job else "", "person": job.person if job else "", "since": it.created_us,
        }  # fmt: skip


def free_persons(run: Run, personnel_class: str) -> list[str]:
    """Who has a qualification, is at work, and has nothing to do now; in declared order.

    Raises
    ------
    ValueError : no such personnel class
    """
    classes = run.plant.layout.personnel_classes
    if personnel_class not in classes:
        near = did_you_mean(personnel_class, classes)
        raise ValueError(f"no personnel class is called '{personnel_class}'{near}; allowed: {listed(classes)}")
    taken = run.mes.commands.persons_taken() | {it.resource for it in run.mes.reservations.now(PERSON, run.now_us)}
    return [
        name
        for name, it in run.plant.layout.persons.items()
        if personnel_class in it.classes and name not in taken and run.mes.personnel.is_on_shift(name, run.now_us)
    ]


def _known(at_us: int) -> int | None:
    return None if at_us < 0 else at_us
