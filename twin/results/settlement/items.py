"""Tables of open items: what is owed by whom since when, what was paid, what the bank says, who was reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.erp.settlement.open_items import AGES, OpenItem, Side
from twin.model.problems import did_you_mean
from twin.results.frames import from_rows, in_currency

if TYPE_CHECKING:
    import pandas as pd

    from twin.model.plant import PlantFile
    from twin.results.run import Run

ITEM_COLUMNS = (
    "item", "party", "order", "issued", "due", "currency", "amount", "paid", "open", "booked_eur", "open_eur", "overdue_days", "age",
    "blocked", "reminders",
)  # fmt: skip
PAYMENT_COLUMNS = ("payment", "at", "party", "for", "amount_eur", "statement", "line")
BANK_COLUMNS = ("statement", "line", "at", "amount_eur", "reference", "party", "payment", "by", "reason")
DUNNING_COLUMNS = ("at", "customer", "invoice", "stage", "open_then", "fee_eur", "open_now")
BUCKETS = ("not due", "1 to 30", "31 to 60", "61 to 90", f"over {AGES[-1]}")


def items_table(run: Run, side: Side, now_us: int | None) -> pd.DataFrame:
    """Every item of which something is open after `now_us`, the one that is due first before the others."""
    at_us = run.now_us if now_us is None else now_us
    items = sorted(run.erp.settlement.items.of_side(side), key=lambda it: (it.due_us, it.party, it.item))
    rows = [_item(it, at_us, run.plant.layout) for it in items if it.open_at(at_us) != (0, 0)]
    return in_currency(from_rows(rows, ITEM_COLUMNS, ("issued", "due")), run.plant.layout.currency)


def _item(it: OpenItem, at_us: int, layout: PlantFile) -> dict[str, Any]:
    open_minor, open_booked_minor = it.open_at(at_us)
    paid_minor = sum(paid.amount_minor for paid in it.paid if paid.posted_us <= at_us)
    return {
        "item": it.item, "party": it.party, "order": it.order, "issued": it.issued_us, "due": it.due_us,
        "currency": it.currency or layout.currency,
        "amount": (open_minor + paid_minor) / 100, "paid": paid_minor / 100, "open": open_minor / 100,
        "booked_eur": it.booked_minor / 100, "open_eur": open_booked_minor / 100,
        "overdue_days": it.overdue_days(at_us, layout.time_zone),
        "age": it.age(at_us, layout.time_zone), "blocked": it.blocked, "reminders": it.stage,
    }  # fmt: skip


def ageing_table(run: Run, side: str, now_us: int | None) -> pd.DataFrame:
    """One row a party, one column an age, and a row of all."""
    if side not in ("receivable", "payable"):
        known = ("receivable", "payable")
        raise ValueError(f"nothing is '{side}'{did_you_mean(side, known)}; allowed: receivable, payable")
    at_us = run.now_us if now_us is None else now_us
    sums: dict[str, dict[str, int]] = {}
    for it in run.erp.settlement.items.of_side("receivable" if side == "receivable" else "payable"):
        if open_minor := it.open_at(at_us)[1]:
            ages = sums.setdefault(it.party, dict.fromkeys(BUCKETS, 0))
            ages[it.age(at_us, run.plant.layout.time_zone)] += open_minor
    named = {**dict(sorted(sums.items())), "all": {age: sum(it[age] for it in sums.values()) for age in BUCKETS}}
    rows = [
        {"party": party, **{f"{age} days": minor / 100 for age, minor in ages.items()}, "open_eur": sum(ages.values()) / 100}
        for party, ages in named.items()
    ]
    return in_currency(from_rows(rows, ("party", *(f"{age} days" for age in BUCKETS), "open_eur")), run.plant.layout.currency)


def payments_table(run: Run) -> pd.DataFrame:
    """Every payment in the order of booking; what came in is above zero."""
    rows = [
        {
            "payment": it.payment, "at": it.at_us, "party": it.party, "for": it.of or "on account", "amount_eur": it.minor / 100,
            "statement": it.line[0] if it.line else "", "line": it.line[1] if it.line else None,
        }
        for it in run.erp.settlement.paying.payments.values()
    ]  # fmt: skip
    return in_currency(from_rows(rows, PAYMENT_COLUMNS, ("at",)), run.plant.layout.currency)


def bank_table(run: Run) -> pd.DataFrame:
    """Every line, statement by statement."""
    rows = [
        {
            "statement": statement, "line": number, "at": it.received.effective_us, "amount_eur": it.received.amount_minor / 100,
            "reference": it.received.reference, "party": it.received.party, "payment": it.payment, "by": it.by, "reason": it.reason,
        }
        for (statement, number), it in sorted(run.erp.settlement.bank.lines.items())
    ]  # fmt: skip
    return in_currency(from_rows(rows, BANK_COLUMNS, ("at",)), run.plant.layout.currency)


def dunning_table(run: Run) -> pd.DataFrame:
    """Every reminder in the order of sending."""
    settlement = run.erp.settlement
    rows = [
        {
            "at": it.effective_us, "customer": it.customer, "invoice": it.invoice, "stage": it.stage, "open_then": it.open_minor / 100,
            "fee_eur": it.fee_minor / 100, "open_now": settlement.items.receivables[it.invoice].open_minor / 100,
        }
        for it in settlement.dunning.issued
    ]  # fmt: skip
    return in_currency(from_rows(rows, DUNNING_COLUMNS, ("at",)), run.plant.layout.currency)
