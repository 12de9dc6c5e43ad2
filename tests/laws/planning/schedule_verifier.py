"""Whether a schedule can be done, found from the plant's files alone, without an engine: a second way to the same answer.

Asked of plants in which nothing takes an uncertain time: units, set-ups, calendars, persons, precedence, and material.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from twin.model.calendars import WorkTime
from twin.model.plant import Plant
from twin.study.scheduling.schedule import Operation, Schedule


def problems_of(plan: Schedule, plant: Plant, on_hand: dict[str, int], has_stops: bool) -> list[str]:
    """What is wrong with a schedule, in words; `on_hand` is the stock at its beginning. `has_stops`: units stand for other reasons too."""
    calendars = {name: WorkTime(it, plant.layout.time_zone) for name, it in plant.layout.calendars.items()}
    by_unit: dict[str, list[Operation]] = defaultdict(list)
    by_lot: dict[str, list[Operation]] = defaultdict(list)
    for it in plan.operations:
        by_unit[it.equipment].append(it)
        by_lot[it.lot].append(it)
    found = [problem for unit, its in by_unit.items() for problem in _unit(unit, its, plan, plant, calendars, has_stops)]
    found += [problem for its in by_lot.values() for problem in _lot(its, plant)]
    return [*found, *_persons(plan, plant, calendars), *_material(plan, plant, on_hand)]


def _unit(
    unit: str, its: Sequence[Operation], plan: Schedule, plant: Plant, calendars: dict[str, WorkTime], has_stops: bool
) -> list[str]:  # fmt: skip
    """One after the other, batch mates together; set up by the matrix; as long as set-up and run take, in its shifts."""
    layout, found = plant.layout, []
    declared = layout.work_units.get(unit)
    batches = [[it for it in its if it.start_us == start_us] for start_us in sorted({it.start_us for it in its})]
    for batch in batches:
        if len(batch) > 1 and (declared is None or declared.batch is None):
            found.append(f"{unit}: {[it.job_order for it in batch]} at a time")
        if len({it.end_us for it in batch}) > 1:
            found.append(f"{unit}: a batch does not end at a time")
    for before, after in pairwise(batches):
        if after[0].start_us < before[0].end_us:
            found.append(f"{unit}: {after[0].job_order} begins before {before[0].job_order} has ended")
    if declared is None:
        return found
    matrix, family = layout.setups.get(declared.equipment_class), None
    for batch in batches:
        it, operation = batch[0], layout.routings[batch[0].material][batch[0].operation]
        if unit not in {*plant.equipment_of(operation.segment), *plant.other_ways(operation)}:
            found.append(f"{unit} cannot do {it.job_order}")
        needed_us = 0
        if matrix and operation.setup_family:
            family = it.setup_from if family is None else family  # what stands set up before the first is told
            if it.setup_from != (family or "") or it.setup_to != operation.setup_family:
                found.append(f"{it.job_order}: set up from {it.setup_from} to {it.setup_to}, and it was {family}")
            needed_us, family = matrix.duration_us(family or None, operation.setup_family), operation.setup_family
        way = plant.other_ways(operation).get(unit, (0, operation))[1]
        if it.is_running or it.end_us >= plan.until_us or operation.interval:
            continue
        run_us = way.run.mean_us * (sum(mate.quantity for mate in batch[:1]) if operation.per == "piece" and len(batch) == 1 else 1)
        if operation.per == "piece" and len(batch) > 1:
            continue  # how long a batch takes that is run by the piece is the plant's own affair
        open_us = it.end_us - it.start_us
        if declared.calendar:
            open_us = sum(span.end_us - span.start_us for span in calendars[declared.calendar].intervals(it.start_us, it.end_us))
        took_us = needed_us + round(run_us) + declared.load + declared.unload
        is_attended = bool(it.personnel_class)
        if open_us < took_us or (open_us > took_us and not is_attended and not has_stops):
            found.append(f"{it.job_order}: {took_us} us of work on {unit} in {open_us} us of its shifts")
    return found


def _lot(its: Sequence[Operation], plant: Plant) -> list[str]:
    """Operations in the order of the routing, each after transport from the one before."""
    routing, found = plant.layout.routings[its[0].material], []
    for before, after in pairwise(sorted(its, key=lambda it: list(routing).index(it.operation))):
        there_us = before.end_us + round(routing[before.operation].transport.mean_us)
        if list(routing).index(after.operation) != list(routing).index(before.operation) + 1:
            found.append(f"{after.job_order}: something between {before.operation} and {after.operation} is left out")
        if after.start_us < there_us:
            found.append(f"{after.job_order} begins before its lot is there")
    return found


def _persons(plan: Schedule, plant: Plant, calendars: dict[str, WorkTime]) -> list[str]:
    """Nobody in two places, nobody without the qualification, nobody off shift; and somebody wherever somebody has to be."""
    found = []
    stays = {name: [it for it in plan.stays if it.person == name] for name in {it.person for it in plan.stays}}
    for name, their in stays.items():
        its = sorted(their, key=lambda it: it.start_us)
        person = plant.layout.persons[name]
        found += [f"{name} in two places at {b.start_us}" for a, b in pairwise(its) if b.start_us < a.end_us]
        for it in its:
            works_us = sum(span.end_us - span.start_us for span in calendars[person.calendar].intervals(it.start_us, it.end_us))
            if works_us < it.end_us - it.start_us:
                found.append(f"{name} works at {it.equipment} off shift")
    for it in plan.operations:
        if it.person and it.personnel_class not in plant.layout.persons[it.person].classes:
            found.append(f"{it.person} is no {it.personnel_class}")
        segment = plant.layout.process_segments[plant.layout.routings[it.material][it.operation].segment]
        if it.personnel_class and segment.attended == "all" and not it.person:
            found.append(f"nobody does {it.job_order}")
    return found


def _material(plan: Schedule, plant: Plant, on_hand: dict[str, int]) -> list[str]:
    """At every instant as much on hand as is taken: what was there, what is bought, what is made; shipments take, too."""
    moves = [(it.at_us, 0, it.material, it.quantity) for it in plan.arrivals]
    for it in plan.operations:
        routing, definition = list(plant.layout.routings[it.material]), plant.materials.materials[it.material]
        if it.operation == routing[0] and not it.is_running:
            sets = it.quantity / definition.bill_for
            moves += [(it.start_us, 1, line.material, -round(line.quantity * sets)) for line in definition.bill]
        if it.operation == routing[-1]:
            moves.append((it.end_us, 0, it.material, it.quantity))
    moves += [(it.ships_us, 1, it.material, -it.quantity) for it in plan.orders if it.ships_us is not None]
    left, found = dict(on_hand), []
    for at_us, _, material, quantity in sorted(moves):
        left[material] = left.get(material, 0) + quantity
        if left[material] < 0:
            found.append(f"{-left[material]} {material} too little at {at_us}")
    return found
