"""Alarms: the equipment and the personnel classes that they name are there, and who is next has time to answer."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed
from twin.model.upkeep.alarms import Alarm


def _declared(plant: Plant) -> Iterator[tuple[KeyPath, Alarm]]:
    """Every alarm of the file, with its path in it."""
    alarms = plant.layout.alarms
    if alarms is None:
        return
    yield ("alarms", "default"), alarms.default
    for equipment, of_it in alarms.equipment.items():
        yield from ((("alarms", "equipment", equipment, name), it) for name, it in of_it.items())
    yield from ((("alarms", "alerts", name), it) for name, it in alarms.alerts.items())


def dangling(plant: Plant) -> Iterator[Finding]:
    """Equipment and personnel classes that nobody has declared."""
    layout = plant.layout
    known = [*plant.equipment, *dict.fromkeys(unit.equipment_class for unit in layout.work_units.values())]
    for equipment in layout.alarms.equipment if layout.alarms else ():
        if equipment not in known:
            what = f"no equipment and no equipment class is called '{equipment}'{did_you_mean(equipment, known)}"
            path: KeyPath = ("alarms", "equipment", equipment)
            yield Finding(document="plant", path=path, what=what, allowed=listed(known), at_key=True, spoils=True)
    classes = layout.personnel_classes
    for path, it in _declared(plant):
        named = [((*path, "escalate_to", n), name) for n, name in enumerate(it.escalate_to)]
        for place, name in [*named, *([((*path, "authority"), it.authority)] if it.authority else [])]:
            if name not in classes:
                what = f"no personnel class is called '{name}'{did_you_mean(name, classes)}"
                yield Finding(document="plant", path=place, what=what, allowed=listed(classes), spoils=True)


def escalations(plant: Plant) -> Iterator[Finding]:
    """Who is asked next is asked after some time."""
    for path, it in _declared(plant):
        if it.escalate_to and it.within is None:
            what = "it goes from one to the next, and nobody says after how long"
            yield Finding(document="plant", path=(*path, "escalate_to"), what=what, allowed="within: a time", at_key=True)
