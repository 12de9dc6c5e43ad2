"""The audit trail (21 CFR 11.10(e)): what persons have said, when and from where, what was there before, what is there since, and why.

All of it is read from the journal, where nothing is ever changed: who asks for the trail gets what was refused, too, with the reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.model import events as e
from twin.model.events import EVENT_TYPES, Entry, OperationsEvent
from twin.model.problems import did_you_mean
from twin.model.states import Source
from twin.results.auditing.declared_before import DeclaredBefore

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import JournalEntry

NAMES = (
    "equipment", "request", "job_order", "lot", "document", "revision", "nonconformance", "action", "plan", "characteristic", "step",
    "phase", "order", "customer", "supplier", "bill", "material", "maintenance", "calibration", "tool", "requisition", "rfq", "quote",
    "blanket", "study", "gauge", "part", "bin", "worker", "account", "period", "planned", "alarm", "shift", "record", "session",
    "work_center", "skill", "point", "table", "declared",
)  # fmt: skip
"""Fields that name what an entry is about; what else it has is what it says."""
ABOUT_IT = ("person", "terminal", "entry_id", "effective_us", "recorded_us", "record_hash", "seal")
WHY = ("reason", "why")
LONGEST = 120
_SAME: dict[type[OperationsEvent], tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys((e.StepConfirmed, e.StepCorrected), ("step", ("job_order", "step"))),
    **dict.fromkeys((e.PurchaseOrderEntered, e.PurchaseOrderChanged), ("purchase order", ("order",))),
    **dict.fromkeys((e.SalesOrderEntered, e.SalesOrderChanged), ("sales order", ("order",))),
}
"""Entries of two classes that say the same of one thing: the later is what the earlier was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One entry: who said what, when (us, as it was known and as of when), where; what was and is, why, and what came of it.

    `was`, `now`: by field, in words; `standing`: "taken", or why it was refused; `signed`: as in "quinn, approved".
    """

    seq: int
    entry: str
    entry_hash: str
    at_us: int
    recorded_us: int
    person: str
    terminal: str
    says: str
    about: dict[str, str]
    was: dict[str, str]
    now: dict[str, str]
    why: str
    standing: str
    signed: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """All that it is about, each job order of a batch by itself."""
        return {one for value in self.about.values() for one in (value, *value.split("+"))}


def audit_trail(
    run: Run, *, of: str = "", person: str = "", since_us: int | None = None, until_us: int | None = None, says: str = ""
) -> list[TrailEntry]:
    """What persons have said, in the order in which it became known.

    Parameters
    ----------
    of : what it is about: a lot, order, job order, machine, document, customer, ...; "": anything
    person : who has said it; "": anybody
    since_us, until_us : when it became known, [since, until), us
    says : the class of the entry, as "TestResultCorrected"; "": any

    Raises
    ------
    ValueError : nobody is called so
    """
    persons = run.plant.layout.persons
    if person and persons and person not in persons:
        raise ValueError(f"nobody knows a person '{person}'{did_you_mean(person, persons)}")
    first_us, end_us = -1 if since_us is None else since_us, run.now_us + 1 if until_us is None else until_us
    found = (it for it in trail(run.plant.layout.time_zone, run.journal.entries()) if first_us <= it.recorded_us < end_us)
    return [it for it in found if person in ("", it.person) and says in ("", it.says) and (not of or of in it.names)]


def trail(time_zone: str, entries: Iterable[JournalEntry]) -> list[TrailEntry]:
    """The whole trail of a journal, oldest first."""
    entries = list(entries)
    kept: list[JournalEntry] = []
    refused: dict[str, str] = {}
    counts: dict[tuple[str, str, int], e.CountObserved] = {}  # what a correction of a count was before
    signed: defaultdict[str, list[str]] = defaultdict(list)
    for it in entries:
        match it.event:
            case e.CountObserved():
                counts[it.event.equipment, it.event.job_order, it.event.effective_us] = it.event
            case e.EntryRefused() | e.JobOrderCommandRefused():
                refused[it.cause] = it.event.reason
            case _ if _is_said(it):
                kept.append(it)
    for it in kept:
        if isinstance(it.event, e.RecordSigned) and it.id not in refused:
            signed[it.event.record].append(f"{it.event.person}, {it.event.meaning}")
    return list(_told(ZoneInfo(time_zone), kept, refused, signed, counts, DeclaredBefore(entries)))


def _is_said(it: JournalEntry) -> bool:
    """Whether a person has said it, or it was concluded for one."""
    return bool(it.event.person) and (it.source == Source.USER or isinstance(it.event, Entry) or bool(getattr(it.event, "terminal", "")))


def _told(
    zone: ZoneInfo, kept: list[JournalEntry], refused: Mapping[str, str], signed: Mapping[str, list[str]],
    counts: Mapping[tuple[str, str, int], e.CountObserved], declared: DeclaredBefore,
) -> Iterator[TrailEntry]:  # fmt: skip
    last: dict[tuple[str, ...], dict[str, str]] = {}
    subjects: dict[str, str] = {}  # by entry: what is signed
    for it in kept:
        event = it.event
        kind, own = type(event).__name__, _own(event, zone)
        about = {name: own[name] for name in NAMES if name in own}
        now = {name: value for name, value in own.items() if name not in NAMES and not name.startswith("was") and name not in WHY}
        key = _key(event, kind, about)
        before = last.get(key, {})
        if isinstance(event, e.CountCorrected):
            counted = counts.get((event.equipment, event.job_order, event.counted_us))
            before = before or {name: str(getattr(counted, name)) for name in ("good", "scrap", "rework") if counted}
        was = {name.removeprefix("was_").replace("was", "value"): value for name, value in own.items() if name.startswith("was")}
        was = was or {name: before.get(name, "nothing") for name, value in now.items() if before and before.get(name) != value}
        if isinstance(event, e.MasterDataChanged | e.DeclarationChanged):
            before_it = declared.change(event, is_taken=it.id not in refused)
            was = {"changes": before_it} if before_it else {}
        subjects[it.id] = f"{spoken(kind)} {in_words(about)}".strip()
        if isinstance(event, e.RecordSigned):
            about = {"record": event.record, "of": subjects.get(event.record, "what no person has said")}
        elif it.id not in refused:
            last[key] = before | now  # an entry may say a part of it
        yield TrailEntry(
            seq=it.seq, entry=it.id, entry_hash=it.hash, at_us=event.effective_us, recorded_us=event.recorded_us, person=event.person,
            terminal=str(getattr(event, "terminal", "")), says=kind, about=about, was=was, now=now,
            why="; ".join(own[name] for name in WHY if own.get(name, "").strip()),
            standing=f"refused: {refused[it.id]}" if it.id in refused else "taken", signed=tuple(signed.get(it.id, ())),
        )  # fmt: skip


def said_by(event: OperationsEvent, time_zone: str) -> str:
    """What an entry says in values, without what it is about and why: "good 1, scrap 1"."""
    own = _own(event, ZoneInfo(time_zone))
    return in_words({name: value for name, value in own.items() if name not in NAMES and name not in WHY})


def _key(event: OperationsEvent, kind: str, about: Mapping[str, str]) -> tuple[str, ...]:
    """What an entry is the newest word about."""
    if same := _SAME.get(type(event)):
        of, names = same
        return (of, *(about.get(name, "") for name in names))
    if isinstance(event, e.AbsenceEntered | e.AttendanceEntered):  # said again from the same instant, it is the same one
        return (kind, event.worker, str(event.from_us))
    if isinstance(event, e.CountCorrected):
        return (kind, event.equipment, event.job_order, str(event.counted_us))
    return (kind, *(f"{name}={value}" for name, value in about.items()))


def _own(event: OperationsEvent, zone: ZoneInfo) -> dict[str, str]:
    """What an entry says that is not as it is where nothing is said, in words."""
    said = ((name, getattr(event, name)) for name, otherwise in _fields(type(event).__name__) if getattr(event, name) != otherwise)
    return {name: words for name, value in said if (words := _written(name, value, zone))}


@cache
def _fields(kind: str) -> tuple[tuple[str, Any], ...]:
    """The fields of a class with what they are where nothing is said, but for who said it when and where."""
    return tuple((it.name, it.default) for it in fields(EVENT_TYPES[kind]) if it.name not in ABOUT_IT)


def _written(name: str, value: Any, zone: ZoneInfo) -> str:
    """A value of a field as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_us") and isinstance(value, int):
        return "" if value < 0 else at(value, zone) if value > 10**14 else f"{value / 1e6:g} s"
    if name.endswith("_minor") and isinstance(value, int):
        return f"{value / 100:,.2f}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "; ".join(" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} signs)"


def at(at_us: int, zone: ZoneInfo) -> str:
    """An instant in the plant's time, to the second: 2026-03-02 14:00:05."""
    return f"{datetime.fromtimestamp(at_us / 1_000_000, zone):%Y-%m-%d %H:%M:%S}"


def spoken(kind: str) -> str:
    """As in "Test result corrected"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).capitalize()


def in_words(said: Mapping[str, str]) -> str:
    """Fields as a line: "lot B1, plan final"."""
    return ", ".join(f"{name.removesuffix('_us').removesuffix('_minor').replace('_', ' ')} {value}" for name, value in said.items())
