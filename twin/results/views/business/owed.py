"""Receivables and payables: who owes whom how much, since when, what is blocked and why."""

from __future__ import annotations

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
    return _owed(run, "receivable")


def payables_now(run: Run) -> OwedNow:
    """What suppliers are owed."""
    return _owed(run, "payable")


def _owed(run: Run, side: Side) -> OwedNow:
    known = sorted(run.erp.settlement.items.open[side].values(), key=lambda it: (it.due_us, it.party, it.item))
    items = [_item(it, run) for it in known]
    parties = [_ages(party, [it for it in items if it.party == party]) for party in sorted({it.party for it in items})]
    return OwedNow(
        items=items, parties=parties, all=_ages("All", items), overdue_minor=sum(it.open_minor for it in items if it.age != BUCKETS[0]),
        blocked_count=sum(bool(it.blocked) for it in items),
    )  # fmt: skip


def _item(it: OpenItem, run: Run) -> ItemNow:
    return ItemNow(
        item=it.item, party=it.party, order=it.order, due_us=it.due_us, age=it.age(run.now_us, run.plant.layout.time_zone),
        amount_minor=it.open_minor,
        currency=it.currency or run.plant.layout.currency, open_minor=it.open_booked_minor, blocked=it.blocked, reminders=it.stage,
    )  # fmt: skip


def _ages(party: str, items: list[ItemNow]) -> AgesOf:
    ages = tuple(sum(it.open_minor for it in items if it.age == bucket) for bucket in BUCKETS)
    return AgesOf(party=party, ages=ages, open_minor=sum(ages))
