"""Which defects were found, by code and product, the most frequent first (Pareto): in inspections, and in what was raised as wrong."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from twin.results.frames import from_rows, in_currency
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("code", "product", "found", "nonconformances", "pieces", "share", "cumulative_share", "cost_eur")


@dataclass(slots=True, kw_only=True)
class Defect:
    """One defect of one product; `code` is "" where nobody has said which defect a nonconformance is."""

    code: str
    product: str
    found: int = 0  # in inspections
    nonconformances: int = 0
    pieces: int = 0  # of these
    cost_minor: int = 0  # what these have cost, by the books

    @property
    def count(self) -> int:
        """What it is ranked by: all that was found, and all pieces of nonconformances."""
        return self.found + self.pieces


def defects(run: Run, from_us: int | None = None, to_us: int | None = None) -> list[Defect]:
    """What was found or raised after `from_us` up to `to_us` (us since 1970; left out: the whole run), the most frequent first.

    A count that was corrected keeps the codes that were told with it; what it found without a code is in no row.
    """
    start_us, end_us = -1 if from_us is None else from_us, run.now_us if to_us is None else to_us
    found: dict[tuple[str, str], Defect] = {}

    def of(code: str, product: str) -> Defect:
        return found.setdefault((code, product), Defect(code=code, product=product))

    for it in run.mes.quality.inspections.defects:
        if start_us < it.at_us <= end_us:
            of(it.code, it.material).found += it.found
    for one in run.mes.quality.nonconformances.all.values():
        if start_us < one.raised_us <= end_us:
            row = of(one.code, one.material)
            row.nonconformances += 1
            row.pieces += one.quantity
            row.cost_minor += run.erp.quality_costs.cost_minor.get(one.nonconformance, 0)
    return sorted(found.values(), key=lambda it: (-it.count, -it.cost_minor, it.code, it.product))


def defects_table(run: Run, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
    """`defects` as a table, with the share of each and of all up to it."""
    known = defects(run, from_us, to_us)
    total = sum(it.count for it in known) or 1
    rows = [
        {
            "code": it.code, "product": it.product, "found": it.found, "nonconformances": it.nonconformances, "pieces": it.pieces,
            "share": it.count / total, "cumulative_share": so_far / total, "cost_eur": it.cost_minor / 100,
        }
        for it, so_far in zip(known, accumulate(it.count for it in known), strict=True)
    ]  # fmt: skip
    return in_currency(from_rows(rows, COLUMNS), run.plant.layout.currency)
