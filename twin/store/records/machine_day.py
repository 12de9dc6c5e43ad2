"""The raw stream of one machine's MTConnect adapter (`time|tag|value`), as facts about that machine.

An adapter reports changes only, so silence is normal for one tag; but a running controller counts its hours and is never
silent on all of them. When no line at all comes for longer than a limit, nobody knows what the machine did since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    EquipmentModeChanged,
    EquipmentStateChanged,
    OperationsEvent,
    ProcessValueObserved,
)
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.problems import Problem
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.store.records.mtconnect import MODES, OF_MACHINE
from twin.store.records.record import (
    Record,
    end_us,
    heartbeats,
    in_canonical_order,
    numbered_lines,
    opening_facts,
    order_facts,
    read_instant_us,
    write_instant,
)

DEFAULT_SILENCE_US = 60_000_000
_CONDITION = "|level|code|severity|qualifier|text"
_NOBODY_KNOWS = (WorkUnitState.UNKNOWN, "unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the stream. `values` has one entry, or five for a condition (level, code, severity, qualifier, text)."""

    number: int
    at_us: int
    tag: str
    values: tuple[str, ...]


def read_machine_day(
    path: Path, plant: Plant, scenario: Scenario, *, equipment: str, silence_us: int = DEFAULT_SILENCE_US, title: str = ""
) -> Record:
    """The stream at `path` as facts about `equipment` within the time of `scenario`.

    A line that cannot be read is a problem with its number, and is left out. A line whose time lies before that of the line above it
    (two clocks wrote the stream) is taken at the time of the line above. Both are told in `problems`; so is every silence.

    Raises
    ------
    OSError : the file cannot be read
    """
    problems: list[Problem] = []
    lines = list(_in_time(_lines(path, problems), str(path), problems))
    machine = _Machine(equipment, str(path), problems)
    for at_us, group in groupby(lines, key=lambda line: line.at_us):
        if machine.heard_us >= 0 and at_us - machine.heard_us > silence_us:
            machine.fall_silent(at_us)
        machine.hear(at_us, list(group))
    if lines and end_us(scenario) - machine.heard_us > silence_us:
        machine.fall_silent(end_us(scenario))
    facts = _within(machine.facts, scenario, equipment)
    everything = [*opening_facts(plant, scenario, ()), *order_facts(plant, scenario), *heartbeats(scenario), *facts]
    return Record(title=title or path.name, facts=in_canonical_order(everything, plant.equipment), problems=tuple(problems))


def _lines(path: Path, problems: list[Problem]) -> Iterator[Line]:
    for number, text in numbered_lines(path):
        parts = text.split("|")
        if len(parts) not in (3, 7) or not parts[1]:
            problems.append(_problem(path, number, f"'{text[:60]}' is no line of a stream", f"time|tag|value, or time|tag{_CONDITION}"))
            continue
        try:
            at_us = read_instant_us(parts[0])
        except ValueError:
            problems.append(_problem(path, number, f"'{parts[0]}' is no instant", "ISO 8601, as in 2018-09-27T09:50:04.124Z"))
            continue
        yield Line(number=number, at_us=at_us, tag=parts[1], values=tuple(parts[2:]))


def _problem(file: Path | str, number: int, what: str, allowed: str = "") -> Problem:
    return Problem(file=str(file), line=number, column=1, what=what, allowed=allowed)


def _in_time(lines: Iterable[Line], file: str, problems: list[Problem]) -> Iterator[Line]:
    """The lines in their order with times that never go back."""
    latest_us = -1
    in_the_past = False
    for line in lines:
        if line.at_us < latest_us:
            if not in_the_past:
                what = f"from here on lines say {write_instant(line.at_us)}, before the line above; taken as {write_instant(latest_us)}"
                problems.append(_problem(file, line.number, what))
            in_the_past = True
            yield Line(number=line.number, at_us=latest_us, tag=line.tag, values=line.values)
            continue
        in_the_past = False
        latest_us = line.at_us
        yield line


class _Machine:
    """What the controller last said, and the facts that follow when it says something else."""

    def __init__(self, equipment: str, file: str, problems: list[Problem]) -> None:
        self.facts: list[OperationsEvent] = []
        self.heard_us = -1
        self._equipment = equipment
        self._file = file
        self._problems = problems
        self._said: dict[str, str] = {}
        self._alarms: dict[str, list[str]] = {}  # tag -> alarms raised and not cleared
        self._state: tuple[WorkUnitState, str] = (WorkUnitState.UNKNOWN, "")
        self._odd: set[str] = set()

    def hear(self, at_us: int, lines: list[Line]) -> None:
        """Take in all lines of one instant; what they say together counts, not their order."""
        for line in lines:
            if len(line.values) == 5:
                self._condition(at_us, line)
                continue
            before = self._said.get(line.tag)
            self._said[line.tag] = line.values[0]
            if line.values[0] != before:
                self._changed(at_us, line)
        self.heard_us = at_us
        self._enter(at_us, self._concluded(lines[0].number))

    def fall_silent(self, until_us: int) -> None:
        """No line came from the last one heard until `until_us`."""
        self._enter(self.heard_us, (WorkUnitState.UNKNOWN, "silence"))
        lasted = write_duration(until_us - self.heard_us)
        self._problems.append(Problem(file=self._file, line=0, column=0, what=f"silent for {lasted} from {write_instant(self.heard_us)}"))

    def _enter(self, at_us: int, state: tuple[WorkUnitState, str]) -> None:
        if state == self._state:
            return
        self._state = state
        self.facts.append(EquipmentStateChanged(effective_us=at_us, equipment=self._equipment, state=state[0], reason=state[1]))

    def _concluded(self, number: int) -> tuple[WorkUnitState, str]:
        """The state that everything said so far amounts to."""
        execution = self._said.get("execution", "UNAVAILABLE")
        if execution == "UNAVAILABLE" or self._said.get("avail") == "UNAVAILABLE":
            return _NOBODY_KNOWS
        if self._said.get("estop") == "TRIGGERED":
            return WorkUnitState.ABORTED, "emergency_stop"
        if self._said.get("power") == "OFF":
            return WorkUnitState.STOPPED, "power_off"
        if execution not in OF_MACHINE:
            self._complain_once(number, f"execution '{execution}' is not known; the state is unknown", ", ".join(OF_MACHINE))
            return _NOBODY_KNOWS
        return OF_MACHINE[execution]

    def _changed(self, at_us: int, line: Line) -> None:
        value = line.values[0]
        if line.tag == "mode" and value in MODES:
            self.facts.append(EquipmentModeChanged(effective_us=at_us, equipment=self._equipment, mode=MODES[value]))
        elif line.tag == "program" and value not in ("", "UNAVAILABLE"):
            try:
                program = float(value)
            except ValueError:
                self._complain_once(line.number, f"program '{value}' is no number and is left out")
                return
            self.facts.append(ProcessValueObserved(effective_us=at_us, equipment=self._equipment, property="program", value=program))

    def _condition(self, at_us: int, line: Line) -> None:
        """Warning and Fault raise an alarm; Normal with a code clears that one, Normal or Unavailable without one clears all of the tag."""
        level, code, _, _, text = line.values
        raised = self._alarms.setdefault(line.tag, [])
        alarm = f"{line.tag}.{code}" if code else line.tag
        if level.upper() in ("WARNING", "FAULT"):
            if alarm not in raised:
                raised.append(alarm)
                message = f"{level.capitalize()}: {text.strip()}"
                self.facts.append(AlarmRaised(effective_us=at_us, equipment=self._equipment, alarm=alarm, message=message))
            return
        for cleared in [alarm] if code and alarm in raised else [] if code else list(raised):
            raised.remove(cleared)
            self.facts.append(AlarmCleared(effective_us=at_us, equipment=self._equipment, alarm=cleared))

    def _complain_once(self, number: int, what: str, allowed: str = "") -> None:
        if what not in self._odd:
            self._odd.add(what)
            self._problems.append(_problem(self._file, number, what, allowed))


def _within(facts: list[OperationsEvent], scenario: Scenario, equipment: str) -> list[OperationsEvent]:
    """The facts inside the scenario's time, after the state that the machine is in at its start; of two states at one instant the last."""
    start_us, stop_us = scenario.start_us, end_us(scenario)
    kept: list[OperationsEvent] = []
    state_at: dict[int, int] = {}  # instant -> place of its state in `kept`
    before: EquipmentStateChanged | None = None
    for fact in facts:
        if fact.effective_us < start_us:
            before = fact if isinstance(fact, EquipmentStateChanged) else before
        elif fact.effective_us < stop_us:
            if isinstance(fact, EquipmentStateChanged) and fact.effective_us in state_at:
                kept[state_at[fact.effective_us]] = fact
                continue
            if isinstance(fact, EquipmentStateChanged):
                state_at[fact.effective_us] = len(kept)
            kept.append(fact)
    if before is not None and before.state != WorkUnitState.UNKNOWN and start_us not in state_at:
        kept.insert(0, EquipmentStateChanged(effective_us=start_us, equipment=equipment, state=before.state, reason=before.reason))
    return kept
