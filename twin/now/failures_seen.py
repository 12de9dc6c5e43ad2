"""What the journal says of failures: how often, since when, and whose turn it is at the repair crew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.mes.equipment import ABORTED_STATES, HELD_STATES, RUN_STATES, EquipmentRecord
from twin.model.events import AlarmCleared, AlarmRaised, OperationsEvent
from twin.model.plant import Failure, Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.simulation.compiled_plant.begun.causes import SeenFailure, tell_failure, tell_planned_stop
from twin.simulation.compiled_plant.begun.ground import Ground


@dataclass(slots=True)
class _Mode:
    """One failure mode, as its alarms tell of it."""

    equipment: str
    mode: int
    failure: Failure
    repairs: int = 0
    good_since_us: int = 0
    down_since_us: int = -1
    repair_since_us: int = -1


@dataclass(slots=True)
class _Crew:
    """A repair crew: who waits for it. Free hands go to who has waited longest, then by declared order."""

    free: int
    claims: list[_Mode] = field(default_factory=list)

    def serve(self, now_us: int) -> None:
        self.claims.sort(key=lambda it: it.down_since_us)  # stable: declared order before
        while self.free and self.claims:
            self.claims.pop(0).repair_since_us = now_us
            self.free -= 1


def down_reasons(scenario: Scenario, plant: Plant, equipment: str) -> set[str]:
    """Reasons for which equipment is known to go down."""
    failures = [it.reason for name, it in _declared(plant) if name == equipment]
    return {*failures, *(stop.reason for stop in scenario.disturbances if stop.equipment == equipment)}


def tell_failures(ground: Ground, run: Run, notes: list[str]) -> None:
    """Every failure mode and every planned stop, as they stand."""
    plant, records = run.plant, run.mes.equipment.records
    modes = _follow(run)
    counts: dict[str, int] = {}
    for mode in modes:
        counts[mode.equipment] = mode.mode + 1
        record = records[mode.equipment]
        if mode.down_since_us < 0 and _says_down(record, mode.failure.reason):
            mode.down_since_us = mode.repair_since_us = record.since_us
            notes.append(f"{mode.equipment} says '{record.reason}' and raised no alarm: taken to be under repair since it said so")
        tell_failure(ground, mode.equipment, mode.mode, mode.failure, _seen(run, mode))
    for stop in run.scenario.disturbances:
        n = counts.get(stop.equipment, 0)
        counts[stop.equipment] = n + 1
        tell_planned_stop(ground, stop.equipment, n, stop)
    for name, record in records.items():
        if record.state in ABORTED_STATES and record.reason not in down_reasons(run.scenario, plant, name):
            notes.append(f"{name} is down for '{record.reason}', which is no declared failure: taken to work again at once")


def _says_down(record: EquipmentRecord, reason: str) -> bool:
    return record.state in HELD_STATES | ABORTED_STATES and record.reason == reason and not record.alarms


def _seen(run: Run, mode: _Mode) -> SeenFailure:
    now_us = run.now_us
    if mode.down_since_us >= 0:
        has_hand = mode.repair_since_us >= 0
        age_us = now_us - mode.repair_since_us if has_hand else 0
        return SeenFailure(repairs=mode.repairs, age_us=age_us, down_since_us=mode.down_since_us, has_hand=has_hand)
    age_us = now_us - mode.good_since_us
    if mode.failure.clock == "busy":
        intervals = run.mes.equipment.intervals(mode.equipment, mode.good_since_us, now_us)
        age_us = sum(min(it.end_us, now_us) - max(it.start_us, mode.good_since_us) for it in intervals if it.state in RUN_STATES)
    return SeenFailure(repairs=mode.repairs, age_us=age_us, down_since_us=-1, has_hand=False)


def _declared(plant: Plant) -> Iterable[tuple[str, Failure]]:
    layout = plant.layout
    stations = {name: it for line in layout.production_lines.values() for name, it in line.stations.items()}
    for name in plant.equipment:
        declared = layout.work_units.get(name) or stations.get(name)
        for failure in declared.failures if declared else ():
            yield name, failure


def _follow(run: Run) -> list[_Mode]:
    """Every failure mode in declared order, after all alarms of the journal."""
    crews = {name: _Crew(crew.size) for name, crew in run.plant.layout.repair_crews.items()}
    modes: list[_Mode] = []
    for name, failure in _declared(run.plant):
        modes.append(_Mode(name, sum(it.equipment == name for it in modes), failure, good_since_us=run.scenario.start_us))
    place = {id(mode): n for n, mode in enumerate(modes)}
    by_alarm = {(mode.equipment, mode.failure.reason): mode for mode in modes}
    stops = {
        (stop.equipment, stop.reason, run.scenario.start_us + at_us)
        for stop in run.scenario.disturbances
        for at_us in (stop.at, stop.at + stop.lasts)
    }
    for at_us, facts in _instants(entry.event for entry in run.journal.entries()):
        told = [
            (fact, by_alarm[fact.equipment, fact.alarm])
            for fact in facts
            if (fact.equipment, fact.alarm) in by_alarm and (fact.equipment, fact.alarm, at_us) not in stops
        ]
        for fact, mode in told:
            if isinstance(fact, AlarmCleared) and mode.down_since_us >= 0:
                _is_good(mode, at_us, crews)
        for fact, mode in told:
            if isinstance(fact, AlarmRaised) and mode.down_since_us < 0:
                mode.down_since_us = at_us
                if mode.failure.crew:
                    crews[mode.failure.crew].claims.append(mode)
                else:
                    mode.repair_since_us = at_us
        for crew in crews.values():
            crew.claims.sort(key=lambda it: place[id(it)])
            crew.serve(at_us)
    return modes


def _is_good(mode: _Mode, at_us: int, crews: dict[str, _Crew]) -> None:
    if mode.failure.crew:
        crew = crews[mode.failure.crew]
        if mode.repair_since_us >= 0:
            crew.free += 1
        else:
            crew.claims.remove(mode)
    mode.repairs, mode.good_since_us, mode.down_since_us, mode.repair_since_us = mode.repairs + 1, at_us, -1, -1


def _instants(events: Iterable[OperationsEvent]) -> Iterable[tuple[int, list[AlarmRaised | AlarmCleared]]]:
    """Alarms by the instants at which they came."""
    by_instant: dict[int, list[AlarmRaised | AlarmCleared]] = {}
    for event in events:
        if isinstance(event, AlarmRaised | AlarmCleared):
            by_instant.setdefault(event.effective_us, []).append(event)
    return sorted(by_instant.items())
