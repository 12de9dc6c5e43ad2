"""What the warehouse decides: to post what was counted, expiry, put-away, replenishment, waves and pick lists, picks, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING

from twin.erp.warehouse.bins import Key
from twin.erp.warehouse.contents import NEVER_US, Contents
from twin.erp.warehouse.pick_lists import last_wave_us
from twin.erp.warehouse.reservations import Place
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.events import OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Decided = list[OperationsEvent]
EXPIRED = "expired "
"""How the reason begins for which a lot is held that has expired."""
COUNTED, REPLENISHED = "count", "replenishment"


class Deciding:
    """Asks for one kind of thing after the other; what is asked for is applied before the next is thought of."""

    def __init__(self, contents: Contents, erp: Erp, expired: Mapping[Key, bool], held: Iterable[str]) -> None:
        self._it, self._erp = contents, erp
        self._expired = expired  # lots that are held because they have expired
        self._held = held  # lots that are held for another reason, too
        self._zone = erp.plant.layout.time_zone
        self._settled = -1  # version of the bins in which nothing is to be brought anywhere: found out once, and no state of its own
        self.moves_by_rule(contents.declared.moves == "rule")

    def moves_by_rule(self, by_rule: bool) -> None:
        """Whether what is to be moved and picked is moved and picked at once, or persons do it."""
        self._phases: list[Callable[[int], Decided]] = [
            self._post_counts, self._date, self._hold_expired, self._number, self._tell_broken,
            *((self._move,) if by_rule else ()), self._release, *((self._pick,) if by_rule else ()), self._count,
        ]  # fmt: skip

    def decide(self, now_us: int) -> Decided:
        """The first kind of thing of which there is something to ask for."""
        for phase in self._phases:
            if found := phase(now_us):
                return found
        return []

    # What is known of lots

    def _post_counts(self, now_us: int) -> Decided:
        """Stock is what was counted; what was found in another bin than thought was brought there.

        What leaves for a customer at this instant leaves first: a count says how much of a lot there is in all.
        """
        found: Decided = []
        leaving = {lot for lots in self._it.pick_lists.picked().values() for lot, _ in lots}
        for (material, lot), by_bin in self._it.counting.differences.items():
            if lot in leaving:
                continue
            if total := sum(by_bin.values()):
                quantity = self._it.stock.lot_quantity(material, lot) + total
                found.append(e.StockCounted(effective_us=now_us, material=material, lot=lot, quantity=quantity))
            else:
                found += self._brought(now_us, (material, lot), by_bin)
        return found

    def _brought(self, now_us: int, key: Key, by_bin: Mapping[str, int]) -> Decided:
        missing = {name: -it for name, it in by_bin.items() if it < 0}
        more = {name: it for name, it in by_bin.items() if it > 0}
        found: Decided = []
        for bin_name, from_bin in product(more, missing):
            if part := min(more[bin_name], missing[from_bin]):
                more[bin_name], missing[from_bin] = more[bin_name] - part, missing[from_bin] - part
                found.append(self._transfer(now_us, key, part, from_bin, bin_name, COUNTED))
        return found

    def _date(self, now_us: int) -> Decided:
        """Lots have an expiry from the instant at which they came."""
        found: Decided = []
        for material, lot in sorted(self._it.undated):
            known, life_us = self._it.stock.lots[material].get(lot), self._it.declared.stored(material).shelf_life
            if known and life_us:
                found.append(e.LotExpiryRecorded(effective_us=now_us, material=material, lot=lot, expires_us=known.since_us + life_us))
        return found

    def _hold_expired(self, now_us: int) -> Decided:
        """What has expired is held, for production as for customers; what a person gives a later date is free again."""
        found: Decided = []
        for key in sorted(self._it.dated):
            expires_us = self._it.expires_us[key]
            if expires_us <= now_us and key not in self._expired:
                reason = f"{EXPIRED}{written_local(expires_us, self._zone)}"
                found.append(
                    e.LotDispositionChanged(effective_us=now_us, material=key[0], lot=key[1], disposition="Restricted", reason=reason)
                )
        for key in self._expired:
            if self._it.expires_us.get(key, NEVER_US) > now_us and key[1] not in self._held:
                reason = "a later expiry is known"
                found.append(
                    e.LotDispositionChanged(effective_us=now_us, material=key[0], lot=key[1], disposition="UnRestricted", reason=reason)
                )
        return found

    def _number(self, now_us: int) -> Decided:
        found: Decided = []
        for material, lot in sorted(self._it.serials.lacking):
            if numbers := self._it.serials.next_numbers((material, lot)):
                found.append(e.SerialNumbersAssigned(effective_us=now_us, material=material, lot=lot, serial_numbers=numbers))
        return found

    # What is not there any more

    def _tell_broken(self, now_us: int) -> Decided:
        """What was kept for an order went elsewhere, or may not be used any more: its pick list is made anew, or somebody is told."""
        found: Decided = []
        lists = self._it.pick_lists
        for order, why in {**self._unusable(now_us), **self._it.reservations.broken}.items():
            if name := lists.open.get(order):
                found.append(e.PickListCancelled(effective_us=now_us, order=order, pick_list=name, reason=why))
            else:
                found.append(e.WorkAlertRaised(effective_us=now_us, alert="reservation_lost", message=lost_words(order, why)))
        return found

    def _unusable(self, now_us: int) -> dict[str, str]:
        """Orders on whose list stands, or for which is picked, a lot that is held or has expired; and why."""
        lists, found = self._it.pick_lists, dict[str, str]()
        for order, name in lists.open.items():
            material = self._erp.customer_orders.orders[order].material
            lots = [
                *(it.lot for it in lists.all[name].lines if it.open_quantity),
                *(lot for lot, it in lists.all[name].picked.items() if it),
            ]
            if why := next((why for lot in lots if (why := self._it.pickable((material, lot), now_us))), ""):
                found[order] = why
        return found

    # Moves

    def _move(self, now_us: int) -> Decided:
        if self._settled == self._it.bins.version:
            return []
        found = self._put_away(now_us) or self._replenish(now_us)
        if not found:
            self._settled = self._it.bins.version
        return found

    def _put_away(self, now_us: int) -> Decided:
        """What lies where goods are received goes to where its strategy says, as far as there is room."""
        receiving, found = self._it.declared.receiving, list[OperationsEvent]()
        tried = self._it.bins.copy() if self._it.bins.contents[receiving] else self._it.bins
        for key in list(self._it.bins.contents[receiving]):
            for bin_name, quantity in tried.put_away(key, self._it.reservations.free((receiving, *key))):
                tried.change(bin_name, key, quantity)
                found.append(e.PutAway(effective_us=now_us, material=key[0], lot=key[1], quantity=quantity, bin=bin_name))
        return found

    def _replenish(self, now_us: int) -> Decided:
        """One bin after the other is filled, from its sources in their order, by the picking strategy of the material."""
        for it in self._it.declared.replenishment:
            wanted = it.wanted(self._it.bins.of_material(it.bin, it.material))
            filled = [other.bin for other in self._it.declared.replenishment if other.material == it.material]
            site = self._it.declared.site
            sources = it.source or [name for name in self._it.bins.stores if name not in filled and site(name) == site(it.bin)]
            places = [place for place in self._it.places(it.material, now_us) if place[0] in sources]
            places.sort(key=lambda place: sources.index(place[0]))
            there = sum(self._it.reservations.free(place) for place in places)
            if it.kanban:
                wanted = min(wanted, there // it.kanban.quantity * it.kanban.quantity)
            found: Decided = []
            tried = self._it.bins.copy() if wanted and places else self._it.bins
            for place in places:
                key = (place[1], place[2])
                part = tried.fits(it.bin, key, min(wanted, self._it.reservations.free(place)))
                if part:
                    tried.change(it.bin, key, part)
                    wanted -= part
                    found.append(self._transfer(now_us, key, part, place[0], it.bin, REPLENISHED))
            if found:
                return found
        return []

    @staticmethod
    def _transfer(now_us: int, key: Key, quantity: int, from_bin: str, bin_name: str, reason: str) -> e.BinTransferred:
        return e.BinTransferred(
            effective_us=now_us, material=key[0], lot=key[1], quantity=quantity, from_bin=from_bin, bin=bin_name, reason=reason
        )

    # Picking

    def _release(self, now_us: int) -> Decided:
        """Pick lists for the orders that stock covers: at once, or all that are ready when a wave goes."""
        waves, lists = self._it.declared.waves, self._it.pick_lists
        if not waves:
            return self._lists(now_us, "")
        start_us = self._erp.capacity.start_us
        at_us = last_wave_us(waves, now_us, self._zone)
        if start_us is None or at_us < start_us or (lists.wave_us is not None and at_us <= lists.wave_us):
            return []
        wave = f"W-{lists.wave_count + 1}"
        return [e.WaveReleased(effective_us=now_us, wave=wave, from_us=at_us), *self._lists(now_us, wave)]

    def _lists(self, now_us: int, wave: str) -> Decided:
        orders = self._erp.customer_orders
        reserved: dict[str, int] = {}
        for order_id, quantity in ((it, quantity) for kept in self._it.reservations.kept.values() for it, quantity in kept.items()):
            reserved[order_id] = reserved.get(order_id, 0) + quantity
        ready = {it: quantity for of_material in orders.ready.values() for it, quantity in of_material.items()}
        covered = (it for it, quantity in reserved.items() if quantity >= orders.orders[it].open_quantity and not orders.orders[it].held)
        ready |= {it: orders.orders[it].open_quantity for it in covered}
        found: Decided = []
        taken: dict[Place, int] = {}
        waiting = [orders.orders[it] for it in ready if it not in self._it.pick_lists.open]
        for order in sorted(waiting, key=lambda it: (it.due_us, it.order)):
            lines = self._it.lines(order.material, order.order, ready[order.order], now_us, taken)
            if not lines:
                continue
            for bin_name, material, lot, quantity in lines:
                place = (bin_name, material, lot)
                own = self._it.reservations.kept.get(place, {}).get(order.order, 0)
                taken[place] = taken.get(place, 0) + max(0, quantity - own)
            name = f"PL-{len(self._it.pick_lists.all) + len(found) + 1}"
            found.append(e.PickListReleased(effective_us=now_us, order=order.order, pick_list=name, wave=wave, lines=tuple(lines)))
        return found

    def _pick(self, now_us: int) -> Decided:
        lists = self._it.pick_lists
        return [
            e.Picked(
                effective_us=now_us, material=line.material, lot=line.lot, pick_list=name, quantity=line.open_quantity, bin=line.bin
            )
            for name in lists.open.values()
            if lists.all[name].standing == "released"
            for line in lists.all[name].lines
            if line.open_quantity
        ]  # fmt: skip

    # Counting

    def _count(self, now_us: int) -> Decided:
        counting, found = self._it.counting, list[OperationsEvent]()
        for material, inventory_class in counting.due.items():
            if places := counting.where(material):
                found.append(
                    e.CycleCountRequested(
                        effective_us=now_us, count=f"CC-{len(counting.all) + len(found) + 1}", material=material,
                        inventory_class=inventory_class, places=places,
                    )
                )  # fmt: skip
        return found


def lost_words(order: str, why: str) -> str:
    """What is told of a reservation that is lost."""
    return f"order '{order}': what was reserved is not there any more: {why}"
