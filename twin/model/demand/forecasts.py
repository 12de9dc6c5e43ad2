"""Forecasts: how much of each material customers are expected to order from one date to the next, drawn into orders.

A quantity of a bucket becomes orders of about one size. With `spread` 0 they are known: evenly over the bucket, exactly so many pieces.
Else they are a stream of orders within the bucket, whose intervals scatter by that share of their mean: 1 is pure chance (Poisson). So a
forecast ends in the rows that orders and streams have, and engines, futures and live plants need to know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from twin.model.demand.orders import OrderLine, OrderStream
from twin.model.materials import Quantity
from twin.model.measures import Exponential, Gamma, PositiveUs, Table

MOST_ORDERS = 1_000_000
"""Of all forecasts of a scenario: the size of each is kept before anything happens."""

Expected = Annotated[int, Field(ge=0, le=10**9, strict=True)]


class ForecastBucket(Table):
    """What is expected from the day on which it starts until the next starts: pieces by material."""

    starts: date
    pieces: dict[str, Expected]


class Forecast(Table):
    """What is expected of one customer, bucket by bucket.

    Dates are days of the clock in which the scenario's start is written. A bucket in which the run starts has what is left of it.
    """

    customer: str
    buckets: Annotated[list[ForecastBucket], Field(min_length=1)]  # one after the other
    until: date  # the end of the last bucket
    order_size: Quantity  # pieces of one order, about
    spread: Annotated[float, Field(ge=0, le=1)] = 1.0  # of the time between two orders: standard deviation over mean
    promise: PositiveUs
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """So much of a material is expected between two instants; us after the start. Its orders are called `<name>-<n>`: ids are short."""

    name: str
    material: str
    quantity: int
    from_us: int
    to_us: int

    @property
    def length_us(self) -> int:
        return self.to_us - self.from_us


def buckets_of(name: str, forecast: Forecast, start: datetime) -> Iterator[Bucket]:
    """The buckets that do not end before the start, each cut to what lies behind it."""
    bounds = pairwise([*(it.starts for it in forecast.buckets), forecast.until])
    for number, (it, (day, following)) in enumerate(zip(forecast.buckets, bounds, strict=True), 1):
        from_us, to_us = max(0, _after_us(day, start)), _after_us(following, start)
        for material, quantity in it.pieces.items():
            if quantity and to_us > from_us:
                yield Bucket(name=f"{name}{number}-{material}", material=material, quantity=quantity, from_us=from_us, to_us=to_us)


def order_count(name: str, forecast: Forecast, start: datetime) -> int:
    """How many orders are expected, known ones or drawn ones."""
    return sum(_count(forecast, bucket) for bucket in buckets_of(name, forecast, start))


def orders_of(name: str, forecast: Forecast, start: datetime) -> Iterator[OrderLine]:
    """The orders of a forecast that knows no chance, in the middle of equal parts of each bucket."""
    for bucket in buckets_of(name, forecast, start) if not forecast.spread else ():
        count = _count(forecast, bucket)
        for n in range(count):
            at_us = bucket.from_us + bucket.length_us * (2 * n + 1) // (2 * count)
            yield OrderLine(
                order=f"{bucket.name}-{n + 1}", customer=forecast.customer, material=bucket.material,
                quantity=bucket.quantity // count + (n < bucket.quantity % count), at=f"{at_us} us", due=f"{at_us + forecast.promise} us",
                priority=forecast.priority, forecast=name,
            )  # fmt: skip


def streams_of(name: str, forecast: Forecast, start: datetime) -> Iterator[tuple[str, OrderStream]]:
    """The streams of a forecast that does, one for each bucket, by name.

    Notes
    -----
    The first order of a bucket comes at mean * (1 + spread^2) / 2, so that as many are expected as are declared: a renewal process that
    begins with an event has t / mean + (spread^2 - 1) / 2 more of them in a time t (Cox 1962, "Renewal theory", 4.2).
    """
    for bucket in buckets_of(name, forecast, start) if forecast.spread else ():
        count = _count(forecast, bucket)
        mean_us = max(1, bucket.length_us // count)
        mean, rest = f"{mean_us} us", bucket.quantity % count
        each = bucket.quantity // count
        alike = Exponential(mean=mean) if forecast.spread == 1 else Gamma(shape=forecast.spread**-2, mean=mean)
        first_us = bucket.from_us + round(mean_us * (1 + forecast.spread**2) / 2)
        yield (
            bucket.name,
            OrderStream(
                customer=forecast.customer, material=bucket.material, interval=alike, quantity=[each + 1] * rest + [each] * (count - rest),
                promise=f"{forecast.promise} us", first=f"{min(first_us, bucket.to_us)} us", until=f"{bucket.to_us} us",
                priority=forecast.priority, forecast=name,
            ),
        )  # fmt: skip


def _count(forecast: Forecast, bucket: Bucket) -> int:
    """How many orders a bucket is expected to have."""
    return max(1, round(bucket.quantity / forecast.order_size))


def _after_us(day: date, start: datetime) -> int:
    """From the start to the midnight with which a day begins, in the clock of the start."""
    delta = datetime.combine(day, time(), start.tzinfo) - start
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
