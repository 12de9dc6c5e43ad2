"""Orders and promises: what customers were promised, when it should leave, what is made for it, and what may still be promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.promise import available_to_promise
from twin.results.run import Run
from twin.results.trade.when_there import WhenThere, when_there
from twin.results.views.business.plan import PlanNow
from twin.results.views.overview import OrderRisk, order_risks

OPEN = ("late", "at risk", "on track")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNow:
    """One customer order, or line of one: what was agreed, how it stands, and what it brings. Money in minor units, without tax."""

    stands: OrderRisk
    header: str  # the order of several lines that it is a line of; "" if it has no others
    confirmed_us: int
    first_quantity: int  # as it was confirmed
    first_due_us: int
    shipped: int
    unit: str
    net_minor: int
    held: str  # why what is ready does not leave; "" if it does
    invoiced_minor: int
    margin_minor: int | None  # None until all of it has been shipped
    currency: str  # in which it was agreed; "": in that of the books
    agreed_net_minor: int  # for all of it, in that currency

    @property
    def order(self) -> str:
        return self.stands.order

    @property
    def is_open(self) -> bool:
        return self.stands.risk in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersNow:
    """Every customer order, the most urgent first, and what they come to."""

    orders: list[OrderNow]
    open_count: int
    late_count: int
    at_risk_count: int
    open_minor: int  # value of what is not invoiced yet
    shipped_count: int
    on_time_share: float | None  # of those that were shipped; None: none was


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOf:
    """One request that was made for an order, and what it has cost so far, minor units."""

    request: str
    material: str
    status: str
    quantity: int
    produced: int
    scrapped: int
    due_us: int
    cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promisable:
    """What of a product nobody has been promised. `days`: local day and how much in all may be promised by then."""

    material: str
    unit: str
    on_hand: int
    days: list[tuple[str, int]]


def orders_now(run: Run) -> OrdersNow:
    """All customer orders as they stand."""
    known = {it.order: it for it in run.erp.orders(run.now_us)}
    agreed = run.erp.customer_orders.orders
    definitions = run.plant.materials.materials
    found = [
        OrderNow(
            stands=it, header=known[it.order].header, confirmed_us=known[it.order].confirmed_us, shipped=known[it.order].shipped,
            unit=definitions[it.material].unit, first_quantity=known[it.order].first_quantity, first_due_us=known[it.order].first_due_us,
            net_minor=agreed[it.order].net_minor, held=agreed[it.order].held, invoiced_minor=known[it.order].revenue_minor,
            margin_minor=known[it.order].margin_minor, currency=agreed[it.order].currency,
            agreed_net_minor=agreed[it.order].agreed_net_minor if agreed[it.order].currency else agreed[it.order].net_minor,
        )
        for it in order_risks(run)
    ]  # fmt: skip
    shipped = [it for it in found if it.stands.risk in ("shipped", "shipped late")]
    in_time = sum(it.stands.risk == "shipped" for it in shipped)
    return OrdersNow(
        orders=found,
        open_count=sum(it.is_open for it in found),
        late_count=sum(it.stands.risk == "late" for it in found),
        at_risk_count=sum(it.stands.risk == "at risk" for it in found),
        open_minor=sum(it.net_minor - it.invoiced_minor for it in found if it.is_open),
        shipped_count=len(shipped),
        on_time_share=in_time / len(shipped) if shipped else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteOffered:
    """What a customer was offered, a line of a quote: price after the discount for `price_per` units, a date that can be kept, and why."""

    quote: str
    line: int
    customer: str
    material: str
    quantity: int
    net_price_minor: int
    currency: str  # of the price; "": that of the books
    discount_percent: int
    promised_us: int
    why: str
    valid_until_us: int
    order: str  # the customer order that came of it; "" if none


def quotes_offered(run: Run) -> list[QuoteOffered]:
    """Lines of quotes to customers, the latest quote first."""
    return [
        QuoteOffered(
            quote=it.offered.quote, line=number, customer=it.offered.customer, material=line.material, quantity=line.quantity,
            net_price_minor=line.net_price_minor, currency=run.erp.settlement.rates.code(it.offered.currency),
            discount_percent=it.offered.discount_percent, promised_us=line.promised.due_us,
            why=line.promised.reason, valid_until_us=it.offered.valid_until_us, order=it.order,
        )
        for it in reversed(run.erp.quoting.quotes.values())
        for number, line in enumerate(it.lines, start=1)
    ]  # fmt: skip


def promise_for(material: str, quantity: int) -> Callable[[Run], WhenThere]:
    """What says when a customer could have so much of a material: one date, what each method says, and why that is another."""

    def look(run: Run) -> WhenThere:
        return when_there(run, material, quantity)

    look.__qualname__ = f"promise of {quantity} {material}"
    return look


def made_for(order: str) -> Callable[[Run], list[RequestOf]]:
    """What looks at the requests of one order, in the order of planning."""

    def look(run: Run) -> list[RequestOf]:
        return [
            RequestOf(
                request=it.request, material=it.material, status=it.status, quantity=it.quantity, produced=it.produced,
                scrapped=it.scrapped, due_us=it.due_us,
                cost_minor=it.material_minor + it.labour_minor + it.machine_minor + it.energy_minor + it.overhead_minor + it.service_minor,
            )
            for it in run.erp.request_costs()
            if it.order == order
        ]  # fmt: skip

    look.__qualname__ = f"made for {order}"  # whoever keeps what was seen keeps one for each order
    return look


def promisable(plan: PlanNow) -> list[Promisable]:
    """Every product that is sold, by what is in stock and what is on its way or planned, less what is promised already (ATP)."""
    sold = [name for name, definition in plan.definitions.items() if definition.price]
    rows = ((name, plan.plan_of_orders.records_of(name)) for name in sold)
    return [_promisable(plan.plan, plan, name, [(it.scheduled, it.planned_receipts, it.gross) for it in own]) for name, own in rows if own]


def _promisable(plan: MaterialPlan, now: PlanNow, material: str, rows: list[tuple[int, int, int]]) -> Promisable:
    on_hand = now.on_hand.get(material, 0)
    free = available_to_promise(on_hand, [scheduled + planned for scheduled, planned, _ in rows], [gross for *_, gross in rows])
    days, in_all = [], 0
    for bucket, quantity in enumerate(free):
        in_all += quantity
        if quantity or not bucket:
            days.append((str(plan.day_of(bucket)), in_all))
    return Promisable(material=material, unit=now.definitions[material].unit, on_hand=on_hand, days=days)
