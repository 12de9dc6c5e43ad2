"""Lots in process that were split from one another are put together again: they go on as one, with the job orders of that one."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from twin.mes.collection.bound_units import unit_that_did
from twin.mes.execution import ENDED, NO_PIECES, Execution, JobOrder
from twin.mes.operations.queue_times import QueueTimes
from twin.mes.release import Release
from twin.mes.resources.splitting import why_not_waiting
from twin.mes.tracking.tracking import Tracking
from twin.model.events import JobOrderAborted, LotMergeRequested, OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess


class Rejoining:
    """What `Merging` asks about lots on the floor.

    Parameters
    ----------
    leaving : by lot: pieces that are to leave it at this instant, and have not yet; what `Splitting` goes by, too
    """

    def __init__(
        self, execution: Execution, tracking: Tracking, release: Release, queue_times: QueueTimes, leaving: MutableMapping[str, int]
    ) -> None:
        self._execution, self._tracking, self._release, self._queue_times = execution, tracking, release, queue_times
        self._leaving = leaving

    def concerns(self, event: LotMergeRequested) -> bool:
        """Whether it is about lots that are all on the floor."""
        return all(self._is_on_the_floor(name) for name in (event.lot, *event.from_lots))

    def doubt(self, event: LotMergeRequested) -> str:
        """Why these lots cannot go on as one, in words; "" if they can."""
        for name in (event.lot, *event.from_lots):
            if words := why_not_waiting(name, self._next(name), event.effective_us, self._execution, self._tracking):
                return words
            if self._leaving.get(name, 0):
                return f"part of lot {name} is split off at this instant"
        return next(filter(None, (self._beside(name, event.lot) for name in event.from_lots)), "")

    def merged(self, event: LotMergeRequested) -> list[OperationsEvent]:
        """What follows: each goes on as the other, and has no job orders any more."""
        follows: list[OperationsEvent] = []
        for name in event.from_lots:
            job, quantity = self._next(name), self._there(name)
            assert job is not None
            self._leaving[name] = self._leaving.get(name, 0) + quantity
            follows += [
                LotMergedInProcess(
                    effective_us=event.effective_us, request=job.request, lot=event.lot, person=event.person, from_lot=name,
                    material=job.material, quantity=quantity,
                ),
                JobOrderAborted(
                    effective_us=event.effective_us, request=job.request, job_order=job.job_order, lot=name,
                    reason=f"{NO_PIECES}: they go on as {event.lot}",
                ),
            ]  # fmt: skip
        return follows

    def apply(self, event: LotMergedInProcess) -> list[OperationsEvent]:
        """The one has so many pieces more in all that is still to be done to it."""
        self._leaving[event.from_lot] = max(0, self._leaving.get(event.from_lot, 0) - event.quantity)
        follows = self._tracking.merge_in_process(event)
        if follows:
            return follows
        self._queue_times.merge(event.from_lot, event.lot)
        for job in self._open_jobs(event.lot):
            job.quantity += event.quantity
        if waiting := self._next(event.lot):
            self._release.note_place(event.lot, waiting.step, waiting.quantity)
        return []

    def family(self, name: str) -> str:
        """The lot that a lot is a part of, as persons have split it; itself if they have not."""
        lots = self._tracking.lots
        while (lot := lots.get(name)) and lot.from_lot and not lot.split_by:
            name = lot.from_lot
        return name

    def can_be_one(self, waiting: Iterable[str]) -> list[str]:
        """Those of the lots that wait of which another part waits, too."""
        families: dict[str, list[str]] = {}
        for name in waiting:
            families.setdefault(self.family(name), []).append(name)
        return [name for names in families.values() if len(names) > 1 for name in names]

    # Inside

    def _is_on_the_floor(self, name: str) -> bool:
        lot = self._tracking.lots.get(name)
        return lot is not None and lot.made_here and bool(lot.in_process or (not lot.begun and self._next(name)))

    def _there(self, name: str) -> int:
        lot = self._tracking.lots[name]
        return lot.in_process if lot.begun else lot.to_begin

    def _open_jobs(self, lot: str) -> list[JobOrder]:
        """What is still to be done to a lot, in its order."""
        return [job for job in reversed([*self._execution.jobs_of(lot)]) if job.status not in ENDED]

    def _next(self, lot: str) -> JobOrder | None:
        return next(iter(self._open_jobs(lot)), None)

    def _beside(self, name: str, into: str) -> str:
        """Why a lot cannot go on as another, in words."""
        if self.family(name) != self.family(into):
            return f"lots {name} and {into} are not parts of one lot; allowed: what was split, and is not done again, is put together again"
        job, other = self._next(name), self._next(into)
        assert job is not None
        assert other is not None
        if job.operation != other.operation:
            return f"lot {name} waits for operation {job.operation}, and {into} for {other.operation}; allowed: lots that wait for the same"
        lots, jobs = self._tracking.lots, self._execution.job_orders
        for ahead in self._open_jobs(into):
            if earlier := ahead.step.same_unit_as:
                units = [unit_that_did(earlier, it.before, it.lot, jobs, lots) for it in (job, other)]
                if all(units) and len({*units}) > 1:
                    was = f"{earlier} was done on {units[0]} and on {units[1]}"
                    return f"operation {ahead.operation} comes back to the unit of {earlier}, and {was}; allowed: lots of one unit"
        return ""
