"""What persons say: who may say it, and when it makes sense. What does not is refused in words, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.mes.execution import ENDED, NOT_STARTED, Execution, JobOrder
from twin.mes.quality.holds import Holds
from twin.mes.quality.inspections import FAILED, Inspections
from twin.mes.quality.limits import ControlLimits
from twin.mes.quality.nonconformances import DISPOSITIONS, RETURN, REWORK, SCRAP, USE_AS_IS, ActionEntry, Nonconformance, Nonconformances
from twin.mes.tracking.lots import Lot
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

Doubt = Callable[[Any], str]
MEANINGS = ("authored", "reviewed", "approved")


def doubt_code(plant: Plant, code: str) -> str:
    """Why this is no defect code of a plant, in words; "" if it is one, or none is said."""
    known = plant.layout.reasons.defect
    if not code or code in known:
        return ""
    if not known:
        return f"'{code}' is no defect code: this plant declares none; allowed: none, or those of reasons: defect in plant.yaml"
    return f"'{code}' is no defect code{did_you_mean(code, known)}; allowed: {listed(known, 30)}"


class Entries:
    """Finds what is wrong with an entry; "" if nothing is."""

    def __init__(
        self, plant: Plant, inspections: Inspections, nonconformances: Nonconformances, holds: Holds, tracking: Tracking,
        execution: Execution,
    ) -> None:  # fmt: skip
        self._plant, self._persons = plant, plant.layout.persons
        self._inspections, self._nonconformances, self._holds = inspections, nonconformances, holds
        self._tracking, self._execution = tracking, execution
        self.limits = ControlLimits(inspections, self.authority)
        self._doubts: dict[type[OperationsEvent], Doubt] = {
            e.InspectionConcluded: self._conclude,
            e.InspectionOverruled: self._overrule,
            e.LotHoldRequested: self._hold,
            e.LotReleaseRequested: self._release,
            e.NonconformanceRaised: self._raise,
            e.NonconformancePictured: self._picture,
            e.NonconformanceContained: self._contain,
            e.NonconformanceDispositioned: self._dispose,
            e.NonconformanceClosed: self._close,
            e.CorrectiveActionOpened: self._open_action,
            e.CorrectiveActionTaken: self._take_action,
            e.CorrectiveActionChanged: self._change_action,
            e.CorrectiveActionCancelled: self._cancel_action,
            e.TestResultCorrected: self._correct,
            e.ControlPointExcluded: self.limits.doubt_exclusion,
            e.ControlLimitsRevised: self.limits.doubt_revision,
            e.RecordSigned: self._sign,
        }

    def refuse(self, event: e.Entry) -> list[OperationsEvent]:
        """The refusal of an entry, with the reason; nothing if it is accepted."""
        doubt = self._doubts.get(type(event))
        reason = ("" if self._is_by_rule(event) else unsigned(event, self._persons)) or (doubt(event) if doubt else "")
        return [refusal(event, reason)] if reason else []

    # Who

    def _is_by_rule(self, event: e.Entry) -> bool:
        """A rule has no hands: it raises and contains what it has named itself, and nothing else."""
        if event.person or event.terminal or not isinstance(event, e.NonconformanceRaised | e.NonconformanceContained):
            return False
        return event.nonconformance.startswith(f"NC-{event.lot}")

    def authority(self, event: e.Entry, material: str) -> str:
        """Whether the person may decide about a material: each plan of it may name a personnel class."""
        for name, plan in self._inspections.plans.items():
            known = self._persons.get(event.person)
            if plan.material == material and plan.authority and known and plan.authority not in known.classes:
                may = [person for person, it in self._persons.items() if plan.authority in it.classes]
                return f"{event.person} is no {plan.authority}, which '{name}' asks for; allowed: {listed(may)}"
        return ""

    def _lot(self, event: e.Entry) -> str:
        return "" if event.lot in self._tracking.lots else f"nobody knows lot '{event.lot}'"

    def gone_on(self, lot: str) -> tuple[int, str]:
        """When a lot has gone on last, to an operation or out of stock, and what that was; (-1, "") if it has not."""
        known = [(job.started_us, f"{job.job_order} began") for job in self._execution.job_orders.values() if job.lot == lot]
        known += [(it.at_us, f"{-it.quantity} of lot {lot} went") for it in self._tracking.movements if it.lot == lot and it.quantity < 0]
        return max(known, default=(-1, ""))

    # Inspections and holds

    def _inspection(self, event: e.InspectionConcluded | e.InspectionOverruled) -> str:
        plans = self._inspections.plans
        if event.plan not in plans:
            return f"no quality plan is called '{event.plan}'{did_you_mean(event.plan, plans)}; allowed: {listed(plans)}"
        if (event.plan, event.lot) not in self._inspections.all:
            return f"lot {event.lot} is not inspected by '{event.plan}'"
        return ""

    def _conclude(self, event: e.InspectionConcluded) -> str:
        if doubt := self._inspection(event):
            return doubt
        missing = self._inspections.missing(self._inspections.all[event.plan, event.lot])
        return f"not measured of lot {event.lot}: {', '.join(missing)}" if missing else ""

    def _overrule(self, event: e.InspectionOverruled) -> str:
        if doubt := self._inspection(event):
            return doubt
        it = self._inspections.all[event.plan, event.lot]
        if it.verdict != FAILED:
            return f"lot {event.lot} has not failed '{event.plan}' but {f'is {it.verdict}' if it.verdict else 'is not judged yet'}"
        if not event.reason.strip():
            return "it needs a reason"
        return self.authority(event, it.material)

    def _hold(self, event: e.LotHoldRequested) -> str:
        if event.disposition_us and event.disposition_us <= event.recorded_us:
            when = written_local(event.disposition_us, self._plant.layout.time_zone)
            return f"it would have been decided at {when}, which is past; allowed: a later instant, or none"
        return self._lot(event) or ("" if event.reason.strip() else "it needs a reason")

    def _release(self, event: e.LotReleaseRequested) -> str:
        if doubt := self._lot(event) or self.authority(event, self._tracking.lots[event.lot].material):
            return doubt
        reasons = self._holds.reasons.get(event.lot)
        if not reasons:
            return f"lot {event.lot} is not held"
        others = [why for by, why in reasons.items() if by != "person"]
        return f"lot {event.lot} stays held: {'; '.join(others)}" if others else ""

    # Nonconformances

    def _raise(self, event: e.NonconformanceRaised) -> str:
        if doubt := self._lot(event):
            return doubt
        if event.nonconformance in self._nonconformances.all:
            return "" if self._is_by_rule(event) else f"nonconformance '{event.nonconformance}' is there already"
        if not event.nonconformance or not event.description.strip():
            return "it needs an id and a description"
        if doubt := doubt_code(self._plant, event.code):
            return doubt
        lot = self._tracking.lots[event.lot]
        there = lot.on_hand + lot.in_process
        return "" if 1 <= event.quantity <= max(there, 1) else f"{event.quantity} of lot {event.lot}; allowed: 1 to {there}"

    def _picture(self, event: e.NonconformancePictured) -> str:
        return self._known(event.nonconformance, "raised", "contained", "dispositioned")[1] or self._nonconformances.doubt_picture(event)

    def _known(self, name: str, *wanted: str) -> tuple[Nonconformance | None, str]:
        it = self._nonconformances.all.get(name)
        if it is None:
            return None, f"no nonconformance '{name}'{did_you_mean(name, self._nonconformances.all)}"
        if it.standing not in wanted:
            return it, f"nonconformance '{name}' is {it.standing}; allowed when it is {' or '.join(wanted)}"
        return it, ""

    def _contain(self, event: e.NonconformanceContained) -> str:
        _, doubt = self._known(event.nonconformance, "raised")
        return doubt or ("" if event.action.strip() else "it does not say what was done")

    def _dispose(self, event: e.NonconformanceDispositioned) -> str:
        it, doubt = self._known(event.nonconformance, "contained")
        if doubt or it is None:
            return doubt
        if event.disposition not in DISPOSITIONS:
            near = did_you_mean(event.disposition, DISPOSITIONS)
            return f"'{event.disposition}' is no disposition{near}; allowed: {listed(DISPOSITIONS)}"
        doubt = doubt_code(self._plant, event.code) or (self.authority(event, it.material) if event.person else "")
        if doubt := doubt or self._doubt_part(event, it):
            return doubt
        if event.disposition == USE_AS_IS:
            return "" if event.reason.strip() else "to use it as it is needs a reason"
        return {REWORK: self._rework, SCRAP: self._scrap, RETURN: self._return}[event.disposition](event, it)

    def _doubt_part(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> str:
        """Why it cannot be said of so many pieces, or not yet, in words."""
        if it.nonconformance in self._nonconformances.undone:
            return f"{it.deciding} of lot {it.lot} are still to be disposed of, as was decided; allowed: once that is done"
        if not 0 <= event.quantity <= it.undecided:
            return f"{event.quantity} pieces of {it.nonconformance}; allowed: 1 to {it.undecided}, or none said for all that is left"
        if event.disposition == REWORK and it.into_lot:
            return (
                f"part of it was sent back as lot {it.into_lot}; allowed: another disposition, or a nonconformance of its own for the rest"
            )
        return ""

    def there(self, lot: Lot) -> int:
        """Pieces of a lot of which may be disposed: in process, or once it is done in stock and claimed by nobody."""
        return lot.in_process or lot.on_hand - lot.claimed

    def free(self, it: Nonconformance) -> int:
        """Pieces of its lot of which nothing is decided."""
        return self.there(self._tracking.lots[it.lot]) - self._nonconformances.pieces_undone(it.lot)

    def _too_few(self, event: e.NonconformanceDispositioned, it: Nonconformance, what: str) -> str:
        """That not so much of a lot is there, or nothing, in words; "" if it is."""
        lot, undone = self._tracking.lots[it.lot], self._nonconformances.pieces_undone(it.lot)
        if (event.quantity or 1) > self.free(it):
            there = f"{lot.on_hand - lot.claimed} in stock, {lot.in_process} in process"
            also = f", and {undone} are to be disposed of already" if undone else ""
            return f"{event.quantity or it.undecided} of lot {it.lot} cannot be {what}: {there}{also}; allowed: what is there"
        if lot.in_process and self.next_job(it.lot) is None:
            wanted = event.quantity or it.undecided
            return f"{wanted} of lot {it.lot} cannot be {what}: nothing is to be done on it any more; allowed: what waits or is worked on"
        return ""

    def _scrap(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> str:
        return self._too_few(event, it, "scrapped")

    def _return(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> str:
        if self._plant.materials.materials[it.material].kind != "purchased":
            return f"'{it.material}' is made here and cannot be returned; allowed: use as is, rework, scrap"
        lot = self._tracking.lots[it.lot]
        free = lot.on_hand - lot.claimed
        wanted = event.quantity or min(it.undecided, max(free, 1))
        return "" if free >= wanted else f"{wanted} of lot {it.lot} cannot be returned: {free} are in stock"

    def _rework(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> str:
        if it.material not in self._plant.layout.routings:
            return f"'{it.material}' is not made here and cannot be reworked; allowed: use as is, scrap, return"
        if doubt := self._too_few(event, it, "reworked"):
            return doubt
        job, allowed = self.next_job(it.lot), self.operations_before(it.lot)
        if event.rework_to in allowed:
            return ""
        if not self._tracking.lots[it.lot].in_process or job is None:
            return f"rework_to '{event.rework_to}' is no operation of '{it.material}'; allowed: {listed(allowed)}"
        return f"rework_to '{event.rework_to}' does not lie before operation {job.operation}; allowed: {listed(allowed)}"

    def is_worked_on(self, job: JobOrder | None) -> bool:
        """Whether the next job order of a lot has begun."""
        return job is not None and (job.status not in NOT_STARTED or self._execution.is_at_a_unit(job.job_order))

    def operations_before(self, lot: str) -> list[str]:
        """Operations that a lot may go back to, in their order: what is behind it, and what is being done to it; of stock all."""
        known = self._tracking.lots[lot]
        job = self.next_job(lot) if known.in_process else None
        if job is None:
            return [*self._plant.layout.routings.get(known.material, ())]
        return [*self._before(job), *([job.operation] if self.is_worked_on(job) else [])]

    def _before(self, job: JobOrder | None) -> list[str]:
        found: list[str] = []
        while job and job.before:
            job = job.before
            found.insert(0, job.operation)
        if job is not None:  # a lot that was reworked knows only what it has done since
            routing = list(self._plant.layout.routings.get(job.material, ()))
            found = [*routing[: routing.index(job.operation)], *found] if job.operation in routing else found
        return found

    def next_job(self, lot: str) -> JobOrder | None:
        """The first job order of a lot that has not ended."""
        jobs = (job for job in self._execution.job_orders.values() if job.lot == lot and job.status not in ENDED)
        return next(jobs, None)

    def _close(self, event: e.NonconformanceClosed) -> str:
        it, doubt = self._known(event.nonconformance, "dispositioned")
        if doubt or it is None:
            return doubt
        if event.nonconformance in self._nonconformances.undone:
            return f"lot {it.lot} is being worked on, or on its way; allowed: once that is over, and it was carried out"
        jobs = (self._execution.job_orders.get(name) for name in it.rework_job_orders)
        undone = [job.job_order for job in jobs if job and job.status not in ENDED]
        if undone:
            return f"the rework of lot {it.into_lot} is not done: {listed(undone)}"
        still = [other.nonconformance for other in self._nonconformances.open_of(it.into_lot)] if it.into_lot else []
        return f"lot {it.into_lot} is not in order yet: {listed(still)}" if still else ""

    # Corrections and signatures

    def _correct(self, event: e.TestResultCorrected) -> str:
        if doubt := self._lot(event):
            return doubt
        values = self._inspections.values_of(event.lot, self._tracking.lots[event.lot].material, event.characteristic)
        if event.was not in values:
            return f"no result {event.was:g} of {event.characteristic} of lot {event.lot}; there: {listed(f'{it:g}' for it in values)}"
        return "" if event.reason.strip() else "it needs a reason"

    def _sign(self, event: e.RecordSigned) -> str:
        if event.meaning not in MEANINGS:
            return f"'{event.meaning}' is no meaning of a signature{did_you_mean(event.meaning, MEANINGS)}; allowed: {listed(MEANINGS)}"
        return "" if event.record and event.seal else "it names no record, or has no seal"

    # Corrective actions

    def _open_action(self, event: e.CorrectiveActionOpened) -> str:
        known = self._nonconformances
        if event.nonconformance and event.nonconformance not in known.all:
            return f"no nonconformance '{event.nonconformance}'{did_you_mean(event.nonconformance, known.all)}"
        if not event.action or event.action in known.actions:
            return f"a corrective action '{event.action}' is there already, or has no id"
        if not event.root_cause.strip() or not event.measure.strip():
            return "it needs a cause and a measure"
        if doubt := self._doubt_of(event) or self._responsible(event.responsible):
            return doubt
        if event.due_us <= event.effective_us:
            return "it is due before it is opened"
        return "" if event.lot_count >= 1 else f"{event.lot_count} lots show nothing; allowed: 1 or more"

    def _doubt_of(self, event: e.CorrectiveActionOpened) -> str:
        """Why it cannot be seen on lots of what it names."""
        if event.nonconformance:
            named = event.material or event.characteristic
            return "its material and characteristic are those of the nonconformance; allowed: one of both" if named else ""
        materials, plans = self._plant.materials.materials, self._inspections.plans.values()
        if event.material not in materials:
            near = did_you_mean(event.material, materials)
            return f"it names no nonconformance, and no material is called '{event.material}'{near}; allowed: one of both"
        measured = [name for plan in plans if plan.material == event.material for name in plan.characteristics]
        if event.characteristic and event.characteristic not in measured:
            return f"no plan looks at '{event.characteristic}' of {event.material}; allowed: {listed(measured) if measured else 'none'}"
        return ""

    def _responsible(self, person: str) -> str:
        if not person or not self._persons or person in self._persons:
            return ""
        return f"nobody knows a person '{person}'{did_you_mean(person, self._persons)}; allowed: {listed(self._persons)}"

    def _action(self, event: ActionEntry, *wanted: str) -> str:
        """Why nothing can be said of an action as it stands."""
        it = self._nonconformances.actions.get(event.action)
        if it is None:
            return f"no corrective action '{event.action}'{did_you_mean(event.action, self._nonconformances.actions)}"
        return "" if it.standing in wanted else f"corrective action '{event.action}' is {it.standing} already"

    def _take_action(self, event: e.CorrectiveActionTaken) -> str:
        return self._action(event, "open")

    def _change_action(self, event: e.CorrectiveActionChanged) -> str:
        if doubt := self._action(event, "open") or self._responsible(event.responsible):
            return doubt
        if not event.reason.strip():
            return "it needs a reason"
        it = self._nonconformances.actions[event.action]
        if event.due_us and event.due_us <= event.effective_us:
            return "it would be due before it is changed"
        is_as_it_was = event.due_us in (0, it.due_us) and event.responsible in ("", it.responsible)
        return f"nothing of corrective action '{event.action}' would be another; allowed: a date, a person" if is_as_it_was else ""

    def _cancel_action(self, event: e.CorrectiveActionCancelled) -> str:
        return self._action(event, "open", "taken") or ("" if event.reason.strip() else "it needs a reason")
