"""The cash flow statement (IAS 7), two ways: direct, by what each entry moved cash for; indirect, from the result and what changed.

What a run begins with (opening stock against opening equity) is no activity: it has a section of its own, in which it cancels out.
Both ways end in the change of the account `cash`. The direct one reads single entries that touch it, the indirect one never looks at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.ledger import Ledger
from twin.erp.accounting.statements import sums
from twin.model.events import JournalPosted
from twin.model.settlement.chart import EARNING, Account, AccountKind
from twin.results.frames import from_rows, in_currency

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

COLUMNS = ("method", "section", "line", "amount_eur", "is_total")
METHODS = ("direct", "indirect")
CASH, OPERATING, INVESTING, FINANCING = "cash", "Operating activities", "Investing activities", "Financing activities"
ASSETS, PAYABLE = "fixed_assets", "accounts_payable"
OPENING, EQUITY = "Opening balances", "opening_equity"
CHANGE, RESULT = "Change of cash", "Operating result"
_DIRECT = {
    "accounts_receivable": "Received from customers",
    PAYABLE: "Paid to suppliers",
    "landed_cost_accrued": "Paid for freight and duty",
    "wages_payable": "Paid to employees",
    "energy_payable": "Paid for energy",
    "overhead_payable": "Paid for overheads",
    "upkeep_payable": "Paid for upkeep of machines",
    "tax_payable": "Tax handed on",
    "tax_receivable": "Tax got back",
}
_INDIRECT = "Change of"
_ORDER = (OPERATING, OPENING, INVESTING, FINANCING)
Accounts = Mapping[str, Account]
_SECTIONS = {ASSETS: INVESTING, "loans": FINANCING, EQUITY: OPENING}
_RETAINED = ("retained_earnings", "result_carried")  # what a year has earned goes from one to the other: together they are what changes
_PARTNERS = ("accounts_receivable", PAYABLE)
_OF_PARTNERS = ("exchange_difference", "discounts_given", "discounts_taken", "tax_payable", "tax_receivable")
"""What stands beside them in an entry that moves cash is part of what was paid for them: exchange, and a discount with its tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """One line; cash that came in > 0, minor units."""

    method: str
    section: str
    line: str
    amount_minor: int
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPart:
    """What a leg of an entry is in a line: cash that came in > 0, minor units."""

    section: str
    line: str
    account: str
    amount_minor: int


@dataclass(slots=True)
class _Bills:
    """Bills of one order, or of none: what of them is for fixed assets, what was paid of them, and of that; minor units."""

    owed_minor: int = 0
    for_assets_minor: int = 0
    paid_minor: int = 0
    paid_for_assets_minor: int = 0

    def pay(self, minor: int) -> int:
        """So much is paid; what of it is for fixed assets. Parts are rounded so that all of them are the whole."""
        self.paid_minor += minor
        share = Fraction(self.for_assets_minor * self.paid_minor, self.owed_minor) if self.owed_minor else 0
        before, self.paid_for_assets_minor = self.paid_for_assets_minor, round(share)
        return self.paid_for_assets_minor - before


def owed_for_assets(ledger: Ledger) -> dict[int, int]:
    """By number of an entry, what of its leg on accounts payable is for fixed assets: of a bill what they cost, of a payment its share.

    It is of investing in both methods, so that an asset moves cash when its bill is paid, and not when it comes.
    """
    bills: dict[str, _Bills] = {}
    found: dict[int, int] = {}
    for number, entry in enumerate(ledger.entries):
        payable_minor = sum(minor for account, minor in entry.legs if account == PAYABLE)
        if not payable_minor:
            continue
        of = bills.setdefault(entry.order, _Bills())
        if any(account == CASH for account, _ in entry.legs):
            minor = of.pay(payable_minor)
        else:
            minor = -sum(minor for account, minor in entry.legs if account == ASSETS)
            of.owed_minor -= payable_minor
            of.for_assets_minor -= minor
        if minor:
            found[number] = minor
    return found


def cash_flow(ledger: Ledger, from_us: int | None, to_us: int | None) -> list[FlowRow]:
    """Both statements of [from_us, to_us), each with its lines that are not zero and its total."""
    for_assets = owed_for_assets(ledger)
    direct, indirect = (method(ledger, from_us, to_us, for_assets) for method in (_direct, _indirect))
    return [*_with_total("direct", direct), *_with_total("indirect", indirect)]


def _with_total(method: str, lines: Sequence[tuple[str, str, int]]) -> list[FlowRow]:
    rows = [FlowRow(method=method, section=section, line=line, amount_minor=minor) for section, line, minor in lines if minor]
    total = sum(row.amount_minor for row in rows)
    return [*rows, FlowRow(method=method, section="", line=CHANGE, amount_minor=total, is_total=True)]


def is_within(entry: JournalPosted, from_us: int | None, to_us: int | None) -> bool:
    """Whether an entry is effective in [from_us, to_us)."""
    return (from_us is None or entry.effective_us >= from_us) and (to_us is None or entry.effective_us < to_us)


def direct_parts(entry: JournalPosted, accounts: Accounts, for_assets_minor: int = 0) -> list[FlowPart]:
    """What an entry moved cash for, by the legs beside those on cash; none if it moved none. `for_assets_minor`: of `owed_for_assets`."""
    if all(account != CASH for account, _ in entry.legs):
        return []
    partner = next((account for account, _ in entry.legs if account in _PARTNERS), None)
    found = []
    for account, minor in entry.legs:
        if account == CASH:
            continue
        of = partner if partner and account in _OF_PARTNERS else account
        line = _DIRECT.get(of, f"Other: {accounts[of].title}")
        apart_minor = for_assets_minor if account == PAYABLE else 0
        if apart_minor:
            found.append(_part(INVESTING, f"Other: {accounts[ASSETS].title}", account, apart_minor))
        found.append(_part(_section(accounts[of]), line, account, minor - apart_minor))
    return found


def _part(section: str, line: str, account: str, debit_minor: int) -> FlowPart:
    return FlowPart(section=section, line=line, account=account, amount_minor=-debit_minor)


def indirect_parts(entry: JournalPosted, accounts: Accounts, for_assets_minor: int = 0) -> list[FlowPart]:
    """Which lines of the indirect method an entry changes, by its legs beside those on cash. `for_assets_minor`: of `owed_for_assets`."""
    is_opening = _is_opening(entry)
    found = []
    for account, minor in entry.legs:
        kind, title = accounts[account].kind, accounts[account].title
        if account == CASH:
            continue
        if is_opening:
            section, line = OPENING, title
        elif kind in EARNING:
            section, line = OPERATING, RESULT
        else:
            of = accounts[_RETAINED[0] if account in _RETAINED else account]
            section, line = _section(of), f"{_INDIRECT} {of.title}"
        apart_minor = for_assets_minor if account == PAYABLE else 0
        if apart_minor:
            found.append(_part(INVESTING, f"{_INDIRECT} {accounts[ASSETS].title}", account, apart_minor))
        found.append(_part(section, line, account, minor - apart_minor))
    return found


def _section(account: Account) -> str:
    """The activity that an account is of, which is not one of the income statement."""
    return _SECTIONS.get(account.code, FINANCING if account.kind == AccountKind.EQUITY else OPERATING)


def _is_opening(entry: JournalPosted) -> bool:
    return any(account == EQUITY for account, _ in entry.legs)


def _direct(ledger: Ledger, from_us: int | None, to_us: int | None, for_assets: Mapping[int, int]) -> list[tuple[str, str, int]]:
    found: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(ledger.entries):
        for part in direct_parts(entry, ledger.accounts, for_assets.get(number, 0)) if is_within(entry, from_us, to_us) else ():
            key = part.section, part.line
            found[key] = found.get(key, 0) + part.amount_minor
    order = [*_DIRECT.values()]
    keys = sorted(found, key=lambda it: (_ORDER.index(it[0]), order.index(it[1]) if it[1] in order else len(order), it[1]))
    return [(*key, found[key]) for key in keys]


def _indirect(ledger: Ledger, from_us: int | None, to_us: int | None, for_assets: Mapping[int, int]) -> list[tuple[str, str, int]]:
    changed, opened = dict(sums(ledger, from_us, to_us)), _opened(ledger, from_us, to_us)
    for account, minor in opened.items():
        changed[account] = changed.get(account, 0) - minor
    owed_minor = sum(minor for number, minor in for_assets.items() if is_within(ledger.entries[number], from_us, to_us))
    for account, minor in ((PAYABLE, -owed_minor), (ASSETS, owed_minor)):
        changed[account] = changed.get(account, 0) + minor
    accounts = ledger.accounts
    result = -sum(minor for account, minor in changed.items() if accounts[account].kind in EARNING)
    kept, carried = _RETAINED
    changed[kept] = changed.get(kept, 0) + changed.pop(carried, 0)
    others = [it for it in changed if it != CASH and accounts[it].kind not in EARNING]
    lines = [(_section(accounts[it]), f"{_INDIRECT} {accounts[it].title}", -changed[it]) for it in others]
    lines = [(OPERATING, RESULT, result), *sorted(lines, key=lambda it: _ORDER.index(it[0]))]
    return lines + [(OPENING, accounts[account].title, -minor) for account, minor in opened.items() if account != CASH]


def _opened(ledger: Ledger, from_us: int | None, to_us: int | None) -> dict[str, int]:
    """What entries against opening equity have put on each account."""
    found: dict[str, int] = {}
    for entry in ledger.entries:
        if is_within(entry, from_us, to_us) and _is_opening(entry):
            for account, minor in entry.legs:
                found[account] = found.get(account, 0) + minor
    return found


def cash_flow_table(run: Run, from_us: int | None, to_us: int | None) -> pd.DataFrame:
    """The rows of `cash_flow`."""
    rows = [
        {"method": it.method, "section": it.section, "line": it.line, "amount_eur": it.amount_minor / 100, "is_total": it.is_total}
        for it in cash_flow(run.erp.ledger, from_us, to_us)
    ]
    return in_currency(from_rows(rows, COLUMNS), run.plant.layout.currency)
