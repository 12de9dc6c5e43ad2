"""The hand-over report as a page asks for it: of one shift, and which shifts there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.results.reports.handover import LATEST, day_of, handover
from twin.results.run import Run

SHOWN_SHIFTS = 30
__all__ = ["LATEST", "report_of", "shift_names"]


def shift_names(run: Run) -> list[str]:
    """The shifts that have begun, the latest first, as `run.handover` takes them."""
    began = [it for it in run.mes.records.shifts(run.scenario.start_us, run.now_us + 1) if it.start_us <= run.now_us]
    return list(dict.fromkeys(f"{day_of(run, it)} {it.shift}" for it in began[::-1]))[:SHOWN_SHIFTS]


def report_of(shift: str) -> Callable[[Run], dict[str, Any] | None]:
    """What looks at the report of one shift; None while none has begun."""

    def look(run: Run) -> dict[str, Any] | None:
        return handover(run, shift) if shift_names(run) else None

    look.__qualname__ = f"report of {shift}"  # whoever keeps what was seen keeps one for each shift
    return look
