"""What a run shows of it: items and ages, cash both ways, dimensions and budgets, figures opened, books to take away."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from tests.rooms.settlement.desk import FINANCE, Desk, day
from tests.rooms.valuation.test_runs import bean_check
from twin.__main__ import app
from twin.command.settlement.showing import _by_kind
from twin.erp.accounting.statements import sums
from twin.model.events import BankLineReceived, StockCounted
from twin.model.settlement.chart import ACCOUNTS
from twin.results.exports.finance import finance_book
from twin.results.exports.workbook import workbook
from twin.results.plain_text.hledger import hledger_text
from twin.results.run import Run
from twin.results.settlement.cash_flow import OPENING, cash_flow
from twin.results.settlement.opening.worth import worth_then
from twin.results.views.business.owed import owed_then


@pytest.fixture(scope="module")
def run() -> Run:
    """A month: two bills of which one is paid, three invoices, one of them paid and one overdue, reminders, wages and tax at its end."""
    budgets = {"2026-03": {"revenue": "200 EUR", "cost_of_goods_sold": "100 EUR", "dunning_fees": "0 EUR"}}
    desk = Desk(
        supplier={"due": "10 d", "tax": "vat"}, customer={"due": "5 d", "tax": "vat"}, payments={"accrued": "monthly"},
        finance={**FINANCE, "budgets": budgets},
    )  # fmt: skip
    desk.receive(1, "PO1", 4, 4_199)
    desk.bill(2, "PO1", "R-1", 8_398, tax_minor=1_680)
    desk.bill(3, "PO1", "R-2", 8_398, tax_minor=1_680)
    for name, price, customer in (("A1", 6_000, "acme"), ("A2", 7_000, "acme"), ("Z1", 5_000, "zenith")):
        desk.sell(4, name, 1, price, customer)
    desk.pay(5, "R-1", 10_078)
    desk.round(BankLineReceived(effective_us=day(6), statement="S1", number=1, amount_minor=7_200, reference="INV-A1"))
    desk.round(BankLineReceived(effective_us=day(6), statement="S1", number=2, amount_minor=-77, reference="charges"))
    desk.passes(33)
    return desk.run()


def test_what_is_open_and_worth_at_a_closing_date_is_what_the_books_had_then() -> None:
    """Day by day, whatever was paid, sold and delivered since."""
    desk = Desk(customer={"due": "2 d"}, supplier={"due": "2 d"})
    desk.receive(1, "PO1", 5, 4_300)
    desk.bill(2, "PO1", "R-77", 21_500)
    desk.sell(3, "A1", 1, 6_000)
    desk.cash(5, "INV-A1", 2_000)
    desk.pay(6, "R-77", 21_500)
    desk.cash(7, "INV-A1", 4_000)
    desk.passes(9)
    run = desk.run()
    for on in range(9):
        then, before = sums(run.erp.ledger, None, day(on)), worth_then(day(on))(run)
        customers, suppliers = owed_then("receivable", day(on))(run), owed_then("payable", day(on))(run)
        assert (customers.all.open_minor, -suppliers.all.open_minor) == (then["accounts_receivable"], then["accounts_payable"])
        assert (before.stock_minor, before.work_minor) == (then["raw_material"], then["work_in_progress"])
    (owed,) = owed_then("receivable", day(6))(run).items
    assert (owed.open_minor, owed.age) == (4_000, "not due")
    sheets = {it.title: it.rows for it in finance_book(run, (0, day(6))).sheets}
    assert [row.cells[-1] for row in sheets["Receivables"]] == [4_000, 4_000]
    assert [row.cells[0] for row in sheets["Payables"]] == ["R-77", "All"]
    assert [row.cells for row in sheets["Stock"]] == [("housing", "housing", 4 * 4_199), ("All", "", 4 * 4_199)]
    assert [row.cells[-1] for row in sheets["Margins by customer"]][-1] == then["revenue"] * -1 - 4_199 - 505
    book = load_workbook(io.BytesIO(workbook(finance_book(run, (0, day(6))))))
    assert book["Receivables"]["F5"].value == 40, "as a number, of what was open of the invoice"
    assert book.sheetnames[:6] == ["Receivables", "Receivables by age", "Payables", "Payables by age", "Stock", "Work in progress"]


def test_who_owes_what_is_what_the_accounts_say_at_every_instant(run: Run) -> None:
    for now, receivable, payable in ((None, 8_400 + 5_000 + 2 * 500, 10_078), (day(5), 7_200 + 8_400 + 5_000, 10_078), (day(2), 0, 10_078)):
        assert round(run.receivables(now)["open_eur"].sum() * 100) == receivable
        assert round(run.payables(now)["open_eur"].sum() * 100) == payable
        assert run.receivables(now)["open"].tolist() == run.receivables(now)["open_eur"].tolist(), "all in the currency of the books"
        balances = {row.account: row.debit_minor - row.credit_minor for row in run.erp.trial_balance(now)}
        assert (balances["accounts_receivable"], balances["accounts_payable"]) == (receivable, -payable)
    assert run.receivables()[["item", "overdue_days", "age", "reminders"]].to_numpy().tolist() == [
        ["INV-Z1", 29, "1 to 30", 2], ["INV-A2", 24, "1 to 30", 2],
    ]  # fmt: skip
    ages = run.ageing("receivable", day(60)).set_index("party")
    assert ages.loc["all", "31 to 60 days"] == ages.loc["all", "open_eur"] == 144.00
    with pytest.raises(ValueError, match="nothing is 'receivables' \\(did you mean 'receivable'\\?\\)"):
        run.ageing("receivables")


def test_cash_is_explained_both_ways(run: Run) -> None:
    flow = run.cash_flow()
    totals = flow[flow["is_total"]]
    assert totals["method"].tolist() == ["direct", "indirect"]
    assert totals["amount_eur"].round(2).tolist() == [run.erp.ledger.balances["cash"] / 100] * 2
    direct = flow[flow["method"] == "direct"].set_index("line")["amount_eur"]
    assert (direct["Received from customers"], direct["Paid to suppliers"]) == (72.00, -100.78)
    assert (direct["Tax handed on"], direct["Tax got back"]) == (-26.00, 33.60)
    for name, method in flow.groupby("method"):
        assert round(method["amount_eur"].sum(), 2) == round(2 * method["amount_eur"].iloc[-1], 2), name


def test_what_a_run_begins_with_is_no_activity() -> None:
    """Opening stock against opening equity, each on its own line, cancel out; buying more is operating."""
    desk = Desk()
    desk.round(StockCounted(effective_us=day(0), material="housing", lot="open", quantity=3))
    flow = [it for it in cash_flow(desk.erp.ledger, None, None) if it.method == "indirect"]
    assert {it.section for it in flow if it.amount_minor} == {OPENING}
    assert sum(it.amount_minor for it in flow) == 0 < max(it.amount_minor for it in flow)


def test_bank_payments_and_reminders_are_told_line_by_line(run: Run) -> None:
    assert run.bank()[["line", "payment", "by", "reason"]].to_numpy().tolist() == [
        [1, "S1/1", "reference", ""], [2, "", "", "nothing open is of -0.77; 'charges' names none"],
    ]  # fmt: skip
    assert run.payments()["for"].tolist()[:2] == ["R-1", "INV-A1"]
    assert run.dunning()[["invoice", "stage", "fee_eur"]].to_numpy().tolist() == [
        ["INV-Z1", 1, 0.0], ["INV-A2", 1, 0.0], ["INV-Z1", 2, 5.0], ["INV-A2", 2, 5.0],
    ]  # fmt: skip


def test_what_was_planned_is_held_against_what_it_came_to(run: Run) -> None:
    assert run.budgets()[["account", "budget_eur", "actual_eur", "better_eur"]].to_numpy().tolist() == [
        ["revenue", 200.0, 180.0, -20.0], ["cost_of_goods_sold", 100.0, 125.97, -25.97], ["dunning_fees", 0.0, 5.0, 5.0],
    ]  # fmt: skip


@pytest.mark.parametrize("dimension", ["plant", "product", "order", "work_center", "customer", "supplier"])
def test_every_dimension_adds_up_to_the_accounts(run: Run, dimension: str) -> None:
    table = run.by_dimension(dimension)
    sums = (table.groupby("account")["amount_eur"].sum() * 100).round().astype(int).to_dict()
    assert {name: minor for name, minor in sums.items() if minor} == {n: m for n, m in run.erp.ledger.balances.items() if m}


def test_margins_and_cash_are_seen_by_customer_and_supplier(run: Run) -> None:
    customers = run.by_dimension("customer").set_index(["name", "account"])["amount_eur"]
    assert (customers["acme", "revenue"], customers["zenith", "revenue"]) == (-130.0, -50.0)
    assert customers["acme", "cash"] == 72.0
    assert run.by_dimension("supplier").set_index(["name", "account"])["amount_eur"]["foundry", "cash"] == -100.78
    with pytest.raises(ValueError, match="no dimension 'costumer' \\(did you mean 'customer'\\?\\)"):
        run.by_dimension("costumer")


def test_every_figure_opens_down_to_facts_that_nobody_concluded(run: Run) -> None:
    result = -sum(minor for account, minor in run.erp.ledger.balances.items() if ACCOUNTS[account].kind in ("revenue", "expense"))
    assert run.behind("Operating result").amount_minor == result
    for account, minor in run.erp.ledger.balances.items():
        opened = run.behind(account)
        assert opened.amount_minor == minor == round(opened.table["amount_eur"].sum() * 100)
        assert set(opened.table["fact"]) == set(opened.facts["id"])
        assert (opened.facts["cause"] == "").all()
    payable = run.behind("accounts_payable").table
    assert payable[["document", "number", "party", "cause_type"]].to_numpy().tolist() == [
        ["bill", "R-1", "foundry", "BillReceived"],
        ["bill", "R-2", "foundry", "BillReceived"],
        ["payment", "R-1", "foundry", "PaymentMade"],
    ]  # fmt: skip
    cash = run.behind("cash", day(6), day(7)).table
    assert cash[["number", "fact_type"]].to_numpy().tolist() == [["INV-A1", "BankLineReceived"]]
    with pytest.raises(ValueError, match="no figure 'gross profit' \\(did you mean 'Gross profit'\\?\\)"):
        run.behind("gross profit")


@pytest.mark.slow
def test_the_books_can_be_taken_away_and_read_back(run: Run, tmp_path: Path) -> None:
    written = {path.name: path for path in run.export_books(tmp_path / "books")}
    legs = list(csv.DictReader(io.StringIO(written["entries.csv"].read_text())))
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg["account"]] = sums.get(leg["account"], Decimal(0)) + Decimal(leg["amount"])
    assert {name: int(it * 100) for name, it in sums.items() if it} == {n: m for n, m in run.erp.ledger.balances.items() if m}
    book = load_workbook(written["books.xlsx"])
    names, *rows = book["Accounts"].iter_rows(min_row=4, values_only=True)
    assert names == ("number", "account", "title", "kind", "debit", "credit")
    assert {row[1]: round((row[4] - row[5]) * 100) for row in rows} == run.erp.ledger.balances
    assert book["Entries"].max_row == len(legs) + 4
    said = bean_check(written["ledger.beancount"].read_text(), tmp_path)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
    assert written["ledger.hledger"].read_text() == hledger_text(run)


def test_a_saved_run_knows_who_owes_what(run: Run, tmp_path: Path) -> None:
    again = Run.load(run.save(tmp_path / "saved"))
    assert again.receivables().equals(run.receivables())
    assert again.bank().equals(run.bank())
    assert again.erp.settlement.due_minor() == run.erp.settlement.due_minor()
    assert again.journal.head == run.journal.head


def test_what_can_be_written_is_written_and_the_rest_is_said(run: Run, tmp_path: Path) -> None:
    """The disk may fill up, and a window is known only when the run is read: one file that fails takes no other with it."""
    saved, good, text = run.save(tmp_path / "run"), tmp_path / "orders.xlsx", tmp_path / "ledger.beancount"
    full = Path("/dev/full")  # every write into it is refused for want of space
    out = [word for it in (tmp_path / "books.xlsx", good, text, tmp_path / "books") for word in ("--out", str(it))]
    told = CliRunner().invoke(app, ["books", str(saved), "--window", "2031-01", *out])
    assert told.exit_code == 2
    assert f"{tmp_path / 'books.xlsx'}' is not written: there is no window '2031-01'; allowed: since the start" in told.stderr
    assert load_workbook(good).sheetnames[0] == "Customer orders"
    assert text.read_text() == run.ledger_text()
    assert (tmp_path / "books" / "books.xlsx").exists()
    assert not (tmp_path / "books.xlsx").exists()
    good.unlink()
    (tmp_path / "stock.xlsx").symlink_to(full)
    out = [word for it in (tmp_path / "stock.xlsx", good) for word in ("--out", str(it))]
    told = CliRunner().invoke(app, ["books", str(saved), *out])
    assert told.exit_code == 2
    assert "stock.xlsx' cannot be written: No space left on device" in told.stderr
    assert f"{good}: {good.stat().st_size:,} bytes" in told.stderr


def test_the_command_shows_and_exports_the_books(run: Run, tmp_path: Path) -> None:
    saved = run.save(tmp_path / "run")
    told = CliRunner().invoke(app, ["books", str(saved), "--about", "cash", "--by", "customer", "--out", str(tmp_path / "out"), "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert [it["item"] for it in found["receivables"]] == ["INV-Z1", "INV-A2"]
    assert found["cash_flow"][-1]["amount_eur"] == run.erp.ledger.balances["cash"] / 100
    assert found["income_statement"][-1]["amount_eur"] == run.behind("Operating result").amount_minor / 100
    assert round(sum(it["debit_eur"] - it["credit_eur"] for it in found["entries"]), 2) == 0.0
    assert len(found["entries"]) == len(run.erp.postings())
    assert round(sum(it["amount_eur"] for it in found["behind_cash"]) * 100) == run.erp.ledger.balances["cash"]
    assert (tmp_path / "out" / "books.xlsx").exists()
    files = [str(tmp_path / name) for name in ("books.xlsx", "orders.xlsx", "stock.xlsx", "month-end.xlsx")]
    told = CliRunner().invoke(app, ["books", str(saved), *(word for it in files for word in ("--out", it))])
    assert told.exit_code == 0, told.output
    assert [load_workbook(it).sheetnames[0] for it in files] == ["Income statement", "Customer orders", "Materials", "Periods"]
    told = CliRunner().invoke(app, ["books", str(saved), "--out", "books.docx", "--out", "nowhere/books.pdf"])
    assert told.exit_code == 2
    assert "'books.docx' is no file for books" in told.stderr
    assert "there is no folder 'nowhere'" in told.stderr
    (tmp_path / "full.xlsx").mkdir()
    told = CliRunner().invoke(app, ["books", str(tmp_path / "no run"), "--out", str(tmp_path / "full.xlsx")])
    assert "full.xlsx' is a folder; allowed: a file" in told.stderr, "said before anything is read"
    shown = CliRunner().invoke(app, ["books", str(saved), "--about", "Gross profit", "--about", "margin: order A2"])
    assert shown.exit_code == 0, shown.output
    assert "Behind margin: order A2 (of an account debit above zero, credit below;" in shown.stdout
    assert "INV-A2" in shown.stdout
    words = ("Income statement", "Operating result", "Balance sheet", "Total assets", "Cash flow", "Receivables", "Not listed: payments 5")
    places = [shown.stdout.index(it) for it in words]
    assert places == sorted(places), "statements first, then who owes what"
    assert "Entries" not in shown.stdout
    listed = CliRunner().invoke(app, ["books", str(saved), "--entries"]).stdout
    assert listed.index("Payments") < listed.index("Entries")
    zone = run.plant.layout.time_zone
    assert f"by the clock of {zone}" in shown.stdout
    issued = run.receivables()["issued"].iloc[0].tz_convert(zone)
    assert f"{issued:%Y-%m-%d %H:%M}" in shown.stdout
    assert "Gross profit is 54.03, of 6 legs that go back to " in shown.stdout
    wrong = CliRunner().invoke(app, ["books", str(saved), "--about", "profits"])
    assert wrong.exit_code == 2
    assert "no figure 'profits'" in wrong.stderr


def test_variances_by_kind_are_added_up_in_one_pass() -> None:
    class Row(dict[str, object]):
        asked = 0

        def __getitem__(self, name: str) -> object:
            Row.asked += 1
            return super().__getitem__(name)

    rows = [Row(kind=f"kind {n % 3}", amount_eur=0.01 * (n % 3)) for n in range(300)]
    assert _by_kind(rows, "amount_eur") == [{"kind": "kind 2", "amount_eur": 2.0}, {"kind": "kind 1", "amount_eur": 1.0}]
    assert Row.asked == 2 * len(rows)
