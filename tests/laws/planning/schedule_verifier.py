"""Whether a schedule can be done, found from the plant's files alone, without an engine: a second way to the same answer.

Asked of plants in which nothing takes an uncertain time: units, set-ups, calendars, persons, precedence, limited waits, every n-th
lot, and material.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from twin.model.bills.given_off import gives_off_at
from twin.model.calendars import WorkTime
from twin.model.materials import needed, unit_bill
from twin.model.plant import Operation as Step
from twin.model.plant import Plant, rework_lot
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
    return [*found, *_samples(plan, plant, by_lot), *_persons(plan, plant, calendars), *_material(plan, plant, on_hand, by_lot)]


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
    for n, batch in enumerate(batches):
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
        is_cascade = any(layout.routings[mate.material][mate.operation].interval for mate in batch)
        if it.is_running or it.end_us >= plan.until_us or is_cascade:
            continue
        run_us = way.run.mean_us * (sum(mate.quantity for mate in batch[:1]) if operation.per == "piece" and len(batch) == 1 else 1)
        if operation.per == "piece" and len(batch) > 1:
            continue  # how long a batch takes that is run by the piece is the plant's own affair
        open_us = it.end_us - it.start_us
        if declared.calendar:
            open_us = sum(span.end_us - span.start_us for span in calendars[declared.calendar].intervals(it.start_us, it.end_us))
        took_us = needed_us + round(run_us) + declared.load + declared.unload
        before = batches[n - 1][0] if n else None  # what was under way when the schedule begins may not stand in it
        is_alongside = matrix is not None and matrix.alongside and needed_us > 0 and (before is None or before.end_us == it.start_us)
        done_us = min(needed_us, it.start_us - before.run_start_us if before else needed_us) if is_alongside else 0
        is_attended = bool(it.personnel_class)
        if open_us < took_us - done_us or (open_us > took_us and not is_attended and not has_stops):
            found.append(f"{it.job_order}: {took_us} us of work on {unit} in {open_us} us of its shifts")
    return found


def _may_be_passed(step: Step) -> bool:
    """Whether some lots go on without it: it is counted out to every n-th, or to none. As it is planned, a share of them is all."""
    return step.sample_every is not None or not step.sample


def _lot(its: Sequence[Operation], plant: Plant) -> list[str]:
    """Operations in the order of the routing, each after transport from the one before, and before a limit of its wait is over."""
    routing, found = plant.layout.routings[its[0].material], []
    ends_us = {it.operation: it.end_us for it in its}
    for before, after in pairwise(sorted(its, key=lambda it: list(routing).index(it.operation))):
        there_us = before.end_us + round(routing[before.operation].transport.mean_us)
        between = list(routing)[list(routing).index(before.operation) + 1 : list(routing).index(after.operation)]
        if before.operation == after.operation or not all(_may_be_passed(routing[name]) for name in between):
            found.append(f"{after.job_order}: something between {before.operation} and {after.operation} is left out")
        if after.start_us < there_us:
            found.append(f"{after.job_order} begins before its lot is there")
    for it in its:
        limit = routing[it.operation].queue_limit
        if limit and limit.then != "tell" and it.start_us - ends_us.get(limit.after, it.start_us) > limit.within:
            found.append(f"{it.job_order} begins after it has waited too long")
    return found


def _samples(plan: Schedule, plant: Plant, by_lot: dict[str, list[Operation]]) -> list[str]:
    """Of the lots that come to an operation one after the other, every n-th is chosen; how many came before the schedule is not asked."""
    found = []
    for material, routing in plant.layout.routings.items():
        lots = [{it.operation: it for it in its} for its in by_lot.values() if its[0].material == material]
        for name, step in routing.items():
            nth, came = step.sample_every, [it for it in (_came_to(name, lot, routing, plan.until_us) for lot in lots) if it]
            if nth and not any(_is_every(nth, began, came) for began in range(nth)):
                found.append(f"{material}: not every {nth}th lot is chosen for {name}")
    return found


def _came_to(name: str, lot: dict[str, Operation], routing: dict[str, Step], until_us: int) -> tuple[int, str] | None:
    """When a lot came to an operation from one that the schedule has, and what became of it: "chosen", "passed", or what is not told."""
    steps = list(routing)
    place = steps.index(name)
    before = next((lot[other] for other in reversed(steps[:place]) if other in lot), None)
    if before is None or before.end_us >= until_us:
        return None
    if name in lot or any(other in lot for other in steps[place + 1 :]):
        return before.end_us, "chosen" if name in lot else "passed"
    between = steps[steps.index(before.operation) + 1 : place]
    if not all(_may_be_passed(routing[other]) for other in between):
        return None  # it waits for another
    return before.end_us, "perhaps came" if between else "perhaps chosen"


def _is_every(nth: int, count: int, came: Sequence[tuple[int, str]]) -> bool:
    """Whether every n-th was chosen of what came, from this count on; what comes at one instant comes in any order."""
    for at_us in sorted({it[0] for it in came}):
        fates = [fate for when_us, fate in came if when_us == at_us]
        if "perhaps came" in fates:
            return True  # from here on nobody knows how many came
        chosen, count = divmod(count + len(fates), nth)
        if not fates.count("chosen") <= chosen <= fates.count("chosen") + fates.count("perhaps chosen"):
            return False
    return True


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


def _material(plan: Schedule, plant: Plant, on_hand: dict[str, int], by_lot: dict[str, list[Operation]]) -> list[str]:
    """At every instant as much on hand as is taken: what was there, is bought, made, and comes of what is taken apart; shipments take."""
    moves = [(it.at_us, 0, it.material, it.quantity) for it in plan.arrivals]
    for lot, its in by_lot.items():
        routing, definition = plant.layout.routings[its[0].material], plant.materials.materials[its[0].material]
        for it in its:
            if it.operation == next(iter(routing)) and not it.is_running and not lot.endswith(rework_lot("")):
                bill = unit_bill(plant.materials.materials, its[0].material)
                moves += [(it.start_us, 1, name, -needed(each, it.quantity)) for name, each in bill.items()]
            if it.operation == gives_off_at(plant, its[0].material):
                off = [(line.material, line.quantity * it.quantity // definition.bill_for) for line in definition.by_products]
                moves += [(it.end_us, 0, name, quantity) for name, quantity in off]
        last = max(its, key=lambda it: list(routing).index(it.operation))
        left_out = list(routing)[list(routing).index(last.operation) + 1 :]
        if all(_may_be_passed(routing[name]) for name in left_out) and not (left_out and rework_lot(lot) in by_lot):
            moves.append((last.end_us, 0, last.material, last.quantity))
    moves += [(it.ships_us, 1, it.material, -it.quantity) for it in plan.orders if it.ships_us is not None]
    left, found = dict(on_hand), []
    for at_us, _, material, quantity in sorted(moves):
        left[material] = left.get(material, 0) + quantity
        if left[material] < 0:
            found.append(f"{-left[material]} {material} too little at {at_us}")
    return found
