"""The tables that other programs read. Each follows from the journal alone, so they may be dropped at any time."""

from __future__ import annotations

from sqlalchemy import Connection, Index, Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import key, maybe, place, text, whole
from twin.store.projections.folded.tables import make_folded
from twin.store.projections.views import create_views, drop_views

STATE_INTERVAL = Table(
    "state_interval",
    METADATA,
    place("seq", "journal entry that began it"),
    text("equipment", "work unit, station or line"),
    whole("start_us", "from, microseconds since 1970-01-01 UTC"),
    maybe("end_us", "up to, microseconds since 1970-01-01 UTC; null while it lasts"),
    whole("state", "PackML state number, ISA-TR88.00.02-2015; 0 unknown"),
    text("state_name", "PackML state in words"),
    text("reason", "why, as the plant says; empty where it says nothing"),
    text("job_order", "job order, several of a batch joined by +; empty where none"),
    text("person", "who was there, several joined by +; empty where nobody"),
    Index("state_interval_by_equipment", "equipment", "start_us", "seq"),
    comment="PackML states of each piece of equipment; its intervals tile time without gap or overlap.",
)

JOB_ORDER = Table(
    "job_order",
    METADATA,
    key("job_order", "id"),
    text("request", "operations request that it belongs to"),
    text("lot", "lot that it works on"),
    text("material", "material of the lot"),
    text("operation", "operation of the material's routing"),
    text("work_center", "where it shall be done"),
    text("equipment", "work unit or line that did it; empty before it starts"),
    whole("quantity", "to be done, smallest unit of the material"),
    maybe("due_us", "due date of its request, microseconds since 1970-01-01 UTC"),
    maybe("created_us", "when it was created, microseconds since 1970-01-01 UTC"),
    maybe("started_us", "when it first started, microseconds since 1970-01-01 UTC"),
    maybe("completed_us", "when it was completed or aborted, microseconds since 1970-01-01 UTC"),
    text("order_id", "order of the supplier who does it; empty where we do"),
    text("status", "B2MML DispatchStatus as far as the journal says it"),
    whole("good", "good quantity, smallest unit of the material"),
    whole("scrap", "scrapped quantity, smallest unit of the material"),
    whole("rework", "quantity sent to rework, smallest unit of the material"),
    whole("setup_us", "set-up time of the equipment, microseconds"),
    whole("run_us", "run time of the equipment, microseconds"),
    whole("work_us", "time of persons, microseconds"),
    whole("energy_wh", "energy of the equipment, Wh"),
    comment="What each job order was to do, and what it really took and gave.",
)

LOT = Table(
    "lot",
    METADATA,
    key("lot", "id"),
    text("material", "what it is made of"),
    text("request", "operations request that opened it; empty for what was received or counted"),
    text("origin", "opened, received, counted, split or merged"),
    text("from_lot", "lot that it was split from; empty where none"),
    text("place", "storage unit or work unit where it was seen last; empty where nobody said"),
    maybe("created_us", "when it came to be, microseconds since 1970-01-01 UTC"),
    whole("quantity", "quantity that it began with, smallest unit of the material"),
    whole("produced", "quantity that reached stock from production"),
    whole("consumed", "quantity that went into other lots"),
    whole("scrapped", "quantity lost"),
    whole("shipped", "quantity that left for customers"),
    whole("on_hand", "quantity in stock now: the sum of its stock movements"),
    whole("at_suppliers", "quantity of that which lies at suppliers: ours, and not here"),
    comment="Every traceable amount of material, in stock or in the making.",
)

LOT_EDGE = Table(
    "lot_edge",
    METADATA,
    place("seq", "journal entry that says so"),
    text("from_lot", "lot that it came out of"),
    text("to_lot", "lot that it went into"),
    text("material", "material of from_lot"),
    whole("quantity", "how much, smallest unit of that material"),
    text("job_order", "job order that did it; empty where none"),
    whole("effective_us", "when, microseconds since 1970-01-01 UTC"),
    Index("lot_edge_backward", "to_lot"),
    Index("lot_edge_forward", "from_lot"),
    comment="Genealogy: which lots went into which.",
)

STOCK_MOVEMENT = Table(
    "stock_movement",
    METADATA,
    place("seq", "journal entry that says so"),
    whole("effective_us", "when, microseconds since 1970-01-01 UTC"),
    key("material", "what was moved"),
    key("lot", "lot that it belongs to"),
    text("kind", "counted, received, produced, consumed, scrapped, shipped, given back, taken back, unbuilt, maintenance or merged"),
    whole("quantity", "into stock > 0, out of stock < 0, smallest unit of the material"),
    text("job_order", "job order that took or gave it; empty where none"),
    text("order_id", "customer order or purchase order; empty where none"),
    Index("stock_movement_by_material", "material", "effective_us"),
    comment="What went into stock and out of it; the sum is what is on hand.",
)

POSTING = Table(
    "posting",
    METADATA,
    place("seq", "journal entry that was posted"),
    place("leg", "which leg of it, from 1"),
    whole("effective_us", "when it counts, microseconds since 1970-01-01 UTC"),
    whole("recorded_us", "when it became known, microseconds since 1970-01-01 UTC"),
    whole("concerns_us", "when what it values was: earlier than it counts where that is late, microseconds since 1970-01-01 UTC"),
    text("reference", "fact that made it late; empty where it is not"),
    text("document", "kind of business document: receipt, issue, labour, ..."),
    text("account", "account"),
    whole("amount_minor", "debit > 0, credit < 0, minor units of the plant's currency"),
    text("order_id", "customer order or purchase order; empty where none"),
    text("request", "operations request; empty where none"),
    text("job_order", "job order; empty where none"),
    text("equipment", "work unit or line; empty where none"),
    text("person", "who did it, or said it, several joined by +; empty where nobody"),
    text("lot", "lot; empty where none"),
    text("material", "material; empty where none"),
    whole("quantity", "quantity of the material, smallest unit; 0 where none"),
    text("customer", "customer that an entry by hand names; empty where none"),
    text("supplier", "supplier that an entry by hand names; empty where none"),
    Index("posting_by_account", "account", "effective_us"),
    comment="Legs of all double entries; the amounts of one seq sum to zero.",
)

CUSTOMER_ORDER = Table(
    "customer_order",
    METADATA,
    key("order_id", "id"),
    text("header", "order of several lines that it is a line of; its own id where it has no others"),
    text("customer", "who ordered"),
    text("material", "what"),
    whole("quantity", "how much, smallest unit of the material"),
    maybe("due_us", "promised for, microseconds since 1970-01-01 UTC"),
    whole("unit_price_minor", "price of one price_per of the material, minor units"),
    maybe("confirmed_us", "when it was confirmed, microseconds since 1970-01-01 UTC"),
    whole("shipped", "quantity shipped"),
    maybe("shipped_us", "last shipment, microseconds since 1970-01-01 UTC; null before"),
    whole("invoiced_minor", "invoiced without tax, minor units"),
    maybe("invoiced_us", "last invoice, microseconds since 1970-01-01 UTC; null before"),
    text("status", "open, shipped (all of it), invoiced or cancelled"),
    comment="What customers want, and what they have got.",
)

PURCHASE_ORDER = Table(
    "purchase_order",
    METADATA,
    key("order_id", "id"),
    text("header", "order of several lines that it is a line of; its own id where it has no others"),
    text("supplier", "who delivers"),
    text("material", "what"),
    whole("quantity", "how much was ordered, smallest unit of the material"),
    whole("unit_price_minor", "price of one price_per of the material, minor units"),
    maybe("placed_us", "when it was placed, microseconds since 1970-01-01 UTC"),
    maybe("due_us", "expected for, microseconds since 1970-01-01 UTC"),
    whole("received", "quantity received, as is known now"),
    maybe("received_us", "last receipt, microseconds since 1970-01-01 UTC; null before"),
    whole("cancelled", "quantity of which nothing will come any more"),
    maybe("closed_us", "when somebody said so, microseconds since 1970-01-01 UTC; null if nobody has"),
    comment="What we want of suppliers, and what has come.",
)

GOODS_RECEIPT = Table(
    "goods_receipt",
    METADATA,
    key("order_id", "purchase order"),
    key("lot", "lot that it came as"),
    text("material", "what"),
    whole("quantity", "how much of it came, as is known now, smallest unit of the material"),
    comment="What has come on each purchase order, lot by lot.",
)

AT_SUPPLIER = Table(
    "at_supplier",
    METADATA,
    key("supplier", "where it lies"),
    key("material", "what"),
    key("lot", "lot of it"),
    whole("quantity", "how much, smallest unit of the material; 0 once it is used"),
    comment="Components of ours that were sent to suppliers for their work on our material, and are not used yet.",
)

SUBCONTRACTED = Table(
    "subcontracted_request",
    METADATA,
    key("request", "operations request"),
    text("job_orders", "its job orders that suppliers do, joined by +"),
    comment="Which requests have job orders that suppliers do.",
)

ENTRY_EFFECT = Table(
    "entry_effect",
    METADATA,
    key("entry", "id of the journal entry in which a person said it"),
    text("order_id", "purchase order that was closed; empty for a count"),
    text("supplier", "supplier at whom was counted; empty for an order"),
    text("material", "what was counted"),
    text("lot", "lot of it"),
    whole("quantity", "by how much it changed what is cancelled, or lies there; 0 once it was refused"),
    comment="What entries of persons have changed, to be taken back if they are refused.",
)

PROJECTED = Table(
    "projected",
    METADATA,
    key("name", "'journal'"),
    whole("seq", "last journal entry that the tables beside this one tell of"),
    comment="How far the tables derived from the journal have come.",
)

PROJECTIONS = (
    STATE_INTERVAL, JOB_ORDER, LOT, LOT_EDGE, STOCK_MOVEMENT, POSTING, CUSTOMER_ORDER, PURCHASE_ORDER,
    GOODS_RECEIPT, AT_SUPPLIER, SUBCONTRACTED, ENTRY_EFFECT,
)  # fmt: skip


def recreate(connection: Connection) -> None:
    """Drop every derived table and make it anew, empty, as it is declared here, with the views that read them."""
    granted = drop_views(connection)
    for table in (*PROJECTIONS, PROJECTED):
        table.drop(connection, checkfirst=True)
        table.create(connection)
    make_folded(connection)  # which views read, too; they stay where they are those of today
    create_views(connection, granted)
