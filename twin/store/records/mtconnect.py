"""MTConnect's words for what a controller does, as PackML states.

MTConnect part 3, EXECUTION: a FEED_HOLD or INTERRUPTED program was stopped at the machine, which PackML calls Held; a
PROGRAM_STOPPED or OPTIONAL_STOP is written into the program, to wait for somebody, which is Suspended.
"""

from __future__ import annotations

from twin.model.states import WorkUnitMode, WorkUnitState

WITHIN_OPERATION: dict[str, tuple[WorkUnitState, str]] = {
    "ACTIVE": (WorkUnitState.EXECUTE, ""),
    "FEED_HOLD": (WorkUnitState.HELD, "feed_hold"),
    "INTERRUPTED": (WorkUnitState.HELD, "interrupted"),
    "STOPPED": (WorkUnitState.HELD, "stopped"),
    "PROGRAM_STOPPED": (WorkUnitState.SUSPENDED, "program_stopped"),
    "OPTIONAL_STOP": (WorkUnitState.SUSPENDED, "optional_stop"),
    "PROGRAM_OPTIONAL_STOP": (WorkUnitState.SUSPENDED, "optional_stop"),
    "PROGRAM_COMPLETED": (WorkUnitState.SUSPENDED, "program_completed"),
    "READY": (WorkUnitState.SUSPENDED, "ready"),
}
"""State and reason while a part's operation is open, whoever waits for whom."""

OF_MACHINE: dict[str, tuple[WorkUnitState, str]] = {
    **WITHIN_OPERATION,
    "READY": (WorkUnitState.IDLE, ""),
    "PROGRAM_COMPLETED": (WorkUnitState.IDLE, ""),
    "STOPPED": (WorkUnitState.STOPPED, "stopped"),
}
"""State and reason of a machine of which no operation is known."""

MODES: dict[str, WorkUnitMode] = {
    "AUTOMATIC": WorkUnitMode.PRODUCTION,
    "SEMI_AUTOMATIC": WorkUnitMode.PRODUCTION,
    "MANUAL": WorkUnitMode.MANUAL,
    "MANUAL_DATA_INPUT": WorkUnitMode.MANUAL,
    "EDIT": WorkUnitMode.MANUAL,
}
