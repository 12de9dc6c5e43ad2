"""The books as plain text that Beancount reads: every entry, and at the end what each account must show, so that another program agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from twin.erp.accounting.ledger import Ledger
from twin.erp.accounting.statements import trial_balance
from twin.model.events import JournalPosted, LateJournalPosted, PeriodClosed
from twin.model.settlement.chart import Account, AccountKind
from twin.results.run import Run

ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.REVENUE: "Income",
    AccountKind.EXPENSE: "Expenses",
}
SUBJECTS = ("order", "request", "material", "lot", "job_order", "equipment", "person")
_MICROSECONDS = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def beancount_text(run: Run) -> str:
    """Every entry with what it concerns and when it became known, and a check of every balance the day after the last.

    Dates are those of the plant's time zone; a period that ends at its midnight is checked where it was closed.
    """
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    ledger, layout = run.erp.ledger, run.plant.layout
    zone, currency = ZoneInfo(layout.time_zone), layout.currency
    start_us = min((it.effective_us for it in ledger.entries), default=run.scenario.start_us)
    yield f'option "title" {_quoted(f"{run.plant.id}: {run.scenario.title}")}'
    yield f'option "operating_currency" "{currency}"'
    yield ""
    for account in ledger.accounts.values():
        yield f"{written_day(start_us, zone)} open {account_name(account)} {currency}"
    for number, entry in entries_by_date(ledger):
        yield ""
        yield from _entry(number, entry, zone, run)
    for period, on in closed_at_midnight(ledger, zone):
        yield f"\n; {period.period} is closed"
        yield from _checks(run, period.until_us - 1, on, currency)
    last_us = max((it.effective_us for it in ledger.entries), default=start_us)
    yield "\n; as it stands"
    yield from _checks(run, None, local_time(last_us, zone).date() + timedelta(days=1), currency)


def entries_by_date(ledger: Ledger) -> list[tuple[int, JournalPosted]]:
    """Every entry with its number, by when it counts."""
    return sorted(enumerate(ledger.entries), key=lambda numbered: (numbered[1].effective_us, numbered[0]))


def closed_at_midnight(ledger: Ledger, zone: ZoneInfo) -> Iterator[tuple[PeriodClosed, date]]:
    """Periods that end with a day, and the day after: of others no text by days can tell what stood on the accounts."""
    for period in ledger.closed:
        local = local_time(period.until_us, zone)
        if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
            yield period, local.date()


def _entry(number: int, entry: JournalPosted, zone: ZoneInfo, run: Run) -> Iterator[str]:
    named = entry.order or entry.request or entry.material or entry.equipment
    yield f"{written_day(entry.effective_us, zone)} * {_quoted(entry.document)} {_quoted(named)}"
    yield f"  entry: {number}"
    yield f"  effective: {_quoted(written_instant(entry.effective_us))}"
    if entry.recorded_us != entry.effective_us:
        yield f"  recorded: {_quoted(written_instant(entry.recorded_us))}"
    if isinstance(entry, LateJournalPosted):
        yield f"  concerns: {_quoted(written_instant(entry.concerns_us))}"
        yield f"  reference: {_quoted(entry.reference)}"
    for name in SUBJECTS:
        if subject := getattr(entry, name):
            yield f"  {name}: {_quoted(subject)}"
    for code, amount_minor in entry.legs:
        yield f"  {account_name(run.erp.ledger.accounts[code])}  {written_amount(amount_minor)} {run.plant.layout.currency}"


def _checks(run: Run, at_us: int | None, on: date, currency: str) -> Iterator[str]:
    for row in trial_balance(run.erp.ledger, at_us):
        account = account_name(run.erp.ledger.accounts[row.account])
        yield f"{on.isoformat()} balance {account}  {written_amount(row.debit_minor - row.credit_minor)} {currency}"


def account_name(account: Account) -> str:
    """As in "Assets:Raw-material"."""
    return f"{ROOTS[account.kind]}:{account.code.capitalize().replace('_', '-')}"


def written_amount(minor: int) -> str:
    """Minor units, as in "-0.05"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def local_time(at_us: int, zone: ZoneInfo) -> datetime:
    """An instant by the clock of the plant."""
    return (_EPOCH + at_us * _MICROSECONDS).astimezone(zone)


def written_day(at_us: int, zone: ZoneInfo) -> str:
    """The day of the plant in which an instant lies."""
    return local_time(at_us, zone).date().isoformat()


def written_instant(at_us: int) -> str:
    """An instant in UTC, to the microsecond."""
    return (_EPOCH + at_us * _MICROSECONDS).isoformat(timespec="microseconds").replace("+00:00", "Z")
