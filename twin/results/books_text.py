"""The books as plain text that Beancount reads: every entry, and at the end what each account must show, so that another program agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from twin.erp.accounting.statements import trial_balance
from twin.model.events import JournalPosted, LateJournalPosted
from twin.model.settlement.chart import Account, AccountKind
from twin.results.run import Run

ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.REVENUE: "Income",
    AccountKind.EXPENSE: "Expenses",
}
_SUBJECTS = ("order", "request", "material", "lot", "job_order", "equipment", "person")
_MICROSECONDS = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ledger_text(run: Run) -> str:
    """Every entry with what it concerns and when it became known, and a check of every balance the day after the last.

    Dates are those of the plant's time zone; a period that ends at its midnight is checked where it was closed.
    """
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    ledger, layout = run.erp.ledger, run.plant.layout
    zone, currency = ZoneInfo(layout.time_zone), layout.currency
    entries = sorted(enumerate(ledger.entries), key=lambda numbered: (numbered[1].effective_us, numbered[0]))
    start_us = min((it.effective_us for it in ledger.entries), default=run.scenario.start_us)
    yield f'option "title" {_quoted(f"{run.plant.id}: {run.scenario.title}")}'
    yield f'option "operating_currency" "{currency}"'
    yield ""
    for account in ledger.accounts.values():
        yield f"{_day(start_us, zone)} open {account_name(account)} {currency}"
    for number, entry in entries:
        yield ""
        yield from _entry(number, entry, zone, run)
    for period in ledger.closed:
        local = _local(period.until_us, zone)
        if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
            yield f"\n; {period.period} is closed"
            yield from _checks(run, period.until_us - 1, local.date(), currency)
    last_us = max((it.effective_us for it in ledger.entries), default=start_us)
    yield "\n; as it stands"
    yield from _checks(run, None, _local(last_us, zone).date() + timedelta(days=1), currency)


def _entry(number: int, entry: JournalPosted, zone: ZoneInfo, run: Run) -> Iterator[str]:
    named = entry.order or entry.request or entry.material or entry.equipment
    yield f"{_day(entry.effective_us, zone)} * {_quoted(entry.document)} {_quoted(named)}"
    yield f"  entry: {number}"
    yield f"  effective: {_quoted(_instant(entry.effective_us))}"
    if entry.recorded_us != entry.effective_us:
        yield f"  recorded: {_quoted(_instant(entry.recorded_us))}"
    if isinstance(entry, LateJournalPosted):
        yield f"  concerns: {_quoted(_instant(entry.concerns_us))}"
        yield f"  reference: {_quoted(entry.reference)}"
    for name in _SUBJECTS:
        if subject := getattr(entry, name):
            yield f"  {name}: {_quoted(subject)}"
    for code, amount_minor in entry.legs:
        yield f"  {account_name(run.erp.ledger.accounts[code])}  {_amount(amount_minor)} {run.plant.layout.currency}"


def _checks(run: Run, at_us: int | None, on: date, currency: str) -> Iterator[str]:
    for row in trial_balance(run.erp.ledger, at_us):
        account = account_name(run.erp.ledger.accounts[row.account])
        yield f"{on.isoformat()} balance {account}  {_amount(row.debit_minor - row.credit_minor)} {currency}"


def account_name(account: Account) -> str:
    """As in "Assets:Raw-material"."""
    return f"{ROOTS[account.kind]}:{account.code.capitalize().replace('_', '-')}"


def _amount(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _local(at_us: int, zone: ZoneInfo) -> datetime:
    return (_EPOCH + at_us * _MICROSECONDS).astimezone(zone)


def _day(at_us: int, zone: ZoneInfo) -> str:
    return _local(at_us, zone).date().isoformat()


def _instant(at_us: int) -> str:
    return (_EPOCH + at_us * _MICROSECONDS).isoformat(timespec="microseconds").replace("+00:00", "Z")
