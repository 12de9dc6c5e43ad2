"""The states of persons, tools and gauges as a table, and summed up for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.tools import pieces_of
from twin.results.drill.now import window_of
from twin.results.frames import from_rows
from twin.results.resources.person_states import PERSON_STATES, person_states
from twin.results.resources.tiling import ResourceState
from twin.results.resources.tool_states import GAUGE_STATES, TOOL_STATES, gauge_states, tool_states
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("kind", "resource", "state", "at", "job_order", "why", "start", "end", "duration_h")
_KINDS: dict[str, Callable[[Run, int, int], Iterator[ResourceState]]] = {
    "person": person_states,
    "tool": tool_states,
    "gauge": gauge_states,
}
KINDS = tuple(_KINDS)
NEWEST = 12
"""So many states of one resource a page shows."""
STATES = {"person": PERSON_STATES, "tool": TOOL_STATES, "gauge": GAUGE_STATES}


def names_of(plant: Plant, kind: str) -> list[str]:
    """The resources of a kind that a plant declares."""
    layout = plant.layout
    tools = [name for tool, it in layout.tools.items() for name in pieces_of(tool, it)]
    return list({"person": layout.persons, "tool": tools, "gauge": layout.calibrations}[kind])


def resource_states(run: Run, kind: str, from_us: int, to_us: int) -> list[ResourceState]:
    """The states of all of a kind in [from_us, to_us), one resource after the other; of each they tile it.

    Raises
    ------
    ValueError : no such kind
    """
    if kind not in _KINDS:
        raise ValueError(f"there are no states of '{kind}'{did_you_mean(kind, KINDS)}; allowed: {listed(KINDS)}")
    to_us = min(to_us, run.now_us)
    return list(_KINDS[kind](run, from_us, to_us)) if from_us < to_us else []


def resource_states_table(run: Run, kind: str, from_us: int, to_us: int) -> pd.DataFrame:
    """The same as a table; hours."""
    rows = [
        {
            "kind": it.kind, "resource": it.resource, "state": it.standing.state, "at": it.standing.at, "job_order": it.standing.job_order,
            "why": it.standing.why, "start": it.start_us, "end": it.end_us, "duration_h": (it.end_us - it.start_us) / US_PER_H,
        }
        for it in resource_states(run, kind, from_us, to_us)
    ]  # fmt: skip
    return from_rows(rows, COLUMNS, ("start", "end"))


def time_by_state(run: Run, kind: str, from_us: int, to_us: int) -> dict[str, Counter[str]]:
    """Microseconds of each resource of a kind by its state."""
    found: dict[str, Counter[str]] = {}
    for it in resource_states(run, kind, from_us, to_us):
        found.setdefault(it.resource, Counter())[it.standing.state] += it.end_us - it.start_us
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesThen:
    """What a page shows of one window: the time of each resource of a kind by state, and the newest states of one of them."""

    times: dict[str, Counter[str]]
    newest: list[ResourceState]


def resources_then(kind: str, name: str, window: str) -> Callable[[Run], ResourcesThen]:
    """What looks at the resources of a kind in a window; `name`: of which the newest states are wanted."""

    def look(run: Run) -> ResourcesThen:
        from_us, to_us = window_of(run, window)
        newest = [it for it in resource_states(run, kind, from_us, to_us) if it.resource == name]
        return ResourcesThen(times=time_by_state(run, kind, from_us, to_us), newest=newest[: -NEWEST - 1 : -1])

    look.__qualname__ = f"{kind} {name} in {window}"
    return look
