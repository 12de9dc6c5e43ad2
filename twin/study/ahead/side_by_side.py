"""What a change from now on brings: the same futures with it and without it, seed by seed, in orders, hours and money.

Both begin from what MES and ERP know now (`twin.now`), so nothing differs but the change. Of the first pairs MES and ERP play all of both
futures and book them, which says what is earned or lost to the cent; of a run that cannot be played again, nothing is booked.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from twin import library
from twin.model.measures import US_PER_H
from twin.results.outcomes import Outcome
from twin.results.run import Run
from twin.study.ahead.forecast import FutureLedger, Futures
from twin.study.ahead.futures import FIRST_SEED, begin, keep_forecasts, play, read_count
from twin.study.ahead.ledgers import income
from twin.study.statistics.intervals import Interval, paired_interval

if TYPE_CHECKING:
    import pandas as pd

    from twin.moment import Moment
    from twin.now.from_now_on import Changes

_THREADS = 2
PAIRS = 10
"""How many pairs are booked unless somebody asks for more: one takes about two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One outcome of n pairs of futures: its mean as it is and with the change, and by how much they differ, pair by pair."""

    outcome: Outcome
    as_it_is: float
    changed: float
    interval: Interval  # of the mean difference, 95 %

    @property
    def shown(self) -> str:
        """The difference with its interval, as people read it; of a single pair the difference alone."""
        it = self.interval
        return self.outcome.shown_difference(it.mean, it.low, it.high) if it.count > 1 else f"{it.mean:+,.{self.outcome.decimals}f}"

    @property
    def verdict(self) -> str:
        """What the change is: "better", "worse", "the same" in every pair; or "", where chance alone may have made the difference."""
        if self.interval.mean == 0 and self.interval.half in (0, math.inf):
            return "the same"
        if self.interval.count < 2 or not self.interval.excludes_zero:
            return ""
        return "better" if (self.interval.mean > 0) == (self.outcome.better == "higher") else "worse"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FuturesCompared:
    """Futures as it is and with a change from now on, under the same seeds.

    Attributes
    ----------
    ledgers : what the first pairs cost and bring, booked: as it is, and with the change
    ledger_count : how many pairs are to be booked
    why_not_booked : in words, where they cannot be
    """

    as_it_is: Futures
    changed: Futures
    ledgers: tuple[tuple[FutureLedger, FutureLedger], ...] = ()
    ledger_count: int = 0
    why_not_booked: str = ""

    @property
    def differences(self) -> list[Difference]:
        """Orders in time, lateness and revenue of all pairs; revenue, cost and result of those that are booked, which add up."""
        unit, due = self.changed.currency, f"Orders in time, of the {self.as_it_is.due_count} due until then"
        rows: list[tuple[Outcome, tuple[float, ...], tuple[float, ...]]] = []
        for outcome, values in (
            (Outcome(name="on_time_orders", title=due, unit="", better="higher", decimals=2), _on_time),
            (Outcome(name="late_h", title="Lateness of all open orders", unit="h", better="lower"), _late_h),
            (Outcome(name=f"revenue_{unit.lower()}", title="Revenue", unit=unit, better="higher", decimals=0), _revenue),
        ):
            both = [values(it) for it in (self.as_it_is, self.changed)]
            seeds = sorted(both[0].keys() & both[1].keys())  # all, unless somebody has ended it
            rows.append((outcome, tuple(both[0][it] for it in seeds), tuple(both[1][it] for it in seeds)))
        for name, title in (("booked_revenue", "Revenue, booked"), ("cost", "Cost, booked"), ("result", "Result, booked")):
            better: Literal["higher", "lower"] = "lower" if name == "cost" else "higher"
            outcome = Outcome(name=f"{name}_{unit.lower()}", title=title, unit=unit, better=better, decimals=0)
            as_it_is, changed = (tuple(_booked(pair[side], name) for pair in self.ledgers) for side in (0, 1))
            rows.append((outcome, as_it_is, changed))
        return [
            Difference(
                outcome=outcome, as_it_is=float(np.mean(before)), changed=float(np.mean(after)), interval=paired_interval(after, before)
            )
            for outcome, before, after in rows
            if before
        ]  # fmt: skip

    @property
    def table(self) -> pd.DataFrame:
        """One row an outcome: means, the mean difference with its 95 % interval, of how many pairs, and whether that is better or worse."""
        import pandas as pd

        return pd.DataFrame(self.summary())

    def summary(self) -> list[dict[str, Any]]:
        """The rows of `table` as plain values, with the words of the verdict; no interval of a single pair (None)."""
        return [
            {
                "outcome": it.outcome.name, "as_it_is": it.as_it_is, "changed": it.changed, "difference": it.interval.mean,
                "difference_low": it.interval.low if it.interval.count > 1 else None,
                "difference_high": it.interval.high if it.interval.count > 1 else None, "pairs": it.interval.count, "verdict": it.verdict,
            }
            for it in self.differences
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<{self.changed.count} futures with a change and without; .differences, .table, .as_it_is, .changed>"

    def _repr_html_(self) -> str:
        html: str = self.table.to_html(index=False)
        notes = [self.why_not_booked and f"Not booked: {self.why_not_booked}", "; ".join(self.changed.unknown)]
        return f"<p>{escape(repr(self).strip('<>'))}</p>{html}" + "".join(f"<p>{escape(it)}</p>" for it in notes if it)


def compare_futures(
    run: Run, changes: Changes | Path | str, count: int = 200, *, until: str | None = None, seed: int = 1, ledger_count: int = PAIRS,
    watch: Callable[[int], None] | None = None, show: Callable[[FuturesCompared], None] | None = None, stop: threading.Event | None = None,
) -> FuturesCompared:  # fmt: skip
    """`count` futures of a run from where it is now, as it is and with a change from now on (`twin.from_now_on`), under the same seeds.

    Parameters
    ----------
    changes : as in a scenario, or a scenario (or its file) with changes beyond those of the run
    until, seed : as of `study.futures`
    ledger_count : so many pairs, the first, are played by MES and ERP and booked, where the run can be played again up to now; 0: none
    watch : called with how many futures are done, of twice `count`, then with that and twice the pairs that are booked
    show : called with what is found before the first pair is booked, and after each
    stop : set it to end early; what is done counts

    Raises
    ------
    PlantFileError, NotFromNowOn : what the plant cannot become
    ValueError : nothing lies ahead of the run, or no futures are asked for
    """
    from twin.moment import NotPlayedAgain, at
    from twin.now.from_now_on import added_changes, from_now_on

    read_count(count)
    wanted = library.read_scenario(changes, run.plant) if isinstance(changes, Path | str) else changes
    asked, done = added_changes(run.scenario, wanted), 0

    def count_up(found: int) -> None:
        if watch:
            watch(done + found)

    with run.lock:  # both from the same instant
        sides = [begin(from_now_on(run, it), until, False, count_up, stop) for it in ({}, asked)]
    seeds = range(FIRST_SEED * seed, FIRST_SEED * seed + count)
    futures = list[Futures]()
    for side in sides:
        futures.append(play(side, seeds, _THREADS))
        done += count
    keep_forecasts(run, futures[0])
    found = FuturesCompared(as_it_is=futures[0], changed=futures[1], ledger_count=min(ledger_count, count))
    if show:
        show(found)
    if not ledger_count or (stop and stop.is_set()):
        return found
    now_us, until_us = futures[0].now_us, futures[0].until_us
    try:
        books = _Pairs(at(run, now_us, stop=stop), asked, until_us)
    except NotPlayedAgain as reason:
        return replace(found, ledger_count=0, why_not_booked=str(reason))
    for each in seeds[:ledger_count]:
        if (pair := books.book(each, stop)) is None:
            break
        found = replace(found, ledgers=(*found.ledgers, pair))
        count_up(2 * len(found.ledgers))
        if show:
            show(found)
    return found


class _Pairs:
    """A run at an instant, from which both futures of a seed are played by MES and ERP."""

    def __init__(self, moment: Moment, changes: Mapping[str, Any], until_us: int) -> None:
        self._moment, self._changes, self._until_us = moment, changes, until_us
        self._before = income(moment.run(moment.plant.plant, moment.plant.scenario, 0))

    def book(self, seed: int, stop: threading.Event | None) -> tuple[FutureLedger, FutureLedger] | None:
        """As it is, and with the change; None if it was stopped on the way."""
        booked = [
            self._moment.go_on(seed=seed, until_us=self._until_us, is_drawn_anew=True, changes=changes, stop=stop)
            for changes in (None, self._changes)
        ]
        if stop and stop.is_set():
            return None
        as_it_is, changed = (
            FutureLedger(seed=seed, accounts={name: minor - self._before.get(name, 0) for name, minor in income(it).items()})
            for it in booked
        )
        return as_it_is, changed


def _on_time(futures: Futures) -> dict[int, float]:
    return dict(zip(futures.seeds, futures.on_time_count, strict=True))


def _late_h(futures: Futures) -> dict[int, float]:
    return {seed: late_us / US_PER_H for seed, late_us in zip(futures.seeds, futures.late_us, strict=True)}


def _revenue(futures: Futures) -> dict[int, float]:
    return {seed: minor / 100 for seed, minor in zip(futures.seeds, futures.revenue_minor, strict=True)}


def _booked(ledger: FutureLedger, name: str) -> float:
    told = {"booked_revenue": ledger.revenue_minor, "cost": ledger.revenue_minor - ledger.result_minor, "result": ledger.result_minor}
    return told[name] / 100
