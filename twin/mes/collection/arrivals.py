"""When a lot is where its next operation is done: as long after the last as transport takes, or when it is scanned there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from twin.mes.release import Step
from twin.model.events import MaterialIdentified


class Turned(Protocol):
    """A job order whose turn comes when its lot is there."""

    turn_us: int

    @property
    def step(self) -> Step: ...
    @property
    def before(self) -> Turned | None: ...
    @property
    def ended_us(self) -> int: ...


class Arrivals:
    """Lots that were scanned where they wait. A scan may come before the count of the operation that the lot comes from."""

    def __init__(self, job_orders: Mapping[str, Turned]) -> None:
        self._job_orders = job_orders
        self._scanned_us: dict[str, int] = {}  # by job order

    def turn_us(self, done: Turned | None, job_order: str, at_us: int) -> int:
        """When the lot is there for `job_order`, if `done` (None: nothing before it) ended at `at_us`; -1: nobody can know yet."""
        if done is None:
            return at_us
        if done.step.arrival_is_told:
            return self._scanned_us.get(job_order, -1)
        return at_us + done.step.transport_us

    def passed_on(self, skipped: Turned, job_order: str) -> int:
        """When the lot is there for `job_order`, since it was no sample for the operation before."""
        return skipped.turn_us if skipped.turn_us >= 0 else self._scanned_us.get(job_order, -1)

    def note(self, event: MaterialIdentified) -> None:
        """A lot was scanned; if it waits there for a job order, that one has its turn, unless what is before it is not done."""
        if not event.job_order:
            return
        self._scanned_us.setdefault(event.job_order, event.effective_us)
        job = self._job_orders.get(event.job_order)
        if job and job.turn_us < 0 and (job.before is None or job.before.ended_us >= 0):
            job.turn_us = event.effective_us
