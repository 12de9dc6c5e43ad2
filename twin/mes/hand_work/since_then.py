"""What has come of a thing since an instant for which something is said of it: a lot, a job order, a document.

An entry of an earlier instant that would have changed what has begun since is no record of what was, and is refused.
"""

from __future__ import annotations

from twin.mes.documents.document_control import DocumentControl
from twin.mes.execution import Execution
from twin.mes.process.steps import GuidedSteps
from twin.mes.quality.quality import Quality
from twin.mes.records.records import Records
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent

Latest = tuple[int, str]
"""When, and what it was; (-1, "") of nothing."""
NOTHING: Latest = (-1, "")


class SinceThen:
    """Finds the last that an entry of an earlier instant may not come before."""

    def __init__(
        self, execution: Execution, tracking: Tracking, documents: DocumentControl, steps: GuidedSteps, quality: Quality, records: Records
    ) -> None:
        self._execution, self._tracking, self._documents, self._steps = execution, tracking, documents, steps
        self._quality, self._records = quality, records

    def latest(self, event: OperationsEvent) -> Latest:
        """That, in words before an instant."""
        holds, lot = self._quality.holds, event.lot
        match event:
            case e.DocumentReleased() | e.DocumentWithdrawn():
                return self._documents.latest(event)
            case e.StepConfirmed():
                return max(self._steps.latest(event), self._recorded(event.job_order))
            case e.LotHoldRequested():
                let_go_us = self._tracking.let_go_us.get(lot, -1)
                return max(self._there(lot), self._quality.entries.gone_on(lot), (let_go_us, f"lot {lot} was let go"))
            case e.LotReleaseRequested():
                return max(self._there(lot), (holds.since_us.get(lot, -1), f"lot {lot} was held"))
            case e.TestResultRecorded() | e.DefectsCounted():
                known = self._tracking.lots.get(lot)
                return max(self._there(lot), self._quality.inspections.latest(event, known.material) if known else NOTHING)
        return NOTHING  # who has read a document looks at its revisions

    def _there(self, lot: str) -> Latest:
        known = self._tracking.lots.get(lot)
        return (known.created_us, f"lot {lot} came") if known else NOTHING

    def _recorded(self, job_order: str) -> Latest:
        """What was released with its record is not another any more."""
        job = self._execution.job_orders.get(job_order)
        released = self._records.releases.get(job.lot) if job else None
        return (released.effective_us, f"the record of lot {released.lot} was released") if released else NOTHING
