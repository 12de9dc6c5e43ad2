"""Bringing a database to the tables of today, by the migrations in `twin/store/migrations`."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Engine, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

from twin.store.journal.database import writing
from twin.store.journal.journal_entry import NoJournal, StoreError

VERSION_TABLE = "journal_schema"
SCHEMA_HEAD = "0013"
"""The newest migration. Known here, so that a new journal, or one that is up to date, need not load Alembic (0.2 s)."""

_VERSION = Table(  # as Alembic makes it
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)


def schema_version(connection: Connection) -> str | None:
    """Version of the tables; None if there are none yet.

    Raises
    ------
    StoreError : there is a table `journal` of somebody else
    """
    tables = inspect(connection)
    is_there = tables.has_table("journal")  # asked first: another process may make both while this one looks
    if tables.has_table(VERSION_TABLE):
        version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
        return version
    if is_there:
        raise StoreError(
            f"'{connection.engine.url}' has a table 'journal' that is not ours; allowed: an empty database, or one of plant-twin"
        )
    return None


def bring_up_to_date(engine: Engine, *, create: bool) -> None:
    """Make or migrate the tables if `create`, else only look whether they are those of today.

    Raises
    ------
    NoJournal : there are no tables, and none shall be made
    StoreError : the tables are newer than this program, or older and may not be changed
    """
    with engine.connect() as connection:
        version = schema_version(connection)
    if version == SCHEMA_HEAD:
        return
    name = f"'{engine.url}'"  # SQLAlchemy hides the password
    if version is not None and version > SCHEMA_HEAD:
        raise StoreError(
            f"{name} was written by a newer plant-twin (tables {version}, this one knows up to {SCHEMA_HEAD}); allowed: a newer plant-twin"
        )
    if not create:
        if version is None:
            raise NoJournal(f"{name} holds no journal; a run that is given it (--journal) begins one")
        bring = "'twin replay PLANT --record JOURNAL' (without --as-recorded) brings them up to date"
        raise StoreError(f"{name} holds older tables ({version}, now {SCHEMA_HEAD}); {bring}")
    with writing(engine) as connection:  # a second process waits here, and then finds nothing left to do
        if schema_version(connection) is None:
            _make(connection)
        else:
            _migrate(connection)


def _make(connection: Connection) -> None:
    from twin.store.migrations.fresh import make_tables  # which reads tables of journals, as Alembic's steps do

    make_tables(connection)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=SCHEMA_HEAD))


def _migrate(connection: Connection, to: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "twin.store:migrations")
    config.set_main_option("recursive_version_locations", "true")  # those of derived tables alone have a room
    config.attributes["connection"] = connection
    command.upgrade(config, to)
