"""The tables that other programs read. Each follows from the journal alone, so they may be dropped at any time."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Index, Table, Text

from twin.store.journal.tables import METADATA, Int64
from twin.store.projections.views import create_views, drop_views


def _key(name: str, comment: str) -> Column[str]:
    return Column(name, Text, primary_key=True, comment=comment)


def _place(name: str, comment: str) -> Column[int]:
    return Column(name, Int64, primary_key=True, autoincrement=False, comment=comment)


def _text(name: str, comment: str) -> Column[str]:
    return Column(name, Text, nullable=False, comment=comment)


def _whole(name: str, comment: str) -> Column[int]:
    return Column(name, Int64, nullable=False, comment=comment)


def _maybe(name: str, comment: str) -> Column[int]:
    return Column(name, Int64, nullable=True, comment=comment)


STATE_INTERVAL = Table(
    "state_interval",
    METADATA,
    _place("seq", "journal entry that began it"),
    _text("equipment", "work unit, station or line"),
    _whole("start_us", "from, microseconds since 1970-01-01 UTC"),
    _maybe("end_us", "up to, microseconds since 1970-01-01 UTC; null while it lasts"),
    _whole("state", "PackML state number, ISA-TR88.00.02-2015; 0 unknown"),
    _text("state_name", "PackML state in words"),
    _text("reason", "why, as the plant says; empty where it says nothing"),
    _text("job_order", "job order, several of a batch joined by +; empty where none"),
    _text("person", "who was there, several joined by +; empty where nobody"),
    Index("state_interval_by_equipment", "equipment", "start_us", "seq"),
    comment="PackML states of each piece of equipment; its intervals tile time without gap or overlap.",
)

JOB_ORDER = Table(
    "job_order",
    METADATA,
    _key("job_order", "id"),
    _text("request", "operations request that it belongs to"),
    _text("lot", "lot that it works on"),
    _text("material", "material of the lot"),
    _text("operation", "operation of the material's routing"),
    _text("work_center", "where it shall be done"),
    _text("equipment", "work unit or line that did it; empty before it starts"),
    _whole("quantity", "to be done, smallest unit of the material"),
    _maybe("due_us", "due date of its request, microseconds since 1970-01-01 UTC"),
    _maybe("created_us", "when it was created, microseconds since 1970-01-01 UTC"),
    _maybe("started_us", "when it first started, microseconds since 1970-01-01 UTC"),
    _maybe("completed_us", "when it was completed or aborted, microseconds since 1970-01-01 UTC"),
    _text("status", "B2MML DispatchStatus as far as the journal says it"),
    _whole("good", "good quantity, smallest unit of the material"),
    _whole("scrap", "scrapped quantity, smallest unit of the material"),
    _whole("rework", "quantity sent to rework, smallest unit of the material"),
    _whole("setup_us", "set-up time of the equipment, microseconds"),
    _whole("run_us", "run time of the equipment, microseconds"),
    _whole("work_us", "time of persons, microseconds"),
    _whole("energy_wh", "energy of the equipment, Wh"),
    comment="What each job order was to do, and what it really took and gave.",
)

LOT = Table(
    "lot",
    METADATA,
    _key("lot", "id"),
    _text("material", "what it is made of"),
    _text("request", "operations request that opened it; empty for what was received or counted"),
    _text("origin", "opened, received, counted, split or merged"),
    _text("from_lot", "lot that it was split from; empty where none"),
    _text("place", "storage unit or work unit where it was seen last; empty where nobody said"),
    _maybe("created_us", "when it came to be, microseconds since 1970-01-01 UTC"),
    _whole("quantity", "quantity that it began with, smallest unit of the material"),
    _whole("produced", "quantity that reached stock from production"),
    _whole("consumed", "quantity that went into other lots"),
    _whole("scrapped", "quantity lost"),
    _whole("shipped", "quantity that left for customers"),
    _whole("on_hand", "quantity in stock now: the sum of its stock movements"),
    comment="Every traceable amount of material, in stock or in the making.",
)

LOT_EDGE = Table(
    "lot_edge",
    METADATA,
    _place("seq", "journal entry that says so"),
    _text("from_lot", "lot that it came out of"),
    _text("to_lot", "lot that it went into"),
    _text("material", "material of from_lot"),
    _whole("quantity", "how much, smallest unit of that material"),
    _text("job_order", "job order that did it; empty where none"),
    _whole("effective_us", "when, microseconds since 1970-01-01 UTC"),
    Index("lot_edge_backward", "to_lot"),
    Index("lot_edge_forward", "from_lot"),
    comment="Genealogy: which lots went into which.",
)

STOCK_MOVEMENT = Table(
    "stock_movement",
    METADATA,
    _place("seq", "journal entry that says so"),
    _whole("effective_us", "when, microseconds since 1970-01-01 UTC"),
    _text("material", "what was moved"),
    _key("lot", "lot that it belongs to"),
    _text("kind", "counted, received, produced, consumed, scrapped, shipped, given back, taken back, unbuilt or merged"),
    _whole("quantity", "into stock > 0, out of stock < 0, smallest unit of the material"),
    _text("job_order", "job order that took or gave it; empty where none"),
    _text("order_id", "customer order or purchase order; empty where none"),
    Index("stock_movement_by_material", "material", "effective_us"),
    comment="What went into stock and out of it; the sum is what is on hand.",
)

POSTING = Table(
    "posting",
    METADATA,
    _place("seq", "journal entry that was posted"),
    _place("leg", "which leg of it, from 1"),
    _whole("effective_us", "when, microseconds since 1970-01-01 UTC"),
    _text("document", "kind of business document: receipt, issue, labour, ..."),
    _text("account", "account"),
    _whole("amount_minor", "debit > 0, credit < 0, minor units of the plant's currency"),
    _text("order_id", "customer order or purchase order; empty where none"),
    _text("request", "operations request; empty where none"),
    _text("job_order", "job order; empty where none"),
    _text("lot", "lot; empty where none"),
    _text("material", "material; empty where none"),
    _whole("quantity", "quantity of the material, smallest unit; 0 where none"),
    Index("posting_by_account", "account", "effective_us"),
    comment="Legs of all double entries; the amounts of one seq sum to zero.",
)

CUSTOMER_ORDER = Table(
    "customer_order",
    METADATA,
    _key("order_id", "id"),
    _text("customer", "who ordered"),
    _text("material", "what"),
    _whole("quantity", "how much, smallest unit of the material"),
    _maybe("due_us", "promised for, microseconds since 1970-01-01 UTC"),
    _whole("unit_price_minor", "price of one price_per of the material, minor units"),
    _maybe("confirmed_us", "when it was confirmed, microseconds since 1970-01-01 UTC"),
    _whole("shipped", "quantity shipped"),
    _maybe("shipped_us", "last shipment, microseconds since 1970-01-01 UTC; null before"),
    _whole("invoiced_minor", "invoiced without tax, minor units"),
    _maybe("invoiced_us", "last invoice, microseconds since 1970-01-01 UTC; null before"),
    _text("status", "open, shipped (all of it) or invoiced"),
    comment="What customers want, and what they have got.",
)

PURCHASE_ORDER = Table(
    "purchase_order",
    METADATA,
    _key("order_id", "id"),
    _text("supplier", "who delivers"),
    _text("material", "what"),
    _whole("quantity", "how much was ordered, smallest unit of the material"),
    _whole("unit_price_minor", "price of one price_per of the material, minor units"),
    _maybe("placed_us", "when it was placed, microseconds since 1970-01-01 UTC"),
    _maybe("due_us", "expected for, microseconds since 1970-01-01 UTC"),
    _whole("received", "quantity received"),
    _maybe("received_us", "last receipt, microseconds since 1970-01-01 UTC; null before"),
    comment="What we want of suppliers, and what has come.",
)

PROJECTED = Table(
    "projected",
    METADATA,
    _key("name", "'journal'"),
    _whole("seq", "last journal entry that the tables beside this one tell of"),
    comment="How far the tables derived from the journal have come.",
)

PROJECTIONS = (STATE_INTERVAL, JOB_ORDER, LOT, LOT_EDGE, STOCK_MOVEMENT, POSTING, CUSTOMER_ORDER, PURCHASE_ORDER)


def recreate(connection: Connection) -> None:
    """Drop every derived table and make it anew, empty, as it is declared here, with the views that read them."""
    drop_views(connection)
    for table in (*PROJECTIONS, PROJECTED):
        table.drop(connection, checkfirst=True)
        table.create(connection)
    create_views(connection)
