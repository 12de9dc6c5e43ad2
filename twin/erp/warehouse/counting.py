"""Cycle counts: which materials are counted how often (ABC), what was found, and how well the records agree with the bins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.erp.warehouse.bins import Bins
from twin.model.events import BinCounted, BinTransferred, CycleCountRequested
from twin.model.warehouse.declared import CycleCounts, InventoryClass

At = tuple[str, str]
"""A bin and a lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPlace:
    """What was found of a lot in a bin, and what was thought to be there."""

    at_us: int
    bin: str
    material: str
    lot: str
    expected: int
    found: int
    person: str
    count: str  # the cycle count that it belongs to, "" for none


@dataclass(slots=True, kw_only=True)
class CycleCount:
    """A material that has to be counted wherever it lies."""

    count: str
    material: str
    inventory_class: str
    requested_us: int
    to_do: list[At]
    ended_us: int | None = None
    counted: list[CountedPlace] = field(default_factory=list)


def inventory_classes(values: Mapping[str, int], shares: CycleCounts) -> dict[str, InventoryClass]:
    """ABC classes by the value of what is used: the dearest first, each in the class in which its share of all begins.

    What nothing is used of is C. APICS Dictionary, "ABC classification".
    """
    total, before = sum(values.values()), 0
    found: dict[str, InventoryClass] = {}
    for material, value in sorted(values.items(), key=lambda it: (-it[1], it[0])):
        if not value or before >= (shares.a.share + shares.b.share) * total:
            found[material] = "C"
        else:
            found[material] = "A" if before < shares.a.share * total else "B"
        before += value
    return found


class Counting:
    """Cycle counts by id, and every place that was counted."""

    def __init__(self, declared: CycleCounts | None, bins: Bins) -> None:
        self._declared, self._bins = declared, bins
        self.all: dict[str, CycleCount] = {}
        self.open: dict[str, str] = {}  # material -> cycle count
        self.places: list[CountedPlace] = []
        self.differences = bins.awaited  # found and not yet posted, by bin
        self._last_us: dict[str, int] = {}  # when a material was counted last, or came first
        self.due: dict[str, InventoryClass] = {}  # what has to be counted now

    def came(self, material: str, at_us: int) -> None:
        """Some of a material came: from the first time on it is counted."""
        self._last_us.setdefault(material, at_us)

    def review(self, classes: Mapping[str, InventoryClass], now_us: int) -> None:
        """Find out what has to be counted now."""
        if self._declared is None:
            return
        for count in [self.all[name] for name in self.open.values()]:
            self.close(count, now_us)
        late = {it: classes.get(it, "C") for it, last_us in self._last_us.items()}
        self.due = {it: of for it, of in late.items() if it not in self.open and now_us - self._last_us[it] >= self._declared.of(of).every}

    def where(self, material: str) -> tuple[At, ...]:
        """Where a material lies, by bin and lot; what is on its way is counted when it is received."""
        of_material = ((lot, sorted(bins)) for (of, lot), bins in sorted(self._bins.where.items()) if of == material)
        return tuple((bin_name, lot) for lot, bins in of_material for bin_name in bins if bin_name != self._bins.transit)

    def request(self, event: CycleCountRequested) -> None:
        self.due.pop(event.material, None)
        self.open[event.material] = event.count
        self.all[event.count] = CycleCount(
            count=event.count, material=event.material, inventory_class=event.inventory_class, requested_us=event.effective_us,
            to_do=[(it[0], it[1]) for it in event.places],
        )  # fmt: skip

    def take(self, event: BinCounted) -> None:
        """What was found in a bin; a difference is to be posted."""
        key = event.material, event.lot
        expected, open_count = self._bins.quantity(event.bin, key), self.open.get(event.material, "")
        place = CountedPlace(
            at_us=event.effective_us, bin=event.bin, material=event.material, lot=event.lot, expected=expected, found=event.quantity,
            person=event.person, count=open_count,
        )  # fmt: skip
        self.places.append(place)
        self.differences.setdefault(key, {}).pop(event.bin, None)
        if event.quantity != expected:
            self.differences[key][event.bin] = event.quantity - expected
        if not self.differences[key]:
            del self.differences[key]
        if open_count:
            count = self.all[open_count]
            count.counted.append(place)
            count.to_do = [it for it in count.to_do if it != (event.bin, event.lot)]
            self.close(count, event.effective_us)

    def found_elsewhere(self, event: BinTransferred) -> bool:
        """Whether a count has found so much in the one bin, and missed it in the other: it was brought there, whoever it was kept for."""
        found = self.differences.get((event.material, event.lot), {})
        return found.get(event.bin, 0) >= event.quantity and -found.get(event.from_bin, 0) >= event.quantity

    def close(self, count: CycleCount, at_us: int) -> None:
        """A count has ended when every place was counted that still has something of the lot in it."""
        count.to_do = [(bin_name, lot) for bin_name, lot in count.to_do if self._bins.quantity(bin_name, (count.material, lot))]
        if not count.to_do:
            count.ended_us = self._last_us[count.material] = at_us
            self.open.pop(count.material, None)
