"""The operations of all routings, laid out as rows: what is done, by which equipment, and where lots go from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.model.measures import Constant
from twin.simulation.compiled_plant.layout import signed
from twin.simulation.compiled_plant.tables.more_of_steps import lay_more_of_steps
from twin.simulation.compiled_plant.tables.units_of_steps import fields_of_saved_units, of_its_units
from twin.simulation.shop_floor.routing import Step, Steps

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut

AT_ONCE = Constant(value=0)

StepAddresses = dict[tuple[str, str], int]
"""By material and operation."""


def lay_steps(
    laying: LayingOut, steps: Steps, places: Mapping[str, int], storages: Mapping[str, int], families: Mapping[str | None, int]
) -> StepAddresses:
    """Rows of all steps; `places` of equipment, addresses of `storages`, numbers of set-up `families`."""
    plan, layout = laying.plan, laying.declared.layout
    words = max(1, -(-len(places) // 64))
    size = at.STEP_EQUIPMENT + words
    first = laying.in_plan([0] * (size * len(steps)))
    step_at = {key: first + n * size for n, key in enumerate(steps)}
    plan[at.STEPS_AT], plan[at.STEP_COUNT], plan[at.STEP_WORDS] = first, len(step_at), words
    plan[at.MOST_ALTERNATIVES] = max((way.preference for step in steps.values() for way in step.others.values()), default=0)
    saved_at = fields_of_saved_units(steps)
    laying.plant[at.LOT_SIZE] = max([more.LOT_ROW, *(field + 1 for field in saved_at.values())])
    lay_more_of_steps(laying, steps, step_at)
    classes = {name: n for n, name in enumerate(layout.personnel_classes)}
    centers = {name: n for n, name in enumerate(layout.work_centers)}
    for n, ((material, operation), step) in enumerate(steps.items()):
        ways_at, way_count = _lay_ways(laying, step, places, words)
        fields = {
            at.STEP_MATERIAL: laying.materials[material], at.STEP_CENTER: centers[step.work_center],
            at.STEP_STORAGE: storages[step.storage], at.STEP_DISTRIBUTION: laying.distribution(step.run),
            at.IS_PER_PIECE: int(step.is_per_piece), at.STEP_FAMILY: families[step.setup_family],
            at.STEP_SETUP_STAFFED: int(step.is_setup_staffed), at.STEP_RUN_STAFFED: int(step.is_run_staffed),
            at.TRANSPORT_DISTRIBUTION: -1 if step.transport == AT_ONCE else laying.distribution(step.transport),
            at.REWORK_TO: step_at.get((material, step.rework_to or ""), -1), **of_its_units(step, saved_at),
            at.NEXT_STEP: step_at.get((material, step.next_operation or ""), -1), at.STEP_NAME: laying.text(f"/{operation}"),
            at.STEP_NUMBER: n, at.STEP_NUMBERS: len(laying.numbers), at.STEP_CLASS: classes.get(step.personnel_class or "", -1),
            at.STEPS_AFTER: _operations_after(step, steps), at.WAYS_AT: ways_at, at.WAY_COUNT: way_count,
            **{at.STEP_EQUIPMENT + word: bits for word, bits in enumerate(_set_of(step.equipment, places, words))},
        }  # fmt: skip
        for field, value in fields.items():
            plan[step_at[material, operation] + field] = value
        laying.numbers += [step.piece_us, step.lot_us, step.later_piece_us, step.later_lot_us, step.scrap, step.rework, step.sample]
    return step_at


def _set_of(equipment: Iterable[str], places: Mapping[str, int], words: int) -> list[int]:
    """A set of equipment, a bit for each place."""
    bits = sum(1 << places[name] for name in equipment)
    return [signed(bits >> 64 * word & 2**64 - 1) for word in range(words)]


def _lay_ways(laying: LayingOut, step: Step, places: Mapping[str, int], words: int) -> tuple[int, int]:
    """The alternatives of a step: where they are, and how many. One that no equipment is left for has an empty set."""
    rows: list[int] = []
    count = max((way.preference for way in step.others.values()), default=0)
    for n in range(1, count + 1):
        equipment = [name for name, way in step.others.items() if way.preference == n]
        distribution = numbers_at = 0
        if equipment:
            way = step.others[equipment[0]]
            distribution, numbers_at = laying.distribution(way.run), len(laying.numbers)
            laying.numbers += [way.piece_us, way.lot_us]
        rows += [distribution, numbers_at, *_set_of(equipment, places, words)]
    return laying.in_plan(rows), count


def _operations_after(step: Step, steps: Steps) -> int:
    count = 0
    while step.next_operation:
        step, count = steps[step.material, step.next_operation], count + 1
    return count
