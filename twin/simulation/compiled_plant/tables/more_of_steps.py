"""Which lots operations are done to by count, and how long lots may wait for them, laid out as rows (`rows/step_rows.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.simulation.shop_floor.routing import Step, Steps

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut

Key = tuple[str, str]


def lay_more_of_steps(laying: LayingOut, steps: Steps, step_at: Mapping[Key, int]) -> None:
    """Another row for each step; lots get two fields for each limit of their routing, behind those that they have."""
    plant, size = laying.plant, laying.plant[at.LOT_SIZE]
    fields: dict[Key, int] = {}
    taken: dict[str, int] = {}
    for (material, operation), step in steps.items():
        if step.limit:
            fields[material, operation] = taken.get(material, size)
            taken[material] = fields[material, operation] + 2
    plant[at.LOT_SIZE] = max([size, *taken.values()])
    plant[more.LATE_FIRST] = -1
    came_at = {key: len(plant) + n for n, key in enumerate(key for key, step in steps.items() if step.sample_every)}
    plant += [0] * len(came_at)
    rows: list[int] = []
    for key, step in steps.items():
        counts = [fields[step.material, limited] for limited in step.limits_from]
        row = {
            more.LIMITS_AT: laying.in_plan(counts), more.LIMIT_COUNT: len(counts), more.SAMPLE_EVERY: step.sample_every,
            more.CAME_AT: came_at.get(key, 0), more.BEGINS_HERE: int(step.begins_here), **_limit_of(step, fields.get(key, 0), step_at),
        }  # fmt: skip
        rows += [row.get(field, 0) for field in range(more.MORE_STEP_ROW)]
    laying.plan[more.MORE_STEPS_AT] = laying.in_plan(rows)


def _limit_of(step: Step, field: int, step_at: Mapping[Key, int]) -> dict[int, int]:
    limit = step.limit
    if limit is None:
        return {}
    return {
        more.LIMIT_US: limit.within, more.WAITS_SINCE: field, more.BACK_COUNT: field + 1, more.BACK_MOST: limit.reworks,
        more.CONSEQUENCE: more.CONSEQUENCES.index(limit.then), more.BACK_TO: step_at.get((step.material, limit.rework_to or ""), -1),
    }  # fmt: skip
