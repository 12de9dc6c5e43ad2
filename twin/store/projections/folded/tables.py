"""All of these tables, and how far they tell. They hold nothing of their own: they may be dropped, and are written anew."""

from __future__ import annotations

from sqlalchemy import Connection, Table, inspect

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, whole
from twin.store.projections.folded.booked import BOOKED
from twin.store.projections.folded.costed import COSTED
from twin.store.projections.folded.declared.master_data import DECLARED
from twin.store.projections.folded.settled import SETTLED
from twin.store.projections.folded.stored import STORED
from twin.store.projections.folded.traded import PLANNED, TRADED
from twin.store.projections.folded.worked import WORKED

FOLDED = (*SETTLED, *STORED, *TRADED, *PLANNED, *COSTED, *WORKED, *BOOKED, *DECLARED)

FOLDED_AS_OF = Table(
    "folded_as_of",
    METADATA,
    key("name", "journal"),
    whole("seq", "the last entry up to which they know all of the journal"),
    at("known", "plant time then"),
    comment="How far the tables of what MES and ERP know have come.",
)


def make_folded(connection: Connection, *, anew: bool = False) -> None:
    """Make these tables, empty; if all are there with the columns of today, they stay, unless `anew`. No view may read them then.

    One of an older plant-twin is enough to make all of them anew: `FOLDED_AS_OF` says for all of them how far they tell.
    """
    anew = anew or not _are_of_today(connection)
    for table in (*FOLDED, FOLDED_AS_OF):
        if anew:
            table.drop(connection, checkfirst=True)
        table.create(connection, checkfirst=True)


def _are_of_today(connection: Connection) -> bool:
    there = {name: {it["name"] for it in columns} for (_, name), columns in inspect(connection).get_multi_columns().items()}
    return all(there.get(table.name) == set(table.columns.keys()) for table in (*FOLDED, FOLDED_AS_OF))
