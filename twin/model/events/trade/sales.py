"""Level 4, order to cash: what is offered to a customer, when it can be there, what holds a shipment, what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesQuoteOffered(OfficeEntry):
    """We offer a customer a quantity at a price, with `discount_percent` off it, until `valid_until_us`.

    `due_us`: when it is wanted; -1: as soon as it can be. `partial`: "allowed", "never", or "" as the customer is used to.
    `more_lines` = ((material, quantity, unit price), ...): what is offered beside it, at the same discount. `currency`: of all prices;
    "": that of the books.
    """

    quote: str
    customer: str
    material: str
    quantity: int
    unit_price_minor: int
    valid_until_us: int
    due_us: int = -1
    discount_percent: int = 0
    partial: str = ""
    more_lines: tuple[tuple[str, int, int], ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesQuoteAccepted(OfficeEntry):
    """The customer takes the offer: it becomes the customer order `order`, or one that is called after the quote."""

    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrderEntered(OfficeEntry):
    """A customer wants several things in one order: `order_lines` = ((material, quantity, due_us, unit price), ...).

    SalesOrderConfirmed follows for each, as `order`.1, `order`.2 and so on; of an order that is there they are further lines. A price of
    -1 is that of the product. `partial`: as of SalesOrderConfirmed; what has to ship whole ships with all lines that are due with it.
    `currency`: of the prices, and of the invoice; "": that of the books.
    """

    customer: str
    order_lines: tuple[tuple[str, int, int, int], ...]
    partial: str = ""
    priority: int = 0
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPromised(BusinessEvent):
    """When all of a quantity can be there, and what of: `order` is the customer order that is asked for, or the quote."""

    material: str
    quantity: int
    due_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentHeld(BusinessEvent):
    """What is ready for a customer order does not leave, and why: with it, worth `net_minor`, its customer would owe too much."""

    customer: str
    net_minor: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentHoldLifted(BusinessEvent):
    """What held the shipments of a customer order holds them no more."""

    customer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentReleased(OfficeEntry):
    """What is held of `order` leaves all the same, for a reason, and what follows on it too."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimitChanged(OfficeEntry):
    """A customer may owe `limit_minor` at most from now on; -1: any amount."""

    customer: str
    limit_minor: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAccepted(OfficeEntry):
    """`quantity` of what was shipped on `order` is back, for a reason, in `lot`; the customer is credited `credit_minor`, net.

    -1: what was invoiced for it. It is in the currency in which the order was agreed. `disposition`: what becomes of it, as of
    GoodsTakenBack: "inspect", "stock" or "scrap"; "": it is inspected. `lot`: "" is one of its own.
    """

    quantity: int
    reason: str
    credit_minor: int = -1
    disposition: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastIssued(BusinessEvent):
    """What customers are expected to want of a material, by the week of their due dates; it takes the place of what was said before.

    The n-th of `week_pieces` is for the week that begins at the n-th of `starts_us`; the last of these is the end. `history_pieces`: what
    came in the weeks that it was reckoned from, the oldest first. `method`: by which, with its weights; "": their mean.
    """

    material: str
    starts_us: tuple[int, ...]
    week_pieces: tuple[int, ...]
    history_pieces: tuple[int, ...]
    method: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
