"""What comes from a terminal as text becomes an event; what makes no sense is refused at its field, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twin.apps.people.presence_forms import presence_said, presence_said_again
from twin.apps.people.reservation_forms import reserved_said
from twin.apps.people.staff_forms import person_left, person_said, skill_said, skill_withdrawn
from twin.apps.terminals.declaring.anew_forms import anew_said
from twin.apps.terminals.declaring.document_forms import added_said, ended_said, released_said, withdrawn_said
from twin.apps.terminals.declaring.section_forms import section_said
from twin.apps.terminals.readers import (
    Reader,
    Said,
    counts_of,
    file_of,
    instant_if_any,
    instant_in,
    instant_of,
    joined_of,
    number_if_any,
    number_of,
    parts_of,
    text_of,
    texts_of,
    whole_if_any,
    whole_of,
    wholes_of,
)
from twin.apps.terminals.supervising_forms import alarm_said
from twin.apps.terminals.upkeep_forms import performed_said, requested_said, scheduled_said, step_corrected_said
from twin.mes.quality.entries import doubt_code
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.floor.quality_plan import Characteristic, QualityPlan
from twin.model.personnel.labour import BREAK
from twin.model.personnel.presence import PRESENCE
from twin.model.problems import did_you_mean, listed
from twin.model.states import JobCommand
from twin.results.run import Run

COMMANDS = tuple(command.value for command in JobCommand)


_PLAIN: dict[type[e.Entry], dict[str, Reader]] = {
    e.SetupDone: {"equipment": text_of, "job_order": text_of},
    e.StopReported: {"equipment": text_of, "reason": text_of},
    e.StopEnded: {"equipment": text_of},
    e.HelpCalled: {"equipment": text_of, "help": text_of},
    e.HelpAnswered: {"equipment": text_of, "help": text_of},
    e.LotReleaseRequested: {"lot": text_of, "reason": text_of},
    e.ClockedOn: {"job_order": joined_of, "activity": text_of, "shares": wholes_of},
    e.StepConfirmed: {"job_order": text_of, "step": text_of, "answer": number_if_any, "words": text_of},
    e.DocumentAcknowledged: {"document": text_of, "revision": text_of},
    e.ProcessDeviationCleared: {"equipment": text_of, "reason": text_of},
    e.LotExpedited: {"lot": text_of, "reason": text_of},
    e.LotExpeditingEnded: {"lot": text_of},
    e.MaintenanceStarted: {"maintenance": text_of},
    e.MaintenanceStepConfirmed: {
        "maintenance": text_of,
        "step": text_of,
        "answer": number_if_any,
        "words": text_of,
        "reason": text_of,
    },
    e.ResourceReservationEnded: {"reservation": text_of, "reason": text_of},
    e.ToolPlaced: {"tool": text_of, "equipment": text_of},
    e.ToolReconditioned: {"tool": text_of, "reason": text_of},
    e.LotSplitRequested: {"lot": text_of, "quantity": whole_of},
    e.LotMergeRequested: {"lot": text_of, "from_lots": texts_of},
    e.GaugeMeasured: {
        "study": text_of,
        "characteristic": text_of,
        "part": text_of,
        "value": number_of,
        "gauge": text_of,
        "trial": whole_if_any,
        "reason": text_of,
    },
    e.NonconformanceContained: {"nonconformance": text_of, "action": text_of},
    e.NonconformanceDispositioned: {
        "nonconformance": text_of,
        "disposition": text_of,
        "rework_to": text_of,
        "reason": text_of,
        "quantity": whole_if_any,
        "code": text_of,
    },
    e.NonconformanceClosed: {"nonconformance": text_of},
    e.CorrectiveActionTaken: {"action": text_of},
    e.CorrectiveActionCancelled: {"action": text_of, "reason": text_of},
}
"""Entries of which each field is what stands in a field of the form."""


class Entered:
    """The entries of terminals, as events of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._kinds: dict[str, Callable[[Said, dict[str, Any]], OperationsEvent]] = {
            **{kind.__name__: partial(_plain, kind) for kind in _PLAIN},
            "PiecesCounted": self._count,
            "CountCorrected": self._correct_count,
            "UnitCommandGiven": self._command_unit,
            "PhaseCommandGiven": self._command_phase,
            "StopReasonCorrected": self._correct_stop,
            "StepCorrected": self._correct_step,
            "PhaseReported": self._say_phase,
            "ProcessValueCorrected": self._correct_value,
            "AlternateChosen": self._choose_alternate,
            "LotHoldRequested": self._hold,
            "AlarmAccepted": partial(alarm_said, run, e.AlarmAccepted),
            "AlarmReset": partial(alarm_said, run, e.AlarmReset),
            "AlarmTakenOutOfService": partial(alarm_said, run, e.AlarmTakenOutOfService),
            "AlarmReturnedToService": partial(alarm_said, run, e.AlarmReturnedToService),
            **{kind.__name__: partial(presence_said, run, kind) for kind in PRESENCE},
            "SkillRecorded": partial(skill_said, run),
            "SkillWithdrawn": partial(skill_withdrawn, run),
            **dict.fromkeys(("PersonJoins", "PersonChanges"), partial(person_said, run)),
            "PersonLeaves": partial(person_left, run),
            **dict.fromkeys(("AbsenceEnded", "PresenceTakenBack"), partial(presence_said_again, run)),
            "DocumentReleased": partial(released_said, run),
            "DocumentWithdrawn": withdrawn_said,
            **anew_said(run),
            **section_said(run),
            "NonconformancePictured": self._picture,
            "DocumentAdded": partial(added_said, run),
            "DocumentEnded": ended_said,
            "MaintenanceRequested": partial(requested_said, run),
            "MaintenanceScheduled": partial(scheduled_said, run),
            "MaintenancePerformed": performed_said,
            "MaintenanceStepCorrected": step_corrected_said,
            "ResourceReserved": partial(reserved_said, run),
            "ClockedOff": self._clock_off,
            "ClockingCorrected": self._correct_clocking,
            "ClockingEntered": self._enter_clocking,
            "Check": self._check,
            "TestResult": self._result,
            "TestResultCorrected": self._correct_result,
            "ControlPointExcluded": partial(self._exclude_point, is_undone=False),
            "ControlPointCounted": partial(self._exclude_point, is_undone=True),
            "ControlLimitsRevised": self._revise_limits,
            "InspectionOverruled": self._overrule,
            "NonconformanceRaised": self._raise,
            "CorrectiveActionOpened": self._open_action,
            "CorrectiveActionChanged": self._change_action,
        }

    def event(self, entry: Mapping[str, Any], at_us: int) -> OperationsEvent:
        """The event of an entry: {id, kind, person, terminal, said}.

        Raises
        ------
        ValueError : what is wrong with it, in words
        """
        kind, said = str(entry.get("kind", "")), entry.get("said") or {}
        who = {"person": str(entry.get("person", "")), "terminal": str(entry.get("terminal", "")), "entry_id": str(entry.get("id", ""))}
        if not isinstance(said, Mapping):
            raise ValueError(f"what is said is no table of fields: {said!r}; allowed: a table of them, by name")
        if not who["person"]:
            raise ValueError("nobody has signed it; allowed: one person, by id")
        if kind in COMMANDS:
            return self._run.mes.hand_work.command(
                JobCommand(kind), at_us, text_of(said, "equipment"), who["person"], text_of(said, "job_order"),
                reason=text_of(said, "reason"), terminal=who["terminal"], entry_id=who["entry_id"],
            )  # fmt: skip
        if kind not in self._kinds:
            raise ValueError(f"a terminal does not say '{kind}'; allowed: {listed([*COMMANDS, *self._kinds], 30)}")
        return self._kinds[kind](said, {"effective_us": at_us, **who})

    @staticmethod
    def _count(said: Said, at: dict[str, Any]) -> e.PiecesCounted:
        return e.PiecesCounted(
            **at, good=whole_if_any(said, "good"), scrap=whole_if_any(said, "scrap"), rework=whole_if_any(said, "rework"),
            equipment=text_of(said, "equipment"), job_order=text_of(said, "job_order"), reason=text_of(said, "reason"),
            is_last=bool(said.get("is_last")),
        )  # fmt: skip

    @staticmethod
    def _correct_count(said: Said, at: dict[str, Any]) -> e.CountCorrected:
        equipment, job_order, counted_us = parts_of(said, "count", 3)
        return e.CountCorrected(
            **at, equipment=equipment, job_order=job_order, counted_us=instant_in(counted_us, "count"), good=whole_of(said, "good"),
            scrap=whole_of(said, "scrap"), rework=whole_of(said, "rework"), reason=text_of(said, "reason"), why=text_of(said, "why"),
        )  # fmt: skip

    @staticmethod
    def _command_unit(said: Said, at: dict[str, Any]) -> e.UnitCommandGiven:
        equipment, command = parts_of(said, "command", 2)
        return e.UnitCommandGiven(**at, equipment=equipment, command=command, reason=text_of(said, "reason"))

    @staticmethod
    def _command_phase(said: Said, at: dict[str, Any]) -> e.PhaseCommandGiven:
        job_order, command, phase = parts_of(said, "command", 3)
        return e.PhaseCommandGiven(**at, job_order=job_order, phase=phase, command=command, reason=text_of(said, "reason"))

    @staticmethod
    def _choose_alternate(said: Said, at: dict[str, Any]) -> e.AlternateChosen:
        lot, material, alternate = parts_of(said, "choice", 3)
        return e.AlternateChosen(**at, lot=lot, material=material, alternate=alternate, reason=text_of(said, "reason"))

    def _hold(self, said: Said, at: dict[str, Any]) -> e.LotHoldRequested:
        return e.LotHoldRequested(
            **at, lot=text_of(said, "lot"), reason=text_of(said, "reason"),
            disposition_us=instant_if_any(self._run.plant, said, "disposition", 0),
        )  # fmt: skip

    @staticmethod
    def _correct_stop(said: Said, at: dict[str, Any]) -> e.StopReasonCorrected:
        equipment, since_us, was_reason = parts_of(said, "stop", 3)
        return e.StopReasonCorrected(
            **at, equipment=equipment, since_us=instant_in(since_us, "stop"), was_reason=was_reason, reason=text_of(said, "reason"),
            why=text_of(said, "why"),
        )  # fmt: skip

    @staticmethod
    def _correct_step(said: Said, at: dict[str, Any]) -> e.StepCorrected:
        job_order, step = parts_of(said, "confirmed", 2)
        return e.StepCorrected(
            **at, job_order=job_order, step=step, answer=number_if_any(said, "answer"), words=text_of(said, "words"),
            reason=text_of(said, "reason"), is_undone=bool(said.get("is_undone")),
        )  # fmt: skip

    @staticmethod
    def _correct_value(said: Said, at: dict[str, Any]) -> e.ProcessValueCorrected:
        equipment, job_order, name, observed_us, was = parts_of(said, "observed", 5)
        return e.ProcessValueCorrected(
            **at, equipment=equipment, job_order=job_order, property=name, observed_us=instant_in(observed_us, "observed"),
            was=number_of({"observed": was}, "observed"), value=number_of(said, "value"), reason=text_of(said, "reason"),
        )  # fmt: skip

    @staticmethod
    def _say_phase(said: Said, at: dict[str, Any]) -> e.PhaseReported:
        job_order, change, phase = parts_of(said, "phase", 3)
        return e.PhaseReported(**at, job_order=job_order, phase=phase, change=change, reason=text_of(said, "reason"))

    def _check(self, said: Said, at: dict[str, Any]) -> OperationsEvent:
        """A result of a quality plan: what is measured or judged, or how many of a sample were found wrong."""
        asked = self._run.mes.quality.inspections.all.get((text_of(said, "plan"), text_of(said, "lot")))
        plan = asked.declared if asked else self._run.plant.layout.quality_plans.get(text_of(said, "plan"))
        it = plan.characteristics.get(text_of(said, "characteristic")) if plan else None
        if plan is None or it is None:
            plans = self._run.plant.layout.quality_plans
            known = plan.characteristics if plan else [f"{what} of {name}" for name, of in plans.items() for what in of.characteristics]
            raise ValueError(f"no quality plan asks for '{text_of(said, 'characteristic')}'; allowed: {listed(known)}")
        lots, lot = self._run.mes.lots, text_of(said, "lot")
        if lot not in lots:
            raise ValueError(f"there is no lot '{lot}'{did_you_mean(lot, lots)}; allowed: {listed(lots)}")
        if lots[lot].material != plan.material:
            raise ValueError(f"lot {lot} is of {lots[lot].material}; allowed by plan '{said['plan']}': lots of {plan.material}")
        about = {**at, "lot": lot, "characteristic": said["characteristic"]}
        if it.kind in ("defectives", "defects"):
            return self._defects(said, plan, it, about)
        if whole_if_any(said, "inspected") or text_of(said, "codes"):
            what = f"'{said['characteristic']}' is {'judged' if it.kind == 'yes_no' else 'measured'} piece by piece"
            raise ValueError(f"{what}; allowed: nothing said of how many were looked at, and of which defects")
        value = number_of(said, "value")
        if it.kind == "yes_no" and value not in (0, 1):
            raise ValueError(f"'{said['characteristic']}' is judged, and {value:g} is neither yes nor no; allowed: 1 (yes) or 0 (no)")
        return e.TestResultRecorded(**about, value=value, unit=it.unit, lower=it.lower, upper=it.upper, passed=it.passes(value))

    def _result(self, said: Said, at: dict[str, Any]) -> OperationsEvent:
        """The same, where plan, characteristic and lot were chosen together."""
        plan, characteristic, lot = parts_of(said, "asked", 3)
        fields = {name: said.get(name, "") for name in ("value", "inspected", "codes")}
        return self._check({"plan": plan, "characteristic": characteristic, "lot": lot, **fields}, at)

    def _defects(self, said: Said, plan: QualityPlan, it: Characteristic, about: dict[str, Any]) -> e.DefectsCounted:
        """How many were found in so many, and of which defects."""
        inspected, found, codes = _inspected(said, plan, it), whole_of(said, "value"), counts_of(said, "codes")
        if doubts := [doubt for code, _ in codes if (doubt := doubt_code(self._run.plant, code))]:
            raise ValueError("; ".join(doubts))
        told = sum(count for _, count in codes)
        if it.kind == "defects" and told > found:
            raise ValueError(f"{told} defects by code, and {found} in all; allowed: at most {found}")
        if codes and not found:
            raise ValueError(f"{told} defects by code, and no piece is defective; allowed: no codes, or how many are defective")
        return e.DefectsCounted(**about, inspected=inspected, found=found, codes=codes)

    @staticmethod
    def _correct_result(said: Said, at: dict[str, Any]) -> e.TestResultCorrected:
        was, characteristic, lot = parts_of(said, "result", 3)
        return e.TestResultCorrected(
            **at, lot=lot, characteristic=characteristic, was=number_of({"result": was}, "result"), value=number_of(said, "value"),
            reason=text_of(said, "reason"),
        )  # fmt: skip

    @staticmethod
    def _exclude_point(said: Said, at: dict[str, Any], *, is_undone: bool) -> e.ControlPointExcluded:
        plan, characteristic, *point = parts_of(said, "left_out", 3) if is_undone else parts_of(said, "chart", 2)
        return e.ControlPointExcluded(
            **at, plan=plan, characteristic=characteristic, point=whole_of({"point": point[0]} if point else said, "point"),
            reason=text_of(said, "reason"), is_undone=is_undone,
        )  # fmt: skip

    @staticmethod
    def _revise_limits(said: Said, at: dict[str, Any]) -> e.ControlLimitsRevised:
        plan, characteristic = parts_of(said, "chart", 2)
        return e.ControlLimitsRevised(
            **at, plan=plan, characteristic=characteristic, first_point=whole_of(said, "first_point"),
            last_point=whole_of(said, "last_point"), reason=text_of(said, "reason"),
        )  # fmt: skip

    def _clock_off(self, said: Said, at: dict[str, Any]) -> e.ClockedOff:
        what = text_of(said, "what")
        is_activity = what in (*self._run.plant.layout.labour.indirect, BREAK)
        return e.ClockedOff(**at, activity=what if is_activity else "", job_order="" if is_activity else what)

    def _correct_clocking(self, said: Said, at: dict[str, Any]) -> e.ClockingCorrected:
        worker, on_us, what = parts_of(said, "clocking", 3)
        is_activity = what in (*self._run.plant.layout.labour.indirect, BREAK)
        return e.ClockingCorrected(
            **at,
            activity=what if is_activity else "",
            job_order="" if is_activity else what,
            worker=worker,
            on_us=instant_in(on_us, "clocking"),
            off_us=instant_of(self._run.plant, said, "ended"),
            reason=text_of(said, "reason"),
        )

    def _enter_clocking(self, said: Said, at: dict[str, Any]) -> e.ClockingEntered:
        """Another than was clocked, or one that was forgotten: then a person was chosen, and no clocking."""
        worker, was_on_us, was = parts_of(said, "clocking", 3)
        what = text_of(said, "what")
        is_activity = what in (*self._run.plant.layout.labour.indirect, BREAK)
        return e.ClockingEntered(
            **at, worker=worker, was_on_us=instant_in(was_on_us, "clocking"), was_work=was, activity=what if is_activity else "",
            job_order="" if is_activity else what, on_us=instant_of(self._run.plant, said, "began"),
            off_us=instant_if_any(self._run.plant, said, "ended", -1), reason=text_of(said, "reason"),
        )  # fmt: skip

    @staticmethod
    def _overrule(said: Said, at: dict[str, Any]) -> e.InspectionOverruled:
        plan, lot = parts_of(said, "inspection", 2)
        return e.InspectionOverruled(**at, plan=plan, lot=lot, reason=text_of(said, "reason"))

    def _raise(self, said: Said, at: dict[str, Any]) -> e.NonconformanceRaised:
        lot = text_of(said, "lot")
        return e.NonconformanceRaised(
            **at, lot=lot, quantity=whole_of(said, "quantity"), description=text_of(said, "description"), code=text_of(said, "code"),
            nonconformance=self._run.mes.quality.nonconformances.name_for_person(lot),
        )  # fmt: skip

    @staticmethod
    def _picture(said: Said, at: dict[str, Any]) -> e.NonconformancePictured:
        file, content = file_of(said, "picture")
        return e.NonconformancePictured(
            **at, nonconformance=text_of(said, "nonconformance"), file=file, content=content, note=text_of(said, "note")
        )  # fmt: skip

    def _change_action(self, said: Said, at: dict[str, Any]) -> e.CorrectiveActionChanged:
        return e.CorrectiveActionChanged(
            **at, action=text_of(said, "action"), due_us=instant_if_any(self._run.plant, said, "due", 0),
            responsible=text_of(said, "responsible"), reason=text_of(said, "reason"),
        )  # fmt: skip

    def _open_action(self, said: Said, at: dict[str, Any]) -> e.CorrectiveActionOpened:
        of = text_of(said, "nonconformance")
        material, _, characteristic = text_of(said, "material").partition("|")
        return e.CorrectiveActionOpened(
            **at, nonconformance=of, action=self._run.mes.quality.nonconformances.name_for_action(of),
            root_cause=text_of(said, "root_cause"), measure=text_of(said, "measure"), due_us=instant_of(self._run.plant, said, "due"),
            lot_count=whole_of(said, "lot_count"), material=material, characteristic=characteristic,
            responsible=text_of(said, "responsible"),
        )  # fmt: skip


def _inspected(said: Said, plan: QualityPlan, it: Characteristic) -> int:
    """How many were looked at, where so many were found: as the plan says, if nobody says otherwise."""
    inspected, found = whole_if_any(said, "inspected") or plan.sampling.pieces, whole_of(said, "value")
    if it.kind == "defectives" and found > inspected:
        raise ValueError(f"{found} defective of {inspected} that were looked at; allowed: 0 to {inspected}")
    if it.chart and it.chart.kind == "c" and inspected != plan.sampling.pieces:
        size = plan.sampling.pieces
        raise ValueError(f"a c chart is of samples of one size, and {inspected} is not {size}; allowed: {size}, or a u chart in the plan")
    return inspected


def _plain(kind: type[e.Entry], said: Said, at: dict[str, Any]) -> e.Entry:
    return kind(**at, **{name: read(said, name) for name, read in _PLAIN[kind].items()})
