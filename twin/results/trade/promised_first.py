"""What can be promised of an order before it is taken, with the reason; and how an order is after it was changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.sales.capable import earliest
from twin.model.calendars import spoken_duration, written_local
from twin.model.events import OperationsEvent, SalesOrderChanged, SalesOrderConfirmed, SalesOrderEntered
from twin.model.exchange.bounds import FARTHEST_DUE_US
from twin.results.trade.when_there import recommended

if TYPE_CHECKING:
    from twin.results.run import Run

MOST_LINES = 20
"""Of an order of more lines the first are asked about."""
LONGEST_S = 1.0
"""So long the floor is played for the lines of an order, while the plant waits; lines after that are told as policies promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePromised:
    """A line of an order that is wanted by `due_us`, and when all of it can be there, asked for by itself, beside all that is open."""

    material: str
    quantity: int
    due_us: int
    promised_us: int
    reason: str

    @property
    def late_us(self) -> int:
        """So much later than it is wanted."""
        return max(0, self.promised_us - self.due_us)


def promised_first(run: Run, event: OperationsEvent) -> list[LinePromised]:
    """What can be promised of an order that is about to be taken: the date that page Orders recommends; of another entry nothing.

    Where nobody can recommend one it is as the plant's policies promise. Lines that nobody can take (an unknown product, a date that is
    over) are left out: they are refused anyway.
    """
    at_us, sold = event.effective_us, run.plant.materials.materials
    match event:
        case SalesOrderConfirmed():
            lines = [(event.material, event.quantity, event.due_us)]
        case SalesOrderEntered():
            lines = [line[:3] for line in event.order_lines[:MOST_LINES]]
        case _:
            return []
    sound = [
        it for it in lines if it[0] in sold and sold[it[0]].price and it[1] >= 1 and at_us <= it[2] <= at_us + FARTHEST_DUE_US
    ]  # fmt: skip
    found, begin_s = [], time.monotonic()
    for material, quantity, due_us in sound:
        told = recommended(run, material, quantity) if time.monotonic() - begin_s < LONGEST_S else None
        if told is None:
            known = earliest(run.erp, material, quantity, at_us)
            told = known.due_us, known.reason
        promised_us = max(at_us, told[0])
        found.append(LinePromised(material=material, quantity=quantity, due_us=due_us, promised_us=promised_us, reason=told[1]))
    return found


def promise_words(run: Run, lines: list[LinePromised]) -> str:
    """What can be promised, in words; "" where nothing was asked."""
    return "; ".join(_line_words(run, it) for it in lines)


def refuse_what_comes_too_late(run: Run, lines: list[LinePromised], allowed: str) -> None:
    """Nothing, if all of it can be there when it is wanted.

    Raises
    ------
    ValueError : with each line that cannot, when it can, and why not earlier; and `allowed`
    """
    if late := [it for it in lines if it.late_us]:
        raise ValueError(f"{promise_words(run, late)}; allowed: a date from then on{allowed}")


def changed_words(run: Run, event: OperationsEvent) -> str:
    """How an order is now that was changed, and when it can be there; whether its date has moved, though nobody asked for another.

    "" of another entry.
    """
    order = run.erp.customer_orders.orders.get(event.order) if isinstance(event, SalesOrderChanged) else None
    if order is None or not order.open_quantity:
        return ""
    zone, title = run.plant.layout.time_zone, run.plant.materials.materials[order.material].title or order.material
    is_now = f"{order.order} is for {order.quantity:,} of {title} now"
    if order.moved_at_us == event.effective_us:
        return f"{is_now}, {moved_to(run, order.moved_from_us, order.due_us, order.moved_why)}"
    known = earliest(run.erp, order.material, order.open_quantity, event.effective_us, without=order.order)
    there = f"what is to leave can be there {written_local(known.due_us, zone)} ({known.reason})"
    return f"{is_now}, promised for {written_local(order.due_us, zone)}; {there}"


def moved_to(run: Run, from_us: int, to_us: int, why: str) -> str:
    """A promise that was moved, in words."""
    zone = run.plant.layout.time_zone
    return f"promised for {written_local(to_us, zone)} now, no longer for {written_local(from_us, zone)}: {why}"


def _line_words(run: Run, it: LinePromised) -> str:
    title = run.plant.materials.materials[it.material].title or it.material
    at = written_local(it.promised_us, run.plant.layout.time_zone)
    when = f"cannot be there before {at}, {spoken_duration(it.late_us)} late" if it.late_us else f"can be there {at}"
    return f"{it.quantity:,} of {title} {when} ({it.reason})"
