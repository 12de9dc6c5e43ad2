"""What was counted, or said of a stop, by hand, and was wrong: said again by a later entry, and every figure follows.

Only what a person has said can be corrected, not what a machine has told. A count is corrected while its job order is open: what is
complete has gone on with its pieces, and its costs are in the books. Pieces that were scrap stay scrap, since their loss is booked.
"""

from __future__ import annotations

from twin.mes.equipment import Count, Equipment, EquipmentRecord
from twin.mes.execution import ENDED, Execution
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.floor.words import Reasons
from twin.model.problems import did_you_mean, listed
from twin.model.states import MaterialUse


class Correcting:
    """Counts and stops that persons have said, and what becomes of them."""

    def __init__(self, execution: Execution, equipment: Equipment, reasons: Reasons) -> None:
        self._execution, self._equipment, self._reasons = execution, equipment, reasons
        self._counts: set[tuple[str, str, int]] = set()  # equipment, job order, when
        self._stops: set[tuple[str, int]] = set()  # equipment, when

    def counted(self, event: e.PiecesCounted) -> None:
        """A person has counted."""
        self._counts.add((event.equipment, event.job_order, event.effective_us))

    def stopped(self, event: e.StopReported) -> None:
        """A person has said that something stands."""
        self._stops.add((event.equipment, event.effective_us))

    def open_counts(self, center: str = "") -> list[tuple[str, Count]]:
        """Counts by hand that can be corrected, with their equipment, at a work center ("": anywhere), the newest first."""
        jobs = self._execution.job_orders
        found = [
            (name, it)
            for name, record in self._equipment.records.items()
            for it in record.counts
            if center in ("", record.work_center)
            and (name, it.job_order, it.at_us) in self._counts
            and it.job_order in jobs
            and jobs[it.job_order].status not in ENDED
        ]
        return sorted(found, key=lambda pair: -pair[1].at_us)

    def known_stops(self, center: str = "") -> list[tuple[str, int, str]]:
        """Equipment, instant and reason of each stop by hand, at a work center ("": anywhere), the newest first."""
        found = [
            (name, since_us, reason)
            for name, since_us in self._stops
            if center in ("", self._equipment.records[name].work_center)
            and (reason := self._equipment.reason_since(name, since_us)) is not None
        ]
        return sorted(found, key=lambda it: (-it[1], it[0]))

    def doubt_count(self, event: e.CountCorrected, record: EquipmentRecord) -> str:
        """Why this is no correction of a count, in words; "" if it is one."""
        was = self._count_of(event, record)
        if was is None:
            return f"nobody has counted {event.job_order or 'anything'} at {event.equipment} then; allowed: what was counted by hand"
        job = self._execution.job_orders[event.job_order]
        if job.status in ENDED:
            return f"{event.job_order} is {job.status.lower()}: its pieces have gone on; allowed: to correct what is still worked on"
        numbers = (event.good, event.scrap, event.rework)
        most = was.pieces + job.quantity - self._execution.reports[event.job_order].counted - 1
        if min(numbers) < 0 or sum(numbers) > most:
            return f"{' + '.join(map(str, numbers))} pieces good, scrap, rework; allowed: 0 to {most} together, the last of all is counted"
        if event.scrap < was.scrap:
            return f"{was.scrap} were scrap, and their loss is booked; allowed: {was.scrap} or more"
        if numbers == (was.good, was.scrap, was.rework):
            return "that is what was counted"
        for what, pieces, allowed in (("scrap", event.scrap, self._reasons.scrap), ("rework", event.rework, self._reasons.rework)):
            if pieces and event.reason not in allowed:
                return f"'{event.reason}' is no reason for {what}{did_you_mean(event.reason, allowed)}; allowed: {listed(allowed)}"
        return "" if event.why.strip() else "it needs a reason"

    def doubt_stop(self, event: e.StopReasonCorrected, record: EquipmentRecord) -> str:
        """Why this is no correction of a stop, in words; "" if it is one."""
        was = self._equipment.reason_since(event.equipment, event.since_us)
        if (event.equipment, event.since_us) not in self._stops or was is None:
            return f"nobody has said that {event.equipment} stopped then; allowed: what was reported by hand"
        if was != event.was_reason:
            return f"{event.equipment} stopped then for '{was}', not '{event.was_reason}'"
        allowed = self._reasons.stop
        if event.reason not in allowed:
            return f"'{event.reason}' is no reason for a stop{did_you_mean(event.reason, allowed)}; allowed: {listed(allowed)}"
        if event.reason == was:
            return "that is what was said"
        return "" if event.why.strip() else "it needs a reason"

    def count(self, event: e.CountCorrected) -> list[OperationsEvent]:
        """The count is what is said now; more scrap is lost now."""
        was = self._count_of(event, self._equipment.records[event.equipment])
        assert was is not None
        self._equipment.correct_count(event.equipment, was, event.good, event.scrap, event.rework)
        job, report, lost = self._execution.job_orders[event.job_order], self._execution.reports[event.job_order], event.scrap - was.scrap
        report.good, report.scrap, report.rework = (
            report.good + event.good - was.good,
            report.scrap + lost,
            report.rework + event.rework - was.rework,
        )
        if not lost:
            return []
        return [
            e.MaterialActual(
                effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                use=MaterialUse.SCRAPPED.value, material=job.material, quantity=lost,
            )
        ]  # fmt: skip

    def stop(self, event: e.StopReasonCorrected) -> None:
        """The stop has the reason that is said now."""
        self._equipment.correct_reason(event.equipment, event.since_us, event.reason)

    def _count_of(self, event: e.CountCorrected, record: EquipmentRecord) -> Count | None:
        if (event.equipment, event.job_order, event.counted_us) not in self._counts:
            return None
        return next((it for it in record.counts if (it.at_us, it.job_order) == (event.counted_us, event.job_order)), None)
