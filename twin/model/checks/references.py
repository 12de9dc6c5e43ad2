"""Every id that a table names must be there. A reference is a path, the word that stands there, and the words that may."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from twin.model.plant import Plant
from twin.model.problems import Document, Finding, KeyPath, did_you_mean, listed
from twin.model.scenario import Scenario

Reference = tuple[KeyPath, str | None, str, Collection[str]]
"""Path, word (None: left out), what it should be, what there is."""


def dangling_in_plant(plant: Plant) -> Iterator[Finding]:
    """References in plant.yaml, to its own tables and to materials."""
    for references in (_of_centers, _of_work_units, _of_lines, _of_setups, _of_persons, _of_segments, _of_routings):
        yield from _dangling("plant", references(plant))


def dangling_in_items(plant: Plant) -> Iterator[Finding]:
    """References in items.yaml, to its own tables."""
    yield from _dangling("items", _of_materials(plant))


def dangling_in_signals(plant: Plant) -> Iterator[Finding]:
    """References in signals.yaml, to its connections and to the equipment of the plant."""
    yield from _dangling("signals", _of_signals(plant))


def dangling_in_scenario(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """References in a scenario, to the plant that it asks something of."""
    yield from _dangling("scenario", _of_scenario(scenario, plant))


def _dangling(document: Document, references: Iterator[Reference]) -> Iterator[Finding]:
    for path, word, kind, known in references:
        if word is not None and word not in known:
            what = f"no {kind} is called '{word}'{did_you_mean(word, known)}"
            yield Finding(document=document, path=path, what=what, allowed=listed(known), at_key=path[-1] == word, dangling=True)


def equipment_classes(plant: Plant) -> list[str]:
    """The classes that work units have, in declared order."""
    return list(dict.fromkeys(unit.equipment_class for unit in plant.layout.work_units.values()))


def _of_centers(plant: Plant) -> Iterator[Reference]:
    for center, it in plant.layout.work_centers.items():
        yield ("work_centers", center, "storage"), it.storage, "storage unit", plant.layout.storage_units


def _of_work_units(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for unit, it in layout.work_units.items():
        yield ("work_units", unit, "work_center"), it.work_center, "work center", layout.work_centers
        yield ("work_units", unit, "calendar"), it.calendar, "calendar", layout.calendars
        for index, failure in enumerate(it.failures):
            yield ("work_units", unit, "failures", index, "crew"), failure.crew, "repair crew", layout.repair_crews


def _of_lines(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for line, it in layout.production_lines.items():
        yield ("production_lines", line, "work_center"), it.work_center, "work center", layout.work_centers
        yield ("production_lines", line, "calendar"), it.calendar, "calendar", layout.calendars
        for station, one in it.stations.items():
            for index, failure in enumerate(one.failures):
                path = ("production_lines", line, "stations", station, "failures", index, "crew")
                yield path, failure.crew, "repair crew", layout.repair_crews


def _of_setups(plant: Plant) -> Iterator[Reference]:
    known = [*equipment_classes(plant), *plant.layout.production_lines]
    for changed, setup in plant.layout.setups.items():
        yield ("setups", changed), changed, "equipment class or line", known
        if changed not in known:
            continue
        families = _families(plant, changed)
        if not families:  # no operation comes here, or one that is complained of elsewhere
            continue
        kind = f"set-up family of an operation on '{changed}'"
        yield ("setups", changed, "initial"), setup.initial, kind, families
        for before, row in setup.matrix.items():
            yield ("setups", changed, "matrix", before), before, kind, families
            for after in row:
                yield ("setups", changed, "matrix", before, after), after, kind, families


def _families(plant: Plant, changed: str) -> list[str]:
    """Set-up families of the operations that work units of the class `changed`, or the line of that name, may do."""
    equipment = {changed, *(unit for unit, it in plant.layout.work_units.items() if it.equipment_class == changed)}
    segments = {s for s in plant.layout.process_segments if equipment.intersection(plant.equipment_of(s))}
    operations = (op for routing in plant.layout.routings.values() for op in routing.values())
    return list(dict.fromkeys(op.setup_family for op in operations if op.setup_family and op.segment in segments))


def _of_persons(plant: Plant) -> Iterator[Reference]:
    for person, it in plant.layout.persons.items():
        yield ("persons", person, "calendar"), it.calendar, "calendar", plant.layout.calendars
        for index, personnel_class in enumerate(it.classes):
            yield ("persons", person, "classes", index), personnel_class, "personnel class", plant.layout.personnel_classes


def _of_segments(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for segment, it in layout.process_segments.items():
        yield ("process_segments", segment, "work_center"), it.work_center, "work center", layout.work_centers
        yield ("process_segments", segment, "equipment_class"), it.equipment_class, "equipment class", equipment_classes(plant)
        yield ("process_segments", segment, "personnel_class"), it.personnel_class, "personnel class", layout.personnel_classes


def _of_routings(plant: Plant) -> Iterator[Reference]:
    for material, routing in plant.layout.routings.items():
        yield ("routings", material), material, "material", plant.materials.materials
        for operation, it in routing.items():
            yield ("routings", material, operation, "segment"), it.segment, "process segment", plant.layout.process_segments
            yield ("routings", material, operation, "rework_to"), it.rework_to, f"operation of '{material}'", routing


def _of_materials(plant: Plant) -> Iterator[Reference]:
    items = plant.materials
    for material, it in items.materials.items():
        yield ("materials", material, "supplier"), it.supplier, "supplier", items.suppliers
        for index, line in enumerate(it.bill):
            yield ("materials", material, "bill", index, "material"), line.material, "material", items.materials


def _of_signals(plant: Plant) -> Iterator[Reference]:
    signals = plant.signals
    if signals is None:
        return
    for equipment, it in signals.equipment.items():
        yield ("equipment", equipment), equipment, "equipment", plant.equipment
        yield ("equipment", equipment, "connection"), it.connection, "connection", signals.connections
    yield ("business",), signals.business, "connection", signals.connections


def _of_scenario(scenario: Scenario, plant: Plant) -> Iterator[Reference]:
    yield ("plant",), scenario.plant, "plant read here", [plant.id]
    for center in scenario.policies.dispatch_by_center:
        yield ("policies", "dispatch_by_center", center), center, "work center", plant.layout.work_centers
    wanted: list[tuple[KeyPath, str, str]] = [
        *((("demand", "orders", n), order.customer, order.material) for n, order in enumerate(scenario.demand.orders)),
        *((("demand", "streams", name), stream.customer, stream.material) for name, stream in scenario.demand.streams.items()),
    ]
    for path, customer, material in wanted:
        yield (*path, "customer"), customer, "customer", plant.materials.customers
        yield (*path, "material"), material, "material", plant.materials.materials
    for n, disturbance in enumerate(scenario.disturbances):
        yield ("disturbances", n, "equipment"), disturbance.equipment, "equipment", plant.equipment
