"""One change of a controller, as it crosses the wire: a snapshot of everything that the controller counts and knows.

Virtual PLCs make changes of facts, the bridge makes facts of changes again. A change carries running totals, as counters of
real controllers do; what happened since the last one is the difference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import IntEnum

from twin.model.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentModeChanged,
    EquipmentStateChanged,
    MaterialIdentified,
    OperationsEvent,
    PhaseStateChanged,
    ProcessValueObserved,
)
from twin.model.states import WorkUnitMode, WorkUnitState


class ChangeKind(IntEnum):
    """Which of its fields a change is about; the number stands in Modbus registers."""

    STATE = 1
    MODE = 2
    COUNT = 3
    ENERGY = 4
    PROCESS_VALUE = 5
    ALARM_RAISED = 6
    ALARM_ACKNOWLEDGED = 7
    ALARM_CLEARED = 8
    MATERIAL_IDENTIFIED = 9
    PHASE = 10


KIND_OF = {
    EquipmentStateChanged: ChangeKind.STATE,
    EquipmentModeChanged: ChangeKind.MODE,
    CountObserved: ChangeKind.COUNT,
    EnergyMetered: ChangeKind.ENERGY,
    ProcessValueObserved: ChangeKind.PROCESS_VALUE,
    AlarmRaised: ChangeKind.ALARM_RAISED,
    AlarmAcknowledged: ChangeKind.ALARM_ACKNOWLEDGED,
    AlarmCleared: ChangeKind.ALARM_CLEARED,
    MaterialIdentified: ChangeKind.MATERIAL_IDENTIFIED,
    PhaseStateChanged: ChangeKind.PHASE,
}
"""The facts that a controller can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """One change of one piece of equipment.

    Attributes
    ----------
    sequence : its place among the equipment's changes, from 1 without gaps
    time_us : when it happened, plant time, UTC microseconds
    state, mode : in force after the change (WorkUnitState, WorkUnitMode)
    good, scrap, rework, energy : running totals after the change; energy in counts of `energy_scale` Wh
    value : measured value, for a process value
    reason : reason of the state, or of counted scrap; name of the alarm; name of the process value; path of the phase (ISA-88)
    job_order, person, lot : whom it concerns; a controller knows no request
    message : text of the alarm; unit of the process value; state of the phase, as the number of a WorkUnitState
    quality : "uncertain" if the controller is not sure of it; Modbus has no place for that
    """

    sequence: int
    time_us: int
    kind: ChangeKind
    state: int = WorkUnitState.UNKNOWN
    mode: int = WorkUnitMode.PRODUCTION
    good: int = 0
    scrap: int = 0
    rework: int = 0
    energy: int = 0
    value: float = 0.0
    reason: str = ""
    job_order: str = ""
    person: str = ""
    lot: str = ""
    message: str = ""
    quality: str = ""

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Good, scrap, rework, energy."""
        return self.good, self.scrap, self.rework, self.energy


_DEFAULTS = {field.name: field.default for field in fields(ChangeRecord)}
_TYPES = {name: int if name in ("sequence", "time_us", "kind") else type(default) for name, default in _DEFAULTS.items()}
_INTEGERS = {name for name, kind in _TYPES.items() if issubclass(kind, int)}
_ALLOWED = {str: "a text", float: "a number"}


def write_change(change: ChangeRecord, life: int) -> str:
    """The change as a JSON text, without what has its usual value. `life`: which record the controller plays (see `Signal`)."""
    said = {name: value for name in _DEFAULTS if (value := getattr(change, name)) != _DEFAULTS[name]}
    return json.dumps({**said, "life": life}, separators=(",", ":"), allow_nan=False)


def read_change(text: str) -> tuple[ChangeRecord, int]:
    """The change in a JSON text, and the controller's life.

    Raises
    ------
    ValueError : it is none, with the reason
    """
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError(f"a change is no JSON {type(said).__name__}; allowed: an object")
    life = said.pop("life", 0)
    if type(said.get("value")) is int:  # JSON does not tell 50 from 50.0
        said["value"] = float(said["value"])
    for name, value in said.items():
        if name not in _TYPES:
            raise ValueError(f"a change has no '{name}'; allowed: {', '.join(_TYPES)}, life")
        if isinstance(value, bool) or not isinstance(value, int if name in _INTEGERS else _TYPES[name]):
            raise ValueError(
                f"'{name}' of a change is {value!r}; allowed: {'a whole number' if name in _INTEGERS else _ALLOWED[_TYPES[name]]}"
            )
    try:
        return ChangeRecord(**{**said, "kind": ChangeKind(said.get("kind", 0))}), life
    except TypeError:
        raise ValueError("a change needs more than it says; allowed: sequence, time_us and kind, with the rest or without") from None


class ControllerMemory:
    """What the controller of one piece of equipment remembers: its present values and running totals."""

    def __init__(self, *, energy_scale: int = 1) -> None:
        self.present = ChangeRecord(sequence=0, time_us=0, kind=ChangeKind.STATE)
        self.state_text: tuple[str, str, str] = ("", "", "")  # reason, job order and person of the present state
        self.alarms: dict[str, None] = {}  # names of those that are raised, the latest last
        self._phases: dict[str, int] = {}  # of the job order that is done now: the state of each phase that it has told
        self._phases_of = ""
        self._energy_scale = energy_scale
        self._energy_wh = 0

    def change_of(self, fact: OperationsEvent) -> ChangeRecord:
        """The next change, made of a fact of a type in KIND_OF; nothing is remembered yet."""
        before = self.present
        said: dict[str, int | float | str] = {}
        match fact:
            case EquipmentStateChanged():
                said = {"state": int(fact.state), "reason": fact.reason}
            case EquipmentModeChanged():
                said = {"mode": int(fact.mode)}
            case CountObserved():
                said = {"good": before.good + fact.good, "scrap": before.scrap + fact.scrap, "rework": before.rework + fact.rework}
                said["reason"] = fact.reason
            case EnergyMetered():
                said = {"energy": (self._energy_wh + fact.energy_wh) // self._energy_scale}
            case ProcessValueObserved():
                said = {"reason": fact.property, "value": float(fact.value), "message": fact.unit}
            case PhaseStateChanged():
                said = {"reason": fact.phase, "message": str(int(fact.state))}
            case AlarmRaised():
                said = {"reason": fact.alarm, "message": fact.message}
            case AlarmAcknowledged() | AlarmCleared():
                said = {"reason": fact.alarm}
        in_force: dict[str, int | float | str] = {
            "state": before.state, "mode": before.mode,
            "good": before.good, "scrap": before.scrap, "rework": before.rework, "energy": before.energy,
        }  # fmt: skip
        return ChangeRecord(
            sequence=before.sequence + 1, time_us=fact.effective_us, kind=KIND_OF[type(fact)],
            job_order=fact.job_order, person=fact.person, lot=fact.lot, quality=getattr(fact, "quality", ""), **{**in_force, **said},  # type: ignore[arg-type]
        )  # fmt: skip

    def remember(self, fact: OperationsEvent, change: ChangeRecord) -> None:
        """The change that `change_of` made of this fact has happened."""
        self.present = change
        match fact:
            case EquipmentStateChanged():
                self.state_text = fact.reason, fact.job_order, fact.person
                if fact.job_order not in ("", self._phases_of):
                    self._phases, self._phases_of = {}, fact.job_order
            case PhaseStateChanged():
                self._phases[fact.phase] = int(fact.state)
            case EnergyMetered():
                self._energy_wh += fact.energy_wh
            case AlarmRaised():
                self.alarms[fact.alarm] = None
            case AlarmCleared():
                self.alarms.pop(fact.alarm, None)

    def state_of(self, phase: str) -> int:
        """The state of one of its phases; of the equipment itself where that is ""."""
        return self._phases.get(phase, WorkUnitState.IDLE) if phase else self.present.state
