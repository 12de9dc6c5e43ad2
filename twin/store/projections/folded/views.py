"""Views of these tables, one each: words for columns, texts for instants; and bills, invoices and what is open of both by themselves."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.projections.folded.booked import BOOKED_VIEWS, BUDGET, PERIOD
from twin.store.projections.folded.settled import OPEN_ITEM
from twin.store.projections.folded.tables import FOLDED, FOLDED_AS_OF
from twin.store.projections.sql_view import SqlView

_INSTANT = ", microseconds since 1970-01-01 UTC"


def view_of(table: Table, name: str = "", comment: str = "", where: str = "", left_out: tuple[str, ...] = ()) -> SqlView:
    """A view with a column for each of the table's, as it is documented there; `lead_time_us` and the like become seconds."""
    columns: dict[str, tuple[str, str]] = {}
    for column in table.columns:
        meaning = column.comment or ""
        if _INSTANT in meaning:
            columns[column.name.removesuffix("_us") + "_at"] = (f"{{at:{column.name}}}", meaning.replace(_INSTANT, ", UTC"))
        elif column.name.endswith("_us"):
            columns[column.name.removesuffix("_us") + "_s"] = (f"{column.name} / 1000000", meaning.replace("microseconds", "s"))
        elif column.name not in left_out:
            columns[column.name] = (column.name, meaning)
    source = f"{table.name} WHERE {where}" if where else table.name
    return SqlView(name=name or f"bi_{table.name}", comment=comment or table.comment or "", columns=columns, source=source)


FOLDED_VIEWS = (
    view_of(OPEN_ITEM, "bi_bill", "Bills of suppliers.", "side = 'payable'", ("side", "reminder_count")),
    view_of(OPEN_ITEM, "bi_invoice", "Invoices to customers, and what stands to their credit.", "side = 'receivable'", ("side", "blocked")),
    view_of(OPEN_ITEM, comment="Bills and invoices of which something is open.", where="open_minor <> 0"),
    *(view_of(it) for it in FOLDED if it not in (OPEN_ITEM, PERIOD, BUDGET)),
    *BOOKED_VIEWS,
    view_of(FOLDED_AS_OF, comment="How far the tables of what MES and ERP know have come."),
)
