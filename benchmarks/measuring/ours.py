"""Our two engines on a declared plant, by rule; the compiled one keeps everything that the plant says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring.plants import Case
from tests.theory.models import MIN_US
from twin.kernels.floor.rows import log_rows as said
from twin.model.events import CountObserved
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.flow.figures import FlowFigures
from twin.simulation.compiled_plant.flow.in_turn import flow_figures, followed_figures
from twin.simulation.simpy_plant import SimulatedPlant

Rows = NDArray[np.int64]


class Compiled:
    """The compiled plant, run after run; the memory of one page of events serves the next."""

    def __init__(self, case: Callable[[int], Case], conwip_lots: int | None = None) -> None:
        self._case, self._conwip_lots = case, conwip_lots
        self._memory: Rows | None = None

    def play(self, size: int) -> Rows:
        source = CompiledPlant(*self._case(size), 1, control="rule", conwip_lots=self._conwip_lots)
        rows = source.run_on(self._memory)
        self._memory = source.state.log
        return rows


class FiguresAlone:
    """The compiled plant, asked for its figures alone: reckoned lot by lot where lots take their turn, else followed event by event."""

    def __init__(self, case: Callable[[int], Case], conwip_lots: int | None = None) -> None:
        self._case, self._conwip_lots = case, conwip_lots

    def source(self, size: int) -> CompiledPlant:
        return CompiledPlant(*self._case(size), 1, control="rule", conwip_lots=self._conwip_lots)

    def reckon(self, size: int) -> FlowFigures:
        figures = flow_figures(self.source(size))
        assert not figures.why_by_events
        return figures

    def follow(self, size: int) -> FlowFigures:
        """Event by event all the same, to see what that takes."""
        return followed_figures(self.source(size), "")


def stay_min(figures: FlowFigures) -> float:
    return figures.mean_stay_us / MIN_US


def readable(case: Callable[[int], Case], size: int) -> float:
    """The readable plant; minutes until the last piece was counted."""
    source, last_us = SimulatedPlant(*case(size), 1, control="rule"), 0
    start_us = source.now_us
    while (facts := source.advance()) is not None:
        last_us = max([last_us, *(fact.effective_us for fact in facts if type(fact) is CountObserved)])
    return (last_us - start_us) / MIN_US


def kinds(rows: Rows) -> Rows:
    found: Rows = rows[:, said.EVENT_WHAT] % said.PLACES
    return found


def last_count_min(rows: Rows) -> float:
    """Minutes until the last piece was counted."""
    counted = rows[kinds(rows) == said.TELLS_COUNT, said.EVENT_US]
    return float(counted.max() - rows[0, said.EVENT_US]) / MIN_US if counted.size else 0.0


def mean_stay_min(rows: Rows) -> float:
    """Minutes from order to count, where all have one operation and nobody overtakes."""
    what = kinds(rows)
    came, left = rows[what == said.TELLS_ORDER, said.EVENT_US], rows[what == said.TELLS_COUNT, said.EVENT_US]
    return float((left - came[: left.size]).mean()) / MIN_US if left.size else 0.0


def job_pace(rows: Rows) -> float:
    """Operations a minute, over all work units."""
    return float((kinds(rows) == said.TELLS_COUNT).sum()) / max(last_count_min(rows), 1.0)
