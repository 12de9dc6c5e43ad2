"""What of ours lies at suppliers: components that were sent for a job order, and the lots that they work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.rows import stock_lots
from twin.model.plant import Plant
from twin.model.trade.subcontracting import Subcontract

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Key = tuple[str, str]  # material, lot


@dataclass(slots=True, kw_only=True)
class SubcontractJob:
    """A job order that a supplier does, with his order and the components that lie there for it."""

    job_order: str
    order: str
    supplier: str
    request: str
    lot: str
    material: str
    operation: str
    pieces: int
    per_piece: int  # units of his work that he is paid for
    unit_price_minor: int
    due_us: int
    sent_us: int | None = None
    ended_us: int | None = None
    good: int = 0
    components: dict[Key, int] = field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        return self.sent_us is not None and self.ended_us is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSupplierRow:
    """What of ours lies at a supplier: a component that was sent for a job order, or the lot that he works on.

    A component is worth its share of its lot in stock; a lot what was done to it before, at standard, without components that lie there.
    """

    supplier: str
    kind: str  # "component" or "lot"
    material: str
    lot: str
    quantity: int
    value_minor: int
    job_order: str
    order: str
    sent_us: int
    due_us: int


def at_suppliers(erp: Erp) -> list[AtSupplierRow]:
    """By job order, in the order in which they were ordered: its components, then its lot."""
    there = [it for it in erp.subcontracting.jobs.values() if it.is_there]
    worth = {(it.material, it.lot): it for it in stock_lots(erp)} if there else {}
    found = []
    for it in there:
        for (material, lot), quantity in it.components.items():
            whole = worth.get((material, lot))
            value = round(Fraction(whole.value_minor * quantity, whole.quantity)) if whole and whole.quantity else 0
            found.append(_row(it, "component", material, lot, quantity, value))
        is_first = it.operation == next(iter(erp.plant.layout.routings[it.material]))
        before = Fraction(0) if is_first else erp.roll_up.before(it.material, it.operation).cost.total
        found.append(_row(it, "lot", it.material, it.lot, it.pieces, round(before * it.pieces)))
    return found


def _row(it: SubcontractJob, kind: str, material: str, lot: str, quantity: int, value_minor: int) -> AtSupplierRow:
    return AtSupplierRow(
        supplier=it.supplier, kind=kind, material=material, lot=lot, quantity=quantity, value_minor=value_minor, job_order=it.job_order,
        order=it.order, sent_us=it.sent_us or 0, due_us=it.due_us,
    )  # fmt: skip


def subcontract_of(plant: Plant, material: str, operation: str) -> Subcontract | None:
    """Who does an operation of a material for us; None: we do."""
    it = plant.layout.routings.get(material, {}).get(operation)
    return it.subcontract if it else None


def by_lot(jobs: Iterable[SubcontractJob]) -> dict[tuple[str, str, str], int]:
    """Components by supplier, material and lot."""
    found: dict[tuple[str, str, str], int] = {}
    for it in jobs:
        for (material, lot), quantity in it.components.items():
            found[it.supplier, material, lot] = found.get((it.supplier, material, lot), 0) + quantity
    return found


def spread(jobs: Iterable[SubcontractJob], key: Key, change: int) -> Iterator[tuple[SubcontractJob, int]]:
    """A difference that was counted, by the job orders that the lot lies there for: a loss from the last on, what is more to the first."""
    of_lot = [it for it in jobs if key in it.components]
    if change > 0:
        yield of_lot[0], change
        return
    for it in reversed(of_lot):
        part = max(change, -it.components[key])
        change -= part
        if part:
            yield it, part
