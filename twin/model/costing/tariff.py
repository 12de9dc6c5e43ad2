"""A declared tariff as prices along time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from twin.model.calendars import local_instant_us
from twin.model.costing.tariffs import PriceBlock
from twin.model.measures import allocate
from twin.model.personnel.work_calendar import WEEKDAYS
from twin.model.plant import PlantFile

QUARTER_US = 15 * 60 * 1_000_000
_HALF_HOUR_US = 2 * QUARTER_US


class Tariff:
    """What a Wh costs at an instant; an interval is split at the borders of prices, its energy in whole Wh by time (largest remainder)."""

    def __init__(self, layout: PlantFile) -> None:
        self._layout = layout
        self._zone = ZoneInfo(layout.time_zone)
        self._day = lru_cache(maxsize=800)(self._prices_of_day)

    def __reduce__(self) -> tuple[type[Tariff], tuple[PlantFile]]:
        return Tariff, (self._layout,)  # days that were looked up are not worth copying

    def micro_minor(self, from_us: int, to_us: int, energy_wh: int) -> int:
        """Cost of energy that was used evenly in [from_us, to_us), in millionths of a minor unit (price per MWh * Wh); exact."""
        pieces = self.split(from_us, to_us)
        if len(pieces) == 1:
            return energy_wh * pieces[0][1]
        parts = allocate(energy_wh, [lasts_us for lasts_us, _ in pieces])
        return sum(wh * price for wh, (_, price) in zip(parts, pieces, strict=True))

    def split(self, from_us: int, to_us: int) -> list[tuple[int, int]]:
        """The interval as (duration, price), each as long as a price lasts; an instant alone has the price of the moment before it."""
        at_us, pieces = min(from_us, to_us - 1), list[tuple[int, int]]()
        while at_us < to_us:
            borders, prices, ends_us = self._day(self._date(at_us))
            place = bisect_right(borders, at_us) - 1
            until_us = min(to_us, borders[place + 1] if place + 1 < len(borders) else ends_us)
            before_us = pieces.pop()[0] if pieces and pieces[-1][1] == prices[place] else 0
            pieces.append((before_us + until_us - at_us, prices[place]))
            at_us = until_us
        return pieces

    def month(self, at_us: int) -> str:
        return self._date(at_us).isoformat()[:7]

    def _date(self, at_us: int) -> date:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).date()

    def _prices_of_day(self, day: date) -> tuple[list[int], list[int], int]:
        """Instants at which a price may begin on a local day, these prices, and when the day ends.

        Prices go by the clock on the wall: an hour that a change of clocks skips has none, one that comes twice has its prices twice.
        """
        begins_us, ends_us = local_instant_us(day, 0, self._zone), local_instant_us(day, 1440, self._zone)
        minutes = {it % 1440 for block in self._layout.energy_prices.blocks.values() for it in (block.start, block.end)}
        walls = [datetime.combine(day, time(it // 60, it % 60), self._zone) for it in minutes]
        marks = {int(it.replace(fold=fold).timestamp()) * 1_000_000 for it in walls for fold in (0, 1)}
        marks |= {at_us for at_us in range(begins_us, ends_us, _HALF_HOUR_US) if self._offset(at_us) != self._offset(at_us - _HALF_HOUR_US)}
        borders = [begins_us, *sorted(it for it in marks if begins_us < it < ends_us)]
        clocks = [datetime.fromtimestamp(it // 1_000_000, self._zone) for it in borders]
        return borders, [self._price(day, it.hour * 60 + it.minute) for it in clocks], ends_us

    def _offset(self, at_us: int) -> timedelta | None:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).utcoffset()

    def _price(self, day: date, minute: int) -> int:
        for block in self._layout.energy_prices.blocks.values():
            for began, at in ((day, minute), (day - timedelta(days=1), minute + 1440)):
                end = block.end if block.end > block.start else block.end + 1440
                if block.start <= at < end and _is_on(block, began):
                    return block.price
        return self._layout.energy_tariff


def _is_on(block: PriceBlock, day: date) -> bool:
    return day.month in block.months and WEEKDAYS[day.weekday()] in block.days


def quarters(from_us: int, to_us: int, energy_wh: int) -> list[tuple[int, int]]:
    """The quarters of an hour (number since 1970) that an interval lies in, with whole Wh that were used in each, by time."""
    if to_us <= from_us:
        return [((to_us - 1) // QUARTER_US, energy_wh)]
    numbers = range(from_us // QUARTER_US, (to_us - 1) // QUARTER_US + 1)
    lasts = [min(to_us, (n + 1) * QUARTER_US) - max(from_us, n * QUARTER_US) for n in numbers]
    return list(zip(numbers, allocate(energy_wh, lasts), strict=True))
