"""The books: statements for a window, and the way down from any figure to its entries and the events that made them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from twin.erp.accounting.ledger import as_posted
from twin.erp.accounting.statements import BalanceRow, PostingRow, StatementRow
from twin.erp.accounting.valuation.variances import VarianceRow
from twin.erp.rows import WipRow
from twin.model.events import JournalPosted, LateJournalPosted, OperationsEvent
from twin.model.events.operations_event import BASE_FIELDS
from twin.model.settlement.chart import EARNING
from twin.results.run import Run
from twin.results.settlement.cash_flow import FlowRow, cash_flow
from twin.results.views.business.month_end import first_of_month_us, spans
from twin.results.views.overview import midnight_us
from twin.store.journal import JournalEntry

WINDOWS = ("since the start", "this month", "today")
"""Windows that there are in every run; closed periods come to them by their names."""
Window = str | tuple[int, int]
"""A window by its name, or from when up to when (not included), us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The statements of one window: what was earned in it, what moved cash, and what there is at its end. Minor units."""

    income: list[StatementRow]
    balance: list[StatementRow]
    trial: list[BalanceRow]
    flow: list[FlowRow]  # what cash came from and went to in it, direct and indirect: of the same instant as the result
    revenue_minor: int
    result_minor: int
    assets_minor: int
    debit_minor: int  # of all accounts, as is `credit_minor`
    credit_minor: int
    wip_minor: int  # now: what is booked, and what runs and is not booked yet
    from_us: int
    to_us: int
    accounts: dict[str, str]  # title by code, of all that anything is booked on


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What stands between plan and books: work in progress by request now, and every variance of a window by kind and order."""

    wip: list[WipRow]
    wip_booked_minor: int
    wip_running_minor: int
    wip_minor: int
    variances: list[VarianceRow]
    by_kind: list[tuple[str, int]]
    variance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event on the way from an entry down to the fact that began it."""

    seq: int
    at_us: int
    event: str
    said_by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOpened:
    """One entry: its legs (account, title, signed amount), what it concerns, why it is late if it is, and how it came about."""

    number: int
    document: str
    effective_us: int
    recorded_us: int
    legs: list[tuple[str, str, int]]
    concerns: str
    reference: str
    steps: list[Step]


def windows(run: Run) -> list[str]:
    """What a viewer may choose: closed periods and months that are over, too."""
    return [*WINDOWS, *(it.period for it in spans(run)[:-1])]


def window_us(run: Run, window: Window) -> tuple[int, int]:
    """From when up to when (not included) a window goes; one that is not there is all of it."""
    if not isinstance(window, str):
        return window
    end_us = run.now_us + 1
    if window == "this month":
        return first_of_month_us(run.plant, run.now_us), end_us
    if window == "today":
        return midnight_us(run.plant, run.now_us), end_us
    period = next((it for it in spans(run) if it.period == window), None)
    return (period.from_us, period.until_us) if period else (0, end_us)


def statements_of(window: Window) -> Callable[[Run], Statements]:
    """What looks at the statements of one window."""

    def look(run: Run) -> Statements:
        from_us, to_us = window_us(run, window)
        at_us = to_us - 1
        income, balance = run.erp.income_statement(from_us, to_us), run.erp.balance_sheet(at_us)
        trial = [row for row in run.erp.trial_balance(at_us) if row.debit_minor or row.credit_minor]
        debit_minor, credit_minor = both_sides(trial)
        by_account = {row.account: row.amount_minor for row in income if row.account}
        used = {account for entry in run.erp.ledger.entries for account, _ in entry.legs}
        return Statements(
            income=used_lines(income), balance=[row for row in balance if row.amount_minor or row.is_total], trial=trial,
            flow=cash_flow(run.erp.ledger, from_us, to_us),
            revenue_minor=by_account["revenue"], result_minor=income[-1].amount_minor,
            assets_minor=next(row.amount_minor for row in balance if row.is_total),
            debit_minor=debit_minor, credit_minor=credit_minor,
            wip_minor=sum(row.value_minor for row in run.erp.work_in_progress(run.now_us)), from_us=from_us, to_us=to_us,
            accounts={code: account.title for code, account in run.erp.ledger.accounts.items() if code in used},
        )  # fmt: skip

    look.__qualname__ = f"statements of {window}"  # whoever keeps what was seen keeps one for each window
    return look


def used_lines(rows: list[StatementRow]) -> list[StatementRow]:
    """A statement without lines of which nothing is booked, and without the totals of sections that have no other."""
    used = {row.section for row in rows if row.account and row.amount_minor}
    return [row for row in rows if row.amount_minor or (row.is_total and row.section in used) or row is rows[-1]]


def both_sides(rows: list[BalanceRow]) -> tuple[int, int]:
    """All debits and all credits of a trial balance."""
    return sum(row.debit_minor for row in rows), sum(row.credit_minor for row in rows)


def postings_of(account: str, window: str) -> Callable[[Run], list[PostingRow]]:
    """What looks at the legs behind a figure, the latest first: of the window for what is earned, else of all before its end."""

    def look(run: Run) -> list[PostingRow]:
        from_us, to_us = window_us(run, window)
        known = run.erp.ledger.accounts.get(account)
        return run.erp.postings(account, from_us if known and known.kind in EARNING else None, to_us)[::-1]

    look.__qualname__ = f"postings of {account} in {window}"
    return look


def work_of(window: Window) -> Callable[[Run], Work]:
    """What looks at work in progress as it stands, and at the variances of one window."""

    def look(run: Run) -> Work:
        wip = [row for row in run.erp.work_in_progress(run.now_us) if row.value_minor or row.booked_minor]
        variances = run.erp.variances(*window_us(run, window))
        by_kind: dict[str, int] = {}
        for row in variances:
            by_kind[row.kind] = by_kind.get(row.kind, 0) + row.amount_minor
        return Work(
            wip=sorted(wip, key=lambda it: -abs(it.value_minor)), wip_booked_minor=sum(it.booked_minor for it in wip),
            wip_running_minor=sum(it.running_minor for it in wip), wip_minor=sum(it.value_minor for it in wip),
            variances=sorted(variances, key=lambda it: -abs(it.amount_minor)),
            by_kind=sorted(by_kind.items(), key=lambda it: -abs(it[1])), variance_minor=sum(by_kind.values()),
        )  # fmt: skip

    look.__qualname__ = f"work and variances of {window}"
    return look


def entry_opened(number: int) -> Callable[[Run], EntryOpened | None]:
    """What opens one entry, by its place in the ledger; None where there is none."""

    def look(run: Run) -> EntryOpened | None:
        entries = run.erp.ledger.entries
        if not 0 <= number < len(entries):
            return None
        it = entries[number]
        return EntryOpened(
            number=number, document=it.document, effective_us=it.effective_us, recorded_us=it.recorded_us,
            legs=[(account, run.erp.ledger.accounts[account].title, amount) for account, amount in it.legs], concerns=_concerns(it),
            reference=it.reference if isinstance(it, LateJournalPosted) else "", steps=_steps(run, number),
        )  # fmt: skip

    look.__qualname__ = f"entry {number}"
    return look


def _steps(run: Run, number: int) -> list[Step]:
    """From the entry in the journal up its causes, to what nothing else has caused."""
    posted, place, before = run.erp.ledger.entries, 0, dict[str, JournalEntry]()
    for entry in run.journal.entries():
        before[entry.id] = entry
        if not isinstance(entry.event, JournalPosted) or place >= len(posted) or as_posted(entry.event) != posted[place]:
            continue  # one that was refused stands in the journal too, and not in the ledger
        if place == number:
            break
        place += 1
    else:
        return []
    steps = [_step(entry)]
    while entry.cause and entry.cause in before:
        entry = before[entry.cause]
        steps.append(_step(entry))
    return steps


def _step(entry: JournalEntry) -> Step:
    said_by = f"rule of {entry.rule.upper()}" if entry.rule else str(entry.source)
    return Step(
        seq=entry.seq, at_us=entry.event.effective_us, event=type(entry.event).__name__, said_by=said_by, words=_concerns(entry.event)
    )


def _concerns(event: OperationsEvent) -> str:
    """What an event says, as "name value" of every field that says something; amounts of money stand in the legs."""
    named = [f.name for f in fields(event) if f.name not in (*BASE_FIELDS[:2], "legs", "document", "reference")]
    said = [(name, getattr(event, name)) for name in named if not name.endswith(("_us", "_minor"))]
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said if value not in ("", 0, False, None, ()))
