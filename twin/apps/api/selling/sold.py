"""Documents about what is sold: when something could be promised, and what of the stock is kept for open orders."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from twin.apps.api.documents import known_at
from twin.erp.sales.promising import Promise
from twin.results.trade.ordering import Allocation
from twin.results.trade.when_there import WhenThere


class Promised(BaseModel):
    """All of it could be there at `due`, and what of."""

    due: datetime
    reason: str

    @classmethod
    def of(cls, it: Promise) -> Promised:
        return cls(due=known_at(it.due_us), reason=it.reason)


class MethodTold(BaseModel):
    """What one method says, null: no date, why, and why that is not the date that is recommended; "" where it is."""

    method: str
    due: datetime | None
    reason: str
    differs: str


class LaterByIt(BaseModel):
    """An open order that would leave later if this one were taken; `leaves` null: not within the weeks that are played."""

    order: str
    due: datetime
    leaves_without: datetime
    leaves: datetime | None
    is_late_by_it: bool


class PromiseAsked(BaseModel):
    """When a quantity could be there, if it were ordered now; nothing is kept for it.

    `recommended`: the date to promise, null: nobody can say, and `why`: what finite capacity can give and the floor keeps, played once with
    this order. `capable_to_promise`: by material and finite capacity beside all that is planned, with the price of earlier;
    `available_to_promise`: by what is in stock or coming, else by planned lead times. Quotes and changed orders go by `quotes_by`.
    """

    material: str
    quantity: int
    recommended: datetime | None
    why: str
    methods: list[MethodTold]
    orders_later: list[LaterByIt]
    capable_to_promise: Promised
    available_to_promise: Promised
    quotes_by: str

    @classmethod
    def of(cls, it: WhenThere) -> PromiseAsked:
        return cls(
            material=it.material, quantity=it.quantity, recommended=_at(it.recommended_us), why=it.why,
            methods=[
                MethodTold(method=one.name, due=_at(one.at_us), reason=one.reason, differs=one.differs) for one in it.methods
            ],
            orders_later=[
                LaterByIt(
                    order=one.order, due=known_at(one.due_us), leaves_without=known_at(one.before_us), leaves=_at(one.after_us),
                    is_late_by_it=one.is_late_by_it,
                )
                for one in it.pushed
            ],
            capable_to_promise=Promised.of(it.capable), available_to_promise=Promised.of(it.available), quotes_by=it.quotes_by,
        )  # fmt: skip


def _at(at_us: int | None) -> datetime | None:
    return None if at_us is None else known_at(at_us)


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
