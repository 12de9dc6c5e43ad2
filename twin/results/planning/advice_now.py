"""The advice of a run on safety stock and lot sizes, as a page shows it and a planner takes it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.demand_plan.advice import Advice
from twin.model.measures import write_duration
from twin.results.planning.advice import advice_of
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another way to plan a material, as it would be taken: `title` on the button, and why."""

    title: str
    said: str
    why: str
    safety_stock: int
    lot_quantity: int
    period_us: int


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
    least_cost: Other | None
    for_once: Other | None


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
                least_cost=_least_cost(it), for_once=_for_once(it),
            )
        )  # fmt: skip
    return AdviceNow(rows=rows, why_not="Nothing was ordered or used yet.")


def _least_cost(it: Advice) -> Other | None:
    """(Q, R); a point below what is expected in the lead time keeps nothing back."""
    if (of := it.least_cost) is None:
        return None
    said = f"order {of.lot:,} at {of.point:,}"
    return Other(title="Least cost", said=said, why=of.why, safety_stock=max(0, of.safety), lot_quantity=of.lot, period_us=0)


def _for_once(it: Advice) -> Other | None:
    if (of := it.for_once) is None:
        return None
    than = f"{abs(of.over):,} {'more' if of.over >= 0 else 'less'} than is expected"
    said = f"have {of.quantity:,} for a period of {write_duration(of.period_us)}, {than}"
    return Other(title="For its period", said=said, why=of.why, safety_stock=of.over, lot_quantity=0, period_us=of.period_us)
