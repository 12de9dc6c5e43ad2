"""What maintenance does to availability: planned against corrective time, mean times between failures and to repair (ISO 22400-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.mes.equipment import Equipment
from twin.mes.maintenance.orders import CORRECTIVE, MaintenanceOrder
from twin.mes.performance.indicators import Indicators
from twin.mes.performance.time_model import failure_of
from twin.model.calendars import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceIndicators:
    """Of one piece of equipment in a window, times in us; None where there is nothing to divide by."""

    equipment: str
    planned_us: int  # PMT: in planned maintenance, or in maintenance that a condition asked for
    corrective_us: int  # CMT: failed, or being repaired; what was planned at the same time counts as planned
    failure_count: int
    availability: float | None
    mtbf_us: float | None
    mttr_us: float | None

    @property
    def inherent_availability(self) -> float | None:
        """MTTF / (MTTF + MTTR), IEC 60050-192: what failures and repairs leave of it, however much work there is. MTBF is MTTF + MTTR."""
        return (self.mtbf_us - self.mttr_us) / self.mtbf_us if self.mtbf_us and self.mttr_us is not None else None

    @property
    def corrective_share(self) -> float | None:
        """Corrective maintenance ratio, CMT / (CMT + PMT)."""
        both_us = self.planned_us + self.corrective_us
        return self.corrective_us / both_us if both_us else None


def maintenance_indicators(
    equipment: Equipment, orders: Iterable[MaintenanceOrder], rows: Iterable[Indicators], from_us: int, to_us: int
) -> list[MaintenanceIndicators]:
    """A row for each row of the indicators by equipment."""
    planned: dict[str, list[Span]] = {}
    corrective: dict[str, list[Span]] = {}
    for it in orders:
        if it.started_us >= 0 and it.standing != "cancelled":
            spans = corrective if it.category == CORRECTIVE else planned
            spans.setdefault(it.equipment, []).append((it.started_us, it.ended_us if it.ended_us >= 0 else to_us))
    found: list[MaintenanceIndicators] = []
    for row in rows:
        failed = [(it.start_us, it.end_us) for it in equipment.intervals(row.name, from_us, to_us) if failure_of(it)]
        as_planned = _union(planned.get(row.name, []), from_us, to_us)
        either = _union([*planned.get(row.name, []), *corrective.get(row.name, []), *failed], from_us, to_us)
        planned_us = _length_us(as_planned)
        found.append(
            MaintenanceIndicators(
                equipment=row.name, planned_us=planned_us, corrective_us=_length_us(either) - planned_us, failure_count=row.failure_count,
                availability=row.availability, mtbf_us=row.mtbf_us, mttr_us=row.mttr_us,
            )
        )  # fmt: skip
    return found


def _union(spans: list[Span], from_us: int, to_us: int) -> list[Span]:
    """The spans cut to a window, in order, those that overlap made one."""
    joined: list[Span] = []
    for start, end in sorted((max(start, from_us), min(end, to_us)) for start, end in spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _length_us(spans: list[Span]) -> int:
    return sum(end - start for start, end in spans)
