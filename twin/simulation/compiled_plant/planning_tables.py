"""What Level 4 and the persons of Level 3 need, laid out as rows: materials with their bills and stock, suppliers, qualifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.model.bills.given_off import gives_off_at
from twin.model.materials import Each, unit_bill
from twin.model.plant import Plant

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """How much one explosion of a bill asks for at most, itself included."""

    explosion: int


def lay_planning(laying: LayingOut, step_at: dict[tuple[str, str], int]) -> Planning:
    """Definitions, stock, persons; and room for what is worked through."""
    explosion = _lay_materials(laying, step_at)
    _lay_persons(laying)
    plant, definitions = laying.plant, laying.declared.materials.materials
    plant[at.REQUEST_SIZE] = asked.REQUEST_ROW + max(len(unit_bill(definitions, name)) for name in definitions)
    plant[at.NEEDS_AT] = len(plant)
    plant += [0] * (asked.NEED_ROW * (explosion + 1))
    plant[at.PERSONS_AT] = len(plant)
    plant += [0] * (len(laying.declared.layout.persons) + 1)
    return Planning(explosion=explosion)


def _levels(bills: dict[str, dict[str, Each]]) -> tuple[dict[str, int], int]:
    """The deepest level at which any bill uses each material, and the size of the largest tree of needs."""
    level, size = dict.fromkeys(bills, 0), {}

    def grow(material: str) -> int:
        if material not in size:
            size[material] = 1 + sum(grow(component) for component in bills[material])
        return size[material]

    largest = max(grow(material) for material in bills)
    for material in sorted(bills, key=lambda name: -_depth_below(name, bills)):
        for component in bills[material]:
            level[component] = max(level[component], level[material] + 1)
    return level, largest


def _depth_below(material: str, bills: dict[str, dict[str, Each]]) -> int:
    return 1 + max([_depth_below(component, bills) for component in bills[material]], default=0)


def _lay_materials(laying: LayingOut, step_at: dict[tuple[str, str], int]) -> int:
    declared = laying.declared.materials
    bills = {name: unit_bill(declared.materials, name) for name in declared.materials}
    level, largest = _levels(bills)
    first_step: dict[str, int] = {}
    for (material, _), address in step_at.items():
        first_step.setdefault(material, address)
    suppliers = {name: laying.distribution(it.lead_time) for name, it in declared.suppliers.items()}
    rows, stock, lead_times = [], [], []
    for name, it in declared.materials.items():
        bill_at = laying.in_plan(
            number for component, each in bills[name].items() for number in (laying.materials[component], each.numerator, each.denominator)
        )
        is_not_made = int(it.kind not in ("made", "finished"))
        reorder, apart_after = it.reorder, _apart_after(laying.declared, name)
        parts = it.by_products if apart_after is not None else []
        parts_at = laying.in_plan(number for line in parts for number in (laying.materials[line.material], line.quantity))
        rows.append(
            [
                laying.text(f"-{name}"), it.lot_size or 0, it.planned_lead_time, first_step.get(name, -1), is_not_made,
                level[name], bill_at, len(bills[name]), reorder.point if reorder else -1, reorder.quantity if reorder else 0,
                int(it.supplier is not None), laying.text(f"PO-{name}-"), parts_at, len(parts), apart_after or 0,
                it.bill_for,
            ]
        )  # fmt: skip
        stock.append([it.opening_stock, 0, 0, 0, 0, -1, 0])
        lead_times.append(suppliers.get(it.supplier or "", -1))
    laying.plan[at.DEFINITIONS_AT] = laying.in_plan(field for row in rows for field in row)
    laying.plan[at.LEAD_TIMES_AT] = laying.in_plan(lead_times)
    laying.table(at.MATERIALS_AT, at.MATERIAL_COUNT, stock, asked.MATERIAL_STOCK_ROW)
    laying.plant[at.STOCK_HAS_CHANGED] = 1
    return largest


def _apart_after(plant: Plant, material: str) -> int | None:
    """How many operations come after the one that gives by-products of a material off; None: none does."""
    operation = gives_off_at(plant, material)
    return None if operation is None else list(reversed(plant.layout.routings[material])).index(operation)


def _lay_persons(laying: LayingOut) -> None:
    layout = laying.declared.layout
    numbers = {person: laying.words.text(person) for person in layout.persons}  # the first texts: from 1 on
    assert list(numbers.values()) == list(range(1, len(numbers) + 1))
    watches, lists = laying.words.watches, laying.words.calendar_lists
    staff = [(watches[person], lists[watches[person],]) for person in layout.persons]
    laying.plan[at.STAFF_AT], laying.plan[at.PERSON_COUNT] = laying.in_plan(field for row in staff for field in row), len(staff)
    classes = []
    for wanted in layout.personnel_classes:
        qualified = [numbers[person] for person, it in layout.persons.items() if wanted in it.classes]
        classes += [laying.in_plan(qualified), len(qualified)]
    laying.plan[at.CLASSES_AT] = laying.in_plan(classes)
