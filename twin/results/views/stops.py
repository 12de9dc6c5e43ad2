"""What stood still, why, how often and at what cost: one row for each piece of equipment and reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from twin.mes.performance.losses import STANDING
from twin.mes.performance.performance import Downtime
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.results.run import Run

RECENT_US = 7 * 24 * US_PER_H


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Planned time in which a piece of equipment stood for one reason; `count` and `longest_us` are of whole stretches."""

    equipment: str
    loss: str  # "failure", "waiting" or "stopped"
    reason: str
    count: int
    duration_us: int
    longest_us: int
    cost_minor: float  # of the machine's hours

    @property
    def minutes(self) -> float:
        """The same in minutes."""
        return self.duration_us / 60_000_000


def stops(run: Run, from_us: int | None = None, to_us: int | None = None) -> list[Stop]:
    """Every stop of the window, the dearest first, then the longest; the whole run if nothing else is said."""
    start_us, end_us = run.scenario.start_us if from_us is None else from_us, run.now_us if to_us is None else to_us
    cost = hourly_costs(run.plant)
    lengths_us = _stretches(run.mes.performance.downtimes(start_us, end_us, run.mes.now_us))
    found = [
        Stop(
            equipment=it.equipment, loss=it.loss, reason=it.reason, count=len(lengths_us[it.equipment, it.reason]),
            duration_us=it.duration_us, longest_us=max(lengths_us[it.equipment, it.reason], default=0),
            cost_minor=it.duration_us / US_PER_H * cost[it.equipment],
        )
        for it in run.mes.performance.losses(start_us, end_us, run.mes.now_us)
        if it.loss in STANDING
    ]  # fmt: skip
    return sorted(found, key=lambda it: (-it.cost_minor, -it.duration_us, it.equipment, it.reason))


def recent_stops(run: Run) -> list[Stop]:
    """The stops of the last seven days: a page that follows a plant for months looks no further back."""
    return stops(run, max(run.scenario.start_us, run.now_us - RECENT_US))


def hourly_costs(plant: Plant) -> defaultdict[str, int]:
    """What an hour of each piece of equipment costs, minor units; a station's stands with its line."""
    layout = plant.layout
    found: defaultdict[str, int] = defaultdict(int)
    found |= {name: unit.hourly_cost for name, unit in layout.work_units.items()}
    found |= {name: line.hourly_cost for name, line in layout.production_lines.items()}
    return found


def _stretches(downtimes: list[Downtime]) -> defaultdict[tuple[str, str], list[int]]:
    """Lengths of the stops of each piece of equipment by reason, us: intervals that meet, for one reason, are one stop."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    last: Downtime | None = None
    for it in downtimes:
        lengths_us = found[it.equipment, it.reason]
        if last is not None and (last.equipment, last.reason, last.end_us) == (it.equipment, it.reason, it.start_us):
            lengths_us[-1] += it.end_us - it.start_us
        else:
            lengths_us.append(it.end_us - it.start_us)
        last = it
    return found
