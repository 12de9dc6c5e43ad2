"""What the office may say something about: deliveries and what they were worth, methods of valuation, lots that can be taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from twin.results.run import Run

SHOWN_DELIVERIES, SHOWN_LOTS = 60, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNow:
    """What came on a purchase order in a lot. `worth_minor`: at the price that it came at."""

    order: str
    lot: str
    material: str
    quantity: int
    worth_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesNow:
    """Deliveries, the last first, and by material how its stock counts."""

    deliveries: list[DeliveryNow]
    methods: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLot:
    """So much of a lot in stock that a request has made."""

    request: str
    lot: str
    material: str
    quantity: int


def values_now(run: Run) -> ValuesNow:
    """As it stands."""
    orders, method = run.erp.purchasing.orders, run.erp.book.actual.method
    came = [
        DeliveryNow(order=order, lot=lot, material=orders[order].material, quantity=int(quantity), worth_minor=round(price))
        for (order, lot), (quantity, price) in run.erp.corrections.deliveries.items()
    ]
    return ValuesNow(
        deliveries=came[::-1][:SHOWN_DELIVERIES],
        methods={name: method.get(name, "standard") for name in run.plant.materials.materials},
    )


def to_take_apart(run: Run) -> list[MadeLot]:
    """Lots in stock of what has a bill, with the request that has made them, the last first."""
    erp, found = run.erp, []
    materials = run.plant.materials.materials
    for name, lots in erp.stock.lots.items():
        if not materials[name].bill:
            continue
        for lot, it in lots.items():
            known = run.mes.tracking.lots.get(lot)
            request = erp.requests.requests.get(known.request) if known else None
            if request and request.material == name and it.quantity > 0:
                found.append(MadeLot(request=request.request, lot=lot, material=name, quantity=it.quantity))
    return found[::-1][:SHOWN_LOTS]
