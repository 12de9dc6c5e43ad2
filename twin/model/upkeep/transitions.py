"""The state machine of PackML as two tables: which command is taken in which state, and where acting states go when they are done."""

from __future__ import annotations

from typing import Literal

from twin.model.problems import listed
from twin.model.states import JobCommand
from twin.model.states import WorkUnitState as S

ACTING: dict[S, S] = {
    S.CLEARING: S.STOPPED,
    S.STOPPING: S.STOPPED,
    S.ABORTING: S.ABORTED,
    S.RESETTING: S.IDLE,
    S.STARTING: S.EXECUTE,
    S.HOLDING: S.HELD,
    S.UNHOLDING: S.EXECUTE,
    S.SUSPENDING: S.SUSPENDED,
    S.UNSUSPENDING: S.EXECUTE,
    S.EXECUTE: S.COMPLETING,
    S.COMPLETING: S.COMPLETE,
}
"""Acting states, and where each goes when it is done ("state complete")."""

_ALL = frozenset(S) - {S.UNKNOWN}
_NO_STOP = frozenset({S.STOPPED, S.STOPPING, S.CLEARING, S.ABORTED, S.ABORTING})

COMMANDED: dict[str, tuple[frozenset[S], S]] = {
    "abort": (_ALL - {S.ABORTED, S.ABORTING}, S.ABORTING),
    "stop": (_ALL - _NO_STOP, S.STOPPING),
    "clear": (frozenset({S.ABORTED}), S.CLEARING),
    "reset": (frozenset({S.STOPPED, S.COMPLETE}), S.RESETTING),
    "start": (frozenset({S.IDLE}), S.STARTING),
    "hold": (frozenset({S.EXECUTE}), S.HOLDING),
    "unhold": (frozenset({S.HELD}), S.UNHOLDING),
    "suspend": (frozenset({S.EXECUTE}), S.SUSPENDING),
    "unsuspend": (frozenset({S.SUSPENDED}), S.UNSUSPENDING),
}
"""PackML commands: from which states each is allowed, and where it leads (ANSI/ISA-TR88.00.02-2015)."""

TRANSITIONS: frozenset[tuple[S, str, S]] = frozenset(
    [(state, command, target) for command, (states, target) in COMMANDED.items() for state in states]
    + [(state, "state complete", target) for state, target in ACTING.items()]
)
"""All 46 legal transitions of the 17 states, generated from the two tables above."""

UnitCommandName = Literal["Reset", "Start", "Stop", "Hold", "Unhold", "Suspend", "Unsuspend", "Abort", "Clear", "SetUnitMode"]
SET_UNIT_MODE: UnitCommandName = "SetUnitMode"

COMMAND_NUMBERS: dict[str, int] = {
    "Reset": 1, "Start": 2, "Stop": 3, "Hold": 4, "Unhold": 5, "Suspend": 6, "Unsuspend": 7, "Abort": 8, "Clear": 9,
}  # fmt: skip
"""Command.CntrlCmd of ISA-TR88.00.02-2015, and the names of the methods of OPC 30050. A mode has tags of its own."""

OF_JOB_COMMAND: dict[str, str] = {
    JobCommand.START: "Start", JobCommand.HOLD: "Hold", JobCommand.RESTART: "Unhold", JobCommand.PAUSE: "Suspend",
    JobCommand.RESUME: "Unsuspend", JobCommand.STOP: "Stop", JobCommand.ABORT: "Abort",
}  # fmt: skip
"""What a command to a job order (B2MML) is to the unit that has it (PackML)."""

DONE_IN: dict[str, frozenset[S]] = {
    "Reset": frozenset({S.RESETTING, S.IDLE}),
    "Start": frozenset({S.STARTING, S.EXECUTE}),
    "Stop": frozenset({S.STOPPING, S.STOPPED, S.RESETTING, S.IDLE}),
    "Hold": frozenset({S.HOLDING, S.HELD}),
    "Unhold": frozenset({S.UNHOLDING, S.STARTING, S.EXECUTE}),
    "Suspend": frozenset({S.SUSPENDING, S.SUSPENDED}),
    "Unsuspend": frozenset({S.UNSUSPENDING, S.STARTING, S.EXECUTE}),
    "Abort": frozenset({S.ABORTING, S.ABORTED}),
    "Clear": frozenset({S.CLEARING, S.STOPPED}),
}
"""By which state that is reported a command is done. A set-up that was held goes on as Starting."""


def refused_in(command: str, state: int) -> str:
    """Why a unit in this state does not take the PackML command, in words; "" if it does. SetUnitMode has rules of its own."""
    if command == SET_UNIT_MODE or state in COMMANDED[command.lower()][0]:
        return ""
    allowed = [name for name in COMMAND_NUMBERS if state in COMMANDED[name.lower()][0]]
    if state == S.UNKNOWN:
        return f"nobody knows its state, and {command} depends on it; allowed: once its controller is heard"
    return f"it is {S(state).label}, which takes no {command}; allowed: {listed(allowed) if allowed else 'nothing, until that is over'}"
