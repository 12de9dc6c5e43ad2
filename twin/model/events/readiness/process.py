"""How work is done: phases, values that leave their limits, steps that persons confirm, and prompts."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent
from twin.model.events.plant import PlantEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStateChanged(PlantEvent):
    """A phase of a procedure (ISA-88), as "furnace/carburise/soak", entered a state of the machine that work units have (WorkUnitState)."""

    phase: str
    state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointRequested(OperationsEvent):
    """Equipment shall keep `property` at `value` for a job order: what its procedure declares as the target, where that can be written."""

    procedure: str
    property: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointConfirmed(PlantEvent):
    """A set-point was written to a controller, and read back from it as it was asked for; `setpoint`: the entry that asked."""

    setpoint: str
    property: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointRefused(PlantEvent):
    """A set-point was not written, or reads back as something else, in words; `setpoint`: the entry that asked.

    `read_back`: what the controller has instead, as a number in a text; "" where nothing was read.
    """

    setpoint: str
    property: str
    value: float
    reason: str
    read_back: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDeviationFound(OperationsEvent):
    """A process value has left its limits: "warn", or "stop", and then its job order is held."""

    procedure: str
    parameter: str
    value: float
    level: str
    asked: str  # what is allowed, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDeviationCleared(Entry):
    """What had left its limits is in order again: the job order that was held for it goes on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessValueCorrected(Entry):
    """A process value of `job_order` at `equipment`, observed at `observed_us`, was told wrong: it `was` this, and is `value`.

    Both stay in the journal, with the `reason`. Of several job orders that are done together `job_order` is all of them, joined with "+".
    """

    property: str
    observed_us: int
    was: float
    value: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepConfirmed(Entry):
    """A step of a guided work instruction is done for `job_order`: with a value, yes (1) or no (0), or words, as the step asks."""

    step: str
    answer: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCorrected(Entry):
    """A step was confirmed otherwise than it was, for a `reason`; what was said first is kept. `is_undone`: it is not done after all."""

    step: str
    reason: str
    answer: float | None = None
    words: str = ""
    is_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReported(Entry):
    """What a person has done of a phase (ISA-88) of a job order that no controller tells of: "begin", "hold", "resume" or "end".

    `reason`: why it is held.
    """

    phase: str
    change: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPromptRaised(OperationsEvent):
    """Somebody should change something: what, why, and how. `prompt`: what it came of, as "drift", "limits", "control_chart", "stops"."""

    prompt: str
    what: str
    why: str
    suggestion: str
