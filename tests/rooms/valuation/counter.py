"""A shop with one part and one product, to buy, issue, make, sell and correct by hand; each day is one instant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.rooms.erp.small_shop import DAY_US, ITEMS, LAYOUT, START_US, Carried, balances, material_actual, plant, response
from twin.erp import Erp
from twin.model.events import (
    GoodsReceived,
    GoodsShipped,
    JournalPosted,
    LateJournalPosted,
    OperationsEvent,
    OperationsRequestReleased,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
)
from twin.model.scenario import Policies

T = START_US + 7 * DAY_US


def day(number: int) -> int:
    return T + number * DAY_US


class Counter(Carried):
    """Facts by hand. `materials` are merged into the tables of a part and a product of one part, without any standard cost."""

    def __init__(self, part: dict[str, Any] | None = None, unit: dict[str, Any] | None = None, **materials: dict[str, Any]) -> None:
        layout = {**LAYOUT, "routings": {}}
        items = {
            "materials": {
                "part": {"kind": "purchased", **(part or {})},
                "unit": {"kind": "finished", "bill": [{"material": "part", "quantity": 1}], **(unit or {})},
                **materials,
            },
            "suppliers": ITEMS["suppliers"],
            "customers": ITEMS["customers"],
        }
        super().__init__(Erp(plant(layout, items), Policies()))
        self.count = 0
        self.start()

    def buy(self, on: int, quantity: int, price: int, *, material: str = "part", lot: str = "", known: int | None = None) -> str:
        """`quantity` at `price` each came on day `on`, and that became known on day `known`; the purchase order."""
        self.count += 1
        name = f"PO{self.count}"
        base: dict[str, Any] = {
            "effective_us": day(on), "recorded_us": day(on if known is None else known), "order": name, "supplier": "mill",
            "material": material, "quantity": quantity, "unit_price_minor": price,
        }  # fmt: skip
        placed = PurchaseOrderPlaced(**{**base, "quantity": 100 * quantity}, due_us=day(on))
        self.round(placed, GoodsReceived(**base, lot=lot or name))
        return name

    def sell(self, on: int, quantity: int, *, material: str = "part", lot: str = "", known: int | None = None) -> str:
        """`quantity` left on day `on` for a customer, whether it was there or not."""
        self.count += 1
        name = f"SO{self.count}"
        base: dict[str, Any] = {
            "effective_us": day(on), "recorded_us": day(on if known is None else known), "order": name, "customer": "acme",
            "material": material, "quantity": quantity,
        }  # fmt: skip
        self.round(SalesOrderConfirmed(**base, due_us=day(on), unit_price_minor=0), GoodsShipped(**base, lot=lot or "PO1"))
        return name

    def ask(self, on: int, name: str, quantity: int, material: str = "unit") -> None:
        self.round(OperationsRequestReleased(effective_us=day(on), request=name, material=material, quantity=quantity, due_us=day(on)))

    def issue(self, on: int, name: str, quantity: int, *, material: str = "part", lot: str = "PO1", use: str = "Consumed") -> None:
        self.round(material_actual(day(on), use, material, quantity, request=name, lot=lot))

    def make(self, on: int, name: str, quantity: int, *, material: str = "unit", use: str = "Produced") -> None:
        self.round(material_actual(day(on), use, material, quantity, request=name, lot=name))

    def close(self, on: int, name: str, quantity: int, material: str = "unit") -> None:
        self.round(response(day(on), name, material, quantity))

    def stock(self, material: str = "part") -> tuple[int, int]:
        """Quantity and value."""
        row = next(it for it in self.erp.stock_rows() if it.material == material)
        return row.on_hand, row.value_minor

    def balance(self, account: str) -> int:
        return balances(self.erp).get(account, 0)

    def posted(self, account: str, document: str = "") -> list[int]:
        """The legs on an account, in the order in which they were posted."""
        return [amount for it in self.erp.ledger.entries for code, amount in it.legs if code == account and document in ("", it.document)]


def late(events: Iterable[OperationsEvent]) -> list[LateJournalPosted]:
    return [it for it in events if isinstance(it, LateJournalPosted)]


def entries(events: Iterable[OperationsEvent]) -> list[JournalPosted]:
    return [it for it in events if isinstance(it, JournalPosted)]
