"""What is in stock is another than was thought: counted, or written off, of now or of an earlier day. A `Function` of the ERP.

What was counted earlier is held against what was to be there then, by all that is known now; the difference is so from then on: stock is
other by as much, what went since is worth otherwise, and the difference is on the books of its day. A period that is closed is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.erp.accounting.valuation.periods import before_the_books, written
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.model.events import OperationsEvent, StockCounted, StockCountEntered, StockWrittenOff
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.warehouse.warehouse import Warehouse

Derived = list[OperationsEvent]
Said = StockCountEntered | StockWrittenOff


class CountedStock(Listener):
    """Counts and write-offs of lots that were in stock."""

    def __init__(self, erp: Erp, bins: Warehouse | None) -> None:
        self._erp, self._bins = erp, bins
        self._coming: dict[tuple[str, str], list[tuple[int, int]]] = {}  # accepted, and not yet so, by material and lot: when, by how much
        self._rules: dict[type[OperationsEvent], Rule] = {
            StockCountEntered: self._enter, StockWrittenOff: self._enter, StockCounted: self._follow,
        }  # fmt: skip

    def violations(self) -> list[str]:
        """Nothing of its own: what was said is proven as the counts that it became."""
        return []

    def _enter(self, event: Said) -> Derived:
        if words := "; ".join(filter(None, self._doubts(event))):
            return [refusal(event, words)]
        key = event.material, event.lot
        change = self._change(event)
        if not change:
            return []
        if self._bins and event.bin:
            by_bin = self._bins.contents.counting.differences.setdefault(key, {})
            by_bin[event.bin] = by_bin.get(event.bin, 0) + change
        left = self._left(event) + change
        self._coming.setdefault(key, []).append((event.effective_us, change))
        return [
            StockCounted(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, lot=event.lot, material=event.material,
                quantity=left, difference=change,
            )
        ]  # fmt: skip

    def _follow(self, event: StockCounted) -> Derived:
        coming = self._coming.get((event.material, event.lot), [])
        if (event.effective_us, event.difference) in coming:
            coming.remove((event.effective_us, event.difference))
        return []

    def _change(self, event: Said) -> int:
        if isinstance(event, StockWrittenOff):
            return -event.quantity
        return event.quantity - self._was(event)

    def _was(self, event: Said) -> int:
        """What was to be there then, with what is accepted and not yet booked."""
        coming = self._coming.get((event.material, event.lot), ())
        return self._erp.stock.was(event.material, event.lot, event.effective_us) + sum(n for at, n in coming if at <= event.effective_us)

    def _left(self, event: Said) -> int:
        coming = self._coming.get((event.material, event.lot), ())
        return self._erp.stock.lot_quantity(event.material, event.lot) + sum(change for _, change in coming)

    def _doubts(self, event: Said) -> Iterator[str]:
        erp, stock = self._erp, self._erp.stock
        yield unsigned(event, erp.plant.layout.persons)
        yield beyond(event)
        yield before_the_books(event, erp.capacity.start_us) or erp.book.entries.closed_doubt(event.effective_us)
        if isinstance(event, StockWrittenOff):
            yield "" if event.reason.strip() else "what is written off needs a reason"
            yield "" if event.quantity > 0 else f"quantity {event.quantity}; allowed: 1 or more"
        elif event.quantity < 0:
            yield f"quantity {event.quantity}; allowed: 0 or more"
        if event.material not in erp.materials:
            yield unknown("material", event.material, erp.materials)
            return
        moved = stock.changes.get((event.material, event.lot))
        if moved is None:
            lots = [lot for of, lot in stock.changes if of == event.material]
            yield f"no lot '{event.lot}' of '{event.material}' was ever in stock{did_you_mean(event.lot, lots)}; allowed: {listed(lots)}"
            return
        if (first_us := min(at_us for at_us, _ in moved)) > event.effective_us:
            yield f"'{event.lot}' came {written(first_us)}, and this is of {written(event.effective_us)}; allowed: from then on"
        elif away := stock.at_suppliers.get((event.material, event.lot)):
            yield f"{away} of lot '{event.lot}' lie at a supplier; allowed: once it is back, or what is counted there"
        else:
            yield self._too_much(event)
            yield self._not_in_bin(event)

    def _too_much(self, event: Said) -> str:
        """That more is missing than was there then, or is there still."""
        missing, was, left = -self._change(event), self._was(event), self._left(event)
        if isinstance(event, StockWrittenOff) and missing > was:
            return f"{missing} of lot '{event.lot}', of which {was} were there {written(event.effective_us)}; allowed: that at most"
        if missing > max(0, left):
            gone = f"{missing} of lot '{event.lot}' were missing {written(event.effective_us)}, and {left} are left by now"
            return f"{gone}: what went since was there; allowed: {left} at most that are missing, or what went is corrected first"
        return ""

    def _not_in_bin(self, event: Said) -> str:
        """That what is missing does not lie in the bin that is named, or what was found has no room there."""
        if not event.bin:
            return ""
        if self._bins is None:
            return "no warehouse is declared; allowed: no bin"
        bins, change, key = self._bins.contents.bins, self._change(event), (event.material, event.lot)
        if event.bin not in bins.contents or event.bin == bins.transit:
            return unknown("bin", event.bin, {it: "" for it in bins.contents if it != bins.transit})
        there = bins.quantity(event.bin, key) + bins.awaited.get(key, {}).get(event.bin, 0)
        if change < 0 and -change > there:
            return f"{-change} of lot '{event.lot}' out of bin '{event.bin}', where {there} lie; allowed: that at most, or another bin"
        return bins.refusal(event.bin, key, change) if change > 0 else ""
