"""Long-term history: event pages of many runs (Parquet), asked in SQL by DuckDB, without loading them.

| view | a row is |
|---|---|
| event | an event of a run: the journal's columns, and those of its class; what a class does not have is null |
| posting | a leg of an entry, on its account as it is called now |
| state_interval | a state of a piece of equipment, from its change to the next; null `end_us`: it lasted to the end |

`run` is the folder of the saved run. All instants are microseconds since 1970 UTC; `effective_at` is the same as a time stamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.model.settlement.chart import RENAMED
from twin.store.journal import StoreError

if TYPE_CHECKING:
    import duckdb

PAGE = "events.parquet"
_EVENT = """CREATE VIEW event AS SELECT parse_path(filename)[-2] AS run, make_timestamp(effective_us) AS effective_at, * EXCLUDE (filename)
FROM read_parquet({files}, filename = true, union_by_name = true)"""
_RENAMED = " ".join(f"WHEN '{before}' THEN '{now}'" for before, now in RENAMED.items())
_POSTING = f"""CREATE VIEW posting AS SELECT * REPLACE (CASE account {_RENAMED} ELSE account END AS account) FROM (
SELECT run, seq, effective_at, effective_us, document, unnest(legs).account AS account,
unnest(legs).amount_minor AS amount_minor, "order" AS order_id, request, job_order, lot, material FROM event
WHERE type IN ('JournalPosted', 'LateJournalPosted'))"""
_STATE_INTERVAL = """CREATE VIEW state_interval AS SELECT run, seq, equipment, state, reason, job_order, effective_us AS start_us,
lead(effective_us) OVER (PARTITION BY run, equipment ORDER BY effective_us, seq) AS end_us FROM event
WHERE type = 'EquipmentStateChanged'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question has given: names of columns, and rows."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class History:
    """Saved runs as tables. A context manager.

    Parameters
    ----------
    places : folders of saved runs, or folders that hold some

    Raises
    ------
    StoreError : there is no saved run, or DuckDB is not installed
    """

    def __init__(self, places: Sequence[Path | str]) -> None:
        self.pages = [page for place in places for page in _pages(Path(place))]
        if not self.pages:
            named = ", ".join(f"'{place}'" for place in places)
            raise StoreError(
                f"{named}: there is no saved run; allowed: folders that `twin simulate --out` has made, or one that holds them"
            )
        try:
            import duckdb
        except ImportError:
            raise StoreError("history is read by DuckDB; allowed: install plant-twin[history]") from None
        self._connection: duckdb.DuckDBPyConnection = duckdb.connect(":memory:")
        files = "[" + ", ".join("'" + str(page).replace("'", "''") + "'" for page in self.pages) + "]"
        for view in (_EVENT, _POSTING, _STATE_INTERVAL):
            self._connection.execute(view.format(files=files))

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, sql: str) -> Answer:
        """The answer to one SELECT.

        Raises
        ------
        StoreError : in words, what DuckDB does not understand
        """
        import duckdb

        try:
            found = self._connection.execute(sql)
            return Answer(columns=[str(it[0]) for it in found.description or ()], rows=found.fetchall())
        except duckdb.Error as error:
            words = " ".join(str(error).split())
            raise StoreError(f"this is no question for the history: {words}; allowed: a SELECT of event, posting, state_interval") from None


def _pages(place: Path) -> list[Path]:
    """The event pages of a saved run, or of all saved runs below."""
    own = place / PAGE
    return [own.resolve()] if own.is_file() else sorted(page.resolve() for page in place.glob(f"*/{PAGE}"))
