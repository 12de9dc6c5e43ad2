"""What the warehouse holds: bins, what is kept for whom, serial numbers and expiry, brought up to date with every movement of stock.

What comes into stock lies where goods are received until it is put away. What goes out of stock without a pick (production takes it, it
is scrapped) is taken from the bins that are filled for that, then from the nearest, of what is kept for nobody as long as there is some.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.erp.stock import Stock
from twin.erp.warehouse.bins import Bins, Key
from twin.erp.warehouse.counting import Counting
from twin.erp.warehouse.pick_lists import Line, PickLists
from twin.erp.warehouse.reservations import Place, Reservations
from twin.erp.warehouse.serials import Serials
from twin.model.warehouse.declared import Warehouse

NEVER_US = 2**62
USES = {
    "consumed": "consumed", "shipped": "shipped", "maintenance": "issued", "scrapped": "scrapped", "given back": "given back",
    "produced": "not made after all",
}  # fmt: skip
"""What becomes of units that go out of stock; and which movements are use of a material, the first three of them."""
_USED = ("consumed", "shipped", "maintenance")


class Contents:
    """The state of the warehouse. It hears each movement of stock, so what lies in its bins is always what is in stock."""

    def __init__(self, declared: Warehouse, stock: Stock) -> None:
        self.declared, self.stock = declared, stock
        self.bins = Bins(declared)
        self.reservations = Reservations(self.bins)
        self.serials = Serials(declared, self.bins)
        self.counting = Counting(declared.cycle_counts, self.bins)
        self.pick_lists = PickLists()
        self.expires_us: dict[Key, int] = {}
        self.dated: set[Key] = set()  # lots in stock that expire
        self.undated: set[Key] = set()  # lots that expire, and nobody knows when yet
        self.used: dict[str, int] = {}  # quantity by material that was consumed, shipped or issued
        self.used_us: dict[str, int] = {}  # when that was last
        self._held: dict[str, tuple[int, int]] = {}  # by material: units times microseconds in stock, and up to when
        self.left: list[str] = []  # serial numbers of what went out of stock last
        self.shipped: tuple[str, str, int] | None = None  # what has just left for a customer: material, lot, quantity
        stock.heard_by.append(self.moved)

    # Stock has moved

    def moved(self, material: str, lot: str, quantity: int, kind: str, at_us: int) -> None:
        """Stock of a lot has changed by `quantity`."""
        key = material, lot
        self._held[material] = self.unit_us(material, at_us, self.stock.on_hand[material] - quantity), at_us
        if kind in _USED:
            self.used[material] = self.used.get(material, 0) - quantity
            self.used_us[material] = at_us
        if kind == "counted" and sum(self.counting.differences.get(key, {}).values()) == quantity:
            self._counted(key)
        elif quantity > 0:
            self._came(self.declared.receiving, key, quantity)
        else:
            self._went(key, -quantity, kind)
            self.shipped = (material, lot, -quantity) if kind == "shipped" else None
        self.counting.came(material, at_us)
        if key in self.expires_us:
            (self.dated.add if key in self.bins.where else self.dated.discard)(key)
        elif self.declared.stored(material).shelf_life:
            self.undated.add(key)

    def _came(self, bin_name: str, key: Key, quantity: int) -> None:
        self.bins.change(bin_name, key, quantity)
        if key[0] in self.serials.materials:
            self.serials.lacking.add(key)

    def _went(self, key: Key, quantity: int, kind: str) -> None:
        """Out of the bins, what is kept for nobody first; what was not there is missing where goods are received."""
        self.left = []
        for only_free in (True, False):
            for bin_name in self._out_of(key, kind):
                there = self.reservations.free((bin_name, *key)) if only_free else self.bins.quantity(bin_name, key)
                if bin_name == self.declared.shipping and kind == "shipped":
                    there = self.bins.quantity(bin_name, key)  # it is kept for whom it is shipped to
                quantity -= self._take(bin_name, key, min(quantity, max(0, there)), kind)
        if quantity:
            self.bins.change(self.declared.receiving, key, -quantity)

    def _take(self, bin_name: str, key: Key, quantity: int, kind: str) -> int:
        if quantity <= 0:
            return 0
        self.left += self.serials.of(bin_name, key)[:quantity]
        self.serials.leave(bin_name, key, quantity, USES.get(kind, kind))
        self.bins.change(bin_name, key, -quantity)
        if kind != "shipped":
            self.reservations.mend(bin_name, key, USES.get(kind, kind))
        return quantity

    def _out_of(self, key: Key, kind: str) -> list[str]:
        """The bins of a lot in the order in which what goes out is taken from them."""
        filled = [it.bin for it in self.declared.replenishment if it.material == key[0]]
        first = [self.declared.shipping] if kind == "shipped" else filled
        order = dict.fromkeys([*first, *self.bins.stores, self.declared.receiving, self.declared.shipping])
        there = self.bins.where.get(key, {})
        return [it for it in order if it in there]

    def _counted(self, key: Key) -> None:
        """What a count has found is posted: it lies in those bins, or is missing there."""
        for bin_name, difference in self.counting.differences.pop(key).items():
            if difference > 0:
                self._came(bin_name, key, difference)
            else:
                taken = self._take(bin_name, key, min(-difference, max(0, self.bins.quantity(bin_name, key))), "not found in a count")
                if taken < -difference:
                    self._went(key, -difference - taken, "not found in a count")

    def unit_us(self, material: str, at_us: int, on_hand: int) -> int:
        """Units times microseconds that were in stock up to an instant; `on_hand` since the last movement."""
        held, since_us = self._held.get(material, (0, at_us))
        return held + on_hand * max(0, at_us - since_us)

    # Within the warehouse

    def shift(self, from_bin: str, bin_name: str, key: Key, quantity: int, order: str = "", named: tuple[str, ...] = ()) -> None:
        """A quantity of a lot goes to another bin; what is kept for `order` stays kept for it."""
        self.bins.change(from_bin, key, -quantity)
        self.bins.change(bin_name, key, quantity)
        self.serials.move(from_bin, bin_name, key, quantity, named)
        if order:
            self.reservations.keep((from_bin, *key), order, -quantity)
            self.reservations.keep((bin_name, *key), order, quantity)

    def pickable(self, key: Key, now_us: int) -> str:
        """Why a lot may not be picked, in words; "" if it may."""
        if self.expires_us.get(key, NEVER_US) <= now_us:
            return f"lot '{key[1]}' has expired"
        return f"lot '{key[1]}' is held" if key in self.stock.held else ""

    def in_picking_order(self, material: str, now_us: int) -> list[Key]:
        """Lots that may be picked, in the order of the material's strategy: first in (or first expired) first out; then by lot id."""
        by_expiry = self.declared.stored(material).picking == "fefo"
        lots = self.stock.lots[material]
        keys = [(material, lot) for lot, it in lots.items() if it.quantity > 0 and not self.pickable((material, lot), now_us)]
        return sorted(keys, key=lambda key: (self.expires_us.get(key, NEVER_US) if by_expiry else 0, lots[key[1]].since_us, key[1]))

    def places(self, material: str, now_us: int) -> Iterator[Place]:
        """Where what may be picked lies: lot by lot, each in the nearest bin first; bins that are filled from others come last."""
        filled = [it.bin for it in self.declared.replenishment if it.material == material]
        order = dict.fromkeys(
            [*(it for it in self.bins.stores if it not in filled), self.declared.receiving, self.declared.shipping, *filled]
        )
        for key in self.in_picking_order(material, now_us):
            there = self.bins.where.get(key, {})
            yield from ((bin_name, *key) for bin_name in order if there.get(bin_name, 0) > 0)

    def lines(self, material: str, order: str, quantity: int, now_us: int, taken: dict[Place, int]) -> list[Line]:
        """What to pick for an order where it leaves, its reservations first, nothing that is `taken`; none if there is too little."""
        found: dict[Place, int] = {}
        site = self.declared.site
        places = [it for it in self.places(material, now_us) if site(it[0]) == site(self.declared.shipping)]
        for of_its_own in (True, False):
            for place in places:
                kept = self.reservations.kept.get(place, {}).get(order, 0)
                there = kept if of_its_own else self.reservations.free(place) - taken.get(place, 0)
                part = min(quantity, max(0, there))
                if part:
                    found[place] = found.get(place, 0) + part
                    quantity -= part
        return [] if quantity else [(*place, part) for place, part in found.items()]
