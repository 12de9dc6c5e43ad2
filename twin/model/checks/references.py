"""Every id that a table names must be there. A reference is a path, the word that stands there, and the words that may."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from twin.model.plant import Plant
from twin.model.problems import Document, Finding, KeyPath, Place, did_you_mean, listed
from twin.model.scenario import Scenario

WHO_CAN_DO: tuple[Place, ...] = (
    ("plant", "work_units", "*", "work_center"),
    ("plant", "work_units", "*", "equipment_class"),
    ("plant", "production_lines", "*", "work_center"),
)
"""What tells which equipment can do a segment, besides the segment itself."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A path, the word that stands there (None: left out), what it should be, what there is, and the tables that tell what there is."""

    path: KeyPath
    word: str | None
    kind: str
    known: Collection[str]
    told_by: tuple[Place, ...]


def dangling_in_plant(plant: Plant) -> Iterator[Finding]:
    """References in plant.yaml, to its own tables and to materials."""
    for references in (_of_centers, _of_work_units, _of_lines, _of_fleets, _of_setups, _of_persons, _of_segments, _of_routings):
        yield from _dangling("plant", references(plant))


def dangling_families(plant: Plant) -> Iterator[Finding]:
    """Set-up families in a matrix that no operation on its equipment has."""
    yield from _dangling("plant", _of_families(plant))


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
    for it in references:
        if it.word is not None and it.word not in it.known:
            yield Finding(
                document=document,
                path=it.path,
                what=f"no {it.kind} is called '{it.word}'{did_you_mean(it.word, it.known)}",
                allowed=listed(it.known),
                at_key=it.path[-1] == it.word,
                rests_on=tuple((*table, it.word) for table in it.told_by),
                spoils=True,
            )


def equipment_classes(plant: Plant) -> list[str]:
    """The classes that work units have, in declared order."""
    return list(dict.fromkeys(unit.equipment_class for unit in plant.layout.work_units.values()))


_STORAGE_UNITS: tuple[Place, ...] = (("plant", "storage_units"),)
_WORK_CENTERS: tuple[Place, ...] = (("plant", "work_centers"),)
_CALENDARS: tuple[Place, ...] = (("plant", "calendars"),)
_CREWS: tuple[Place, ...] = (("plant", "repair_crews"),)
_PERSONNEL_CLASSES: tuple[Place, ...] = (("plant", "personnel_classes"),)
_SEGMENTS: tuple[Place, ...] = (("plant", "process_segments"),)
_LINES: Place = ("plant", "production_lines")
_CLASSES: tuple[Place, ...] = (("plant", "work_units", "*", "equipment_class"),)
_FLEETS: tuple[Place, ...] = (("plant", "fleets"),)
_EQUIPMENT: tuple[Place, ...] = (*_FLEETS, ("plant", "work_units"), _LINES, (*_LINES, "*", "stations"))
_MATERIALS: tuple[Place, ...] = (("items", "materials"),)
_SUPPLIERS: tuple[Place, ...] = (("items", "suppliers"),)
_CUSTOMERS: tuple[Place, ...] = (("items", "customers"),)
_CONNECTIONS: tuple[Place, ...] = (("signals", "connections"),)
_PROCEDURES: Place = ("plant", "procedures", "*")
_PARAMETERS: tuple[Place, ...] = ((*_PROCEDURES, "parameters"), (*_PROCEDURES, "revisions", "*", "parameters"))
_FAMILIES: tuple[Place, ...] = (
    *WHO_CAN_DO,
    ("plant", "process_segments", "*", "work_center"),
    ("plant", "process_segments", "*", "equipment_class"),
    ("plant", "routings", "*", "*", "segment"),
    ("plant", "routings", "*", "*", "alternatives", "**"),
    ("plant", "routings", "*", "*", "setup_family"),
)


def _of_centers(plant: Plant) -> Iterator[Reference]:
    for center, it in plant.layout.work_centers.items():
        yield Reference(("work_centers", center, "storage"), it.storage, "storage unit", plant.layout.storage_units, _STORAGE_UNITS)
        yield Reference(("work_centers", center, "carried_by"), it.carried_by, "fleet", plant.layout.fleets, _FLEETS)


def _of_work_units(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for unit, it in layout.work_units.items():
        yield Reference(("work_units", unit, "work_center"), it.work_center, "work center", layout.work_centers, _WORK_CENTERS)
        yield Reference(("work_units", unit, "calendar"), it.calendar, "calendar", layout.calendars, _CALENDARS)
        for index, failure in enumerate(it.failures):
            yield Reference(("work_units", unit, "failures", index, "crew"), failure.crew, "repair crew", layout.repair_crews, _CREWS)
        for index, one in enumerate(it.maintenance):
            yield Reference(("work_units", unit, "maintenance", index, "crew"), one.crew, "repair crew", layout.repair_crews, _CREWS)
    for name, failures in layout.failures_by_class.items():
        yield Reference(("failures_by_class", name), name, "equipment class", equipment_classes(plant), _CLASSES)
        for index, failure in enumerate(failures):
            yield Reference(("failures_by_class", name, index, "crew"), failure.crew, "repair crew", layout.repair_crews, _CREWS)


def _of_lines(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for line, it in layout.production_lines.items():
        yield Reference(("production_lines", line, "work_center"), it.work_center, "work center", layout.work_centers, _WORK_CENTERS)
        yield Reference(("production_lines", line, "calendar"), it.calendar, "calendar", layout.calendars, _CALENDARS)
        for index, upkeep in enumerate(it.maintenance):
            at_upkeep = ("production_lines", line, "maintenance", index, "crew")
            yield Reference(at_upkeep, upkeep.crew, "repair crew", layout.repair_crews, _CREWS)
        for station, one in it.stations.items():
            for index, failure in enumerate(one.failures):
                path = ("production_lines", line, "stations", station, "failures", index, "crew")
                yield Reference(path, failure.crew, "repair crew", layout.repair_crews, _CREWS)


def _of_fleets(plant: Plant) -> Iterator[Reference]:
    layout, storage, told_by = plant.layout, "storage unit", _STORAGE_UNITS
    for name, fleet in layout.fleets.items():
        yield Reference(("fleets", name, "parks_at"), fleet.parks_at, storage, layout.storage_units, told_by)
        yield Reference(("fleets", name, "calendar"), fleet.calendar, "calendar", layout.calendars, _CALENDARS)
        for key, ways in (("times", fleet.times), ("distances", fleet.distances)):
            for start, ends in ways.items():
                yield Reference(("fleets", name, key, start), start, storage, layout.storage_units, told_by)
                for end in ends:
                    yield Reference(("fleets", name, key, start, end), end, storage, layout.storage_units, told_by)
        for index, failure in enumerate(fleet.failures):
            yield Reference(("fleets", name, "failures", index, "crew"), failure.crew, "repair crew", layout.repair_crews, _CREWS)


def _of_setups(plant: Plant) -> Iterator[Reference]:
    known = [*equipment_classes(plant), *plant.layout.production_lines]
    for changed in plant.layout.setups:
        yield Reference(("setups", changed), changed, "equipment class or line", known, (*_CLASSES, _LINES))


def _of_families(plant: Plant) -> Iterator[Reference]:
    for changed, setup in plant.layout.setups.items():
        families = _families(plant, changed)
        if not families:  # no operation comes here, or one that is complained of elsewhere
            continue
        kind = f"set-up family of an operation on '{changed}'"
        yield Reference(("setups", changed, "initial"), setup.initial, kind, families, _FAMILIES)
        for before, row in setup.matrix.items():
            yield Reference(("setups", changed, "matrix", before), before, kind, families, _FAMILIES)
            for after in row:
                yield Reference(("setups", changed, "matrix", before, after), after, kind, families, _FAMILIES)


def _families(plant: Plant, changed: str) -> list[str]:
    """Set-up families of the operations that work units of the class `changed`, or the line of that name, may do."""
    equipment = {changed, *(unit for unit, it in plant.layout.work_units.items() if it.equipment_class == changed)}
    segments = {s for s in plant.layout.process_segments if equipment.intersection(plant.equipment_of(s))}
    operations = (op for routing in plant.layout.routings.values() for op in routing.values())
    return list(dict.fromkeys(op.setup_family for op in operations if op.setup_family and segments & {way.segment for way in op.ways}))


def _of_persons(plant: Plant) -> Iterator[Reference]:
    for person, it in plant.layout.persons.items():
        yield Reference(("persons", person, "calendar"), it.calendar, "calendar", plant.layout.calendars, _CALENDARS)
        for index, personnel_class in enumerate(it.classes):
            path = ("persons", person, "classes", index)
            yield Reference(path, personnel_class, "personnel class", plant.layout.personnel_classes, _PERSONNEL_CLASSES)


def _of_segments(plant: Plant) -> Iterator[Reference]:
    layout = plant.layout
    for segment, it in layout.process_segments.items():
        path: KeyPath = ("process_segments", segment)
        yield Reference((*path, "work_center"), it.work_center, "work center", layout.work_centers, _WORK_CENTERS)
        yield Reference((*path, "equipment_class"), it.equipment_class, "equipment class", equipment_classes(plant), _CLASSES)
        yield Reference((*path, "personnel_class"), it.personnel_class, "personnel class", layout.personnel_classes, _PERSONNEL_CLASSES)


def _of_routings(plant: Plant) -> Iterator[Reference]:
    for material, routing in plant.layout.routings.items():
        own: Place = ("plant", "routings", material)
        yield Reference(("routings", material), material, "material", plant.materials.materials, _MATERIALS)
        for operation, it in routing.items():
            path: KeyPath = ("routings", material, operation)
            yield Reference((*path, "segment"), it.segment, "process segment", plant.layout.process_segments, _SEGMENTS)
            yield Reference((*path, "rework_to"), it.rework_to, f"operation of '{material}'", routing, (own,))
            yield Reference((*path, "same_unit_as"), it.same_unit_as, f"operation of '{material}'", routing, (own,))
            if it.queue_limit:
                for key, named in (("after", it.queue_limit.after), ("rework_to", it.queue_limit.rework_to)):
                    yield Reference((*path, "queue_limit", key), named, f"operation of '{material}'", routing, (own,))
            for n, other in enumerate(it.alternatives):
                at_other = (*path, "alternatives", n, "segment")
                yield Reference(at_other, other.segment, "process segment", plant.layout.process_segments, _SEGMENTS)


def _of_materials(plant: Plant) -> Iterator[Reference]:
    items = plant.materials
    for material, it in items.materials.items():
        yield Reference(("materials", material, "supplier"), it.supplier, "supplier", items.suppliers, _SUPPLIERS)
        for index, line in enumerate(it.bill):
            path: KeyPath = ("materials", material, "bill", index)
            yield Reference((*path, "material"), line.material, "material", items.materials, _MATERIALS)
            for place, other in enumerate(line.alternates):
                yield Reference((*path, "alternates", place, "material"), other.material, "material", items.materials, _MATERIALS)
        for name, bill in it.alternative_bills.items():
            for index, line in enumerate(bill.bill):
                path = ("materials", material, "alternative_bills", name, "bill", index, "material")
                yield Reference(path, line.material, "material", items.materials, _MATERIALS)
        for supplier in it.alternative_suppliers:
            path = ("materials", material, "alternative_suppliers", supplier)
            yield Reference(path, supplier, "supplier", items.suppliers, _SUPPLIERS)
    for overhead, borne in items.overheads.items():
        for material in borne.rates:
            yield Reference(("overheads", overhead, "rates", material), material, "material", items.materials, _MATERIALS)


def _of_signals(plant: Plant) -> Iterator[Reference]:
    signals = plant.signals
    if signals is None:
        return
    contents = [content for it in plant.layout.procedures.values() for content in it.contents.values()]
    parameters = dict.fromkeys(name for it in contents for name in it.parameters)
    for equipment, it in signals.equipment.items():
        yield Reference(("equipment", equipment), equipment, "equipment", plant.equipment, _EQUIPMENT)
        yield Reference(("equipment", equipment, "connection"), it.connection, "connection", signals.connections, _CONNECTIONS)
        for name in it.setpoints:
            yield Reference(("equipment", equipment, "setpoints", name), name, "parameter of a procedure", parameters, _PARAMETERS)
    yield Reference(("business",), signals.business, "connection", signals.connections, _CONNECTIONS)


def _of_scenario(scenario: Scenario, plant: Plant) -> Iterator[Reference]:
    yield Reference(("plant",), scenario.plant, "plant read here", [plant.id], (("plant", "plant"),))
    policies = scenario.policies
    named = [("dispatch_by_center", center) for center in policies.dispatch_by_center]
    named += [("ties_by_center", center) for center in policies.ties_by_center]
    for key, center in [*named, *(("workload", center) for center in policies.workload)]:
        path: KeyPath = ("policies", key, center)
        yield Reference(path, center, "work center", plant.layout.work_centers, _WORK_CENTERS)
    layout = plant.layout
    for where in scenario.policies.sequence:
        takes_jobs, told_by = [*layout.work_centers, *layout.work_units, *layout.production_lines], (*_WORK_CENTERS, *_EQUIPMENT[:2])
        yield Reference(("policies", "sequence", where), where, "work center, work unit or line", takes_jobs, told_by)
    wanted: list[tuple[KeyPath, str, str]] = [
        *((("demand", "orders", n), it.customer, it.material) for n, it in enumerate(scenario.demand.orders) if not it.forecast),
        *((("demand", "streams", name), it.customer, it.material) for name, it in scenario.demand.streams.items() if not it.forecast),
    ]
    for name, forecast in scenario.demand.forecasts.items():
        told_at: KeyPath = ("demand", "forecasts", name, "customer")
        yield Reference(told_at, forecast.customer, "customer", plant.materials.customers, _CUSTOMERS)
    for path, customer, material in wanted:
        yield Reference((*path, "customer"), customer, "customer", plant.materials.customers, _CUSTOMERS)
        yield Reference((*path, "material"), material, "material", plant.materials.materials, _MATERIALS)
    for name, found in scenario.work_in_process.items():
        at_found: KeyPath = ("work_in_process", name)
        yield Reference((*at_found, "material"), found.material, "material", plant.materials.materials, _MATERIALS)
        routing, told = plant.layout.routings.get(found.material), ("plant", "routings", found.material)
        if routing is not None:
            yield Reference((*at_found, "operation"), found.operation, f"operation of '{found.material}'", routing, (told,))
        orders = [order.order for order in scenario.demand.orders]
        yield Reference((*at_found, "order"), found.order, "order", orders, (("scenario", "demand", "orders", "**"),))
    for n, disturbance in enumerate(scenario.disturbances):
        yield Reference(("disturbances", n, "equipment"), disturbance.equipment, "equipment", plant.equipment, _EQUIPMENT)
    for n, it in enumerate(scenario.without):
        yield Reference(("without", n, "equipment"), it.equipment, "equipment", plant.equipment, _EQUIPMENT)
