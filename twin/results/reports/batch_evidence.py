"""What the journal has of one lot: every entry that concerns it, its job orders, or the equipment while it was worked on there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twin.mes.execution import JobOrder
from twin.mes.quality.nonconformances import Nonconformance
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.plant import PlantEvent
from twin.model.plant import is_rework_of

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import JournalEntry


@dataclass(slots=True)
class Evidence:
    """Entries in the order of the journal, and of these what each job order has; signatures by the entry that they sign."""

    lot: str
    jobs: list[JobOrder]
    entries: list[JournalEntry] = field(default_factory=list)
    by_job: defaultdict[str, list[OperationsEvent]] = field(default_factory=lambda: defaultdict(list))
    signatures: defaultdict[str, list[e.RecordSigned]] = field(default_factory=lambda: defaultdict(list))

    def of(self, *kinds: type[OperationsEvent]) -> list[OperationsEvent]:
        """Events of these kinds about the lot."""
        return [it.event for it in self.entries if isinstance(it.event, kinds)]


def evidence_of(run: Run, lot: str) -> Evidence:
    """What the journal has of one lot."""
    return evidence_of_all(run, [lot])[lot]


def evidence_of_all(run: Run, lots: Iterable[str]) -> dict[str, Evidence]:
    """What the journal has of each of these lots; it is looked through once."""
    found = {lot: Evidence(lot, []) for lot in lots}
    of_job: dict[str, Evidence] = {}
    at: defaultdict[str, list[JobOrder]] = defaultdict(list)
    for job in run.mes.job_orders.values():
        if job.lot not in found:
            continue
        of_job[job.job_order] = found[job.lot]
        found[job.lot].jobs.append(job)
        if job.started_us >= 0:
            at[job.equipment].append(job)
    kept: dict[str, list[Evidence]] = {}  # by entry
    wrong: defaultdict[str, list[Evidence]] = defaultdict(list)
    for it in run.mes.quality.nonconformances.all.values():
        wrong[it.nonconformance] = [found[lot] for lot in dict.fromkeys((it.lot, it.into_lot)) if lot in found]
    for entry in run.journal.entries():
        event = entry.event
        if isinstance(event, e.RecordSigned) and event.record in kept:
            for one in kept[event.record]:
                one.signatures[event.record].append(event)
                one.entries.append(entry)
            continue
        if isinstance(event, e.JournalPosted | e.BatchRecordReleased):  # what it cost is no matter of how it was made
            continue
        mine = [name for name in event.job_order.split("+") if name in of_job] if event.job_order else []
        if isinstance(event, PlantEvent) and not mine:
            mine = [job.job_order for job in at.get(event.equipment, ()) if _during(job, event) and isinstance(event, _SEEN_THERE)]
        its = {one.lot: one for one in (*(of_job[name] for name in mine), *wrong.get(getattr(event, "nonconformance", ""), ()))}
        if event.lot in found:
            its[event.lot] = found[event.lot]
        for one in its.values():
            one.entries.append(entry)
        if its:
            kept[entry.id] = list(its.values())
        for name in mine:
            of_job[name].by_job[name].append(event)
    return found


_SEEN_THERE = (e.AlarmRaised, e.ProcessValueObserved)
"""What equipment says without naming a job order, and that is of the one that is there."""


def _during(job: JobOrder, event: OperationsEvent) -> bool:
    return job.started_us <= event.effective_us and (job.ended_us < 0 or event.effective_us <= job.ended_us)


class Descent:
    """What lots are parts or rework of, and what was wrong with those by then: it is a matter of the record of the part, too."""

    def __init__(self, run: Run) -> None:
        self._lots, self._wrong = run.mes.lots, list(run.mes.quality.nonconformances.all.values())
        self._reworked = {it.into_lot: it.lot for it in self._wrong if it.into_lot}

    def is_rework(self, lot: str) -> bool:
        """Whether what was not as it should be is done again as this lot."""
        return lot in self._reworked or is_rework_of(lot, self._lots)

    def of(self, lot: str) -> Iterator[tuple[str, str]]:
        """The lot and what it came out of, that and what that came out of, and so on."""
        while source := self._lots[lot].from_lot or self._reworked.get(lot, ""):
            yield lot, source
            if source not in self._lots:
                return
            lot = source

    def wrong_before(self, lot: str) -> Iterator[Nonconformance]:
        """Nonconformances of what it came out of, from when it was still part of that."""
        for part, source in self.of(lot):
            until_us = self._lots[part].created_us
            yield from (it for it in self._wrong if it.lot == source and it.into_lot != lot and it.raised_us <= until_us)
