"""When equipment was in maintenance by persons, laid over the states that it has reported.

A machine that is greased may say Idle, Stopped, Held or nothing at all. So its states stay as it has told them, late ones included, and
tile time as before; who reads them gets them cut where maintenance began and ended, each piece with what kind of maintenance that was.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin.model.plant import Plant

if TYPE_CHECKING:
    from twin.mes.equipment import StateInterval

PLANNED_DOWN, CORRECTIVE_DOWN = "planned", "corrective"
"""What `StateInterval.maintenance` says: it lessens planned busy time, or it is a failure that is being repaired."""
FOREVER_US = 2**62


@dataclass(slots=True, kw_only=True)
class OutOfUse:
    """A piece of equipment was in maintenance from `from_us` up to `until_us`, which is far away while nobody has said that it is done."""

    maintenance: str
    is_planned: bool
    reason: str
    from_us: int
    until_us: int = FOREVER_US


def pieces(interval: StateInterval, spans: Iterable[OutOfUse]) -> list[StateInterval]:
    """A state interval, cut where maintenance began or ended in it; what was planned goes before what was not."""
    near = [it for it in spans if it.from_us < interval.end_us and interval.start_us < it.until_us]
    if not near:
        return [interval]
    inside = (at for it in near for at in (it.from_us, it.until_us) if interval.start_us < at < interval.end_us)
    bounds = sorted({interval.start_us, *inside, interval.end_us})
    return [_piece(interval, start, end, near) for start, end in itertools.pairwise(bounds)]


def _piece(whole: StateInterval, start: int, end: int, near: Sequence[OutOfUse]) -> StateInterval:
    there = sorted((it for it in near if it.from_us <= start and end <= it.until_us), key=lambda it: not it.is_planned)
    over = there[0] if there else None
    ends_wh = [whole.energy_wh * (at - whole.start_us) // whole.duration_us for at in (start, end)]
    return replace(
        whole, start_us=start, end_us=end, energy_wh=ends_wh[1] - ends_wh[0], told_us=whole.start_us,
        reason=(over.reason if over.is_planned else whole.reason or over.reason) if over else whole.reason,
        maintenance=whole.maintenance or ("" if over is None else PLANNED_DOWN if over.is_planned else CORRECTIVE_DOWN),
    )  # fmt: skip


def together(plant: Plant) -> dict[str, tuple[str, ...]]:
    """What does not work while a piece of equipment is in maintenance: a line not without its station, no station without its line."""
    lines = plant.layout.production_lines
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in plant.equipment}
    for line_id, line in lines.items():
        found[line_id] = (line_id, *line.stations)
        found |= {station: (station, line_id) for station in line.stations}
    return found
