"""What nobody may say any more, though journals of before have it: pages, tablets and programs are asked, what is read is not.

A fold that refused such entries would conclude otherwise of a journal that has them, and it could not be gone on with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.mes.execution import ENDED
from twin.model.calendars import written_local
from twin.model.events import OperationsEvent, StepCorrected
from twin.model.personnel.staff import STAFF
from twin.results.auditing.signable import signed_decisions

if TYPE_CHECKING:
    from twin.results.run import Run


def not_said_now(run: Run, event: OperationsEvent) -> str:
    """Why a person or a program may not say it, in words; "" if it may. Called by who carries the run, or with its lock."""
    if isinstance(event, STAFF):
        return run.mes.labour.staffing.doubt_to_come(event)
    return _by_one_alone(run, event) if isinstance(event, StepCorrected) else ""


def _by_one_alone(run: Run, event: StepCorrected) -> str:
    """Two have signed for a step in its record: once its work is done, one alone cannot write something else there (21 CFR 211.188(b)(11)).

    While the work goes on the second person verifies the correction. Afterwards it is a deviation, which somebody else has signed.
    """
    job, steps = run.mes.job_orders.get(event.job_order), run.mes.process.steps
    if job is None or job.status not in ENDED:
        return ""
    declared = steps.steps_of(job).get(event.step)
    if declared is None or not declared.verified_by_two:
        return ""
    deviations = run.mes.quality.nonconformances.all
    for decided, signed in signed_decisions(run):
        if decided.of != "disposition" or deviations[decided.names[0]].lot != job.lot or decided.at_us < job.ended_us:
            continue
        if any(it.person != event.person for it in signed):
            return ""
    when = written_local(job.ended_us, run.plant.layout.time_zone)
    return (
        f"step '{event.step}' is verified by two persons, and job order {job.job_order} is {job.status} since {when}; allowed: once"
        f" somebody else than {event.person} has signed the disposition of a nonconformance of lot {job.lot} that was decided since then"
    )
