"""Tables of labour: figures by person, group, shift or activity, and every clocking with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.mes.labour.figures import LabourRow
from twin.model.measures import US_PER_H
from twin.results.frames import from_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

LABOUR_COLUMNS = (
    "person_count", "attendance_h", "work_h", "indirect_h", "break_h", "worker_efficiency", "earned_h", "productivity", "good", "scrap",
    "rework", "quality_ratio",
)  # fmt: skip
CLOCKING_COLUMNS = (
    "person", "job_order", "activity", "share", "on", "off", "terminal", "was", "was_on", "was_off", "corrected_by",
    "corrected", "reason",
)  # fmt: skip


def labour_table(run: Run, by: str, from_us: int, to_us: int) -> pd.DataFrame:
    """Attendance, work, efficiency, earned hours and quality; the first column has the scope's name."""
    return from_rows(labour_rows(run, by, from_us, to_us), (by, *LABOUR_COLUMNS))


def labour_rows(run: Run, by: str, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """The rows of `labour_table`."""
    return [_row(it) for it in run.mes.labour.figures.rows(by, from_us, min(to_us, run.now_us))]


def _row(it: LabourRow) -> dict[str, Any]:
    return {
        it.scope: it.name, "person_count": it.person_count, "attendance_h": it.attendance_us / US_PER_H, "work_h": it.work_us / US_PER_H,
        "indirect_h": it.indirect_us / US_PER_H, "break_h": it.break_us / US_PER_H, "worker_efficiency": it.worker_efficiency,
        "earned_h": it.earned_us / US_PER_H, "productivity": it.productivity, "good": it.good, "scrap": it.scrap, "rework": it.rework,
        "quality_ratio": it.quality_ratio,
    }  # fmt: skip


def clockings_table(run: Run) -> pd.DataFrame:
    """Every clocking; one that was corrected has a row for each word on it, the last of which is in force."""
    rows: list[dict[str, Any]] = []
    for sheet in run.mes.labour.sheets.values():
        for it in sheet.clockings:
            said = {"person": it.person, "job_order": it.job_order, "activity": it.activity, "share": it.share, "on": it.on_us}
            first = it.corrections[0] if it.corrections else None
            before = {"on": first.was_on_us} if first and first.was_on_us >= 0 else {}
            rows.append({**said, **before, "off": _known(first.was_us if first else it.off_us), "terminal": it.terminal})
            rows += [
                {
                    **said, "off": _known(one.off_us), "was": one.was, "was_on": _known(one.was_on_us), "was_off": _known(one.was_us),
                    "corrected_by": one.person, "corrected": one.told_us, "reason": one.reason,
                }
                for one in it.corrections
            ]  # fmt: skip
    return from_rows(rows, CLOCKING_COLUMNS, ("on", "off", "was_on", "was_off", "corrected"))


def _known(at_us: int) -> int | None:
    return None if at_us < 0 else at_us
