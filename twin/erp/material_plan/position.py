"""Where a plan begins: what is in stock, what customers want, what is on order; of a running ERP, or as the files declare it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twin.erp.demand_plan.zones import net_flow_levels
from twin.model.plant import Plant
from twin.model.scenario import Scenario

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.requests import Request

PURCHASE_ORDER, REQUEST, PLANNED_REQUEST, FIRM_PLANNED = "purchase order", "request", "planned request", "firm planned order"
Components = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What of a customer order is still open."""

    order: str
    customer: str
    material: str
    quantity: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """So much of a material is expected to be due in [from_us, to_us), besides what is ordered; `customer` "": of nobody in particular."""

    name: str
    material: str
    quantity: int
    from_us: int
    to_us: int
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOrder:
    """What is coming. `components` is what it will still take; None: all that its bill says. `start_us`: when; None: a lead before."""

    order: str
    kind: str
    material: str
    quantity: int
    due_us: int
    start_us: int | None = None
    components: Components | None = ()
    gives: Components = ()  # by-products that still come of it, with `components` of None: those of its bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """All of it, at one instant. `until_us`: how far a plan should look at least."""

    now_us: int
    until_us: int
    on_hand: dict[str, int]
    wishes: tuple[Wish, ...]
    on_order: tuple[OnOrder, ...]
    expected: tuple[Expected, ...] = ()  # forecasts that no order has consumed
    bought: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # what was ordered so far of what several deliver, by supplier
    is_asked_for: bool = False  # each need has been asked for by itself: what is on order serves it, however late it comes
    by_point: frozenset[str] = frozenset()  # what is bought whenever stock falls to its point, whatever is known of needs


def declared_position(plant: Plant, scenario: Scenario) -> Position:
    """At the start of a scenario: opening stock, the customers' orders that it names, its open orders, and its work in process."""
    definitions, start_us = plant.materials.materials, scenario.start_us
    wishes = tuple(
        Wish(order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due_us=start_us + it.due)
        for it in scenario.demand.orders
    )
    on_order = []
    for it in scenario.supply:
        definition = definitions[it.material]
        is_bought = definition.kind == "purchased"
        kind = FIRM_PLANNED if it.kind == "firm_planned" else PURCHASE_ORDER if is_bought else REQUEST
        quantity = it.quantity * (definition.units[it.unit] if it.unit else 1)
        on_order.append(
            OnOrder(
                order=it.order, kind=kind, material=it.material, quantity=quantity, due_us=start_us + it.due,
                components=() if is_bought else None,
            )
        )  # fmt: skip
    on_order += [
        OnOrder(order=it["request"], kind=REQUEST, material=it["material"], quantity=it["quantity"], due_us=it["due_us"])
        for it in scenario.counted_work()  # lots on the floor; what they are made of is taken
    ]
    return Position(
        now_us=start_us,
        until_us=_latest(start_us, wishes, tuple(on_order)),
        on_hand={name: it.opening_stock for name, it in definitions.items()},
        wishes=wishes,
        on_order=tuple(on_order),
    )


def erp_position(erp: Erp, now_us: int, without: str = "") -> Position:
    """As the ERP knows it now; as if there were no customer order `without`, and nothing were planned for it."""
    plant = erp.planning_parameters.plant
    wishes = tuple(
        Wish(order=it.order, customer=it.customer, material=it.material, quantity=it.open_quantity, due_us=it.due_us)
        for it in erp.customer_orders.orders.values()
        if it.open_quantity and it.order != without
    )
    bought = [erp.purchasing.orders[name] for name in sorted(erp.purchasing.open)]
    on_order = [
        OnOrder(order=it.order, kind=PURCHASE_ORDER, material=it.material, quantity=it.open_quantity, due_us=it.due_us) for it in bought
    ]
    for name in sorted(erp.requests.open | erp.requests.unfinished):
        it = erp.requests.requests[name]
        components = tuple((component, quantity) for component, quantity in it.outstanding.items() if quantity)
        if without and it.order == without and it.released_us is None:
            continue  # it would be planned anew
        if it.expected or components:
            kind = PLANNED_REQUEST if it.released_us is None else REQUEST
            start_us: int | None = it.release_us if it.released_us is None else _begins_us(erp, it, now_us)
            if kind == REQUEST and net_flow_levels(plant, it.material):
                start_us = None  # it was asked for when its components had to be ordered: they are not missing before it has to start
            on_order.append(
                OnOrder(
                    order=name, kind=kind, material=it.material, quantity=it.expected, due_us=it.due_us, start_us=start_us,
                    components=components, gives=it.gives(plant.materials.materials[it.material]),
                )
            )  # fmt: skip
    on_order += erp.frozen.on_order()
    return Position(
        now_us=now_us,
        until_us=_latest(now_us, wishes, tuple(on_order)),
        on_hand=dict(erp.stock.on_hand),
        wishes=wishes,
        on_order=tuple(on_order),
        bought=_bought(erp),
        is_asked_for=erp.policies.planning != "material_plan",
        by_point=frozenset(name for name, it in erp.materials.items() if it.reorder and erp.purchasing.reorders),
    )


def _begins_us(erp: Erp, it: Request, now_us: int) -> int:
    """When what a released request is made of is needed.

    What the plan has released it has released when it has to start. Whoever asks order by order may let all go at once: then it has to
    start its lead time before it is due, as was reckoned when its components were asked for; what has begun takes the rest next.
    """
    if erp.policies.planning == "material_plan" or any(it.taken.values()):
        return now_us
    return max(now_us, it.due_us - erp.materials[it.material].planned_lead_time)


def _bought(erp: Erp) -> dict[str, dict[str, int]]:
    several = {name for name, it in erp.materials.items() if it.alternative_suppliers}
    found: dict[str, dict[str, int]] = {}
    for it in erp.purchasing.orders.values() if several else ():
        if it.material in several:
            own = found.setdefault(it.material, {})
            own[it.supplier] = own.get(it.supplier, 0) + it.quantity - it.cancelled
    return found


def _latest(now_us: int, wishes: tuple[Wish, ...], on_order: tuple[OnOrder, ...]) -> int:
    return max([now_us, *(it.due_us for it in wishes), *(it.due_us for it in on_order)])
