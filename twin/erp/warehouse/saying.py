"""What persons say of the warehouse: put away, brought elsewhere, picked, counted, reserved. What makes no sense is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from twin.erp.warehouse.contents import Contents
from twin.erp.warehouse.pick_lists import PickList
from twin.model import events as e
from twin.model.events import Entry, OperationsEvent
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned

MOST_US = 32_503_680_000_000_000  # the year 3000: runs lie before it


class Saying:
    """Finds what is wrong with an entry; "" if nothing is."""

    def __init__(
        self, contents: Contents, materials: Collection[str], persons: Collection[str], orders: Callable[[], Collection[str]]
    ) -> None:
        self._it, self._materials, self._persons, self._orders = contents, materials, persons, orders
        self._doubts: dict[type[OperationsEvent], Callable[[Any], str]] = {
            e.PutAway: self._put_away,
            e.BinTransferred: self._transfer,
            e.BinCounted: self._count,
            e.LotExpirySet: self._expiry,
            e.StockReserved: self._reserve,
            e.ReservationReleased: self._free,
            e.Picked: self._pick,
        }

    def doubt(self, event: Entry) -> str:
        """What is wrong with an entry. What a rule says has neither person nor terminal."""
        is_by_rule = not event.person and not event.terminal
        said = "" if is_by_rule else unsigned(event, self._persons) or ("" if event.lot else "it names no lot; allowed: the lot, by id")
        return said or self._common(event) or self._doubts[type(event)](event)

    def _common(self, event: Any) -> str:
        """Its material, bins and quantity are ones that there are."""
        bins = self._it.declared.bins
        if event.material not in self._materials:
            return f"no material '{event.material}'{did_you_mean(event.material, self._materials)}; allowed: {listed(self._materials)}"
        for name in ("bin", "from_bin"):
            it = getattr(event, name, None)
            if it is not None and it not in bins:
                return f"no bin '{it}'{did_you_mean(it, bins)}; allowed: {listed(bins, 40)}"
        least = 0 if isinstance(event, e.BinCounted) else 1
        if not least <= getattr(event, "quantity", least) <= MOST_PIECES:
            return f"quantity {event.quantity} of '{event.material}'; allowed: {least} to {MOST_PIECES}"
        return ""

    def _there(self, bin_name: str, event: Any) -> str:
        """Why so much cannot be taken out of a bin."""
        place = (bin_name, event.material, event.lot)
        if event.quantity <= self._it.reservations.free(place):
            return ""
        return self._it.reservations.refusal(place, event.quantity)

    def _put_away(self, event: e.PutAway) -> str:
        receiving = self._it.declared.receiving
        if event.bin in self._it.declared.passages:
            return f"nothing is put away in '{event.bin}'; allowed: a bin in which goods stay"
        if doubt := self._elsewhere(receiving, event.bin):
            return doubt
        key = event.material, event.lot
        return self._there(receiving, event) or self._it.bins.refusal(event.bin, key, event.quantity)

    def _transfer(self, event: e.BinTransferred) -> str:
        if event.from_bin == event.bin:
            return f"from '{event.bin}' to itself; allowed: two bins"
        if self._it.counting.found_elsewhere(event):
            return ""
        if doubt := self._elsewhere(event.from_bin, event.bin):
            return doubt
        return self._there(event.from_bin, event) or self._it.bins.refusal(event.bin, (event.material, event.lot), event.quantity)

    def _elsewhere(self, from_bin: str, bin_name: str) -> str:
        """That goods are on their way for a while from the one bin to the other; "" if they are not."""
        declared = self._it.declared
        if declared.transit in (from_bin, bin_name):
            return f"what lies in '{declared.transit}' is on its way; allowed: that a transfer is issued or received"
        if declared.site(from_bin) == declared.site(bin_name):
            return ""
        stands = {it: f"at '{declared.site(it)}'" if declared.site(it) else "here" for it in (from_bin, bin_name)}
        sites = [f"'{name}' stands {where}" for name, where in stands.items()]
        return f"{', '.join(sites)}; allowed: that a transfer is issued, and received there"

    def _count(self, event: e.BinCounted) -> str:
        if event.bin == self._it.declared.transit:
            return f"what lies in '{event.bin}' is on its way; allowed: that it is received, with what was lost"
        key = event.material, event.lot
        found = self._it.counting.differences.get(key, {}).get(event.bin, 0)  # that was counted before, at this instant
        more = event.quantity - self._it.bins.quantity(event.bin, key) - max(0, found)
        return self._it.bins.refusal(event.bin, key, more) if more > 0 else ""

    def _expiry(self, event: e.LotExpirySet) -> str:
        if not 0 <= event.expires_us <= MOST_US:
            return f"expiry at {event.expires_us}; allowed: an instant from 1970 to 3000, in microseconds"
        known = (event.material, event.lot) in self._it.bins.where
        return "" if known else f"nothing of lot '{event.lot}' of '{event.material}' is in stock"

    def _reserve(self, event: e.StockReserved) -> str:
        if event.order not in self._orders():
            return f"no customer order '{event.order}' is open; allowed: {listed(self._orders())}"
        if self._it.pick_lists.open.get(event.order):
            return f"order '{event.order}' is being picked by '{self._it.pick_lists.open[event.order]}'; allowed: orders that are not"
        if why := self._elsewhere(event.bin, self._it.declared.shipping):
            return why
        if why := self._it.pickable((event.material, event.lot), event.effective_us):
            return why
        return self._it.reservations.refusal((event.bin, event.material, event.lot), event.quantity)

    def _free(self, event: e.ReservationReleased) -> str:
        kept = self._it.reservations.kept.get((event.bin, event.material, event.lot), {}).get(event.order, 0)
        if self._it.pick_lists.open.get(event.order):
            return f"order '{event.order}' is being picked by '{self._it.pick_lists.open[event.order]}'; allowed: orders that are not"
        return "" if event.quantity <= kept else f"{kept} of it are reserved for order '{event.order}'; allowed: {kept} or fewer"

    def _pick(self, event: e.Picked) -> str:
        it = self._it.pick_lists.all.get(event.pick_list)
        if it is None:
            return f"no pick list '{event.pick_list}'{did_you_mean(event.pick_list, self._it.pick_lists.all)}"
        if it.standing != "released":
            return f"pick list '{event.pick_list}' is {it.standing}" + (f": {it.reason}" if it.reason else "")
        key = event.material, event.lot
        if why := self._elsewhere(event.bin, self._it.declared.shipping):
            return why
        wanted = sum(line.open_quantity for line in it.lines if line.material == event.material)
        if event.quantity > wanted:
            return f"pick list '{event.pick_list}' asks for {wanted} more of '{event.material}'; allowed: {wanted} or fewer"
        if why := self._it.pickable(key, event.effective_us):
            return why
        return self._on_list(event, it) or self._it.serials.refusal(event.bin, key, event.quantity, event.serial_numbers)

    def _on_list(self, event: e.Picked, it: PickList) -> str:
        """Another lot or bin than the list says may be picked too, if it is kept for nobody else."""
        place = (event.bin, event.material, event.lot)
        reservations = self._it.reservations
        own = reservations.kept.get(place, {}).get(it.order, 0)
        return "" if event.quantity <= own + reservations.free(place) else reservations.refusal(place, event.quantity - own)
