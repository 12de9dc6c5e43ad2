"""What the journal says of failures: how often, since when, and whose turn it is at the repair crew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twin.kernels.floor.rows import plant_rows as at
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, RUN_STATES, EquipmentRecord
from twin.model.events import AlarmCleared, AlarmRaised, CountObserved, EquipmentStateChanged
from twin.model.floor.failures import Failure
from twin.model.floor.maintenance import Maintenance
from twin.model.plant import Plant
from twin.model.states import DispatchStatus
from twin.results.run import Run
from twin.simulation.compiled_plant.begun.causes import SeenFailure, SeenUpkeep, tell_failure, tell_planned_stop, tell_upkeep
from twin.simulation.compiled_plant.begun.ground import Ground


@dataclass(slots=True)
class _Mode:
    """One failure mode, or planned maintenance: how often it was over, and since when it is good, down, worked on."""

    equipment: str
    n: int  # among the causes of its equipment
    declared: Failure | Maintenance
    repairs: int = 0
    good_since_us: int = 0
    down_since_us: int = -1
    repair_since_us: int = -1
    took_no_time: bool = False  # the last repair


@dataclass(slots=True)
class _Crew:
    """A repair crew: who waits for it. Free hands go to who has waited longest, then by declared order."""

    free: int
    claims: list[_Mode] = field(default_factory=list)

    def serve(self, place: dict[int, int], now_us: int) -> None:
        self.claims.sort(key=lambda it: (it.down_since_us, place[id(it)]))
        while self.free and self.claims:
            self.claims.pop(0).repair_since_us = now_us
            self.free -= 1


def down_reasons(run: Run, equipment: str) -> set[str]:
    """Reasons for which equipment is known to go down."""
    failures = {it.reason for it in run.plant.failures.get(equipment, [])}
    return failures | {stop.reason for stop in run.scenario.disturbances if stop.equipment == equipment}


def tell_failures(ground: Ground, run: Run, notes: list[str], before: Plant) -> None:
    """Every failure mode, every planned stop and all planned maintenance, as they stand; what `before` did not know begins now."""
    records = run.mes.equipment.records
    modes, known = _modes(run, run.plant), _follow(run, before)
    was = {_key(mode): mode for mode in known}
    for mode, seen in zip(modes, known if run.plant is before else [was.get(_key(mode)) for mode in modes], strict=True):
        declared = mode.declared
        if isinstance(declared, Maintenance):
            begun = seen.declared if seen and isinstance(seen.declared, Maintenance) else declared
            tell_upkeep(ground, mode.equipment, mode.n, begun, _seen_upkeep(run, seen, begun) if seen else _fresh_upkeep(run, declared))
            continue
        if seen is None or not isinstance(seen.declared, Failure):
            tell_failure(ground, mode.equipment, mode.n, declared, _GOOD_FROM_NOW_ON)
            continue
        record = records[mode.equipment]
        if seen.down_since_us < 0 and _says_down(record, declared.reason):
            seen.down_since_us = seen.repair_since_us = record.since_us
            notes.append(f"{mode.equipment} says '{record.reported}' and raised no alarm: taken to be under repair since it said so")
        tell_failure(ground, mode.equipment, mode.n, seen.declared, _seen(run, seen, seen.declared))
    _refuse_fewer_hands(ground, run)
    counts = {name: len(failures) for name, failures in run.plant.failures.items()}
    for stop in run.scenario.disturbances:
        n = counts.get(stop.equipment, 0)
        counts[stop.equipment] = n + 1
        tell_planned_stop(ground, stop.equipment, n, stop)
    for name, upkeep in run.plant.maintenance.items():
        if upkeep and down_reasons(run, name):
            notes.append(f"maintenance of {name} that was begun or ended while it was down: taken to have lasted as long as it was seen")
    for name, record in records.items():
        if name in run.plant.equipment and record.state in ABORTED_STATES and record.reported not in down_reasons(run, name):
            notes.append(f"{name} is down for '{record.reported}', which is no declared failure: taken to work again at once")


_GOOD_FROM_NOW_ON = SeenFailure(repairs=0, age_us=0, down_since_us=-1, has_hand=False)


def _fresh_upkeep(run: Run, upkeep: Maintenance) -> SeenUpkeep:
    """Maintenance that counts from now on."""
    return SeenUpkeep(
        begun=0, since_us=run.now_us, done=0 if upkeep.after_busy else upkeep.counted_before, is_due=False, down_since_us=-1, age_us=0,
        has_hand=False, took_no_time=False,
    )  # fmt: skip


def _key(mode: _Mode) -> tuple[str, str, str]:
    """What makes two modes of two plants the same: by what it counts its time, too."""
    declared = mode.declared
    return mode.equipment, declared.reason, declared.triggers[0] if isinstance(declared, Maintenance) else declared.clock


def _refuse_fewer_hands(ground: Ground, run: Run) -> None:
    """A crew has as many hands as are repairing now, or more.

    Raises
    ------
    ValueError : it would have fewer
    """
    for n, (name, crew) in enumerate(run.plant.layout.repair_crews.items()):
        free = int(ground.rows[int(ground.rows[at.CREWS_AT]) + n * at.CREW_ROW + at.CREW_FREE])
        if free < 0:
            busy = crew.size - free
            raise ValueError(f"{busy} of crew {name} are repairing now, and it would have {crew.size}; allowed: at least {busy}")


def _says_down(record: EquipmentRecord, reason: str) -> bool:
    return record.state in HELD_STATES | ABORTED_STATES and record.reported == reason and not record.alarms


def _seen(run: Run, mode: _Mode, failure: Failure) -> SeenFailure:
    if mode.down_since_us >= 0:
        return SeenFailure(repairs=mode.repairs, age_us=_repair_age(run, mode), down_since_us=mode.down_since_us, has_hand=_has_hand(mode))
    age_us = run.now_us - mode.good_since_us
    if failure.clock == "busy":
        age_us = sum(_worked(run, mode))
    return SeenFailure(repairs=mode.repairs, age_us=age_us, down_since_us=-1, has_hand=False)


def _seen_upkeep(run: Run, mode: _Mode, upkeep: Maintenance) -> SeenUpkeep:
    pieces = _done_lots(run, mode)
    over, going_on = _worked(run, mode)
    if upkeep.after_busy:  # counted when a stretch of work ends
        done, is_due = over + going_on, over >= upkeep.after_busy
    else:
        done = sum(pieces) if upkeep.after_pieces else len(pieces)
        done += 0 if mode.repairs else upkeep.counted_before
        limit = upkeep.after_pieces or upkeep.after_lots
        is_due = limit is not None and done >= limit
    return SeenUpkeep(
        begun=mode.repairs, since_us=mode.good_since_us, done=done, is_due=is_due, down_since_us=mode.down_since_us,
        age_us=_repair_age(run, mode), has_hand=_has_hand(mode), took_no_time=mode.took_no_time,
    )  # fmt: skip


def _done_lots(run: Run, mode: _Mode) -> list[int]:
    """Pieces of each lot that was done since it is good: a work unit counts a lot at once, a line when the lot has left it.

    What maintenance that took no time was done for was counted at its very instant, before it.
    """
    name, since_us = mode.equipment, mode.good_since_us + mode.took_no_time
    if name in run.plant.layout.work_units:
        counts = run.mes.equipment.records[name].counts
        at_once = [it.pieces for it in counts if it.at_us == mode.good_since_us]
        after = _counted_after(run, mode) if mode.took_no_time else 0
        return [*at_once[len(at_once) - after :], *(it.pieces for it in counts if it.at_us >= since_us)]
    ended = (job for job in run.mes.job_orders.values() if job.equipment == name and job.status is DispatchStatus.COMPLETED)
    return [job.quantity for job in ended if job.ended_us >= since_us]


def _counted_after(run: Run, mode: _Mode) -> int:
    """How many lots the unit has counted after maintenance that took no time, at that instant."""
    entries = (entry.event for entry in run.journal.entries())
    told = [it for it in entries if it.equipment == mode.equipment and it.effective_us == mode.good_since_us]
    count = 0
    for it in told:
        if isinstance(it, EquipmentStateChanged) and it.reason == mode.declared.reason:
            count = 0
        count += isinstance(it, CountObserved)
    return count


def _worked(run: Run, mode: _Mode) -> tuple[int, int]:
    """Work since it is good: in stretches that are over, and in the one that goes on."""
    now_us, since_us = run.now_us, mode.good_since_us
    work = [it for it in run.mes.equipment.intervals(mode.equipment, since_us, now_us) if it.state in RUN_STATES]
    record = run.mes.equipment.records[mode.equipment]
    going_on = now_us - max(record.since_us, since_us) if record.state in RUN_STATES else 0
    return sum(min(it.end_us, now_us) - max(it.start_us, since_us) for it in work) - going_on, going_on


def _has_hand(mode: _Mode) -> bool:
    return mode.repair_since_us >= 0


def _repair_age(run: Run, mode: _Mode) -> int:
    return run.now_us - mode.repair_since_us if _has_hand(mode) else 0


def _modes(run: Run, plant: Plant) -> list[_Mode]:
    """Everything that goes round in a plant, in declared order."""
    modes: list[_Mode] = []
    for name in plant.equipment:
        failures, upkeep = plant.failures.get(name, []), plant.maintenance.get(name, [])
        stops = sum(stop.equipment == name for stop in run.scenario.disturbances)
        modes += [_Mode(name, n, it, good_since_us=run.scenario.start_us) for n, it in enumerate(failures)]
        modes += [_Mode(name, len(failures) + stops + n, it, good_since_us=run.scenario.start_us) for n, it in enumerate(upkeep)]
    return modes


def _follow(run: Run, plant: Plant) -> list[_Mode]:
    """All modes of a plant after everything that the journal says of them."""
    crews = {name: _Crew(crew.size) for name, crew in plant.layout.repair_crews.items()}
    modes = _modes(run, plant)
    place = {id(mode): n for n, mode in enumerate(modes)}
    for at_us, turns in _turns(run, modes):
        for mode, is_down in turns:
            if not is_down and mode.down_since_us >= 0:
                _is_good(mode, at_us, crews)
        for mode, is_down in turns:
            if is_down and mode.down_since_us < 0:
                mode.down_since_us = at_us
                if mode.declared.crew:
                    crews[mode.declared.crew].claims.append(mode)
                else:
                    mode.repair_since_us = at_us
        for crew in crews.values():
            crew.serve(place, at_us)
        for mode, is_down in {id(mode): (mode, is_down) for mode, is_down in turns}.values():
            if not is_down and mode.down_since_us == at_us:  # it took no time
                _is_good(mode, at_us, crews)
                mode.took_no_time = True
    return modes


def _is_good(mode: _Mode, at_us: int, crews: dict[str, _Crew]) -> None:
    if mode.declared.crew:
        crew = crews[mode.declared.crew]
        if mode.repair_since_us >= 0:
            crew.free += 1
        else:
            crew.claims.remove(mode)
    mode.repairs, mode.good_since_us, mode.down_since_us, mode.repair_since_us = mode.repairs + 1, at_us, -1, -1
    mode.took_no_time = False


def _turns(run: Run, modes: Sequence[_Mode]) -> list[tuple[int, list[tuple[_Mode, bool]]]]:
    """When which went down (True) or was good again: failures by their alarms, maintenance by what the unit says."""
    by_alarm = {(mode.equipment, mode.declared.reason): mode for mode in modes if not isinstance(mode.declared, Maintenance)}
    stops = {
        (stop.equipment, stop.reason, run.scenario.start_us + at_us)
        for stop in run.scenario.disturbances
        for at_us in (stop.at, stop.at + stop.lasts)
    }
    turns: dict[int, list[tuple[_Mode, bool]]] = {}
    states: dict[str, list[EquipmentStateChanged]] = {}
    for entry in run.journal.entries():
        event = entry.event
        if isinstance(event, EquipmentStateChanged):
            states.setdefault(event.equipment, []).append(event)
        elif isinstance(event, AlarmRaised | AlarmCleared):
            mode = by_alarm.get((event.equipment, event.alarm))
            if mode and (event.equipment, event.alarm, event.effective_us) not in stops:
                turns.setdefault(event.effective_us, []).append((mode, isinstance(event, AlarmRaised)))
    for mode in modes:
        if isinstance(mode.declared, Maintenance):
            is_down = False
            for it in states.get(mode.equipment, []):
                is_now = it.reason == mode.declared.reason or (is_down and it.state in ABORTED_STATES)
                if is_now != is_down:
                    turns.setdefault(it.effective_us, []).append((mode, is_now))
                is_down = is_now
    return sorted(turns.items())
