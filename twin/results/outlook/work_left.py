"""How far the work is: of a job order by the pieces counted or the time it has run, of a request with all that is made for it."""

from __future__ import annotations

from twin.mes.equipment import EquipmentRecord
from twin.mes.execution import ENDED, JobOrder
from twin.model.states import WorkUnitState
from twin.results.run import Run

NEVER_DONE_BY_TIME = 0.01  # share that is left, however long it runs: only a count says that pieces are made


def spent_us(record: EquipmentRecord, state: WorkUnitState, now_us: int) -> int:
    """How long a piece of equipment has been in `state` by now, if that is its state; what is closed is booked on the job order."""
    return now_us - record.since_us if record.state == state else 0


def run_left_us(run: Run, job: JobOrder) -> float:
    """Expected run time that is left of a job order: by pieces where some were counted, else by the time it has run."""
    if job.status in ENDED:
        return 0.0
    counted = run.mes.execution.reports[job.job_order].counted if job.job_order in run.mes.execution.reports else 0
    if counted:
        return job.run_expected_us * max(0.0, 1 - counted / job.quantity)
    record = run.mes.equipment.records.get(job.equipment)
    at_it = record is not None and job.job_order in record.job_orders
    running_us = spent_us(record, WorkUnitState.EXECUTE, run.now_us) if record is not None and at_it else 0
    return max(NEVER_DONE_BY_TIME * job.run_expected_us, job.run_expected_us - job.run_us - running_us)


def done_shares(run: Run) -> dict[str, float]:
    """By request: share of the expected work that is done, its own and that of the requests below it, 0 to 1."""
    whole: dict[str, float] = {}
    left: dict[str, float] = {}
    for job in run.mes.job_orders.values():
        whole[job.request] = whole.get(job.request, 0.0) + job.run_expected_us
        left[job.request] = left.get(job.request, 0.0) + run_left_us(run, job)
    below: dict[str, list[str]] = {}
    for it in run.erp.requests.requests.values():
        below.setdefault(it.parent, []).append(it.request)
    shares: dict[str, float] = {}
    for name in run.erp.requests.requests:
        tree = [name]
        for request in tree:  # grows as it goes: all requests below
            tree += below.get(request, [])
        all_us = sum(whole.get(request, 0.0) for request in tree)
        shares[name] = 1 - sum(left.get(request, 0.0) for request in tree) / all_us if all_us else 0.0
    return shares


def work_left(run: Run) -> dict[str, dict[str, float]]:
    """By request and operation: the share of the expected work of its job orders that is left."""
    whole: dict[tuple[str, str], float] = {}
    left: dict[tuple[str, str], float] = {}
    for job in run.mes.job_orders.values():
        place = job.request, job.operation
        whole[place] = whole.get(place, 0.0) + job.run_expected_us
        left[place] = left.get(place, 0.0) + run_left_us(run, job)
    shares: dict[str, dict[str, float]] = {}
    for (request, operation), total_us in whole.items():
        shares.setdefault(request, {})[operation] = min(1.0, left[request, operation] / total_us) if total_us else 0.0
    return shares
