"""What programs say: each document becomes one event of a person, checked against how things stand when it is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twin.apps.api.documents import CountAsked, FirmAsked, OrderAsked, PurchaseAsked, instant_us
from twin.apps.api.entries import TERMINAL
from twin.model.events import OperationsEvent, PurchaseOrderPlaced, SalesOrderConfirmed, StockCounted
from twin.model.exchange.bounds import FARTHEST_DUE_US
from twin.model.problems import did_you_mean, listed
from twin.results.run import Run
from twin.results.trade.ordering import PAST_OR_FAR, OrderWanted, confirmed
from twin.results.trade.promised_first import promised_first, refuse_what_comes_too_late
from twin.results.views.business.plan import PlannedSeen, firmed

Make = Callable[[int], OperationsEvent]
"""Makes the event of the instant at which it is taken; a ValueError says why it cannot be."""


def order_said(run: Run, asked: OrderAsked, person: str, entry_id: str) -> Make:
    """A customer order is confirmed."""

    def made(at_us: int) -> SalesOrderConfirmed:
        wanted = OrderWanted(
            order=asked.order, customer=asked.customer, material=asked.material, quantity=asked.quantity, due_us=instant_us(asked.due),
            unit_price_minor=asked.unit_price_minor, priority=asked.priority, currency=asked.currency,
        )  # fmt: skip
        order = confirmed(run, wanted, _at(at_us, person, entry_id))
        if asked.only_if_promised:
            refuse_what_comes_too_late(run, promised_first(run, order), ", or only_if_promised: false")
        return order

    return made


def purchase_said(run: Run, asked: PurchaseAsked, person: str, entry_id: str) -> Make:
    """A purchase order is placed."""

    def made(at_us: int) -> PurchaseOrderPlaced:
        definition = run.plant.materials.materials.get(asked.material)
        bought = [name for name, it in run.plant.materials.materials.items() if it.kind == "purchased" and it.supplier]
        wrong = _late(asked.due, at_us)
        supplier = asked.supplier or (definition.supplier if definition else "") or ""
        if definition is None or asked.material not in bought:
            wrong.append(f"'{asked.material}' is not bought{did_you_mean(asked.material, bought)}; allowed: {listed(bought)}")
        elif supplier not in definition.sold_by:
            wrong.append(f"'{asked.material}' does not come from '{supplier}'; allowed: {listed(definition.sold_by)}")
        if asked.order in run.erp.purchasing.orders:
            wrong.append(f"purchase order '{asked.order}' is known already; allowed: a new id")
        if wrong or definition is None:
            raise ValueError("\n".join(wrong))
        sourcing, declared_minor = run.erp.sourcing, definition.price_of(supplier)
        if doubt := sourcing.currency_doubt(asked.currency, at_us, is_priced=asked.unit_price_minor is not None):
            raise ValueError(doubt)
        price = sourcing.priced(declared_minor if asked.unit_price_minor is None else asked.unit_price_minor, asked.currency, at_us)
        placed = PurchaseOrderPlaced(
            **_at(at_us, person, entry_id), order=asked.order, supplier=supplier, material=asked.material,
            quantity=asked.quantity, due_us=instant_us(asked.due), **price,
        )  # fmt: skip
        if doubt := run.erp.sourcing.why_not_placed(placed):
            raise ValueError(doubt)
        return placed

    return made


def count_said(run: Run, asked: CountAsked, person: str, entry_id: str) -> Make:
    """A lot in stock was counted."""

    def made(at_us: int) -> StockCounted:
        materials = run.plant.materials.materials
        if asked.material not in materials:
            raise ValueError(f"no material '{asked.material}'{did_you_mean(asked.material, materials)}; allowed: {listed(materials)}")
        lot = run.mes.tracking.lots.get(asked.lot)
        if lot and lot.material != asked.material:
            raise ValueError(f"lot '{asked.lot}' is of '{lot.material}'; allowed: that material, or another lot")
        if lot and lot.in_process:
            raise ValueError(f"lot '{asked.lot}' is in the making; allowed: a lot in stock, or a new one")
        return StockCounted(**_at(at_us, person, entry_id), lot=asked.lot, material=asked.material, quantity=asked.quantity)

    return made


def firm_said(run: Run, asked: FirmAsked, person: str, entry_id: str) -> Make:
    """A planned order is released, or ordered."""
    seen = PlannedSeen(order=asked.planned_order, material=asked.material, quantity=asked.quantity, due=str(asked.due_day))
    return lambda at_us: firmed(run, seen, _at(at_us, person, entry_id))


def _at(at_us: int, person: str, entry_id: str) -> dict[str, Any]:
    """When, who, from where and with which id something is said."""
    return {"effective_us": at_us, "person": person, "terminal": TERMINAL, "entry_id": entry_id}


def _late(due: datetime, at_us: int) -> list[str]:
    """What is wrong with a due date: that it is over, or too far away."""
    if at_us <= instant_us(due) <= at_us + FARTHEST_DUE_US:
        return []
    return [PAST_OR_FAR]
