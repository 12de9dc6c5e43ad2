"""Lots that come back to the unit that did an earlier operation (`same_unit_as`): which one that was."""

from __future__ import annotations

from collections.abc import Mapping

from twin.mes.execution import JobOrder
from twin.mes.tracking.lots import Lot


def unit_that_did(operation: str, last: JobOrder | None, lot_id: str, job_orders: Mapping[str, JobOrder], lots: Mapping[str, Lot]) -> str:
    """The equipment on which a lot was last for an operation, up to its job order `last`; "" if nobody has seen it there.

    What rework has taken off a lot was there as a part of it, if it was not there again by itself.
    """
    job, lot = last, lots.get(lot_id)
    while True:
        while job:
            if job.operation == operation and job.started_us >= 0:
                return job.equipment
            job = job.before
        if lot is None or not lot.from_lot:
            return ""
        job, lot = job_orders.get(lot.split_by), lots.get(lot.from_lot)


def unit_bound_to(job: JobOrder, job_orders: Mapping[str, JobOrder], lots: Mapping[str, Lot]) -> str:
    """The unit that has to do `job`; "" if any may."""
    wanted = job.step.same_unit_as
    return unit_that_did(wanted, job.before, job.lot, job_orders, lots) if wanted is not None else ""
