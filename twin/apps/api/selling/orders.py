"""A customer order as it goes over the wire, with when it leaves by each method that can say so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from twin.apps.api.documents import at, known_at
from twin.results.outlook.leaving import LEAVES_OUT, Forecast, Leaves, Method, Standing
from twin.results.views.business.orders import OrderNow


class ByFutures(BaseModel):
    """What the futures from `asked_at` on said of the order: in time in this share (95 % interval), left by then in 50 and 90 % of them."""

    asked_at: datetime
    in_time_share: float
    in_time_share_low: float
    in_time_share_high: float
    as_likely_as_not: datetime | None
    at_worst: datetime | None

    @classmethod
    def of(cls, it: Forecast, at_us: int) -> ByFutures:
        return cls(
            asked_at=known_at(at_us), in_time_share=it.in_time, in_time_share_low=it.low, in_time_share_high=it.high,
            as_likely_as_not=at(it.middle_us), at_worst=at(it.worst_us),
        )  # fmt: skip


class Leaving(BaseModel):
    """When an open order leaves: by the published schedule (the plan), by futures (the forecast), by expected times, played once now.

    `standing` is said by `standing_by`, which leaves out what `leaves_out` tells.
    """

    planned: datetime | None
    schedule_published: datetime | None
    forecast: ByFutures | None
    played_once: datetime | None
    standing: Standing
    standing_by: Method
    leaves_out: str

    @classmethod
    def of(cls, it: Leaves) -> Leaving:
        return cls(
            planned=at(it.planned_us), schedule_published=at(it.published_us),
            forecast=ByFutures.of(it.forecast, it.forecast_us) if it.forecast and it.forecast_us is not None else None,
            played_once=at(it.expected_us), standing=it.standing, standing_by=it.by, leaves_out=LEAVES_OUT.get(it.by, ""),
        )  # fmt: skip


class Order(BaseModel):
    """A customer order, or line of one. `expected`: when it has left, or leaves by expected times; `leaves`: by each method.

    `late_by_s`: it has left so long after its due date, or is open so long after it; 0 as long as it is not due, whatever is expected.
    `expected_late_s`: `expected` is so long after its due date; null: nobody knows when it leaves.
    """

    order: str
    header: str
    customer: str
    material: str
    unit: str
    quantity: int
    first_quantity: int
    shipped: int
    confirmed: datetime
    due: datetime
    first_due: datetime
    expected: datetime | None
    leaves: Leaving | None
    standing: Literal["shipped", "shipped late", "late", "at risk", "on track", "cancelled"]
    late_by_s: int
    expected_late_s: int | None
    work_done_share: float
    waits_for: str
    waits_now: str
    waited_most_for: str
    held: str
    net_minor: int
    invoiced_minor: int
    margin_minor: int | None
    currency: str
    agreed_net_minor: int
    agreed_currency: str

    @classmethod
    def of(cls, it: OrderNow, currency: str) -> Order:
        stands = it.stands
        late_us = None if stands.expected_us is None else max(0, stands.expected_us - stands.due_us)
        return cls(
            order=it.order, header=it.header, customer=stands.customer, material=stands.material, unit=it.unit, quantity=stands.quantity,
            shipped=it.shipped, confirmed=known_at(it.confirmed_us), due=known_at(stands.due_us), expected=at(stands.expected_us),
            standing=stands.risk, first_quantity=it.first_quantity, first_due=known_at(it.first_due_us),
            late_by_s=stands.late_by_us // 1_000_000, expected_late_s=None if late_us is None else late_us // 1_000_000,
            work_done_share=stands.done, waits_for=stands.waits_for,
            waits_now=stands.waits_now, waited_most_for=stands.main_cause, leaves=stands.leaves and Leaving.of(stands.leaves), held=it.held,
            net_minor=it.net_minor, invoiced_minor=it.invoiced_minor, margin_minor=it.margin_minor, currency=currency,
            agreed_net_minor=it.agreed_net_minor, agreed_currency=it.currency or currency,
        )  # fmt: skip
