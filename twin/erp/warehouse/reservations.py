"""Reservations: so much of a lot in a bin is kept for an order, and for nobody else. What is kept is never kept twice."""

from __future__ import annotations

from twin.erp.warehouse.bins import Bins, Key

Place = tuple[str, str, str]
"""A bin, a material, and a lot of it."""


class Reservations:
    """Quantities by place and order."""

    def __init__(self, bins: Bins) -> None:
        self._bins = bins
        self.kept: dict[Place, dict[str, int]] = {}
        self.broken: dict[str, str] = {}  # orders for which something is not there any more, and why

    def of(self, place: Place) -> int:
        """How much is kept there for anybody."""
        return sum(self.kept.get(place, {}).values())

    def of_order(self, order: str) -> list[tuple[Place, int]]:
        """What is kept for an order."""
        return [(place, orders[order]) for place, orders in self.kept.items() if order in orders]

    def free(self, place: Place) -> int:
        """How much there is kept for nobody."""
        bin_name, *key = place
        return max(0, self._bins.quantity(bin_name, (key[0], key[1])) - self.of(place))

    def refusal(self, place: Place, quantity: int) -> str:
        """Why so much more cannot be kept there, in words; "" if it can."""
        bin_name, material, lot = place
        there, kept = self._bins.quantity(bin_name, (material, lot)), self.kept.get(place, {})
        if quantity <= self.free(place):
            return ""
        for_whom = ", ".join(f"{reserved} for '{order}'" for order, reserved in kept.items())
        if there <= 0:
            elsewhere = ", ".join(self._bins.where.get((material, lot), ())) or "no bin"
            return f"nothing of lot '{lot}' of '{material}' lies in bin '{bin_name}'; it lies in {elsewhere}"
        reserved = f", reserved {for_whom}" if kept else ""
        return f"{there} of lot '{lot}' of '{material}' lie in bin '{bin_name}'{reserved}; allowed: {self.free(place)} or fewer"

    def keep(self, place: Place, order: str, quantity: int) -> None:
        """Keep so much more for an order (less, if below zero)."""
        self._bins.version += 1
        orders = self.kept.setdefault(place, {})
        left = orders.get(order, 0) + quantity
        if left > 0:
            orders[order] = left
        else:
            orders.pop(order, None)
        if not orders:
            del self.kept[place]

    def release(self, order: str) -> None:
        """Nothing is kept for an order any more."""
        for place, quantity in self.of_order(order):
            self.keep(place, order, -quantity)

    def mend(self, bin_name: str, key: Key, why: str) -> None:
        """Of a lot less is there than was kept: what was kept last is kept no more, and whose it was is told."""
        place = (bin_name, *key)
        missing = self.of(place) - max(0, self._bins.quantity(bin_name, key))
        for order, quantity in reversed(list(self.kept.get(place, {}).items())):
            if missing <= 0:
                break
            lost = min(quantity, missing)
            self.keep(place, order, -lost)
            self.broken.setdefault(order, f"{lost} of lot '{key[1]}' of '{key[0]}' in bin '{bin_name}' were {why}")
            missing -= lost

    def violations(self) -> list[str]:
        """Places of which more is kept than is there."""
        return [
            f"bin '{place[0]}': {self.of(place)} of lot '{place[2]}' of '{place[1]}' are reserved, and"
            f" {self._bins.quantity(place[0], (place[1], place[2]))} are there"
            for place in self.kept
            if self.of(place) > max(0, self._bins.quantity(place[0], (place[1], place[2])))
        ]
