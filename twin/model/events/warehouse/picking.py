"""Level 4, the warehouse: what is kept for whom, what shall be picked, and what was."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReserved(Entry):
    """A quantity of a lot in a bin is kept for a customer order, and for nobody else, from now on."""

    order: str
    material: str
    quantity: int
    bin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationReleased(Entry):
    """Of what is kept for a customer order of a lot in a bin, so much is free again."""

    order: str
    material: str
    quantity: int
    bin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveReleased(BusinessEvent):
    """The pick lists of a wave are released together at a time of day; `from_us`: that time."""

    wave: str
    from_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListReleased(BusinessEvent):
    """What to pick for a customer order: `lines` = ((bin, material, lot, quantity), ...), each of which is kept for it from now on."""

    pick_list: str
    wave: str
    lines: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked(Entry):
    """A quantity of a lot was taken from a bin for a pick list, and waits where goods are shipped.

    `serial_numbers`: which units, where they have numbers; left out: those with the lowest.
    """

    pick_list: str
    material: str
    quantity: int
    bin: str
    serial_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed(Entry):
    """A quantity of a lot that was picked for a pick list lies in a package, which is of a kind that the warehouse declares."""

    pick_list: str
    material: str
    quantity: int
    package: str
    package_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListCancelled(BusinessEvent):
    """A pick list cannot be picked as it says, for a reason; what was kept for it is free, and the order is picked anew."""

    pick_list: str
    reason: str
