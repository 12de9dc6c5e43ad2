"""Impossible routings: steps that nothing can do, shares that do not add up, loops without end, batches that mean two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from twin.model.checks.references import WHO_CAN_DO
from twin.model.plant import Operation, Plant
from twin.model.problems import Finding, KeyPath, Place, listed


def _finding(path: KeyPath, what: str, allowed: str = "", at_key: bool = False, rests_on: Iterable[Place] = ()) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=tuple(rests_on))


def segment_and_who_can_do_it(segment: str) -> tuple[Place, ...]:
    """What tells which equipment can do the segment."""
    own: Place = ("plant", "process_segments", segment)
    return (*WHO_CAN_DO, (*own, "work_center"), (*own, "equipment_class"))


def _operations(plant: Plant) -> Iterator[tuple[str, str, Operation]]:
    for material, routing in plant.layout.routings.items():
        for operation, it in routing.items():
            yield material, operation, it


def segments_without_equipment(plant: Plant) -> Iterator[Finding]:
    """A segment needs a work unit or a line of its work center, and of its equipment class if it names one."""
    layout = plant.layout
    for segment, it in layout.process_segments.items():
        if it.work_center not in layout.work_centers or plant.equipment_of(segment):
            continue
        rests_on = segment_and_who_can_do_it(segment)
        if it.equipment_class is None:
            what = f"nothing can do '{segment}': work center '{it.work_center}' has no work unit and no line"
            yield _finding(
                ("process_segments", segment, "work_center"), what, "a work center with a work unit or a line", rests_on=rests_on
            )
        elif any(unit.equipment_class == it.equipment_class for unit in layout.work_units.values()):
            there = dict.fromkeys(unit.equipment_class for unit in layout.work_units.values() if unit.work_center == it.work_center)
            what = f"nothing can do '{segment}': no work unit of work center '{it.work_center}' is of class '{it.equipment_class}'"
            yield _finding(("process_segments", segment, "equipment_class"), what, listed(there), rests_on=rests_on)


def shares_of_operations(plant: Plant) -> Iterator[Finding]:
    """Scrap and rework are shares of the same pieces; what is reworked has somewhere to go, and comes out at last."""
    for material, operation, it in _operations(plant):
        path = ("routings", material, operation)
        if it.scrap + it.rework > 1:
            what = f"scrap and rework are {it.scrap + it.rework:g} of the pieces together"
            yield _finding((*path, "rework" if it.rework else "scrap"), what, "at most 1", rests_on=(("plant", *path, "scrap"),))
        if it.scrap == 1:
            yield _finding((*path, "scrap"), "all pieces are lost here, and none is ever finished", "less than 1")
        if it.rework == 1:
            yield _finding((*path, "rework"), "all pieces go back, and none is ever finished", "less than 1")
        if it.rework > 0 and it.rework_to is None:
            what, allowed = "rework needs rework_to, the operation it goes back to", listed(_before(plant, material, operation))
            yield _finding((*path, "rework"), what, allowed, rests_on=(("plant", *path, "rework_to"),))


def samples(plant: Plant) -> Iterator[Finding]:
    """An operation that nothing is done to is none; the first takes what the bill says, so every lot goes through it."""
    for material, operation, it in _operations(plant):
        at_sample: KeyPath = ("routings", material, operation, "sample")
        if it.sample == 0:
            yield _finding(at_sample, "this operation is never done", "more than 0, or no such operation")
        elif it.sample < 1 and not _before(plant, material, operation):
            rests_on: tuple[Place, ...] = (("plant", "routings", material),)
            what = f"'{operation}' is the first operation of '{material}', which takes its bill from stock: all lots go through it"
            yield _finding(at_sample, what, "1, or a later operation", rests_on=rests_on)
        routing = plant.layout.routings[material]
        if it.sample < 1 and any(other.same_unit_as == operation for other in routing.values()):
            told: tuple[Place, ...] = (("plant", "routings", material),)
            what = f"lots that pass '{operation}' over have no unit for an operation with same_unit_as: {operation}"
            yield _finding(at_sample, what, "1", rests_on=told)


def rework_goes_back(plant: Plant) -> Iterator[Finding]:
    """What is reworked goes to an earlier operation of its routing."""
    for material, operation, it in _operations(plant):
        routing = plant.layout.routings[material]
        before = _before(plant, material, operation)
        if it.rework_to is not None and it.rework_to in routing and it.rework_to not in before:
            what = f"rework goes back, and '{it.rework_to}' is not before '{operation}'"
            yield _finding(("routings", material, operation, "rework_to"), what, listed(before))


def _before(plant: Plant, material: str, operation: str) -> list[str]:
    steps = list(plant.layout.routings[material])
    return steps[: steps.index(operation)]


def _ways(plant: Plant) -> Iterator[tuple[str, str, KeyPath, Operation]]:
    """Every way to do every operation: material, operation, where it is declared, and the operation as it is done that way."""
    for material, operation, it in _operations(plant):
        path: KeyPath = ("routings", material, operation)
        for n, way in enumerate(it.ways):
            yield material, operation, (*path, "alternatives", n - 1) if n else path, way


def alternatives(plant: Plant) -> Iterator[Finding]:
    """An alternative is done by other equipment than what is declared before it, and needs the same persons."""
    layout = plant.layout
    for _, _, path, it in _ways(plant):
        if not path[3:] or it.segment not in layout.process_segments:
            continue
        operation = layout.routings[str(path[1])][str(path[2])]
        earlier = {e for way in operation.ways[: int(path[4]) + 1] for e in plant.equipment_of(way.segment)}
        at_segment, told = (*path, "segment"), (("plant", *path[:3], "segment"), ("plant", *path[:3], "alternatives", "**"))
        own = plant.equipment_of(it.segment)
        if own and earlier.issuperset(own):
            what = f"'{it.segment}' is no alternative: {listed(own)} can do the operation anyway"
            rests_on = (*told, *segment_and_who_can_do_it("*"))
            yield _finding(at_segment, what, "a segment that other equipment does", rests_on=rests_on)
        first, other = layout.process_segments[operation.segment], layout.process_segments[it.segment]
        if (first.personnel_class, first.attended) != (other.personnel_class, other.attended):
            what = f"'{it.segment}' is staffed otherwise than '{operation.segment}', but the same persons must do it"
            keys: tuple[Place, ...] = tuple(("plant", "process_segments", "*", key) for key in ("personnel_class", "attended"))
            yield _finding(at_segment, what, "a segment with the same personnel_class and attended", rests_on=(*told, *keys))


def planned_shares(plant: Plant) -> Iterator[Finding]:
    """What alternatives of an operation are expected to take is no more than all of its work."""
    for material, routing in plant.layout.routings.items():
        for name, operation in routing.items():
            total = sum(Fraction(str(it.planned_share)) for it in operation.alternatives)
            if total > 1:
                what = f"the alternatives are expected to take {float(total):.0%} of the work"
                path: KeyPath = ("routings", material, name, "alternatives")
                yield Finding(document="plant", path=path, what=what, allowed="planned_share: 1.0 or less together", at_key=True)


def operations_of_batches(plant: Plant) -> Iterator[Finding]:
    """The run time of a batch is drawn once: it is that of a lot, and the same for all lots that may share the batch."""
    layout = plant.layout
    batching = {
        segment: {unit for unit in plant.equipment_of(segment) if unit in layout.work_units and layout.work_units[unit].batch}
        for segment in layout.process_segments
    }
    first: dict[tuple[str, str | None], tuple[str, str, Operation]] = {}
    for material, operation, path, it in _ways(plant):
        rests_on = (*segment_and_who_can_do_it(it.segment), ("plant", *path, "segment"), ("plant", *path[:3], "setup_family"))
        for unit in sorted(batching.get(it.segment, ())):
            if it.per == "piece":
                what = f"'{unit}' works in batches, whose run time is drawn once"
                yield _finding(path, what, "per: lot", at_key=True, rests_on=(*rests_on, ("plant", *path[:3], "per")))
            other_material, other, like = first.setdefault((unit, it.setup_family), (material, operation, it))
            if like.run != it.run:
                family = f"set-up family '{it.setup_family}'" if it.setup_family else "no set-up family"
                what = f"lots of {family} share a batch of '{unit}', but run differs from that of '{other}' of '{other_material}'"
                like_at: Place = ("plant", "routings", other_material, other)
                if it.alternatives or like.alternatives or path[3:]:
                    rests_on = (*rests_on, (*like_at, "alternatives", "**"), ("plant", *path[:3], "alternatives", "**"))
                both = (*rests_on, *((*like_at, key) for key in ("segment", "setup_family", "run")), ("plant", *path, "run"))
                yield _finding((*path, "run"), what, "the same run, or another setup_family", rests_on=both)


def _known_operations(plant: Plant) -> Iterator[tuple[KeyPath, Operation]]:
    """Where an operation is declared, and the operation, if its segment is there."""
    for material, operation, it in _operations(plant):
        if it.segment in plant.layout.process_segments:
            yield ("routings", material, operation), it


def _able(plant: Plant, it: Operation) -> list[str]:
    """Equipment that can do an operation, in any way."""
    return [name for way in it.ways if way.segment in plant.layout.process_segments for name in plant.equipment_of(way.segment)]


def _told_by(path: KeyPath, it: Operation) -> tuple[Place, ...]:
    segments = ("*",) if it.alternatives else (it.segment,)
    told = (place for segment in segments for place in segment_and_who_can_do_it(segment))
    return (*told, ("plant", *path, "segment"), ("plant", *path, "alternatives", "**"))


def cascades(plant: Plant) -> Iterator[Finding]:
    """Lots follow one another at an interval on work units alone; a line says with its stations how they follow."""
    for path, it in _known_operations(plant):
        lines = [name for name in _able(plant, it) if name in plant.layout.production_lines]
        if it.interval is not None and lines:
            what = f"the stations of line '{lines[0]}' say how lots follow one another"
            yield _finding((*path, "interval"), what, "a segment of work units", rests_on=_told_by(path, it))


def batch_sizes(plant: Plant) -> Iterator[Finding]:
    """The smallest batch fits into the largest, a unit takes batches at all, and who may share a batch means the same by it."""
    layout = plant.layout
    first: dict[tuple[str, str | None], tuple[KeyPath, Operation]] = {}
    for path, it in _known_operations(plant):
        at, told_by = (*path, "batch"), _told_by(path, it)
        batching = [name for name in _able(plant, it) if name in layout.work_units and layout.work_units[name].batch]
        if it.batch and it.batch.minimum > it.batch.maximum:
            what = f"a batch of at least {it.batch.minimum} never fits into {it.batch.maximum}"
            yield _finding((*at, "minimum"), what, f"1 to {it.batch.maximum}", rests_on=(("plant", *at, "maximum"),))
        if it.batch and not batching:
            rests_on = (*told_by, ("plant", "work_units", "*", "batch"))
            yield _finding(
                at, f"no work unit that can do '{it.segment}' works in batches", "a segment of work units with batch", rests_on=rests_on
            )
        for unit in batching:
            other_path, other = first.setdefault((unit, it.setup_family), (path, it))
            if other.batch != it.batch:
                what = f"lots share a batch of '{unit}' with those of '{other_path[2]}' of '{other_path[1]}', whose batch is another"
                like = (("plant", *other_path, "**"), ("plant", *path, "**"), ("plant", "work_units", unit, "batch"))
                yield _finding(path, what, "the same batch, or another setup_family", rests_on=(*told_by, *like))


def same_units(plant: Plant) -> Iterator[Finding]:
    """Whoever did the earlier operation can do this one."""
    for path, it in _known_operations(plant):
        routing = plant.layout.routings[str(path[1])]
        earlier = routing.get(it.same_unit_as or "")
        if earlier is None or earlier.segment not in plant.layout.process_segments:
            continue
        before = list(routing)[: list(routing).index(str(path[2]))]
        at = (*path, "same_unit_as")
        if it.same_unit_as not in before:
            yield _finding(at, f"'{it.same_unit_as}' is not before '{path[2]}'", listed(before))
            continue
        lost = [name for name in _able(plant, earlier) if name not in _able(plant, it)]
        if lost:
            what = f"'{lost[0]}' can do '{it.same_unit_as}', and could not do this operation afterwards"
            rests_on = (
                *_told_by(path, it),
                *segment_and_who_can_do_it(earlier.segment),
                ("plant", *path[:2], str(it.same_unit_as), "segment"),
            )
            yield _finding(at, what, "an operation on the same work units, or fewer", rests_on=rests_on)
