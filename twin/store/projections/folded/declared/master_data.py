"""material, bill_of_material, routing, work_center, work_unit, customer, supplier, price: what the plant is, as it is declared by now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import key, maybe, measured, place, text, whole

MATERIAL = Table(
    "material",
    METADATA,
    key("material", "id"),
    text("title", "what people call it"),
    text("kind", "purchased, made, finished or recovered"),
    text("unit", "unit of measure in which its quantities are counted"),
    whole("price_per", "prices and costs are for so many units"),
    maybe("price_minor", "what a customer pays for price_per units, minor units; null: it has no price"),
    maybe("standard_cost_minor", "declared cost of price_per units, minor units; null: it is rolled up, as bi_standard_cost has it"),
    text("tax_code", "its own tax code; empty: that of who buys or sells it"),
    text("supplier", "who delivers it as a rule; empty where it is not bought"),
    maybe("lot_size", "a request is cut into lots of at most so many; null: one lot"),
    maybe("reorder_point", "ordered when no more than that is there or coming; null: by the plan"),
    maybe("reorder_quantity", "in lots of so many; null: by the plan"),
    whole("safety_stock", "so much is kept"),
    whole("planned_lead_time_us", "from its release to its due date, microseconds"),
    text("valuation", "standard, fifo or moving_average"),
    whole("is_phantom", "1: it is never made for itself, and its bill is a part of others"),
    whole("level", "deepest level at which a bill uses it; 0: in no bill"),
    comment="Every kind of thing that is bought, made or sold, as it is declared by now.",
)

BILL_OF_MATERIAL = Table(
    "bill_of_material",
    METADATA,
    key("material", "what is made"),
    key("bill", "name of the alternative bill; empty: the usual one"),
    place("line_number", "from 1"),
    text("component", "what goes into it"),
    whole("quantity", "so many units of it, for bill_for units of the material"),
    whole("bill_for", "how many units of the material one bill makes"),
    text("instead_of", "component for which it may stand in; empty: it is a component itself"),
    text("component_group", "components of one group stand in for one another; empty: of none"),
    measured("scrap_share", "share of it that the plan expects to be lost"),
    comment="What goes into what is made, line by line, with what may stand in for it.",
)

ROUTING = Table(
    "routing",
    METADATA,
    key("material", "what is made"),
    key("operation", "its name"),
    place("operation_number", "its place in the routing, from 1"),
    text("segment", "step of the plant that it is"),
    text("work_center", "where it is done"),
    text("equipment_class", "equipment that it asks for; empty: any of the work center"),
    text("personnel_class", "persons that it asks for; empty: nobody"),
    measured("run_s", "mean time of a piece or of a lot, s"),
    text("per", "piece or lot: what that time is for"),
    text("setup_family", "family by which it is set up for; empty: none"),
    measured("scrap_share", "share of pieces that is expected to be lost"),
    text("supplier", "supplier who does it; empty: it is done here"),
    maybe("service_price_minor", "declared price of his work, minor units; null: it is done here"),
    comment="The operations of what is made here, in their order.",
)

WORK_CENTER = Table(
    "work_center",
    METADATA,
    key("work_center", "id"),
    text("title", "what people call it"),
    text("area", "area that it is in; empty where none is declared"),
    text("storage", "storage unit where its lots wait"),
    comment="Groups of work units that are scheduled as one.",
)

WORK_UNIT = Table(
    "work_unit",
    METADATA,
    key("work_unit", "work unit or production line"),
    text("title", "what people call it"),
    text("kind", "work unit or line"),
    text("equipment_class", "class of equipment; empty of a line"),
    text("work_center", "work center that it belongs to"),
    text("calendar", "when it works; empty: around the clock"),
    whole("hourly_cost_minor", "what an hour of it costs, minor units"),
    comment="The equipment that job orders run on.",
)

_TERMS = (
    ("terms_due_us", "so long after the paper it is due, microseconds"),
    ("discount_within_us", "who pays within so long pays less, microseconds; 0: nobody"),
)


def _party(name: str, comment: str, *more: Column[Any]) -> Table:
    return Table(
        name,
        METADATA,
        key(name, "id"),
        text("title", "what people call it"),
        text("address", "lines of its address, joined by commas; empty where none is declared"),
        text("tax_number", "its tax number; empty where none is declared"),
        *(whole(column, meaning) for column, meaning in _TERMS),
        measured("discount_share", "share that is not paid then"),
        text("tax_code", "tax code of its terms; empty: without tax"),
        text("currency", "currency of its papers; empty: that of the plant"),
        *more,
        comment=comment,
    )


CUSTOMER = _party(
    "customer", "Whom we sell to, with the terms that hold by now.",
    text("partial", "never or allowed: whether orders ship in parts, unless one says otherwise"),
    maybe("credit_limit_minor", "what it may owe at most, minor units; null: any amount"),
)  # fmt: skip
SUPPLIER = _party(
    "supplier", "Whom we buy of, with the terms that hold by now.", whole("lead_time_us", "mean of its lead time, microseconds"),
)  # fmt: skip

PRICE = Table(
    "price",
    METADATA,
    key("material", "what it is for"),
    key("kind", "sale: what customers pay; purchase: what a supplier asks for"),
    key("supplier", "whose price it is; empty: of a sale"),
    key("currency", "its ISO 4217 code; empty: that of the plant"),
    whole("price_minor", "for price_per units, minor units of that currency"),
    whole("price_per", "units that it is for"),
    whole("minimum_quantity", "from so many on; 1: any"),
    comment="Declared prices of what is sold and bought; blanket orders and quotes stand by themselves.",
)

DECLARED = (MATERIAL, BILL_OF_MATERIAL, ROUTING, WORK_CENTER, WORK_UNIT, CUSTOMER, SUPPLIER, PRICE)
