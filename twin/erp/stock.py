"""Stock: how much of every material and lot is there, is coming, and is spoken for. Quantities only; value is accounting's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from twin.model.events import GoodsReceived, GoodsShipped


@dataclass(slots=True, kw_only=True)
class StockLot:
    """A lot in stock; `since_us` orders lots first in, first out."""

    quantity: int
    since_us: int


class OpenOrder(Protocol):
    """An order, at a supplier or of a customer, of which something is still to move."""

    @property
    def material(self) -> str: ...
    @property
    def open_quantity(self) -> int: ...


def misfit(movement: GoodsReceived | GoodsShipped, order: OpenOrder | None, *, kind: str, moved: str) -> str:
    """Why a movement cannot be on the order that it names; "" if it can."""
    if order is None:
        return f"no {kind} '{movement.order}'"
    if order.material != movement.material:
        return f"{kind} '{movement.order}' is for '{order.material}', not '{movement.material}'"
    if movement.quantity > order.open_quantity:
        return f"{movement.quantity} {moved} on '{movement.order}', of which {order.open_quantity} are open"
    return ""


class Stock:
    """On hand by material and lot, with incoming (on order or in the making) and reserved (wanted, not yet taken) quantities."""

    def __init__(self, materials: Iterable[str]) -> None:
        self.on_hand: dict[str, int] = dict.fromkeys(materials, 0)
        self.incoming: dict[str, int] = dict.fromkeys(self.on_hand, 0)
        self.reserved: dict[str, int] = dict.fromkeys(self.on_hand, 0)
        self.lots: dict[str, dict[str, StockLot]] = {material: {} for material in self.on_hand}
        self.movements: dict[str, dict[str, int]] = {material: {} for material in self.on_hand}  # by kind, signed
        self.negative: set[tuple[str, str]] = set()  # (material, lot) of which more was taken than there was
        self.at_suppliers: dict[tuple[str, str], int] = {}  # (material, lot): ours, on hand, and not here
        self.held: set[tuple[str, str]] = set()  # (material, lot) that must not ship
        self.touched: set[str] = set()  # materials whose figures changed since the last review
        self.moves: Counter[str] = Counter()  # how often each material has moved, or was given another standard
        self.changes: dict[tuple[str, str], list[tuple[int, int]]] = {}  # of (material, lot): when, by how much, in the order of telling
        self.heard_by: list[Callable[[str, str, int, str, int], None]] = []  # who is told of each movement, as `move` is

    def know(self, material: str) -> None:
        """A material that was not there: there is none of it."""
        self.on_hand[material] = self.incoming[material] = self.reserved[material] = 0
        self.lots[material], self.movements[material] = {}, {}

    def move(self, material: str, lot: str, quantity: int, kind: str, at_us: int, *, is_here: bool = True) -> None:
        """Book a movement: into stock if `quantity` > 0, out of it if < 0. An emptied lot is forgotten.

        `is_here`: it is one of what lies here; else of what lies at a supplier, which our own store has nothing to do with.
        """
        self.on_hand[material] += quantity
        kinds = self.movements[material]
        kinds[kind] = kinds.get(kind, 0) + quantity
        lots = self.lots[material]
        here = lots.setdefault(lot, StockLot(quantity=0, since_us=at_us))
        here.quantity += quantity
        if here.quantity < 0:
            self.negative.add((material, lot))
        else:
            self.negative.discard((material, lot))
        if here.quantity == 0:
            del lots[lot]
        self.changes.setdefault((material, lot), []).append((at_us, quantity))
        self.touched.add(material)
        self.moves[material] += 1
        if not is_here:
            self._lies_at_suppliers(material, lot, quantity)
        for heard in self.heard_by if is_here else ():
            heard(material, lot, quantity, kind, at_us)

    def send(self, material: str, lot: str, quantity: int, at_us: int) -> None:
        """So much of a lot lies at a supplier from now on. It is ours, and on hand as before."""
        self._lies_at_suppliers(material, lot, quantity)
        self.touched.add(material)
        for heard in self.heard_by:
            heard(material, lot, -quantity, "sent", at_us)

    def _lies_at_suppliers(self, material: str, lot: str, change: int) -> None:
        left = self.at_suppliers.pop((material, lot), 0) + change
        if left:
            self.at_suppliers[material, lot] = left

    def sent(self, material: str) -> int:
        """Of what is on hand so much lies at suppliers."""
        return sum(quantity for (of, _), quantity in self.at_suppliers.items() if of == material)

    def hold(self, material: str, lot: str, is_held: bool) -> None:
        """A lot may not ship, or may again."""
        (self.held.add if is_held else self.held.discard)((material, lot))
        if material in self.on_hand:
            self.touched.add(material)

    def shippable(self, material: str) -> int:
        """On hand, here, and not held."""
        lots = self.lots[material]
        return (
            self.on_hand[material]
            - self.sent(material)
            - sum(lots[lot].quantity for of, lot in self.held if of == material and lot in lots)
        )

    def expect(self, material: str, quantity: int) -> None:
        """Change what is on order or in the making."""
        self.incoming[material] += quantity
        self.touched.add(material)

    def reserve(self, material: str, quantity: int) -> None:
        """Change what somebody waits for; negative when it was taken or is wanted no more."""
        self.reserved[material] += quantity
        self.touched.add(material)

    def position(self, material: str) -> int:
        """Inventory position: on hand + incoming - reserved."""
        return self.on_hand[material] + self.incoming[material] - self.reserved[material]

    def lot_quantity(self, material: str, lot: str) -> int:
        here = self.lots[material].get(lot)
        return here.quantity if here else 0

    def was(self, material: str, lot: str, at_us: int) -> int:
        """How much of a lot was there at an instant, by all that is known now."""
        return sum(quantity for moved_us, quantity in self.changes.get((material, lot), ()) if moved_us <= at_us)

    def first_in_first_out(self, material: str) -> list[tuple[str, int]]:
        """(lot, quantity) of the lots with something in them that are not held, oldest first; same age: by lot id."""
        away = self.at_suppliers
        lots = [
            (lot.since_us, name, lot.quantity - away.get((material, name), 0))
            for name, lot in self.lots[material].items()
            if lot.quantity > away.get((material, name), 0) and (material, name) not in self.held
        ]
        return [(name, quantity) for _, name, quantity in sorted(lots)]

    def as_they_came(self, material: str) -> list[tuple[str, int]]:
        """The same lots as the floor takes them: of one instant that first which was told first."""
        there = dict(self.first_in_first_out(material))
        return [(name, there[name]) for name in self.lots[material] if name in there]
