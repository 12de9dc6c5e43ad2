"""A shop that only stores and sells, with a warehouse; facts are written by hand and carried through the ERP alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, LAYOUT, START_US, Carried, order, plant
from twin.erp import Erp
from twin.erp.warehouse.warehouse import Warehouse
from twin.model import events as e
from twin.model.scenario import Policies

WAREHOUSE: dict[str, Any] = {
    "receiving": "dock",
    "shipping": "gate",
    "zones": {"cold": {"materials": ["paint"]}},
    "bins": {
        "dock": {},
        "gate": {},
        "far": {"capacity": 100, "distance_m": 30},
        "near": {"capacity": 50, "distance_m": 5},
        "cool": {"zone": "cold", "capacity": 100, "distance_m": 10},
        "line": {"capacity": 40, "distance_m": 1, "materials": ["screw"]},
    },
    "materials": {"paint": {"picking": "fefo", "shelf_life": "90 d"}},
}
ITEMS: dict[str, Any] = {
    "materials": {
        name: {"kind": "purchased", "standard_cost": cost, "supplier": "dealer", "price": "9 EUR"}
        for name, cost in (("paint", "4 EUR"), ("screw", "0.10 EUR"), ("motor", "80 EUR"))
    },
    "suppliers": {"dealer": {"lead_time": "2 d"}},
    "customers": {"acme": {}},
}
ANNA = {"person": "anna", "terminal": "scanner 1"}


def shop(motor: dict[str, Any] | None = None, **changed: Any) -> tuple[Carried, Warehouse]:
    """The shop, with other declarations of its warehouse and its motor; its first heartbeat has been heard."""
    declared, materials = {**WAREHOUSE, **changed}, ITEMS["materials"]
    items = {**ITEMS, "materials": {**materials, "motor": {**materials["motor"], **(motor or {})}}}
    erp = Erp(plant({**LAYOUT, "routings": {}, "warehouse": declared}, items), Policies())
    carried = Carried(erp)
    carried.round(e.Heartbeat(effective_us=START_US, reason="start"))
    return carried, next(it for it in erp.functions if isinstance(it, Warehouse))


def comes(material: str, lot: str, quantity: int, at_us: int = START_US) -> e.StockCounted:
    """Stock of a lot that was not there."""
    return e.StockCounted(effective_us=at_us, material=material, lot=lot, quantity=quantity)


def wanted(name: str, material: str, quantity: int, at_us: int = START_US + HOUR_US, due_us: int = 10 * DAY_US) -> e.SalesOrderConfirmed:
    """A customer order."""
    return order(at_us, name, quantity, material=material, due_us=due_us, price=900)


def held(material: str, lot: str, at_us: int = START_US) -> e.LotDispositionChanged:
    """A lot that is in quarantine."""
    return e.LotDispositionChanged(effective_us=at_us, material=material, lot=lot, disposition="Restricted", reason="quarantine")


def lying(warehouse: Warehouse, material: str) -> dict[str, dict[str, int]]:
    """Quantity by bin and lot."""
    found: dict[str, dict[str, int]] = {}
    for (of, lot), bins in warehouse.contents.bins.where.items():
        for bin_name, quantity in bins.items() if of == material else ():
            found.setdefault(bin_name, {})[lot] = quantity
    return found


def refusals(followed: list[e.OperationsEvent]) -> list[str]:
    """Why entries were refused."""
    return [it.reason for it in followed if isinstance(it, e.EntryRefused)]


def shipped(followed: list[e.OperationsEvent]) -> list[Mapping[str, int]]:
    """What left for customers: quantity by lot, shipment by shipment."""
    return [{it.lot: it.quantity} for it in followed if isinstance(it, e.GoodsShipped)]
