"""scenarios/<plant>/*.yaml: what is asked of a plant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from twin.model.demand.forecasts import MOST_ORDERS, Forecast, order_count, orders_of, streams_of
from twin.model.demand.orders import OrderLine, OrderStream
from twin.model.floor.words import Instant
from twin.model.losses.left_out import LeftOut
from twin.model.materials import Quantity
from twin.model.measures import DurationUs, PositiveUs, Table
from twin.model.policies.dispatch import DispatchRule, Weights
from twin.model.policies.forecasting import Forecasting
from twin.model.readiness.said import Said
from twin.model.settlement.payments import Payments


class Policies(Table):
    """How Level 3 and Level 4 decide. `decisions: observed` means that they only follow what the plant did,
    `decisions: told` that another MES decides and reports, and ours keeps what it says (docs/EXCHANGE.md).

    `decisions: persons`: the MES lets lots in and ranks them, and persons start them at their terminals. `reports: persons`: no machine is
    connected, and what happens is what persons say.

    `receipts: persons`: that goods of a purchase order have come is said by persons alone (GoodsReceiptEntered), in a simulated plant too,
    whose suppliers then deliver nothing by themselves. With `reports: persons` they may say it beside simulated suppliers.

    `planning`: what is to be made and bought is decided order by order, down the bills, as customers' orders come; or once a day, by the
    material plan over all of them; `planning: told`: another ERP says what is to be made, by schedules, and ours buys what that needs.

    `promising`: a quote's date is that of what is there or coming, else of planned lead times; or what material and finite capacity allow.
    """

    dispatch: DispatchRule = "edd"
    dispatch_by_center: dict[str, DispatchRule] = {}
    ties: list[DispatchRule] = []  # what ranks alike by `dispatch` goes by these, one after the other; then by when it was ready
    ties_by_center: dict[str, list[DispatchRule]] = {}
    weighted: Weights = Weights()  # used by the dispatch rule "weighted"
    sequence: dict[str, list[str]] = {}  # job orders by work center, work unit or line; used by "sequence", the rest comes after
    release: Literal["push", "due_date_offset"] = "push"
    conwip_lots: Annotated[int, Field(ge=1, strict=True)] | None = None  # at most so many lots in the making; the next when one is done
    workload: dict[str, PositiveUs] = {}  # work center: no lot that goes there is let in while so much work for it is in the plant already
    decisions: Literal["mes", "persons", "observed", "told"] = "mes"
    reports: Literal["plant", "persons"] = "plant"
    receipts: Literal["plant", "persons"] = "plant"  # who says that bought goods have come
    planning: Literal["order_by_order", "material_plan", "told"] = "order_by_order"
    promising: Literal["available_to_promise", "capable_to_promise"] = "available_to_promise"
    forecasting: Forecasting | None = None  # the material plan expects so much besides orders; left out: orders alone
    payments: Payments = Payments()
    close_books: Literal["never", "monthly"] = "never"  # monthly: at the first instant that is told of a new month of the plant

    @property
    def persons_receive(self) -> bool:
        """Whether a person may say that goods have come; else the plant says it by itself, and they would come twice."""
        return "persons" in (self.receipts, self.reports)

    def ranks(self, center: str) -> tuple[DispatchRule, ...]:
        """The rules by which a work center ranks what waits, the first first."""
        return self.dispatch_by_center.get(center, self.dispatch), *self.ties_by_center.get(center, self.ties)

    def in_sequence(self, sequence: Mapping[str, Sequence[str]]) -> Policies:
        """The same, but that job orders go in a planned sequence, by equipment; what is in none comes after, by the rules up to now."""
        centers = {*self.dispatch_by_center, *self.ties_by_center}
        ties = {center: [rule for rule in self.ranks(center) if rule != "sequence"] for center in centers}
        changed = {
            "dispatch": "sequence", "dispatch_by_center": {}, "ties": [it for it in (self.dispatch, *self.ties) if it != "sequence"],
            "ties_by_center": ties, "sequence": {name: list(jobs) for name, jobs in sequence.items()},
        }  # fmt: skip
        return self.model_copy(update=changed)


class Demand(Table):
    orders: list[OrderLine] = []
    streams: dict[str, OrderStream] = {}
    forecasts: dict[str, Forecast] = {}

    def with_forecasts(self, start: datetime) -> Demand:
        """The same, with the orders and streams that the forecasts become; itself where it has just these, in whatever order."""
        count = sum(order_count(name, it, start) for name, it in self.forecasts.items())
        if count > MOST_ORDERS:
            raise ValueError(f"the forecasts become {count:,} orders; allowed: at most {MOST_ORDERS:,}, so a larger 'order_size'")
        made_orders = [order for name, it in self.forecasts.items() for order in orders_of(name, it, start)]
        made_streams = dict(made for name, it in self.forecasts.items() for made in streams_of(name, it, start))
        twice = [name for name in made_streams if name in self.streams and not self.streams[name].forecast]
        if twice:
            raise ValueError(f"streams {', '.join(twice)}: a forecast becomes streams of these names; allowed: other names")
        strangers = [name for name in (*(it.forecast for it in self.orders), *(it.forecast for it in self.streams.values())) if name]
        if unknown := [name for name in dict.fromkeys(strangers) if name not in self.forecasts]:
            raise ValueError(f"there is no forecast {', '.join(unknown)} that an order could come from; allowed: orders without 'forecast'")
        orders = [order for order in self.orders if not order.forecast]
        streams = {name: stream for name, stream in self.streams.items() if not stream.forecast}
        if [order for order in self.orders if order.forecast] == made_orders and self.streams == streams | made_streams:
            return self
        return self.model_copy(update={"orders": orders + made_orders, "streams": streams | made_streams})


class LotInProcess(Table):
    """A lot in the making that stands on the floor at the start. Its request and its lot are called after it, as after an order."""

    material: str
    quantity: Quantity
    operation: str  # that is next, not the first: what was before it is done, and its bill is taken
    due: DurationUs = 0
    order: str | None = None  # customer order that it is for: one that is known at the start
    priority: int | None = None  # larger is more urgent; left out: that of its order, 0 without one


class OpenOrder(Table):
    """What is on order at the start, for the material plan: from a supplier, or in the making. `due` after the start.

    A firm planned order is one that the planner has fixed, and that nobody works on yet.
    """

    order: str
    material: str
    quantity: Quantity  # of good pieces that will come
    unit: str | None = None  # one of the material's `units`
    due: DurationUs
    kind: Literal["released", "firm_planned"] = "released"


class Disturbance(Table):
    """A stop that is planned by whoever asks the question: `equipment` is down from `at` for `lasts`."""

    equipment: str
    at: DurationUs
    lasts: PositiveUs
    reason: str = "disturbance"


class Scenario(Table):
    """What is asked of a plant: when, how long, for whom, under which rules, and what is different from the files."""

    title: str = ""
    plant: str
    start: Instant
    horizon: PositiveUs
    policies: Policies = Policies()
    demand: Demand = Demand()
    work_in_process: dict[str, LotInProcess] = {}
    supply: list[OpenOrder] = []
    disturbances: list[Disturbance] = []
    without: list[LeftOut] = []  # losses that do not come, all else as drawn
    entries: list[Said] = []  # what persons say in a simulated run
    changes: dict[str, Any] = {}  # "work_units.mill_1.hourly_cost": "50 EUR/h"; a value of null takes the entry away

    @model_validator(mode="after")
    def _draw_forecasts(self) -> Self:
        object.__setattr__(self, "demand", self.demand.with_forecasts(self.start))  # frozen, and not finished yet
        return self

    def counted_work(self) -> list[dict[str, Any]]:
        """What is found on the floor at the start, as fields of WorkInProcessCounted."""
        priorities = {order.order: order.priority for order in self.demand.orders}
        return [
            {
                "order": it.order or "", "request": f"{name}-{it.material}", "lot": f"{name}-{it.material}", "material": it.material,
                "quantity": it.quantity, "operation": it.operation, "due_us": self.start_us + it.due,
                "priority": priorities.get(it.order or "", 0) if it.priority is None else it.priority,
            }
            for name, it in self.work_in_process.items()
        ]  # fmt: skip

    @property
    def start_us(self) -> int:
        delta = self.start - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
