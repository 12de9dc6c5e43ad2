"""What may become of a run from now on: hundreds of futures in a second, from the very state of the plant.

The rules that MES and ERP follow decide inside the compiled plant. What is under way now is drawn anew in each future, given how long
it has lasted already: nobody knows when the repair that has taken an hour will end. Of a live or replayed run, and where somebody decided
otherwise than the rules, the state is what MES and ERP know (`twin.now`), and what they could not know is listed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from twin import library
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

    from twin.simulation.compiled_plant.shadow import Shadow

_FIRST_SEED = 1_000_000_007
"""Seeds of futures are far from those that people give to runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForecast:
    """One customer order that is open now: in how many of the futures it is shipped, and shipped in time."""

    order: str
    material: str
    quantity: int
    due_us: int
    on_time_count: int
    shipped_us: tuple[int, ...]  # in the futures in which it ships before they end, sorted
    future_count: int

    @property
    def on_time_share(self) -> float:
        """Wilson's midpoint: never 0 or 1 for certain; Wilson (1927), J. Am. Stat. Assoc. 22, 209."""
        return _wilson(self.on_time_count, self.future_count)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """What n futures say. `orders` by due date; revenue and energy of what ships and runs from now to the end, one value a future."""

    now_us: int
    until_us: int
    count: int
    orders: tuple[OrderForecast, ...]
    revenue_minor: tuple[int, ...]
    energy_wh: tuple[int, ...]
    unknown: tuple[str, ...] = ()  # what nobody could know of the state that they begin from, with what was assumed

    @property
    def table(self) -> pd.DataFrame:
        """One row an order: shares with their 95 % interval, and when it ships (10 %, 50 %, 90 % of the futures in which it does; UTC)."""
        import pandas as pd

        rows = []
        for it in self.orders:
            low, middle, high = _wilson(it.on_time_count, it.future_count)
            times = [
                pd.Timestamp(_quantile(it.shipped_us, share), unit="us", tz="UTC") if it.shipped_us else pd.NaT for share in (0.1, 0.5, 0.9)
            ]
            rows.append((it.order, it.material, it.quantity, pd.Timestamp(it.due_us, unit="us", tz="UTC"), middle, low, high, *times))
        names = ["order", "material", "quantity", "due", "on_time_share", "on_time_share_low", "on_time_share_high"]
        return pd.DataFrame(rows, columns=[*names, "shipped_p10", "shipped_p50", "shipped_p90"])

    def _repr_html_(self) -> str:
        html: str = self.table.to_html(index=False)
        assumed = f"<p>Not known: {escape('; '.join(self.unknown))}</p>" if self.unknown else ""
        return f"<p>{self.count} futures from now on</p>{html}{assumed}"


def futures(
    run: Run, count: int = 200, *, until: str | None = None, seed: int = 1, threads: int = 2,
    watch: Callable[[int], None] | None = None, stop: threading.Event | None = None,
) -> Futures:  # fmt: skip
    """`count` futures of a run, simulated, replayed or live, from where it is now.

    Parameters
    ----------
    until : plant time from now to the end of the futures ("5 d"); left out, to the end of the scenario's horizon
    seed : of the first future; the same seed gives the same futures
    watch : called with the number of futures that are done
    stop : set it to end early; what is done counts

    Raises
    ------
    ValueError : nothing lies ahead of the run
    NotCompiled : the plant has more of something than the compiled engine can hold
    """
    now_us = run.now_us
    span_us = library.read_span(until)
    until_us = run.scenario.start_us + run.scenario.horizon if span_us is None else now_us + span_us
    if until_us <= now_us:
        raise ValueError("nothing lies ahead: the run has reached the end of its scenario; allowed: until='5 d' beyond it")
    shadow, scenario, unknown = _begin(run, now_us, until_us)
    seeds = range(_FIRST_SEED * seed, _FIRST_SEED * seed + count)
    tally = _Tally(run, scenario, watch, stop)
    with ThreadPoolExecutor(threads) as pool:  # the kernel lets go of Python's lock
        list(pool.map(lambda part: tally.take(shadow, part), [seeds[n::threads] for n in range(threads)]))
    return replace(tally.futures(now_us, until_us), unknown=unknown)


def _begin(run: Run, now_us: int, until_us: int) -> tuple[Shadow, Scenario, tuple[str, ...]]:
    """From where futures begin, the demand that their orders are of, and what nobody could know of it."""
    from twin.now.plant_now import plant_now
    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
    from twin.simulation.compiled_plant.shadow import NoShadowError, Shadow

    if run.seed is not None:
        with run.lock:
            facts = [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]
        if facts and getattr(facts[-1], "reason", "") == "end":
            facts.pop()
        with suppress(NoShadowError):  # somebody decided otherwise: then what came of it counts
            return Shadow(run.plant, run.scenario, run.seed, facts, now_us, until_us), run.scenario, ()
    now = plant_now(run, until_us=until_us)
    return Shadow.standing_as(CompiledPlant.resume(now.snapshot), now.now_us, until_us), now.scenario, now.unknown


class _Tally:
    """Hears the futures, from several threads, and keeps of each what counts."""

    def __init__(self, run: Run, scenario: Scenario, watch: Callable[[int], None] | None, stop: threading.Event | None) -> None:
        self._watch, self._stop, self._lock = watch, stop, threading.Lock()
        self._orders = [order for order in run.erp.customer_orders.orders.values() if order.open_quantity]
        self._materials = run.plant.materials.materials
        self._demand = scenario.demand
        self._shipped: dict[str, list[int]] = {order.order: [] for order in self._orders}
        self._revenue: dict[int, int] = {}
        self._energy: dict[int, int] = {}

    def take(self, shadow: Shadow, seeds: range) -> None:
        """Run these futures, one after the other."""
        from twin.simulation.compiled_plant.shadow import energy_wh, shipments

        for seed, rows in zip(seeds, shadow.futures(seeds, self._stop), strict=False):
            shipped, used = shipments(rows), energy_wh(rows)
            with self._lock:
                self._revenue[seed], self._energy[seed] = 0, used
                for origin, n, _, at_us, quantity in shipped.tolist():
                    order = shadow.order_of(origin, n)
                    if order in self._shipped:
                        self._shipped[order].append(at_us)
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
                order=it.order, material=it.material, quantity=it.open_quantity, due_us=it.due_us, future_count=count,
                on_time_count=sum(at_us <= it.due_us for at_us in self._shipped[it.order]),
                shipped_us=tuple(sorted(self._shipped[it.order])),
            )
            for it in sorted(self._orders, key=lambda order: (order.due_us, order.order))
        ]  # fmt: skip
        revenue, energy = tuple(self._revenue[seed] for seed in seeds), tuple(self._energy[seed] for seed in seeds)
        return Futures(now_us=now_us, until_us=until_us, count=count, orders=tuple(orders), revenue_minor=revenue, energy_wh=energy)


def _wilson(successes: int, count: int, z: float = 1.959963984540054) -> tuple[float, float, float]:
    """Wilson's 95 % interval of a share, and its midpoint between the ends: low, middle, high."""
    if not count:
        return 0.0, 0.5, 1.0
    middle = (successes + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(successes * (count - successes) / count + z * z / 4)
    return max(0.0, middle - half), middle, min(1.0, middle + half)


def _quantile(values: tuple[int, ...], share: float) -> int:
    return int(np.quantile(np.array(values), share, method="inverted_cdf"))
