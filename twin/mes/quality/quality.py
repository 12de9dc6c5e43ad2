"""Quality as one fold: results become verdicts and charts, what is wrong is held, what is decided about it is done. Read this first.

A lot that is inspected behind a gate is held from the instant at which it was to be inspected; so nothing that is not measured, or
failed, goes on or ships, whoever decides. Everything else in the MES and the ERP asks for the lot's disposition alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from twin.mes.collection.functions import Reacting, Reaction
from twin.mes.collection.reactions import Quietly
from twin.mes.execution import ENDED, Execution, JobOrder
from twin.mes.quality.carrying_out import CarryingOut
from twin.mes.quality.entries import Entries
from twin.mes.quality.holds import Holds
from twin.mes.quality.inspections import FAILED, OVERRULED, PASSED, Inspection, Inspections, Told
from twin.mes.quality.measuring.gauge_studies import GaugeStudies
from twin.mes.quality.nonconformances import USE_AS_IS, ActionEntry, Nonconformance, Nonconformances
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.readiness.earlier import is_earlier
from twin.model.scenario import Policies

Result = e.TestResultRecorded | e.DefectsCounted | e.TestResultCorrected | e.ControlLimitsFrozen | e.ControlPointExcluded
_LEFT = {
    "raised": "nothing is held for it; a person contains it and decides",
    "contained": "the lot stays held until a person decides; allowed: use as is, with the reason, or any other disposition",
    "dispositioned": "what was decided is being done; a person closes it",
}
"""What is left to do about a nonconformance without ground, by its standing."""


class Quality(Reacting):
    """Inspections, charts, holds, nonconformances and corrective actions of one plant, before anything else follows from an event."""

    def __init__(self, plant: Plant, policies: Policies, execution: Execution, tracking: Tracking, release: Release) -> None:
        self._execution, self._tracking = execution, tracking
        self._decides = policies.decisions in ("mes", "persons")
        self.inspections = Inspections(plant)
        self.nonconformances = Nonconformances()
        self.holds = Holds(tracking)
        self.gauge_studies = GaugeStudies(plant)
        self.entries = Entries(plant, self.inspections, self.nonconformances, self.holds, tracking, execution)
        self._carrying_out = CarryingOut(self.entries, self.nonconformances, tracking, execution, release)
        self.refused: list[e.EntryRefused] = []
        self.signatures: list[e.RecordSigned] = []
        entries: dict[type[OperationsEvent], Reaction] = {
            e.InspectionConcluded: self._judge_entry,
            e.InspectionOverruled: self._overrule,
            e.LotHoldRequested: self._hold,
            e.LotReleaseRequested: self._release,
            e.NonconformanceRaised: self._raise,
            e.NonconformancePictured: Quietly(self.nonconformances.pictured),
            e.NonconformanceContained: self._contain,
            e.NonconformanceDispositioned: self._dispose,
            e.NonconformanceClosed: self._close,
            **dict.fromkeys(get_args(ActionEntry), self._act),
            e.TestResultCorrected: self._correct,
            e.ControlPointExcluded: self._exclude,
            e.ControlLimitsRevised: self.entries.limits.revise,
            e.RecordSigned: self._signed,
        }
        self._reactions = {
            **dict.fromkeys(entries, self._hear),
            e.TestRequested: self._asked,
            e.InspectionJudged: self._judged,
            e.DispositionCarriedOut: self._carried_out,
            e.CorrectiveActionVerified: self._verified,
            e.EntryRefused: self._refused,
            e.LotDispositionChanged: self._disposition_changed,
            e.GoodsShipped: self._shipped,
            e.GoodsTakenBack: self.holds.came_back,
            e.GaugeMeasured: self.gauge_studies.apply,
            e.Heartbeat: self._time_passes,
            e.JobOrderCompleted: self._completed,
            e.CountObserved: self._counted,
            e.GoodsReceived: self._received,
            e.TestResultRecorded: self._measured,
            e.DefectsCounted: self._measured,
            e.ControlLimitsFrozen: self._frozen,
        }
        self._entries = entries

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What was decided about a lot and can be done now, or what has to be measured; whoever measures is told once."""
        if self.nonconformances.undone and (done := self._carrying_out.decide(now_us)):
            return done
        return [*self.inspections.requests(now_us)] if self._decides and self.inspections.to_ask else []

    # Which lots are inspected

    def _completed(self, event: e.JobOrderCompleted) -> list[OperationsEvent]:
        job = self._execution.job_orders.get(event.job_order)
        if job is None or job.status in ENDED or not event.good:
            return []
        concluded: list[OperationsEvent] = []
        for name, _ in self.inspections.plans_at(job.material, job.operation, is_last=job.after is None):
            if self.inspections.samplers[name].complete():
                concluded += self._open(event, name, job.lot, job.material, job.request)
        return concluded

    def _counted(self, event: e.CountObserved) -> list[OperationsEvent]:
        job = self._execution.job_orders.get(event.job_order)
        if job is None or job.status in ENDED or not event.good or self._is_station(job, event):
            return []
        concluded: list[OperationsEvent] = []
        for name, plan in self.inspections.plans_at(job.material, job.operation, is_last=False):
            if plan.sampling.is_in_process and self.inspections.samplers[name].count(job.lot, event.good, event.effective_us):
                concluded += self._open(event, name, job.lot, job.material, job.request)
        return concluded

    @staticmethod
    def _is_station(job: JobOrder, event: e.CountObserved) -> bool:
        """The stations of a line count the same pieces once more."""
        return event.equipment not in job.step.equipment

    def _received(self, event: e.GoodsReceived) -> list[OperationsEvent]:
        concluded: list[OperationsEvent] = []
        for name, _ in self.inspections.plans_at(event.material, None, is_last=True):
            if self.inspections.samplers[name].complete():
                concluded += self._open(event, name, event.lot or event.order, event.material, "")
        return concluded

    def _open(self, event: OperationsEvent, plan: str, lot: str, material: str, request: str) -> list[OperationsEvent]:
        title, missed = self.inspections.plans[plan].title or plan, []
        if self.inspections.is_open(plan, lot):
            missed = [WorkAlertRaised.about(event, "check", f"{title} of lot {lot} was not made, and is to be made again")]
        it = self.inspections.open(plan, lot, material, request, event.effective_us)
        if not self.inspections.plans[plan].gate or it.verdict:  # it may have been measured before it was asked for
            return [*missed]
        return [*missed, *self.holds.hold(event, lot, f"plan {plan}", f"{title} is not measured yet")]

    def _asked(self, event: e.TestRequested) -> list[OperationsEvent]:
        self.inspections.asked(event)
        return []

    # Results

    def _measured(self, event: e.TestResultRecorded | e.DefectsCounted) -> list[OperationsEvent]:
        if not self.inspections.plans:
            return []
        lot = self._tracking.lots.get(event.lot)
        if isinstance(event, e.DefectsCounted) and (lot is None or not event.found >= 0 or event.inspected < 1):
            message = f"{event.found} found in {event.inspected} of lot '{event.lot}': no such lot, or no such count"
            return [WorkAlertRaised.about(event, "lot", message)]
        taken = self.inspections.take(event, lot.material) if lot else None
        if taken is None:
            return []
        inspection, rules = taken
        if is_earlier(event) and self.entries.gone_on(event.lot)[0] > event.effective_us:
            event = replace(event, effective_us=event.recorded_us)  # the lot has gone on: what is concluded is so from now on
        concluded = self.entries.limits.phase_one(event, inspection.plan, event.characteristic)
        if rules:
            concluded += self._signal(event, inspection.plan, event.lot, rules)
        if not self.inspections.missing(inspection):
            concluded.append(self._verdict(event, inspection))
        return concluded

    def _frozen(self, event: e.ControlLimitsFrozen) -> list[OperationsEvent]:
        """Limits stand: what widens them is told, and what they judge otherwise than those before them."""
        if (event.plan, event.characteristic) not in self.inspections.charts:
            return []
        beyond, (raised, fallen) = self.inspections.stand(event)
        words = (
            f"chart of {event.characteristic}: its limits are wide by points that they were found from and that lie beyond them; "
            f"look for the cause, and leave out what has one: {', '.join(beyond)}"
        )
        return [*([WorkAlertRaised.about(event, "phase_one", words)] if beyond else []), *self._weighed_anew(event, raised, fallen)]

    def _exclude(self, event: e.ControlPointExcluded) -> list[OperationsEvent]:
        return self.entries.limits.exclude(event) + self._weighed_anew(event, *self.inspections.forget(event))

    def _weighed_anew(self, event: e.ControlLimitsFrozen | e.ControlPointExcluded, raised: Told, fallen: Told) -> list[OperationsEvent]:
        lots = dict.fromkeys(lot for lot, _ in (*raised, *fallen))
        return self._judged_anew(event, event.plan, raised, fallen) + [it for lot in lots for it in self._weigh_again(event, lot)]

    def _judged_anew(self, event: Result, plan: str, raised: Told, fallen: Told) -> list[OperationsEvent]:
        """What a chart says of lots by what has changed: new signals, and those that are none any more."""
        told = [it for lot, rules in raised for it in self._signal(event, plan, lot, rules)]
        material = self.inspections.plans[plan].material
        for lot, rules in fallen:
            words = f"chart of {event.characteristic} of {material}: {_words(rules)} at lot {lot} is no signal any more: {_why(event)}"
            told.append(WorkAlertRaised.about(self._about(event, lot), "signal_fell", words))
        return told

    def _signal(self, event: Result, plan: str, lot: str, rules: tuple[str, ...]) -> list[OperationsEvent]:
        """The process has changed: somebody is told, and the lot is held if the plan says so."""
        message = f"chart of {event.characteristic} of {self.inspections.plans[plan].material}: {_words(rules)} at lot {lot}"
        alert = WorkAlertRaised.about(self._about(event, lot), "control_chart", message)
        if self.inspections.plans[plan].on_signal != "hold":
            return [alert]
        return [alert, *self._find(self._about(event, lot), event.characteristic, message)]

    @staticmethod
    def _about(event: OperationsEvent, lot: str) -> OperationsEvent:
        """What follows from it for another lot is of that lot alone."""
        return event if lot == event.lot else replace(event, lot=lot, request="", job_order="")

    def _verdict(self, event: OperationsEvent, it: Inspection) -> e.InspectionJudged:
        return e.InspectionJudged(
            effective_us=event.effective_us, request=it.request, lot=it.lot, person=event.person, plan=it.plan,
            verdict=FAILED if it.wrong else PASSED, failed=tuple(it.wrong),
        )  # fmt: skip

    def _judged(self, event: e.InspectionJudged) -> list[OperationsEvent]:
        it = self.inspections.all.get((event.plan, event.lot))
        if it is None:
            return []
        plan, title = self.inspections.plans[event.plan], self.inspections.plans[event.plan].title or event.plan
        it.verdict, it.judged_us, it.judged_by, it.reason = event.verdict, event.effective_us, event.person, event.reason
        self.inspections.to_ask.pop((event.plan, event.lot), None)
        by = f"plan {event.plan}"
        if event.verdict == OVERRULED:
            return self.holds.let_go(event, it.lot, by, f"{title}: accepted by {event.person}, {event.reason}")
        self.inspections.samplers[event.plan].judge(event.verdict == PASSED)
        verified = self.nonconformances.judge(event, it.material, frozenset(it.values), frozenset(event.failed))
        if event.verdict == PASSED:
            return [*self.holds.let_go(event, it.lot, by, f"{title} passed"), *verified]
        wrong = self.inspections.found_wrong(it)
        held = self.holds.hold(event, it.lot, by, f"{title} failed: {wrong}") if plan.gate else []
        return [*held, *self._find(event, event.failed[0], wrong, held=plan.gate), *verified]

    def _find(self, event: OperationsEvent, characteristic: str, description: str, *, held: bool = True) -> list[OperationsEvent]:
        """A rule raises a nonconformance about the whole lot; held, it is contained at once."""
        lot = self._tracking.lots.get(event.lot)
        name = self.nonconformances.name_for(event.lot, characteristic)
        if lot is None or name in self.nonconformances.all:
            return []
        at: dict[str, Any] = {"effective_us": event.effective_us, "lot": event.lot, "request": lot.request, "nonconformance": name}
        there = max(1, lot.on_hand + lot.in_process)
        found: list[OperationsEvent] = [
            e.NonconformanceRaised(**at, quantity=there, description=description, characteristic=characteristic)
        ]
        return [*found, e.NonconformanceContained(**at, action="the lot is held")] if held else found

    # What persons say

    def _hear(self, event: e.Entry) -> list[OperationsEvent]:
        return self.entries.refuse(event) or self._entries[type(event)](event)

    def _refused(self, event: e.EntryRefused) -> list[OperationsEvent]:
        self.refused.append(event)
        return []

    def _judge_entry(self, event: e.InspectionConcluded) -> list[OperationsEvent]:
        return [self._verdict(event, self.inspections.all[event.plan, event.lot])]

    def _overrule(self, event: e.InspectionOverruled) -> list[OperationsEvent]:
        """Accepted all the same: what was raised about it is used as it is, and closed."""
        it = self.inspections.all[event.plan, event.lot]
        at: dict[str, Any] = {"effective_us": event.effective_us, "lot": event.lot, "person": event.person}
        concluded: list[OperationsEvent] = [
            e.InspectionJudged(**at, request=it.request, plan=event.plan, verdict=OVERRULED, failed=tuple(it.wrong), reason=event.reason)
        ]
        for found in self.nonconformances.open_of(event.lot):
            if found.characteristic in it.wrong and found.standing in ("raised", "contained"):
                one: dict[str, Any] = {**at, "terminal": event.terminal, "nonconformance": found.nonconformance}
                contained = [e.NonconformanceContained(**one, action="overruled")] if found.standing == "raised" else []
                disposed = e.NonconformanceDispositioned(**one, disposition=USE_AS_IS, reason=event.reason)
                concluded += [*contained, disposed, e.NonconformanceClosed(**one)]
        return concluded

    def _hold(self, event: e.LotHoldRequested) -> list[OperationsEvent]:
        self.holds.disposition_us[event.lot] = event.disposition_us
        return self.holds.hold(event, event.lot, "person", f"held by {event.person}: {event.reason}")

    def _release(self, event: e.LotReleaseRequested) -> list[OperationsEvent]:
        return self.holds.let_go(event, event.lot, "person", event.reason or f"released by {event.person}")

    def _correct(self, event: e.TestResultCorrected) -> list[OperationsEvent]:
        """It is judged again, on its chart, and by its plan if there was a verdict and nothing is being measured anew."""
        it, raised, fallen = self.inspections.correct(event, self._tracking.lots[event.lot].material)
        concluded = self._judged_anew(event, it.plan, raised, fallen)
        if it.verdict and not self.inspections.missing(it):
            concluded.append(self._verdict(event, it))
        lots = dict.fromkeys((event.lot, *(lot for lot, _ in (*raised, *fallen))))
        return concluded + [told for lot in lots for told in self._weigh_again(event, lot)]

    def _weigh_again(self, event: Result, lot: str) -> list[OperationsEvent]:
        """Whether what rules have raised about a lot still has its ground. Where it has none, a person decides: nothing is let go."""
        told: list[OperationsEvent] = []
        for it in self.nonconformances.open_of(lot):
            if it.raised_by or it.characteristic != event.characteristic:
                continue
            is_wrong = self.inspections.is_wrong(lot, it.material, it.characteristic)
            if is_wrong == (not it.unfounded):
                continue
            it.unfounded = "" if is_wrong else f"what it was raised for is none any more: {_why(event)}"
            about = self._about(event, lot)
            if not is_wrong:
                told.append(WorkAlertRaised.about(about, "nonconformance", f"{it.nonconformance}: {it.unfounded}; {_LEFT[it.standing]}"))
            if it.nonconformance in self.holds.reasons.get(lot, {}):
                told += self.holds.hold(about, lot, it.nonconformance, _undecided(it))
        return told

    def _signed(self, event: e.RecordSigned) -> list[OperationsEvent]:
        self.signatures.append(event)
        return []

    def _raise(self, event: e.NonconformanceRaised) -> list[OperationsEvent]:
        self.nonconformances.raised(event, self._tracking.lots[event.lot].material)
        message = f"{event.nonconformance}: {event.description}"
        return [WorkAlertRaised.about(event, "nonconformance", message)]

    def _contain(self, event: e.NonconformanceContained) -> list[OperationsEvent]:
        self.nonconformances.contained(event)
        return self.holds.hold(
            event,
            self.nonconformances.all[event.nonconformance].lot,
            event.nonconformance,
            _undecided(self.nonconformances.all[event.nonconformance]),
        )

    def _dispose(self, event: e.NonconformanceDispositioned) -> list[OperationsEvent]:
        it = self.nonconformances.all[event.nonconformance]
        self.nonconformances.dispositioned(event, self.entries.free(it))
        concluded = self._carrying_out.await_turn(event, it)
        if event.disposition != USE_AS_IS or it.undecided:
            return concluded
        return [*concluded, *self._accepted(event, it)]

    def _accepted(self, event: OperationsEvent, it: Nonconformance) -> list[OperationsEvent]:
        """What is left of its lot is used as it is."""
        plans = {  # all that it was held for is accepted with it
            f"plan {plan}"
            for (plan, lot), inspection in self.inspections.all.items()
            if lot == it.lot and inspection.verdict == FAILED and it.characteristic in inspection.wrong
        }
        words = f"{it.disposition}: {it.reason}"
        return [told for one in sorted({it.nonconformance, *plans}) for told in self.holds.let_go(event, it.lot, one, words)]

    def _pieces(self, lot: str) -> int:
        known = self._tracking.lots[lot]
        return known.on_hand + known.in_process

    def _carried_out(self, event: e.DispositionCarriedOut) -> list[OperationsEvent]:
        it = self.nonconformances.all.get(event.nonconformance)
        if it is None:
            return []
        self.nonconformances.carried_out(event)
        is_part = event.quantity < self._pieces(event.lot)
        self._carrying_out.note(event)
        if event.disposition == USE_AS_IS or not is_part or it.undecided:
            return []
        if it.is_used:
            return self._accepted(event, it)
        return self.holds.let_go(event, event.lot, event.nonconformance, f"{event.disposition}: {it.reason or event.nonconformance}")

    def _close(self, event: e.NonconformanceClosed) -> list[OperationsEvent]:
        self.nonconformances.closed(event)
        it = self.nonconformances.all[event.nonconformance]
        left = [] if self._pieces(it.lot) else [*self.holds.reasons.get(it.lot, ())]
        return [told for by in left for told in self.holds.let_go(event, it.lot, by, "nothing is left of it")]

    def _act(self, event: ActionEntry) -> list[OperationsEvent]:
        self.nonconformances.act(event)
        return []

    def _verified(self, event: e.CorrectiveActionVerified) -> list[OperationsEvent]:
        self.nonconformances.verified(event)
        if event.is_effective:
            return []
        return [WorkAlertRaised.about(event, "corrective_action", f"{event.action} has not helped: lot {event.lot} has the fault again")]

    def _disposition_changed(self, event: e.LotDispositionChanged) -> list[OperationsEvent]:
        return self.holds.told(event) if event.sender else self._tracking.dispose(event)

    # Time, and what cannot be stopped any more

    def _shipped(self, event: e.GoodsShipped) -> list[OperationsEvent]:
        why = self.holds.why(event.lot)
        return [WorkAlertRaised.about(event, "quality", f"lot {event.lot} was shipped while it was held: {why}")] if why else []

    def _time_passes(self, event: e.Heartbeat) -> list[OperationsEvent]:
        late = self.nonconformances.overdue(event.effective_us)
        actions = [WorkAlertRaised.about(event, "corrective_action", it.overdue_words) for it in late]
        return [*self.inspections.overdue(event), *actions]


def _words(rules: tuple[str, ...]) -> str:
    return " and ".join(rule.replace("_", " ") for rule in rules)


def _why(event: Result) -> str:
    if isinstance(event, e.ControlPointExcluded):
        return f"point {event.point} {'counts again' if event.is_undone else 'is left out'}, {event.reason} ({event.person})"
    if not isinstance(event, e.TestResultCorrected):
        return "its limits were found anew"
    return (
        f"{event.characteristic} of lot {event.lot} was corrected from {event.was:g} to {event.value:g} by {event.person}, {event.reason}"
    )


def _undecided(it: Nonconformance) -> str:
    return f"{it.nonconformance} is not decided" + (f"; {it.unfounded}" if it.unfounded else "")
