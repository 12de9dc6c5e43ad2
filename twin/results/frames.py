"""Tables of a run: tidy pandas frames, one row an observation, units in the column names, times in UTC."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from twin.model.events import EquipmentStateChanged, JournalPosted, OperationsEvent, event_to_fields
from twin.model.events.production import EquipmentStateCorrected
from twin.model.measures import US_PER_H
from twin.model.settlement.chart import named_now
from twin.model.states import WorkUnitState
from twin.store.journal import JournalEntry

if TYPE_CHECKING:
    import pandas as pd


def times(values_us: Iterable[int | None]) -> pd.Series[pd.Timestamp]:
    """Microseconds since 1970 UTC as time stamps; None becomes NaT."""
    import pandas as pd

    return pd.to_datetime(pd.Series(list(values_us), dtype="Int64"), unit="us", utc=True).astype("datetime64[us, UTC]")


def from_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str], time_columns: Sequence[str] = ()) -> pd.DataFrame:
    """A frame with exactly `columns`, also when there are no rows; `time_columns` hold microseconds."""
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns))
    for name in time_columns:
        frame[name] = times(None if pd.isna(v) else int(v) for v in frame[name])
    return frame


EVENT_COLUMNS = (
    "seq",
    "effective",
    "recorded",
    "level",
    "type",
    "source",
    "equipment",
    "request",
    "job_order",
    "lot",
    "person",
    "detail",
    "id",
    "cause",
)


def events_frame(entries: Iterable[JournalEntry]) -> pd.DataFrame:
    """Every entry of the journal; `detail` holds the fields of the event's own class as JSON."""
    rows = [
        {
            "seq": entry.seq,
            "effective": entry.event.effective_us,
            "recorded": entry.event.recorded_us,
            "level": entry.event.LEVEL,
            "type": type(entry.event).__name__,
            "source": str(entry.source),
            "equipment": entry.event.equipment,
            "request": entry.event.request,
            "job_order": entry.event.job_order,
            "lot": entry.event.lot,
            "person": entry.event.person,
            "detail": json.dumps(event_to_fields(entry.event)),
            "id": entry.id,
            "cause": entry.cause,
        }
        for entry in entries
    ]
    return from_rows(rows, EVENT_COLUMNS, ("effective", "recorded"))


STATE_COLUMNS = ("equipment", "state", "reason", "start", "end", "duration_h", "job_order", "person")


def states_frame(events: Iterable[OperationsEvent], now_us: int) -> pd.DataFrame:
    """State intervals of every piece of equipment, in PackML's words; the last of each ends now. Intervals without length are left out."""
    open_since: dict[str, EquipmentStateChanged] = {}
    rows: list[dict[str, Any]] = []
    corrected: dict[tuple[str, int], str] = {}  # reasons that persons have said since

    def close(event: EquipmentStateChanged, end_us: int) -> None:
        if end_us > event.effective_us:
            rows.append(
                {
                    "equipment": event.equipment,
                    "state": WorkUnitState(event.state).label,
                    "reason": event.reason,
                    "start": event.effective_us,
                    "end": end_us,
                    "duration_h": (end_us - event.effective_us) / US_PER_H,
                    "job_order": event.job_order,
                    "person": event.person,
                }
            )

    for event in events:
        if isinstance(event, EquipmentStateChanged):
            if event.equipment in open_since:
                close(open_since[event.equipment], event.effective_us)
            open_since[event.equipment] = event
        elif isinstance(event, EquipmentStateCorrected):
            corrected[event.equipment, event.since_us] = event.reason
    for event in open_since.values():
        close(event, now_us)
    for row in rows:
        row["reason"] = corrected.get((row["equipment"], row["start"]), row["reason"])
    rows.sort(key=lambda row: (row["start"], row["equipment"]))
    return from_rows(rows, STATE_COLUMNS, ("start", "end"))


LEDGER_COLUMNS = (
    "posted",
    "document",
    "account",
    "account_title",
    "debit_eur",
    "credit_eur",
    "amount_eur",
    "request",
    "material",
    "equipment",
    "person",
    "entry",
    "cause",
)


def ledger_frame(entries: Iterable[JournalEntry], titles: dict[str, str], currency: str) -> pd.DataFrame:
    """Every leg of every journal entry; debits positive in `amount_eur`, credits negative. `cause`: id of the event behind it.

    Columns end in the plant's currency (here shown for EUR). Amounts are exact to the cent.
    """
    rows = []
    for entry in entries:
        event = entry.event
        if not isinstance(event, JournalPosted):
            continue
        for account, amount_minor in named_now(event.legs):
            rows.append(
                {
                    "posted": event.effective_us,
                    "document": event.document,
                    "account": account,
                    "account_title": titles.get(account, account),
                    "debit_eur": max(amount_minor, 0) / 100,
                    "credit_eur": max(-amount_minor, 0) / 100,
                    "amount_eur": amount_minor / 100,
                    "request": event.request,
                    "material": event.material,
                    "equipment": event.equipment,
                    "person": event.person,
                    "entry": entry.id,
                    "cause": entry.cause,
                }
            )
    return in_currency(from_rows(rows, LEDGER_COLUMNS, ("posted",)), currency)


def in_currency(frame: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The frame with "_eur" at the end of its column names replaced by the plant's currency."""
    return frame.rename(columns={name: name[:-3] + currency.lower() for name in frame.columns if name.endswith("_eur")})
