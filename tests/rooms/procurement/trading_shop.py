"""The small shop with an office: somebody asks for quotes, orders, matches bills, sells; facts are written, and every round is checked."""

from __future__ import annotations

import copy
from typing import Any

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, ITEMS, START_US, Carried, of_type, plant
from twin.erp import Erp
from twin.model.events import Entry, EntryRefused, GoodsReceived, OperationsEvent, PurchaseOrderPlaced
from twin.model.scenario import Policies

T = START_US + 7 * HOUR_US


def items(**sections: Any) -> dict[str, Any]:
    """The tables of the small shop with two customers, and other sections or suppliers merged in."""
    tables = copy.deepcopy(ITEMS)
    tables["customers"] = {"acme": {}, "zenith": {}}
    for name, section in sections.items():
        tables[name] = {**tables.get(name, {}), **section}
    return tables


class Office(Carried):
    """Persons of the small shop's office at work. `now_us` is where they are."""

    def __init__(self, opening: dict[str, int] | None = None, **sections: Any) -> None:
        super().__init__(Erp(plant(items=items(**sections)), Policies()))
        self.now_us = T
        self.start(**(opening or {"steel": 25_000, "gear": 20}))

    def say(self, kind: type[Entry], person: str = "anna", **about: Any) -> list[OperationsEvent]:
        """Somebody says something; what follows."""
        return self.round(kind(effective_us=self.now_us, person=person, terminal="office", **about))

    def refused(self, kind: type[Entry], person: str = "anna", **about: Any) -> str:
        """The reason why it was refused; nothing else has followed."""
        (answer,) = self.say(kind, person, **about)
        assert isinstance(answer, EntryRefused), answer
        return answer.reason

    def later(self, days: int) -> None:
        self.now_us += days * DAY_US

    def place(self, order: str, quantity: int, price: int, *, material: str = "housing", supplier: str = "foundry", days: int = 5) -> None:
        self.round(
            PurchaseOrderPlaced(
                effective_us=self.now_us, order=order, supplier=supplier, material=material, quantity=quantity, unit_price_minor=price,
                due_us=self.now_us + days * DAY_US,
            )
        )  # fmt: skip

    def receive(self, order: str, quantity: int, price: int | None = None, lot: str = "") -> list[OperationsEvent]:
        """So much comes on an order, at its price or another."""
        it = self.erp.purchasing.orders[order]
        return self.round(
            GoodsReceived(
                effective_us=self.now_us, order=order, lot=lot or order, supplier=it.supplier, material=it.material, quantity=quantity,
                unit_price_minor=it.unit_price_minor if price is None else price,
            )
        )  # fmt: skip


def placed(events: list[OperationsEvent]) -> list[tuple[str, str, int, int]]:
    """Orders among `events`: id, supplier, quantity, unit price."""
    return [(it.order, it.supplier, it.quantity, it.unit_price_minor) for it in of_type(events, PurchaseOrderPlaced)]
