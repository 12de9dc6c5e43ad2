"""Figures of a run: reckoned lot by lot where no lot can overtake another, else followed event by event. Either way the same figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kernels.compiling import address_of
from twin.kernels.dispatch import FIFO
from twin.kernels.floor.figures.following import follow_at, learn_at
from twin.kernels.floor.figures.reckoning import reckon_at
from twin.kernels.floor.lean import is_lean
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows import plant_rows as at
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.flow.figures import EquipmentFlow, FlowFigures, figures_of
from twin.simulation.compiled_plant.flow.followed import Followed
from twin.simulation.engines import COMPILED, get_ready

Ints = NDArray[np.int64]

_MOST_KEPT = 1 << 20
"""So many starts are kept of one storage, and departures of a limit of lots, at most."""


def flow_figures(source: CompiledPlant) -> FlowFigures:
    """Let a plant that has not begun run to its end, for its figures alone. It decides by rule for lots alone (control "rule").

    Where they could be reckoned the plant stands where it stood.
    """
    assert source.state.plant[at.IS_BY_RULE]
    assert not source.state.plant[at.DECIDES_LEVEL_4]
    assert source.now_us == source.state.plant[at.START]
    why = why_not_in_turn(source)
    if not why:
        get_ready(COMPILED, [reckon_at])
        turn = _lay_turn(source)
        status = reckon_at(*map(address_of, (source.state.plant, source.state.plan, source.state.numbers, turn)))
        if status == of.RECKONED:
            return _figures(source, turn)
        why = "some work takes no time" if status == of.NO_TIME else f"more than {of.MOST_AT_ONCE} orders come at one instant"
    return followed_figures(source, why)


def followed_figures(source: CompiledPlant, why_by_events: str) -> FlowFigures:
    """The same, event by event: what any plant that has not begun, and decides by rule for lots alone, can be asked for."""
    from_us, followed = source.now_us, Followed(source)
    get_ready(COMPILED, [source.state.kernel, follow_at, learn_at])
    source.run_through(followed.events, followed.names)
    return followed.figures(from_us, source.end_us, source.deadlock(), why_by_events)


def why_not_in_turn(source: CompiledPlant) -> str:
    """What lets lots of this plant overtake each other, or stands in their way besides work units and storages; "": nothing does."""
    state = source.state
    plant, plan = state.plant, state.plan
    if not is_lean(plant, plan, state.numbers):
        return "there is more than work units that take one lot at a time, queues and storages"
    if plan[at.LINE_COUNT] + plant[at.STREAM_COUNT] != 1 or (plan[at.LINE_COUNT] and _order_row(source)[asked.ORDER_AT] < 0):
        return "lots come of more than one order or stream of orders, or were found at the start"
    if plant[at.IS_OFFSET]:
        return "orders are released by their due date"
    if _MOST_KEPT < plant[at.LOT_LIMIT] < at.FOREVER:
        return f"more than {_MOST_KEPT} lots may be in the plant"
    steps = _steps(source)
    if not steps:
        return "what is ordered has no routing"
    centers = [int(plant[at.CENTERS_AT]) + int(plan[step + at.STEP_CENTER]) * at.CENTER_ROW for step in steps]
    if len(set(centers)) < len(centers):
        return "lots come back to a work center"
    if any(plant[center + at.RULE] != FIFO for center in centers):
        return "a work center does not go by first in, first out"
    if any(not _has_one_that_can(source, *pair) for pair in zip(steps, centers, strict=True)):
        return "a work center has another number of work units than one that can do the operation"
    limited = [storage for storage in (int(plan[step + at.STEP_STORAGE]) for step in steps[1:]) if plant[storage] >= 0]
    if len(set(limited)) < len(limited):
        return "work centers share a storage of limited room"
    return f"a storage has more than {_MOST_KEPT} places" if any(plant[it] > _MOST_KEPT for it in limited) else ""


def _order_row(source: CompiledPlant) -> Ints:
    """The one known order, or the one stream of orders."""
    plant, plan = source.state.plant, source.state.plan
    area, first = (plan, plan[at.LINES_AT]) if plan[at.LINE_COUNT] else (plant, plant[at.STREAMS_AT])
    return area[first : first + asked.LINE_ROW]


def _steps(source: CompiledPlant) -> list[int]:
    """The operations of what is ordered: their addresses, in order."""
    plan, steps = source.state.plan, list[int]()
    step = int(plan[_definition(source) + asked.MATERIAL_STEP])
    while step >= 0:
        steps.append(step)
        step = int(plan[step + at.NEXT_STEP])
    return steps


def _definition(source: CompiledPlant) -> int:
    return int(source.state.plan[at.DEFINITIONS_AT] + _order_row(source)[asked.ORDER_MATERIAL] * asked.MATERIAL_ROW)


def _has_one_that_can(source: CompiledPlant, step: int, center: int) -> bool:
    plant, plan = source.state.plant, source.state.plan
    if plant[center + at.CENTER_EQUIPMENT_COUNT] != 1:
        return False
    place = int(plant[_unit(source, center) + at.PLACE])
    return bool(int(plan[step + at.STEP_EQUIPMENT + (place >> 6)]) >> (place & 63) & 1)


def _unit(source: CompiledPlant, center: int) -> int:
    """The address of the one work unit of a work center."""
    return int(source.state.plan[source.state.plant[center + at.CENTER_EQUIPMENT_AT]])


def _units(source: CompiledPlant) -> list[int]:
    """The addresses of the work units that do the operations, in order."""
    plant, plan = source.state.plant, source.state.plan
    return [_unit(source, int(plant[at.CENTERS_AT]) + int(plan[step + at.STEP_CENTER]) * at.CENTER_ROW) for step in _steps(source)]


def _lay_turn(source: CompiledPlant) -> Ints:
    """The array that is filled by `reckon_at`."""
    plant, plan, steps = source.state.plant, source.state.plan, _steps(source)
    storages = [int(plant[plan[step + at.STEP_STORAGE] + at.STORAGE_CAPACITY]) for step in steps]
    places = [0, *(max(0, capacity) for capacity in storages[1:])]
    limit = int(plant[at.LOT_LIMIT]) if plant[at.LOT_LIMIT] < at.FOREVER else 0
    sizes = {
        of.STAGES_AT: of.STAGE_ROW * len(steps), of.LIMIT_AT: limit, of.GROUP_AT: of.MOST_AT_ONCE, of.INTERVALS_AT: of.BLOCK,
        of.CAME_AT: of.BLOCK, of.PIECES_AT: of.BLOCK, of.ENTITIES_AT: of.BLOCK, of.RUNS_AT: of.BLOCK * len(steps), of.STAYS_AT: of.BUCKETS,
    }  # fmt: skip
    header, size = np.zeros(of.TURN_HEADER, dtype=np.int64), of.TURN_HEADER
    for where, count in sizes.items():
        header[where] = size
        size += count
    starts_at = [size + sum(places[:n]) for n in range(len(places))]
    turn: Ints = np.zeros(size + sum(places), dtype=np.int64)
    turn[: of.TURN_HEADER] = header
    turn[of.STREAM] = -1 if plan[at.LINE_COUNT] else plant[at.STREAMS_AT]
    turn[of.MATERIAL], turn[of.LOTS_LIMIT], turn[of.STAGE_COUNT] = _definition(source), limit, len(steps)
    turn[of.PARTS] = 1
    if plan[at.LINE_COUNT]:
        turn[of.NEXT_US] = min(plant[at.START] + _order_row(source)[asked.ORDER_AT], plant[at.END])
    for n, unit in enumerate(_units(source)):
        row = int(turn[of.STAGES_AT]) + n * of.STAGE_ROW
        turn[row + of.STAGE_STEP], turn[row + of.PLACES], turn[row + of.STARTS_AT] = steps[n], places[n], starts_at[n]
        turn[row + of.HANDLING] = plant[unit + at.HANDLING_US]
    return turn


def _figures(source: CompiledPlant, turn: Ints) -> FlowFigures:
    span_us, first = source.end_us - source.now_us, int(turn[of.STAGES_AT])
    stages = {unit: turn[first + n * of.STAGE_ROW : first + (n + 1) * of.STAGE_ROW] for n, unit in enumerate(_units(source))}
    idle = np.zeros(of.STAGE_ROW, dtype=np.int64)
    equipment = {name: _of_stage(stages.get(unit, idle), span_us) for name, unit in source.layout.equipment.items()}
    return figures_of(turn, source.now_us, source.end_us, equipment)


def _of_stage(stage: Ints, span_us: int) -> EquipmentFlow:
    worked_us, blocked_us = int(stage[of.WORKED_US]), int(stage[of.BLOCKED_US])
    idle_us = span_us - worked_us - blocked_us
    times_us = {("IDLE", ""): idle_us, ("SUSPENDED", "blocked"): blocked_us, ("EXECUTE", ""): worked_us}
    return EquipmentFlow(good=int(stage[of.STAGE_GOOD]), scrap=0, rework=0, times_us={what: us for what, us in times_us.items() if us})
