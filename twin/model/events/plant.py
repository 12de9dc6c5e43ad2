"""Level 2: what the plant says. All of it can cross a wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent

UNCERTAIN = "uncertain"
"""Quality of a value of which the device itself is not sure (OPC UA Part 8, Uncertain). It counts: a bad value is none, and no fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantEvent(OperationsEvent):
    """An event of Level 2."""

    LEVEL: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentStateChanged(PlantEvent):
    """A work unit (or a production line) entered a PackML state; job order and persons as far as it has them."""

    state: int  # WorkUnitState
    reason: str = ""  # "setup", "starved", "blocked", "off_shift", "no_operator", or the failure's declared reason
    quality: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)  # "" good, or UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentModeChanged(PlantEvent):
    """A work unit entered a PackML mode."""

    mode: int  # WorkUnitMode


@dataclass(frozen=True, slots=True, kw_only=True)
class CountObserved(PlantEvent):
    """Pieces counted at a work unit since its last count, for `job_order`; in the smallest unit of the material."""

    good: int = 0
    scrap: int = 0
    rework: int = 0
    quality: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)  # "" good, or UNCERTAIN
    reason: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)  # of scrap and rework, where whoever counts says one


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSkipped(PlantEvent):
    """A lot that leaves `equipment` was not chosen for its next operation, `job_order`, and goes on to the one after it."""

    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTimeExceeded(PlantEvent):
    """A lot has waited longer for `job_order` than it may; all its pieces go back (`rework`), are lost (`scrap`), or it goes on."""

    quantity: int
    waited_us: int  # since the end of the operation from which the limit counts
    scrap: int = 0
    rework: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessValueObserved(PlantEvent):
    """A measured value of a process variable."""

    property: str
    value: float
    unit: str = ""
    quality: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)  # "" good, or UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(PlantEvent):
    """The plant calls for attention; `alarm` is its id there, until it is cleared."""

    alarm: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged(PlantEvent):
    """A person (`person`) has seen the alarm; it stands until it is cleared."""

    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared(PlantEvent):
    """The cause of the alarm is gone."""

    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialIdentified(PlantEvent):
    """A lot was scanned at a piece of equipment (at a vehicle: it was loaded), or in a storage unit where it waits for `job_order`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSetDown(PlantEvent):
    """A vehicle has brought a lot to `place`, a storage unit, where `job_order` is done next."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyMetered(PlantEvent):
    """Energy used by a work unit since its last reading, for `job_order` if one was there."""

    energy_wh: int
    quality: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)  # "" good, or UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalHeard(PlantEvent):
    """What a controller said, as it was read, and the entries that it became (OPC UA Part 4: value, status, source time)."""

    connection: str
    signal: str  # where it stands there: a node, or a unit and its registers
    said: str  # as text; "" where there was no value
    quality: str  # good, uncertain or bad
    source_us: int  # the controller's own time; -1: it told none
    facts: tuple[str, ...]  # ids of entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(PlantEvent):
    """Only that time has passed: everything before `effective_us` is known. Emitted where silence matters (shift bounds, due dates)."""

    reason: str = ""
