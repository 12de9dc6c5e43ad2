"""What was counted, or said of a stop, and was wrong: said again by a later entry of a person, and every figure follows.

A count is corrected as long as its pieces have not gone on: while its job order is open, and after that until the next one begins, or
the last one's pieces are drawn on. A machine goes on from its own count, so of what it has counted the pieces stay as many as they are.
Why something stood, a person knows better than the controller that has told of it: the reason of any stop is given, and corrected.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

from twin.mes.equipment import STOPPED_STATES, Count, Equipment, EquipmentRecord, StateInterval
from twin.mes.execution import ENDED, NO_PIECES, NOT_STARTED, Execution, JobOrder
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.bills.given_off import gives_off_at
from twin.model.events import OperationsEvent
from twin.model.events.production import EquipmentStateCorrected, JobOrderCorrected, MaterialActualCorrected
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.states import DispatchStatus, MaterialUse

LOOKED_BACK = 500
"""So many counts of a piece of equipment are offered to be corrected at most; a program may name any."""


class Correcting:
    """Counts and stops that persons have said, and what becomes of them."""

    def __init__(self, plant: Plant, execution: Execution, equipment: Equipment, tracking: Tracking, release: Release) -> None:
        self._plant, self._reasons = plant, plant.layout.reasons
        self._failures, self._maintenance = plant.failures, plant.maintenance
        self._execution, self._equipment, self._tracking, self._release = execution, equipment, tracking, release
        self._counts: set[tuple[str, str, int]] = set()  # equipment, job order, when
        self._stops: set[tuple[str, int]] = set()  # equipment, when: of which a person has said the reason
        self._leaving: Counter[str] = Counter()  # by lot: pieces that are to go out of stock again, and have not yet

    def counted(self, event: e.PiecesCounted) -> None:
        """A person has counted."""
        self._counts.add((event.equipment, event.job_order, event.effective_us))

    def stopped(self, event: e.StopReported) -> None:
        """A person has said that something stands."""
        self._stops.add((event.equipment, event.effective_us))

    def known_counts(self, center: str = "") -> list[tuple[str, Count]]:
        """Counts to be corrected, whoever counted, with their equipment, at a work center ("": anywhere), newest first.

        Their pieces have not gone on, or they lack a reason.
        """
        jobs = self._execution.job_orders
        found: dict[tuple[str, str, int], list[Count]] = {}
        for name, record in self._equipment.records.items():
            for it in record.counts[-LOOKED_BACK:] if center in ("", record.work_center) else ():
                if (job := jobs.get(it.job_order)) and name in job.step.equipment:
                    found.setdefault((name, it.job_order, it.at_us), []).append(it)
        known = ((name, _together(counts)) for (name, *_), counts in found.items())
        return sorted((pair for pair in known if self._is_open(jobs[pair[1].job_order], pair[1])), key=lambda pair: -pair[1].at_us)

    def _is_open(self, job: JobOrder, count: Count) -> bool:
        """Whether a count may still be corrected, or nobody has said why it was no good."""
        return bool(not count.reason and (count.scrap or count.rework)) or job.status not in ENDED or not self._gone(job, 0)

    def known_stops(self, most: int, center: str = "") -> list[tuple[str, int, str]]:
        """Equipment, instant and reason of the newest stops at a work center ("": anywhere), the newest first."""
        found = [
            (name, stop[0].start_us, stop[0].reason)
            for name, record in self._equipment.records.items()
            if center in ("", record.work_center)
            for stop in islice((it for it in self._equipment.stops(name) if not self._keeps_up(name, it[0])), most)
        ]
        return sorted(found, key=lambda it: (-it[1], it[0]))[:most]

    def unexplained_since(self, equipment: str) -> int:
        """When the stop began in which this piece of equipment is now and of which no person has said why, us; -1 if it is in none."""
        stop = next(self._equipment.stops(equipment), [])
        is_open = bool(stop) and stop[-1].start_us == self._equipment.records[equipment].since_us
        is_asked = is_open and not self._keeps_up(equipment, stop[0]) and (equipment, stop[0].start_us) not in self._stops
        return stop[0].start_us if is_asked else -1

    def doubt_count(self, event: e.CountCorrected, record: EquipmentRecord) -> str:
        """Why this is no correction of a count, in words; "" if it is one.

        The reason of as many pieces is said at any time, since nothing has gone on otherwise; for the first time it needs no `why`.
        """
        was = self._count_of(event, record)
        if was is None:
            return f"nobody has counted {event.job_order or 'anything'} at {event.equipment} then; allowed: what was counted"
        job, now = self._execution.job_orders[event.job_order], _corrected(event, was)
        is_reason_alone = _is_as_many(now, was) and now != was
        if not is_reason_alone and (
            doubt := self._of_machine(event, was)
            or (self._of_done(event, was, job) if job.status in ENDED else self._of_open(event, was, job))
        ):
            return doubt
        if now == was:
            return "that is what was counted"
        for what, pieces, allowed in (("scrap", event.scrap, self._reasons.scrap), ("rework", event.rework, self._reasons.rework)):
            if pieces and event.reason not in allowed:
                return f"'{event.reason}' is no reason for {what}{did_you_mean(event.reason, allowed)}; allowed: {listed(allowed)}"
        return "" if event.why.strip() or (is_reason_alone and not was.reason) else "it needs a reason"

    def doubt_stop(self, event: e.StopReasonCorrected, record: EquipmentRecord) -> str:
        """Why this is no reason of a stop, in words; "" if it is one. Only what a person has said before needs a reason to be corrected."""
        stop = self._equipment.stop_since(event.equipment, event.since_us)
        if not stop:
            return f"no stop of {event.equipment} began then; allowed: one that was reported, of equipment that is held, aborted or stopped"
        was = stop[0].reason
        if self._keeps_up(event.equipment, stop[0]):
            return f"{event.equipment} was kept up then, as planned: {was}; allowed: a stop that nobody planned"
        if was != event.was_reason:
            return f"{event.equipment} stopped then for '{was}', not '{event.was_reason}'"
        allowed = self.reasons(event.equipment)
        if event.reason not in allowed:
            return f"'{event.reason}' is no reason for a stop{did_you_mean(event.reason, allowed)}; allowed: {listed(allowed)}"
        if event.reason == was:
            return "that is what was said"
        is_first = (event.equipment, event.since_us) not in self._stops
        return "" if is_first or event.why.strip() else "it needs a reason"

    def reasons(self, equipment: str) -> list[str]:
        """What a stop of it can be for: what persons choose from, then how it is declared to fail."""
        return list(dict.fromkeys([*self._reasons.stop, *(it.reason for it in self._failures.get(equipment, []))]))

    def more(self, event: e.CountCorrected) -> int:
        """So many pieces more were counted than was said at first (< 0: fewer)."""
        was = self._count_of(event, self._equipment.records[event.equipment])
        return event.good + event.scrap + event.rework - (was.pieces if was else 0)

    def count(self, event: e.CountCorrected) -> list[OperationsEvent]:
        """The count is what is said now; more scrap is lost now, less is taken back."""
        was = self._count_of(event, self._equipment.records[event.equipment])
        assert was is not None
        self._equipment.correct_count(event.equipment, was, now := _corrected(event, was))
        job, report = self._execution.job_orders[event.job_order], self._execution.reports[event.job_order]
        more, lost = now.good - was.good, now.scrap - was.scrap
        report.good, report.scrap, report.rework = report.good + more, report.scrap + lost, report.rework + event.rework - was.rework
        if job.status in ENDED and not _is_as_many(now, was):
            return self._done_otherwise(event, job, more)
        if lost > 0:
            return [
                e.MaterialActual(
                    effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                    use=MaterialUse.SCRAPPED.value, material=job.material, quantity=lost,
                )
            ]  # fmt: skip
        return [_actual(event, job, MaterialUse.SCRAPPED, lost)] if lost else []

    def actual(self, event: MaterialActualCorrected) -> list[OperationsEvent]:
        """Stock and work in process are what they are by it."""
        if event.use == MaterialUse.PRODUCED and event.quantity < 0:
            self._leaving[event.lot] = max(0, self._leaving[event.lot] + event.quantity)
        return self._tracking.correct_actual(event)

    def stop(self, event: e.StopReasonCorrected) -> list[OperationsEvent]:
        """The stop has the reason that is said now, in each of its states."""
        self._stops.add((event.equipment, event.since_us))
        stop = self._equipment.stop_since(event.equipment, event.since_us)
        for it in stop:
            self._equipment.correct_reason(event.equipment, it.start_us, event.reason)
        return [
            EquipmentStateCorrected(
                effective_us=event.effective_us, equipment=event.equipment, job_order=it.job_order, since_us=it.start_us,
                reason=event.reason,
            )
            for it in stop
        ]  # fmt: skip

    def _keeps_up(self, equipment: str, it: StateInterval) -> bool:
        """Whether that is maintenance which the plant itself plans."""
        return it.state in STOPPED_STATES and it.reason in {one.reason for one in self._maintenance.get(equipment, [])}

    def _count_of(self, event: e.CountCorrected, record: EquipmentRecord) -> Count | None:
        job = self._execution.job_orders.get(event.job_order)
        if job is None or event.equipment not in job.step.equipment:  # the stations of a line count the same pieces once more
            return None
        found = [it for it in record.counts if (it.at_us, it.job_order) == (event.counted_us, event.job_order)]
        return _together(found) if found else None

    def _of_machine(self, event: e.CountCorrected, was: Count) -> str:
        """Why a machine cannot have counted that: it goes on from its own count, so what it took for pieces and was none is lost."""
        numbers = (event.good, event.scrap, event.rework)
        if (event.equipment, event.job_order, event.counted_us) in self._counts:
            return ""
        if min(numbers) < 0 or sum(numbers) != was.pieces:
            allowed = f"{was.pieces} pieces in all, since {event.equipment} counts on from there: what was no piece is scrap"
            return f"{counted_words(numbers)}; allowed: {allowed}"
        if event.rework != was.rework:
            return f"{event.equipment} sends {was.rework} back to be reworked; allowed: {was.rework} to be reworked"
        return ""

    def _of_open(self, event: e.CountCorrected, was: Count, job: JobOrder) -> str:
        """Why a count of a job order that is worked on cannot be that."""
        report, numbers = self._execution.reports[job.job_order], (event.good, event.scrap, event.rework)
        if report.phase == DispatchStatus.COMPLETED:
            return f"{job.job_order} is completed at this instant; allowed: once it is"
        most = was.pieces + job.quantity - report.counted - 1
        if min(numbers) < 0 or sum(numbers) > most:
            return f"{counted_words(numbers)}; allowed: 0 to {most} pieces in all, since the last of all is counted"
        return ""

    def _of_done(self, event: e.CountCorrected, was: Count, job: JobOrder) -> str:
        """Why a count of a job order that has ended cannot be that: all its pieces are counted, and may have gone on."""
        numbers = (event.good, event.scrap, event.rework)
        if job.status == DispatchStatus.COMPLETED and (min(numbers) < 0 or sum(numbers) != was.pieces):
            return f"{counted_words(numbers)}; allowed: {was.pieces} pieces in all, since all of {job.job_order} is counted"
        if job.status == DispatchStatus.COMPLETED and event.rework != was.rework:
            return f"{was.rework} have gone back to be reworked; allowed: {was.rework} to be reworked"
        return self._gone(job, was.good - event.good)

    def _gone(self, job: JobOrder, fewer: int) -> str:
        """Why it cannot be that a job order that has ended gave so many `fewer` good pieces (< 0: more); "" if it can."""
        if job.status != DispatchStatus.COMPLETED:
            return f"{job.job_order} is {job.status.lower()}: what was left of it is lost"
        if not job.good:  # it was not inspected, since nothing of it was there: nobody may find it good without that
            return f"nothing of lot {job.lot} was good, and it has ended; allowed: to count it into stock"
        operation = self._plant.layout.routings[job.material][job.operation]
        if operation.subcontract:
            return f"a supplier has done {job.job_order}, and is owed for what came back good; allowed: to correct his bill"
        if job.operation == gives_off_at(self._plant, job.material):
            return f"{job.job_order} gave by-products of its lot off: what came of it goes by its good pieces, and is in stock"
        after, lot = job.after, self._tracking.lots[job.lot]
        if after is None:
            free = lot.on_hand - lot.claimed - self._leaving[job.lot]
            if fewer > free or (not lot.on_hand and lot.produced):
                there = f"{max(0, free)} of lot {job.lot} are in stock, and nobody draws on them"
                return f"its pieces have gone on: {there}; allowed: to lose those"
            return ""
        if after.status in ENDED or self._is_begun(after):
            return f"its pieces have gone on: {after.job_order} is {after.status.lower()}; allowed: before that is begun"
        if fewer > after.quantity:
            return f"its pieces have gone on: {after.quantity} of them wait for {after.job_order}; allowed: to lose those"
        return ""

    def _is_begun(self, job: JobOrder) -> bool:
        is_sent = job.status not in NOT_STARTED or job.status == DispatchStatus.DISPATCHED
        return is_sent or self._execution.is_at_a_unit(job.job_order) or self._execution.reports[job.job_order].phase is not None

    def _done_otherwise(self, event: e.CountCorrected, job: JobOrder, more: int) -> list[OperationsEvent]:
        """A completed job order gave so many more good pieces (< 0: fewer), and lost as many less."""
        job.good, job.scrap = job.good + more, job.scrap - more
        if request := self._release.requests.get(job.request):
            request.scrap -= more
            request.good += more if job.after is None else 0
        said: OperationsEvent = JobOrderCorrected(
            effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
            good=job.good, scrap=job.scrap, rework=job.rework,
        )  # fmt: skip
        lost = _actual(event, job, MaterialUse.SCRAPPED, -more)
        if (after := job.after) is None:
            made = _actual(event, job, MaterialUse.PRODUCED, more)
            self._leaving[job.lot] += max(0, -more)
            return [said, made, lost] if more < 0 else [said, lost, made]
        after.quantity += more
        self._release.note_place(job.lot, after.step, after.quantity)
        if after.quantity:
            return [said, lost]
        return [
            said, lost,
            e.JobOrderAborted(
                effective_us=event.effective_us, request=job.request, job_order=after.job_order, lot=job.lot, reason=NO_PIECES,
            ),
        ]  # fmt: skip


def _together(counts: list[Count]) -> Count:
    """What was counted of a job order at one instant is one count: nobody can say which of two is meant, nor which of two reasons."""
    reasons = {it.reason for it in counts if it.scrap or it.rework}
    return replace(
        counts[0], good=sum(it.good for it in counts), scrap=sum(it.scrap for it in counts), rework=sum(it.rework for it in counts),
        reason=reasons.pop() if len(reasons) == 1 else "",
    )  # fmt: skip


def _is_as_many(now: Count, was: Count) -> bool:
    """Whether at most the reason is another."""
    return (now.good, now.scrap, now.rework) == (was.good, was.scrap, was.rework)


def _corrected(event: e.CountCorrected, was: Count) -> Count:
    """The count as it is said now."""
    reason = event.reason if event.scrap or event.rework else ""
    return replace(was, good=event.good, scrap=event.scrap, rework=event.rework, reason=reason)


def _actual(event: e.CountCorrected, job: JobOrder, use: MaterialUse, quantity: int) -> MaterialActualCorrected:
    return MaterialActualCorrected(
        effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
        use=use.value, material=job.material, quantity=quantity,
    )  # fmt: skip


def counted_words(numbers: tuple[int, int, int]) -> str:
    """Pieces of one count, of each kind."""
    good, scrap, rework = numbers
    return f"{good} good, {scrap} scrap, {rework} rework"
