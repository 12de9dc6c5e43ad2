"""Signals to facts: what it means that a controller said this. No socket, no clock, no file.

Totals become differences, a lost connection becomes a state that nobody knows, numbers that are missing become an alarm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from hardware_bridge.change import ChangeKind, ChangeRecord, write_change
from hardware_bridge.message import read_message
from hardware_bridge.registers import COUNTER_MODULUS
from hardware_bridge.signal import Position, Quality, Signal
from hardware_bridge.wiring import Wire
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
    WorkAlertRaised,
)
from twin.model.events.plant import UNCERTAIN
from twin.model.signals import ModbusConnection
from twin.model.states import WorkUnitState
from twin.store.journal import StoreError
from twin.store.journal.hash_chain import canonical

CONNECTION_LOST = "connection lost"
LOST_CHANGES = "lost changes"
COUNTER_RESET = "counter reset"
UNREADABLE = "unreadable signal"
UNKNOWN = int(WorkUnitState.UNKNOWN)
_PHASE_STATES = {f"{state:d}": int(state) for state in WorkUnitState}  # a phase says its state in a text; another one is nobody's


class Heard(NamedTuple):
    """A signal as it is kept with the facts that it became: see `SignalHeard`."""

    connection: str
    signal: str
    said: str
    quality: str
    source_us: int


class Observation(NamedTuple):
    """A fact, and how many equal ones came before it: together they make its id in the journal (see `Journal.append`).

    `heard`: the signal that it came from, where signals are kept.
    """

    fact: OperationsEvent
    occurrence: int
    heard: Heard | None = None


@dataclass(slots=True)
class _Heard:
    """What was heard of one piece of equipment (or of the messages of a connection). Its fields are the spool's."""

    sequence: int = 0
    life: int = 0
    totals: tuple[int, int, int, int] = (0, 0, 0, 0)
    state: tuple[int, str, str, str, str] | None = None  # state, reason, job order, person, lot
    unknown_since_us: int | None = None
    latest_us: int = -1
    said: dict[str, int] = field(default_factory=dict)  # content of a fact of the latest instant -> how often


class Interpreter:
    """Makes facts of signals. Its memory can be written down and given to the next bridge, which then goes on without a seam.

    Parameters
    ----------
    wires : tell how the counters of each piece of equipment count
    memory : what `memory` of an earlier interpreter gave
    keeps_signals : whether each fact has its signal with it
    """

    def __init__(
        self, wires: Sequence[Wire], memory: Mapping[str, Mapping[str, Any]] | None = None, *, keeps_signals: bool = False
    ) -> None:
        self._keeps_signals = keeps_signals
        self._modulus: dict[str, int] = {}
        self._energy_scale: dict[str, int] = {}
        for wire in wires:
            for name, it in wire.equipment.items():
                self._modulus[name] = COUNTER_MODULUS if isinstance(wire.connection, ModbusConnection) else 0
                self._energy_scale[name] = it.energy_scale if isinstance(wire.connection, ModbusConnection) else 1
        self._heard = {name: _recall(it) for name, it in (memory or {}).items()}
        self._clock_us: dict[str, int] = {}
        self._changed: set[str] = set()
        self._recorded_us = 0

    def interpret(self, batch: Sequence[Signal], recorded_us: int) -> list[Observation]:
        """The facts that a batch of signals means. `recorded_us`: wall clock at its arrival, UTC microseconds."""
        self._recorded_us = recorded_us
        out: list[Observation] = []
        for signal in batch:
            before = len(out)
            if signal.property == "clock" and isinstance(signal.value, int):
                self._clock_us[signal.connection] = max(signal.value, self.clock_us(signal.connection))
            elif signal.property == "message":
                self._message(signal, out)
            elif signal.quality is Quality.BAD:
                self._bad(signal, out)
            elif isinstance(signal.value, ChangeRecord):
                said = signal.value
                self._change(signal, replace(said, quality=UNCERTAIN) if signal.quality is Quality.UNCERTAIN else said, out)
            elif signal.property == "present":
                self._present(signal, out)
            if self._keeps_signals and len(out) > before:
                heard = _kept(signal)
                out[before:] = [it._replace(heard=heard) for it in out[before:]]
        return out

    def clock_us(self, connection: str) -> int:
        """Plant time up to which everything of this connection is known; -1 if it has not told."""
        return self._clock_us.get(connection, -1)

    def position(self, name: str) -> Position:
        """How far we are with a piece of equipment, or with the messages of the connection of that name."""
        heard = self._heard.get(name)
        return Position(heard.sequence, heard.life) if heard else Position()

    def take_memory(self) -> dict[str, dict[str, Any]]:
        """What has changed in the memory since this was last asked, as JSON values."""
        changed = {name: asdict(self._heard[name]) for name in sorted(self._changed)}
        self._changed.clear()
        return changed

    def _hear(self, name: str) -> _Heard:
        self._changed.add(name)
        return self._heard.setdefault(name, _Heard())

    def _bad(self, signal: Signal, out: list[Observation]) -> None:
        """The equipment cannot be heard: its state is unknown from the moment up to which it was."""
        heard = self._hear(signal.equipment)
        if heard.unknown_since_us is not None:
            return
        since_us = max(signal.source_us, heard.latest_us, self.clock_us(signal.connection))
        if since_us < 0:
            return  # nobody has told the plant's time yet
        heard.unknown_since_us = since_us
        reason = signal.reason or CONNECTION_LOST
        self._say(heard, self._state(signal.equipment, since_us, (WorkUnitState.UNKNOWN, reason, "", "", "")), out)

    def _present(self, signal: Signal, out: list[Observation]) -> None:
        """It can be heard again, and nothing has happened meanwhile: the state that it had is in force."""
        heard = self._hear(signal.equipment)
        if signal.life == heard.life and signal.value == heard.sequence:
            self._restore(signal.equipment, heard, signal.source_us, out)

    def _restore(self, equipment: str, heard: _Heard, at_us: int, out: list[Observation]) -> None:
        since_us = heard.unknown_since_us
        if since_us is None:
            return
        heard.unknown_since_us = None
        if heard.state is not None:
            self._say(heard, self._state(equipment, max(at_us, since_us), heard.state), out)

    def _change(self, signal: Signal, change: ChangeRecord, out: list[Observation]) -> None:
        equipment, heard = signal.equipment, self._hear(signal.equipment)
        if signal.life == heard.life and signal.sequence <= heard.sequence:  # told again after a reconnect
            if signal.sequence == heard.sequence:
                self._restore(equipment, heard, self.clock_us(signal.connection), out)
            return
        first_contact = not heard.sequence
        restarted = not first_contact and signal.life != heard.life
        missing = change.sequence - (0 if restarted else heard.sequence) - 1
        if restarted:
            heard.totals = (0, 0, 0, 0)
        lost = not first_contact and (restarted or missing > 0)
        if lost:
            self._lose(signal, change, restarted, out)
        if first_contact and missing > 0:  # we have come to a machine at work: what it had counted before is not ours
            heard.totals = change.totals
        if change.kind != ChangeKind.STATE and (lost or (first_contact and missing > 0)):
            heard.state = *_packml(change.state, ""), change.job_order, change.person, ""
            self._say(heard, self._state(equipment, change.time_us, heard.state), out)
            heard.unknown_since_us = None
        elif change.kind != ChangeKind.STATE:
            self._restore(equipment, heard, change.time_us, out)
        for fact in self._facts(equipment, heard, change):
            self._say(heard, fact, out)
        if lost:
            self._say(heard, AlarmCleared(**self._when(equipment, change.time_us), alarm=LOST_CHANGES), out)
        heard.sequence, heard.life, heard.totals = signal.sequence, signal.life, change.totals

    def _lose(self, signal: Signal, change: ChangeRecord, restarted: bool, out: list[Observation]) -> None:
        """Changes are missing between what was heard and this one: say so, and that the state in between is unknown."""
        equipment, heard = signal.equipment, self._heard[signal.equipment]
        known_us = max(heard.latest_us, min(self.clock_us(signal.connection), change.time_us))
        message = (
            f"the controller of {equipment} has started anew after number {heard.sequence}; what it did not tell is lost"
            if restarted
            else f"numbers {heard.sequence + 1} to {change.sequence - 1} of {equipment} were lost"
        )
        self._say(heard, AlarmRaised(**self._when(equipment, known_us), alarm=LOST_CHANGES, message=message), out)
        if heard.unknown_since_us is None:
            self._say(heard, self._state(equipment, known_us, (WorkUnitState.UNKNOWN, LOST_CHANGES, "", "", "")), out)
        heard.unknown_since_us = None

    def _facts(self, equipment: str, heard: _Heard, change: ChangeRecord) -> list[OperationsEvent]:
        """What one change says: itself, and before it whatever its totals say that no change has told."""
        good, scrap, rework, energy, fallen = self._since(equipment, heard.totals, change.totals)
        when = self._when(equipment, change.time_us)
        subject = {**when, "job_order": change.job_order, "person": change.person, "lot": change.lot}
        quality = UNCERTAIN if change.quality == UNCERTAIN else ""
        reason = change.reason if change.kind == ChangeKind.COUNT else ""
        counted = CountObserved(**subject, quality=quality, good=good, scrap=scrap, rework=rework, reason=reason)
        metered = EnergyMetered(**subject, quality=quality, energy_wh=energy)
        untold: list[OperationsEvent] = []
        if fallen:
            told = f"counters of {equipment} started from zero: {fallen}; what each shows now counts, what it counted unseen is not known"
            untold.append(WorkAlertRaised(**when, alert=COUNTER_RESET, message=told))
        if change.kind != ChangeKind.COUNT and (good or scrap or rework):
            untold.append(replace(counted, job_order="", person="", lot=""))
        if change.kind != ChangeKind.ENERGY and energy:
            untold.append(replace(metered, job_order="", person="", lot=""))
        match change.kind:
            case ChangeKind.STATE:
                heard.state = *_packml(change.state, change.reason), change.job_order, change.person, change.lot
                heard.unknown_since_us = None
                return [*untold, replace(self._state(equipment, change.time_us, heard.state), quality=quality)]
            case ChangeKind.MODE:
                return [*untold, EquipmentModeChanged(**subject, mode=change.mode)]
            case ChangeKind.COUNT:
                return [*untold, counted]
            case ChangeKind.ENERGY:
                return [*untold, metered]
            case ChangeKind.PROCESS_VALUE if not math.isfinite(change.value):
                return untold  # how a sensor says that it has no value
            case ChangeKind.PROCESS_VALUE:
                return [
                    *untold,
                    ProcessValueObserved(**subject, quality=quality, property=change.reason, value=change.value, unit=change.message),
                ]
            case ChangeKind.PHASE:
                return [*untold, PhaseStateChanged(**subject, phase=change.reason, state=_PHASE_STATES.get(change.message, UNKNOWN))]
            case ChangeKind.ALARM_RAISED:
                return [*untold, AlarmRaised(**subject, alarm=change.reason, message=change.message)]
            case ChangeKind.ALARM_ACKNOWLEDGED:
                return [*untold, AlarmAcknowledged(**subject, alarm=change.reason)]
            case ChangeKind.ALARM_CLEARED:
                return [*untold, AlarmCleared(**subject, alarm=change.reason)]
        return [*untold, MaterialIdentified(**subject)]

    def _since(self, equipment: str, before: Sequence[int], after: Sequence[int]) -> tuple[int, int, int, int, str]:
        """Differences of running totals, and in words which of them started from zero.

        A counter that fell has rolled over, if that makes a short way, and nothing is lost; or else it has started from zero.
        """
        modulus = self._modulus.get(equipment, 0)
        steps, fallen = [], []
        for name, old, new in zip(("good", "scrap", "rework", "energy"), before, after, strict=True):
            step = new - old
            if step < 0 and modulus and step % modulus < modulus // 2:
                step %= modulus
            elif step < 0:
                step = new
                fallen.append(f"{name} from {old} to {new}")
            steps.append(step)
        good, scrap, rework, energy = steps
        return good, scrap, rework, energy * self._energy_scale.get(equipment, 1), ", ".join(fallen)

    def _message(self, signal: Signal, out: list[Observation]) -> None:
        heard = self._hear(signal.connection)
        if signal.quality is Quality.BAD or (signal.life == heard.life and signal.sequence <= heard.sequence):
            return  # told again after a reconnect; or none, whose number will be missing when the next one comes
        at_us = max(heard.latest_us, signal.source_us)
        expected = 1 if signal.life != heard.life else heard.sequence + 1
        if heard.sequence and (signal.sequence > expected or signal.life != heard.life):
            text = f"messages {expected} to {signal.sequence - 1} of {signal.connection} were lost; orders or deliveries may be missing"
            self._say(heard, WorkAlertRaised(**self._when("", at_us), alert=LOST_CHANGES, message=text), out)
        try:
            self._say(heard, read_message(str(signal.value), self._recorded_us), out)
        except ValueError as error:
            text = f"message {signal.sequence} of {signal.connection} cannot be read: {error}"
            self._say(heard, WorkAlertRaised(**self._when("", at_us), alert=UNREADABLE, message=text), out)
        heard.sequence, heard.life = signal.sequence, signal.life

    def _when(self, equipment: str, effective_us: int) -> dict[str, Any]:
        return {"equipment": equipment, "effective_us": effective_us, "recorded_us": self._recorded_us}

    def _state(self, equipment: str, effective_us: int, state: tuple[int, str, str, str, str]) -> EquipmentStateChanged:
        number, reason, job_order, person, lot = state
        when = self._when(equipment, effective_us)
        return EquipmentStateChanged(**when, state=number, reason=reason, job_order=job_order, person=person, lot=lot)

    def _say(self, heard: _Heard, fact: OperationsEvent, out: list[Observation]) -> None:
        """One fact more; equal ones of one instant are counted, so that each has an id of its own."""
        try:
            content = canonical(fact).content
        except StoreError as error:  # a text with a NUL, a time beyond all years: no journal takes that
            message = f"{error}".encode("ascii", "backslashreplace").decode()
            fact = WorkAlertRaised(**self._when("", max(heard.latest_us, 0)), alert=UNREADABLE, message=message)
            content = canonical(fact).content
        if fact.effective_us > heard.latest_us:
            heard.latest_us, heard.said = fact.effective_us, {}
        occurrence = heard.said.get(content, 0)
        heard.said[content] = occurrence + 1
        out.append(Observation(fact, occurrence))


def _kept(signal: Signal) -> Heard:
    said = write_change(signal.value, signal.life) if isinstance(signal.value, ChangeRecord) else str(signal.value or signal.reason)
    return Heard(signal.connection, signal.place, said, signal.quality.name.lower(), signal.source_us)


def _packml(state: int, reason: str) -> tuple[int, str]:
    """The state and its reason; a number that PackML does not know is a state that nobody knows."""
    known = state in WorkUnitState._value2member_map_
    return (state, reason) if known else (int(WorkUnitState.UNKNOWN), f"{state} is no PackML state")


def _recall(memory: Mapping[str, Any]) -> _Heard:
    state, totals = memory.get("state"), memory.get("totals", (0, 0, 0, 0))
    return _Heard(**{**memory, "totals": tuple(totals), "state": tuple(state) if state else None})
