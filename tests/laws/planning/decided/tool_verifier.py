"""Whether a schedule keeps to tools and to windows of maintenance, found from the plant's files and the schedule alone: a second way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.model.plant import Plant
from twin.model.readiness.tools import pieces_of
from twin.study.scheduling.schedule import Operation, Schedule


def misused(plan: Schedule, plant: Plant) -> list[str]:
    """What is wrong, in words."""
    return [*_without(plan, plant), *_twice(plan), *_worn(plan, plant), *_windows(plan)]


def _kinds(it: Operation, plant: Plant) -> list[str]:
    center = plant.layout.process_segments[plant.layout.routings[it.material][it.operation].segment].work_center
    return [kind for kind, tool in plant.layout.tools.items() if tool.covers(it.material, it.operation, center)]


def _without(plan: Schedule, plant: Plant) -> Iterator[str]:
    """Every operation has one tool of each kind that it needs, and no other."""
    for it in plan.operations:
        kinds = [tool.rpartition(".")[0] for tool in it.tools]
        if sorted(kinds) != sorted(_kinds(it, plant)):
            yield f"{it.job_order} needs {_kinds(it, plant)} and has {it.tools}"
        if unknown := [tool for tool in it.tools if tool not in pieces_of(kind := tool.rpartition(".")[0], plant.layout.tools[kind])]:
            yield f"{it.job_order} has {unknown}, which there are not"


def _twice(plan: Schedule) -> Iterator[str]:
    """No tool is on two units at a time."""
    for tool in dict.fromkeys(tool for it in plan.operations for tool in it.tools):
        its = sorted((it for it in plan.operations if tool in it.tools), key=lambda it: (it.start_us, it.equipment))
        for one, other in pairwise(its):
            if other.start_us < one.end_us and other.equipment != one.equipment:
                yield f"{tool} is on {one.equipment} and on {other.equipment} at {other.start_us}"


def _worn(plan: Schedule, plant: Plant) -> Iterator[str]:
    """Nothing begins with a tool that has made as many pieces as it lives, of those that the schedule has."""
    for kind, declared in plant.layout.tools.items():
        for tool in pieces_of(kind, declared) if declared.life is not None else ():
            its = sorted((it for it in plan.operations if tool in it.tools), key=lambda it: it.start_us)
            for it in its:
                made = sum(one.quantity for one in its if one.end_us <= it.start_us and one is not it)
                if made >= (declared.life or 0) and f"tool {tool} " not in " ".join(plan.supposed):
                    yield f"{it.job_order} begins with {tool}, which has made {made}"


def _windows(plan: Schedule) -> Iterator[str]:
    for window in plan.windows:
        for it in plan.operations:
            if it.equipment == window.equipment and not it.is_running and window.start_us <= it.start_us < window.end_us:
                yield f"{it.job_order} begins on {it.equipment} while it is kept free for {window.maintenance}"
