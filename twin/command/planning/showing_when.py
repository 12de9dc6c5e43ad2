"""plan --promise of a run: the date to promise, and why each method says another, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from twin.model.calendars import written_local
from twin.model.plant import Plant
from twin.results.trade.when_there import WhenThere


def when_lines(plant: Plant, it: WhenThere) -> Iterator[str]:
    """What a person reads."""

    def at(us: int | None) -> str:
        return "no date" if us is None else written_local(us, plant.layout.time_zone)

    yield f"promise {it.quantity:,} {it.material} for {at(it.recommended_us)}: {it.why}"
    for one in it.methods:
        yield f"  {one.name}: {at(one.at_us)}{f', {one.differs}' if one.differs else ''}"
    for other in it.late_by_it:
        yield f"  {other.order}, due {at(other.due_us)}, would leave {at(other.after_us)} for it, not {at(other.before_us)}"


def plain_when(it: WhenThere) -> dict[str, Any]:
    """The same, for `--json`; instants in UTC."""
    return {
        "recommended": _instant(it.recommended_us), "why": it.why,
        "methods": [{"method": one.name, "promised": _instant(one.at_us), "differs": one.differs} for one in it.methods],
        "late_by_it": [
            {"order": one.order, "due": _instant(one.due_us), "before": _instant(one.before_us), "after": _instant(one.after_us)}
            for one in it.late_by_it
        ],
    }  # fmt: skip


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None else datetime.fromtimestamp(at_us / 1_000_000, UTC).isoformat()
