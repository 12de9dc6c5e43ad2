"""How pages write what a run says: titles instead of ids, one form for durations, quantities and money, reasons as people put them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from twin.model.measures import US_PER_H
from twin.model.personnel.staff import here
from twin.model.plant import Plant
from twin.results.summary import grouped
from twin.results.summary import money as written

_ID = re.compile(r"\w(?:[\w.-]*\w)?")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
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


def unit_words(unit: str, many: int) -> str:
    """A unit of measure behind a number: 1 piece, 8 pieces; what is no word (kg, m) has no plural."""
    return "pieces" if unit == "piece" and abs(many) != 1 else unit


def work_center_title(plant: Plant, center: str) -> str:
    """The title of a work center; its id where nobody gave it one."""
    return plant.layout.work_centers[center].title or center


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


def choices(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles to choose from, with the id that each stands for; where two have one title, the id says which is which."""
    often = Counter(title or name for name, title in titles.items())
    return {title if title and often[title] == 1 else f"{title} ({name})" if title else name: name for name, title in titles.items()}


def person_choices(plant: Plant) -> dict[str, str]:
    """All persons to choose from who work here: each title, and the id that it stands for."""
    return choices({name: it.title for name, it in here(plant.layout.persons).items()})


def equipment_choices(plant: Plant, names: Iterable[str]) -> dict[str, str]:
    """Work units and lines to choose from: each title, and the id that it stands for."""
    return choices({name: equipment_title(plant, name) for name in names})


def material_choices(plant: Plant, names: Iterable[str]) -> dict[str, str]:
    """Materials to choose from: each title, and the id that it stands for."""
    return choices({name: material_title(plant, name) for name in names})


def customer_choices(plant: Plant) -> dict[str, str]:
    """All customers to choose from: each title, and the id that it stands for."""
    return choices({name: it.title for name, it in plant.materials.customers.items()})


def supplier_choices(plant: Plant) -> dict[str, str]:
    """All suppliers to choose from: each title, and the id that it stands for."""
    return choices({name: it.title for name, it in plant.materials.suppliers.items()})


def material_title(plant: Plant, material: str) -> str:
    """The title of a material; its id where nobody gave it one."""
    return plant.materials.title_of(material)


def with_titles(plant: Plant, words: str) -> str:
    """A sentence that names things by their ids, with the titles by which people know them."""
    layout, materials = plant.layout, plant.materials
    stations = {name: it for line in layout.production_lines.values() for name, it in line.stations.items()}
    known: tuple[Mapping[str, Any], ...] = (
        materials.suppliers, materials.materials, layout.storage_units, layout.personnel_classes, layout.work_centers, stations,
        layout.production_lines, layout.work_units,
    )  # fmt: skip
    titles = {name: it.title for of in known for name, it in of.items() if it.title}
    return _ID.sub(lambda it: titles.get(it[0], it[0]), words)


def customer_title(plant: Plant, customer: str) -> str:
    """The title of a customer; the id where nobody gave one."""
    known = plant.materials.customers.get(customer)
    return (known and known.title) or customer


def supplier_title(plant: Plant, supplier: str) -> str:
    """The title of a supplier; the id where nobody gave one."""
    known = plant.materials.suppliers.get(supplier)
    return (known and known.title) or supplier


def person_titles(plant: Plant, persons: str) -> str:
    """Names of the persons whose ids are joined with "+"."""
    known = plant.layout.persons
    return ", ".join((known[each].title or each) if each in known else each for each in persons.split("+"))


def money(minor: int, currency: str = "") -> str:
    """Whole units of the currency: cents say nothing on a dashboard."""
    return f"{minor / 100:,.0f} {currency}".strip()


def day_words(day: str) -> str:
    """A day ("2026-03-03", or "") as instants are written, "Tue 3 Mar"; it is not broken over two lines."""
    return f"{(it := date.fromisoformat(day)):%a}\u00a0{it.day}\u00a0{it:%b}" if day else ""


def with_days(words: str) -> str:
    """A sentence of the plan, with its days as people read them."""
    return _DAY.sub(lambda it: day_words(it[0]), words)


def hours(duration_us: int) -> str:
    """A length of time among others in a column: one unit for all of them."""
    return f"{duration_us / US_PER_H:,.2f} h"


def percent(share: float | None) -> str:
    """A share as people read it; a dash where nothing is known."""
    return "–" if share is None else f"{share:.0%}"


def exact(minor: int | None, currency: str = "") -> str:
    """An amount to the cent, as the books have it; "" where there is none."""
    return "" if minor is None else f"{grouped(written(minor))} {currency}".strip()


def debit_credit(minor: int) -> tuple[str, str]:
    """A leg of an entry on its side, as accountants write it: the other is empty."""
    return (exact(minor), "") if minor > 0 else ("", exact(-minor))
