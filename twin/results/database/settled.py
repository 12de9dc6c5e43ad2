"""Bills, invoices, credits, payments and lines of the bank, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp import Erp
from twin.erp.settlement.open_items import OpenItem

if TYPE_CHECKING:
    from twin.store.projections.projected_rows import Row


def settled_rows(erp: Erp) -> dict[str, list[Row]]:
    """What the settlement of the ERP knows."""
    settlement = erp.settlement
    payments = [
        {
            "payment": it.payment, "paid_for": it.of, "party": it.party, "paid_us": it.at_us, "amount_minor": it.minor,
            "statement": it.line[0] if it.line else "", "line_number": it.line[1] if it.line else None,
        }
        for it in settlement.paying.payments.values()
    ]  # fmt: skip
    lines = [
        {
            "statement": statement, "line_number": number, "booked_us": it.received.effective_us, "amount_minor": it.received.amount_minor,
            "reference": it.received.reference, "party": it.received.party, "payment": it.payment, "matched_by": it.by, "reason": it.reason,
        }
        for (statement, number), it in settlement.bank.lines.items()
    ]  # fmt: skip
    items = [*settlement.items.of_side("payable"), *settlement.items.of_side("receivable")]
    return {"open_item": [_item(it) for it in items], "payment": payments, "bank_line": lines}


def _item(it: OpenItem) -> Row:
    return {
        "side": it.side, "party": it.party, "item": it.item, "order_id": it.order, "issued_us": it.issued_us, "due_us": it.due_us,
        "currency": it.currency, "amount_minor": it.amount_minor, "paid_minor": it.paid_minor, "open_minor": it.open_minor,
        "booked_minor": it.booked_minor, "open_booked_minor": it.open_booked_minor, "tax_minor": it.tax_minor, "blocked": it.blocked,
        "reminder_count": it.stage, "settled_us": it.settled_us,
    }  # fmt: skip
