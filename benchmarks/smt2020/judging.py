"""What became of the lots, read from the rows that the compiled plant logs, and how far that is from the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.words import Words

DAY_US = 86_400_000_000.0
CYCLE_BOUND, ON_TIME_BOUND = 0.05, 5.0


@dataclass(slots=True)
class Outcome:
    """Lots of one stream that were released and finished in the run."""

    cycle_days: list[float] = field(default_factory=list)
    on_time: list[bool] = field(default_factory=list)


class Lots:
    """Keeps when lots were asked for and when they were finished, of every slice of the log, and forgets the rest."""

    def __init__(self, plant: Plant, scenario: Scenario, words: Words) -> None:
        self._streams, self._words = scenario.demand.streams, words
        steps = [(material, operation) for material, routing in plant.layout.routings.items() for operation in routing]
        last = {(material, list(routing)[-1]) for material, routing in plant.layout.routings.items()}
        self._is_last = np.array([step in last for step in steps])
        self._asked: dict[str, int] = {}
        self._done: list[NDArray[np.int64]] = []
        self.rows = self.steps_done = 0

    def read(self, rows: NDArray[np.int64]) -> None:
        """A slice of the log, int64[n, EVENT_ROW]."""
        self.rows += len(rows)
        kind = rows[:, said.EVENT_WHAT] % said.PLACES
        for row in rows[kind == said.TELLS_ORDER].tolist():
            self._asked[self._words.order_of(row[said.EVENT_B], row[said.EVENT_C])] = row[said.EVENT_US]
        counts = rows[kind == said.TELLS_COUNT]
        self.steps_done += len(counts)
        is_last = self._is_last[counts[:, said.EVENT_C] % said.STEPS_IN_A_LABEL] & (counts[:, said.EVENT_A] > 0)
        self._done.append(counts[is_last][:, [said.EVENT_C, said.EVENT_US]])

    def outcomes(self) -> dict[str, Outcome]:
        """By stream. A lot that rework has renamed counts for its order."""
        outcomes = {name: Outcome() for name in self._streams}
        for stream, order, done_us in self._finished():
            asked_us = self._asked[order]
            outcomes[stream].cycle_days.append((done_us - asked_us) / DAY_US)
            outcomes[stream].on_time.append(done_us <= asked_us + self._streams[stream].promise)
        return outcomes

    def _finished(self) -> Iterator[tuple[str, str, int]]:
        for label, done_us in np.concatenate(self._done).tolist():
            order = self._words.lot_of(label // said.STEPS_IN_A_LABEL).rsplit("-", 1)[0]
            stream = order.rpartition("-")[0]
            if stream in self._streams:
                yield stream, order, done_us


Figures = dict[str, dict[str, float]]
"""By stream what is published of it: lots (th), their mean cycle time in days (act), how many per cent of them were on time (on_time)."""


def figures(outcomes: dict[str, Outcome]) -> Figures:
    """Of every stream of which a lot was finished."""
    return {
        name: {"th": len(it.cycle_days), "act": round(fmean(it.cycle_days), 3), "on_time": round(100 * fmean(it.on_time), 2)}
        for name, it in outcomes.items()
        if it.cycle_days
    }


def mean_of(runs: Sequence[Figures]) -> Figures:
    """Of runs with other seeds, each counting alike, as the published figures are means of runs."""
    common = [name for name in runs[0] if all(name in run for run in runs)]
    return {name: {key: round(fmean(run[name][key] for run in runs), 3) for key in runs[0][name]} for name in common}


def comparison(found: Figures, reference: Figures) -> list[str]:
    """A line for each kind of lots: ours, the reference, and whether that is within bounds."""
    lines = [f"{'lots':15} {'done':>7} {'ref':>7}   {'days':>6} {'ref':>6} {'off':>6}   {'on time':>7} {'ref':>6}"]
    for name, ours in found.items():
        days, on_time = ours["act"], ours["on_time"]
        line = f"{name:15} {ours['th']:7.0f} "
        theirs = reference.get(name)
        if theirs is None:
            lines.append(f"{line} {'-':>6}   {days:6.2f} {'-':>6} {'-':>6}   {on_time:7.2f} {'-':>6}")
            continue
        off = days / theirs["act"] - 1
        is_within = abs(off) <= CYCLE_BOUND and abs(on_time - theirs["on_time"]) <= ON_TIME_BOUND
        share = f"{on_time:7.2f} {theirs['on_time']:6.2f}"
        words = "within" if is_within else f"OUT of 5 % or {ON_TIME_BOUND:g} points"
        lines.append(f"{line}{theirs['th']:7.0f}   {days:6.2f} {theirs['act']:6.2f} {100 * off:+5.1f}%   {share}  {words}")
    return lines
