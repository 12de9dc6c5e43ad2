"""Receivables and payables: who owes whom how much, since when, what is blocked and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twin.erp.settlement.open_items import AGES, OpenItem, Side
from twin.results.run import Run

BUCKETS = ("not due", "1 to 30", "31 to 60", "61 to 90", f"over {AGES[-1]}")
"""Ages of what is open, days overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNow:
    """One bill or invoice of which something is open, as booked; `amount_minor` of it in its own `currency`."""

    item: str
    party: str
    order: str
    due_us: int
    age: str
    amount_minor: int
    currency: str
    open_minor: int
    blocked: str
    reminders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgesOf:
    """What one party owes, or is owed, by age; minor units of the books."""

    party: str
    ages: tuple[int, ...]
    open_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedNow:
    """One side: open items, what is due first before the others, and sums by party and of all."""

    items: list[ItemNow]
    parties: list[AgesOf]
    all: AgesOf
    overdue_minor: int
    blocked_count: int


def receivables_now(run: Run) -> OwedNow:
    """What customers owe."""
    return _owed(run, run.erp.settlement.items.open["receivable"].values(), run.now_us)


def payables_now(run: Run) -> OwedNow:
    """What suppliers are owed."""
    return _owed(run, run.erp.settlement.items.open["payable"].values(), run.now_us)


def owed_then(side: Side, until_us: int) -> Callable[[Run], OwedNow]:
    """What looks at one side as it was before an instant: what was open of it then, and how old. Blocks and reminders are those of now."""

    def look(run: Run) -> OwedNow:
        at_us = min(run.now_us, until_us - 1)
        return _owed(run, (it for it in run.erp.settlement.items.of_side(side) if it.open_at(at_us) != (0, 0)), at_us)

    look.__qualname__ = f"{side} before {until_us}"
    return look


def _owed(run: Run, of_side: Iterable[OpenItem], at_us: int) -> OwedNow:
    known = sorted(of_side, key=lambda it: (it.due_us, it.party, it.item))
    items = [_item(it, run, at_us) for it in known]
    parties = [_ages(party, [it for it in items if it.party == party]) for party in sorted({it.party for it in items})]
    return OwedNow(
        items=items, parties=parties, all=_ages("All", items), overdue_minor=sum(it.open_minor for it in items if it.age != BUCKETS[0]),
        blocked_count=sum(bool(it.blocked) for it in items),
    )  # fmt: skip


def _item(it: OpenItem, run: Run, at_us: int) -> ItemNow:
    open_minor, open_booked_minor = it.open_at(at_us)
    return ItemNow(
        item=it.item, party=it.party, order=it.order, due_us=it.due_us, age=it.age(at_us, run.plant.layout.time_zone),
        amount_minor=open_minor,
        currency=it.currency or run.plant.layout.currency, open_minor=open_booked_minor, blocked=it.blocked, reminders=it.stage,
    )  # fmt: skip


def _ages(party: str, items: list[ItemNow]) -> AgesOf:
    ages = tuple(sum(it.open_minor for it in items if it.age == bucket) for bucket in BUCKETS)
    return AgesOf(party=party, ages=ages, open_minor=sum(ages))
