"""The chart of accounts is the company's: what it adds is posted to, planned and shown; machines wear out; a year's result is carried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rooms.settlement.desk import Desk, day
from twin.model.events import BankLineAssigned, BankLineReceived, EntryProposed, Heartbeat, JournalPosted, PeriodCloseRequested
from twin.results.restoring.rebuilding import rebuild
from twin.results.run import Run
from twin.results.settlement.cash_flow import cash_flow
from twin.store.history import History
from twin.store.journal import MemoryJournal, StoreError

OWN = {"office_rent": {"number": 6605, "title": "Rent of the office", "kind": "expense"}}
BEGUN = (("fixed_assets", 900_000), ("cash", 100_000), ("loans", -400_000), ("capital", -600_000))


def by_hand(at_us: int, document: str, *legs: tuple[str, int]) -> EntryProposed:
    return EntryProposed(effective_us=at_us, person="anna", terminal="office", document=document, legs=legs)


def test_what_a_company_adds_to_the_chart_is_posted_to_and_stands_in_the_statements_and_in_the_books_to_take_away() -> None:
    desk = Desk(finance={"accounts": OWN, "budgets": {"2026-03": {"office_rent": "100 EUR"}}})
    desk.round(by_hand(day(1), "rent", ("office_rent", 12_000), ("cash", -12_000)))
    desk.round(by_hand(day(1), "slip", ("ofice_rent", 1), ("cash", -1)))
    assert "no account 'ofice_rent' (did you mean 'office_rent'?)" in desk.refusals()[-1]
    run = desk.run()
    shown = {row.title: (row.section, row.amount_minor) for row in run.erp.income_statement()}
    assert shown["Rent of the office"] == ("General costs", -12_000) == shown["General costs"]
    assert run.budgets()[["actual_eur", "better_eur"]].values.tolist() == [[120.0, -20.0]]
    assert run.behind("General costs").amount_minor == -12_000
    from twin.results.plain_text.beancount import beancount_text

    assert "  Expenses:Office-rent  120.00 EUR" in beancount_text(run)


def test_machines_wear_out_and_what_they_take_to_keep_them_is_owed() -> None:
    """The saw costs 1,008.00 by its calendar in a week: 30 % of it others are paid for."""
    desk = Desk(finance={"upkeep": "30 %"})
    desk.round(Heartbeat(effective_us=day(7), reason="clock"))
    cost = desk.balances["machine_cost"]
    assert cost > 0
    assert (desk.balances["accumulated_depreciation"], desk.balances["upkeep_payable"]) == (-(cost - cost * 3 // 10), -(cost * 3 // 10))
    sheet = {row.account: row.amount_minor for row in desk.erp.balance_sheet()}
    assert sheet["accumulated_depreciation"] < 0, "it stands below what assets have cost, and is no liability"
    assert not desk.erp.violations()


def recorded(run: Run, of: str, called: str) -> MemoryJournal:
    """The journal of a run as a version kept it that called an account otherwise."""
    journal, ids = MemoryJournal(), dict[str, str]()
    for it in run.journal.entries():
        event = it.event
        if isinstance(event, JournalPosted | EntryProposed):
            event = replace(event, legs=tuple((called if account == of else account, minor) for account, minor in event.legs))
        ids[it.id] = journal.append(event, source=it.source, cause=ids.get(it.cause, ""), rule=it.rule).id
    journal.commit()
    return journal


def test_a_journal_in_which_an_account_has_its_name_of_before_gives_the_same_books(tmp_path: Path) -> None:
    desk, old = Desk(), "machine_cost_accrued"
    desk.round(by_hand(day(1), "machines", (old, 5_000), ("cash", -5_000)))
    desk.round(BankLineReceived(effective_us=day(2), statement="S1", number=1, amount_minor=-300, reference="x", party="y"))
    desk.round(BankLineAssigned(effective_us=day(2), person="anna", terminal="office", statement="S1", number=1, account=old))
    desk.round(Heartbeat(effective_us=day(7), reason="clock"))
    assert not desk.refusals()
    run = desk.run()
    worn = run.erp.ledger.balances["accumulated_depreciation"]
    assert worn == 5_300 - desk.balances["machine_cost"] < 0
    record = recorded(run, "accumulated_depreciation", old)
    again = rebuild(record, Run(run.plant, run.scenario))
    assert again.erp.ledger.balances == run.erp.ledger.balances
    assert again.ledger[["account", "amount_eur"]].equals(run.ledger[["account", "amount_eur"]])
    assert again.behind("accumulated_depreciation").amount_minor == run.behind("accumulated_depreciation").amount_minor == worn
    assert Run.load(again.save(tmp_path / "old")).erp.ledger.balances == run.erp.ledger.balances
    with History([tmp_path]) as history:
        told = dict(history.ask("SELECT account, sum(amount_minor)::BIGINT FROM posting GROUP BY ALL").rows)
    assert {code: minor for code, minor in told.items() if minor} == {c: m for c, m in run.erp.ledger.balances.items() if m}
    strange = recorded(run, "machine_cost", "hay")
    with pytest.raises(StoreError, match=r"the books refuse .* no account 'hay'; .*; allowed: a record with the plant"):
        rebuild(strange, Run(run.plant, run.scenario))


def test_a_company_begins_with_assets_loans_and_capital_that_are_no_cash_flow_of_its_days() -> None:
    desk = Desk()
    desk.round(*(by_hand(day(0), "opening", (code, n), ("opening_equity", -n)) for code, n in BEGUN))
    desk.round(by_hand(day(3), "purchase", ("fixed_assets", 50_000), ("cash", -50_000)))
    desk.round(by_hand(day(4), "loan", ("loans", 30_000), ("interest", 1_000), ("cash", -31_000)))
    assert not desk.refusals()
    assert desk.balances.get("opening_equity", 0) == 0, "what it has is what it owes and what was paid in"
    for method in ("direct", "indirect"):
        rows = [row for row in cash_flow(desk.erp.ledger, day(1), None) if row.method == method]
        by_section = {name: sum(row.amount_minor for row in rows if row.section == name) for name in dict.fromkeys(r.section for r in rows)}
        assert (by_section["Investing activities"], by_section["Financing activities"]) == (-50_000, -30_000)
        assert rows[-1].amount_minor == -81_000


def test_the_result_of_a_year_is_carried_once_and_the_statements_of_both_years_stand() -> None:
    """A year that begins in April: March is closed late, then April; nothing is carried twice."""
    desk = Desk(finance={"year_begins": 4})
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1", 2, 9_000)
    april = 1_775_001_600_000_000  # 1 April 2026, UTC
    earned = -sum(minor for it in desk.erp.ledger.entries for code, minor in it.legs if desk.erp.ledger.accounts[code].number >= 4_000)
    for period, until_us in (("2026-03", april), ("2026-04", april + day(30) - day(0))):
        desk.round(PeriodCloseRequested(effective_us=max(until_us, day(58)) + 1, period=period, until_us=until_us))
    carried = [it for it in desk.erp.ledger.entries if it.document == "year end"]
    assert [(type(it), it.effective_us, it.legs) for it in carried] == [
        (JournalPosted, april, (("result_carried", earned), ("retained_earnings", -earned)))
    ]
    for at_us, retained, so_far in ((april - 1, 0, earned), (april, earned, 0)):
        sheet = {row.account: row.amount_minor for row in desk.erp.balance_sheet(at_us)}
        assert (sheet["retained_earnings"], sheet["result"]) == (retained, so_far)
    assert desk.erp.income_statement(to_us=april)[-1].amount_minor == earned
    run = desk.run()
    assert run.behind("Result so far").amount_minor == {row.account: row.amount_minor for row in run.erp.balance_sheet()}["result"]
    assert not desk.erp.violations()


def test_what_machines_wear_out_says_where_what_they_have_cost_is_not_entered() -> None:
    desk = Desk()
    desk.passes(2)
    worn = {it.account: it.title for it in desk.erp.balance_sheet()}
    assert worn["accumulated_depreciation"] == "Accumulated depreciation, of machines whose cost is not entered as fixed assets"
    legs = (("fixed_assets", 100_000), ("opening_equity", -100_000))
    desk.round(EntryProposed(effective_us=day(2), recorded_us=day(2), person="anna", terminal="office", document="opening", legs=legs))
    worn = {it.account: it.title for it in desk.erp.balance_sheet()}
    assert worn["accumulated_depreciation"] == "Accumulated depreciation"
