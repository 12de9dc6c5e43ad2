"""What futures say: of every open order how probably it leaves in time, of the plant how the money may spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from twin.results.outlook.leaving import Forecast, Forecasts

if TYPE_CHECKING:
    import pandas as pd
    from pandas._libs.tslibs.nattype import NaTType


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForecast:
    """One customer order that is open now: in how many of the futures it is shipped, and shipped in time."""

    order: str
    customer: str
    material: str
    quantity: int
    due_us: int
    on_time_count: int
    shipped_us: tuple[int, ...]  # in the futures in which it ships before they end, sorted
    future_count: int

    @property
    def on_time_share(self) -> float:
        """Wilson's midpoint: never 0 or 1 for certain; Wilson (1927), J. Am. Stat. Assoc. 22, 209."""
        return self.on_time_interval[1]

    @property
    def on_time_interval(self) -> tuple[float, float, float]:
        """The share with its 95 % interval: low, middle, high."""
        return wilson(self.on_time_count, self.future_count)

    @property
    def forecast(self) -> Forecast:
        """What is kept of it."""
        low, middle, high = self.on_time_interval
        return Forecast(
            order=self.order, quantity=self.quantity, due_us=self.due_us, in_time=middle, low=low, high=high,
            middle_us=self.shipped_by_us(0.5), worst_us=self.shipped_by_us(0.9),
        )  # fmt: skip

    def shipped_by_us(self, share: float) -> int | None:
        """When it has shipped in that share of all futures; None: in fewer than that before they end."""
        place = math.ceil(share * self.future_count) - 1
        return self.shipped_us[place] if 0 <= place < len(self.shipped_us) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureLedger:
    """What MES and ERP would book in one future, from now to its end; minor units, earnings and what is absorbed > 0, costs < 0."""

    seed: int
    accounts: dict[str, int]  # of the income statement

    @property
    def revenue_minor(self) -> int:
        return self.accounts["revenue"]

    @property
    def result_minor(self) -> int:
        return sum(self.accounts.values())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Futures:
    """What n futures say. `orders` by due date; what is in the plural below has one value a future, from now to the end.

    `ledgers` are of the first `ledger_count` futures, those that are booked to know their cost, or of as many as are booked so far.
    """

    now_us: int
    until_us: int
    count: int
    currency: str
    orders: tuple[OrderForecast, ...]
    on_time_count: tuple[int, ...]  # of the orders that are due before the end
    revenue_minor: tuple[int, ...]
    energy_wh: tuple[int, ...]
    seeds: tuple[int, ...]
    late_us: tuple[int, ...]  # of all open orders together, from the due date to when the last of it leaves, or to the end
    ledgers: tuple[FutureLedger, ...] = ()
    ledger_count: int = 0
    unknown: tuple[str, ...] = ()  # what nobody could know of the state that they begin from, with what was assumed
    not_considered: tuple[str, ...] = ()  # what MES and persons heed in this plant, and these futures do not

    @property
    def forecasts(self) -> Forecasts:
        """What they say of when each open order leaves, for the run to keep: of those that are due before they end, or that all ship."""
        said = [it for it in self.orders if it.due_us <= self.until_us or it.on_time_count == it.future_count]
        return Forecasts(at_us=self.now_us, count=self.count, orders={it.order: it.forecast for it in said})

    @property
    def due_count(self) -> int:
        """How many of the open orders are due before the futures end."""
        return sum(order.due_us <= self.until_us for order in self.orders)

    @property
    def table(self) -> pd.DataFrame:
        """One row an order: shares with their 95 % interval, and when it ships (10 %, 50 %, 90 % of all futures; UTC).

        NaT: in fewer futures than that before they end.
        """
        import pandas as pd

        def written(instant_us: int | None) -> pd.Timestamp | NaTType:
            return pd.NaT if instant_us is None else pd.Timestamp(instant_us, unit="us", tz="UTC")

        rows = []
        for it in self.orders:
            low, middle, high = it.on_time_interval
            times = [written(it.shipped_by_us(share)) for share in (0.1, 0.5, 0.9)]
            rows.append((it.order, it.material, it.quantity, written(it.due_us), middle, low, high, *times))
        names = ["order", "material", "quantity", "due", "on_time_share", "on_time_share_low", "on_time_share_high"]
        return pd.DataFrame(rows, columns=[*names, "shipped_p10", "shipped_p50", "shipped_p90"])

    @property
    def ledger_table(self) -> pd.DataFrame:
        """One row a future that was booked: every account of the income statement from now on, and the result."""
        import pandas as pd

        unit = self.currency.lower()
        rows = [
            {
                "seed": it.seed,
                **{f"{name}_{unit}": minor / 100 for name, minor in it.accounts.items()},
                f"result_{unit}": it.result_minor / 100,
            }
            for it in self.ledgers
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"<{self.count} futures of {len(self.orders)} open orders; .table, .ledger_table, .unknown, .not_considered>"

    def _repr_html_(self) -> str:
        html: str = self.table.to_html(index=False)
        assumed = f"<p>Not known: {escape('; '.join(self.unknown))}</p>" if self.unknown else ""
        left_out = f"<p>Not considered: {escape('; '.join(self.not_considered))}</p>" if self.not_considered else ""
        return f"<p>{self.count} futures from now on</p>{html}{assumed}{left_out}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """So many futures have a value in [low, high)."""

    low: int
    high: int
    count: int


def spread(values: Sequence[int], most: int = 12) -> list[Bin]:
    """Bins of equal width over the values, at most so many; whole numbers that lie close have a bin each."""
    if not values:
        return []
    low, high = min(values), max(values) + 1
    width = max(1, math.ceil((high - low) / most))
    edges = np.arange(low, high + width, width)
    counts, _ = np.histogram(values, edges)
    return [Bin(low=int(a), high=int(b), count=int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True) if a < high]


def quantile(values: Sequence[int], share: float) -> int:
    """The smallest value that so large a share of the values does not exceed."""
    return int(np.quantile(np.array(values), share, method="inverted_cdf"))


def wilson(successes: int, count: int, z: float = 1.959963984540054) -> tuple[float, float, float]:
    """Wilson's 95 % interval of a share, and its midpoint between the ends: low, middle, high."""
    if not count:
        return 0.0, 0.5, 1.0
    middle = (successes + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(successes * (count - successes) / count + z * z / 4)
    return max(0.0, middle - half), middle, min(1.0, middle + half)
