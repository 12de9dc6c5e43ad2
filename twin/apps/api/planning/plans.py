"""Documents about plans: the master schedule, load against capacity, orders on finite equipment, buffers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from twin.apps.api.documents import known_at
from twin.erp.demand_plan.buffers import BufferRow, BufferZone
from twin.erp.demand_plan.master_schedule import Zone
from twin.model.measures import US_PER_H
from twin.results.planning.plans_now import FiniteLine, LoadLine, MasterLine


class MasterScheduled(BaseModel):
    """A product on a local day on which something of it moves, in its unit; days before `zone` is open are the planner's."""

    material: str
    day: str
    zone: Zone
    forecast: int
    ordered: int
    made: int
    projected: int
    available_to_promise: int

    @classmethod
    def of(cls, it: MasterLine) -> MasterScheduled:
        return cls(
            material=it.material, day=it.day, zone=it.zone, forecast=it.forecast, ordered=it.ordered, made=it.made,
            projected=it.projected, available_to_promise=it.promisable,
        )  # fmt: skip


class Load(BaseModel):
    """Hours that orders take of a work center or a qualification on a local day; `behind_h` is carried over to the next."""

    kind: str
    resource: str
    day: str
    load_h: float
    capacity_h: float
    over_h: float
    behind_h: float
    rough_cut_h: float

    @classmethod
    def of(cls, it: LoadLine) -> Load:
        return cls(
            kind=it.kind, resource=it.resource, day=it.day, load_h=it.load_us / US_PER_H, capacity_h=it.capacity_us / US_PER_H,
            over_h=it.over_us / US_PER_H, behind_h=it.behind_us / US_PER_H, rough_cut_h=it.rough_us / US_PER_H,
        )  # fmt: skip


class FiniteLoad(BaseModel):
    """When an order is done if equipment does one thing at a time; null: not within the hours that are known.

    `customer_order`: the one that a request was made for, of which GET /orders tells when it leaves; "" if none.
    """

    order: str
    kind: str
    material: str
    quantity: int
    starts: datetime
    due: datetime
    done: datetime | None
    late_h: float | None
    why: str
    customer_order: str

    @classmethod
    def of(cls, it: FiniteLine) -> FiniteLoad:
        return cls(
            order=it.order, kind=it.kind, material=it.material, quantity=it.quantity, starts=known_at(it.starts_us),
            due=known_at(it.due_us), done=None if it.done_us is None else known_at(it.done_us),
            late_h=None if it.late_us is None else it.late_us / US_PER_H, why=it.why,
            customer_order=it.customer_order,
        )  # fmt: skip


class Buffered(BaseModel):
    """A buffer of demand driven MRP: its zones, where the net flow stands, and what is due to be ordered (0: nothing)."""

    material: str
    top_of_red: int
    top_of_yellow: int
    top_of_green: int
    on_hand: int
    on_order: int
    qualified_demand: int
    net_flow: int
    zone: BufferZone
    order: int

    @classmethod
    def of(cls, it: BufferRow) -> Buffered:
        zones = it.zones
        return cls(
            material=it.material, top_of_red=zones.top_of_red, top_of_yellow=zones.top_of_yellow, top_of_green=zones.top_of_green,
            on_hand=it.on_hand, on_order=it.on_order, qualified_demand=it.qualified_demand, net_flow=it.net_flow, zone=it.zone,
            order=it.order,
        )  # fmt: skip
