"""How pages write what a run says: titles instead of ids, one form for durations, quantities and money, reasons as people put them."""

from __future__ import annotations

from twin.mes.dispatching import Obstacle
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.results.views.overview import local_time

REASONS = {
    "setup": "",  # the state says it: set-up
    "off_shift": "off shift",
    "no_operator": "nobody there to go on",
    "starved": "nothing comes in",
    "blocked": "nothing can leave",
}


def reason_words(reason: str) -> str:
    """The reason that the floor gave for a state."""
    return REASONS.get(reason, reason.replace("_", " "))


def equipment_title(plant: Plant, equipment: str) -> str:
    """The title of a work unit, line or station; its id where nobody gave it one."""
    layout = plant.layout
    if unit := layout.work_units.get(equipment):
        return unit.title or equipment
    for name, line in layout.production_lines.items():
        if name == equipment:
            return line.title or equipment
        if station := line.stations.get(equipment):
            return station.title or equipment
    return equipment


def material_title(plant: Plant, material: str) -> str:
    """The title of a material; its id where nobody gave it one."""
    known = plant.materials.materials.get(material)
    return (known and known.title) or material


def person_titles(plant: Plant, persons: str) -> str:
    """Names of the persons whose ids are joined with "+"."""
    known = plant.layout.persons
    return ", ".join((known[each].title or each) if each in known else each for each in persons.split("+"))


def money(minor: int, currency: str = "") -> str:
    """Whole units of the currency: cents say nothing on a dashboard."""
    return f"{minor / 100:,.0f} {currency}".strip()


def hours(duration_us: int) -> str:
    """A length of time among others in a column: one unit for all of them."""
    return f"{duration_us / US_PER_H:,.2f} h"


def percent(share: float | None) -> str:
    """A share as people read it; a dash where nothing is known."""
    return "–" if share is None else f"{share:.0%}"


OBSTACLES = {
    "observed": "the plant starts by itself",
    "person": "ready: somebody has to start it",
    "unit": "what could do it is not free",
    "refused": "the plant did not take it",
}


def obstacle_words(plant: Plant, it: Obstacle, now_us: int) -> str:
    """What keeps a job order from its start, as it is said on the floor."""
    day, _, hour = local_time(plant, it.until_us).partition(", ")
    then = "" if it.until_us < 0 else hour if day == local_time(plant, now_us).split(", ")[0] else f"{day}, {hour}"
    until = then and f" until {then}"
    wanted = plant.layout.personnel_classes.get(it.detail)
    person = (wanted and wanted.title.lower()) or it.detail.replace("_", " ")
    match it.why:
        case "lot":
            return f"on its way, here {then}" if then else "not here yet"
        case "held":
            return f"on hold: {it.detail}"
        case "material":
            component, _, there = it.detail.partition(": ")
            return f"missing: {material_title(plant, component)} ({there})"
        case "off shift":
            return f"off shift{until}"
        case "requirement":
            return it.detail
        case "nobody on shift":
            return f"no {person} at work"  # off shift, or in a break
        case "nobody free":
            return f"no {person} free"
        case "minimum run":
            return f"kept set up for {it.detail}"
        case "batch":
            return f"batch not full: {it.detail}{', waits' + until if then else ''}"
    return OBSTACLES.get(it.why, "about to start")
