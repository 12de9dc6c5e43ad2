"""Quotes compared by what they cost in all: the goods at the best of their price breaks, the delivery, and the days that they are late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.erp.accounting.rounding import round_half_even
from twin.model.events import QuoteReceived
from twin.model.measures import US_PER_H

_DAY_US = 24 * US_PER_H


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What suppliers were asked for."""

    quantity: int
    due_us: int
    price_per: int  # units that a price is for
    late_day_minor: int | None  # what a day after the date costs; None: late ones come last, whatever they cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One quote with what we would order by it and what that costs. `total_minor` = goods + delivery + lateness."""

    quote: str
    supplier: str
    quantity: int  # with a price break or a minimum it may be more than was asked for
    unit_price_minor: int
    goods_minor: int
    delivery_minor: int
    arrives_us: int
    late_us: int
    late_minor: int
    total_minor: int
    is_valid: bool
    rank: int  # from 1; those that are not valid any more come last


def price_at(quote: QuoteReceived, quantity: int) -> int:
    """The unit price of so many, in the currency of the quote."""
    return next((price for at, price in sorted(quote.breaks, reverse=True) if at <= quantity), quote.unit_price_minor)


def cheapest(quote: QuoteReceived, quantity: int, price_per: int) -> tuple[int, int, int]:
    """Quantity to order, unit price and cost of the goods: what is needed, or the least quantity of a break if all of that costs less."""
    need = max(quantity, quote.minimum)
    breaks = sorted((at, price) for at, price in quote.breaks)
    choices = []
    for ordered in [need, *(at for at, _ in breaks if at > need)]:
        price = price_at(quote, ordered)
        choices.append((round_half_even(ordered * price, price_per), ordered, price))
    goods_minor, ordered, price = min(choices)
    return ordered, price, goods_minor


def compare(quotes: Iterable[QuoteReceived], wanted: Wanted, now_us: int) -> list[Compared]:
    """Every quote, the best first: valid before not, by total cost, then the earlier, then by its id.

    A day of lateness counts as soon as it has begun. Where lateness has no declared cost, what comes in time goes before what is late.
    """
    rows = []
    for it in quotes:
        ordered, price, goods_minor = cheapest(it, wanted.quantity, wanted.price_per)
        arrives_us = now_us + it.lead_time_us
        late_us = max(0, arrives_us - wanted.due_us)
        late_minor = -(-late_us // _DAY_US) * (wanted.late_day_minor or 0)
        total_minor, is_valid = goods_minor + it.delivery_minor + late_minor, now_us <= it.valid_until_us
        key = (not is_valid, wanted.late_day_minor is None and late_us > 0, total_minor, arrives_us, it.quote)
        rows.append((key, it, (ordered, price, goods_minor, arrives_us, late_us, late_minor, total_minor, is_valid)))
    rows.sort(key=lambda row: row[0])
    return [
        Compared(
            quote=it.quote, supplier=it.supplier, quantity=ordered, unit_price_minor=price, goods_minor=goods_minor,
            delivery_minor=it.delivery_minor, arrives_us=arrives_us, late_us=late_us, late_minor=late_minor, total_minor=total_minor,
            is_valid=is_valid, rank=rank,
        )
        for rank, (_, it, (ordered, price, goods_minor, arrives_us, late_us, late_minor, total_minor, is_valid)) in enumerate(rows, 1)
    ]  # fmt: skip
