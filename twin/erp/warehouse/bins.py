"""Bins: how much of which lot lies where, and what still fits."""

from __future__ import annotations

from collections.abc import Iterable

from twin.model.warehouse.declared import Warehouse

Key = tuple[str, str]
"""A material and a lot of it."""


class Bins:
    """Quantities by bin and lot. `version` counts the changes: what was found out of one version holds as long as it is the same."""

    def __init__(self, declared: Warehouse) -> None:
        self._declared = declared
        self.contents: dict[str, dict[Key, int]] = {name: {} for name in declared.bins}
        self.where: dict[Key, dict[str, int]] = {}
        self.awaited: dict[Key, dict[str, int]] = {}  # differences that a count has found and nobody has posted yet: they take room, too
        self.version = 0
        self.transit = declared.transit
        ends = declared.passages
        places = {name: n for n, name in enumerate(declared.bins)}
        self.stores = sorted((it for it in declared.bins if it not in ends), key=lambda it: (declared.bins[it].distance_m, places[it]))
        """Bins in which goods stay, the nearest first; of two that are as near, the one that is declared first."""

    def copy(self) -> Bins:
        """The same quantities, to try on what fits."""
        again = Bins(self._declared)
        again.contents = {name: dict(lots) for name, lots in self.contents.items()}
        again.where = {key: dict(bins) for key, bins in self.where.items()}
        again.awaited = self.awaited
        return again

    def quantity(self, bin_name: str, key: Key) -> int:
        return self.contents[bin_name].get(key, 0)

    def of_lot(self, key: Key) -> int:
        """How much of a lot lies in all bins."""
        return sum(self.where.get(key, {}).values())

    def of_material(self, bin_name: str, material: str) -> int:
        """How much of a material lies in a bin."""
        return sum(quantity for (of, _), quantity in self.contents[bin_name].items() if of == material)

    def change(self, bin_name: str, key: Key, quantity: int) -> None:
        """So much more (or less) of a lot lies in a bin."""
        self.version += 1
        left = self.quantity(bin_name, key) + quantity
        here, bins = self.contents[bin_name], self.where.setdefault(key, {})
        if left:
            here[key] = bins[bin_name] = left
            return
        here.pop(key, None)
        bins.pop(bin_name, None)
        if not bins:
            del self.where[key]

    # What fits

    def taken(self, bin_name: str) -> int:
        """How many places of a bin are taken: each lot takes whole ones."""
        stored, there = self._declared.stored, dict(self.contents[bin_name])
        for key, by_bin in self.awaited.items():
            there[key] = there.get(key, 0) + max(0, by_bin.get(bin_name, 0))
        return sum(-(-max(0, quantity) // stored(material).per_place) for (material, _), quantity in there.items())

    def fits(self, bin_name: str, key: Key, wanted: int) -> int:
        """How much of `wanted` a bin has room for, whether it may lie there or not."""
        capacity = self._declared.bins[bin_name].capacity
        if capacity is None:
            return wanted
        per_place = self._declared.stored(key[0]).per_place
        there = self.quantity(bin_name, key) + max(0, self.awaited.get(key, {}).get(bin_name, 0))
        begun = -there % per_place  # room in the place that the lot has begun
        return min(wanted, begun + max(0, capacity - self.taken(bin_name)) * per_place)

    def refusal(self, bin_name: str, key: Key, quantity: int) -> str:
        """Why so much more of a lot cannot lie in a bin, in words; "" if it can."""
        if why := self._declared.forbidden(bin_name, key[0]):
            return why
        if (room := self.fits(bin_name, key, quantity)) < quantity:
            capacity = self._declared.bins[bin_name].capacity
            return f"bin '{bin_name}' has {capacity} places, {self.taken(bin_name)} of them taken; allowed: {room} of '{key[0]}' or fewer"
        return ""

    # Where goods go

    def put_away(self, key: Key, quantity: int) -> list[tuple[str, int]]:
        """Into which bins a quantity of a lot goes, by the strategy of its material; what fits nowhere is left where it is."""
        material = key[0]
        stored = self._declared.stored(material)
        here = self._declared.site(self._declared.receiving)
        if stored.put_away == "fixed_bin" and stored.bin is not None:
            candidates = [stored.bin] if self._declared.site(stored.bin) == here else []
        else:
            filled = {it.bin for it in self._declared.replenishment}  # these are filled from others
            near = [it for it in self.stores if it not in filled and self._declared.site(it) == here]
            allowed = [it for it in near if not self._declared.forbidden(it, material)]
            same = [it for it in allowed if stored.put_away == "same_material" and any(of == material for of, _ in self.contents[it])]
            empty = [it for it in allowed if not self.contents[it]]
            candidates = list(dict.fromkeys([*same, *empty, *allowed]))  # at last where there is room beside others
        return self._spread(candidates, key, quantity)

    def _spread(self, candidates: Iterable[str], key: Key, quantity: int) -> list[tuple[str, int]]:
        found = []
        for bin_name in candidates:
            if quantity and (part := self.fits(bin_name, key, quantity)):
                found.append((bin_name, part))
                quantity -= part
        return found

    # What must hold

    def violations(self) -> list[str]:
        """Bins with less than nothing, with more than they take, and with what may not lie there."""
        wrong = []
        for bin_name, lots in self.contents.items():
            for (material, lot), quantity in lots.items():
                if quantity < 0 and bin_name != self._declared.receiving:
                    wrong.append(f"bin '{bin_name}': {quantity} of lot '{lot}' of '{material}'")
                if why := self._declared.forbidden(bin_name, material):
                    wrong.append(f"bin '{bin_name}': {why}")
            capacity = self._declared.bins[bin_name].capacity
            if capacity is not None and (taken := self.taken(bin_name)) > capacity:
                wrong.append(f"bin '{bin_name}': {taken} places are taken, of {capacity}")
        return wrong
