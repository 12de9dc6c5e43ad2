"""Sense and nonsense: what happened cannot be refused, but what cannot have happened is not booked; somebody is told."""

from __future__ import annotations

from collections.abc import Container

from twin.erp.stock import Stock
from twin.model.events import GoodsReceived, MaterialActual, OperationsEvent, PurchaseOrderPlaced, SalesOrderConfirmed, WorkAlertRaised
from twin.model.states import MaterialUse


def alert(cause: OperationsEvent, name: str, message: str) -> list[OperationsEvent]:
    """Ask a person to look at `cause`; whoever compares floor and books finds the material in the words."""
    material = getattr(cause, "material", "")
    about = f" (of '{material}')" if material and material not in message else ""
    return [
        WorkAlertRaised(
            effective_us=cause.effective_us,
            recorded_us=cause.recorded_us,
            equipment=cause.equipment,
            request=cause.request,
            job_order=cause.job_order,
            lot=cause.lot,
            person=cause.person,
            alert=name,
            message=f"{type(cause).__name__}: {message}{about}",
        )
    ]


def nonsense(cause: OperationsEvent, known: Container[str], material: str, quantity: int) -> list[OperationsEvent]:
    """An alert if nobody knows the material, or nothing of it moves; else nothing."""
    if material not in known:
        return alert(cause, "unknown_material", f"no material '{material}'")
    if quantity <= 0:
        return alert(cause, "no_quantity", f"quantity {quantity} of '{material}'; allowed: 1 or more")
    return []


def of_no_request(event: MaterialActual, product: str) -> list[OperationsEvent]:
    """An alert if no request has this actual (`product`: what the request makes, "": there is none), or if what was made or lost for one is
    not what it makes; else nothing.
    """
    if not product:
        return alert(event, "unknown_request", f"{event.use.lower()} {event.quantity} of '{event.material}' for no known request")
    if event.use in (MaterialUse.PRODUCED, MaterialUse.SCRAPPED) and event.material != product:
        words = f"{event.use.lower()} {event.quantity} of '{event.material}' for a request that makes '{product}'; allowed: '{product}'"
        return alert(event, "other_product", words)
    return []


def impossible(cause: OperationsEvent, **amounts: int) -> list[OperationsEvent]:
    """An alert if a time, an energy or a price is negative; else nothing."""
    below = [f"{name} = {amount}" for name, amount in amounts.items() if amount < 0]
    return alert(cause, "negative_amount", f"{', '.join(below)}; allowed: 0 or more") if below else []


def nonsense_traded(cause: SalesOrderConfirmed | PurchaseOrderPlaced | GoodsReceived, known: Container[str]) -> list[OperationsEvent]:
    """The same of what is bought or sold: its material, its quantity, and its price."""
    return nonsense(cause, known, cause.material, cause.quantity) or impossible(cause, unit_price_minor=cause.unit_price_minor)


def below_zero(stock: Stock, told: set[tuple[str, str]], now_us: int) -> list[WorkAlertRaised]:
    """An alert for each (material, lot) of which more was taken than there was, and nobody was `told`."""
    return [
        WorkAlertRaised(
            effective_us=now_us,
            lot=lot,
            alert="negative_stock",
            message=f"lot '{lot}' of '{material}' is at {stock.lot_quantity(material, lot)}: more was taken than was booked in",
        )
        for material, lot in sorted(stock.negative - told)
    ]
