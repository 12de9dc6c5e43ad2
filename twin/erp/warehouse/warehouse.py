"""The warehouse as a function of the ERP: it hears what moves stock, what persons say, and asks for what has to be done.

A plant that declares no warehouse has none: its stock lies nowhere in particular.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twin.erp.functions import Rule
from twin.erp.warehouse.bins import Key
from twin.erp.warehouse.contents import Contents
from twin.erp.warehouse.counting import inventory_classes
from twin.erp.warehouse.deciding import EXPIRED, Deciding, lost_words
from twin.erp.warehouse.pick_lists import PickLine, PickList
from twin.erp.warehouse.saying import Saying
from twin.erp.warehouse.transfers.transferring import StockTransfers
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.readiness.signed import refusal
from twin.model.warehouse.declared import InventoryClass
from twin.model.warehouse.declared import Warehouse as Declared

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Warehouse:
    """Bins, reservations, pick lists, serial numbers and cycle counts (a `Function` of the ERP)."""

    def __init__(self, erp: Erp, declared: Declared) -> None:
        self._erp = erp
        self.declared = declared
        self.contents = Contents(declared, erp.stock)
        self.expired: dict[Key, bool] = {}  # lots that are held because they have expired
        self._held: set[str] = set()  # lots that are held for another reason
        self.refused: list[e.EntryRefused] = []
        self._saying = Saying(self.contents, erp.materials, erp.plant.layout.persons, self._open_orders)
        self.transfers = StockTransfers(self.contents, erp.plant.layout.persons)
        self._deciding = Deciding(self.contents, erp, self.expired, self._held)
        self.decide = self._deciding.decide
        self.moves_by_rule = self._deciding.moves_by_rule
        erp.customer_orders.picked = self._leaving
        self._said: dict[type[OperationsEvent], Rule] = {
            e.PutAway: self._put_away,
            e.BinTransferred: self._transfer,
            e.BinCounted: self._count,
            e.LotExpirySet: self._set_expiry,
            e.StockReserved: self._reserve,
            e.ReservationReleased: self._free,
            e.Picked: self._pick,
        }
        self._rules: dict[type[OperationsEvent], Rule] = {
            **dict.fromkeys(self._said, self._hear),
            **self.transfers.rules,
            e.PickListReleased: self._release,
            e.PickListCancelled: self._cancel,
            e.WaveReleased: self._wave,
            e.GoodsShipped: self._ship,
            e.SalesOrderRevised: self._revise,
            e.StockCounted: self._counted,
            e.CycleCountRequested: self._request_count,
            e.SerialNumbersAssigned: self._number,
            e.LotExpiryRecorded: self._record_expiry,
            e.LotDispositionChanged: self._dispose,
            e.WorkAlertRaised: self._alert,
            e.EntryRefused: self._refuse,
            e.Heartbeat: self._time_passes,
        }

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def classes(self) -> dict[str, InventoryClass]:
        """ABC class of every material that the warehouse has, by the value at standard of what was used of it."""
        if self.declared.cycle_counts is None:
            return {}
        return inventory_classes(self.used_minor(), self.declared.cycle_counts)

    def used_minor(self) -> dict[str, int]:
        """What was consumed, shipped or issued of each material, at standard, in minor units."""
        return {name: self._erp.standards.value_minor(name, quantity) for name, quantity in self.contents.used.items()}

    def violations(self) -> list[str]:
        """Lots of which not all lies in bins, bins with too much, what is reserved twice, units without a number."""
        it, stock = self.contents, self._erp.stock
        wrong = []
        for material, lots in stock.lots.items():
            for lot, known in lots.items():
                here = known.quantity - stock.at_suppliers.get((material, lot), 0)
                if (lying := it.bins.of_lot((material, lot))) != here:
                    wrong.append(f"lot '{lot}' of '{material}': {here} in stock, {lying} in all bins")
        wrong += [
            f"lot '{lot}' of '{material}': none in stock, {it.bins.of_lot((material, lot))} in all bins"
            for material, lot in it.bins.where
            if lot not in stock.lots[material] and it.bins.of_lot((material, lot))
        ]
        return [*wrong, *it.bins.violations(), *it.reservations.violations(), *it.serials.violations(), *self.transfers.violations()]

    def _leaving(self) -> dict[str, list[tuple[str, int]]]:
        """Customer orders that are picked, with their lots; not those of which something is held meanwhile."""
        held, orders, broken = self._erp.stock.held, self._erp.customer_orders.orders, self.contents.reservations.broken
        picked = {order: lots for order, lots in self.contents.pick_lists.picked().items() if order not in broken}
        return {order: lots for order, lots in picked.items() if not any((orders[order].material, lot) in held for lot, _ in lots)}

    def _revise(self, event: e.SalesOrderRevised) -> Derived:
        """What was to be picked for more than is wanted now is picked anew; for an order that was cancelled nothing is kept."""
        order = self._erp.customer_orders.orders.get(event.order)
        if order is None:
            return []
        if name := self.contents.pick_lists.open.get(event.order):
            listed = self.contents.pick_lists.all[name]
            if listed.open_quantity + sum(listed.picked.values()) > order.open_quantity:
                self.contents.reservations.broken.setdefault(event.order, f"its customer wants {order.open_quantity} of it now")
        elif not order.open_quantity:
            self.contents.reservations.release(event.order)
        return []

    # What is said

    def _hear(self, event: e.Entry) -> Derived:
        if reason := self._saying.doubt(event):
            return [refusal(event, reason)]
        return self._said[type(event)](event)

    def _put_away(self, event: e.PutAway) -> Derived:
        self.contents.shift(self.declared.receiving, event.bin, (event.material, event.lot), event.quantity)
        return []

    def _transfer(self, event: e.BinTransferred) -> Derived:
        key = event.material, event.lot
        by_bin = self.contents.counting.differences.get(key, {})
        if self.contents.counting.found_elsewhere(event):
            by_bin[event.from_bin] += event.quantity
            by_bin[event.bin] -= event.quantity
            if not any(by_bin.values()):
                del self.contents.counting.differences[key]
        self.contents.shift(event.from_bin, event.bin, key, event.quantity)
        self.contents.reservations.mend(event.from_bin, key, "found elsewhere in a count")
        return []

    def _count(self, event: e.BinCounted) -> Derived:
        self.contents.counting.take(event)
        return []

    @staticmethod
    def _set_expiry(event: e.LotExpirySet) -> Derived:
        return [
            e.LotExpiryRecorded(
                effective_us=event.effective_us, lot=event.lot, person=event.person, material=event.material, expires_us=event.expires_us
            )
        ]  # fmt: skip

    def _record_expiry(self, event: e.LotExpiryRecorded) -> Derived:
        key = event.material, event.lot
        self.contents.expires_us[key] = event.expires_us
        self.contents.dated.add(key)
        self.contents.undated.discard(key)
        self.contents.bins.version += 1
        return []

    def _reserve(self, event: e.StockReserved) -> Derived:
        self.contents.reservations.keep((event.bin, event.material, event.lot), event.order, event.quantity)
        return []

    def _free(self, event: e.ReservationReleased) -> Derived:
        self.contents.reservations.keep((event.bin, event.material, event.lot), event.order, -event.quantity)
        return []

    # Picking

    def _wave(self, event: e.WaveReleased) -> Derived:
        self.contents.pick_lists.wave_us = event.from_us
        self.contents.pick_lists.wave_count += 1
        return []

    def _release(self, event: e.PickListReleased) -> Derived:
        it = self.contents.pick_lists.release(event)
        for line in it.lines:
            place = (line.bin, line.material, line.lot)
            own = self.contents.reservations.kept.get(place, {}).get(it.order, 0)
            self.contents.reservations.keep(place, it.order, max(0, line.quantity - own))
        return []

    def _pick(self, event: e.Picked) -> Derived:
        """What is picked waits for its customer, kept for the order. What the list had said otherwise is free again."""
        kept = self.contents.reservations
        it, place = self.contents.pick_lists.all[event.pick_list], (event.bin, event.material, event.lot)
        other = max(0, event.quantity - kept.kept.get(place, {}).get(it.order, 0))
        line = next((line for line in it.lines if (line.bin, line.material, line.lot) == place), None)
        if line is None:
            line = PickLine(bin=event.bin, material=event.material, lot=event.lot, quantity=0)
            it.lines.append(line)
        instead = max(0, event.quantity - line.open_quantity)
        kept.keep(place, it.order, other)
        line.quantity, line.picked = line.quantity + instead, line.picked + event.quantity
        for replaced in (one for one in it.lines if one is not line and one.material == event.material):
            part = min(instead, replaced.open_quantity)
            replaced.quantity, instead = replaced.quantity - part, instead - part
            kept.keep((replaced.bin, replaced.material, replaced.lot), it.order, -part)
        self.contents.shift(event.bin, self.declared.shipping, (event.material, event.lot), event.quantity, it.order, event.serial_numbers)
        it.lines = [one for one in it.lines if one.quantity]
        it.picked[event.lot] = it.picked.get(event.lot, 0) + event.quantity
        if not it.open_quantity:
            it.standing = "picked"
        return []

    def _cancel(self, event: e.PickListCancelled) -> Derived:
        """What lies where goods are shipped stays kept for the order; all else is free again."""
        self.contents.reservations.broken.pop(event.order, None)
        for place, quantity in self.contents.reservations.of_order(event.order):
            if place[0] != self.declared.shipping:
                self.contents.reservations.keep(place, event.order, -quantity)
        self.contents.pick_lists.end(self.contents.pick_lists.all[event.pick_list], "cancelled", event.effective_us, event.reason)
        if not self._erp.customer_orders.orders[event.order].open_quantity:
            self.contents.reservations.release(event.order)
        return []

    def _ship(self, event: e.GoodsShipped) -> Derived:
        """What was refused has not left: then nothing was taken out of the bins."""
        it, contents = event, self.contents
        taken, contents.shipped = contents.shipped, None
        if taken != (it.material, it.lot, it.quantity):
            return []
        for number in contents.left:
            contents.serials.units[number].order = it.order
        place = (self.declared.shipping, it.material, it.lot)
        kept = contents.reservations.kept.get(place, {}).get(it.order, 0)
        contents.reservations.keep(place, it.order, -min(kept, it.quantity))
        if name := contents.pick_lists.open.get(it.order):
            self._leave(contents.pick_lists.all[name], it)
        for bin_name in self.declared.bins:
            contents.reservations.mend(bin_name, (it.material, it.lot), f"shipped to order '{it.order}'")
        if not self._erp.customer_orders.orders[it.order].open_quantity:
            contents.reservations.release(it.order)
        return []

    def _leave(self, pick_list: PickList, event: e.GoodsShipped) -> None:
        """What was picked leaves; what leaves otherwise makes the list another than it was, unless the order is done."""
        lot, lists = event.lot, self.contents.pick_lists
        is_on_it = pick_list.standing == "picked" and pick_list.picked.get(lot, 0) >= event.quantity
        if is_on_it:
            pick_list.picked[lot] -= event.quantity
        if not self._erp.customer_orders.orders[event.order].open_quantity or (is_on_it and not any(pick_list.picked.values())):
            lists.end(pick_list, "shipped", event.effective_us)
        elif not is_on_it:
            self.contents.reservations.broken.setdefault(event.order, f"{event.quantity} of lot '{lot}' were shipped past it")

    # Counts, numbers, holds

    def _counted(self, event: e.StockCounted) -> Derived:
        """Whatever became of it, it is asked for no more; but what was lost on the way is, after a count of something else."""
        key, differences, transit = (event.material, event.lot), self.contents.counting.differences, self.declared.transit or ""
        found = differences.pop(key, {})
        if transit in found and event.quantity != self._erp.stock.lot_quantity(*key) + sum(found.values()):
            differences[key] = {transit: found[transit]}
        return []

    def _request_count(self, event: e.CycleCountRequested) -> Derived:
        self.contents.counting.request(event)
        return []

    def _number(self, event: e.SerialNumbersAssigned) -> Derived:
        self.contents.serials.assign(event)
        return []

    def _dispose(self, event: e.LotDispositionChanged) -> Derived:
        key = event.material, event.lot
        self.contents.bins.version += 1
        if event.disposition == "UnRestricted":
            self.expired.pop(key, None)
            self._held.discard(event.lot)
        elif event.reason.startswith(EXPIRED):
            self.expired[key] = True
        else:
            self._held.add(event.lot)
        return []

    def _alert(self, event: e.WorkAlertRaised) -> Derived:
        broken = self.contents.reservations.broken
        for order in [it for it, why in broken.items() if event.message == lost_words(it, why)]:
            del broken[order]
        return []

    def _refuse(self, event: e.EntryRefused) -> Derived:
        if event.entry in {kind.__name__ for kind in self._said}:
            self.refused.append(event)
        return []

    def _time_passes(self, event: e.Heartbeat) -> Derived:
        if self.declared.cycle_counts and event.reason in ("clock", "shift"):
            self.contents.counting.review(self.classes(), event.effective_us)
        return []

    def _open_orders(self) -> list[str]:
        return [name for name, it in self._erp.customer_orders.orders.items() if it.open_quantity]
