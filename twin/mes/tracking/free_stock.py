"""What may still be given away."""

from __future__ import annotations

from twin.mes.tracking.tracking import Tracking


class FreeStock:
    """What is on hand and neither claimed nor promised to anybody; the decisions of one moment draw it down, and nothing else does."""

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self._taken: dict[str, int] = {}
        self._known: dict[tuple[str, int], bool] = {}  # what has been asked since something was taken last

    def suffices(self, material: str, quantity: int) -> bool:
        """Whether every component is there to make `quantity` of `material`."""
        known = self._known.get((material, quantity))
        if known is None:
            known = self._known[material, quantity] = self._suffices(material, quantity)
        return known

    def _suffices(self, material: str, quantity: int) -> bool:
        available, taken = self._tracking.available, self._taken
        for component, each in self._tracking.bill(material).items():
            if available(component) - taken.get(component, 0) < each * quantity:
                return False
        return True

    def missing(self, material: str, quantity: int) -> str:
        """Which component is not there to make `quantity` of `material`, in words; "" if none is missing."""
        for component, each in self._tracking.bill(material).items():
            there = self._tracking.available(component) - self._taken.get(component, 0)
            if there < each * quantity:
                return f"{component}: {max(there, 0)} of {each * quantity} there"
        return ""

    def copy(self) -> FreeStock:
        other = FreeStock(self._tracking)
        other._taken.update(self._taken)
        return other

    def take(self, material: str, quantity: int) -> None:
        """Give away what making `quantity` of `material` consumes."""
        self._known.clear()
        for component, each in self._tracking.bill(material).items():
            self._taken[component] = self._taken.get(component, 0) + each * quantity
