"""open_item, payment, bank_line: what is owed, what was paid, what the bank says of it."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, maybe, perhaps_at, place, text, whole

OPEN_ITEM = Table(
    "open_item",
    METADATA,
    key("side", "payable: a bill of a supplier; receivable: an invoice to a customer, or what stands to the credit of one"),
    key("party", "supplier or customer"),
    key("item", "number of the bill or of the invoice"),
    text("order_id", "purchase order or customer order; empty where none"),
    at("issued", "when it was booked"),
    at("due", "when it is due"),
    text("currency", "its ISO 4217 code; empty: that of the books"),
    whole("amount_minor", "what is asked for with tax and fees, minor units of its currency; below zero: a credit"),
    whole("paid_minor", "what was paid of it, minor units of its currency"),
    whole("open_minor", "what is still to be paid, minor units of its currency"),
    whole("booked_minor", "what it was booked at, minor units of the books"),
    whole("open_booked_minor", "what is open of that, minor units of the books"),
    whole("tax_minor", "the tax in it, minor units of the books"),
    text("blocked", "why nobody may pay it; empty if somebody may"),
    whole("reminder_count", "how often a customer was reminded"),
    perhaps_at("settled", "when it was paid whole"),
    comment="Every bill, invoice and credit, with what is open of it.",
)

PAYMENT = Table(
    "payment",
    METADATA,
    key("payment", "number by which the bank knows it"),
    text("paid_for", "bill, invoice or account that it is for; empty: on account"),
    text("party", "supplier or customer; empty for what was paid to neither"),
    at("paid", "when it was paid"),
    whole("amount_minor", "what came in (above zero) or left (below zero), minor units of the books"),
    text("statement", "bank statement that has it; empty if none has yet"),
    maybe("line_number", "line of that statement; null if there is none"),
    comment="Every payment that is booked.",
)

BANK_LINE = Table(
    "bank_line",
    METADATA,
    key("statement", "bank statement"),
    place("line_number", "its place in the statement, from 1"),
    at("booked", "when it was received"),
    whole("amount_minor", "what came in (above zero) or left (below zero), minor units of the books"),
    text("reference", "what the payer has written"),
    text("party", "who it was, as the bank knows them"),
    text("payment", "payment that it is, several joined by +; empty while nobody knows"),
    text("matched_by", "reference, amount or person; empty while it is not matched"),
    text("reason", "why it is left; empty if it is matched"),
    comment="Every line of a bank statement, and what became of it.",
)

SETTLED = (OPEN_ITEM, PAYMENT, BANK_LINE)
