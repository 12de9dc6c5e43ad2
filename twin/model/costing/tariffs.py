"""The section `energy_prices` of plant.yaml: what energy costs by time of day, weekday and month, and its highest quarter of an hour."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import ClockMin, Id
from twin.model.measures import MoneyMinor, Table, TariffMinorPerMWh

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class PriceBlock(Table):
    """From `start` to `end` by the plant's clock (`end` <= `start`: past midnight, into the next day), on days that begin in `months`."""

    price: TariffMinorPerMWh
    days: Annotated[list[Weekday], Field(min_length=1)] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start: ClockMin = 0
    end: ClockMin = 0
    months: Annotated[list[Annotated[int, Field(ge=1, le=12, strict=True)]], Field(min_length=1)] = [*range(1, 13)]


class EnergyPrices(Table):
    """The first block that an instant lies in has its price; outside of all it is `energy_tariff`.

    `demand`: for each kW of the month's highest mean power of a quarter of an hour, over all that is metered.
    """

    blocks: dict[Id, PriceBlock] = {}
    demand: MoneyMinor = 0
