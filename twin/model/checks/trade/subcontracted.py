"""Operations that suppliers do: there is such a supplier, it takes some time, nobody of ours is needed, and the plan knows how long."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.calendars import spoken_duration
from twin.model.plant import Operation, Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed
from twin.model.trade.subcontracting import Subcontract


def _done_by_suppliers(plant: Plant) -> Iterator[tuple[str, KeyPath, Operation, Subcontract]]:
    for material, routing in plant.layout.routings.items():
        for operation, it in routing.items():
            if it.subcontract is not None:
                yield material, ("routings", material, operation), it, it.subcontract


def dangling(plant: Plant) -> Iterator[Finding]:
    """Who does it is one of the suppliers."""
    known, rests_on = plant.materials.suppliers, (("items", "suppliers"),)
    for _, path, _, it in _done_by_suppliers(plant):
        if it.supplier not in known:
            what = f"no supplier is called '{it.supplier}'{did_you_mean(it.supplier, known)}"
            at = (*path, "subcontract", "supplier")
            yield Finding(document="plant", path=at, what=what, allowed=listed(known), rests_on=rests_on)


def operations(plant: Plant) -> Iterator[Finding]:
    """What a supplier does takes a time until it is back, has no other way, and nobody of ours stands there."""
    for material, path, operation, it in _done_by_suppliers(plant):
        at, own = (*path, "subcontract"), ("plant", *path)
        if not operation.run.mean_us:
            what = f"'{path[-1]}' is done by '{it.supplier}', and nobody says how long until it is back"
            yield Finding(document="plant", path=at, what=what, allowed="run: 3 d, per: lot", at_key=True, rests_on=((*own, "run"),))
        if operation.alternatives:
            what = f"'{path[-1]}' is done by '{it.supplier}', and his order does not know of another way"
            allowed, rests = "no alternatives, or no subcontract", ((*own, "alternatives"),)
            yield Finding(document="plant", path=at, what=what, allowed=allowed, at_key=True, rests_on=rests)
        if operation.interval:
            what = f"'{path[-1]}' is done by '{it.supplier}', and with an interval it would be told as done while it is there"
            allowed = "no interval, and as many work units as he takes lots at once"
            yield Finding(document="plant", path=at, what=what, allowed=allowed, at_key=True, rests_on=((*own, "interval"),))
        segment = plant.layout.process_segments.get(operation.segment)
        if segment and segment.personnel_class:
            what = f"'{path[-1]}' is done by '{it.supplier}', where no '{segment.personnel_class}' of ours works"
            of_segment: Place = ("plant", "process_segments", operation.segment, "personnel_class")
            allowed, both = "a segment without personnel_class", (of_segment, (*own, "segment"))
            yield Finding(document="plant", path=at, what=what, allowed=allowed, at_key=True, rests_on=both)
        yield from _lead_time(plant, material, path, operation, it)


def _lead_time(plant: Plant, material: str, path: KeyPath, operation: Operation, it: Subcontract) -> Iterator[Finding]:
    """What the plan takes a material to need covers what suppliers need for it."""
    definition = plant.materials.materials.get(material)
    if definition is None or definition.planned_lead_time >= operation.run.mean_us:
        return
    rests: tuple[Place, ...] = (("items", "materials", material, "planned_lead_time"), ("plant", *path, "run"))
    planned, needed = (spoken_duration(us) for us in (definition.planned_lead_time, round(operation.run.mean_us)))
    what = f"a plan makes '{material}' in {planned}, and '{it.supplier}' alone has it for {needed}"
    allowed = f"planned_lead_time: {needed} or more, in items.yaml"
    yield Finding(document="plant", path=(*path, "subcontract"), what=what, allowed=allowed, at_key=True, rests_on=rests)
