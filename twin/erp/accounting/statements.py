"""Trial balance, income statement, balance sheet: frozen rows, read from the ledger for any instant or window.

All of them show what is booked, and nothing else. Labour, machine time and energy of a job order are booked when the actual comes:
at the end of each interval in which the equipment worked on it. Wages and machine cost are booked at heartbeats (start, shift, clock,
end). Work that is running at the instant asked for is therefore not in them yet: neither in work in progress nor in what labour and
machine time have absorbed. `Erp.work_in_progress` shows it beside what is booked (`running_minor`), so a value of work in progress that
includes it, as on the overview, is higher than that of the balance sheet at the same instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.erp.accounting.ledger import Ledger
from twin.model.events import JournalPosted, LateJournalPosted
from twin.model.settlement.chart import EARNING, Account, AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One account of the trial balance, minor units; one of the two sides is zero."""

    number: int
    account: str
    title: str
    kind: str
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One line of a statement. A line that adds up others has no account. Income: earnings > 0, costs < 0."""

    section: str
    account: str
    title: str
    amount_minor: int

    @property
    def is_total(self) -> bool:
        return not self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRow:
    """One leg of one entry with what caused it. `entry` counts from 0 in the order of posting; debit > 0, credit < 0."""

    entry: int
    effective_us: int
    recorded_us: int
    document: str
    account: str
    amount_minor: int
    material: str
    quantity: int
    order: str
    request: str
    job_order: str
    lot: str
    equipment: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which answer is asked for. The books themselves date what became known late in the period that was open then.

    `known_us`: as known at that instant, by the entries recorded until then; None: by all. `as_it_was`: late entries count when what they
    value was effective, as if it had been known at once.
    """

    known_us: int | None = None
    as_it_was: bool = False

    def date_us(self, entry: JournalPosted) -> int | None:
        """When an entry counts; None: not at all."""
        if self.known_us is not None and entry.recorded_us > self.known_us:
            return None
        return entry.concerns_us if self.as_it_was and isinstance(entry, LateJournalPosted) else entry.effective_us


AS_BOOKED = View()

_SECTIONS = (
    ("Gross profit", ("revenue", "cost_of_goods_sold")),
    (
        "Losses and variances",
        (
            "scrap_loss",
            "rework_cost",
            "purchase_price_variance",
            "production_variance",
            "inventory_difference",
            "stock_revaluation",
            "rounding_difference",
        ),
    ),
    ("Labour not absorbed", ("wages", "labour_absorbed")),
    ("Machine time not absorbed", ("machine_cost", "machine_absorbed")),
    ("Energy not absorbed", ("energy", "energy_absorbed")),
    ("Overhead not absorbed", ("overhead", "overhead_absorbed")),
    ("Maintenance", ("maintenance_material", "maintenance_labour")),
    ("Other earnings", ("other_revenue", "sales_allowances", "bad_debts")),
    ("General costs", ("rent", "services", "depreciation")),
    (
        "Settlement",
        (
            "discounts_given",
            "discounts_taken",
            "dunning_fees",
            "exchange_difference",
            "exchange_difference_unrealised",
            "bank_charges",
            "interest",
        ),
    ),
)
"""Sections of the income statement, each closed by its total; what a company has declared comes to two of them."""


def income_sections(accounts: Mapping[str, Account]) -> list[tuple[str, tuple[str, ...]]]:
    """The sections with all accounts of a chart that earn or cost: each in one of them."""
    placed = {code for _, codes in _SECTIONS for code in codes}
    own = {kind: tuple(code for code, it in accounts.items() if it.kind == kind and code not in placed) for kind in EARNING}
    more = {"Other earnings": own[AccountKind.REVENUE], "General costs": own[AccountKind.EXPENSE]}
    return [(section, (*codes, *more.get(section, ()))) for section, codes in _SECTIONS]


CARRIED = "result_carried"
"""What of the result has become retained earnings: the balance sheet shows what is left as result so far."""
_SELDOM = frozenset(
    {
        "overhead", "overhead_absorbed", "overhead_payable", "landed_cost_accrued", "maintenance_material", "cash", "accounts_payable",
        "tax_receivable", "tax_payable", "discounts_given", "discounts_taken", "dunning_fees", "exchange_difference",
        "other_revenue", "sales_allowances", "bad_debts", "rent",
        "services", "depreciation", "bank_charges", "interest", "fixed_assets", "upkeep_payable", "loans", "capital", "retained_earnings",
        "result_carried", "exchange_difference_unrealised", "receivables_revaluation", "payables_revaluation", "customer_deposits",
        "supplier_deposits",
    }
)  # fmt: skip
"""Accounts that most plants never post to."""


def lines_in_use(rows: Sequence[StatementRow]) -> list[StatementRow]:
    """A statement without what this plant has no use for: accounts that most plants never post to and that are empty, and their totals."""
    kept = [row for row in rows if row.account not in _SELDOM or row.amount_minor]
    empty = {row.section for row in rows if row.account} - {row.section for row in kept if row.account}
    return [row for row in kept if row.section not in empty]


def sums(ledger: Ledger, from_us: int | None = None, to_us: int | None = None, view: View = AS_BOOKED) -> dict[str, int]:
    """Net change of every account by entries that count in [from_us, to_us); None: without bound."""
    if from_us is None and to_us is None and view.known_us is None:
        return dict(ledger.balances)
    amounts = dict.fromkeys(ledger.accounts, 0)
    for posted in ledger.entries:
        date_us = view.date_us(posted)
        if date_us is not None and (from_us is None or date_us >= from_us) and (to_us is None or date_us < to_us):
            for account, amount in posted.legs:
                amounts[account] += amount
    return amounts


def trial_balance(ledger: Ledger, at_us: int | None = None, view: View = AS_BOOKED) -> list[BalanceRow]:
    """Every account with its balance after the instant `at_us`; None: as it stands."""
    amounts = sums(ledger, to_us=None if at_us is None else at_us + 1, view=view)
    return [
        BalanceRow(
            number=account.number,
            account=code,
            title=account.title,
            kind=account.kind,
            debit_minor=max(0, amounts[code]),
            credit_minor=max(0, -amounts[code]),
        )
        for code, account in ledger.accounts.items()
    ]


def income_statement(ledger: Ledger, from_us: int | None = None, to_us: int | None = None, view: View = AS_BOOKED) -> list[StatementRow]:
    """What was earned and what it cost in [from_us, to_us), section by section; the last row is the result."""
    amounts = sums(ledger, from_us, to_us, view)
    rows, result = [], 0
    for section, accounts in income_sections(ledger.accounts):
        lines = [
            StatementRow(section=section, account=code, title=ledger.accounts[code].title, amount_minor=-amounts[code]) for code in accounts
        ]
        subtotal = sum(line.amount_minor for line in lines)
        rows += [*lines, StatementRow(section=section, account="", title=section, amount_minor=subtotal)]
        result += subtotal
    return [*rows, StatementRow(section="Result", account="", title="Operating result", amount_minor=result)]


WORN_OUT, AT_COST = "accumulated_depreciation", "fixed_assets"
WITHOUT_COST = "of machines whose cost is not entered as fixed assets"
"""Machine time is booked whether or not anybody has said what the machines have cost; until then there is nothing that it stands below."""


def balance_sheet(ledger: Ledger, at_us: int | None = None, view: View = AS_BOOKED) -> list[StatementRow]:
    """What the plant has and owes after the instant `at_us`; None: as it stands. Total assets = total liabilities and equity.

    Work in progress is what is booked up to `at_us`, without work that is still running then (see the top of this module).
    """
    amounts = sums(ledger, to_us=None if at_us is None else at_us + 1, view=view)
    rows = []
    for section, kinds, sign in (
        ("Assets", (AccountKind.ASSET,), 1),
        ("Liabilities and equity", (AccountKind.LIABILITY, AccountKind.EQUITY), -1),
    ):
        lines = [
            StatementRow(section=section, account=code, title=_title(account, amounts), amount_minor=sign * amounts[code])
            for code, account in ledger.accounts.items()
            if account.kind in kinds and code != CARRIED
        ]
        if sign < 0:
            earned = -sum(amounts[code] for code, account in ledger.accounts.items() if account.kind in EARNING or code == CARRIED)
            lines.append(StatementRow(section=section, account="result", title="Result so far", amount_minor=earned))
        total = sum(line.amount_minor for line in lines)
        rows += [*lines, StatementRow(section=section, account="", title=f"Total {section.lower()}", amount_minor=total)]
    return rows


def _title(account: Account, amounts: Mapping[str, int]) -> str:
    """How an account is called in the balance sheet; what machines wear out says so where what they have cost is not in the books."""
    is_bare = account.code == WORN_OUT and amounts[WORN_OUT] and not amounts[AT_COST]
    return f"{account.title}, {WITHOUT_COST}" if is_bare else account.title


def postings(ledger: Ledger, account: str | None = None, from_us: int | None = None, to_us: int | None = None) -> list[PostingRow]:
    """The legs that make up a balance: of one account or of all, effective in [from_us, to_us)."""
    return [
        PostingRow(
            entry=number,
            effective_us=posted.effective_us,
            recorded_us=posted.recorded_us,
            document=posted.document,
            account=code,
            amount_minor=amount,
            material=posted.material,
            quantity=posted.quantity,
            order=posted.order,
            request=posted.request,
            job_order=posted.job_order,
            lot=posted.lot,
            equipment=posted.equipment,
            person=posted.person,
        )
        for number, posted in enumerate(ledger.entries)
        if (from_us is None or posted.effective_us >= from_us) and (to_us is None or posted.effective_us < to_us)
        for code, amount in posted.legs
        if account in (None, code)
    ]


class Books:
    """The statements of whoever keeps a ledger."""

    ledger: Ledger

    def trial_balance(self, at_us: int | None = None, view: View = AS_BOOKED) -> list[BalanceRow]:
        """Every account with its balance after the instant `at_us`; None: as it stands."""
        return trial_balance(self.ledger, at_us, view)

    def income_statement(self, from_us: int | None = None, to_us: int | None = None, view: View = AS_BOOKED) -> list[StatementRow]:
        """Earnings and costs effective in [from_us, to_us)."""
        return income_statement(self.ledger, from_us, to_us, view)

    def balance_sheet(self, at_us: int | None = None, view: View = AS_BOOKED) -> list[StatementRow]:
        """What the plant has and owes after the instant `at_us`; None: as it stands."""
        return balance_sheet(self.ledger, at_us, view)

    def postings(self, account: str | None = None, from_us: int | None = None, to_us: int | None = None) -> list[PostingRow]:
        """The legs behind a balance, effective in [from_us, to_us)."""
        return postings(self.ledger, account, from_us, to_us)
