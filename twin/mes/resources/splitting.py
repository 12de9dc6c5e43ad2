"""Splitting: a person lets part of a lot that waits go on as a lot of its own, before another or on another work unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from twin.mes.execution import ENDED, NOT_STARTED, Execution, JobOrder
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model.events import LotSplit, LotSplitRequested, OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess, LotRegrouped
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import Policies
from twin.model.states import DispatchStatus


class Splitting:
    """Hears what persons say of lots that they split (a `Function`). The job orders of the lot go on with what is left."""

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (LotSplitRequested, LotSplit, LotMergedInProcess, LotRegrouped)

    def __init__(self, plant: Plant, policies: Policies, execution: Execution, tracking: Tracking, release: Release) -> None:
        self._persons, self._execution, self._tracking, self._release = plant.layout.persons, execution, tracking, release
        # Persons who work by hand have put the pieces so themselves; nothing is told where the plant only is observed.
        self._floor_hears = policies.decisions in ("mes", "persons") and policies.reports == "plant"
        self._to_tell: list[LotSplit | LotMergedInProcess] = []  # of what the floor has begun: it has to hear of it
        self._asked: dict[str, str] = {}  # the lot that a part goes on as -> the lot that it is of
        self.leaving: dict[str, int] = {}  # by lot: pieces that are to go on as parts, and have not left it yet

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """What follows from a split: the part is a lot with job orders of its own."""
        if isinstance(event, LotSplitRequested):
            if reason := unsigned(event, self._persons) or self._doubt(event):
                return [refusal(event, reason)]
            return self._split(event)
        if isinstance(event, LotMergedInProcess):
            self._tell(event)
        if isinstance(event, LotRegrouped):
            self._to_tell = [it for it in self._to_tell if (it.lot, it.from_lot) != (event.lot, event.from_lot)]
        if isinstance(event, LotSplit) and self._asked.get(event.lot) == event.from_lot:
            self._tell(event)
            self.leaving[event.from_lot] -= event.quantity
            for job in self._open_jobs(event.from_lot):
                job.quantity -= event.quantity
            job = next(self._open_jobs(event.from_lot))
            self._release.note_place(event.from_lot, job.step, job.quantity)
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Lots are split when somebody says so, and at no other time; the floor is told of those that it has begun."""
        return [
            LotRegrouped(
                effective_us=now_us, request=it.request, lot=it.lot, from_lot=it.from_lot, quantity=it.quantity,
                material=self._tracking.lots[it.from_lot].material,
            )
            for it in self._to_tell
        ]  # fmt: skip

    def _tell(self, event: LotSplit | LotMergedInProcess) -> None:
        """What is not begun comes to the floor with the start of its first operation, with as many pieces as it has then."""
        if self._floor_hears and (lot := self._tracking.lots.get(event.from_lot)) and lot.begun:
            self._to_tell.append(event)

    def _split(self, event: LotSplitRequested) -> list[OperationsEvent]:
        job, lots = next(self._open_jobs(event.lot)), self._tracking.lots
        taken = lots.keys() | self._asked.keys()
        part = next(name for n in range(1, len(taken) + 2) if (name := f"{event.lot}.S{n}") not in taken)
        self._asked[part] = event.lot
        self.leaving[event.lot] = self.leaving.get(event.lot, 0) + event.quantity
        split = LotSplit(
            effective_us=event.effective_us, request=job.request, lot=part, person=event.person, from_lot=event.lot, quantity=event.quantity
        )
        return [
            split,
            *self._release.job_orders(event.effective_us, job.request, part, job.material, event.quantity, job.operation),
        ]

    def _open_jobs(self, lot: str) -> Iterator[JobOrder]:
        return (job for job in self._execution.job_orders.values() if job.lot == lot and job.status not in ENDED)

    def _doubt(self, event: LotSplitRequested) -> str:
        """Why a lot cannot be split like this, in words; "" if it can."""
        lot, job = self._tracking.lots.get(event.lot), next(self._open_jobs(event.lot), None)
        if lot is None:
            return f"nobody knows lot '{event.lot}'"
        words = why_not_waiting(event.lot, job, event.effective_us, self._execution, self._tracking)
        if words or job is None:
            return words
        most = job.quantity - self.leaving.get(event.lot, 0) - 1
        if most < 1:
            return f"lot {event.lot} has no piece that could go on by itself; allowed: of two or more"
        return "" if 1 <= event.quantity <= most else f"{event.quantity} of lot {event.lot}; allowed: 1 to {most}"


def why_not_waiting(name: str, job: JobOrder | None, at_us: int, execution: Execution, tracking: Tracking) -> str:
    """Why a lot does not lie there for `job`, the next that is to be done to it, and may be taken otherwise; in words, "" if it does."""
    if job is None:
        return f"nothing is to be done on lot {name} any more"
    if job.status not in NOT_STARTED or job.status == DispatchStatus.DISPATCHED or execution.is_at_a_unit(job.job_order):
        return f"lot {name} is being worked on; allowed: while it waits"
    if not 0 <= job.turn_us <= at_us:
        return f"lot {name} is on its way; allowed: where it waits"
    why = tracking.restricted.get(name)
    return f"lot {name} is held: {why}" if why else ""
