"""What may become of a simulated run from now on: hundreds of futures in a second, from the very state of the plant.

The rules that MES and ERP follow decide inside the compiled plant. What is under way now is drawn anew in each future, given how long
it has lasted already: nobody knows when the repair that has taken an hour will end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from twin import library
from twin.model.states import Source
from twin.results.run import Run
from twin.study.ahead.forecast import Futures, OrderForecast
from twin.study.ahead.ledgers import Levels

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.shadow import Shadow

_FIRST_SEED = 1_000_000_007
"""Seeds of futures are far from those that people give to runs."""


def futures(
    run: Run, count: int = 200, *, until: str | None = None, seed: int = 1, threads: int = 2, ledger_count: int = 0,
    watch: Callable[[int], None] | None = None, show: Callable[[Futures], None] | None = None, stop: threading.Event | None = None,
) -> Futures:  # fmt: skip
    """`count` futures of a simulated run, from where it is now; it may still be going on.

    Parameters
    ----------
    until : plant time from now to the end of the futures ("5 d"); left out, to the end of the scenario's horizon
    seed : of the first future; the same seed gives the same futures
    ledger_count : so many of them, the first, are carried through MES and ERP, which takes a second each; they say what they cost
    watch : called with the number of futures that are done, then with that and the number that are booked
    show : called with the futures before the first of them is booked, and after each
    stop : set it to end early; what is done counts

    Raises
    ------
    ValueError : the run was not simulated, or nothing lies ahead of it
    NoShadowError : somebody decided otherwise than the rules of the scenario; then the rules cannot go on for them
    """
    span_us = library.read_span(until)
    with run.lock:
        now_us = run.now_us
        until_us = run.scenario.start_us + run.scenario.horizon if span_us is None else now_us + span_us
        if run.seed is not None and until_us <= now_us:
            raise ValueError("nothing lies ahead: the run has reached the end of its scenario; allowed: until='5 d' beyond it")
        begin = _beginning(run, now_us, until_us)
        levels = Levels(run) if ledger_count else None
        tally = _Tally(run, watch, stop)
    shadow = begin()
    seeds = range(_FIRST_SEED * seed, _FIRST_SEED * seed + count)
    with ThreadPoolExecutor(threads) as pool:  # the kernel lets go of Python's lock
        list(pool.map(lambda part: tally.take(shadow, part), [seeds[n::threads] for n in range(threads)]))
    found = tally.futures(now_us, until_us)
    for n, each in enumerate(seeds[:ledger_count] if levels else ()):
        if show:
            show(found)
        assert levels is not None
        if (stop and stop.is_set()) or (ledger := levels.book(shadow, each, stop)) is None:
            break
        found = replace(found, ledgers=(*found.ledgers, ledger))
        if watch:
            watch(found.count + n + 1)
    return found


def _beginning(run: Run, now_us: int, until_us: int) -> Callable[[], Shadow]:
    """How to come to the plant from which the futures of this run begin. All that the run says of itself is taken now, under its lock.

    Raises
    ------
    ValueError : there is no way to it
    """
    from twin.simulation.compiled_plant.shadow import Shadow

    seed = run.seed
    if seed is None:
        raise ValueError("only a simulated run has futures here; a replayed or live one has no seed to go on from")
    facts = [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]
    if facts and getattr(facts[-1], "reason", "") == "end":
        facts.pop()
    return lambda: Shadow(run.plant, run.scenario, seed, facts, now_us, until_us)


class _Tally:
    """Hears the futures, from several threads, and keeps of each what counts."""

    def __init__(self, run: Run, watch: Callable[[int], None] | None, stop: threading.Event | None) -> None:
        self._watch, self._stop, self._lock = watch, stop, threading.Lock()
        self._orders = [order for order in run.erp.customer_orders.orders.values() if order.open_quantity]
        self._materials = run.plant.materials.materials
        self._demand, self._currency = run.scenario.demand, run.plant.layout.currency
        self._due_us = {order.order: order.due_us for order in self._orders}
        self._shipped: dict[str, list[int]] = {order.order: [] for order in self._orders}
        self._revenue: dict[int, int] = {}
        self._energy: dict[int, int] = {}
        self._on_time: dict[int, int] = {}

    def take(self, shadow: Shadow, seeds: range) -> None:
        """Run these futures, one after the other."""
        from twin.simulation.compiled_plant.shadow import energy_wh, shipments

        for seed, rows in zip(seeds, shadow.futures(seeds, self._stop), strict=False):
            shipped, used = shipments(rows), energy_wh(rows)
            with self._lock:
                self._revenue[seed], self._energy[seed], self._on_time[seed] = 0, used, 0
                for origin, n, _, at_us, quantity in shipped.tolist():
                    order = shadow.order_of(origin, n)
                    if order in self._shipped:
                        self._shipped[order].append(at_us)
                        self._on_time[seed] += at_us <= self._due_us[order] <= shadow.until_us
                    self._revenue[seed] += self._worth_minor(origin, quantity)
                if self._watch:
                    self._watch(len(self._revenue))

    def _worth_minor(self, origin: int, quantity: int) -> int:
        """What a shipment is invoiced at, as the ERP rounds it."""
        from twin.erp.accounting.rounding import round_half_even

        lines = self._demand.orders
        material = lines[origin].material if origin < len(lines) else list(self._demand.streams.values())[origin - len(lines)].material
        definition = self._materials[material]
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
        revenue, energy, on_time = (tuple(told[seed] for seed in seeds) for told in (self._revenue, self._energy, self._on_time))
        return Futures(
            now_us=now_us, until_us=until_us, count=count, currency=self._currency, orders=tuple(orders), on_time_count=on_time,
            revenue_minor=revenue, energy_wh=energy,
        )  # fmt: skip
