"""Stock as the page shows it: materials, lots with what expires, bins, what is kept and picked for whom, what has to be counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from twin.erp.warehouse.counting import CountedPlace, CycleCount
from twin.erp.warehouse.pick_lists import PickList
from twin.erp.warehouse.warehouse import Warehouse
from twin.model.warehouse.declared import Bin
from twin.results.run import Run
from twin.results.warehouse.figures import DAY_US, MaterialStock, material_stock, record_accuracy, warehouse_of
from twin.results.warehouse.tables import standing_of

SOON_US = 7 * DAY_US
SHOWN_COUNTED = 12
CHOICES = ("everything", "held or expired", "expires within 7 days", "reserved", "below zero", "slow")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotNow:
    """A lot in stock. `standing`: "free", "held" or "expired"."""

    material: str
    lot: str
    quantity: int
    since_us: int
    expires_us: int | None
    soon: bool  # it expires soon, or has
    standing: str
    places: str  # "shelf 40, dock 12"
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BinNow:
    """A bin with what lies in it, in words."""

    bin: str
    title: str
    zone: str
    capacity: int | None
    taken: int
    materials: tuple[str, ...]
    content: str
    lots: tuple[tuple[str, str, int], ...]  # material, lot, quantity

    @property
    def is_full(self) -> bool:
        """Nothing fits in any more."""
        return self.capacity is not None and self.taken >= self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNow:
    """What is kept for an order in a bin."""

    order: str
    material: str
    lot: str
    bin: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockNow:
    """How stock stands."""

    has_warehouse: bool
    materials: list[MaterialStock]
    lots: list[LotNow]
    bins: list[BinNow]
    kept: list[KeptNow]
    pick_lists: list[PickList]  # the open ones first, then the newest
    counts: list[CycleCount]  # that are to be done
    counted: list[CountedPlace]  # the newest first
    open_orders: list[str]  # of customers
    accuracy: float | None
    value_minor: int
    not_put_away: int  # lots that wait where goods are received

    @property
    def soon_count(self) -> int:
        """Lots that expire soon, or have."""
        return sum(it.soon for it in self.lots)

    @property
    def open_lists(self) -> list[PickList]:
        """Pick lists that are not shipped yet."""
        return [it for it in self.pick_lists if it.ended_us is None]

    def matching(self, text: str, choice: str) -> StockNow:
        """Only what has `text` in a name, and what was chosen (one of `CHOICES`)."""
        wanted = _wanted(choice)
        titles = {it.material: it.title.lower() for it in self.materials}
        text = text.strip().lower()

        def has(*names: str) -> bool:
            return any(text in name.lower() or text in titles.get(name, "") for name in names)

        lots = [it for it in self.lots if has(it.material, it.lot, it.places) and wanted(it)]
        shown = {it.material for it in lots}
        is_all = choice == CHOICES[0]
        materials = [it for it in self.materials if (has(it.material) and (is_all or wanted(it))) or (it.material in shown)]
        bins = [it for it in self.bins if has(it.bin, *it.materials, it.content) and (is_all or shown & set(it.materials))]
        kept = [it for it in self.kept if has(it.order, it.material, it.lot, it.bin)]
        return replace(self, materials=materials, lots=lots, bins=bins, kept=kept)


def _wanted(choice: str) -> Callable[[MaterialStock | LotNow], bool]:
    """Whether a material or a lot is of what was chosen."""

    def is_wanted(it: MaterialStock | LotNow) -> bool:
        return {
            "held or expired": it.standing != "free" if isinstance(it, LotNow) else it.held > 0,
            "expires within 7 days": isinstance(it, LotNow) and it.soon,
            "reserved": it.reserved > 0,
            "below zero": (it.quantity if isinstance(it, LotNow) else it.on_hand) < 0,
            "slow": isinstance(it, MaterialStock) and it.is_slow,
        }.get(choice, True)

    return is_wanted


def stock_now(run: Run) -> StockNow:
    """How stock stands now."""
    warehouse = warehouse_of(run)
    materials = material_stock(run)
    contents = warehouse.contents if warehouse else None
    lists = [*reversed(contents.pick_lists.all.values())] if contents else []
    return StockNow(
        has_warehouse=warehouse is not None,
        materials=materials,
        lots=_lots(run, warehouse),
        bins=_bins(warehouse) if warehouse else [],
        kept=[
            KeptNow(order=order, material=place[1], lot=place[2], bin=place[0], quantity=quantity)
            for place, orders in (contents.reservations.kept.items() if contents else ())
            for order, quantity in orders.items()
        ],
        pick_lists=sorted(lists, key=lambda it: it.ended_us is not None),
        counts=[it for it in contents.counting.all.values() if it.ended_us is None] if contents else [],
        counted=list(reversed(contents.counting.places))[:SHOWN_COUNTED] if contents else [],
        open_orders=[name for name, it in run.erp.customer_orders.orders.items() if it.open_quantity],
        accuracy=record_accuracy(run),
        value_minor=sum(it.value_minor for it in materials),
        not_put_away=sum(quantity > 0 for quantity in contents.bins.contents[contents.declared.receiving].values()) if contents else 0,
    )


def _lots(run: Run, warehouse: Warehouse | None) -> list[LotNow]:
    """Lots by material, what expires first first."""
    stock, found = run.erp.stock, []
    for material, lots in stock.lots.items():
        for lot, it in lots.items():
            key = material, lot
            bins = warehouse.contents.bins.where.get(key, {}) if warehouse else {}
            expires_us = warehouse.contents.expires_us.get(key) if warehouse else None
            standing = standing_of(warehouse, key) if warehouse else "held" if key in stock.held else "free"
            kept = sum(warehouse.contents.reservations.of((name, *key)) for name in bins) if warehouse else 0
            found.append(
                LotNow(
                    material=material, lot=lot, quantity=it.quantity, since_us=it.since_us, expires_us=expires_us, standing=standing,
                    soon=expires_us is not None and expires_us - run.now_us <= SOON_US, reserved=kept,
                    places=", ".join(f"{name} {quantity:,}" for name, quantity in bins.items()),
                )
            )  # fmt: skip
    return found


def titled(name: str, declared: Bin) -> str:
    """A bin as people read it: its id stands on it, and several may have one title."""
    return f"{name}: {declared.title}" if declared.title else name


def _bins(warehouse: Warehouse) -> list[BinNow]:
    found = []
    for name, declared in warehouse.declared.bins.items():
        lots = sorted(warehouse.contents.bins.contents[name].items())
        found.append(
            BinNow(
                bin=name, title=titled(name, declared), zone=declared.zone or "", capacity=declared.capacity,
                taken=warehouse.contents.bins.taken(name), materials=tuple(dict.fromkeys(material for (material, _), _ in lots)),
                content=", ".join(f"{quantity:,} {material} ({lot})" for (material, lot), quantity in lots),
                lots=tuple((material, lot, quantity) for (material, lot), quantity in lots),
            )
        )  # fmt: skip
    return found
