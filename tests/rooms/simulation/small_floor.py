"""Plants of a few lines, and what they did as rows that can be read: minutes after the start, state, reason."""

from __future__ import annotations

from typing import Any

import yaml

from tests.rooms.simulation.scripted_control import ScriptedControl, run_all
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    OperationsEvent,
)
from twin.model.plant import Plant, job_order_id
from twin.model.scenario import Scenario
from twin.model.states import JobCommand, WorkUnitState
from twin.simulation.simpy_plant import SimulatedPlant

MIN_US = 60_000_000

ONE_UNIT = """
plant: one_unit
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}}
work_units: {lathe: {equipment_class: lathe, work_center: turning}}
process_segments: {turn: {work_center: turning}}
routings: {shaft: {"10": {segment: turn, run: 5 min}}}
"""
SHAFTS = "materials: {shaft: {kind: finished, lot_size: 4}}"


FAMILIES = {
    "setups/lathe": "{same: 1 min, default: 10 min, initial: thick, matrix: {thick: {thin: 3 min}}}",
    "routings/shaft/10/setup_family": "thin",
    "routings/bolt": '{"10": {segment: turn, run: 2 min, setup_family: thick}}',
}
TWO = "materials: {shaft: {kind: finished, lot_size: 4}, bolt: {kind: finished}}"

BATCH = {"work_units/lathe/batch": "{minimum: 2, maximum: 3, wait: 10 min}", "routings/shaft/10/per": "lot"}

SHIFTS = {
    "calendars": "{day: {shifts: {early: {days: [mon, tue], start: '06:00', end: '07:00', breaks: [{start: '06:10', end: '06:15'}]}}}}"
}
OPEN_BY_DAY = {**SHIFTS, "work_units/lathe/calendar": "day"}
WITH_ANNA = {
    **SHIFTS,
    "personnel_classes": "{turner: {}}",
    "persons": "{anna: {classes: [turner], calendar: day, hourly_cost: 40 EUR/h}}",
    "process_segments/turn/personnel_class": "turner",
}

TWO_STEPS = """
plant: two_steps
storage_units: {rack: {}, belt: {capacity: 1}}
work_centers: {turning: {storage: rack}, milling: {storage: belt}}
work_units: {lathe: {equipment_class: lathe, work_center: turning}, mill: {equipment_class: mill, work_center: milling}}
process_segments: {turn: {work_center: turning}, mill: {work_center: milling}}
routings: {shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: mill, run: 20 min}}}
"""
SINGLE = "materials: {shaft: {kind: finished, lot_size: 1}}"

LINE = """
plant: line
storage_units: {rack: {}}
work_centers: {bottling: {storage: rack}}
production_lines:
  line:
    work_center: bottling
    transfer_lot: 10
    stations: {fill: {cycle: 2 min, buffer_after: 1}, cap: {cycle: 5 min, buffer_after: 0}, pack: {cycle: 1 min}}
process_segments: {bottle: {work_center: bottling}}
routings: {cola: {"10": {segment: bottle}}}
"""
COLA = "materials: {cola: {kind: finished}}"


def changed(text: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The YAML of `text` with the values at dotted paths put in ("/" divides, since ids have dots)."""
    tables: dict[str, Any] = yaml.safe_load(text)
    for path, value in changes.items():
        *parents, last = path.split("/")
        table = tables
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = yaml.safe_load(value) if isinstance(value, str) else value
    return tables


def plant_of(layout: str = ONE_UNIT, materials: str = SHAFTS, **changes: Any) -> Plant:
    return Plant.model_validate({"layout": changed(layout, changes), "materials": yaml.safe_load(materials)})


def scenario_of(orders: str = "", horizon: str = "8 h", **tables: Any) -> Scenario:
    """Orders as "shaft 8 @ 30 min": material, quantity, when; the order's id is its place, from A."""
    lines = []
    for n, order in enumerate(filter(None, (part.strip() for part in orders.split(",")))):
        what, _, at = order.partition(" @ ")
        material, quantity = what.split()
        lines.append({"order": chr(65 + n), "customer": "us", "material": material, "quantity": int(quantity), "at": at or 0, "due": "1 d"})
    demand = {"orders": lines, **tables.pop("demand", {})}
    return Scenario.model_validate({"plant": "any", "start": "2026-03-02T06:00:00Z", "horizon": horizon, "demand": demand, **tables})


def play(plant: Plant, scenario: Scenario, seed: int = 1) -> list[OperationsEvent]:
    """All facts, under the scripted control."""
    return run_all(SimulatedPlant(plant, scenario, seed), ScriptedControl(plant))


def minutes(fact: OperationsEvent) -> float:
    """Minutes after the start of the scenarios here (Monday, 06:00 UTC)."""
    return (fact.effective_us - scenario_of().start_us) / MIN_US


def states_of(facts: list[OperationsEvent], equipment: str) -> list[tuple[float, str, str]]:
    """(minute, state, reason) of one piece of equipment, in order."""
    return [
        (minutes(fact), WorkUnitState(fact.state).name, fact.reason)
        for fact in facts
        if isinstance(fact, EquipmentStateChanged) and fact.equipment == equipment
    ]


def counts_of(facts: list[OperationsEvent], equipment: str) -> list[tuple[float, str, int, int, int]]:
    """(minute, job order, good, scrap, rework) of one piece of equipment, in order."""
    return [
        (minutes(fact), fact.job_order, fact.good, fact.scrap, fact.rework)
        for fact in facts
        if isinstance(fact, CountObserved) and fact.equipment == equipment
    ]


def refusal(facts: list[OperationsEvent]) -> str:
    (fact,) = [fact for fact in facts if isinstance(fact, JobOrderCommandRefused)]
    return fact.reason


def alarms(facts: list[OperationsEvent]) -> list[tuple[float, str, str, str]]:
    return [(minutes(f), type(f).__name__, f.equipment, f.alarm) for f in facts if isinstance(f, AlarmRaised | AlarmCleared)]


class Desk:
    """Somebody who gives commands by hand and looks at what comes back."""

    def __init__(self, plant: Plant, scenario: Scenario | None = None) -> None:
        self.source = SimulatedPlant(plant, scenario or scenario_of(), seed=1)
        self.facts: list[OperationsEvent] = []
        self.wait(0)

    def wait(self, until_min: float) -> list[OperationsEvent]:
        """Let the plant go on to that minute; the facts of the last round before somebody may speak."""
        environment = self.source.environment
        if (delay_us := round(until_min * MIN_US) + environment.start_us - environment.now_us) > 0:
            environment.after(delay_us, lambda: environment.beat("desk"))
        while True:
            facts = self.source.advance()
            assert facts is not None
            self.facts += facts
            if minutes(facts[0]) >= until_min:
                return list(facts)

    def send(self, *commands: JobOrderCommand) -> list[OperationsEvent]:
        """Send, and the facts that answer at the same instant."""
        self.source.send(commands)
        now_us = self.source.now_us
        facts = self.source.advance()
        assert facts is not None
        self.facts += facts
        assert facts[0].effective_us == now_us
        return list(facts)

    def start(self, lot: str, quantity: int = 4, operation: str = "10", **other: Any) -> list[OperationsEvent]:
        return self.send(start(lot, quantity, operation, **other))

    def command(self, command: JobCommand, equipment: str = "lathe", **other: Any) -> list[OperationsEvent]:
        return self.send(JobOrderCommand(effective_us=self.source.now_us, equipment=equipment, command=command, **other))


def start(
    lot: str, quantity: int = 4, operation: str = "10", *, equipment: str = "lathe", material: str = "shaft", person: str = ""
) -> JobOrderCommand:
    """A start command; several lots joined with "+" make a batch."""
    lots = lot.split("+")
    return JobOrderCommand(
        effective_us=0, equipment=equipment, person=person, command=JobCommand.START,
        job_order="+".join(job_order_id(each, operation) for each in lots), lots=tuple(lots), materials=(material,) * len(lots),
        operations=(operation,) * len(lots), quantities=(quantity,) * len(lots),
    )  # fmt: skip
