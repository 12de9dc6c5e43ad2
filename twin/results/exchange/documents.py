"""What a run says to other systems: schedules, performance, material, personnel, equipment and events, as messages of B2MML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from twin.model.events import Heartbeat, MessageReceived
from twin.model.exchange import nouns
from twin.model.exchange.messages import Message, message, plain
from twin.model.exchange.nouns import HOLD_REASON
from twin.model.exchange.parts import Part, Property, Quantity, Value, write_instant
from twin.model.exchange.performance import CARRIED, performance
from twin.model.exchange.personnel import personnel
from twin.model.exchange.properties import Told
from twin.model.exchange.schedule import as_operations_event, schedule
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.mes.tracking.lots import Lot
    from twin.model.plant import Plant
    from twin.results.run import Run


def b2mml(run: Run, kind: str, verb: str = "Sync") -> Message:
    """The message of that kind about the run as it stands.

    Raises
    ------
    ValueError : no such kind
    """
    if kind not in _KINDS:
        raise ValueError(f"there is no message about '{kind}'{did_you_mean(kind, _KINDS)}; allowed: {listed(_KINDS)}")
    noun, build = _KINDS[kind]
    of = f"{run.plant.id}/{kind}/{write_instant(run.now_us)}"
    content = build(run, of)
    said = json.dumps([plain(it) for it in content], sort_keys=True)
    bodid = f"{of}/{blake2b(said.encode(), digest_size=8).hexdigest()}"
    return message(verb, noun, bodid, content, at_us=run.now_us, sender=run.plant.id)


def kind_of(noun: str) -> str:
    """The kind whose message has that noun."""
    return next(kind for kind, (name, _) in _KINDS.items() if name == noun)


def _told(run: Run) -> Iterator[Told]:
    """What Level 2 and 3 have said, numbered; what the ERP says of itself is not theirs."""
    entries = (entry for entry in run.journal.entries() if entry.event.LEVEL < 4 and entry.rule != "Erp")
    for number, entry in enumerate((it for it in entries if not isinstance(it.event, Heartbeat | MessageReceived)), 1):
        yield Told(sequence=number, event=entry.event)


def _performance(run: Run, of: str) -> list[Part]:
    return [performance(_told(run), of, run.plant.id, run.now_us)]


def _events(run: Run, of: str) -> list[Part]:
    """All but what a performance says."""
    return [as_operations_event(it, f"{of}/{it.sequence}") for it in _told(run) if not isinstance(it.event, CARRIED)]


def _schedule(run: Run, of: str) -> list[Part]:
    requested = (Told(sequence=entry.seq, event=entry.event) for entry in run.journal.entries() if entry.event.LEVEL == 4)
    return [schedule(requested, of, run.plant.id, run.now_us)]


def _material(run: Run, of: str) -> list[Part]:
    definitions = [
        nouns.MaterialDefinition(
            id=name, description=it.title, material_definition_property=[_property("Kind", it.kind), _property("UnitOfMeasure", it.unit)]
        )
        for name, it in run.plant.materials.materials.items()
    ]
    lots = [_lot(run, lot) for lot in run.mes.lots.values()]
    return [nouns.MaterialInformation(id=of, published_date=run.now_us, material_definition=definitions, material_lot=lots)]


def _lot(run: Run, lot: Lot) -> nouns.MaterialLot:
    unit = run.plant.materials.materials[lot.material].unit
    given: dict[str, str | int] = {
        "RequestID": lot.request,
        "FromLotID": lot.from_lot,
        "InProcess": lot.in_process,
        "Scrapped": lot.scrapped,
    }
    disposition: nouns.Disposition = "Closed"
    if why := run.mes.tracking.restricted.get(lot.lot):
        disposition = "Restricted"
        given[HOLD_REASON] = why
    elif lot.in_process:
        disposition = "In-Process"
    elif lot.on_hand:
        disposition = "UnRestricted"
    return nouns.MaterialLot(
        id=lot.lot, material_definition_id=lot.material, disposition=disposition, storage_location=lot.place,
        quantity=Quantity(quantity_string=lot.on_hand, unit_of_measure=unit),
        material_lot_property=[_property(name, value) for name, value in given.items() if value],
    )  # fmt: skip


def _personnel(run: Run, of: str) -> list[Part]:
    return [personnel(run.plant, of, run.now_us)]


def _equipment(run: Run, of: str) -> list[Part]:
    layout, states = run.plant.layout, _states(run)
    classes = [nouns.EquipmentClass(id=name) for name in dict.fromkeys(it.equipment_class for it in layout.work_units.values())]
    site = nouns.Equipment(
        id=run.plant.id, description=run.plant.title, equipment_level="Site", equipment_child=list(_centers(run.plant, states))
    )
    return [nouns.EquipmentInformation(id=of, published_date=run.now_us, equipment_class=classes, equipment=[site])]


def _centers(plant: Plant, states: Callable[[str], list[Property]]) -> Iterator[nouns.Equipment]:
    layout = plant.layout
    for name, center in layout.work_centers.items():
        units = [
            nouns.Equipment(
                id=unit,
                description=it.title,
                equipment_level="WorkUnit",
                equipment_class_id=[it.equipment_class],
                equipment_property=states(unit),
            )
            for unit, it in layout.work_units.items()
            if it.work_center == name
        ]
        lines = [
            nouns.Equipment(id=line, description=it.title, equipment_level="WorkUnit", equipment_property=states(line))
            for line, it in layout.production_lines.items()
            if it.work_center == name
        ]
        yield nouns.Equipment(id=name, description=center.title, equipment_level="WorkCenter", equipment_child=[*units, *lines])
    for name, storage in layout.storage_units.items():
        yield nouns.Equipment(id=name, description=storage.title, equipment_level="StorageUnit")


def _states(run: Run) -> Callable[[str], list[Property]]:
    records = run.mes.equipment.records

    def states(name: str) -> list[Property]:
        record = records[name]
        said: dict[str, str] = {
            "State": _label(record.state),
            "Reason": record.reason,
            "JobOrderID": record.job_order,
            "PersonID": record.person,
        }
        return [_property(key, value) for key, value in said.items() if value]

    return states


def _label(state: int) -> str:
    from twin.model.states import WorkUnitState

    return WorkUnitState(state).label


def _property(name: str, value: str | int) -> Property:
    kind: Any = "integer" if isinstance(value, int) else "string"
    return Property(id=name, value=Value(value_string=str(value), data_type=kind))


_KINDS: dict[str, tuple[str, Callable[[Run, str], list[Part]]]] = {
    "schedule": ("OperationsSchedule", _schedule),
    "performance": ("OperationsPerformance", _performance),
    "events": ("OperationsEvent", _events),
    "material": ("MaterialInformation", _material),
    "personnel": ("PersonnelInformation", _personnel),
    "equipment": ("EquipmentInformation", _equipment),
}

KINDS = tuple(_KINDS)
