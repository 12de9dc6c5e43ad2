"""What was scrapped, why, of what and where: one row for each reason, product and piece of equipment, in pieces and money.

A person says the reason when counting, or correcting a count; a machine says none (""), until somebody does. What is scrapped from stock,
by a nonconformance or past a queue-time limit was not counted as scrap: it stands in `run.nonconformances` and the mass balance.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.results.frames import from_rows, in_currency
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("reason", "product", "equipment", "scrap", "rework", "scrap_cost_eur")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapReason:
    """Pieces of one product that were scrapped, or sent back, at one piece of equipment for one reason ("": nobody has said one)."""

    reason: str
    product: str  # "": of a job order that nobody knows
    equipment: str
    scrap: int
    rework: int
    cost_minor: float  # of the scrap


def scrap_reasons(run: Run, from_us: int | None = None, to_us: int | None = None) -> list[ScrapReason]:
    """What was counted after `from_us` up to `to_us` (us since 1970; left out: the whole run), the dearest first, then the most pieces.

    The cost is the standard cost of now, up to and including the operation that lost the piece, as scrap is booked at standard; what was
    stock before and is worked on again counts whole. The stations of a line count the same pieces as their line, and are left out.
    """
    start_us, end_us = run.scenario.start_us if from_us is None else from_us, run.now_us if to_us is None else to_us
    found: dict[tuple[str, str, str], tuple[int, int, Fraction]] = {}
    for name, record in run.mes.equipment.records.items():
        for it in run.mes.equipment.counts(name, start_us, end_us) if record.is_scheduled else ():
            if it.scrap or it.rework:
                job = run.mes.job_orders.get(it.job_order)
                key = it.reason, job.material if job else "", name
                scrap, rework, cost = found.get(key, (0, 0, Fraction()))
                cost += it.scrap * _piece_minor(run, it.job_order)
                found[key] = scrap + it.scrap, rework + it.rework, cost
    rows = [
        ScrapReason(reason=reason, product=product, equipment=name, scrap=scrap, rework=rework, cost_minor=float(cost))
        for (reason, product, name), (scrap, rework, cost) in found.items()
    ]
    return sorted(rows, key=lambda it: (-it.cost_minor, -it.scrap, -it.rework, it.reason, it.product, it.equipment))


def _piece_minor(run: Run, job_order: str) -> Fraction:
    """What one piece that a job order loses is worth, minor units."""
    job, erp = run.mes.job_orders.get(job_order), run.erp
    if job is None:
        return Fraction()
    request, whole = erp.requests.requests.get(job.request), erp.roll_up.level_cost(job.material).total
    so_far = erp.roll_up.cost_so_far(job.material, None if request and request.is_rework else job.operation).total
    return (so_far / whole if whole else Fraction(1)) * erp.standards.exact(job.material, 1)


def scrap_table(run: Run, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
    """`scrap_reasons` as a table."""
    rows = [
        {
            "reason": it.reason,
            "product": it.product,
            "equipment": it.equipment,
            "scrap": it.scrap,
            "rework": it.rework,
            "scrap_cost_eur": it.cost_minor / 100,
        }
        for it in scrap_reasons(run, from_us, to_us)
    ]
    return in_currency(from_rows(rows, COLUMNS), run.plant.layout.currency)
