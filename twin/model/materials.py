"""items.yaml: materials, bills, costs, suppliers, customers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.measures import Duration, DurationUs, MoneyMinor, Table

MOST_PIECES = 10**8
Quantity = Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]
"""In the unit of its material; with what one may be worth (`measures.MOST`) it stays within int64."""


class BillLine(Table):
    """What one smallest-unit quantity of `per` of the parent consumes of a material."""

    material: str
    quantity: Quantity


class Reorder(Table):
    """Order `quantity` whenever stock + on order - reserved falls to `point` or below (single level, (Q, r) policy)."""

    point: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)]
    quantity: Quantity


class MaterialDefinition(Table):
    """A kind of thing that is bought, made or sold (ISA-95 MaterialDefinition).

    `unit` is the unit of measure in which quantities are counted, as integers: choose "g" where kilograms would need decimals.
    """

    title: str = ""
    kind: Literal["purchased", "made", "finished"]
    unit: str = "piece"
    bill: list[BillLine] = []  # consumed by the first operation of its routing
    price: MoneyMinor | None = None  # what a customer pays for one `price_per` units
    standard_cost: MoneyMinor | None = None  # purchased: expected cost of `price_per` units; made: rolled up
    price_per: Quantity = 1
    lot_size: Quantity | None = None  # a request is cut into lots of at most this; None: one lot
    costing_lot: Quantity | None = None  # lot that the standard cost is reckoned on; None: lot_size
    supplier: str | None = None
    reorder: Reorder | None = None
    valuation: Literal["standard", "fifo", "moving_average"] = "standard"  # at what a quantity in stock counts
    valued_by: Literal["material", "lot"] = "material"  # fifo, moving_average: whether each lot has a value of its own
    opening_stock: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)] = 0
    planned_lead_time: DurationUs = 0  # made: offset from its due date to its release (due_date_offset rule)


class Overhead(Table):
    """A cost that no request has caused alone, and that requests bear by their hours, or by the piece that they make."""

    title: str = ""
    per: Literal["labour_hour", "machine_hour", "piece"]
    rate: MoneyMinor = 0  # for an hour
    rates: dict[str, MoneyMinor] = {}  # for `price_per` pieces, by material; a material that is not named bears none


class Supplier(Table):
    title: str = ""
    lead_time: Duration


class Customer(Table):
    title: str = ""


class Materials(Table):
    """The contents of items.yaml."""

    materials: Annotated[dict[str, MaterialDefinition], Field(min_length=1)]
    suppliers: dict[str, Supplier] = {}
    customers: dict[str, Customer] = {}
    overheads: dict[str, Overhead] = {}
