"""bin_content and the like, package, serial_number: what lies where, for whom, in what, and whether it really does."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, maybe, perhaps_at, place, text, whole

BIN_CONTENT = Table(
    "bin_content",
    METADATA,
    key("bin", "place of the warehouse"),
    key("material", "what lies there"),
    key("lot", "lot of it"),
    whole("quantity", "how much of it, smallest unit of the material"),
    whole("reserved_quantity", "how much of that is kept for customer orders"),
    perhaps_at("expires", "until when it may be used"),
    comment="What lies in which bin, lot by lot.",
)

STOCK_RESERVATION = Table(
    "stock_reservation",
    METADATA,
    key("bin", "place of the warehouse"),
    key("material", "what is kept there"),
    key("lot", "lot of it"),
    key("order_id", "customer order that it is kept for"),
    whole("quantity", "how much, smallest unit of the material"),
    comment="What is kept for which customer order, in which bin.",
)

PICK_LINE = Table(
    "pick_line",
    METADATA,
    key("pick_list", "pick list"),
    place("line_number", "its place in the list, from 1"),
    text("wave", "wave that it was released in; empty where none"),
    text("order_id", "customer order that it is picked for"),
    text("bin", "where to take it from"),
    text("material", "what to take"),
    text("lot", "lot of it"),
    whole("quantity", "how much to take, smallest unit of the material"),
    whole("picked", "how much was taken"),
    text("status", "of the list: released, picked, shipped or cancelled"),
    at("released", "when the list was released"),
    perhaps_at("ended", "when it was shipped or cancelled"),
    text("reason", "why it was cancelled; empty if it was not"),
    comment="Lines of all pick lists.",
)

BIN_COUNT = Table(
    "bin_count",
    METADATA,
    place("count_number", "in the order of counting, from 1"),
    at("counted", "when it was counted"),
    text("bin", "place of the warehouse"),
    text("material", "what was counted"),
    text("lot", "lot of it"),
    whole("expected_quantity", "how much was thought to lie there, smallest unit of the material"),
    whole("found_quantity", "how much was found"),
    text("person", "who has counted"),
    text("cycle_count", "cycle count that it belongs to; empty for none"),
    comment="Every place that was counted.",
)

CYCLE_COUNT = Table(
    "cycle_count",
    METADATA,
    key("cycle_count", "id"),
    text("material", "what has to be counted wherever it lies"),
    text("inventory_class", "A, B or C"),
    at("requested", "when it was asked for"),
    whole("to_do_count", "places that are not counted yet"),
    perhaps_at("ended", "when all was counted"),
    comment="Counts that were asked for, by class of the material.",
)

PACKAGE = Table(
    "package",
    METADATA,
    key("package", "id"),
    text("package_type", "kind of package"),
    text("pick_list", "pick list of which it was packed"),
    text("order_id", "customer order that it is for"),
    text("material", "what lies in it"),
    whole("quantity", "how much of it, smallest unit of the material"),
    maybe("weight_mg", "with the package itself, milligrams; null where no weight is declared"),
    at("packed", "when it was begun"),
    perhaps_at("shipped", "when it left"),
    comment="Packages that were packed.",
)

PACKAGE_CONTENT = Table(
    "package_content",
    METADATA,
    key("package", "package"),
    key("lot", "lot in it"),
    whole("quantity", "how much of the lot, smallest unit of the material"),
    comment="What lies in which package, lot by lot.",
)

SERIAL_NUMBER = Table(
    "serial_number",
    METADATA,
    key("serial_number", "number of one unit"),
    text("material", "what it is"),
    text("lot", "lot that it is of"),
    text("bin", "where it lies; empty once it is gone"),
    text("status", "in stock, or how it is gone"),
    text("order_id", "customer order that it left for; empty where none"),
    at("since", "when it got its number"),
    comment="Units that have numbers of their own.",
)

STOCK_TRANSFER = Table(
    "stock_transfer",
    METADATA,
    key("transfer", "id"),
    text("material", "what was sent"),
    text("lot", "lot of it"),
    whole("quantity", "how much was sent, smallest unit of the material"),
    text("from_bin", "where it lay"),
    text("from_site", "site of that bin"),
    text("to_bin", "where it shall lie"),
    text("to_site", "site of that bin"),
    at("issued", "when it left"),
    whole("received", "how much has come"),
    whole("lost", "how much was given up on the way"),
    whole("open_quantity", "how much is on its way"),
    perhaps_at("ended", "when the last of it came, or was given up"),
    text("reason", "why it was sent"),
    comment="What was sent from one site to another, and what of it has come.",
)

STORED = (BIN_CONTENT, STOCK_RESERVATION, PICK_LINE, BIN_COUNT, CYCLE_COUNT, PACKAGE, PACKAGE_CONTENT, SERIAL_NUMBER, STOCK_TRANSFER)
