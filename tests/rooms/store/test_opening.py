from __future__ import annotations

import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from tests.forked import FORKED
from twin.model.events import CountObserved
from twin.model.states import Source
from twin.store.journal import DatabaseJournal, StoreError, open_journal, verify
from twin.store.journal.database import open_engine, parse_url, writing
from twin.store.journal.schema import SCHEMA_HEAD, VERSION_TABLE, _migrate
from twin.store.journal.tables import METADATA
from twin.store.projections import project
from twin.store.projections.views import drop_views

TOLD_BY_POSTGRESQL = {
    "columns": """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
        col_description(to_regclass(table_name)::oid, ordinal_position::int)
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "keys": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, regexp_replace(prosrc, '\\s+', ' ', 'g') FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def complaint(url: str | Path, *, create: bool = True) -> str:
    """What the door says; the traceback that a careless caller would print must not know more, as a password."""
    with pytest.raises(StoreError) as caught:
        open_journal(url, create=create)
    trace = "".join(traceback.format_exception(caught.value))
    assert "sqlalchemy.exc" not in trace
    password = re.search(r"://[^:/@]*:([^@]+)@", str(url))
    assert password is None or password[1] not in trace
    return str(caught.value)


def test_a_journal_is_found_by_its_path_or_its_url(tmp_path: Path):
    path = tmp_path / "plant 1 ö.db"
    journal = open_journal(path)
    journal.append(CountObserved(effective_us=1, good=1), source=Source.LIVE)
    journal.commit()
    journal.close()
    assert path.exists()
    for name in (path, str(path), f"sqlite:///{path}"):
        assert len(open_journal(name, create=False)) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:geheim@localhost/plant", "cannot live in 'mysql'"),
        ("postgresql+asyncpg://u:geheim@localhost/plant", r"cannot live in 'postgresql+asyncpg'"),
        ("://", "no URL of a database"),
        ("sqlite://", "has no path"),
        ("sqlite:///:memory:", "MemoryJournal"),
        ("postgresql://twin:geheim@127.0.0.1:1/plant", "refused"),
        ("postgresql://twin:geheim@host:port/plant", "no URL of a database"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_in_words(url, says):
    said = complaint(url)
    assert says in said
    assert "allowed: " in said
    assert "geheim" not in said


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("a list of things to do, which is much longer than the header of a database\n" * 100)
    before = path.read_bytes()
    assert "no SQLite database" in complaint(path)
    assert path.read_bytes() == before


def test_a_damaged_database_is_refused(tmp_path: Path):
    path = tmp_path / "plant.db"
    journal = DatabaseJournal(path)
    journal.close()
    whole = bytearray(path.read_bytes())
    whole[100:4096] = b"\xff" * 3996  # the first page, which lists the tables
    path.write_bytes(whole)
    assert "damaged" in complaint(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    said = complaint(tmp_path / "nowhere" / "plant.db")
    assert "nowhere" in said
    assert "folder does not exist" in said


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path):
    assert "cannot be opened" in complaint(tmp_path)


def test_a_database_that_may_only_be_read_is_refused(tmp_path: Path):
    path = tmp_path / "plant.db"
    path.touch()
    assert "may only be read" in complaint(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_journal_that_may_only_be_read_can_be_read_and_not_written(tmp_path: Path):
    path = tmp_path / "plant.db"
    DatabaseJournal(path).close()
    journal = open_journal(f"sqlite:///file:{path}?mode=ro&uri=true", create=False)
    assert len(journal) == 0
    journal.append(CountObserved(effective_us=1), source=Source.LIVE)
    with pytest.raises(StoreError, match="may only be read"):
        journal.commit()
    assert len(journal) == 0
    journal.close()


def test_a_journal_that_must_be_there_is_not_made(tmp_path: Path, database_url: str):
    assert "no such file" in complaint(tmp_path / "plant.db", create=False)
    assert not (tmp_path / "plant.db").exists()
    if database_url.startswith("postgresql"):
        assert "holds no journal" in complaint(database_url, create=False)


@pytest.mark.db
@pytest.mark.xdist_group("postgresql")
def test_a_wrong_password_a_missing_database_and_a_missing_server_are_told_apart(postgres_url: str):
    url = make_url(postgres_url)
    assert "refuses user and password" in complaint(url.set(password="wrong-secret").render_as_string(hide_password=False))
    assert "does not exist" in complaint(url.set(database="another").render_as_string(hide_password=False))
    assert "refused" in complaint(url.set(port=1).render_as_string(hide_password=False))
    DatabaseJournal(postgres_url).close()


def test_tables_of_a_newer_program_are_refused(database_url: str):
    DatabaseJournal(database_url).close()
    with writing(open_engine(parse_url(database_url), create=True)) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    assert "written by a newer plant-twin (tables 9999" in complaint(database_url)


def test_a_table_of_somebody_else_is_refused(database_url: str):
    with writing(open_engine(parse_url(database_url), create=True)) as connection:
        connection.execute(text("CREATE TABLE journal (line TEXT)"))
    assert "a table 'journal' that is not ours" in complaint(database_url)


def test_older_tables_are_brought_up_to_date_with_everything_in_them(database_url: str):
    engine = open_engine(parse_url(database_url), create=True)
    with writing(engine) as connection:
        _migrate(connection, "0001")
    newest = DatabaseJournal(database_url)
    newest.append(CountObserved(effective_us=1, good=5), source=Source.LIVE)
    newest.commit()
    newest.close()
    with writing(engine) as connection:
        drop_views(connection)
        for table in reversed(METADATA.sorted_tables):
            if table.name != "journal":
                table.drop(connection)
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    assert "older tables (0001" in complaint(database_url, create=False)
    journal = DatabaseJournal(database_url)
    assert len(journal) == 1
    assert verify(journal) is None
    assert project(journal) == 1
    journal.close()


def test_the_migrations_make_exactly_the_tables_that_are_declared(database_url: str):
    journal = DatabaseJournal(database_url)
    with journal.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
    journal.close()


def made(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Tables, indexes, views and triggers of a database, as it tells them itself."""
    if connection.dialect.name == "sqlite":
        return {"all": sorted(connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all())}
    return {what: sorted(connection.exec_driver_sql(query).all()) for what, query in TOLD_BY_POSTGRESQL.items()}


def test_a_new_journal_is_made_as_the_migrations_make_it(fresh_database: Callable[[], str]):
    new, grown = fresh_database(), fresh_database()
    DatabaseJournal(new).close()
    with writing(open_engine(parse_url(grown), create=True)) as connection:
        _migrate(connection)
        migrated = made(connection)
    with writing(open_engine(parse_url(new), create=False)) as connection:
        assert made(connection) == migrated
    assert any("journal_keeps" in str(row) for row in chain(*migrated.values()))


def test_the_newest_migration_is_the_one_that_the_program_knows():
    config = Config()
    config.set_main_option("script_location", "twin.store:migrations")
    config.set_main_option("recursive_version_locations", "true")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_HEAD]


def test_every_column_that_others_read_says_what_it_means():
    for table in METADATA.tables.values():
        assert table.comment
        assert [column.name for column in table.columns if not column.comment] == []


def open_and_close(url: str) -> None:
    DatabaseJournal(url).close()


def test_two_processes_may_make_the_same_journal_at_once(database_url: str):
    both = [FORKED.Process(target=open_and_close, args=(database_url,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(open_journal(database_url, create=False)) == 0


def test_a_journal_in_memory_needs_no_database_library():
    look = "import sys, twin.store.journal; print([m for m in ('sqlalchemy', 'alembic', 'pyarrow', 'numpy', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_database_that_goes_away_is_a_complaint_and_the_transaction_is_forgotten(database_url: str):
    journal = DatabaseJournal(database_url)
    journal.append(CountObserved(effective_us=1), source=Source.LIVE)
    connection = journal._writing
    assert connection is not None
    driver_connection = connection.connection.driver_connection
    if journal.engine.dialect.name == "postgresql":
        with journal.engine.connect() as other:
            other.exec_driver_sql("SELECT pg_terminate_backend(%s)", (driver_connection.info.backend_pid,))
    else:
        driver_connection.close()
    with pytest.raises(StoreError):
        journal.commit()
    assert journal.uncommitted == 0
    journal.close()
