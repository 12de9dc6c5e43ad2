"""Customer orders as persons and programs say them, and what of the stock is kept for those that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.erp.procurement.sourcing_entries import too_dear
from twin.model.events import SalesOrderConfirmed
from twin.model.exchange.bounds import FARTHEST_DUE_US
from twin.model.floor.words import is_id
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.results.run import Run

PAST_OR_FAR = "the due date is over, or more than two years ahead; allowed: between the plant's time now and then"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWanted:
    """What a customer wants. `unit_price_minor`: None, if that of the product counts; in `currency` ("": that of the books)."""

    order: str
    customer: str
    material: str
    quantity: int
    due_us: int
    unit_price_minor: int | None = None
    priority: int = 0
    partial: str = ""
    currency: str = ""


def confirmed(run: Run, it: OrderWanted, at: dict[str, Any]) -> SalesOrderConfirmed:
    """The order as an event; `at`: who says it, when, under which id.

    Raises
    ------
    ValueError : with everything that is wrong, a line each, and what is allowed
    """
    materials, customers = run.plant.materials.materials, run.plant.materials.customers
    definition = materials.get(it.material)
    wrong = [] if at["effective_us"] <= it.due_us <= at["effective_us"] + FARTHEST_DUE_US else [PAST_OR_FAR]
    if definition is None or not definition.price:
        sold = [name for name, known in materials.items() if known.price]
        wrong.append(f"'{it.material}' is not sold{did_you_mean(it.material, sold)}; allowed: {listed(sold)}")
    if customers and it.customer not in customers:
        near = did_you_mean(it.customer, customers)
        wrong.append(f"nobody knows a customer '{it.customer}'{near}; allowed: {listed(customers)}")
    if it.order in run.erp.customer_orders.orders or it.order in run.erp.customer_orders.headers:
        wrong.append(f"customer order '{it.order}' is known already; allowed: a new id")
    if not is_id(it.order):
        wrong.append(f"no customer order can be called '{it.order}'; allowed: an id of its own, of letters, digits, '_', '-' and '.'")
    rates = run.erp.settlement.rates
    declared = definition.price_in(rates.code(it.currency)) if definition else None
    is_priced = it.unit_price_minor is not None or declared is not None
    if definition and definition.price and (doubt := rates.price_doubt(it.currency, at["effective_us"], is_priced=is_priced)):
        wrong.append(doubt)
    if wrong or definition is None or not definition.price:
        raise ValueError("\n".join(wrong))
    price_minor = (declared or 0) if it.unit_price_minor is None else it.unit_price_minor
    if doubt := too_dear(it.quantity, price_minor, definition.price_per):
        raise ValueError(doubt)
    return SalesOrderConfirmed(
        **at, order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due_us=it.due_us,
        priority=it.priority, partial=it.partial, **rates.priced(price_minor, it.currency, at["effective_us"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """An open order, and how much of the stock is kept for it. What is held keeps nothing."""

    order: str
    header: str
    customer: str
    material: str
    quantity: int
    shipped: int
    open_quantity: int
    allocated: int
    ships_in_parts: bool
    ships_with: tuple[str, ...]  # other lines of its order that leave when it does
    due_us: int
    held: str

    @property
    def back_ordered(self) -> int:
        """What of it is still to come."""
        return self.open_quantity - self.allocated


def allocations(run: Run) -> list[Allocation]:
    """Open orders, the earliest due first. Allocated: stock that no order of its material before it takes; it leaves if it may."""
    known, found = run.erp.customer_orders, []
    for material, waiting in known.waiting.items():
        left = run.erp.stock.shippable(material)
        for _, name in waiting:
            it = known.orders[name]
            allocated = 0 if it.held else max(0, min(left, it.open_quantity))
            left -= allocated
            found.append(
                Allocation(
                    order=name, header=it.header, customer=it.customer, material=material, quantity=it.quantity, shipped=it.shipped,
                    open_quantity=it.open_quantity, allocated=allocated, ships_in_parts=it.is_partial, due_us=it.due_us, held=it.held,
                    ships_with=tuple(line.order for line in known.together(it) if line is not it),
                )
            )  # fmt: skip
    return sorted(found, key=lambda it: (it.due_us, it.order))
