"""Stock by material: on hand, coming, wanted, claimed. Quantities only, no lots: which lot is taken changes nothing on the floor."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def stock_of(plant: Ints, material: int) -> int:
    """Address of the stock of a material."""
    return plant[at.MATERIALS_AT] + material * asked.MATERIAL_STOCK_ROW


@kernel
def position(plant: Ints, material: int) -> int:
    """Inventory position: on hand + incoming - reserved."""
    row = stock_of(plant, material)
    return plant[row + asked.ON_HAND] + plant[row + asked.INCOMING] - plant[row + asked.RESERVED]


@kernel
def change(plant: Ints, material: int, field: int, quantity: int) -> None:
    """Change one figure of a material's stock."""
    plant[stock_of(plant, material) + field] += quantity
    plant[at.STOCK_HAS_CHANGED] = 1


@kernel
def definition_of(plan: Ints, material: int) -> int:
    """Address in `plan` of what is declared of a material."""
    return plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW


@kernel
def line_of(plan: Ints, definition: int, n: int) -> int:
    """Address in `plan` of a line of a bill; the component stands there."""
    return plan[definition + asked.BILL_AT] + asked.BILL_LINE * n


@kernel
def needed(plan: Ints, line: int, quantity: int) -> int:
    """What so many pieces that are begun together take by a line: whole units, rounded up."""
    return -(-plan[line + 1] * quantity // plan[line + 2])


@kernel
def suffices(plant: Ints, plan: Ints, material: int, quantity: int) -> bool:
    """Whether every component is there to make so much, beside what is claimed and promised."""
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.BILL_COUNT]):
        line = line_of(plan, definition, n)
        row = stock_of(plant, plan[line])
        if plant[row + asked.ON_HAND] - plant[row + asked.CLAIMED] - plant[row + asked.PROMISED] < needed(plan, line, quantity):
            return False
    return True


@kernel
def promise(plant: Ints, plan: Ints, material: int, quantity: int) -> None:
    """Keep what making so much consumes for a job that starts now; negative: it does not start after all."""
    sign = -1 if quantity < 0 else 1
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.BILL_COUNT]):
        line = line_of(plan, definition, n)
        plant[stock_of(plant, plan[line]) + asked.PROMISED] += sign * needed(plan, line, sign * quantity)


@kernel
def forget_promises(plant: Ints) -> None:
    """A decision begins."""
    for n in range(plant[at.MATERIAL_COUNT]):
        plant[stock_of(plant, n) + asked.PROMISED] = 0
