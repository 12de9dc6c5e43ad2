"""What is wanted and what suppliers offer: the state that entries are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events import QuoteReceived


@dataclass(slots=True, kw_only=True)
class Requisition:
    """Somebody wants something. Standing: "raised" (it waits for approval), "approved", "rejected", "ordered"."""

    requisition: str
    material: str
    quantity: int
    due_us: int
    value_minor: int  # at standard cost
    raised_by: str
    raised_us: int
    reason: str
    standing: str
    decided_by: str = ""
    order: str = ""  # the purchase order that came of it


@dataclass(slots=True, kw_only=True)
class Rfq:
    """Suppliers were asked what a requisition would cost. `order`: what was ordered by one of their quotes."""

    rfq: str
    requisition: str
    suppliers: tuple[str, ...]
    sent_us: int
    answer_by_us: int
    quotes: dict[str, QuoteReceived] = field(default_factory=dict)
    accepted: str = ""
    accepted_us: int | None = None
    reason: str = ""  # why not the best of them
    order: str = ""


@dataclass(slots=True, kw_only=True)
class BlanketOrder:
    """A price that a supplier holds, and how much has been called off at it."""

    blanket: str
    supplier: str
    material: str
    quantity: int
    unit_price_minor: int
    from_us: int
    until_us: int
    called: int = 0  # ordered
    promised: int = 0  # called off, and about to be ordered

    @property
    def open_quantity(self) -> int:
        """What can still be called off."""
        return max(0, self.quantity - self.called - self.promised)

    def covers(self, material: str, quantity: int, now_us: int) -> bool:
        """Whether `quantity` of `material` can be called off it now."""
        return self.material == material and quantity <= self.open_quantity and self.from_us <= now_us < self.until_us
