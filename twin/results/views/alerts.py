"""What a person should look at, by kind, the worst first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from twin.model.events import WorkAlertRaised
from twin.results.run import Run

_NOTED = ("approval_needed", "late_fact", "no_price", "packml", "quality", "queue_time")  # all of it is booked; somebody should know
_DOUBTED = ("count", "job_order", "lot", "negative_stock", "request", "stock")  # floor and books had to make something of it
# Of any other alert nothing is booked: what happened is missing in the result.


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKind:
    """All alerts of one name, and the first of them."""

    alert: str
    count: int
    first: WorkAlertRaised


def alert_kinds(run: Run) -> list[AlertKind]:
    """First what is not booked at all, then what is doubtful, then what should be known; within these the most frequent."""
    counts = Counter(it.alert for it in run.erp.alerts)
    first = {it.alert: it for it in reversed(run.erp.alerts)}
    names = sorted(counts, key=lambda name: ((name in _DOUBTED) + 2 * (name in _NOTED), -counts[name], name))
    return [AlertKind(alert=name, count=counts[name], first=first[name]) for name in names]
