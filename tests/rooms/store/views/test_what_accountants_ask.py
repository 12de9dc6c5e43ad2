"""What an accountant asks in SQL: both answers of a period, months of the plant, by customer and work center, against what was planned."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from tests.rooms.settlement.desk import FINANCE, Desk, day
from twin.model.events import Heartbeat, ReceiptCorrectionEntered
from twin.model.states import Source
from twin.results.database.booked import clock_changes
from twin.results.database.tabled import tabled
from twin.results.run import Run
from twin.results.settlement.dimensions import DIMENSIONS, budget_rows, dimension_table
from twin.results.settlement.margins import margins, names_of
from twin.results.views.business.month_end import periods_now
from twin.store.journal import DatabaseJournal, transcribe
from twin.store.journal.database import writing
from twin.store.journal.schema import VERSION_TABLE
from twin.store.projections import project
from twin.store.projections.folded.booked import BOOKED
from twin.store.projections.views import drop_views

CORRECTED = {"order": "PO1", "lot": "PO1", "quantity": 10, "unit_price_minor": 4_200, "reason": "as billed"}


@pytest.fixture(scope="module")
def run() -> Run:
    """A shop in New York: its evening of 31 March is April by UTC. March is closed; then a delivery turns out to have cost 20.00 more."""
    budgets = {"2026-03": {"revenue": "700 EUR", "cost_of_goods_sold": "400 EUR"}}
    desk = Desk(housing={"valuation": "fifo"}, close_books="monthly", finance={**FINANCE, "budgets": budgets})
    desk.receive(1, "PO1", 10, 4_000)
    desk.sell(4, "A1", 6, 6_000)
    desk.sell(30, "Z1", 4, 7_000, "zenith")
    desk.passes(33)
    desk.round(ReceiptCorrectionEntered(effective_us=day(34), person="anna", terminal="test", entry_id="E1", **CORRECTED))  # type: ignore[arg-type]
    desk.plant = desk.plant.model_copy(update={"layout": desk.plant.layout.model_copy(update={"time_zone": "America/New_York"})})
    return desk.run()


@pytest.fixture
def asked(run: Run, database_url: str) -> Iterator[Connection]:
    """The tables of its database."""
    journal = DatabaseJournal(database_url)
    transcribe(run.journal.entries(), journal)
    there = Run(run.plant, run.scenario, journal)
    for entry in run.journal.entries():
        there.reapply(entry.event)
    tabled(there)
    with journal.engine.connect() as connection:
        yield connection
    journal.close()


def rows(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    return [tuple(it) for it in connection.execute(text(sql))]


def test_both_answers_of_a_closed_month_are_asked_in_sql_by_the_clock_of_the_plant(run: Run, asked: Connection) -> None:
    march, still_open = rows(
        asked, "SELECT period, last_day, known_then_minor, booked_minor, as_it_was_minor, late_count FROM bi_period ORDER BY period_number"
    )
    seen = periods_now(run).periods
    assert march[:2] == ("2026-03", "2026-03-31")
    assert still_open[:2] == ("open", None)
    assert [march[2:], still_open[2:]] == [(it.known_then_minor, it.booked_minor, it.as_it_was_minor, it.late_count) for it in seen]
    assert (march[4], march[5]) == (march[2] - 2_000, 3)  # type: ignore[operator]
    earned = "SELECT {0}, -SUM(amount_minor) FROM bi_posting WHERE account_kind IN ('revenue', 'expense') GROUP BY {0} ORDER BY 1"
    assert rows(asked, earned.format("month"))[0] == ("2026-03", march[3])
    assert rows(asked, earned.format("concerns_month"))[0] == ("2026-03", march[4])
    late = "SELECT DISTINCT month, concerns_month FROM bi_posting WHERE reference <> '' AND account = 'cost_of_goods_sold'"
    assert rows(asked, late) == [("2026-04", "2026-03")]
    assert rows(asked, "SELECT recorded_at, closed_at FROM bi_posting, bi_period WHERE reference <> '' AND recorded_at <= closed_at") == []
    evening = "SELECT DISTINCT effective_at, day, month FROM bi_posting WHERE customer = 'zenith' AND account = 'revenue'"
    assert rows(asked, evening) == [("2026-04-01 00:00:00", "2026-03-31", "2026-03")]
    assert rows(asked, "SELECT due_day FROM bi_customer_order WHERE order_id = 'Z1'") == [("2026-03-31",)]
    assert rows(asked, "SELECT month, amount_minor FROM bi_account_by_month WHERE account = 'revenue'") == [("2026-03", -64_000)]


def test_what_was_planned_stands_beside_what_it_came_to(run: Run, asked: Connection) -> None:
    found = rows(asked, "SELECT month, account, budget_minor, actual_minor, better_minor FROM bi_budget ORDER BY account")
    assert found == [("2026-03", "cost_of_goods_sold", 40_000, 40_000, 0), ("2026-03", "revenue", 70_000, 64_000, -6_000)]
    assert found == sorted((it.month, it.account, it.budget_minor, it.actual_minor, it.better_minor) for it in budget_rows(run))


def test_postings_are_asked_by_customer_supplier_order_and_product_as_the_run_is(run: Run, asked: Connection) -> None:
    assert rows(asked, "SELECT customer, SUM(amount_minor) FROM bi_posting WHERE account = 'revenue' GROUP BY customer ORDER BY 1") == [
        ("acme", -36_000),
        ("zenith", -28_000),
    ]
    same_by_every_dimension(run, asked)
    same_margins(run, asked)


def same_margins(run: Run, asked: Connection) -> None:
    """By order as `run.margins` says, and all of it the operating result."""
    said: dict[str, int] = {}
    for it in margins(run).rows:
        if order := names_of(run, it)["order"]:
            said[order] = said.get(order, 0) + it.margin_minor
    told = "SELECT customer_order, SUM(earned_minor) FROM bi_margin WHERE customer_order <> '' GROUP BY customer_order"
    assert {str(order): int(str(minor)) for order, minor in rows(asked, told)} == said
    ((whole,),) = rows(asked, "SELECT SUM(earned_minor) FROM bi_margin")
    assert int(str(whole)) == margins(run).result_minor == run.erp.income_statement()[-1].amount_minor


def same_by_every_dimension(run: Run, asked: Connection) -> None:
    """Postings sum to what `run.by_dimension` says."""
    columns = {
        "product": "product",
        "order": "customer_order",
        "work_center": "work_center",
        "customer": "customer",
        "supplier": "supplier",
        "person": "person",
    }
    assert {*columns, "plant"} == {*DIMENSIONS}
    for dimension, column in columns.items():
        table = dimension_table(run, dimension, None, None)
        said = {
            (it.name, it.account): round(it.amount * 100) for it in table.rename(columns={"amount_eur": "amount"}).itertuples(index=False)
        }
        found = f"SELECT {column}, account, SUM(amount_minor) FROM bi_posting GROUP BY {column}, account HAVING SUM(amount_minor) <> 0"
        assert {(name, account): int(str(minor)) for name, account, minor in rows(asked, found)} == said, dimension


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"])
def test_the_clock_of_the_plant_is_that_of_its_time_zone_at_every_instant(zone: str) -> None:
    changes, draw = clock_changes(zone, 2036), random.Random(1)
    instants = [draw.randrange(2_082_000_000) for _ in range(500)]
    instants += [from_us // 1_000_000 + around for from_us, _ in changes[1:] for around in (-1, 0)]
    for at_s in instants:
        ahead_us = next(ahead_us for from_us, ahead_us in reversed(changes) if from_us <= at_s * 1_000_000)
        assert datetime.fromtimestamp(at_s, ZoneInfo(zone)).utcoffset() == timedelta(microseconds=ahead_us), datetime.fromtimestamp(
            at_s, UTC
        )


@pytest.mark.parametrize("version", ["0003", "0004", "0006", "0007"])
def test_a_database_whose_postings_name_less_is_brought_up_to_date(version: str, database_url: str) -> None:
    journal = DatabaseJournal(database_url)
    journal.append(Heartbeat(effective_us=1), source=Source.LIVE)
    journal.commit()
    with writing(journal.engine) as connection:
        drop_views(connection)
        for table in BOOKED:
            table.drop(connection)
        for column in ("recorded_us", "concerns_us", "reference", "equipment", "person"):
            connection.execute(text(f"ALTER TABLE posting DROP COLUMN {column}"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'"))
    journal.close()
    journal = DatabaseJournal(database_url)
    assert project(journal) == 1
    with journal.engine.connect() as connection:
        assert rows(connection, "SELECT person, concerns_at, customer FROM bi_posting") == []
        assert rows(connection, "SELECT period FROM bi_period") == []
    journal.close()
