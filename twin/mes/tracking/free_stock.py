"""What may still be given away."""

from __future__ import annotations

from collections.abc import Mapping

from twin.mes.tracking.tracking import Tracking
from twin.model.materials import Each, needed


class FreeStock:
    """What is on hand and neither claimed nor promised to anybody; the decisions of one moment draw it down, and nothing else does."""

    def __init__(self, tracking: Tracking, at_us: int) -> None:
        self._tracking, self._at_us = tracking, at_us
        self._taken: dict[str, int] = {}
        self._known: dict[tuple[str, int], bool] = {}  # what has been asked since something was taken last

    def free(self, component: str) -> int:
        """What is left of a component."""
        return self._tracking.available(component) - self._taken.get(component, 0)

    def suffices(self, material: str, quantity: int, lot: str) -> bool:
        """Whether every component, or an alternate of it, is there to make `quantity` of `material` as `lot`."""
        if self._tracking.issuing.leaves_choice(material):
            return not self._tracking.issuing.chosen(material, lot, quantity, self._at_us, self.free)[1]
        known = self._known.get((material, quantity))
        if known is None:
            known = self._known[material, quantity] = self._suffices(material, quantity)
        return known

    def _suffices(self, material: str, quantity: int) -> bool:
        available, taken = self._tracking.available, self._taken
        for component, each in self._tracking.bill(material).items():
            if available(component) - taken.get(component, 0) < needed(each, quantity):
                return False
        return True

    def missing(self, material: str, quantity: int, lot: str) -> str:
        """Which component is not there to make `quantity` of `material` as `lot`, in words; "" if none is missing."""
        if self._tracking.issuing.leaves_choice(material):
            return self._tracking.issuing.chosen(material, lot, quantity, self._at_us, self.free)[1]
        for component, each in self._tracking.bill(material).items():
            there = self.free(component)
            if there < (asked := needed(each, quantity)):
                return f"{component}: {max(there, 0)} of {asked} there"
        return ""

    def copy(self) -> FreeStock:
        other = FreeStock(self._tracking, self._at_us)
        other._taken.update(self._taken)
        return other

    def take(self, material: str, quantity: int, lot: str) -> None:
        """Give away what making `quantity` of `material` as `lot` consumes."""
        issuing = self._tracking.issuing
        bill = issuing.bill(material)
        if issuing.leaves_choice(material):
            bill = {name: each for name, each, _, _ in issuing.chosen(material, lot, quantity, self._at_us, self.free)[0]}
        self._give(bill, quantity)

    def keep(self, material: str, quantity: int, lot: str) -> None:
        """Give away what was promised to a lot that was sent to a work unit."""
        self._give(self._tracking.issuing.bill(material, lot), quantity)

    def _give(self, bill: Mapping[str, Each], quantity: int) -> None:
        self._known.clear()
        for component, each in bill.items():
            self._taken[component] = self._taken.get(component, 0) + needed(each, quantity)
