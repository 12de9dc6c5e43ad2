"""requisition, supplier_quote, blanket_order, sales_quote; planned_order, peg and the like: what is wanted, offered, agreed, planned."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, maybe, perhaps_at, place, text, whole

REQUISITION = Table(
    "requisition",
    METADATA,
    key("requisition", "id"),
    text("material", "what somebody wants"),
    whole("quantity", "how much, smallest unit of the material"),
    at("due", "by when"),
    whole("value_minor", "that at standard cost, minor units"),
    text("status", "raised (waits for approval), approved, rejected or ordered"),
    text("raised_by", "who wants it"),
    at("raised", "since when"),
    text("reason", "why"),
    text("decided_by", "who has approved or rejected it; empty where nobody had to"),
    text("order_id", "purchase order that came of it; empty while there is none"),
    comment="What was asked for to be bought.",
)

SUPPLIER_QUOTE = Table(
    "supplier_quote",
    METADATA,
    key("rfq", "request for quotes"),
    key("quote", "id of the quote"),
    text("requisition", "requisition that it is for"),
    text("supplier", "who offers"),
    whole("unit_price_minor", "price of one price_per of the material, minor units"),
    whole("minimum_quantity", "least quantity, smallest unit of the material"),
    whole("delivery_minor", "what the delivery costs as a whole, minor units"),
    whole("lead_time_us", "from the order to the delivery, microseconds"),
    at("received", "when it came"),
    at("valid_until", "until when it holds"),
    whole("is_accepted", "1: it was ordered by this quote"),
    text("order_id", "purchase order by it; empty where none"),
    comment="What suppliers have offered.",
)

BLANKET_ORDER = Table(
    "blanket_order",
    METADATA,
    key("blanket", "id"),
    text("supplier", "who holds the price"),
    text("material", "of what"),
    whole("quantity", "up to how much, smallest unit of the material"),
    whole("called_quantity", "how much was ordered on it"),
    whole("open_quantity", "how much may still be called off"),
    whole("unit_price_minor", "price of one price_per of the material, minor units"),
    at("from", "from when it holds"),
    at("until", "until when it holds"),
    comment="Prices that suppliers hold, and what was called off at them.",
)

SALES_QUOTE = Table(
    "sales_quote",
    METADATA,
    key("quote", "id"),
    place("line_number", "line of it, from 1"),
    text("customer", "who was offered something"),
    text("material", "what"),
    whole("quantity", "how much, smallest unit of the material"),
    whole("net_price_minor", "price of one price_per of the material after the discount, minor units"),
    at("promised", "when all of it can be there"),
    at("valid_until", "until when it holds"),
    text("order_id", "customer order that came of it; empty while there is none"),
    comment="What customers were offered.",
)

PLANNED_ORDER = Table(
    "planned_order",
    METADATA,
    key("planned_order", "as the plan calls it"),
    text("material", "what to make or to buy"),
    text("source", "make or purchase"),
    whole("quantity", "good ones that will be there, smallest unit of the material"),
    whole("started_quantity", "how many to start or to order for that"),
    at("start", "first instant of the day on which to start or to order"),
    at("due", "first instant of the day on which they shall be there"),
    at("arrives", "first instant of the day on which they can be there"),
    whole("late_buckets", "days that it should have started before now"),
    comment="Proposals of the material plan, where the plan decides.",
)

ACTION_MESSAGE = Table(
    "action_message",
    METADATA,
    place("message_number", "in the order of the plan, from 1"),
    text("action", "release, expedite, defer, cancel, increase, decrease or inside_fence"),
    text("order_id", "order that it is about; empty where none"),
    text("order_kind", "purchase order, request, planned order or master schedule"),
    text("material", "material of the order"),
    whole("quantity", "how much is concerned, smallest unit of the material"),
    at("due", "first instant of the day on which it is due now"),
    maybe("wanted_us", "first instant of the day on which it should be, microseconds since 1970-01-01 UTC; null: never"),
    whole("late_buckets", "days that are too late"),
    text("reason", "why"),
    comment="What a planner should do about orders, by the material plan.",
)

PEG = Table(
    "peg",
    METADATA,
    place("peg_number", "in the order of the plan, from 1"),
    text("material", "what is supplied"),
    text("supply_kind", "stock, purchase order, request, planned order or missing, among others"),
    text("supply", "order that supplies it; empty where none, as stock"),
    perhaps_at("available", "first instant of the day on which it is there"),
    text("demand_kind", "what needs it: a customer order, a request, a planned order, safety stock, among others"),
    text("demand", "order that needs it; empty where none"),
    perhaps_at("needed", "first instant of the day on which it is needed"),
    whole("quantity", "how much of the supply serves that demand, smallest unit of the material"),
    comment="Who is served by what in the material plan, level by level.",
)

FORECAST_WEEK = Table(
    "forecast_week",
    METADATA,
    key("material", "what customers are expected to want"),
    place("week_number", "which week of the forecast, from 1"),
    at("from", "beginning of the week"),
    at("until", "its end"),
    whole("expected_quantity", "how much is expected to be ordered in it, smallest unit of the material"),
    text("method", "how it was forecast; empty: the mean of the weeks before"),
    at("issued", "when that was said"),
    comment="The newest forecast of each material, week by week.",
)

SUPPLIER_SCORE = Table(
    "supplier_score",
    METADATA,
    key("supplier", "who serves"),
    key("material", "with what; empty: with all that is ordered there"),
    whole("order_count", "orders that are complete or closed, or whose date has come"),
    whole("on_time_count", "of these, there by their date, as it was agreed last"),
    whole("on_first_date_count", "of these, there by the date at which they were placed"),
    whole("late_us", "by how much the others came late, all together, microseconds"),
    whole("ordered", "how much was ordered, smallest unit of the material"),
    whole("received", "how much came"),
    whole("rejected", "how much failed an inspection or went back"),
    whole("expected_minor", "what it should have cost at standard, minor units"),
    whole("paid_minor", "what it costs, minor units"),
    comment="How well each supplier serves, in all and by material: in time, as much as ordered, of what quality, at which price.",
)

MASTER_SCHEDULE = Table(
    "master_schedule",
    METADATA,
    key("material", "what is sold"),
    key("day", "day of the plant on which something of it moves, as in 2026-03-02"),
    text("zone", "by the fences of planning: firm, tradable or free"),
    whole("forecast", "what customers are expected to want beside their orders, smallest unit of the material"),
    whole("ordered", "what customers have ordered"),
    whole("made", "what comes of it, planned or on order"),
    whole("projected", "what is there at the end of the day"),
    whole("promisable", "of what is made, what no order has"),
    comment="Master schedule: what is sold and made on each day, and what may still be promised, by the plan.",
)

CAPACITY_WEEK = Table(
    "capacity_week",
    METADATA,
    key("kind", "work center or personnel class"),
    key("resource", "which of them"),
    key("week", "week of the plant by ISO 8601, as in 2026-W10"),
    at("from", "first instant of it that the plan knows"),
    whole("load_us", "what planned and open orders take, microseconds"),
    whole("capacity_us", "what there is, microseconds"),
    whole("over_us", "on days on which there is less than they take, what is missing, microseconds"),
    whole("behind_us", "what is carried over to the next week if nothing is done about it, microseconds"),
    whole("rough_us", "what customers want through all levels, stock not counted (rough cut), microseconds"),
    comment="Load against capacity by work center and week: what the plan takes of equipment and persons.",
)

TRADED = (REQUISITION, SUPPLIER_QUOTE, BLANKET_ORDER, SALES_QUOTE, SUPPLIER_SCORE)
PLANNED = (PLANNED_ORDER, ACTION_MESSAGE, PEG, FORECAST_WEEK, MASTER_SCHEDULE, CAPACITY_WEEK)
