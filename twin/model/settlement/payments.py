"""Who pays when, in a run in which nobody says it: a policy of a scenario."""

from __future__ import annotations

from typing import Literal

from twin.model.measures import DurationUs, Table


class Payments(Table):
    """What is settled by itself. All of it left out: bills and payments come as they are told, and nobody pays anything.

    `bills`: goods received are billed so long after they came, at the price that they came at (evaluated receipt settlement).
    `customers`: an invoice is paid so long after its due date, as by direct debit; `customers_late` says it for single ones.
    `suppliers`: bills are paid when they are due, or `at_discount` on the last day on which less is enough, where there is one.
    `credits`: what stands to a customer's credit is taken off what he is to pay by himself, or when somebody says so.
    `accrued`: wages, energy, overheads, freight, and tax (what was charged less what was paid) of a month, at its end.
    """

    bills: DurationUs | None = None
    suppliers: Literal["by_hand", "at_due", "at_discount"] = "by_hand"
    customers: DurationUs | None = None
    customers_late: dict[str, DurationUs] = {}
    accrued: Literal["by_hand", "monthly"] = "by_hand"
    credits: Literal["by_hand", "set_off"] = "by_hand"
