"""Level 4, the warehouse: what lies in which bin, and until when it may be used."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway(Entry):
    """A quantity of a lot was brought from where goods are received to `bin`."""

    material: str
    quantity: int
    bin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BinTransferred(Entry):
    """A quantity of a lot was brought from one bin to another; `reason`: "replenishment", "count", or what a person says."""

    material: str
    quantity: int
    from_bin: str
    bin: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTransferIssued(Entry):
    """A quantity of a lot has left `from_bin` for `bin` at another site: it is on its way until it is received there."""

    transfer: str
    material: str
    quantity: int
    from_bin: str
    bin: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTransferReceived(Entry):
    """So much of a transfer has come, and `lost` of it will not: that is posted as StockCounted. The rest is still on its way."""

    transfer: str
    quantity: int
    lost: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinCounted(Entry):
    """So much of a lot lies in a bin, found by count. What differs from what was thought to lie there is posted as StockCounted."""

    material: str
    quantity: int
    bin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCountRequested(BusinessEvent):
    """A material of an ABC class has to be counted wherever it lies: `places` = ((bin, lot), ...)."""

    count: str
    material: str
    inventory_class: str  # "A", "B" or "C"
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpirySet(Entry):
    """A person says until when a lot may be used, as it stands on the label: before `expires_us`, and not from then on."""

    material: str
    expires_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpiryRecorded(BusinessEvent):
    """A lot may be used before `expires_us`, and not from then on: by its shelf life, or because a person said so."""

    material: str
    expires_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialNumbersAssigned(BusinessEvent):
    """Units of a lot have numbers of their own from now on."""

    material: str
    serial_numbers: tuple[str, ...]
