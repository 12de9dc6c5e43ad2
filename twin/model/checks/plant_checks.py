"""Every rule that a plant must keep, in the order in which a reader of its files would ask."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.checks import bills, equipment, references, routings, signals, working_time
from twin.model.plant import Plant
from twin.model.problems import Finding

PLANT_CHECKS = (
    references.dangling_in_plant,
    references.dangling_in_items,
    references.dangling_in_signals,
    equipment.names_used_twice,
    equipment.batches,
    equipment.failures,
    working_time.time_zone_is_known,
    working_time.calendars_work,
    working_time.shifts,
    working_time.breaks,
    working_time.staffing,
    routings.segments_without_equipment,
    routings.shares_of_operations,
    routings.rework_goes_back,
    routings.operations_of_batches,
    bills.cycles_in_bills,
    bills.repeated_components,
    bills.purchased_materials,
    bills.made_materials,
    bills.components_that_never_come,
    signals.addresses,
    signals.nodes,
    signals.business,
    signals.registers,
    signals.security,
)


def check_plant(plant: Plant) -> Iterator[Finding]:
    """What makes no sense together in the files of one plant. Each rule bears what the others complain of."""
    for check in PLANT_CHECKS:
        yield from check(plant)
