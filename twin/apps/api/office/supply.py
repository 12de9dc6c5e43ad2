"""Documents of what is wanted and offered, of what lies where and of what is picked for whom. Quantities in smallest units."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from twin.apps.api.documents import at, known_at
from twin.erp.warehouse.pick_lists import PickList
from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.results.views.business.purchasing import SupplierNow
from twin.results.views.business.sourcing import BlanketNow, QuoteNow, RequisitionNow
from twin.results.warehouse.stock_now import BinNow


class Requisition(BaseModel):
    """What somebody wants to be bought, and what has come of it."""

    requisition: str
    material: str
    unit: str
    quantity: int
    due: datetime
    value_minor: int
    standing: str
    raised_by: str
    decided_by: str
    order: str = Field(description="The purchase order that came of it; empty before")

    @classmethod
    def of(cls, it: RequisitionNow) -> Requisition:
        return cls(
            requisition=it.requisition, material=it.material, unit=it.unit, quantity=it.quantity, due=known_at(it.due_us),
            value_minor=it.value_minor, standing=it.standing, raised_by=it.raised_by, decided_by=it.decided_by, order=it.order,
        )  # fmt: skip


class SupplierScore(BaseModel):
    """How a supplier serves us. `counted`: orders that are complete, closed, or whose date has come. What cannot be told yet is null."""

    supplier: str
    title: str
    order_count: int
    open_count: int
    late_count: int
    counted: int
    on_time: int
    on_time_share: float | None
    quality_share: float | None
    price_share: float | None
    score: float | None
    open_minor: int

    @classmethod
    def of(cls, it: SupplierNow) -> SupplierScore:
        return cls.model_validate(asdict(it))


class BlanketOrder(BaseModel):
    """A price that holds for a quantity until an instant, and what is left of it."""

    blanket: str
    supplier: str
    material: str
    unit: str
    quantity: int
    called: int
    open: int
    unit_price_minor: int
    until: datetime

    @classmethod
    def of(cls, it: BlanketNow) -> BlanketOrder:
        told = asdict(it)
        return cls(until=known_at(told.pop("until_us")), **told)


class SupplierQuote(BaseModel):
    """What a supplier offers, with what would be ordered by it and what that costs in all; 1 is the best of its request."""

    rfq: str
    rank: int
    quote: str
    supplier: str
    quantity: int
    unit_price_minor: int
    delivery_minor: int
    lateness_minor: int
    total_minor: int
    arrives: datetime
    is_valid: bool
    is_accepted: bool

    @classmethod
    def of(cls, now: QuoteNow) -> SupplierQuote:
        it = now.of
        return cls(
            rfq=now.rfq, rank=it.rank, quote=it.quote, supplier=it.supplier, quantity=it.quantity, unit_price_minor=it.unit_price_minor,
            delivery_minor=it.delivery_minor, lateness_minor=it.late_minor, total_minor=it.total_minor, arrives=known_at(it.arrives_us),
            is_valid=it.is_valid, is_accepted=now.is_accepted,
        )  # fmt: skip


class BinContent(BaseModel):
    """A lot in a bin."""

    material: str
    lot: str
    quantity: int


class Bin(BaseModel):
    """A bin, its places and what lies in it."""

    bin: str
    zone: str
    capacity: int | None = Field(description="Places in it; null: as many as are wanted")
    places_taken: int
    content: list[BinContent]

    @classmethod
    def of(cls, it: BinNow) -> Bin:
        content = [BinContent(material=material, lot=lot, quantity=quantity) for material, lot, quantity in it.lots]
        return cls(bin=it.bin, zone=it.zone, capacity=it.capacity, places_taken=it.taken, content=content)


class PickLine(BaseModel):
    """What to take from where."""

    bin: str
    material: str
    lot: str
    quantity: int
    picked: int


class Picking(BaseModel):
    """What is picked for a customer order: released, picked, shipped or cancelled."""

    pick_list: str
    wave: str
    order: str
    standing: str
    released: datetime
    ended: datetime | None
    reason: str
    lines: list[PickLine]

    @classmethod
    def of(cls, it: PickList) -> Picking:
        lines = [
            PickLine(bin=line.bin, material=line.material, lot=line.lot, quantity=line.quantity, picked=line.picked) for line in it.lines
        ]
        return cls(
            pick_list=it.pick_list, wave=it.wave, order=it.order, standing=it.standing, released=known_at(it.released_us),
            ended=at(it.ended_us), reason=it.reason, lines=lines,
        )  # fmt: skip


class Transfer(BaseModel):
    """What was sent from one site to another; `open_quantity` is on its way."""

    transfer: str
    material: str
    lot: str
    from_bin: str
    bin: str
    quantity: int
    received: int
    lost: int
    open_quantity: int
    issued: datetime
    ended: datetime | None
    reason: str

    @classmethod
    def of(cls, it: StockTransfer) -> Transfer:
        return cls(
            transfer=it.transfer, material=it.material, lot=it.lot, from_bin=it.from_bin, bin=it.bin, quantity=it.quantity,
            received=it.received, lost=it.lost, open_quantity=it.open_quantity, issued=known_at(it.issued_us), ended=at(it.ended_us),
            reason=it.reason,
        )  # fmt: skip
