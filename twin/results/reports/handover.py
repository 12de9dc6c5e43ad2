"""The shift hand-over report: made against plan, what stands and why, what is late, what persons left to say; signed by both shifts.

What happened is of the shift's own hours. How things stand (late orders, equipment, holds, alarms) is as of now: the report says which
instant that is. Once a shift is handed over, its report is kept as it was then.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.mes.equipment import WORKING_STATES
from twin.mes.resources.obstacles import Obstacle
from twin.model.calendars import WorkInterval
from twin.model.events import RecordSigned, ShiftHandedOver
from twin.model.measures import US_PER_H
from twin.model.problems import listed
from twin.model.states import WorkUnitState
from twin.results.labour.presence import presence_rows
from twin.results.labour.tables import labour_rows
from twin.results.views.stops import stops

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import JournalEntry

LATEST = "latest"
_ASKED = re.compile(r"(?:(\d{4}-\d{2}-\d{2})\s+)?(\S+)")
_A_DAY_US = 86_400_000_000  # the next shifts have to know, too
AUTHORED, REVIEWED = "authored", "reviewed"


def shift_of(run: Run, asked: str = LATEST) -> WorkInterval:
    """The shift that is meant: "latest", the last that has lasted; "early", the last of that name; "2026-03-02 early", that of a day.

    Raises
    ------
    ValueError : there is no such shift in the run
    """
    began = [it for it in run.mes.records.shifts(run.scenario.start_us, run.now_us + 1) if it.start_us <= run.now_us]
    match = _ASKED.fullmatch(asked.strip())
    if asked.strip() == LATEST:
        chosen = [it for it in began if it.start_us < run.now_us] or began  # at the change of shifts it is the one that ends
    elif match is None:
        chosen = []
    else:
        day, name = match.groups()
        chosen = [it for it in began if it.shift == name and day in (None, day_of(run, it))]
    if not chosen:
        there = [f"'{day_of(run, it)} {it.shift}'" for it in began]
        raise ValueError(
            f"no shift '{asked}' in this run; allowed: {LATEST}, {listed(there[::-1])}" if there else "no shift has begun in this run"
        )
    return chosen[-1]


def day_of(run: Run, it: WorkInterval) -> str:
    """The local day on which a shift begins."""
    return local(run, it.start_us)[:10]


def handover(run: Run, asked: str = LATEST) -> dict[str, Any]:
    """The report of one shift, as plain values; instants are local time of the plant.

    Raises
    ------
    ValueError : there is no such shift in the run
    """
    shift = shift_of(run, asked)
    kept = run.mes.records.handovers.get((shift.shift, shift.start_us))  # what was handed over stands, whatever comes to be known later
    content = json.loads(kept.report) if kept else _content(run, shift)
    return {**content, "hash": content_hash(content), "handed_over": standing_of(run, shift)}


def _content(run: Run, shift: WorkInterval) -> dict[str, Any]:
    end_us = min(shift.end_us, run.now_us)
    output, stood = _output(run, shift.start_us, end_us), _stops(run, shift.start_us, end_us)
    return {
        "document": "shift hand-over",
        "plant": run.plant.title,
        "shift": shift.shift,
        "start": local(run, shift.start_us),
        "end": local(run, shift.end_us),
        "until": local(run, end_us),
        "as_of": local(run, run.now_us),
        "currency": run.plant.layout.currency,
        "totals": {
            **{name: sum(it[name] for it in output) for name in ("due", "good", "scrap", "rework")},
            "stop_minutes": round(sum(it["minutes"] for it in stood), 1),
            "stop_cost": round(sum(it["cost"] for it in stood), 2),
        },
        "output": output,
        "late_orders": _late(run),
        "standing": _standing(run),
        "stops": stood,
        "held_lots": _held(run),
        "nonconformances": _nonconformances(run),
        "alarms": _alarms(run),
        "people": [row for row in labour_rows(run, "person", shift.start_us, end_us) if row["work_h"] or row["indirect_h"]],
        "presence": [
            {**it, "from": local(run, it["from"]), "until": local(run, it["until"]) if it["until"] is not None else ""}
            for it in presence_rows(run, shift.start_us, shift.end_us + _A_DAY_US)
        ],
        "notes": [
            {"at": local(run, it.effective_us), "person": it.person, "equipment": it.equipment, "text": it.text}
            for it in run.mes.records.notes
            if (it.shift, it.start_us) == (shift.shift, shift.start_us)
        ],
    }


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the content of a document, whatever is signed about it."""
    return hashlib.sha256(content_text(content).encode()).hexdigest()


def content_text(content: dict[str, Any]) -> str:
    """The content of a document as the one text that its hash is of."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def hand_over_entry(run: Run, shift: WorkInterval, *, person: str, terminal: str, at_us: int) -> ShiftHandedOver:
    """What a person says to hand a shift over with the report as it is now."""
    content = _content(run, shift)
    return ShiftHandedOver(
        effective_us=at_us, person=person, terminal=terminal, shift=shift.shift, start_us=shift.start_us, end_us=shift.end_us,
        report=content_text(content), report_hash=content_hash(content),
    )  # fmt: skip


def handed_over(run: Run, shift: WorkInterval) -> JournalEntry | None:
    """The entry by which a shift was handed over; None if it was not. It is what both shifts sign."""
    accepted = run.mes.records.handovers.get((shift.shift, shift.start_us))
    if accepted is None:
        return None
    return next((it for it in run.journal.entries() if isinstance(it.event, ShiftHandedOver) and it.event == accepted), None)


def standing_of(run: Run, shift: WorkInterval) -> dict[str, Any]:
    """Whether a shift was handed over, with which report, and who has signed it: one person of the old shift, another of the new one."""
    entry = handed_over(run, shift)
    if entry is None or not isinstance(entry.event, ShiftHandedOver):
        return {"standing": "not handed over", "signatures": []}
    signed = [it for it in run.mes.quality.signatures if it.record == entry.id and it.record_hash == entry.hash]
    return {
        "standing": _words(signed),
        "person": entry.event.person,
        "at": local(run, entry.event.effective_us),
        "report_hash": entry.event.report_hash,
        "entry": entry.id,
        "entry_hash": entry.hash,
        "signatures": [{"person": it.person, "meaning": it.meaning, "at": local(run, it.effective_us)} for it in signed],
    }


def _words(signed: Iterable[RecordSigned]) -> str:
    by_meaning = {it.meaning: it.person for it in signed}
    gave, took = by_meaning.get(AUTHORED), by_meaning.get(REVIEWED)
    if gave and took and gave != took:
        return "signed by both shifts"
    if gave or took:
        return "signed by the old shift alone" if gave else "signed by the new shift alone"
    return "handed over, not signed"


# What happened


def _output(run: Run, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """By material: pieces due in the shift, those of them that earlier shifts finished, what was made in it, what is missing at its end."""
    due: dict[str, int] = {}
    before: dict[str, int] = {}
    missing: dict[str, int] = {}
    for it in run.mes.release.requests.values():
        if from_us <= it.due_us < to_us:
            due[it.material] = due.get(it.material, 0) + it.quantity
            if 0 <= it.answered_us < from_us:
                before[it.material] = before.get(it.material, 0) + it.good
        if it.due_us < to_us and (it.answered_us < 0 or it.answered_us > to_us):
            missing[it.material] = missing.get(it.material, 0) + max(0, it.quantity - it.good)
    rows = []
    for one in run.mes.indicators("product", from_us, to_us):
        if one.produced or due.get(one.name) or missing.get(one.name):
            known = run.plant.materials.materials[one.name]
            rows.append(
                {
                    "material": one.name, "title": known.title or one.name, "due": due.get(one.name, 0),
                    "finished_before": before.get(one.name, 0), "good": one.good, "scrap": one.scrap, "rework": one.rework,
                    "missing": missing.get(one.name, 0),
                }
            )  # fmt: skip
    return rows


def _stops(run: Run, from_us: int, to_us: int) -> list[dict[str, Any]]:
    return [
        {
            "equipment": it.equipment, "title": _title(run, it.equipment), "loss": it.loss, "reason": it.reason, "count": it.count,
            "minutes": round(it.duration_us / 60e6, 1), "cost": round(it.cost_minor / 100, 2),
        }
        for it in stops(run, from_us, to_us)
    ]  # fmt: skip


# How it stands


def _late(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "order": it.order, "customer": it.customer, "material": it.material, "quantity": it.quantity, "shipped": it.shipped,
            "due": local(run, it.due_us), "late_h": round(it.late_by_us / US_PER_H, 2),
        }
        for it in run.erp.orders(run.now_us)
        if it.late_by_us and it.shipped < it.quantity
    ]  # fmt: skip


def _standing(run: Run) -> list[dict[str, Any]]:
    """Equipment that stands or waits now, and why; what nothing waits for, or whose shift is over, is no concern of the next shift."""
    obstacles = run.mes.dispatching.standstills(run.now_us)
    rows = []
    for name, record in run.mes.equipment.records.items():
        why = obstacles.get(name)
        is_over = record.reason == "off_shift" and not record.job_order
        has_nothing = record.state == WorkUnitState.IDLE and (why is None or why.why == "off shift")
        if record.fleet or record.state in WORKING_STATES or is_over or has_nothing:
            continue
        rows.append(
            {
                "equipment": name, "title": _title(run, name), "state": WorkUnitState(record.state).label,
                "reason": record.reason or (f"now: {_words_of(why)}" if why else ""), "job_order": record.job_order,
                "since": local(run, record.since_us) if record.since_us >= 0 else "", "hours": _hours_since(run, record.since_us),
            }
        )  # fmt: skip
    return rows


def _words_of(it: Obstacle) -> str:
    """Why equipment starts nothing of what waits for it."""
    detail = it.detail.replace("_", " ")
    words = {
        "nobody free": f"no {detail} is free", "nobody on shift": f"no {detail} is at work", "material": f"missing: {it.detail}",
        "held": f"on hold: {it.detail}", "requirement": it.detail, "batch": f"batch not full: {it.detail}",
    }  # fmt: skip
    return words.get(it.why, it.why) + (it.absent and f": {it.absent}")


def _held(run: Run) -> list[dict[str, Any]]:
    holds, lots = run.mes.quality.holds, run.mes.tracking.lots
    return [
        {
            "lot": name, "material": lots[name].material, "quantity": lots[name].on_hand + lots[name].in_process,
            "since": local(run, holds.since_us[name]), "reason": holds.why(name),
        }
        for name in holds.reasons
        if name in lots
    ]  # fmt: skip


def _nonconformances(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "nonconformance": it.nonconformance, "lot": it.lot, "quantity": it.quantity, "standing": it.standing,
            "description": it.description, "raised": local(run, it.raised_us),
        }
        for it in run.mes.quality.nonconformances.all.values()
        if it.standing != "closed"
    ]  # fmt: skip


def _alarms(run: Run) -> list[dict[str, Any]]:
    """What is active, then what else nobody has answered yet, though it is over: the next shift has to know of it (ISA-18.2)."""
    active = [
        (name, alarm, since_us, run.mes.alarms.all.get((False, name, alarm)))
        for name, record in run.mes.equipment.records.items()
        for alarm, since_us in record.alarms.items()
    ]
    shown = {it.key for *_, it in active if it}
    more = [(it.subject, it.alarm, it.raised_us, it) for it in run.mes.alarms.calling() if it.key not in shown]
    return [
        {
            "equipment": it.equipment if it else name, "title": _title(run, name) or run.plant.title, "alarm": alarm,
            "standing": str(it.state) if it else "active", "message": it.message if it else "", "since": local(run, since_us),
            "hours": _hours_since(run, since_us),
        }
        for name, alarm, since_us, it in active + more
    ]  # fmt: skip


def _hours_since(run: Run, at_us: int) -> float:
    return round((run.now_us - at_us) / US_PER_H, 2) if at_us >= 0 else 0.0


def _title(run: Run, equipment: str) -> str:
    layout = run.plant.layout
    known = layout.work_units.get(equipment) or layout.production_lines.get(equipment)
    return (known and known.title) or equipment


def local(run: Run, at_us: int) -> str:
    """Local time of the plant as people write it, with the day first: 2026-03-02 14:00."""
    return datetime.fromtimestamp(at_us / 1_000_000, ZoneInfo(run.plant.layout.time_zone)).isoformat(" ", timespec="minutes")[:16]
