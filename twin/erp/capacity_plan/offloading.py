"""Where there is more load than capacity: which operations could be done by an alternative that has time left in the same bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from twin.erp.capacity_plan.load import LoadPart, LoadRow
from twin.erp.capacity_plan.work import Step, lots_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offload:
    """A proposal: of an order's operation `relieved_us` are done elsewhere, where that takes `takes_us` of `free_us` that are left."""

    bucket: int
    order: str
    material: str
    operation: str
    center: str
    to_center: str
    relieved_us: int
    takes_us: int
    free_us: int


def offloads(
    rows: Sequence[LoadRow], parts: Sequence[LoadPart], steps: Mapping[str, tuple[Step, ...]], lot_size: Mapping[str, int | None],
    pieces: Mapping[str, int],
) -> list[Offload]:  # fmt: skip
    """Bucket by bucket, work centers as declared, of each the largest loads first, to the first alternative that has time left.

    Parameters
    ----------
    pieces : what is started of each order: by its lots an alternative's time is to be compared with that of the first way
    """
    free = {(it.resource, it.bucket): it.capacity_us - it.load_us for it in rows if it.kind == "work center"}
    by_place: dict[tuple[str, int], list[LoadPart]] = {}
    for part in parts:
        if part.kind == "work center":
            by_place.setdefault((part.resource, part.bucket), []).append(part)
    found = []
    for row in sorted((it for it in rows if it.kind == "work center" and it.over_us), key=lambda it: it.bucket):
        over_us = row.over_us
        for part in sorted(by_place[row.resource, row.bucket], key=lambda it: (-it.load_us, it.order, it.operation)):
            left_us = part.load_us
            for to_center, ratio in _elsewhere(part, steps[part.material], lot_size[part.material], pieces[part.order]):
                free_us = max(0, free[to_center, row.bucket])
                relieved_us = min(over_us, left_us, free_us * ratio.denominator // ratio.numerator)
                if relieved_us <= 0:
                    continue
                takes_us = -(-relieved_us * ratio.numerator // ratio.denominator)
                found.append(
                    Offload(
                        bucket=row.bucket, order=part.order, material=part.material, operation=part.operation, center=row.resource,
                        to_center=to_center, relieved_us=relieved_us, takes_us=takes_us, free_us=free_us,
                    )
                )  # fmt: skip
                free[to_center, row.bucket] -= takes_us
                over_us, left_us = over_us - relieved_us, left_us - relieved_us
    return found


def _elsewhere(part: LoadPart, steps: tuple[Step, ...], lot_size: int | None, pieces: int) -> list[tuple[str, Fraction]]:
    """Other work centers that can do it, in declared order, and how long it takes there for each microsecond here."""
    step = next(it for it in steps if it.operation == part.operation)
    lots = lots_of(pieces, lot_size)
    ways = [(it.center, sum(it.busy_us(lot) for lot in lots)) for _, it in step.ways]
    own_us = next((busy_us for center, busy_us in ways if center == part.resource), 0)
    return [(center, Fraction(busy_us, own_us)) for center, busy_us in ways if center != part.resource and busy_us and own_us]
