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


class Stretch(NamedTuple):
    """Limits that stand: those of the points from place `since` on, found from the points `first` to before `last` (0, 0: known)."""

    process: Process
    since: int
    first: int
    last: int

    @property
    def judged_from(self) -> int:
        """The first point that they judge: those of phase I they were found from."""
        return max(self.since, self.last if not self.since else 0)


class Chart:
    """One control chart of one characteristic."""

    def __init__(self, declared: ControlChart, size: int) -> None:
        self.declared, self.size = declared, size
        self.samples: list[Sample] = []
        self.signals: dict[int, tuple[str, ...]] = {}  # by place of the point
        self.stretches: list[Stretch] = []  # one after the other; the last is what stands
        self.left_out: dict[int, str] = {}  # by place: no limits are found from it, as somebody has said, for this reason
        self.was_proposed = False
        self._memory = NOTHING  # of the points that were looked at, so that each is looked at once
        if declared.mean is not None:
            known = Process(declared.mean, float("nan") if declared.sigma is None else declared.sigma)
            self.stretches.append(Stretch(known, 0, 0, 0))

    @property
    def process(self) -> Process | None:
        """What limits follow from now; None before any stand."""
        return self.stretches[-1].process if self.stretches else None

    @property
    def frozen_after(self) -> int:
        """Points of phase I; 0: it is not over, or the limits were known."""
        return self.stretches[0].last if self.stretches else 0

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
        found = self._look(len(self.samples) - 1) if self.stretches else ()
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
        return self._judge_again(place) if self.stretches else Judged({}, {})

    def forget(self, place: int) -> Judged:
        """A point is left out, or counts again, and no limits are found anew by that: what remembers it is drawn and judged anew."""
        if not self._remembers or not self.stretches or self.is_found_from(place):
            return Judged({}, {})
        self._memory = NOTHING
        return self._judge_again(place)

    def is_found_from(self, place: int) -> bool:
        """Whether the limits that stand are found from that point."""
        return bool(self.stretches) and self.stretches[-1].first <= place < self.stretches[-1].last

    def signals_of(self, lot: str) -> bool:
        """Whether a point of a lot gives a signal."""
        return any(self.samples[place].lot == lot for place in self.signals)

    def phase_one(self) -> Process | None:
        """What phase I has found out, once so many of its points count; told once."""
        if self.process or self.was_proposed or self.counted(0, len(self.samples)) < self.declared.phase_one:
            return None
        self.was_proposed = True
        return self.found_from(0, len(self.samples))

    def counted(self, first: int, last: int) -> int:
        """How many points from place `first` to before `last` limits may be found from."""
        return sum(place not in self.left_out for place in range(first, last))

    def found_from(self, first: int, last: int) -> Process:
        """The process as the points from place `first` to before `last` show it, without those that are left out."""
        return self._estimate([it for place, it in enumerate(self.samples[first:last], first) if place not in self.left_out])

    def stand(self, process: Process, first: int, last: int, since: int) -> Judged:
        """Limits stand from now on, for the points from place `since` on, found from those from `first` to before `last`.

        Those that began at the same place are another's now: what they have judged is judged again. Earlier ones stay for what they judged.
        """
        is_anew = bool(self.stretches) and self.stretches[-1].since == since
        if is_anew:
            self.stretches.pop()
        self.stretches.append(Stretch(process, since, first, last))
        self._memory = NOTHING
        from_on = self.stretches[-1].judged_from
        return self._judge(from_on, range(from_on, len(self.samples))) if is_anew else Judged({}, {})

    def beyond(self, stretch: Stretch) -> list[int]:
        """Points, by their place, that lie beyond the limits found from them: they make these wider than the process is.

        Montgomery, Introduction to Statistical Quality Control, 7th ed., 6.2.1: such limits are on trial until each has its cause.
        """
        if not stretch.last:
            return []
        drawn = self._draw(self.samples[stretch.first : stretch.last], stretch.process, left_out=self._left_out_of(stretch.first))
        out = _out(drawn.value, drawn.limits)
        if self.declared.kind in ("xbar_r", "xbar_s") and drawn.spread is not None and drawn.spread_limits is not None:
            out |= _out(drawn.spread, drawn.spread_limits)  # a moving range is of two lots, and says not which
        return [place for at in np.flatnonzero(out) if (place := stretch.first + int(at)) not in self.left_out]

    @property
    def marked(self) -> dict[int, tuple[str, ...]]:
        """By place, what makes a point stand out: a signal, by these rules, or that it lies beyond the limits of its own phase I."""
        beyond = self.beyond(self.stretches[0]) if self.stretches else []
        return {**dict.fromkeys(beyond, ("beyond_limits",)), **self.signals}

    def drawn(self) -> Drawn | None:
        """All points, each with the limits of its time; None before anything can be said."""
        if not self.stretches:
            process = self._so_far()
            return self._draw(self.samples, process, left_out=self._left_out_of(0)) if process else None
        ends = [*(it.since for it in self.stretches[1:]), len(self.samples)]
        parts = [
            self._draw(self.samples[it.since : end], it.process, left_out=self._left_out_of(it.since))
            for it, end in zip(self.stretches, ends, strict=True)
            if end > it.since
        ]
        return _joined(parts) if parts else None

    def sigma(self) -> float:
        """Standard deviation of single values within samples; nan where nothing can be said, or things are counted."""
        process = self.process or self._so_far()
        return process.sigma if process else float("nan")

    # Inside

    def _so_far(self) -> Process | None:
        """What the points of a phase I that is not over would make of it."""
        count = len(self.samples)
        return self.found_from(0, count) if self.counted(0, count) >= 2 else None

    def _left_out_of(self, first: int) -> frozenset[int]:
        """Those that are left out, counted from place `first` on."""
        return frozenset(place - first for place in self.left_out)

    def _stretch_of(self, place: int) -> tuple[Stretch, int]:
        """The limits of a point, and the place before which they end."""
        n = max(n for n, it in enumerate(self.stretches) if it.since <= place)
        return self.stretches[n], self.stretches[n + 1].since if n + 1 < len(self.stretches) else len(self.samples)

    def _judge_again(self, changed: int) -> Judged:
        """Look again at each point, but those of phase I, whose signals may be others by what has changed at that place."""
        stretch, end = self._stretch_of(changed)
        first = max(changed, stretch.judged_from)
        return self._judge(first, range(first, end if self._remembers else min(changed + LOOK_BACK, end)))

    def _judge(self, first: int, places: range) -> Judged:
        """Look again at these points, which have the same limits."""
        if not places:
            return Judged({}, {})
        found = self._look_at_all(first) if self._remembers else {place: rules for place in places if (rules := self._look(place))}
        judged = [place for place in places if not (self._remembers and place in self.left_out)]  # its own signal has its cause
        before = {place: self.signals.pop(place) for place in judged if place in self.signals}
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

    def _draw(self, samples: list[Sample], process: Process, before: Memory = NOTHING, left_out: frozenset[int] = frozenset()) -> Drawn:
        """These points by that process; what remembers goes on from `before` and forgets those `left_out`, by their place here."""
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
        for place in left_out:
            if 0 <= place < count:
                means[place] = np.nan
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
        stretch, _ = self._stretch_of(place)
        if self._remembers:
            return self._look_at_all(place).get(place, ())
        drawn = self._draw(self.samples[max(stretch.since, place + 1 - LOOK_BACK) : place + 1], stretch.process)
        found = ["beyond_limits"] if _out(drawn.value, drawn.limits)[-1] else []
        if drawn.spread is not None and drawn.spread_limits is not None and _out(drawn.spread, drawn.spread_limits)[-1]:
            found.append("spread_beyond_limits")
        z = (drawn.value - drawn.limits.center) / np.where(drawn.limits.sigma > 0.0, drawn.limits.sigma, np.nan)  # without: no zones
        found += [name for name, at in signals(z, RULES_OF[self.declared.rules]).items() if at[-1]]
        return tuple(dict.fromkeys(found))

    def _look_at_all(self, first: int) -> dict[int, tuple[str, ...]]:
        """The points from there to the end of its limits that give a signal, of a chart that remembers; none is looked at twice."""
        stretch, end = self._stretch_of(first)
        start = stretch.since + self._memory.points
        before = self._memory if start == first and stretch is self.stretches[-1] else NOTHING
        start = stretch.since + before.points
        drawn = self._draw(self.samples[start:end], stretch.process, before, self._left_out_of(start))
        out = _out(drawn.value, drawn.limits)
        if drawn.spread is not None and drawn.spread_limits is not None:
            out |= _out(drawn.spread, drawn.spread_limits)
        below = 0.0 if drawn.spread is None else -float(drawn.spread[-1])
        if end == len(self.samples):
            self._memory = Memory(end - stretch.since, float(drawn.value[-1]), below)
        return {place: ("beyond_limits",) for place in range(first, end) if out[place - start] and place not in self.left_out}


def _joined(parts: list[Drawn]) -> Drawn:
    """What was drawn by one limits after the other, as one."""
    if len(parts) == 1:
        return parts[0]
    spreads = [it.spread for it in parts if it.spread is not None]
    spread_limits = [it.spread_limits for it in parts if it.spread_limits is not None]
    return Drawn(
        value=np.concatenate([it.value for it in parts]),
        limits=_one_after_another([it.limits for it in parts]),
        spread=np.concatenate(spreads) if spreads else None,
        spread_limits=_one_after_another(spread_limits) if spread_limits else None,
    )


def _one_after_another(limits: list[Limits]) -> Limits:
    return Limits(*(np.concatenate(columns) for columns in zip(*limits, strict=True)))


def _out(value: np.ndarray, limits: Limits) -> np.ndarray:
    """Which points lie beyond their limits."""
    return np.asarray((value > limits.upper) | (value < limits.lower))
