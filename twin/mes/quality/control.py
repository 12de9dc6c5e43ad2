"""Control charts: a point for each sample; limits stand once phase I is over; rules look at the newest points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from twin.kernels.quality import charts
from twin.kernels.quality.charts import Limits, Process
from twin.kernels.quality.rules import signals
from twin.model.floor.quality_plan import ControlChart, RuleSet

LOOK_BACK = 16
"""Points that the longest rule needs, and one more."""
_ZONES = ("beyond_3_sigma", "two_of_three_beyond_2_sigma", "four_of_five_beyond_1_sigma")
RULES_OF: dict[RuleSet, tuple[str, ...]] = {
    "limits": (),
    "western_electric": (*_ZONES[1:], "eight_on_one_side"),
    "nelson": (
        *_ZONES[1:], "nine_on_one_side", "six_in_a_trend", "fourteen_alternating", "fifteen_within_1_sigma", "eight_beyond_1_sigma",
    ),
}  # fmt: skip
"""What is looked for besides a point beyond the limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One point before it is drawn: the values of a sample, or how many of `size` were found."""

    at_us: int
    lot: str
    values: tuple[float, ...]
    size: int

    @property
    def mean(self) -> float:
        return charts.mean_of(np.array(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a chart shows: one entry a point. `spread`: range, standard deviation or moving range; the sum below for a CUSUM."""

    value: np.ndarray
    limits: Limits
    spread: np.ndarray | None = None
    spread_limits: Limits | None = None


class Memory(NamedTuple):
    """What an EWMA or a CUSUM knows of its first `points`: the weighted mean, or the sums above and below."""

    points: int
    above: float
    below: float


NOTHING = Memory(0, 0.0, 0.0)


class Judged(NamedTuple):
    """What a correction has changed: points by their place, and the rules by which they give a signal now, or gave one before."""

    raised: dict[int, tuple[str, ...]]
    fallen: dict[int, tuple[str, ...]]


class Chart:
    """One control chart of one characteristic."""

    def __init__(self, declared: ControlChart, size: int) -> None:
        self.declared, self.size = declared, size
        self.samples: list[Sample] = []
        self.signals: dict[int, tuple[str, ...]] = {}  # by place of the point
        self.process: Process | None = None
        self.frozen_after = 0  # points of phase I; 0: the limits were known
        self.was_proposed = False
        self._memory = NOTHING  # of the points that were looked at, so that each is looked at once
        if declared.mean is not None:
            self.process = Process(declared.mean, float("nan") if declared.sigma is None else declared.sigma)

    @property
    def _remembers(self) -> bool:
        """Whether a point depends on all that were before it."""
        return self.declared.kind in ("ewma", "cusum")

    @property
    def counts(self) -> bool:
        """Whether it shows what is counted: its sigma follows from the mean."""
        return self.declared.kind in ("p", "np", "c", "u")

    def add(self, sample: Sample) -> tuple[str, ...]:
        """Take a sample in; the rules by which it gives a signal."""
        self.samples.append(sample)
        found = self._look(len(self.samples) - 1) if self.process else ()
        if found:
            self.signals[len(self.samples) - 1] = found
        return found

    def correct(self, lot: str, newer: int, at: int, value: float) -> Judged:
        """A value was written down wrong: of the point of a lot after which `newer` of it came, the value at place `at` of its sample.

        Each point that may give another signal by that is looked at again; limits that stand are not found anew.
        """
        of_lot = [place for place, it in enumerate(self.samples) if it.lot == lot]
        place = of_lot[-1 - newer]
        it = self.samples[place]
        self.samples[place] = replace(it, values=(*it.values[:at], value, *it.values[at + 1 :]))
        self._memory = NOTHING  # it was of the value that was wrong
        return self._judge_again(place) if self.process else Judged({}, {})

    def signals_of(self, lot: str) -> bool:
        """Whether a point of a lot gives a signal."""
        return any(self.samples[place].lot == lot for place in self.signals)

    def phase_one(self) -> Process | None:
        """What phase I has found out, once its last point has come; told once."""
        if self.process or self.was_proposed or len(self.samples) < self.declared.phase_one:
            return None
        self.was_proposed = True
        return self._estimate(self.samples[: self.declared.phase_one])

    def freeze(self, process: Process, points: int) -> None:
        """From now on limits follow from this."""
        self.process, self.frozen_after, self._memory = process, points, NOTHING

    @property
    def beyond_in_phase_one(self) -> list[int]:
        """Points of phase I, by their place, that lie beyond the limits found with them: they make these wider than the process is.

        Montgomery, Introduction to Statistical Quality Control, 7th ed., 6.2.1: such limits are on trial until each has its cause.
        """
        if not self.process or not self.frozen_after:
            return []
        drawn = self._draw(self.samples[: self.frozen_after], self.process)
        out = _out(drawn.value, drawn.limits)
        if self.declared.kind in ("xbar_r", "xbar_s") and drawn.spread is not None and drawn.spread_limits is not None:
            out |= _out(drawn.spread, drawn.spread_limits)  # a moving range is of two lots, and says not which
        return [int(place) for place in np.flatnonzero(out)]

    @property
    def marked(self) -> dict[int, tuple[str, ...]]:
        """By place, what makes a point stand out: a signal, by these rules, or that it lies beyond the limits of its own phase I."""
        return {**dict.fromkeys(self.beyond_in_phase_one, ("beyond_limits",)), **self.signals}

    def drawn(self) -> Drawn | None:
        """All points with their limits; None before anything can be said."""
        process = self.process or (self._estimate(self.samples) if len(self.samples) >= 2 else None)
        return self._draw(self.samples, process) if process else None

    def sigma(self) -> float:
        """Standard deviation of single values within samples; nan where nothing can be said, or things are counted."""
        process = self.process or (self._estimate(self.samples) if len(self.samples) >= 2 else None)
        return process.sigma if process else float("nan")

    # Inside

    def _judge_again(self, changed: int) -> Judged:
        """Look again at each point, but those of phase I, whose signals may be others by what has changed at that place."""
        first = max(changed, self.frozen_after)
        if self._remembers:
            places, found = range(first, len(self.samples)), self._look_at_all(first)
        else:
            places = range(first, min(changed + LOOK_BACK, len(self.samples)))
            found = {place: rules for place in places if (rules := self._look(place))}
        before = {place: self.signals.pop(place) for place in places if place in self.signals}
        self.signals |= found
        raised = {place: rules for place, rules in found.items() if place not in before}
        return Judged(raised, {place: rules for place, rules in before.items() if place not in found})

    def _estimate(self, samples: list[Sample]) -> Process:
        kind = self.declared.kind
        if self.counts:
            found = np.array([sum(it.values) for it in samples])
            return charts.estimate_share(found, np.array([it.size for it in samples], float) if kind != "c" else np.ones(len(samples)))
        if kind == "xbar_r":
            return charts.estimate_by_range(np.array([it.values for it in samples]))
        if kind == "xbar_s":
            return charts.estimate_by_deviation(np.array([it.values for it in samples]))
        return charts.estimate_by_moving_range(np.array([it.mean for it in samples]))  # of means, if a sample has several values

    def _draw(self, samples: list[Sample], process: Process, before: Memory = NOTHING) -> Drawn:
        declared, count = self.declared, len(samples)
        kind, width = declared.kind, declared.width
        if self.counts:
            return self._draw_counts(samples, process)
        means = np.array([it.mean for it in samples])
        if kind in ("xbar_r", "xbar_s"):
            values = np.array([it.values for it in samples])
            limits = charts.mean_limits(process, np.full(count, self.size), width)
            if kind == "xbar_r":
                ranges = np.ptp(values, axis=1)
                return Drawn(value=means, limits=limits, spread=ranges, spread_limits=charts.range_limits(process, self.size, count, width))
            spread = charts.deviation_limits(process, self.size, count, width)
            return Drawn(value=means, limits=limits, spread=charts.deviations(values), spread_limits=spread)
        if kind == "i_mr":
            limits, spread = charts.mean_limits(process, np.ones(count), width), charts.range_limits(process, 2, count, width)
            return Drawn(value=means, limits=limits, spread=charts.moving_range(means), spread_limits=spread)
        if kind == "ewma":
            smoothed = charts.ewma(means, declared.weight, before.above if before.points else process.mean)
            return Drawn(value=smoothed, limits=charts.ewma_limits(process, declared.weight, count, width, before=before.points))
        above, below = charts.cusum(means, process.mean, declared.slack * process.sigma, before.above, before.below)
        highest = np.full(count, declared.decision * process.sigma)
        sums = Limits(np.zeros(count), -highest, highest, np.full(count, process.sigma))
        return Drawn(value=above, limits=sums, spread=-below, spread_limits=sums)

    def _draw_counts(self, samples: list[Sample], process: Process) -> Drawn:
        found = np.array([sum(it.values) for it in samples])
        sizes = np.array([it.size for it in samples], float)
        kind, width = self.declared.kind, self.declared.width
        match kind:
            case "p":
                return Drawn(value=found / sizes, limits=charts.share_limits(process, sizes, width))
            case "np":
                return Drawn(value=found, limits=charts.count_limits(process, sizes, width))
            case "c":
                return Drawn(value=found, limits=charts.rate_limits(process, np.ones(len(samples)), width))
        return Drawn(value=found / sizes, limits=charts.rate_limits(process, sizes, width))

    def _look(self, place: int) -> tuple[str, ...]:
        """By which rules a point gives a signal; of a chart that remembers, the newest point."""
        assert self.process is not None
        if self._remembers:
            return self._look_at_all(self._memory.points).get(place, ())
        drawn = self._draw(self.samples[max(0, place + 1 - LOOK_BACK) : place + 1], self.process)
        found = ["beyond_limits"] if _out(drawn.value, drawn.limits)[-1] else []
        if drawn.spread is not None and drawn.spread_limits is not None and _out(drawn.spread, drawn.spread_limits)[-1]:
            found.append("spread_beyond_limits")
        z = (drawn.value - drawn.limits.center) / np.where(drawn.limits.sigma > 0.0, drawn.limits.sigma, np.nan)  # without: no zones
        found += [name for name, at in signals(z, RULES_OF[self.declared.rules]).items() if at[-1]]
        return tuple(dict.fromkeys(found))

    def _look_at_all(self, first: int) -> dict[int, tuple[str, ...]]:
        """The points from there on that give a signal, of a chart that remembers; what was looked at up to there is not drawn again."""
        assert self.process is not None
        before = self._memory if self._memory.points == first else NOTHING
        drawn = self._draw(self.samples[before.points :], self.process, before)
        out = _out(drawn.value, drawn.limits)
        if drawn.spread is not None and drawn.spread_limits is not None:
            out |= _out(drawn.spread, drawn.spread_limits)
        below = 0.0 if drawn.spread is None else -float(drawn.spread[-1])
        self._memory = Memory(len(self.samples), float(drawn.value[-1]), below)
        return {place: ("beyond_limits",) for place in range(first, len(self.samples)) if out[place - before.points]}


def _out(value: np.ndarray, limits: Limits) -> np.ndarray:
    """Which points lie beyond their limits."""
    return np.asarray((value > limits.upper) | (value < limits.lower))
