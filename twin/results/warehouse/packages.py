"""Packages: what lies in which, how heavy it is, whether it has left; and what is to be packed."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.sales.packing import Package, weight_words
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageNow:
    """One package. `content`: quantity by lot; `weight_mg` with the package itself, None where nobody has declared it."""

    package: str
    package_type: str
    title: str
    order: str
    customer: str
    material: str
    content: tuple[tuple[str, int], ...]
    quantity: int
    weight_mg: int | None
    packed_us: int
    shipped_us: int | None

    @property
    def weight(self) -> str:
        """In kilograms, as people read it."""
        return weight_words(self.weight_mg)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPack:
    """So much of a lot is picked for an order, and in no package yet."""

    pick_list: str
    order: str
    material: str
    lot: str
    quantity: int


def packages_now(run: Run, order: str = "") -> list[PackageNow]:
    """All packages, or those of one order, the last first; none where nothing is packed."""
    packing = run.erp.packing
    return [_package(run, it) for it in reversed(packing.packages.values()) if order in ("", it.order)] if packing else []


def package_now(run: Run, name: str) -> PackageNow:
    """One package."""
    assert run.erp.packing
    return _package(run, run.erp.packing.packages[name])


def to_pack(run: Run) -> list[ToPack]:
    """What waits to be packed."""
    orders, packing = run.erp.customer_orders.orders, run.erp.packing
    return [
        ToPack(pick_list=name, order=order, material=orders[order].material, lot=lot, quantity=quantity)
        for name, order, lot, quantity in (packing.to_pack() if packing else ())
    ]


def package_types(run: Run) -> dict[str, str]:
    """Kinds of packages by title."""
    declared = run.plant.layout.warehouse.packing if run.plant.layout.warehouse else None
    return {it.title or name: name for name, it in declared.packages.items()} if declared else {}


def _package(run: Run, it: Package) -> PackageNow:
    packing = run.erp.packing
    assert packing
    return PackageNow(
        package=it.package, package_type=it.package_type, title=packing.title(it.package_type), order=it.order,
        customer=run.erp.customer_orders.orders[it.order].customer, material=it.material, content=tuple(it.content.items()),
        quantity=it.quantity, weight_mg=packing.weight_mg(it), packed_us=it.packed_us, shipped_us=it.shipped_us,
    )  # fmt: skip
