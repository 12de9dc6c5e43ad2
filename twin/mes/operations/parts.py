"""What comes of a lot besides itself, where it is taken apart or gives something off."""

from __future__ import annotations

from twin.mes.execution import JobOrder
from twin.model.bills.given_off import gives_off_at
from twin.model.events import JobOrderCompleted, JobOrderCreated, MaterialActual
from twin.model.floor.lot_names import part_lot
from twin.model.plant import Plant
from twin.model.states import MaterialUse


def parts(plant: Plant, job: JobOrder | JobOrderCreated, event: JobOrderCompleted) -> list[MaterialActual]:
    """By-products and co-products of the pieces that are good at the operation which gives them off, each a lot in stock.

    In whole units: what a bill for several gives off besides comes of so many.
    """
    if not event.good or job.operation != gives_off_at(plant, job.material):
        return []
    definition = plant.materials.materials[job.material]
    return [
        MaterialActual(
            effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order,
            lot=part_lot(job.lot, line.material), material=line.material,
            use=(MaterialUse.CO_PRODUCT if line.co_product else MaterialUse.BY_PRODUCT).value,
            quantity=quantity,
        )
        for line in definition.by_products
        if (quantity := line.quantity * event.good // definition.bill_for)
    ]  # fmt: skip
