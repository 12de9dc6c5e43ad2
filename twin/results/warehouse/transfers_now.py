"""What is on its way from one site to another, and what has come of it."""

from __future__ import annotations

from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of


def transfers_of(run: Run) -> list[StockTransfer]:
    """Transfers in the order in which they were issued."""
    warehouse = warehouse_of(run)
    return list(warehouse.transfers.all.values()) if warehouse else []


def transfers_now(run: Run) -> list[StockTransfer]:
    """What is on its way first, then what came last."""
    found = transfers_of(run)[::-1]
    return sorted(found, key=lambda it: it.ended_us is not None)
