"""The chart of accounts: what every plant has, and what a company adds in `finance: {accounts: ...}` of items.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from twin.model.measures import Table

ACCOUNT_FORM = "[a-z][a-z0-9_]*"
"""How an account is called: other programs that read the books allow no more."""


class AccountKind(StrEnum):
    """Where an account stands in the statements."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"


EARNING = (AccountKind.REVENUE, AccountKind.EXPENSE)
"""Kinds of the income statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `code` is what the legs of an entry name; `number` orders the statements.

    `by_hand`: an accountant may post to it by hand; what stands on the others, documents say: stock, work in progress, items, variances.
    `is_billed`: a bill without goods may be for it, and clears it where it is an accrual.
    """

    code: str
    number: int
    title: str
    kind: AccountKind
    by_hand: bool = False
    is_billed: bool = False


class DeclaredAccount(Table):
    """An account that a company has beside those of every plant: a person may post to it, a bill may be for it."""

    number: Annotated[int, Field(ge=100, le=99_999)]  # where it stands in the statements
    title: str
    kind: Literal["asset", "liability", "equity", "revenue", "expense"]


ASSET, LIABILITY, EQUITY, REVENUE, EXPENSE = AccountKind
_DOCUMENTS: tuple[tuple[int, str, str, AccountKind], ...] = (
    (1200, "accounts_receivable", "Accounts receivable", ASSET),
    (1210, "receivables_revaluation", "Receivables in other currencies, at the closing rate", ASSET),
    (1260, "supplier_deposits", "Down payments to suppliers", ASSET),
    (1310, "raw_material", "Raw material", ASSET),
    (1320, "work_in_progress", "Work in progress", ASSET),
    (1330, "semi_finished_goods", "Semi-finished goods", ASSET),
    (1340, "finished_goods", "Finished goods", ASSET),
    (2100, "goods_received_not_billed", "Goods received, bill to come (GR/IR)", LIABILITY),
    (2120, "accounts_payable", "Accounts payable", LIABILITY),
    (2130, "customer_deposits", "Down payments of customers", LIABILITY),
    (2125, "payables_revaluation", "Payables in other currencies, at the closing rate", LIABILITY),
    (3290, "result_carried", "Result carried to retained earnings", EQUITY),
    (4000, "revenue", "Revenue", REVENUE),
    (4850, "sales_allowances", "Credits to customers for no goods", REVENUE),
    (4860, "discounts_given", "Cash discounts given to customers", REVENUE),
    (4870, "discounts_taken", "Cash discounts taken of suppliers", REVENUE),
    (5000, "cost_of_goods_sold", "Cost of goods sold, at standard", EXPENSE),
    (5100, "scrap_loss", "Scrap loss", EXPENSE),
    (5110, "rework_cost", "Rework of nonconforming lots", EXPENSE),
    (5200, "purchase_price_variance", "Purchase price variance", EXPENSE),
    (5300, "production_variance", "Production variance", EXPENSE),
    (5400, "inventory_difference", "Inventory difference", EXPENSE),
    (5410, "stock_revaluation", "Revaluation of stock", EXPENSE),
    (5490, "rounding_difference", "Rounding difference", EXPENSE),
    (5610, "exchange_difference_unrealised", "Exchange differences, unrealised", EXPENSE),
    (5700, "bad_debts", "Bad debts written off", EXPENSE),
    (6190, "labour_absorbed", "Labour absorbed by requests and maintenance", EXPENSE),
    (6290, "machine_absorbed", "Machine time absorbed by requests", EXPENSE),
    (6390, "energy_absorbed", "Energy absorbed by requests", EXPENSE),
    (6490, "overhead_absorbed", "Overhead absorbed by requests", EXPENSE),
    (6510, "maintenance_labour", "Work of persons for maintenance", EXPENSE),
)
_BY_HAND: tuple[tuple[int, str, str, AccountKind], ...] = (
    (1000, "cash", "Cash at bank", ASSET),
    (1250, "tax_receivable", "Tax on purchases, to get back", ASSET),
    (2150, "tax_payable", "Tax on sales, to hand on", LIABILITY),
    (2200, "wages_payable", "Wages payable", LIABILITY),
    (2600, "loans", "Loans", LIABILITY),
    (3000, "opening_equity", "Opening equity", EQUITY),
    (3100, "capital", "Capital paid in", EQUITY),
    (3200, "retained_earnings", "Retained earnings", EQUITY),
    (4800, "other_revenue", "Other revenue", REVENUE),
    (4900, "dunning_fees", "Dunning fees", REVENUE),
    (5600, "exchange_difference", "Exchange differences, realised", EXPENSE),
    (6100, "wages", "Wages for attendance", EXPENSE),
    (6200, "machine_cost", "Machine cost of calendar time", EXPENSE),
    (6400, "overhead", "Overhead incurred", EXPENSE),
    (6700, "depreciation", "Depreciation of other fixed assets", EXPENSE),
    (1590, "accumulated_depreciation", "Accumulated depreciation", ASSET),
)
_BILLED: tuple[tuple[int, str, str, AccountKind], ...] = (
    (1500, "fixed_assets", "Fixed assets, at cost", ASSET),
    (2110, "landed_cost_accrued", "Freight and duty, bill to come", LIABILITY),
    (2300, "energy_payable", "Energy payable", LIABILITY),
    (2400, "upkeep_payable", "Upkeep of machines, bill to come", LIABILITY),
    (2500, "overhead_payable", "Overhead payable", LIABILITY),
    (6500, "maintenance_material", "Spare parts for maintenance", EXPENSE),
    (6600, "rent", "Rent", EXPENSE),
    (6610, "services", "Services of others", EXPENSE),
    (6800, "bank_charges", "Bank charges", EXPENSE),
    (6900, "interest", "Interest paid", EXPENSE),
)
_ENERGY = Account(code="energy", number=6300, title="Energy metered", kind=EXPENSE, is_billed=True)
"""Nobody posts to it by hand; what a bill asks for beyond what was metered is energy too."""


def _accounts(rows: tuple[tuple[int, str, str, AccountKind], ...], *, by_hand: bool, is_billed: bool) -> list[Account]:
    return [
        Account(code=code, number=number, title=title, kind=kind, by_hand=by_hand, is_billed=is_billed)
        for number, code, title, kind in rows
    ]


def _in_order(accounts: list[Account]) -> dict[str, Account]:
    return {it.code: it for it in sorted(accounts, key=lambda it: it.number)}


ACCOUNTS: dict[str, Account] = _in_order(
    [
        *_accounts(_DOCUMENTS, by_hand=False, is_billed=False),
        *_accounts(_BY_HAND, by_hand=True, is_billed=False),
        *_accounts(_BILLED, by_hand=True, is_billed=True),
        _ENERGY,
    ]
)
"""The accounts of every plant, by code, in the order of their numbers."""
ACCRUALS = ("landed_cost_accrued", "energy_payable", "upkeep_payable", "overhead_payable")
"""What is owed before its bill has come: a bill clears what stands there, and no more."""


RENAMED = {"machine_cost_accrued": "accumulated_depreciation"}
"""What accounts were called in journals that are kept; what stands there on such a name is on the account of now."""
Legs = tuple[tuple[str, int], ...]


def named_now(legs: Legs) -> Legs:
    """Legs of an entry, each on its account as it is called now."""
    for account, _ in legs:
        if account in RENAMED:
            return tuple((RENAMED.get(code, code), minor) for code, minor in legs)
    return legs


def chart_of(declared: Mapping[str, DeclaredAccount]) -> dict[str, Account]:
    """All accounts of a plant, in the order of their numbers; those of its own may be posted to by hand and billed."""
    if not declared:
        return ACCOUNTS
    own = [
        Account(code=code, number=it.number, title=it.title, kind=AccountKind(it.kind), by_hand=True, is_billed=True)
        for code, it in declared.items()
    ]
    return _in_order([*ACCOUNTS.values(), *own])
