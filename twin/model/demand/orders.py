"""Customer orders that a scenario knows, and streams of orders that keep coming."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.materials import Quantity
from twin.model.measures import Duration, DurationUs, PositiveUs, Table
from twin.model.trade.sales import Partial


class OrderLine(Table):
    """One customer order that is known, or one line of the order `header`: received `at` after the start, due `due` after the start."""

    order: str
    customer: str
    material: str
    quantity: Quantity
    at: DurationUs = 0
    due: PositiveUs
    priority: int = 0  # larger is more urgent; used by the dispatch rule "priority"
    forecast: str | None = None  # it was made of this one, not written
    partial: Partial | None = None  # whether it may ship in parts; left out: as its customer is used to
    header: str | None = None  # the order of several lines that it is a line of; they have one customer, and are invoiced together


class OrderStream(Table):
    """Customer orders that keep coming: interval and quantity are drawn, due `promise` after receipt."""

    customer: str
    material: str
    interval: Duration
    quantity: Annotated[list[Quantity], Field(min_length=1)]  # each with equal probability
    promise: PositiveUs
    first: DurationUs | None = None  # time of the first order; None: after one drawn interval
    until: DurationUs | None = None  # none comes later than this after the start
    priority: int = 0  # larger is more urgent; used by the dispatch rule "priority"
    count: Annotated[int, Field(ge=1, strict=True)] | None = None  # at most so many
    forecast: str | None = None  # it was made of this one, not written
