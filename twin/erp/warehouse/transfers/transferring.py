"""Transfers between sites: issued, on their way, received; what does not come is a loss, with its entry.

What is on its way lies in a bin of its own: it is ours, on hand and worth what it was, and nothing is picked, kept, counted or consumed
out of it. A short receipt is a difference of that bin, which is posted as a count is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from twin.erp.accounting.valuation.periods import written
from twin.erp.functions import Rule
from twin.erp.warehouse.bins import Key
from twin.erp.warehouse.contents import Contents
from twin.model.events import OperationsEvent, StockTransferIssued, StockTransferReceived
from twin.model.floor.words import is_id
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

Derived = list[OperationsEvent]


@dataclass(slots=True, kw_only=True)
class StockTransfer:
    """What was sent from one site to another, and what of it has come."""

    transfer: str
    material: str
    lot: str
    quantity: int
    from_bin: str
    bin: str
    issued_us: int
    reason: str
    received: int = 0
    lost: int = 0
    ended_us: int | None = None  # when the last of it came, or was given up

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.received - self.lost


class StockTransfers:
    """Transfers by id. `rules` is what it listens to."""

    def __init__(self, contents: Contents, persons: Collection[str]) -> None:
        self._it, self._persons = contents, persons
        self.all: dict[str, StockTransfer] = {}
        self.rules: dict[type[OperationsEvent], Rule] = {StockTransferIssued: self._issue, StockTransferReceived: self._receive}
        contents.stock.heard_by.append(self._moved)

    def violations(self) -> list[str]:
        """What lies on the road is what is open of transfers, and what was lost of them until that is posted."""
        transit = self._it.declared.transit
        if transit is None:
            return []
        open_quantities: dict[Key, int] = {}
        for it in self.all.values():
            key = it.material, it.lot
            open_quantities[key] = open_quantities.get(key, 0) + it.open_quantity
        there = {key: quantity + self._lost(key) for key, quantity in self._it.bins.contents[transit].items()}
        wanted = {key: quantity for key, quantity in open_quantities.items() if quantity}
        found = {key: quantity for key, quantity in there.items() if quantity}
        return [] if found == wanted else [f"in '{transit}' lie {found}, and on their way are {wanted}"]

    def _lost(self, key: Key) -> int:
        """What is lost and not posted yet, below zero."""
        return self._it.counting.differences.get(key, {}).get(self._it.declared.transit or "", 0)

    def _issue(self, event: StockTransferIssued) -> Derived:
        if wrong := "; ".join(filter(None, self._not_issued(event))):
            return [refusal(event, wrong)]
        self.all[event.transfer] = StockTransfer(
            transfer=event.transfer, material=event.material, lot=event.lot, quantity=event.quantity, from_bin=event.from_bin,
            bin=event.bin, issued_us=event.effective_us, reason=event.reason,
        )  # fmt: skip
        self._it.shift(event.from_bin, self._it.declared.transit or "", (event.material, event.lot), event.quantity)
        return []

    def _not_issued(self, event: StockTransferIssued) -> Iterator[str]:
        declared, bins = self._it.declared, self._it.declared.bins
        yield unsigned(event, self._persons)
        if declared.transit is None:
            yield "this warehouse has no bin for what is on its way; allowed: warehouse: {transit: <a bin>} in plant.yaml"
            return
        if not is_id(event.transfer) or event.transfer in self.all:
            yield f"transfer '{event.transfer}' is there already, or is no id; allowed: a new one of letters, digits, '_', '-' and '.'"
        strange = [it for it in (event.from_bin, event.bin) if it not in bins]
        yield from (f"no bin '{it}'{did_you_mean(it, bins)}; allowed: {listed(bins, 40)}" for it in strange)
        if not 1 <= event.quantity <= MOST_PIECES:
            yield f"quantity {event.quantity}; allowed: 1 to {MOST_PIECES}"
        elif not strange:
            if event.bin in declared.passages[1:] or event.from_bin == declared.transit:
                yield f"from '{event.from_bin}' to '{event.bin}'; allowed: from where goods lie to where they stay"
            if declared.site(event.from_bin) == declared.site(event.bin):
                yield f"'{event.from_bin}' and '{event.bin}' stand at one site; allowed: bins of two sites, or to bring it there at once"
            place = (event.from_bin, event.material, event.lot)
            if event.quantity > self._it.reservations.free(place):
                yield self._it.reservations.refusal(place, event.quantity)
            yield declared.forbidden(event.bin, event.material)

    def _receive(self, event: StockTransferReceived) -> Derived:
        if wrong := "; ".join(filter(None, self._not_received(event))):
            return [refusal(event, wrong)]
        it, transit = self.all[event.transfer], self._it.declared.transit or ""
        key = it.material, it.lot
        if event.quantity:
            self._it.shift(transit, it.bin, key, event.quantity)
        if event.lost:
            of_lot = self._it.counting.differences.setdefault(key, {})
            of_lot[transit] = of_lot.get(transit, 0) - event.lost
            self._gone_before(key)
        it.received, it.lost = it.received + event.quantity, it.lost + event.lost
        if not it.open_quantity:
            it.ended_us = event.effective_us
        return []

    def _moved(self, material: str, lot: str, quantity: int, _kind: str, _at_us: int) -> None:
        if quantity < 0:
            self._gone_before((material, lot))

    def _gone_before(self, key: Key) -> None:
        """What was lost of a lot and is not in stock any more was counted away, or used: it is missing where that was taken from."""
        transit, of_lot = self._it.declared.transit or "", self._it.counting.differences.get(key, {})
        there = self._it.stock.lot_quantity(*key) + sum(of_lot.values())
        if (gone := min(-there, -of_lot.get(transit, 0))) > 0:
            self._it.bins.change(transit, key, -gone)
            self._it.bins.change(self._it.declared.receiving, key, gone)
            self._it.serials.leave(transit, key, gone, "lost")
            of_lot[transit] += gone
            if not of_lot[transit]:
                del of_lot[transit]
            if not of_lot:
                del self._it.counting.differences[key]

    def _not_received(self, event: StockTransferReceived) -> Iterator[str]:
        yield unsigned(event, self._persons)
        it = self.all.get(event.transfer)
        if it is None:
            yield f"no transfer '{event.transfer}'{did_you_mean(event.transfer, self.all)}; allowed: {listed(self.open)}"
            return
        if event.effective_us < it.issued_us:
            yield f"'{event.transfer}' was issued at {written(it.issued_us)}; allowed: then, or later"
        if event.quantity < 0 or event.lost < 0 or not 0 < event.quantity + event.lost <= it.open_quantity:
            came = (
                f"{event.quantity} have come and {event.lost} are lost of '{event.transfer}', of which {it.open_quantity} are on their way"
            )
            yield f"{came}; allowed: that at most, and one at least"
        elif event.quantity:
            yield self._it.bins.refusal(it.bin, (it.material, it.lot), event.quantity)
        if event.lost > 0 and not event.reason.strip():
            yield "that something is lost needs a reason"

    @property
    def open(self) -> Mapping[str, StockTransfer]:
        """What is on its way."""
        return {name: it for name, it in self.all.items() if it.open_quantity}
