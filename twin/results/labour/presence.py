"""Who is away, there beyond the calendar, or works another's shift: what was said and holds, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.model.events import AbsenceEntered, AttendanceEntered
from twin.model.personnel.presence import PresenceEntry

if TYPE_CHECKING:
    from twin.results.run import Run

PRESENCE_COLUMNS = ("person", "what", "from", "until", "by", "reason")


def presence_rows(run: Run, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """What holds in [from_us, to_us) of each person, instants in us; `until` is None where nobody knows the end."""
    presence = run.mes.calendars.presence
    return [
        {
            "person": person, "what": _what(it, person), "from": it.from_us, "until": it.until_us if it.until_us >= 0 else None,
            "by": it.person, "reason": it.reason,
        }
        for person in presence.persons()
        for it in presence.said_of(person)
        if it.from_us < to_us and not 0 <= it.until_us <= from_us
    ]  # fmt: skip


def _what(it: PresenceEntry, person: str) -> str:
    """A kind of absence, or what else he does."""
    if isinstance(it, AbsenceEntered):
        return it.absence
    return "extra hours" if isinstance(it, AttendanceEntered) else f"swapped with {it.other if person == it.worker else it.worker}"
