"""What energy must have cost where its price depends on when it is used, reckoned minute by minute, apart from the posting rules.

Here a price is looked up for each minute of the plant's clock, by what its block says, and minutes of one price in a row are one piece;
the posting rules know where prices begin and end (`Tariff`). Both say the same to the last Wh, or the run ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from zoneinfo import ZoneInfo

from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged
from twin.model.plant import PlantFile

_US_PER_MIN, _MIN_PER_QUARTER, _MIN_PER_DAY, _DAYS = 60_000_000, 15, 1440, ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KWH_PER_QUARTER_OF_A_KW = Fraction(1, 4)


class EnergyEvidence:
    """Its own list of what was heard and metered."""

    def __init__(self, layout: PlantFile) -> None:
        self._layout, self._zone = layout, ZoneInfo(layout.time_zone)
        self._prices: dict[int, int] = {}  # by minute since 1970
        self._instants: dict[str, list[int]] = {}  # by equipment: the last two at which something was heard of it
        self._open: list[tuple[str, str, int, int]] = []  # equipment, job orders, Wh and their cost: not borne yet
        self._quarters: dict[str, dict[int, int]] = {}  # Wh by month and quarter of an hour

    def hear(self, event: EquipmentStateChanged | EnergyMetered) -> None:
        """Something was heard of a piece of equipment."""
        at_us = event.effective_us
        known = self._instants.setdefault(event.equipment, [at_us - _MIN_PER_QUARTER * _US_PER_MIN])
        if at_us > known[-1]:
            self._instants[event.equipment] = [known[-1], at_us]

    def metered(self, event: EnergyMetered) -> int:
        """What it costs, millionths of a minor unit."""
        since_us = self._before(event)
        cost = self._cost(since_us, event.effective_us, event.energy_wh)
        if event.job_order:
            self._open.append((event.equipment, event.job_order, event.energy_wh, cost))
        return cost

    def demand(self, event: EnergyMetered) -> Iterator[tuple[str, Fraction]]:
        """By how much the charge of each month has risen, minor units."""
        since_us, at_us, per_kw = self._before(event), event.effective_us, self._layout.energy_prices.demand
        quarter_us = _MIN_PER_QUARTER * _US_PER_MIN
        if not per_kw:
            return
        first, last = since_us // quarter_us, (at_us - 1) // quarter_us
        lasting = [min(at_us, (n + 1) * quarter_us) - max(since_us, n * quarter_us) for n in range(first, last + 1)]
        for n, energy_wh in zip(range(first, last + 1), _apportioned(event.energy_wh, lasting), strict=True):
            month = f"{self._local(n * _MIN_PER_QUARTER):%Y-%m}"
            of_month = self._quarters.setdefault(month, {})
            before = max(of_month.values(), default=0)
            of_month[n] = of_month.get(n, 0) + energy_wh
            if (more := max(of_month.values()) - before) > 0:
                yield month, Fraction(more, 1000) / _KWH_PER_QUARTER_OF_A_KW * per_kw

    def borne(self, event: EquipmentActual) -> int:
        """What a job order bears, millionths of a minor unit: of what was metered for it first, the rest at the prices of its work."""
        wanted, cost, kept = event.energy_wh, 0, list[tuple[str, str, int, int]]()
        for equipment, jobs, metered_wh, metered_cost in self._merged():
            is_own = equipment == event.equipment and event.job_order in jobs.split("+")
            taken = min(wanted, metered_wh) if is_own else 0
            part = metered_cost * taken // metered_wh if metered_wh else metered_cost if is_own else 0
            wanted, cost = wanted - taken, cost + part
            if taken < metered_wh or not is_own:
                kept.append((equipment, jobs, metered_wh - taken, metered_cost - part))
        self._open = kept
        worked_us = max(1, event.setup_us + event.run_us)
        return cost + (self._cost(event.effective_us - worked_us, event.effective_us, wanted) if wanted else 0)

    # Inside

    def _merged(self) -> list[tuple[str, str, int, int]]:
        """What is open, once for each equipment and job orders, in the order in which it was metered first."""
        sums: dict[tuple[str, str], tuple[int, int]] = {}
        for equipment, jobs, energy_wh, cost in self._open:
            known = sums.get((equipment, jobs), (0, 0))
            sums[equipment, jobs] = known[0] + energy_wh, known[1] + cost
        return [(*key, *both) for key, both in sums.items()]

    def _before(self, event: EnergyMetered) -> int:
        """When it was heard of before this; the first time, a quarter of an hour before."""
        return min(self._instants[event.equipment][0], event.effective_us - 1)

    def _cost(self, from_us: int, to_us: int, energy_wh: int) -> int:
        pieces = [(price, sum(lasts for _, lasts in run)) for price, run in groupby(self._minutes(from_us, to_us), key=lambda it: it[0])]
        parts = _apportioned(energy_wh, [lasts for _, lasts in pieces])
        return sum(wh * price for wh, (price, _) in zip(parts, pieces, strict=True))

    def _minutes(self, from_us: int, to_us: int) -> Iterator[tuple[int, int]]:
        """Price and duration, us, of each minute or part of one in an interval."""
        for minute in range(from_us // _US_PER_MIN, (to_us - 1) // _US_PER_MIN + 1):
            yield self._price(minute), min(to_us, (minute + 1) * _US_PER_MIN) - max(from_us, minute * _US_PER_MIN)

    def _price(self, minute: int) -> int:
        if minute not in self._prices:
            self._prices[minute] = self._looked_up(self._local(minute))
        return self._prices[minute]

    def _local(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, UTC).astimezone(self._zone)

    def _looked_up(self, at: datetime) -> int:
        """The price of a minute: of the first block that began today or yesterday and is not over."""
        clock = at.hour * 60 + at.minute
        for block in self._layout.energy_prices.blocks.values():
            lasts = (block.end - block.start) % _MIN_PER_DAY or _MIN_PER_DAY
            for days_ago in (0, 1):
                began = at.date() - timedelta(days=days_ago)
                is_in = 0 <= clock + days_ago * _MIN_PER_DAY - block.start < lasts
                if is_in and began.month in block.months and _DAYS[began.weekday()] in block.days:
                    return block.price
        return self._layout.energy_tariff


def _apportioned(amount: int, weights: Iterable[int]) -> list[int]:
    """Whole parts by weight: what is left of it goes to those that were cut down most, the earlier ones first."""
    exact = [Fraction(amount * weight) for weight in weights]
    whole = sum(exact, Fraction(0)) / amount if amount else Fraction(1)
    exact = [it / whole for it in exact]
    parts = [it.__floor__() for it in exact]
    for place in sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])[: amount - sum(parts)]:
        parts[place] += 1
    return parts
