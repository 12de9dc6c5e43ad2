"""Serial numbers: each unit of a material that has them lies in one bin, or is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.erp.warehouse.bins import Bins, Key
from twin.model.events import SerialNumbersAssigned
from twin.model.warehouse.declared import Warehouse

MOST_NUMBERED = 99_999
"""Units of one lot that have numbers, of five digits each."""


@dataclass(slots=True, kw_only=True)
class SerialUnit:
    """One unit that has a number. `bin` is "" once it is gone; then `standing` says how, and `order` for whom."""

    serial_number: str
    material: str
    lot: str
    bin: str
    since_us: int
    standing: str = "in stock"
    order: str = ""


class Serials:
    """Units by number; of each lot in a bin its numbers, the lowest first."""

    def __init__(self, declared: Warehouse, bins: Bins) -> None:
        self._bins = bins
        self.materials = [name for name, it in declared.materials.items() if it.serial_numbers]
        self.units: dict[str, SerialUnit] = {}
        self._there: dict[tuple[str, Key], list[str]] = {}
        self._made: dict[Key, int] = {}  # how many numbers a lot has had
        self.lacking: set[Key] = set()  # lots with units that have no number yet

    def of(self, bin_name: str, key: Key) -> list[str]:
        """The numbers of a lot in a bin, in their order."""
        return list(self._there.get((bin_name, key), ()))

    def refusal(self, bin_name: str, key: Key, quantity: int, named: Iterable[str]) -> str:
        """Why just these units cannot be taken out of a bin, in words; "" if they can, or none are named."""
        numbers, there = list(named), self.of(bin_name, key)
        if not numbers:
            return ""
        strangers = [it for it in numbers if it not in there]
        if strangers:
            allowed = ", ".join(there[:20]) or "no serial numbers"
            return f"unit {strangers[0]} is not in bin '{bin_name}'; allowed there: {allowed}"
        if len(set(numbers)) != quantity:
            return f"{len(set(numbers))} serial numbers are named for {quantity} units; allowed: one for each, or none at all"
        return ""

    def assign(self, event: SerialNumbersAssigned) -> None:
        """Units of a lot have numbers from now on: those that lack one, bin by bin."""
        key, numbers = (event.material, event.lot), list(event.serial_numbers)
        self._made[key] = self._made.get(key, 0) + len(numbers)
        for bin_name, quantity in self._bins.where.get(key, {}).items():
            there = self._there.setdefault((bin_name, key), [])
            while numbers and len(there) < quantity:
                number = numbers.pop(0)
                there.append(number)
                self.units[number] = SerialUnit(
                    serial_number=number, material=event.material, lot=event.lot, bin=bin_name, since_us=event.effective_us
                )
        self.lacking.discard(key)

    def next_numbers(self, key: Key) -> tuple[str, ...]:
        """Numbers for the units of a lot that lack one; none for a lot that is larger than anybody numbers."""
        missing = sum(max(0, quantity - len(self.of(bin_name, key))) for bin_name, quantity in self._bins.where.get(key, {}).items())
        first = self._made.get(key, 0) + 1
        if first + missing > MOST_NUMBERED:
            return ()
        return tuple(f"{key[1]}-{number:05}" for number in range(first, first + missing))

    def move(self, from_bin: str, bin_name: str, key: Key, quantity: int, named: Iterable[str] = ()) -> None:
        """Units went to another bin: those that are named, else those with the lowest numbers."""
        numbers = self._take(from_bin, key, quantity, named)
        for number in numbers:
            self.units[number].bin = bin_name
        if numbers:
            self._there[bin_name, key] = sorted([*self._there.get((bin_name, key), []), *numbers])

    def leave(self, bin_name: str, key: Key, quantity: int, standing: str, order: str = "") -> None:
        """Units are gone."""
        for number in self._take(bin_name, key, quantity, ()):
            unit = self.units[number]
            unit.bin, unit.standing, unit.order = "", standing, order

    def _take(self, bin_name: str, key: Key, quantity: int, named: Iterable[str]) -> list[str]:
        there = self._there.get((bin_name, key), [])
        numbers = list(named) or there[:quantity]
        left = [it for it in there if it not in numbers]
        if left:
            self._there[bin_name, key] = left
        else:
            self._there.pop((bin_name, key), None)
        return numbers

    def violations(self) -> list[str]:
        """Lots in bins with another number of serial numbers than units."""
        return [
            f"bin '{bin_name}': {quantity} units of lot '{key[1]}' of '{key[0]}', {len(self.of(bin_name, key))} serial numbers"
            for key, bins in self._bins.where.items()
            if key[0] in self.materials and key not in self.lacking
            for bin_name, quantity in bins.items()
            if max(0, quantity) != len(self.of(bin_name, key))
        ]
