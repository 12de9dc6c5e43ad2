"""Documents about what is sold: when something could be promised, and what of the stock is kept for open orders."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from twin.apps.api.documents import known_at
from twin.erp.sales.promising import Promise
from twin.results.trade.ordering import Allocation
from twin.results.views.business.orders import Asked


class Promised(BaseModel):
    """All of it could be there at `due`, and what of."""

    due: datetime
    reason: str

    @classmethod
    def of(cls, it: Promise) -> Promised:
        return cls(due=known_at(it.due_us), reason=it.reason)


class PromiseAsked(BaseModel):
    """When a quantity could be there, if it were ordered now; nothing is kept for it.

    `capable_to_promise`: by material and finite capacity beside all that is planned, with the price of earlier; `available_to_promise`: by
    what is in stock or coming, else by planned lead times. Quotes and changed orders go by `quotes_by`.
    """

    material: str
    quantity: int
    capable_to_promise: Promised
    available_to_promise: Promised
    quotes_by: str

    @classmethod
    def of(cls, material: str, quantity: int, it: Asked) -> PromiseAsked:
        return cls(
            material=material, quantity=quantity, capable_to_promise=Promised.of(it.capable),
            available_to_promise=Promised.of(it.available), quotes_by=it.quotes_by,
        )  # fmt: skip


class Allocated(BaseModel):
    """An open order, and how much of the stock is kept for it; the rest is on back order. What is held keeps nothing."""

    order: str
    header: str
    customer: str
    material: str
    quantity: int
    shipped: int
    open_quantity: int
    allocated: int
    back_ordered: int
    ships_in_parts: bool
    ships_with: tuple[str, ...]
    due: datetime
    held: str

    @classmethod
    def of(cls, it: Allocation) -> Allocated:
        return cls(
            order=it.order, header=it.header, customer=it.customer, material=it.material, quantity=it.quantity, shipped=it.shipped,
            open_quantity=it.open_quantity, allocated=it.allocated, back_ordered=it.back_ordered, ships_in_parts=it.ships_in_parts,
            ships_with=it.ships_with, due=known_at(it.due_us), held=it.held,
        )  # fmt: skip
