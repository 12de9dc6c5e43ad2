"""Tables of what is sold: quotes to customers, and what of open orders is ready, on back order or held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.results.frames import from_rows, in_currency
from twin.results.trade.ordering import allocations

if TYPE_CHECKING:
    import pandas as pd

    from twin.model.events import SalesQuoteOffered
    from twin.results.run import Run

QUOTE_COLUMNS = (
    "quote", "line", "customer", "material", "quantity", "unit_price_eur", "discount_percent", "net_unit_price_eur", "wanted", "promised",
    "why", "valid_until", "order",
)  # fmt: skip
ALLOCATION_COLUMNS = (
    "order", "header", "customer", "material", "quantity", "shipped", "open", "allocated", "back_ordered", "ships_in_parts", "ships_with",
    "due", "held",
)  # fmt: skip


def sales_quotes_table(run: Run) -> pd.DataFrame:
    """Quotes line by line, in the order in which they were offered."""

    def worth(offer: SalesQuoteOffered, price_minor: int) -> float:
        """In units of the books, at the rate of the day on which it was offered."""
        return run.erp.settlement.rates.own_minor(price_minor, offer.currency, offer.effective_us) / 100

    rows = [
        {
            "quote": it.offered.quote, "line": number, "customer": it.offered.customer, "material": line.material,
            "quantity": line.quantity, "unit_price_eur": worth(it.offered, line.unit_price_minor),
            "discount_percent": it.offered.discount_percent,
            "net_unit_price_eur": worth(it.offered, line.net_price_minor), "wanted": it.offered.due_us if it.offered.due_us >= 0 else None,
            "promised": line.promised.due_us, "why": line.promised.reason, "valid_until": it.offered.valid_until_us, "order": it.order,
        }
        for it in run.erp.quoting.quotes.values()
        for number, line in enumerate(it.lines, start=1)
    ]  # fmt: skip
    return in_currency(from_rows(rows, QUOTE_COLUMNS, ("wanted", "promised", "valid_until")), run.plant.layout.currency)


def allocations_table(run: Run) -> pd.DataFrame:
    """Open orders, the earliest due first. Allocated: stock that no order of its material before it takes; it leaves if it may."""
    rows = [
        {
            "order": it.order, "header": it.header, "customer": it.customer, "material": it.material, "quantity": it.quantity,
            "shipped": it.shipped, "open": it.open_quantity, "allocated": it.allocated, "back_ordered": it.back_ordered,
            "ships_in_parts": it.ships_in_parts, "ships_with": " ".join(it.ships_with), "due": it.due_us, "held": it.held,
        }
        for it in allocations(run)
    ]  # fmt: skip
    return from_rows(rows, ALLOCATION_COLUMNS, ("due",))
