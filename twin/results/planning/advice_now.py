"""The advice of a run on safety stock and lot sizes, as a page shows it and a planner takes it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.results.planning.advice import advice_of
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRow:
    """One material: what is advised, beside what plans go by now, in words and as it would be taken. `is_taken`: they are the same."""

    material: str
    keep: str
    keep_now: str
    order_at: str
    lot: str
    lot_now: str
    why: str
    said: str
    safety_stock: int
    lot_quantity: int
    is_taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceNow:
    """What would change most first; `why_not` : why there is none."""

    rows: list[AdviceRow]
    why_not: str


def advice_now(run: Run) -> AdviceNow:
    """All of it, from what has come since the run began."""
    try:
        found = advice_of(run)
    except ValueError as too_little:
        return AdviceNow(rows=[], why_not=str(too_little))
    rows = []
    for it in found:
        lot = it.lot or 0
        rows.append(
            AdviceRow(
                material=it.material, keep=f"{it.safety_quantity:,}", keep_now=f"{it.declared_safety:,}", order_at=f"{it.point_quantity:,}",
                lot=f"{lot:,}" if lot else "", lot_now=f"{it.declared_lot:,}" if it.declared_lot else "", why=it.why,
                said=f"keep {it.safety_quantity:,}" + (f", order {lot:,} at least" if lot else ""), safety_stock=it.safety_quantity,
                lot_quantity=lot, is_taken=it.safety_quantity == it.declared_safety and lot in (0, it.declared_lot),
            )
        )  # fmt: skip
    return AdviceNow(rows=rows, why_not="Nothing was ordered or used yet.")
