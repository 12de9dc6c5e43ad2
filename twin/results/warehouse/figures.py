"""How well stock serves: days of stock, turns, slow movers and record accuracy, as APICS and ISO 22400-2 name them.

| figure            | reckoned as                                                                                              |
|-------------------|----------------------------------------------------------------------------------------------------------|
| days of stock     | on hand / what is used in a day, over the run so far; none where nothing is used (APICS: days of supply)   |
| inventory turns   | what is used in a year of 365 days / average on hand over time (ISO 22400-2); none if that is less than 1   |
| record accuracy   | places that were counted and had just what was thought / places that were counted (APICS)                  |
| slow mover        | on hand, and nothing of it was used for so many days                                                       |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.erp.warehouse.warehouse import Warehouse
from twin.model.measures import DURATION_UNITS_US
from twin.results.run import Run

DAY_US = DURATION_UNITS_US["d"]
YEAR_DAYS = 365
SLOW_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialStock:
    """One material in stock. Without a warehouse nobody knows what was used, and the last figures are not known."""

    material: str
    title: str
    unit: str
    on_hand: int
    incoming: int
    reserved: int
    held: int  # of what is on hand
    value_minor: int
    inventory_class: str = ""
    used: int = 0
    used_minor: int = 0
    days_of_stock: float | None = None
    turns: float | None = None
    idle_days: float | None = None  # since something of it was used, or since the run began
    is_slow: bool = False

    @property
    def free(self) -> int:
        """On hand, not held, and nobody waits for it."""
        return max(0, self.on_hand - self.held - self.reserved)


def warehouse_of(run: Run) -> Warehouse | None:
    """The warehouse of a run; None if its plant declares none."""
    return next((it for it in run.erp.functions if isinstance(it, Warehouse)), None)


def material_stock(run: Run) -> list[MaterialStock]:
    """Every material, in declared order."""
    warehouse, stock = warehouse_of(run), run.erp.stock
    used_minor = warehouse.used_minor() if warehouse else {}
    classes = warehouse.classes() if warehouse else {}
    found = []
    for row in run.erp.stock_rows():
        name = row.material
        it = MaterialStock(
            material=name, title=run.plant.materials.materials[name].title or name, unit=row.unit, on_hand=row.on_hand,
            incoming=row.incoming, reserved=row.reserved, held=row.on_hand - stock.shippable(name), value_minor=row.value_minor,
            inventory_class=classes.get(name, "C" if classes else ""), used=warehouse.contents.used.get(name, 0) if warehouse else 0,
            used_minor=used_minor.get(name, 0), **(_in_time(run, warehouse, name, row.on_hand) if warehouse else {}),
        )  # fmt: skip
        found.append(it)
    return found


def _in_time(run: Run, warehouse: Warehouse, material: str, on_hand: int) -> dict[str, Any]:
    contents, past_us = warehouse.contents, run.now_us - run.scenario.start_us
    used = contents.used.get(material, 0)
    average = contents.unit_us(material, run.now_us, on_hand) / past_us if past_us > 0 else 0.0
    idle_days = (run.now_us - contents.used_us.get(material, run.scenario.start_us)) / DAY_US
    return {
        "days_of_stock": on_hand * past_us / used / DAY_US if used > 0 else None,
        "turns": used / average * YEAR_DAYS * DAY_US / past_us if average >= 1 else None,
        "idle_days": idle_days,
        "is_slow": on_hand > 0 and idle_days >= SLOW_DAYS,
    }


def record_accuracy(run: Run) -> float | None:
    """Share of the places that were counted in which just so much lay as was thought; None if none was counted."""
    warehouse = warehouse_of(run)
    places = warehouse.contents.counting.places if warehouse else []
    return sum(it.found == it.expected for it in places) / len(places) if places else None
