"""Views for tools that read SQL and nothing of ours: words for columns, days for instants, sums for legs. docs/DATABASE.md has queries.

A view holds nothing: it is made with the tables it reads, and gone with them. What SQLite and PostgreSQL say differently stands in braces.
"""

from __future__ import annotations

from sqlalchemy import Connection

from twin.store.projections.folded.views import FOLDED_VIEWS
from twin.store.projections.sql_view import SqlView

VIEWS = (
    SqlView(
        name="bi_customer_order",
        comment="Customer orders with what is open of them and how late they are.",
        columns={
            "order_id": ("order_id", "id"),
            "header": ("header", "order of several lines that it is a line of; its own id where it has no others"),
            "customer": ("customer", "who ordered"),
            "material": ("material", "what"),
            "quantity": ("quantity", "how much, smallest unit of the material"),
            "shipped": ("shipped", "quantity shipped"),
            "open_quantity": ("CASE WHEN shipped < quantity THEN quantity - shipped ELSE 0 END", "quantity that is still to be shipped"),
            "confirmed_at": ("{at:confirmed_us}", "when it was confirmed, UTC"),
            "due_at": ("{at:due_us}", "promised for, UTC"),
            "due_day": ("{day:due_us}", "the same as a day of the plant"),
            "shipped_at": ("{at:shipped_us}", "last shipment, UTC; null before"),
            "is_late": (
                "CASE WHEN shipped >= quantity AND shipped_us > due_us THEN 1 ELSE 0 END",
                "1: shipped whole, and after it was due",
            ),
            "invoiced_minor": ("invoiced_minor", "invoiced without tax, minor units"),
            "status": ("status", "open, shipped, invoiced or cancelled"),
        },
        source="customer_order",
    ),
    SqlView(
        name="bi_purchase_order",
        comment="Purchase orders with what is still to come and how late it came.",
        columns={
            "order_id": ("order_id", "id"),
            "header": ("header", "order of several lines that it is a line of; its own id where it has no others"),
            "supplier": ("supplier", "who delivers"),
            "material": ("material", "what"),
            "quantity": ("quantity", "how much was ordered, smallest unit of the material"),
            "received": ("received", "quantity received"),
            "cancelled_quantity": ("cancelled", "quantity of which nothing will come any more"),
            "open_quantity": (
                "CASE WHEN received + cancelled < quantity THEN quantity - received - cancelled ELSE 0 END",
                "quantity that is still to come",
            ),
            "unit_price_minor": ("unit_price_minor", "price of one price_per of the material, minor units"),
            "placed_at": ("{at:placed_us}", "when it was placed, UTC"),
            "due_at": ("{at:due_us}", "expected for, UTC"),
            "received_at": ("{at:received_us}", "last receipt, UTC; null before"),
            "closed_at": ("{at:closed_us}", "when somebody said that nothing more will come, UTC; null if nobody has"),
            "is_late": ("CASE WHEN received >= quantity AND received_us > due_us THEN 1 ELSE 0 END", "1: came whole, and after it was due"),
        },
        source="purchase_order",
    ),
    SqlView(
        name="bi_posting",
        comment="Legs of all entries: when they count, when they became known, what they concern, and whose they are.",
        columns={
            "seq": ("p.seq", "journal entry that was posted"),
            "leg": ("p.leg", "which leg of it, from 1"),
            "effective_at": ("{at:p.effective_us}", "when it counts, UTC"),
            "day": ("{day:p.effective_us}", "the same as a day of the plant"),
            "month": ("{month:p.effective_us}", "the same as a month of the plant"),
            "recorded_at": ("{at:p.recorded_us}", "when it became known, UTC"),
            "concerns_at": ("{at:p.concerns_us}", "when what it values was, UTC; earlier than it counts where that became known late"),
            "concerns_month": (
                "{month:p.concerns_us}",
                "the same as a month of the plant: the month in which it would count, had it been known",
            ),
            "reference": ("p.reference", "fact that made it late; empty where it is not"),
            "document": ("p.document", "kind of business document"),
            "account": ("p.account", "account"),
            "account_kind": ("COALESCE(a.kind, '')", "asset, liability, equity, revenue or expense"),
            "debit_minor": ("CASE WHEN p.amount_minor > 0 THEN p.amount_minor ELSE 0 END", "debit, minor units"),
            "credit_minor": ("CASE WHEN p.amount_minor < 0 THEN -p.amount_minor ELSE 0 END", "credit, minor units"),
            "amount_minor": ("p.amount_minor", "debit > 0, credit < 0, minor units"),
            "order_id": ("p.order_id", "customer order or purchase order; empty where none"),
            "request": ("p.request", "operations request; empty where none"),
            "job_order": ("p.job_order", "job order; empty where none"),
            "equipment": ("p.equipment", "work unit, line or work center; empty where none"),
            "person": ("p.person", "who did it, or said it, several joined by +; empty where nobody"),
            "lot": ("p.lot", "lot; empty where none"),
            "material": ("p.material", "material that the entry names; empty where none"),
            "quantity": ("p.quantity", "quantity of the material, smallest unit; 0 where none"),
            "work_center": ("COALESCE(e.work_center, '')", "work center of the equipment; empty where none"),
            "product": (
                "COALESCE(r.material, own.material, b.material, p.material)",
                "what the request makes, or the order is for, or else the material; empty where none",
            ),
            "customer_order": (
                "COALESCE(own.header, of_lines.header, made.header, r.order_id, '')",
                "customer order with all its lines, its own or that of its request; empty where none",
            ),
            "customer": (
                "COALESCE(NULLIF(p.customer, ''), own.customer, of_lines.customer, made.customer, asked.party, '')",
                "customer that an entry by hand names, of that order, or of the invoice; empty where none",
            ),
            "supplier": (
                "COALESCE(NULLIF(p.supplier, ''), b.supplier, bill.party, '')",
                "supplier that an entry by hand names, of the purchase order, or of the bill; empty where none",
            ),
        },
        source="posting p LEFT JOIN account a ON a.account = p.account LEFT JOIN equipment e ON e.equipment = p.equipment"
        " LEFT JOIN request_cost r ON r.request = p.request LEFT JOIN customer_order own ON own.order_id = p.order_id"
        " LEFT JOIN (SELECT DISTINCT header, customer FROM customer_order WHERE header <> order_id) of_lines"
        " ON of_lines.header = p.order_id"
        " LEFT JOIN customer_order made ON made.order_id = r.order_id LEFT JOIN purchase_order b ON b.order_id = p.order_id"
        " LEFT JOIN open_item bill ON bill.side = 'payable' AND bill.order_id = p.order_id"
        " AND bill.order_id = bill.party || '/' || bill.item LEFT JOIN open_item asked ON asked.side = 'receivable'"
        " AND asked.order_id = p.order_id AND asked.order_id = asked.party || '/' || asked.item",
    ),
    SqlView(
        name="bi_trial_balance",
        comment="Every account with its balance; all of them sum to zero.",
        columns={
            "account": ("account", "account"),
            "debit_minor": ("SUM(CASE WHEN amount_minor > 0 THEN amount_minor ELSE 0 END)", "all debits, minor units"),
            "credit_minor": ("SUM(CASE WHEN amount_minor < 0 THEN -amount_minor ELSE 0 END)", "all credits, minor units"),
            "balance_minor": ("SUM(amount_minor)", "debit > 0, credit < 0, minor units"),
            "posting_count": ("COUNT(*)", "legs on it"),
        },
        source="posting GROUP BY account",
    ),
    SqlView(
        name="bi_account_by_month",
        comment="What each account has moved in each month of the plant.",
        columns={
            "month": ("month", "as in 2026-03"),
            "account": ("account", "account"),
            "amount_minor": ("SUM(amount_minor)", "debit > 0, credit < 0, minor units"),
        },
        source="(SELECT {month:effective_us} AS month, account, amount_minor FROM posting) AS moved GROUP BY month, account",
    ),
    SqlView(
        name="bi_stock",
        comment="What is on hand of every material.",
        columns={
            "material": ("material", "what"),
            "on_hand": ("SUM(quantity)", "the sum of its movements, smallest unit"),
            "last_moved_at": ("{at:MAX(effective_us)}", "last movement, UTC"),
        },
        source="stock_movement GROUP BY material",
    ),
    SqlView(
        name="bi_lot_on_hand",
        comment="Lots in stock.",
        columns={
            "lot": ("lot", "id"),
            "material": ("material", "what"),
            "on_hand": ("on_hand", "quantity in stock, smallest unit of the material"),
            "at_suppliers": ("at_suppliers", "quantity of that which lies at suppliers"),
            "place": ("place", "where it was seen last; empty where nobody said"),
            "origin": ("origin", "opened, received, counted, split or merged"),
            "since": ("{at:created_us}", "when it came to be, UTC"),
        },
        source="lot WHERE on_hand <> 0",
    ),
    SqlView(
        name="bi_at_supplier",
        comment="What of ours lies at suppliers: components that they will work into our lots.",
        columns={
            "supplier": ("supplier", "where it lies"),
            "material": ("material", "what"),
            "lot": ("lot", "lot of it"),
            "quantity": ("quantity", "how much, smallest unit of the material"),
        },
        source="at_supplier WHERE quantity <> 0",
    ),
    SqlView(
        name="bi_job_order",
        comment="Job orders with their times, people and quantities.",
        columns={
            "job_order": ("job_order", "id"),
            "request": ("request", "operations request that it belongs to"),
            "material": ("material", "material of the lot"),
            "operation": ("operation", "operation of the routing"),
            "work_center": ("work_center", "where it shall be done"),
            "equipment": ("equipment", "work unit or line that did it"),
            "status": ("status", "B2MML DispatchStatus"),
            "quantity": ("quantity", "to be done"),
            "good": ("good", "good quantity"),
            "scrap": ("scrap", "scrapped quantity"),
            "rework": ("rework", "quantity sent to rework"),
            "started_at": ("{at:started_us}", "when it first started, UTC"),
            "completed_at": ("{at:completed_us}", "when it was completed or aborted, UTC"),
            "setup_s": ("setup_us / 1000000", "set-up time of the equipment, s"),
            "run_s": ("run_us / 1000000", "run time of the equipment, s"),
            "work_s": ("work_us / 1000000", "time of persons, s"),
            "energy_wh": ("energy_wh", "energy of the equipment, Wh"),
        },
        source="job_order",
    ),
    SqlView(
        name="bi_equipment_time",
        comment="How long each piece of equipment was in each state, for each reason; what still lasts is not in it.",
        columns={
            "equipment": ("equipment", "work unit, station or line"),
            "state": ("state_name", "PackML state in words"),
            "reason": ("reason", "why, as the plant says"),
            "interval_count": ("COUNT(*)", "how often"),
            "duration_s": ("SUM(end_us - start_us) / 1000000", "how long, s"),
        },
        source="state_interval WHERE end_us IS NOT NULL GROUP BY equipment, state_name, reason",
    ),
)


Granted = list[tuple[str, str]]
"""Views, and who may read them."""

_GRANTED = """SELECT table_name, grantee FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name LIKE 'bi\\_%%' AND privilege_type = 'SELECT' AND grantee <> current_user"""


def drop_views(connection: Connection) -> Granted:
    """Take the views away; the tables that they read may be dropped then. Who could read them: `create_views` lets them again."""
    granted: Granted = []
    if connection.dialect.name == "postgresql":
        granted = [(view, reader) for view, reader in connection.exec_driver_sql(_GRANTED)]
    for view in reversed((*VIEWS, *FOLDED_VIEWS)):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")
    return granted


def statements(dialect: str) -> list[str]:
    """What makes all views, as they are declared here, in that kind of database ("sqlite", "postgresql")."""
    found = []
    for view in (*VIEWS, *FOLDED_VIEWS):
        found.append(view.sql(dialect))
        if dialect == "postgresql":
            found.append(f"COMMENT ON VIEW {view.name} IS '{view.comment}'")
            found += [f"COMMENT ON COLUMN {view.name}.{name} IS '{meaning}'" for name, (_, meaning) in view.columns.items()]
    return found


def create_views(connection: Connection, granted: Granted) -> None:
    """Make all views, and let those read them who could before."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    there = {view.name for view in (*VIEWS, *FOLDED_VIEWS)}
    for name, reader in granted:
        if name in there:
            whom = "PUBLIC" if reader == "PUBLIC" else connection.dialect.identifier_preparer.quote_identifier(reader)
            connection.exec_driver_sql(f"GRANT SELECT ON {name} TO {whom}")
