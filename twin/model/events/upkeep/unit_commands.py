"""PackML commands on their way to controllers: what a person wants, what is asked of the controller, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent
from twin.model.events.plant import PlantEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCommandGiven(Entry):
    """A person wants `equipment` to take a PackML command (UnitCommandName), for a reason."""

    command: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseCommandGiven(Entry):
    """A person wants a phase of a procedure (ISA-88) of `job_order`, as "furnace/carburise/soak", to take a command, for a reason.

    The commands are those of units (PackML): Start, Hold, Unhold, Stop, Abort, Clear, Reset, as far as its controller takes them.
    """

    phase: str
    command: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCommandRequested(OperationsEvent):
    """The controller of `equipment` shall take a PackML command (ISA-TR88.00.02 Command.CntrlCmd), or a mode (Command.UnitMode).

    `person` is who wants it, if a person does; `mode` is the number of the unit mode of SetUnitMode, else 0. `phase`: it is for that phase
    of a procedure (ISA-88), and not for the unit.
    """

    command: str
    phase: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    mode: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCommandAnswered(PlantEvent):
    """What came of a UnitCommandRequested (`asked`: its entry): "taken" by the controller, "refused", "no answer" in time, or "not sent".

    That it was taken is not yet that it was done: what the equipment does it says by its state.
    """

    command: str
    outcome: str  # OUTCOMES
    asked: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    phase: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    mode: int = 0
    reason: str = ""


OUTCOMES = ("taken", "refused", "no answer", "not sent")
