"""What comes from a terminal as text becomes an event; what makes no sense is refused at its field, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.personnel.labour import BREAK
from twin.model.problems import listed
from twin.model.states import JobCommand
from twin.results.run import Run

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMMANDS = tuple(command.value for command in JobCommand)
Reader = Callable[[Mapping[str, Any], str], Any]


def _text(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "").strip()


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = said.get(name) or []
    return tuple(map(str, found)) if isinstance(found, list | tuple) else (str(found),)


def _joined(said: Mapping[str, Any], name: str) -> str:
    return "+".join(_texts(said, name))


def _whole(said: Mapping[str, Any], name: str) -> int:
    text = _text(said, name) or "0"
    if not text.isdecimal():
        raise ValueError(f"{name}: '{text}' is no number of pieces; allowed: 0, 1, 2 and so on")
    return int(text)


def _wholes(said: Mapping[str, Any], name: str) -> tuple[int, ...]:
    words = _text(said, name).replace(",", " ").replace(";", " ").split()
    if wrong := [word for word in words if not word.isdecimal()]:
        raise ValueError(f"{name}: {listed(wrong)}: no whole numbers; allowed: one for each, as in 2, 1")
    return tuple(map(int, words))


def _number(said: Mapping[str, Any], name: str) -> float:
    text = str(said.get(name, "")).strip().replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is no number; allowed: as in 4.5")
    return value


def _number_if_any(said: Mapping[str, Any], name: str) -> float | None:
    return _number(said, name) if _text(said, name) else None


_PLAIN: dict[type[e.Entry], dict[str, Reader]] = {
    e.SetupDone: {"equipment": _text},
    e.StopReported: {"equipment": _text, "reason": _text},
    e.StopEnded: {"equipment": _text},
    e.HelpCalled: {"equipment": _text, "help": _text},
    e.HelpAnswered: {"equipment": _text, "help": _text},
    e.LotHoldRequested: {"lot": _text, "reason": _text},
    e.LotReleaseRequested: {"lot": _text, "reason": _text},
    e.ClockedOn: {"job_order": _joined, "activity": _text, "shares": _wholes},
    e.StepConfirmed: {"job_order": _text, "step": _text, "answer": _number_if_any, "words": _text},
    e.DocumentAcknowledged: {"document": _text, "revision": _text},
    e.ToolPlaced: {"tool": _text, "equipment": _text},
    e.ToolReconditioned: {"tool": _text, "reason": _text},
    e.LotSplitRequested: {"lot": _text, "quantity": _whole},
    e.LotMergeRequested: {"lot": _text, "from_lots": _texts},
    e.TestResultCorrected: {"lot": _text, "characteristic": _text, "was": _number, "value": _number, "reason": _text},
    e.NonconformanceContained: {"nonconformance": _text, "action": _text},
    e.NonconformanceDispositioned: {"nonconformance": _text, "disposition": _text, "rework_to": _text, "reason": _text},
    e.NonconformanceClosed: {"nonconformance": _text},
    e.CorrectiveActionTaken: {"action": _text},
}
"""Entries of which each field is what stands in a field of the form."""


class Entered:
    """The entries of terminals, as events of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._kinds: dict[str, Callable[[Mapping[str, Any], dict[str, Any]], OperationsEvent]] = {
            **{kind.__name__: partial(_plain, kind) for kind in _PLAIN},
            "PiecesCounted": self._count,
            "CountCorrected": self._correct_count,
            "StopReasonCorrected": self._correct_stop,
            "ClockedOff": self._clock_off,
            "ClockingCorrected": self._correct_clocking,
            "Check": self._check,
            "TestResult": self._result,
            "InspectionOverruled": self._overrule,
            "NonconformanceRaised": self._raise,
            "CorrectiveActionOpened": self._open_action,
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
            raise ValueError(f"what is said is no table of fields: {said!r}")
        if not who["person"]:
            raise ValueError("nobody has signed it; allowed: one person, by id")
        if kind in COMMANDS:
            return self._run.mes.hand_work.command(
                JobCommand(kind), at_us, _text(said, "equipment"), who["person"], _text(said, "job_order"),
                reason=_text(said, "reason"), terminal=who["terminal"], entry_id=who["entry_id"],
            )  # fmt: skip
        if kind not in self._kinds:
            raise ValueError(f"a terminal does not say '{kind}'; allowed: {listed([*COMMANDS, *self._kinds], 30)}")
        return self._kinds[kind](said, {"effective_us": at_us, **who})

    @staticmethod
    def _count(said: Mapping[str, Any], at: dict[str, Any]) -> e.PiecesCounted:
        return e.PiecesCounted(
            **at, good=_whole(said, "good"), scrap=_whole(said, "scrap"), rework=_whole(said, "rework"),
            equipment=_text(said, "equipment"), job_order=_text(said, "job_order"), reason=_text(said, "reason"),
            is_last=bool(said.get("is_last")),
        )  # fmt: skip

    @staticmethod
    def _correct_count(said: Mapping[str, Any], at: dict[str, Any]) -> e.CountCorrected:
        equipment, job_order, counted_us = _parts(said, "count", 3)
        return e.CountCorrected(
            **at, equipment=equipment, job_order=job_order, counted_us=int(counted_us), good=_whole(said, "good"),
            scrap=_whole(said, "scrap"), rework=_whole(said, "rework"), reason=_text(said, "reason"), why=_text(said, "why"),
        )  # fmt: skip

    @staticmethod
    def _correct_stop(said: Mapping[str, Any], at: dict[str, Any]) -> e.StopReasonCorrected:
        equipment, since_us, was_reason = _parts(said, "stop", 3)
        return e.StopReasonCorrected(
            **at, equipment=equipment, since_us=int(since_us), was_reason=was_reason, reason=_text(said, "reason"), why=_text(said, "why")
        )

    def _check(self, said: Mapping[str, Any], at: dict[str, Any]) -> OperationsEvent:
        """A result of a quality plan: what is measured or judged, or how many of a sample were found wrong."""
        plan = self._run.plant.layout.quality_plans.get(_text(said, "plan"))
        it = plan.characteristics.get(_text(said, "characteristic")) if plan else None
        if plan is None or it is None:
            raise ValueError(f"no quality plan asks for '{_text(said, 'characteristic')}'")
        about = {
            "effective_us": at["effective_us"],
            "person": at["person"],
            "lot": _text(said, "lot"),
            "characteristic": said["characteristic"],
        }
        if it.kind in ("defectives", "defects"):
            return e.DefectsCounted(**about, inspected=plan.sampling.pieces, found=_whole(said, "value"))
        value = _number(said, "value")
        return e.TestResultRecorded(**about, value=value, unit=it.unit, lower=it.lower, upper=it.upper, passed=it.passes(value))

    def _result(self, said: Mapping[str, Any], at: dict[str, Any]) -> OperationsEvent:
        """The same, where plan, characteristic and lot were chosen together."""
        plan, characteristic, lot = _parts(said, "asked", 3)
        return self._check({"plan": plan, "characteristic": characteristic, "lot": lot, "value": said.get("value", "")}, at)

    def _clock_off(self, said: Mapping[str, Any], at: dict[str, Any]) -> e.ClockedOff:
        what = _text(said, "what")
        is_activity = what in (*self._run.plant.layout.labour.indirect, BREAK)
        return e.ClockedOff(**at, activity=what if is_activity else "", job_order="" if is_activity else what)

    def _correct_clocking(self, said: Mapping[str, Any], at: dict[str, Any]) -> e.ClockingCorrected:
        worker, on_us, what = _parts(said, "clocking", 3)
        is_activity = what in (*self._run.plant.layout.labour.indirect, BREAK)
        return e.ClockingCorrected(
            **at,
            activity=what if is_activity else "",
            job_order="" if is_activity else what,
            worker=worker,
            on_us=int(on_us),
            off_us=self._instant_us(said, "ended"),
            reason=_text(said, "reason"),
        )

    def _instant_us(self, said: Mapping[str, Any], name: str) -> int:
        """An instant in the plant's local time."""
        text, zone = _text(said, name), ZoneInfo(self._run.plant.layout.time_zone)
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=zone)
        except ValueError:
            raise ValueError(f"{name}: '{text}' is no time; allowed: date and time, as in 2026-03-02 14:00") from None
        return int((local - _EPOCH) / timedelta(microseconds=1))

    @staticmethod
    def _overrule(said: Mapping[str, Any], at: dict[str, Any]) -> e.InspectionOverruled:
        plan, lot = _parts(said, "inspection", 2)
        return e.InspectionOverruled(**at, plan=plan, lot=lot, reason=_text(said, "reason"))

    def _raise(self, said: Mapping[str, Any], at: dict[str, Any]) -> e.NonconformanceRaised:
        lot = _text(said, "lot")
        return e.NonconformanceRaised(
            **at, lot=lot, quantity=_whole(said, "quantity"), description=_text(said, "description"),
            nonconformance=self._run.mes.quality.nonconformances.name_for_person(lot),
        )  # fmt: skip

    def _open_action(self, said: Mapping[str, Any], at: dict[str, Any]) -> e.CorrectiveActionOpened:
        of = _text(said, "nonconformance")
        return e.CorrectiveActionOpened(
            **at, nonconformance=of, action=self._run.mes.quality.nonconformances.name_for_action(of),
            root_cause=_text(said, "root_cause"), measure=_text(said, "measure"), due_us=self._instant_us(said, "due"),
            lot_count=_whole(said, "lot_count"),
        )  # fmt: skip


def _plain(kind: type[e.Entry], said: Mapping[str, Any], at: dict[str, Any]) -> e.Entry:
    return kind(**at, **{name: read(said, name) for name, read in _PLAIN[kind].items()})


def _parts(said: Mapping[str, Any], name: str, count: int) -> list[str]:
    parts = _text(said, name).split("|")
    if len(parts) != count:
        raise ValueError(f"{name}: nothing is chosen; allowed: one of what is offered")
    return parts
