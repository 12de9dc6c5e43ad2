"""What comes from a terminal as text becomes an event; what makes no sense is refused at its field, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.problems import listed
from twin.model.states import JobCommand
from twin.results.run import Run

COMMANDS = tuple(command.value for command in JobCommand)


class Entered:
    """The entries of terminals, as events of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._kinds: dict[str, Callable[[Mapping[str, Any], dict[str, Any]], OperationsEvent]] = {
            "PiecesCounted": self._count,
            "SetupDone": lambda said, at: e.SetupDone(**at, equipment=_text(said, "equipment")),
            "StopReported": lambda said, at: e.StopReported(**at, equipment=_text(said, "equipment"), reason=_text(said, "reason")),
            "StopEnded": lambda said, at: e.StopEnded(**at, equipment=_text(said, "equipment")),
            "HelpCalled": lambda said, at: e.HelpCalled(**at, equipment=_text(said, "equipment"), help=_text(said, "help")),
            "HelpAnswered": lambda said, at: e.HelpAnswered(**at, equipment=_text(said, "equipment"), help=_text(said, "help")),
            "LotHoldRequested": lambda said, at: e.LotHoldRequested(**at, lot=_text(said, "lot"), reason=_text(said, "reason")),
            "LotReleaseRequested": lambda said, at: e.LotReleaseRequested(**at, lot=_text(said, "lot"), reason=_text(said, "reason")),
            "Check": self._check,
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


def _text(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "").strip()


def _whole(said: Mapping[str, Any], name: str) -> int:
    text = _text(said, name) or "0"
    if not text.isdecimal():
        raise ValueError(f"{name}: '{text}' is no number of pieces; allowed: 0, 1, 2 and so on")
    return int(text)


def _number(said: Mapping[str, Any], name: str) -> float:
    text = str(said.get(name, "")).strip().replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is no number; allowed: as in 4.5")
    return value
