"""What operations say of their work units, as fields of their rows: cascades, batches, units that lots come back to."""

from __future__ import annotations

from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.simulation.shop_floor.routing import Step, Steps


def fields_of_saved_units(steps: Steps) -> dict[tuple[str, str], int]:
    """For each operation that a later one is bound to, the field of a lot in which the equipment that did it is kept."""
    fields: dict[tuple[str, str], int] = {}
    count: dict[str, int] = {}
    for (material, operation), step in steps.items():
        if step.saves_unit:
            fields[material, operation] = more.LOT_ROW + count.get(material, 0)
            count[material] = count.get(material, 0) + 1
    return fields


def of_its_units(step: Step, saved_at: dict[tuple[str, str], int]) -> dict[int, int]:
    """What an operation says of its work units."""
    batch = step.batch
    return {
        at.INTERVAL_US: step.interval_us, at.REJECTS_BY_LOT: int(step.rejects_by_lot),
        at.STEP_BATCH_MINIMUM: batch.minimum if batch else 0, at.STEP_BATCH_MAXIMUM: batch.maximum if batch else 0,
        at.STEP_BATCH_IN_PIECES: int(batch is not None and batch.counts == "pieces"),
        at.SAVES_AT: saved_at.get((step.material, step.operation), -1),
        at.BOUND_AT: saved_at.get((step.material, step.same_unit_as or ""), -1),
    }  # fmt: skip
