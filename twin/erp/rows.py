"""What the ERP shows: frozen rows. Money in minor units, quantities in the smallest unit of the material, times in UTC microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.parts import variance_parts
from twin.erp.accounting.wip import COST_ELEMENTS
from twin.model.measures import allocate

if TYPE_CHECKING:
    from twin.erp.erp import Erp


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One customer order, or line of one: what was promised, what happened, what it earned.

    `late_by_us`: shipped (or, if it is still open, now) later than due; 0 if not. `margin_minor` = revenue - what was
    credited for returns - cost of the goods shipped at standard - scrap, rework and variance of the requests that were made for it;
    None until all of it has been shipped, since costs come before the revenue.
    """

    order: str
    header: str  # the order of several lines that it is a line of; "" if it has no others
    customer: str
    material: str
    quantity: int
    confirmed_us: int
    due_us: int
    shipped: int
    shipped_us: int | None
    late_by_us: int
    revenue_minor: int
    credited_minor: int
    standard_cost_minor: int
    scrap_minor: int
    rework_minor: int
    variance_minor: int
    margin_minor: int | None
    first_quantity: int  # as it was confirmed
    first_due_us: int
    cancelled_us: int | None  # when its customer wanted nothing more of it


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCostRow:
    """One request: cost by element, what was given out, and the difference.

    While it is open `wip_minor` = material + labour + machine + energy + overhead + service - produced - scrap; when it is closed that
    difference is `variance_minor`, and the parts sum to it: material at another price than standard, more or less of it than
    planned (of components that can stand in for one another: another mix of them, another yield), another rate or another time of
    labour and of machines, another price or another use of energy, overhead borne by another time, lots of another size than the costing
    lot (`lot_size_minor`: of labour, machines, energy and overhead), suppliers' work at another price, and odd cents. Of a request whose
    output is valued at actual cost they are held against standards that nothing is booked at:
    `borne_by_output_minor` takes back what is in the worth of what was made, so that together they are what was booked.
    """

    request: str
    order: str
    parent: str
    material: str
    status: str  # "planned", "released", "closed"
    quantity: int
    produced: int
    scrapped: int
    due_us: int
    released_us: int | None
    closed_us: int | None
    labour_us: int
    material_minor: int
    labour_minor: int
    machine_minor: int
    energy_minor: int
    overhead_minor: int
    service_minor: int
    produced_minor: int
    scrap_minor: int
    wip_minor: int
    variance_minor: int
    material_price_minor: int
    material_usage_minor: int
    material_mix_minor: int
    material_yield_minor: int
    material_substitution_minor: int
    labour_rate_minor: int
    labour_efficiency_minor: int
    machine_rate_minor: int
    machine_efficiency_minor: int
    energy_price_minor: int
    energy_usage_minor: int
    overhead_efficiency_minor: int
    lot_size_minor: int
    subcontracting_minor: int
    borne_by_output_minor: int
    rounding_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WipRow:
    """Value of an open request at one instant: on the ledger, running since the last booking, and both."""

    request: str
    order: str
    material: str
    booked_minor: int
    running_minor: int
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """One material. `position` = on hand + incoming - reserved."""

    material: str
    kind: str
    unit: str
    on_hand: int
    incoming: int
    reserved: int
    position: int
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLotRow:
    """One lot in stock, with its share of the material's value (largest remainder)."""

    material: str
    lot: str
    quantity: int
    since_us: int
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderRow:
    order: str
    supplier: str
    material: str
    quantity: int
    unit_price_minor: int  # for `price_per` units
    placed_us: int
    due_us: int
    received: int
    received_us: int | None


def orders(erp: Erp, now_us: int) -> list[OrderRow]:
    """Customer orders in the order of confirmation."""
    made_for: dict[str, list[str]] = {}
    for request in erp.requests.requests.values():
        made_for.setdefault(request.order, []).append(request.request)
    found = []
    for it in erp.customer_orders.orders.values():
        requests = made_for.get(it.order, [])
        standard = sum(erp.book.accruals.total_minor((it.order, how)) for how in ("shipped", "shipped at cost"))
        scrap = sum(erp.wip.element_minor(request, "scrap") for request in requests)
        rework = sum(erp.book.rework_minor.get(request, 0) for request in requests)
        variance = sum(erp.wip.variance_minor(request) for request in requests)
        credited = erp.returning.credited.get(it.order, 0)
        margin = it.invoiced_minor - credited - standard - scrap - rework - variance
        done_us = now_us if it.open_quantity else it.shipped_us if it.shipped_us is not None else min(it.due_us, now_us)
        found.append(
            OrderRow(
                order=it.order,
                header=it.header,
                customer=it.customer,
                material=it.material,
                quantity=it.quantity,
                confirmed_us=it.confirmed_us,
                due_us=it.due_us,
                shipped=it.shipped,
                shipped_us=it.shipped_us,
                late_by_us=max(0, done_us - it.due_us),
                revenue_minor=it.invoiced_minor,
                credited_minor=credited,
                standard_cost_minor=standard,
                scrap_minor=scrap,
                rework_minor=rework,
                variance_minor=variance,
                margin_minor=None if it.open_quantity else margin,
                first_quantity=it.first_quantity,
                first_due_us=it.first_due_us,
                cancelled_us=it.cancelled_us,
            )
        )
    return found


def request_costs(erp: Erp) -> list[RequestCostRow]:
    """Requests in the order of planning."""
    found = []
    for it in erp.requests.requests.values():
        elements = {element: erp.wip.element_minor(it.request, element) for element in COST_ELEMENTS}
        status = "planned" if it.released_us is None else "released" if it.closed_us is None else "closed"
        found.append(
            RequestCostRow(
                request=it.request,
                order=it.order,
                parent=it.parent,
                material=it.material,
                status=status,
                quantity=it.quantity,
                produced=it.produced,
                scrapped=it.scrapped,
                due_us=it.due_us,
                released_us=it.released_us,
                closed_us=it.closed_us,
                labour_us=erp.wip.labour_us.get(it.request, 0),
                material_minor=elements["material"],
                labour_minor=elements["labour"],
                machine_minor=elements["machine"],
                energy_minor=elements["energy"],
                overhead_minor=elements["overhead"],
                service_minor=elements["service"],
                produced_minor=erp.wip.element_minor(it.request, "produced"),
                scrap_minor=erp.wip.element_minor(it.request, "scrap"),
                wip_minor=erp.wip.balance_minor(it.request),
                variance_minor=erp.wip.variance_minor(it.request),
                **variance_parts(erp, it),
            )
        )
    return found


def work_in_progress(erp: Erp, now_us: int) -> list[WipRow]:
    """Open requests with their value at `now_us`."""
    running = erp.book.running_minor(now_us, erp.requests.job_orders)
    found = []
    for name, it in erp.requests.requests.items():
        if it.closed_us is None:
            booked = erp.wip.balance_minor(name)
            value = booked + running.get(name, 0)
            found.append(
                WipRow(
                    request=name,
                    order=it.order,
                    material=it.material,
                    booked_minor=booked,
                    running_minor=running.get(name, 0),
                    value_minor=value,
                )
            )
    return found


def stock(erp: Erp) -> list[StockRow]:
    """Every material, in declared order."""
    return [
        StockRow(
            material=material,
            kind=definition.kind,
            unit=definition.unit,
            on_hand=erp.stock.on_hand[material],
            incoming=erp.stock.incoming[material],
            reserved=erp.stock.reserved[material],
            position=erp.stock.position(material),
            value_minor=erp.book.value_minor(material, erp.stock.on_hand[material]),
        )
        for material, definition in erp.materials.items()
    ]


def stock_lots(erp: Erp) -> list[StockLotRow]:
    """Lots in stock by material, oldest first."""
    found = []
    for material, lots in erp.stock.lots.items():
        oldest_first = sorted(lots, key=lambda name: (lots[name].since_us, name))
        values = _values(erp, material, oldest_first, [lots[name].quantity for name in oldest_first])
        found += [
            StockLotRow(material=material, lot=name, quantity=lots[name].quantity, since_us=lots[name].since_us, value_minor=value)
            for name, value in zip(oldest_first, values, strict=True)
        ]
    return found


def _values(erp: Erp, material: str, lots: list[str], quantities: list[int]) -> Iterable[int]:
    """Share of each lot in the value on hand. While a lot is below zero each is valued alone."""
    if erp.book.actual.values(material):
        return erp.book.actual.lot_values(material, lots, quantities)
    if not quantities or min(quantities) < 0:
        return [erp.standards.value_minor(material, quantity) for quantity in quantities]
    return allocate(erp.standards.value_minor(material, sum(quantities)), quantities)


def purchase_orders(erp: Erp) -> list[PurchaseOrderRow]:
    """Purchase orders in the order of placing."""
    return [
        PurchaseOrderRow(
            order=it.order,
            supplier=it.supplier,
            material=it.material,
            quantity=it.quantity,
            unit_price_minor=it.unit_price_minor,
            placed_us=it.placed_us,
            due_us=it.due_us,
            received=it.received,
            received_us=it.received_us,
        )
        for it in erp.purchasing.orders.values()
    ]
