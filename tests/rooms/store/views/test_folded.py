"""What MES and ERP know, as tables: kept while a run goes on, made anew from its journal, and what the folds themselves say, are one."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select, text

import twin
from tests.rooms.store.views.everything import played
from tests.rooms.store.views.test_what_accountants_ask import same_by_every_dimension, same_margins
from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.valuation.variances import ACCOUNTS_OF_VARIANCES
from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.erp.warehouse.warehouse import Warehouse
from twin.model.events import Heartbeat
from twin.model.states import Source
from twin.results.database import folded_rows
from twin.results.database.tabled import tabled
from twin.results.planning.plans_now import plans_now
from twin.results.run import Run
from twin.results.views.business.orders import promisable
from twin.results.views.business.plan import plan_now
from twin.store.journal import DatabaseJournal, StoreError, transcribe
from twin.store.journal.database import open_engine, parse_url, writing
from twin.store.journal.schema import SCHEMA_HEAD, VERSION_TABLE, schema_version
from twin.store.live import WATERMARK
from twin.store.projections import keep_folded, project, rebuild
from twin.store.projections.folded.tables import FOLDED, FOLDED_AS_OF, make_folded
from twin.store.projections.folded.views import FOLDED_VIEWS
from twin.store.projections.projected_rows import Row
from twin.store.projections.views import VIEWS, create_views, drop_views

Known = tuple[Run, list[dict[str, list[Row]]]]


@pytest.fixture(scope="module")
def known(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Known:
    return played(root, tmp_path_factory.mktemp("everything"))


def stored(journal: DatabaseJournal) -> dict[str, list[Row]]:
    """Every row of every table, in the order of the table's key."""
    with journal.engine.connect() as connection:
        return {it.name: in_order(it.name, map(dict, connection.execute(select(it)).mappings())) for it in FOLDED}


def in_order(name: str, rows) -> list[Row]:
    keys = [column.name for table in FOLDED if table.name == name for column in table.primary_key]
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


def all_in_order(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {name: in_order(name, rows[name]) for name in (it.name for it in FOLDED)}


def snippets(root: Path, heading: str, language: str) -> list[str]:
    """What a part of docs/DATABASE.md shows."""
    part = (root / "docs/DATABASE.md").read_text().partition(f"## {heading}")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL)


@pytest.mark.slow
def test_tables_kept_while_it_runs_are_those_of_the_journal_and_what_the_folds_say(known: Known, database_url: str) -> None:
    run, snapshots = known
    assert {name for rows in snapshots for name, them in rows.items() if them} == {it.name for it in FOLDED}, (
        "none is proven by being empty"
    )
    kept = DatabaseJournal(database_url)
    for seq, rows in enumerate(snapshots, start=1):
        keep_folded(kept, rows, seq=seq, known_us=seq)
        assert stored(kept) == all_in_order(rows)
    assert keep_folded(kept, snapshots[-1], seq=9, known_us=9) == 0, "what is there already is not written again"
    again = Run(run.plant, run.scenario)
    for entry in run.journal.entries():
        again.reapply(entry.event)
    with writing(kept.engine) as connection:
        granted = drop_views(connection)
        make_folded(connection, anew=True)
        create_views(connection, granted)
    assert not any(stored(kept).values())
    keep_folded(kept, folded_rows(again), seq=len(run.journal), known_us=again.now_us)
    assert stored(kept) == all_in_order(snapshots[-1]) == all_in_order(folded_rows(run))
    kept.close()


@pytest.mark.slow
def test_the_views_say_what_the_books_say(known: Known, database_url: str, root: Path) -> None:
    run, _ = known
    journal = DatabaseJournal(database_url)
    transcribe(run.journal.entries(), journal)
    there = Run(run.plant, run.scenario, journal)
    for entry in run.journal.entries():
        there.reapply(entry.event)
    tabled(there)
    with journal.engine.connect() as connection:

        def asked(sql: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

        for view in FOLDED_VIEWS:
            assert list(connection.exec_driver_sql(f"SELECT * FROM {view.name}").keys()) == list(view.columns)
        balances = run.erp.ledger.balances
        assert asked("SELECT SUM(open_booked_minor) FROM bi_open_item WHERE side = 'receivable'") == [(balances["accounts_receivable"],)]
        assert asked("SELECT -SUM(open_booked_minor) FROM bi_bill") == [(balances["accounts_payable"],)]
        assert asked("SELECT SUM(amount_minor) FROM bi_payment") == [(balances["cash"],)]
        lying = "SELECT material, SUM(quantity) FROM bi_bin_content GROUP BY material ORDER BY 1"
        assert asked(lying) == asked("SELECT material, on_hand FROM bi_stock WHERE on_hand <> 0 ORDER BY 1")
        what_was_made_packed_and_planned_is_what_the_books_say(asked, run)
        same_by_every_dimension(run, connection)
        same_margins(run, connection)
        for sql in snippets(root, "What MES and ERP know", "sql"):
            assert asked(sql), sql
        assert asked("SELECT seq FROM bi_folded_as_of") == [(len(run.journal),)]
    rebuild(journal)  # of the journal alone: what the folds know stays
    assert stored(journal) == all_in_order(folded_rows(run))
    journal.append(Heartbeat(effective_us=1), source=Source.USER)
    with pytest.raises(StoreError, match="1 entries of the journal are not committed"):
        keep_folded(journal, folded_rows(run), seq=1, known_us=1)
    journal.close()


def what_was_made_packed_and_planned_is_what_the_books_say(asked: Callable[[str], list[tuple[object, ...]]], run: Run) -> None:
    """Requests, standards, packages, numbered units, pegs and forecasts, each against what knows of it otherwise."""
    balances, closed = run.erp.ledger.balances, "FROM bi_request_cost WHERE status = 'closed'"
    assert asked("SELECT SUM(wip_minor) FROM bi_request_cost") == [(balances["work_in_progress"],)]
    assert asked(f"SELECT SUM(variance_minor) {closed}") == [(balances["production_variance"],)]
    parts = list(next(it for it in FOLDED_VIEWS if it.name == "bi_request_cost").columns)[-15:]
    assert asked(f"SELECT SUM({' + '.join(parts)}) {closed}") == [(balances["production_variance"],)]
    assert dict(asked("SELECT material, total_minor FROM bi_standard_cost")) == {
        name: total_minor(it) for name, it in run.erp.standards.released.items()
    }
    shipped = "SELECT order_id, shipped FROM bi_customer_order WHERE shipped > 0 ORDER BY 1"
    assert asked("SELECT order_id, SUM(quantity) FROM bi_package WHERE shipped_at IS NOT NULL GROUP BY order_id ORDER BY 1") == asked(
        shipped
    )
    assert asked("SELECT SUM(quantity) FROM bi_package_content") == asked("SELECT SUM(quantity) FROM bi_package")
    gone = "SELECT order_id, COUNT(*) FROM bi_serial_number WHERE status = 'shipped' GROUP BY order_id ORDER BY 1"
    assert asked(gone) == asked(shipped)
    there = "SELECT lot, COUNT(*) FROM bi_serial_number WHERE bin = 'parts_1' GROUP BY lot ORDER BY 1"
    assert asked(there) == asked(
        "SELECT lot, quantity FROM bi_bin_content WHERE bin = 'parts_1' AND material IN ('GB1', 'GB2', 'GB3') ORDER BY 1"
    )
    served = "SELECT demand, SUM(quantity) FROM bi_peg WHERE demand_kind = 'customer order' GROUP BY demand ORDER BY 1"
    still_open = "SELECT order_id, open_quantity FROM bi_customer_order WHERE open_quantity > 0 ORDER BY 1"
    assert asked(served) == asked(still_open)
    seen = plan_now(run)  # what the page shows
    assert dict(asked("SELECT planned_order, quantity FROM bi_planned_order")) == {it.order: it.good for it in seen.plan.orders}
    assert any(it.demand_kind == "forecast" for it in seen.plan.pegs), "what the run expects is planned for on the page too"
    expecting, run.erp.forecasts = run.erp.forecasts, None
    assert promisable(seen) == promisable(plan_now(run)), "and takes nothing from what may be promised"
    run.erp.forecasts = expecting
    what_is_loaded_sent_and_dearer_than_planned_is_what_pages_say(asked, run)
    assert asked("SELECT material, COUNT(*) FROM bi_forecast_week GROUP BY material ORDER BY 1") == [("GB1", 4), ("GB2", 4), ("GB3", 4)]
    assert dict(asked("SELECT material, MAX(expected_quantity) FROM bi_forecast_week GROUP BY material")) == {
        "GB1": 37,
        "GB2": 27,
        "GB3": 14,
    }


def what_is_loaded_sent_and_dearer_than_planned_is_what_pages_say(asked: Callable[[str], list[tuple[object, ...]]], run: Run) -> None:
    """By week and by month, against days of the page and all of it at once."""
    plans, loaded = plans_now(run), dict[str, int]()
    for it in plans.load:
        loaded[it.resource] = loaded.get(it.resource, 0) + it.load_us // 1_000_000
    weeks = dict(asked("SELECT resource, SUM(load_s) FROM bi_capacity_week WHERE load_s > 0 GROUP BY resource"))
    assert {name: pytest.approx(load_s, abs=60) for name, load_s in loaded.items() if load_s} == weeks
    begins = asked("SELECT week, MIN(from_at), MAX(capacity_s) FROM bi_capacity_week WHERE resource = 'hobbing' GROUP BY week ORDER BY 1")
    assert begins[1][:2] == ("2026-W11", "2026-03-08 23:00:00"), "Monday at midnight, in Berlin"
    assert begins[1][2] == 2 * 5 * 16 * 3_600, "two hobbers, five days, two shifts"
    rows = [(it.material, it.day, it.ordered, it.made, it.promisable) for it in plans.master]
    assert asked("SELECT material, day, ordered, made, promisable FROM bi_master_schedule ORDER BY 1, 2") == sorted(rows)
    sent = asked("SELECT transfer, from_site, to_site, quantity, received, open_quantity FROM bi_stock_transfer")
    assert sent == [(it.transfer, "", "depot", 6, it.received, 6 - it.received) for it in transfers_of(run)]
    told = asked("SELECT kind, SUM(amount_minor) FROM bi_variance_month GROUP BY kind ORDER BY 1")
    known = run.erp.variances()
    assert told == sorted((kind, sum(it.amount_minor for it in known if it.kind == kind)) for kind in {it.kind for it in known})
    accounts = ", ".join(f"'{it}'" for it in ACCOUNTS_OF_VARIANCES)
    by_month = "SELECT month, SUM(amount_minor) FROM {} GROUP BY month ORDER BY month"
    assert asked(by_month.format("bi_variance_month")) == asked(by_month.format(f"bi_posting WHERE account IN ({accounts})"))


def transfers_of(run: Run) -> list[StockTransfer]:
    """What the warehouse knows of them."""
    return [it for of in run.erp.functions if isinstance(of, Warehouse) for it in of.transfers.all.values()]


def test_a_database_of_before_gets_these_and_tells_of_its_journal_anew(database_url: str) -> None:
    journal = DatabaseJournal(database_url)
    journal.append(Heartbeat(effective_us=1), source=Source.LIVE)
    journal.commit()
    assert project(journal) == 1
    with writing(journal.engine) as connection:
        drop_views(connection)
        for table in (*FOLDED, FOLDED_AS_OF):
            table.drop(connection)
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0004'"))
    journal.close()
    journal = DatabaseJournal(database_url)
    assert project(journal) == 1, "those of the journal are made anew, of all of it: they tell more than they did"
    assert project(journal) == 0
    assert not any(stored(journal).values())
    as_of = {"name": "journal", "seq": 9, "known_us": 9}
    with writing(journal.engine) as connection:  # as 0008 left them, full
        drop_views(connection)
        connection.execute(FOLDED_AS_OF.insert().values(as_of))
        connection.execute(text("ALTER TABLE request_cost DROP COLUMN borne_by_output_minor"))
        connection.execute(text("DROP TABLE supplier_score"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0008'"))
    journal.close()
    with pytest.raises(StoreError, match=f"older tables .0008, now {SCHEMA_HEAD}.; 'twin replay PLANT --record JOURNAL'"):
        DatabaseJournal(database_url, create=False)
    with writing(open_engine(parse_url(database_url), create=False)) as connection:
        assert schema_version(connection) == "0008", "who only reads changes nothing"
    journal = DatabaseJournal(database_url)
    with writing(journal.engine) as connection:
        for view in FOLDED_VIEWS:
            assert connection.exec_driver_sql(f"SELECT * FROM {view.name}").all() == [], "and they tell of nothing yet"
        connection.execute(FOLDED_AS_OF.insert().values(as_of))
    rebuild(journal)
    with journal.engine.connect() as connection:
        assert connection.execute(select(FOLDED_AS_OF)).mappings().one() == as_of, "those of today stay"
    journal.close()


def test_every_view_and_column_stands_in_the_documentation(root: Path) -> None:
    text = (root / "docs/DATABASE.md").read_text()
    for view in FOLDED_VIEWS:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{view.name}` |"))
        assert re.split(r",\s*", row.split(" | ")[-1].rstrip(" |")) == list(view.columns)


def test_a_live_plant_brings_its_tables_up_to_date_while_it_goes_on(root: Path, tmp_path: Path) -> None:
    shop = root / "plant_models/gearbox_shop"
    facts = [it.event for it in twin.simulate(shop, until="3 h", seed=1).journal.entries() if it.source == Source.SIMULATED]
    bridge, seen = DatabaseJournal(tmp_path / "live.db"), list[int]()
    for place, fact in enumerate(facts):
        bridge.append(fact, source=Source.LIVE)
        if place % 50 == 0 or fact is facts[-1]:
            bridge.append(Heartbeat(effective_us=fact.effective_us, reason=WATERMARK), source=Source.LIVE)
    bridge.commit()
    stop = threading.Event()

    def watch(now_us: int) -> None:
        with bridge.engine.connect() as connection:
            seen.extend(connection.scalars(text("SELECT seq FROM bi_folded_as_of")))
        if now_us >= facts[-1].effective_us:
            stop.set()

    with pytest.raises(ValueError, match="'0 s': the tables are brought up to date every so often; allowed: as in '1 min'"):
        twin.follow(shop, tmp_path / "live.db", tables="0 s")
    run = twin.follow(shop, tmp_path / "live.db", tables="1 ms", watch=watch, stop=stop)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert seen[0] < len(facts), "what was written but not carried yet is not told of"
    assert stored(bridge) == all_in_order(folded_rows(run))
    told = (len(run.journal), run.now_us)
    again = twin.follow(shop, tmp_path / "live.db", tables="1 ms", until="1 s")  # from the beginning, and not far
    assert again.now_us < run.now_us
    with bridge.engine.connect() as connection:
        assert connection.execute(text("SELECT seq, known_us FROM folded_as_of")).one() == told
    assert stored(bridge) == all_in_order(folded_rows(run))
    bridge.close()


WRITES = (
    "INSERT INTO bi_payment (payment) VALUES ('x')",
    "UPDATE bi_payment SET amount_minor = 0",
    "DELETE FROM bi_payment",
    "INSERT INTO payment (payment) VALUES ('x')",
    "UPDATE journal SET body = ''",
    "DELETE FROM projected",
    "CREATE TABLE note (word TEXT)",
    "DROP VIEW bi_payment",
)


@pytest.mark.db
@pytest.mark.xdist_group("postgresql")
def test_a_reader_of_postgresql_reads_the_views_and_writes_nothing(known: Known, postgres_url: str, root: Path) -> None:
    _, snapshots = known
    journal = DatabaseJournal(postgres_url)
    keep_folded(journal, snapshots[-1], seq=1, known_us=1)
    (granting,) = snippets(root, "Reading alone", "sql")
    url = make_url(postgres_url)
    address = {"host": url.host, "port": url.port, "dbname": url.database}
    with psycopg.connect(**address, user=url.username, password=url.password, autocommit=True) as owner:
        owner.execute(granting)
        try:
            rebuild(journal)  # which makes the views anew
            with psycopg.connect(**address, user="reports", password="a long one", autocommit=True) as reader:
                for view in (*VIEWS, *FOLDED_VIEWS):
                    reader.execute(f"SELECT * FROM {view.name}")
                assert reader.execute("SELECT COUNT(*) FROM bi_payment").fetchone() == (len(snapshots[-1]["payment"]),)
                for refused in (*WRITES, "SELECT * FROM payment", "SELECT * FROM journal"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        reader.execute(refused)
        finally:
            owner.execute("DROP OWNED BY reports; DROP ROLE reports")
    assert stored(journal) == all_in_order(snapshots[-1])
    journal.close()


def test_a_reader_of_sqlite_reads_the_views_and_writes_nothing(known: Known, tmp_path: Path, root: Path, monkeypatch) -> None:
    _, snapshots = known
    monkeypatch.chdir(tmp_path)
    writer = DatabaseJournal("gearbox_shop.db")
    keep_folded(writer, snapshots[-1], seq=1, known_us=1)
    (opening,) = snippets(root, "Reading alone", "python")
    there: dict[str, object] = {}
    exec(opening, there)
    reader = there["reports"]
    assert isinstance(reader, sqlite3.Connection)
    writer.append(Heartbeat(effective_us=1), source=Source.LIVE)  # a transaction goes on meanwhile
    for view in (*VIEWS, *FOLDED_VIEWS):
        reader.execute(f"SELECT * FROM {view.name}")
    assert reader.execute("SELECT COUNT(*) FROM bi_payment").fetchone() == (len(snapshots[-1]["payment"]),)
    for refused in WRITES:
        with pytest.raises(sqlite3.OperationalError, match=r"readonly database|view"):
            reader.execute(refused)
    reader.close()
    writer.commit()
    assert stored(writer) == all_in_order(snapshots[-1])
    writer.close()
