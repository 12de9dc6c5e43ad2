"""The books as plain text that hledger reads: the same entries and checks as in that for Beancount, in hledger's own form.

An account declares its type, an amount its commodity, so that `hledger check --strict` finds nothing undeclared; what each account must
show is an assertion (https://hledger.org/hledger.html#balance-assertions), which counts after all entries of its day that stand before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from twin.erp.accounting.statements import trial_balance
from twin.model.events import JournalPosted, LateJournalPosted
from twin.model.settlement.chart import AccountKind
from twin.results.plain_text.beancount import (
    SUBJECTS,
    account_name,
    closed_at_midnight,
    entries_by_date,
    local_time,
    written_amount,
    written_day,
    written_instant,
)
from twin.results.run import Run

_TYPES = {
    AccountKind.ASSET: "A",
    AccountKind.LIABILITY: "L",
    AccountKind.EQUITY: "E",
    AccountKind.REVENUE: "R",
    AccountKind.EXPENSE: "X",
}
_NO_TEXT = str.maketrans({"\n": " ", "\r": " ", ";": ",", "|": "/"})
"""What ends a description, or parts it in two."""
_NO_TAG = str.maketrans({"\n": " ", "\r": " ", ",": ";"})
"""What ends the value of a tag."""


def hledger_text(run: Run) -> str:
    """Every entry with what it concerns and when it became known, and what every account must show at each close and at the end.

    Dates are those of the plant's time zone; a period that ends at its midnight is checked on its last day.
    """
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    ledger, layout = run.erp.ledger, run.plant.layout
    zone, currency = ZoneInfo(layout.time_zone), layout.currency
    yield f"; {f'{run.plant.id}: {run.scenario.title}'.translate(_NO_TEXT)}"
    yield "decimal-mark ."
    yield f"commodity 1000.00 {currency}"
    yield ""
    for account in ledger.accounts.values():
        yield f"account {account_name(account)}  ; type: {'C' if account.code == 'cash' else _TYPES[account.kind]}"
    for number, entry in entries_by_date(ledger):
        yield ""
        yield from _entry(number, entry, zone, run)
    for period, after in closed_at_midnight(ledger, zone):
        yield from _checks(run, period.until_us - 1, after - timedelta(days=1), f"{period.period} is closed", currency)
    last_us = max((it.effective_us for it in ledger.entries), default=run.scenario.start_us)
    yield from _checks(run, None, local_time(last_us, zone).date(), "as it stands", currency)


def _entry(number: int, entry: JournalPosted, zone: ZoneInfo, run: Run) -> Iterator[str]:
    named = entry.order or entry.request or entry.material or entry.equipment
    words = f"{entry.document} {named}".strip().translate(_NO_TEXT)
    yield f"{written_day(entry.effective_us, zone)} * ({number}) {words}"
    tags = [("effective", written_instant(entry.effective_us))]
    if entry.recorded_us != entry.effective_us:
        tags.append(("recorded", written_instant(entry.recorded_us)))
    if isinstance(entry, LateJournalPosted):
        tags += [("concerns", written_instant(entry.concerns_us)), ("reference", entry.reference)]
    tags += [(name, subject) for name in SUBJECTS if (subject := getattr(entry, name))]
    yield from (f"    ; {name}: {value.translate(_NO_TAG)}" for name, value in tags)
    for code, amount_minor in entry.legs:
        yield f"    {account_name(run.erp.ledger.accounts[code])}  {written_amount(amount_minor)} {run.plant.layout.currency}"


def _checks(run: Run, at_us: int | None, on: date, words: str, currency: str) -> Iterator[str]:
    yield f"\n{on.isoformat()} * {words.translate(_NO_TEXT)}"
    for row in trial_balance(run.erp.ledger, at_us):
        account, minor = account_name(run.erp.ledger.accounts[row.account]), row.debit_minor - row.credit_minor
        yield f"    {account}  0.00 {currency} = {written_amount(minor)} {currency}"
