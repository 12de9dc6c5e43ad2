"""state_interval: when each piece of equipment was in which PackML state."""

from __future__ import annotations

from sqlalchemy import and_, select

from twin.model.events import EquipmentStateChanged
from twin.model.events.production import EquipmentStateCorrected
from twin.model.states import WorkUnitState
from twin.store.journal import JournalEntry
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.tables import STATE_INTERVAL

_EVER_US = 2**63 - 1


class StateIntervals:
    """Closes the interval that a change falls into and opens the next. A late fact cuts the interval that it turns out to lie in."""

    def __init__(self) -> None:
        self._last: dict[str, Row] = {}  # the interval of each piece of equipment that begins last

    def apply(self, entry: JournalEntry, rows: ProjectedRows) -> None:
        """Take one entry in."""
        event = entry.event
        if isinstance(event, EquipmentStateCorrected):
            self._correct(event, rows, entry.seq)
        if not isinstance(event, EquipmentStateChanged):
            return
        before = self._last.get(event.equipment) or _interval_before(rows, event.equipment, _EVER_US, entry.seq)
        late = before is not None and event.effective_us < before["start_us"]
        if late:
            before = _interval_before(rows, event.equipment, event.effective_us, entry.seq)
        row = {
            "seq": entry.seq,
            "equipment": event.equipment,
            "start_us": event.effective_us,
            "end_us": before["end_us"] if before else None,
            "state": int(event.state),
            "state_name": WorkUnitState(event.state).label,
            "reason": event.reason,
            "job_order": event.job_order,
            "person": event.person,
        }
        if before:
            before["end_us"] = event.effective_us
            rows.put(STATE_INTERVAL, before)
        elif late:  # earlier than everything that we knew of this equipment
            row["end_us"] = _first_start_us(rows, event.equipment)
        rows.put(STATE_INTERVAL, row)
        if not late:
            self._last[event.equipment] = row

    def _correct(self, event: EquipmentStateCorrected, rows: ProjectedRows, seq: int) -> None:
        """The interval has the reason that a person has said."""
        row = self._last.get(event.equipment)
        if row is None or row["start_us"] != event.since_us:
            row = _interval_before(rows, event.equipment, event.since_us, seq)
        if row and row["start_us"] == event.since_us:
            row["reason"] = event.reason
            rows.put(STATE_INTERVAL, row)


def _interval_before(rows: ProjectedRows, equipment: str, at_us: int, seq: int) -> Row | None:
    """The last interval of the equipment that began at or before `at_us` and was told of before `seq`."""
    if rows.connection is None:
        known = [r for r in rows.of(STATE_INTERVAL) if r["equipment"] == equipment and r["start_us"] <= at_us]
        return max(known, key=lambda r: (r["start_us"], r["seq"]), default=None)
    rows.flush()
    column = STATE_INTERVAL.c
    earlier = and_(column.equipment == equipment, column.start_us <= at_us, column.seq < seq)
    latest_first = (column.start_us.desc(), column.seq.desc())
    found = rows.connection.scalar(select(column.seq).where(earlier).order_by(*latest_first).limit(1))
    return None if found is None else rows.get(STATE_INTERVAL, found)


def _first_start_us(rows: ProjectedRows, equipment: str) -> int:
    if rows.connection is None:
        return min(int(r["start_us"]) for r in rows.of(STATE_INTERVAL) if r["equipment"] == equipment)
    column = STATE_INTERVAL.c
    first: int | None = rows.connection.scalar(
        select(column.start_us).where(column.equipment == equipment).order_by(column.start_us).limit(1)
    )
    assert first is not None
    return first
