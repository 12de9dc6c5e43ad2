"""Views for other programs: the same in both databases, and what docs/DATABASE.md shows is what they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.results.run import Run
from twin.store.history import History
from twin.store.journal import DatabaseJournal, StoreError
from twin.store.projections import project, rebuild
from twin.store.projections.views import VIEWS

TITLES = {"sql": "SQLite and PostgreSQL", "duckdb": "DuckDB"}


def queries(root: Path, heading: str) -> list[str]:
    """The queries of one part of docs/DATABASE.md."""
    part = (root / "docs/DATABASE.md").read_text().partition(f"## {heading}")[2].partition("\n## ")[0]
    return re.findall(r"```sql\n(.*?)```", part, re.DOTALL)


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until="1 d 4 h", seed=1)


@pytest.fixture
def journal(run: Run, database_url: str) -> Iterator[DatabaseJournal]:
    kept = DatabaseJournal(database_url)
    for entry in run.journal.entries():
        kept.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
    kept.commit()
    project(kept)
    yield kept
    kept.close()


def asked(journal: DatabaseJournal, sql: str) -> list[dict[str, object]]:
    with journal.engine.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


@pytest.mark.slow
def test_every_view_has_rows_its_columns_and_the_truth_of_the_folds(run: Run, journal: DatabaseJournal, root: Path) -> None:
    for view in VIEWS:
        if view.name == "bi_at_supplier":  # no supplier works for this shop: test_erp_figures.py has one that does
            continue
        rows = asked(journal, f"SELECT * FROM {view.name} ORDER BY 1, 2")
        assert rows, view.name
        assert list(rows[0]) == list(view.columns)
    balances = {it["account"]: it["balance_minor"] for it in asked(journal, "SELECT * FROM bi_trial_balance")}
    assert balances == {account: minor for account, minor in run.erp.ledger.balances.items() if account in balances}
    assert {it["material"]: it["on_hand"] for it in asked(journal, "SELECT * FROM bi_stock")} == {
        material: quantity
        for material, quantity in run.erp.stock.on_hand.items()
        if quantity or material in {m for m, _ in _moved(journal)}
    }
    day = asked(journal, "SELECT due_day FROM bi_customer_order WHERE order_id = 'B5'")
    assert day == [{"due_day": "2026-03-05"}]
    for sql in queries(root, TITLES["sql"]):
        assert asked(journal, sql), sql
    rebuild(journal)  # the tables are dropped below the views, and both come again
    assert balances == {it["account"]: it["balance_minor"] for it in asked(journal, "SELECT * FROM bi_trial_balance")}


def _moved(journal: DatabaseJournal) -> set[tuple[str, int]]:
    return {(str(it["material"]), 0) for it in asked(journal, "SELECT DISTINCT material FROM stock_movement")}


def test_every_view_and_column_stands_in_the_documentation(root: Path) -> None:
    text = (root / "docs/DATABASE.md").read_text()
    for view in VIEWS:
        assert f"`{view.name}`" in text
        for name in view.columns:
            assert re.search(rf"\b{name}\b", text), f"{view.name}.{name}"


@pytest.mark.slow
def test_history_over_many_runs_says_what_the_ledgers_say(run: Run, root: Path, tmp_path: Path) -> None:
    other = twin.simulate(root / "plant_models/gearbox_shop", until="8 h", seed=2)
    run.save(tmp_path / "monday")
    other.save(tmp_path / "tuesday")
    with History([tmp_path]) as history:
        rows = history.ask("SELECT run, account, sum(amount_minor) FROM posting GROUP BY ALL ORDER BY ALL").rows
        for name, it in (("monday", run), ("tuesday", other)):
            said = {account: int(minor) for of, account, minor in rows if of == name}
            assert said == {account: minor for account, minor in it.erp.ledger.balances.items() if account in said}
        for sql in queries(root, TITLES["duckdb"]):
            assert history.ask(sql).rows, sql
        with pytest.raises(StoreError, match="no question for the history"):
            history.ask("SELECT nonsense FROM event")
    with pytest.raises(StoreError, match="there is no saved run"):
        History([tmp_path / "nowhere"])
