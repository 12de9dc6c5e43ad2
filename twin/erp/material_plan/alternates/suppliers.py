"""Of whom a planned purchase is bought: by quota, or of whoever can deliver in time where the first cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.material_plan.buckets import ALWAYS, Buckets
from twin.model.materials import AlternativeSupplier, MaterialDefinition
from twin.model.plant import Plant

if TYPE_CHECKING:
    from twin.erp.material_plan.listing.orders import PlannedOrder


def sourced(plant: Plant, material: str, orders: Sequence[PlannedOrder], buckets: Buckets, bought: Mapping[str, int]) -> list[PlannedOrder]:
    """The orders of a material with their suppliers, and so with when each is placed and comes; in the order in which they are due.

    Parameters
    ----------
    bought : what has been ordered so far, by supplier: quotas hold over all of it
    """
    definition = plant.materials.materials[material]
    others, ordered, found = definition.alternative_suppliers, dict(bought), []
    for order in orders:
        supplier, because = _by_quota(definition, order, buckets, ordered)
        placed = _of(plant, order, supplier, buckets, because)
        if placed.late_buckets:
            for name, it in others.items():
                if it.share is None and name != supplier and _takes(it, order, buckets):
                    late = f"{placed.supplier} would be {buckets.spoken(placed.late_buckets, ALWAYS)} too late"
                    other = _of(plant, order, name, buckets, late)
                    if not other.late_buckets:
                        placed = other
                        break
        ordered[placed.supplier] = ordered.get(placed.supplier, 0) + order.started
        found.append(placed)
    return found


def _takes(it: AlternativeSupplier, order: PlannedOrder, buckets: Buckets) -> bool:
    fits = all(quantity >= (it.minimum or 1) and quantity % (it.multiple or 1) == 0 for quantity in order.quantities)
    return fits and it.holds(buckets.day_of(order.due))


def _by_quota(definition: MaterialDefinition, order: PlannedOrder, buckets: Buckets, ordered: Mapping[str, int]) -> tuple[str, str]:
    """Who has had the least for the quota; of equals the first (SAP: quota rating, allocated quantity over quota)."""
    first = definition.supplier or ""
    quotas = {name: Fraction(str(it.share)) for name, it in definition.alternative_suppliers.items()
              if it.share and _takes(it, order, buckets)}  # fmt: skip
    if not quotas:
        return first, ""
    quotas = {first: Fraction(1) - sum(quotas.values()), **quotas}
    name = min((it for it in quotas if quotas[it]), key=lambda it: ordered.get(it, 0) / quotas[it])
    return name, f"its quota is {float(quotas[name]):.0%} and it has had {ordered.get(name, 0)}"


def _of(plant: Plant, order: PlannedOrder, supplier: str, buckets: Buckets, because: str) -> PlannedOrder:
    """The order as that supplier would carry it out."""
    lead = buckets.lead(round(plant.materials.suppliers[supplier].lead_time.mean_us)) if supplier in plant.materials.suppliers else 0
    start = buckets.before(order.due, lead, ALWAYS)
    late = max(0, -start)
    return replace(
        order, supplier=supplier, because=because, start=max(0, start), late_buckets=late,
        arrives=buckets.after(0, lead, ALWAYS) if late else order.due,
    )  # fmt: skip
