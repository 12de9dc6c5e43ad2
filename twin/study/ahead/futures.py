"""What may become of a run from now on: hundreds of futures in a second, from the very state of the plant.

The rules that MES and ERP follow decide inside the compiled plant. What is under way now is drawn anew in each future, given how long
it has lasted already: nobody knows when the repair that has taken an hour will end. Of a live or replayed run, and where somebody decided
otherwise than the rules, the state is what MES and ERP know (`twin.now`), and what they could not know is listed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin import library
from twin.model.personnel.played import not_said_yet
from twin.model.states import Source
from twin.results.outlook.leaving import FEWEST_FUTURES
from twin.results.run import Run
from twin.study.ahead.forecast import Futures, OrderForecast
from twin.study.ahead.ledgers import Levels, OfPages, ledgers_of
from twin.study.ahead.left_out import not_considered

if TYPE_CHECKING:
    from twin.now.from_now_on import ChangedRun
    from twin.simulation.compiled_plant.shadow import Shadow

FIRST_SEED = 1_000_000_007
"""Seeds of futures are far from those that people give to runs."""


def futures(
    run: Run | ChangedRun, count: int = 200, *, until: str | None = None, seed: int = 1, threads: int = 2, ledger_count: int | None = 0,
    watch: Callable[[int], None] | None = None, show: Callable[[Futures], None] | None = None, stop: threading.Event | None = None,
) -> Futures:  # fmt: skip
    """`count` futures of a run, simulated, replayed or live, from where it is now; of a changed one (`twin.from_now_on`), as it is then.

    Of twenty or more of a run as it is (those of `compare_futures` too), the run keeps what they say of when orders leave
    (`run.forecasts`): pages and REST go by that.

    Parameters
    ----------
    until : plant time from now to the end of the futures ("5 d"); left out, to the end of the scenario's horizon
    seed : of the first future; the same seed gives the same futures
    ledger_count : so many of them, the first, say what they cost, to the cent. None: as many as takes a few seconds, which are all where
        the rules decide whatever is decided, and stock is worth its standards (10 ms each); 30 where the ERP has to book them;
        5 where MES and persons have a say, and both have to be gone through (0.5 s)
    watch : called with the number of futures that are done, then with that and the number that are booked
    show : called with the futures before the first of them is booked, and after each
    stop : set it to end early; what is done counts

    Raises
    ------
    ValueError : nothing lies ahead of the run, or no future is asked for
    """
    library.read_seed(seed)
    read_count(count)
    begun = begin(run, until, ledger_count != 0, watch, stop)
    shadow, levels = begun.shadow, begun.levels
    seeds = range(FIRST_SEED * seed, FIRST_SEED * seed + count)
    wanted = seeds[: levels.quickly if ledger_count is None else ledger_count] if levels else ()
    found = replace(play(begun, seeds, threads), ledger_count=len(wanted))
    if isinstance(run, Run):
        keep_forecasts(run, found)
    for n, each in enumerate(wanted):
        if show:
            show(found)
        assert levels is not None
        if (stop and stop.is_set()) or (ledger := levels.book(shadow, each, stop)) is None:
            break
        found = replace(found, ledgers=(*found.ledgers, ledger))
        if watch:
            watch(found.count + n + 1)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """From where futures begin, and who hears them."""

    shadow: Shadow
    tally: _Tally
    levels: (
        OfPages | Levels | None
    )  # of a plant that was put together from MES and ERP nothing is booked: what it assumes, they have not seen
    not_considered: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def play(begun: Begun, seeds: range, threads: int) -> Futures:
    """The futures of these seeds; none is booked."""
    shadow, tally = begun.shadow, begun.tally
    with ThreadPoolExecutor(threads) as pool:  # the kernel lets go of Python's lock
        list(pool.map(lambda part: tally.take(shadow, part), [seeds[n::threads] for n in range(threads)]))
    return replace(tally.futures(shadow.now_us, shadow.until_us), unknown=begun.unknown, not_considered=begun.not_considered)


def keep_forecasts(run: Run, found: Futures) -> None:
    """Let pages and programs go by what futures of a run, as it is, say of when orders leave; of few of them nobody can."""
    if found.count >= FEWEST_FUTURES:
        run.forecasts = found.forecasts


def read_count(count: int) -> None:
    """How many futures are asked for; ValueError: none."""
    if count < 1:
        raise ValueError(f"{count} futures; allowed: 1 or more")


def begin(
    seen: Run | ChangedRun, until: str | None, books: bool, watch: Callable[[int], None] | None, stop: threading.Event | None
) -> Begun:  # fmt: skip
    """All that the run says of itself is taken at one instant, under its lock; then it may go on.

    Raises
    ------
    ValueError : nothing lies ahead of the run
    """
    from twin.now.from_now_on import ChangedRun
    from twin.now.plant_now import plant_now
    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
    from twin.simulation.compiled_plant.shadow import NoShadowError, Shadow

    run, is_changed = (seen.run, True) if isinstance(seen, ChangedRun) else (seen, False)
    stored = ("when what is picked leaves: as soon as stock covers an order",) if run.plant.layout.warehouse else ()
    is_as_begun = run.mes.policies == run.scenario.policies and not run.mes.calendars.presence.persons() and run.plant is run.declared
    if run.seed is not None and is_as_begun and not is_changed:  # else others hold now than it began with, or are there
        with run.lock:
            now_us, until_us = _span(run, until)
            tally, levels, left_out = _Tally(run, watch, stop), ledgers_of(run, until_us) if books else None, not_considered(run)
            facts = [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]
        if facts and getattr(facts[-1], "reason", "") == "end":
            facts.pop()
        with suppress(NoShadowError):  # somebody decided otherwise: then what came of it counts
            shadow = Shadow(run.plant, not_said_yet(run.scenario), run.seed, facts, now_us, until_us)
            return Begun(shadow=shadow, tally=tally, levels=levels, unknown=stored, not_considered=left_out)
    with run.lock:
        _, until_us = _span(run, until)
        tally, now, left_out = _Tally(run, watch, stop), plant_now(seen, until_us=until_us), not_considered(run)
    tally.scenario = now.scenario
    shadow = Shadow.standing_as(CompiledPlant.resume(now.snapshot), now.now_us, until_us)
    return Begun(shadow=shadow, tally=tally, levels=None, unknown=(*now.unknown, *stored), not_considered=left_out)


def _span(run: Run, until: str | None) -> tuple[int, int]:
    """From when to when futures go, us."""
    now_us, span_us = run.now_us, library.read_span(until)
    until_us = run.scenario.start_us + run.scenario.horizon if span_us is None else now_us + span_us
    if until_us <= now_us:
        raise ValueError("nothing lies ahead: the run has reached the end of its scenario; allowed: until='5 d' beyond it")
    return now_us, until_us


class _Tally:
    """Hears the futures, from several threads, and keeps of each what counts."""

    def __init__(self, run: Run, watch: Callable[[int], None] | None, stop: threading.Event | None) -> None:
        self._watch, self._stop, self._lock = watch, stop, threading.Lock()
        self._orders = [order for order in run.erp.customer_orders.orders.values() if order.open_quantity]
        self._materials = run.plant.materials.materials
        self.scenario, self._currency = run.scenario, run.plant.layout.currency
        self._due_us = {order.order: order.due_us for order in self._orders}
        self._shipped: dict[str, list[int]] = {order.order: [] for order in self._orders}
        self._revenue: dict[int, int] = {}
        self._energy: dict[int, int] = {}
        self._on_time: dict[int, int] = {}
        self._late_us: dict[int, int] = {}

    def take(self, shadow: Shadow, seeds: range) -> None:
        """Run these futures, one after the other."""
        from twin.simulation.compiled_plant.shadow import energy_wh, shipments

        for seed, rows in zip(seeds, shadow.futures(seeds, self._stop), strict=False):
            shipped, used = shipments(rows), energy_wh(rows)
            with self._lock:
                self._revenue[seed], self._energy[seed], self._on_time[seed] = 0, used, 0
                left_us = dict.fromkeys(self._due_us, shadow.until_us)  # at least until then, if it does not leave
                for origin, n, _, at_us, quantity in shipped.tolist():
                    order = shadow.order_of(origin, n)
                    if order in self._shipped:
                        self._shipped[order].append(at_us)
                        left_us[order] = at_us
                        self._on_time[seed] += at_us <= self._due_us[order] <= shadow.until_us
                    self._revenue[seed] += self._worth_minor(origin, quantity)
                self._late_us[seed] = sum(max(0, at_us - self._due_us[order]) for order, at_us in left_us.items())
                if self._watch:
                    self._watch(len(self._revenue))

    def _worth_minor(self, origin: int, quantity: int) -> int:
        """What a shipment is invoiced at, as the ERP rounds it."""
        from twin.erp.accounting.rounding import round_half_even

        demand, found = self.scenario.demand, len(self.scenario.work_in_process)  # origins: known orders, what was found, streams
        known = len(demand.orders)
        asked = demand.orders[origin] if origin < known else list(demand.streams.values())[origin - known - found]
        definition = self._materials[asked.material]
        return round_half_even(quantity * (definition.price or 0), definition.price_per)

    def futures(self, now_us: int, until_us: int) -> Futures:
        """Everything heard, put together; the same whatever thread was first."""
        count, seeds = len(self._revenue), sorted(self._revenue)
        orders = [
            OrderForecast(
                order=it.order, customer=it.customer, material=it.material, quantity=it.open_quantity, due_us=it.due_us, future_count=count,
                on_time_count=sum(at_us <= it.due_us for at_us in self._shipped[it.order]),
                shipped_us=tuple(sorted(self._shipped[it.order])),
            )
            for it in sorted(self._orders, key=lambda order: (order.due_us, order.order))
        ]  # fmt: skip
        revenue, energy, on_time, late = (
            tuple(told[seed] for seed in seeds) for told in (self._revenue, self._energy, self._on_time, self._late_us)
        )
        return Futures(
            now_us=now_us, until_us=until_us, count=count, currency=self._currency, orders=tuple(orders), on_time_count=on_time,
            revenue_minor=revenue, energy_wh=energy, seeds=tuple(seeds), late_us=late,
        )  # fmt: skip
