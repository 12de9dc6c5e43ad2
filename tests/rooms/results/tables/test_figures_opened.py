"""Figures that no account is open to entries, documents and facts: whatever is opened adds up to the figure that is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from tests.rooms.quality.valve_shop import Shop
from tests.rooms.settlement.desk import FINANCE, Desk, day
from tests.rooms.settlement.test_margins import made
from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.results.run import Run
from twin.results.settlement.cash_flow import cash_flow
from twin.results.settlement.dimensions import budget_rows
from twin.results.settlement.margins import margins
from twin.results.settlement.opening.earned import margin_figures
from twin.results.settlement.opening.figures import figure_opened
from twin.results.settlement.opening.owed import SIDES, owed_figures
from twin.results.settlement.opening.shown import budgets_now, figure_now, margins_now, stock_worth_now
from twin.results.settlement.opening.variances import variance_figures
from twin.results.views.business.finance import statements_of


@pytest.fixture(scope="module")
def run() -> Run:
    """Bills and invoices with tax, one paid in part, one paid too much, one with a reminder's fee; a budget."""
    budgets = {"2026-03": {"revenue": "200 EUR", "cost_of_goods_sold": "100 EUR", "dunning_fees": "0 EUR"}}
    desk = Desk(supplier={"due": "10 d", "tax": "vat"}, customer={"due": "5 d", "tax": "vat"}, finance={**FINANCE, "budgets": budgets})
    desk.receive(1, "PO1", 6, 4_199)
    desk.bill(2, "PO1", "R-1", 8_398, tax_minor=1_680)
    desk.bill(3, "PO1", "R-2", 8_398, tax_minor=1_680)
    for on, name in ((4, "A1"), (5, "A2"), (6, "A3")):
        desk.sell(on, name, 1, 6_000)
    desk.sell(6, "Z1", 1, 5_000, "zenith")
    desk.pay(7, "R-1", 5_000)
    desk.cash(8, "INV-A1", 8_000, payment="C-1")  # 8.00 too much: they stand to the customer's credit
    desk.cash(8, "INV-A2", 2_000)
    desk.passes(33)
    return desk.run()


@pytest.fixture(scope="module")
def week(root: Path) -> Run:
    return twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/settled_month.yaml", until="3 d 9 h", seed=1)


def test_every_variance_opens_to_what_it_is_the_sum_of(week: Run) -> None:
    for from_us in (None, week.scenario.start_us + 2 * 86_400_000_000):
        known = week.erp.variances(from_us)
        figures = variance_figures(known)
        assert {it.kind for it in known} <= set(figures)
        kinds = [name for name in figures if " of " not in name]
        for name in (*kinds, *list(figures)[:: len(figures) // 8]):
            rows = figures[name]
            opened = figure_opened(week, f"variance: {name}", from_us)
            assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == sum(it.amount_minor for it in rows), name
            assert any(it.entry is not None for it in opened.portions), name


def test_every_age_party_and_item_opens_to_its_documents(run: Run, week: Run) -> None:
    for of in (run, week):
        for family, side in SIDES.items():
            for name, items in owed_figures(of, family).items():
                opened = figure_opened(of, f"{family}: {name}")
                assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == sum(it.open_booked_minor for it in items), (
                    name
                )
            assert figure_opened(of, f"{family}: all").amount_minor == of.erp.settlement.items.owed_minor[side]
    for party, columns in run.ageing("receivable").set_index("party").iterrows():
        for age in ("not due", "1 to 30"):
            if columns[f"{age} days"]:
                assert run.behind(f"receivables: {party}, {age}").amount_minor == round(columns[f"{age} days"] * 100)


def test_an_item_has_its_invoice_its_tax_its_fee_and_what_was_paid_of_it(run: Run) -> None:
    def legs(figure: str) -> list[list[object]]:
        opened = run.behind(figure)
        assert round(opened.table["amount_eur"].sum() * 100) == opened.amount_minor
        return opened.table[["document", "amount_eur", "cause_type"]].to_numpy().tolist()

    assert legs("receivables: acme, INV-A2") == [
        ["invoice", 60.0, "InvoiceIssued"], ["sales tax", 12.0, "TaxCharged"], ["cash receipt", -20.0, "CashReceived"],
        ["dunning fee", 5.0, "DunningIssued"],
    ]  # fmt: skip
    assert legs("receivables: acme, C-1") == [["cash receipt", -8.0, "CashReceived"]], "of 80.00, 72.00 are of the invoice"
    assert legs("receivables: zenith") == [["invoice", 50.0, "InvoiceIssued"], ["dunning fee", 5.0, "DunningIssued"]]
    assert legs("payables: foundry, R-1") == [["bill", 100.78, "BillReceived"], ["payment", -50.0, "PaymentMade"]]
    facts = run.behind("payables: foundry, R-1").facts
    assert facts["type"].tolist() == ["BillReceived", "PaymentMade"]


def test_a_variance_is_what_was_taken_less_what_was_planned() -> None:
    """Grinding five valves took 45 minutes at 40 an hour and not 15: 60.00 of machines less 40.00 that were planned."""
    shop = Shop().stock(20).order("B", 5)
    made(shop, "B-VALVE", 5, mill=30, grinder=45)
    table = shop.run.behind("variance: machine efficiency of B-VALVE").table
    taken = table[table["entry"] != ""]
    assert set(taken["document"]) == {"machine"}
    assert (taken["amount_eur"].sum(), set(taken["equipment"])) == (60.0, {"mill_1", "grinder_1"})
    assert table[table["entry"] == ""][["document", "amount_eur"]].to_numpy().tolist() == [
        ["was planned for 5 good and 0 lost of B-VALVE", -40.0]
    ]
    assert shop.run.behind("variance: machine efficiency").amount_minor == 2_000


def test_a_budget_opens_to_the_entries_of_its_month(run: Run) -> None:
    rows = {it.account: it for it in budget_rows(run)}
    assert budgets_now(run) == list(rows.values())
    for account, it in rows.items():
        opened = run.behind(f"budget: 2026-03 {account}")
        assert round(opened.table["amount_eur"].sum() * 100) == opened.amount_minor == it.actual_minor
    assert run.behind("budget: 2026-03 revenue").table["number"].tolist() == ["A1", "A2", "A3", "Z1"]


def test_every_margin_opens_to_portions_of_legs_that_add_up_to_it(week: Run) -> None:
    found = margins(week)
    figures = margin_figures(week, list(found.rows))
    assert {name.split()[0] for name in figures} == {"lot", "line", "order", "customer"}
    for name in list(figures)[:: len(figures) // 12]:
        rows = figures[name]
        opened = figure_opened(week, f"margin: {name}")
        assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == sum(it.margin_minor for it in rows), name
    for by in ("lot", "order", "customer"):
        *lines, total = margins_now(by)(week)
        for it in (lines[0], lines[-1]):
            shown = figure_now(it.figure)(week)
            assert shown
            assert shown.amount_minor == it.margin_minor == sum(portion.amount_minor for portion in shown.portions)
        assert total.margin_minor == sum(it.margin_minor for it in lines) == week.erp.income_statement()[-1].amount_minor
    result = week.behind("margin: Operating result")
    assert result.amount_minor == found.result_minor == round(result.table["amount_eur"].sum() * 100)
    from_us = week.scenario.start_us + 86_400_000_000
    assert week.behind("margin: Operating result", from_us).amount_minor == week.behind("Operating result", from_us).amount_minor


def test_every_line_of_the_cash_flow_opens_to_what_it_is_the_sum_of(run: Run, week: Run) -> None:
    for of, spans in ((run, ((None, None), (day(5), day(20)))), (week, ((None, None),))):
        for from_us, to_us in spans:
            rows = cash_flow(of.erp.ledger, from_us, to_us)
            assert {row.method for row in rows} == {"direct", "indirect"}
            lines = [row.line for row in rows if not row.is_total]
            assert len(set(lines)) == len(lines), "each line is asked for by its name"
            for row in rows:
                opened = figure_opened(of, f"cash flow: {row.line}", from_us, to_us)
                assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == row.amount_minor, row
                assert all(it.entry is not None for it in opened.portions), row
    came = run.behind("cash flow: Received from customers")
    assert came.table[["document", "number", "amount_eur"]].to_numpy().tolist() == [
        ["cash receipt", "INV-A1", 80.0], ["cash receipt", "INV-A2", 20.0]
    ]  # fmt: skip
    assert came.facts["type"].tolist() == ["CashReceived", "CashReceived"]
    assert run.behind("cash flow: Change of Accounts receivable", to_us=day(5)).amount_minor == -7_200, "one invoice with its tax is owed"
    with pytest.raises(ValueError, match="no figure 'cash flow: Received from customers'; allowed after 'cash flow: ': Paid to suppliers"):
        run.behind("cash flow: Received from customers", day(7), day(8))


def test_what_is_in_work_and_in_stock_opens_to_every_leg_and_what_runs(week: Run) -> None:
    rows = week.erp.work_in_progress(week.now_us)
    assert any(it.running_minor for it in rows)
    for row in rows:
        opened = figure_opened(week, f"work in progress: {row.request}")
        assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == row.value_minor, row
        assert [it.amount_minor for it in opened.portions if it.entry is None] == ([row.running_minor] if row.running_minor else [])
    done = next(name for name, it in week.erp.requests.requests.items() if it.closed_us is not None)
    table = week.behind(f"work in progress: {done}").table
    assert round(table["amount_eur"].sum(), 2) == 0.0
    assert {"issue", "completion"} <= set(table["document"])
    every = week.behind("work in progress: all")
    assert every.amount_minor == sum(it.value_minor for it in rows) == round(every.table["amount_eur"].sum() * 100)
    assert stock_worth_now(week)
    for it in week.erp.stock_rows():
        opened = figure_opened(week, f"stock: {it.material}")
        assert sum(portion.amount_minor for portion in opened.portions) == opened.amount_minor == it.value_minor, it
    assert week.behind("stock: all").amount_minor == sum(week.erp.ledger.balances[account] for account in set(STOCK_ACCOUNT.values()))


def test_a_page_opens_totals_and_cash_flows_of_its_window(week: Run) -> None:
    for window in ("since the start", "today"):
        now = statements_of(window)(week)
        totals = [it for it in (*now.income, *now.balance) if it.is_total]
        assert {"Operating result", "Total assets"} <= {it.title for it in totals}
        flows = now.flow if window == "today" else []
        for title, minor in [(it.title, it.amount_minor) for it in totals] + [(f"cash flow: {it.line}", it.amount_minor) for it in flows]:
            shown = figure_now(title, window)(week)
            assert shown, title
            assert shown.amount_minor == minor == sum(it.amount_minor for it in shown.portions), title
    assert figure_now("Grand total")(week) is None


def test_what_cannot_be_opened_is_refused_in_words(run: Run) -> None:
    for figure, said in (
        ("variance: labour rte", "no figure 'variance: labour rte' \\(did you mean 'labour rate'\\?\\)|allowed after 'variance: '"),
        ("receivables: acmee", "no figure 'receivables: acmee' \\(did you mean 'acme'\\?\\); allowed after 'receivables: ': "),
        ("budget: 2026-04 revenue", "no figure 'budget: 2026-04 revenue'"),
        ("Received from customers", "\\(did you mean 'cash flow: Received from customers'\\?\\)"),
        ("stock: housin", "no figure 'stock: housin' \\(did you mean 'housing'\\?\\)"),
        ("work in progress: A1", "no figure 'work in progress: A1'"),
        ("margin: order A9", "no figure 'margin: order A9' \\(did you mean 'order A"),
        ("nonsense", "and 'variance: ...', 'receivables: ...', 'payables: ...', 'budget: ...', 'margin: ...'"),
    ):
        with pytest.raises(ValueError, match=said):
            run.behind(figure)
    for figure in ("receivables: acme", "stock: housing"):
        with pytest.raises(ValueError, match="is as it stands, of no window; allowed: without one"):
            run.behind(figure, day(1), day(2))
    assert figure_now("receivables: nobody")(run) is None
