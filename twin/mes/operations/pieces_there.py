"""How many pieces of a lot there are for a job order that ends without having been begun.

The plant says a number too. Where facts came late it may be another one: what was planned on what was known then may be of another
quantity, and what was counted before may be told later. Pieces are neither made nor lost by that: they are taken from where they are.
"""

from __future__ import annotations

from twin.mes.execution import ENDED, Execution, JobOrder
from twin.model.states import DispatchStatus


def pieces_there(execution: Execution, job: JobOrder, told: int) -> int:
    """What the operation before it left; as many as are told, and no more than are known, while nobody knows what that is."""
    before = job.before
    if before is None:
        return job.quantity
    report = execution.reports[before.job_order]
    if before.status in ENDED:  # less what a decision about them has taken out since
        return job.quantity
    if report.phase == DispatchStatus.COMPLETED:  # the conclusion from it is still to come
        return report.good
    return min(told, job.quantity)
