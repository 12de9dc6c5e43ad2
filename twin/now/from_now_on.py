"""Another plant from now on: one machine more, a crew less, another time for an operation. What cannot become so is named.

The past stays: what is under way ends as it began, by the times that held then. What is taken away while it is at work finishes what it
has in hand, and takes no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.mes.collection.bound_units import unit_that_did
from twin.model.measures import Table
from twin.model.personnel.work_calendar import WorkCalendar
from twin.model.plant import Operation, PersonnelClass, Plant, PlantFile, WorkCenter
from twin.model.problems import ToldAgain, listed
from twin.model.scenario import Scenario
from twin.now.floor_seen import open_jobs
from twin.results.run import Run
from twin.store.files import apply_changes

LEAVING = "is.leaving"
"""The work center of equipment that leaves, where no lot comes, and the class of persons who do, which no segment needs.

It is an id, since a run with it is saved, and may have another plant again; of a kind that nobody gives.
"""

_LAYOUT = {
    "work_units": "title, calendar, hourly_cost, failures, maintenance, batch, load, unload, equipment_class, work_center",
    "production_lines": "title, calendar, hourly_cost, maintenance, stations",
    "stations": "title, cycle, scrap, failures",
    "routings": "run, transport, per, scrap, rework, rejects_by, setup_family, alternatives, sample",
    "process_segments": "title, equipment_class, personnel_class, attended",
    "work_centers": "title, area, idle_first, idle_order",
}
_MAY_DIFFER = {name: frozenset(fields.split(", ")) for name, fields in _LAYOUT.items()}
_FREE = frozenset({"title", "calendars", "persons", "personnel_classes", "repair_crews", "setups", "failures_by_class", "storage_units"})
_ALLOWED = (
    "work units more or less, persons, calendars, repair crews, set-up times, failures, maintenance, storages, and of operations, "
    "segments and stations their times, shares and who is needed"
)

Changes = Mapping[str, Any] | Scenario
"""As in a scenario ("work_units.mill_1.calendar": "nights"), or a scenario with such changes beyond those that the run has."""


class NotFromNowOn(ToldAgain, ValueError):
    """What a plant that runs cannot become; every such thing is named."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            f"{'; '.join(problems)}; allowed from now on: {_ALLOWED}. What was different from the beginning is another simulation"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRun:
    """A run, and the plant that it has from now on. The run itself is not changed.

    Attributes
    ----------
    before, plant : as it was up to now; and from now on, with what leaves when it has finished in it
    known : the plant with what is gone in it, too, for whoever has to read the past
    paid : `plant`, in which what leaves costs nothing but what it still works
    gone : equipment that is there no more
    notes : what leaves later, in words
    """

    run: Run
    before: Plant
    plant: Plant
    known: Plant
    paid: Plant
    gone: frozenset[str]
    notes: tuple[str, ...]


def from_now_on(run: Run, changes: Changes) -> ChangedRun:
    """The run with another plant from now on: its futures, and what goes on from it, have that plant.

    Raises
    ------
    PlantFileError : a change names what is not there, or makes a plant that cannot be
    NotFromNowOn : what runs cannot become so; everything that it cannot, by name
    """
    with run.lock:
        before, asked = run.plant, added_changes(run.scenario, changes)
        wanted = apply_changes(before, run.scenario.model_copy(update={"title": "from now on", "changes": asked}))
        in_hand = {name: record.job_orders for name, record in run.mes.equipment.records.items() if record.job_orders}
        at_work = {
            name: it.equipment for it in run.mes.equipment.records.values() if it.job_orders for name in _persons_at(run, it.equipment)
        }
        problems = [*why_not(before, wanted), *_why_not_now(run, before, wanted, in_hand)]
    if problems:
        raise NotFromNowOn(problems)
    stay = {name: it for name, it in at_work.items() if name not in wanted.layout.persons}
    plant = _with(before, wanted, in_hand, stay)
    known = _with(before, wanted, before.layout.work_units, before.layout.persons)
    units = wanted.layout.work_units
    notes = [f"{name} is taken away: it finishes {listed(jobs)}, and takes no more" for name, jobs in in_hand.items() if name not in units]
    notes += [f"{name} leaves when what is in hand at {equipment} is finished" for name, equipment in stay.items()]
    gone = frozenset(before.equipment) - set(plant.equipment)
    return ChangedRun(run=run, before=before, plant=plant, known=known, paid=_paid(plant), gone=gone, notes=tuple(notes))


def added_changes(scenario: Scenario, changes: Changes) -> dict[str, Any]:
    """What is changed from now on: of a scenario, what it changes beyond the run's own.

    Raises
    ------
    NotFromNowOn : the run began with changes that the other has not
    """
    if not isinstance(changes, Scenario):
        return dict(changes)
    if missing := [path for path in scenario.changes if path not in changes.changes]:
        raise NotFromNowOn(
            [f"the run began with a change of '{path}', which '{changes.title or changes.plant}' has not" for path in missing]
        )
    return {path: value for path, value in changes.changes.items() if path not in scenario.changes or scenario.changes[path] != value}


def why_not(before: Plant, wanted: Plant) -> list[str]:
    """What no plant that runs can become, in words: empty if it can."""
    problems = [f"items.yaml has another '{name}'" for name in _different(before.materials, wanted.materials)]
    looks: dict[str, Callable[[PlantFile, PlantFile], Iterable[str]]] = {
        "work_units": lambda old, new: _entries("work_units", old.work_units, new.work_units, may_come=True, may_go=True),
        "production_lines": _lines, "routings": _routings,
        "process_segments": lambda old, new: _entries("process_segments", old.process_segments, new.process_segments, may_come=True),
        "work_centers": lambda old, new: _entries("work_centers", old.work_centers, new.work_centers, may_come=True),
    }  # fmt: skip
    for name in _different(before.layout, wanted.layout):
        if name in looks:
            problems += looks[name](before.layout, wanted.layout)
        elif name not in _FREE:
            problems.append(f"plant.yaml has another '{name}'")
    return problems


def _different(before: Table, wanted: Table) -> list[str]:
    return [name for name in type(before).model_fields if getattr(before, name) != getattr(wanted, name)]


def _entries(
    table: str, before: Mapping[str, Table], wanted: Mapping[str, Table], *, may_come: bool = False, may_go: bool = False, kind: str = ""
) -> list[str]:
    """What differs in a table beyond what may."""
    problems = [] if may_go else [f"{table}.{name} is taken away" for name in before if name not in wanted]
    problems += [] if may_come else [f"{table}.{name} is new" for name in wanted if name not in before]
    for name, it in wanted.items():
        fields = _different(before[name], it) if name in before else []
        problems += [f"{table}.{name} has another '{field}'" for field in fields if field not in _MAY_DIFFER[kind or table]]
    return problems


def _lines(before: PlantFile, wanted: PlantFile) -> Iterable[str]:
    yield from _entries("production_lines", before.production_lines, wanted.production_lines)
    for name, line in before.production_lines.items():
        if name in wanted.production_lines:
            where = f"production_lines.{name}.stations"
            yield from _entries(where, line.stations, wanted.production_lines[name].stations, kind="stations")


def _routings(before: PlantFile, wanted: PlantFile) -> Iterable[str]:
    for material in before.routings.keys() ^ wanted.routings.keys():
        yield f"routings.{material} is {'new' if material in wanted.routings else 'taken away'}"
    for material, routing in before.routings.items():
        operations: Mapping[str, Operation] = wanted.routings.get(material, routing)
        if list(routing) != list(operations):
            yield f"routings.{material} has other operations, or another order of them"
            continue
        yield from _entries(f"routings.{material}", routing, operations, kind="routings")
        for name, it in operations.items():
            if it.arrival_is_told != routing[name].arrival_is_told:
                yield f"routings.{material}.{name}.transport begins, or ends, to vary, so that lots on their way would be scanned, or not"


# -- what the run has in hand


def _persons_at(run: Run, equipment: str) -> list[str]:
    record = run.mes.equipment.records[equipment]
    names = (record.person or run.mes.commands.staffed.get(equipment, "")).split("+")
    return [name for name in names if name]


def _why_not_now(run: Run, before: Plant, wanted: Plant, in_hand: Mapping[str, Sequence[str]]) -> list[str]:
    """What the lots in the making, and repairs that go on, do not allow."""
    old, new = before.layout.work_units, wanted.layout.work_units
    problems = [
        f"{name} works on {listed(jobs)} and gets another class or work center; allowed: when it has nothing in hand"
        for name, jobs in in_hand.items()
        if name in old and name in new and _stands(old[name]) != _stands(new[name])
    ]
    taken = {name for name in old if name not in new}
    problems += [f"lot {lot} has to come back to {place}, which is taken away" for lot, place in _bound(run, before) if place in taken]
    for name, record in run.mes.equipment.records.items():
        known = {it.reason for it in wanted.failures.get(name, [])}
        had = {it.reason for it in before.failures.get(name, [])}
        gone = [reason for reason in record.alarms if reason in had and reason not in known]
        if name in wanted.equipment and gone:
            problems.append(f"{name} is down for '{gone[0]}', which it would no longer know; allowed: when it is repaired")
    return problems


def _stands(unit: Any) -> tuple[str, str]:
    return unit.equipment_class, unit.work_center


def _bound(run: Run, plant: Plant) -> Iterable[tuple[str, str]]:
    """Lots that have to come back to equipment, and that."""
    jobs, lots = run.mes.job_orders, run.mes.lots
    for lot, job in open_jobs(run).items():
        routing = plant.layout.routings[job.material]
        ahead = list(routing)[list(routing).index(job.operation) :]
        for name in (name for name in ahead if routing[name].same_unit_as):
            done_by = routing[name].same_unit_as
            if done_by and (equipment := unit_that_did(done_by, job, lot, jobs, lots)):
                yield lot, equipment


def _with(before: Plant, wanted: Plant, units: Collection[str], persons: Collection[str]) -> Plant:
    """The wanted plant with units and persons of the one before in it, where they are in none that takes lots, or sends persons."""
    old, new = before.layout, wanted.layout
    staff, classes = dict(new.persons), dict(new.personnel_classes)
    centers, failures = dict(new.work_centers), dict(new.failures_by_class)
    kept = {name: new.work_units.get(name, it) for name, it in old.work_units.items() if name in new.work_units or name in units}
    for name in (name for name in kept if name not in new.work_units):
        unit = kept[name]
        centers.setdefault(LEAVING, WorkCenter(title="Leaving", storage=old.work_centers[unit.work_center].storage))
        kept[name] = unit.model_copy(update={"work_center": LEAVING})
        failures.setdefault(unit.equipment_class, old.failures_by_class.get(unit.equipment_class, []))
    for name in (name for name in old.persons if name in persons and name not in new.persons):
        classes.setdefault(LEAVING, PersonnelClass(title="Leaving"))
        staff[name] = old.persons[name].model_copy(update={"classes": [LEAVING], "valid_until": {}})
    changed = {
        "work_units": kept | {name: it for name, it in new.work_units.items() if name not in kept}, "persons": staff,
        "personnel_classes": classes, "work_centers": centers, "failures_by_class": failures,
        "calendars": {**old.calendars, **new.calendars},
    }  # fmt: skip
    return wanted.model_copy(update={"layout": new.model_copy(update=changed)})


def _paid(plant: Plant) -> Plant:
    """The plant, in which what leaves has a calendar without shifts: it costs what it works beyond that."""
    layout = plant.layout
    units = {name: it for name, it in layout.work_units.items() if it.work_center == LEAVING}
    persons = {name: it for name, it in layout.persons.items() if it.classes == [LEAVING]}
    never = {"calendar": LEAVING}
    changed = {
        "work_units": layout.work_units | {name: it.model_copy(update=never) for name, it in units.items()},
        "persons": layout.persons | {name: it.model_copy(update=never) for name, it in persons.items()},
        "calendars": {**layout.calendars, LEAVING: WorkCalendar(shifts={})},
    }
    return plant.model_copy(update={"layout": layout.model_copy(update=changed)})
