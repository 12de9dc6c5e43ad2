"""The general ledger: the chart of accounts, double entries, balances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.model.events import JournalPosted, PeriodClosed


class AccountKind(StrEnum):
    """Where an account stands in the statements."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `code` is what the legs of an entry name; `number` orders the statements."""

    code: str
    number: int
    title: str
    kind: AccountKind


def _account(number: int, code: str, title: str, kind: AccountKind) -> Account:
    return Account(code=code, number=number, title=title, kind=kind)


ACCOUNTS: dict[str, Account] = {
    account.code: account
    for account in (
        _account(1000, "cash", "Cash at bank", AccountKind.ASSET),
        _account(1200, "accounts_receivable", "Accounts receivable", AccountKind.ASSET),
        _account(1250, "tax_receivable", "Tax on purchases, to get back", AccountKind.ASSET),
        _account(1310, "raw_material", "Raw material", AccountKind.ASSET),
        _account(1320, "work_in_progress", "Work in progress", AccountKind.ASSET),
        _account(1330, "semi_finished_goods", "Semi-finished goods", AccountKind.ASSET),
        _account(1340, "finished_goods", "Finished goods", AccountKind.ASSET),
        _account(2100, "goods_received_not_billed", "Goods received, bill to come (GR/IR)", AccountKind.LIABILITY),
        _account(2110, "landed_cost_accrued", "Freight and duty, bill to come", AccountKind.LIABILITY),
        _account(2120, "accounts_payable", "Accounts payable", AccountKind.LIABILITY),
        _account(2150, "tax_payable", "Tax on sales, to hand on", AccountKind.LIABILITY),
        _account(2200, "wages_payable", "Wages payable", AccountKind.LIABILITY),
        _account(2300, "energy_payable", "Energy payable", AccountKind.LIABILITY),
        _account(2400, "machine_cost_accrued", "Machine cost accrued", AccountKind.LIABILITY),
        _account(2500, "overhead_payable", "Overhead payable", AccountKind.LIABILITY),
        _account(3000, "opening_equity", "Opening equity", AccountKind.EQUITY),
        _account(4000, "revenue", "Revenue", AccountKind.REVENUE),
        _account(4900, "dunning_fees", "Dunning fees", AccountKind.REVENUE),
        _account(5000, "cost_of_goods_sold", "Cost of goods sold, at standard", AccountKind.EXPENSE),
        _account(5100, "scrap_loss", "Scrap loss", AccountKind.EXPENSE),
        _account(5110, "rework_cost", "Rework of nonconforming lots", AccountKind.EXPENSE),
        _account(5200, "purchase_price_variance", "Purchase price variance", AccountKind.EXPENSE),
        _account(5300, "production_variance", "Production variance", AccountKind.EXPENSE),
        _account(5400, "inventory_difference", "Inventory difference", AccountKind.EXPENSE),
        _account(5410, "stock_revaluation", "Revaluation of stock", AccountKind.EXPENSE),
        _account(5490, "rounding_difference", "Rounding difference", AccountKind.EXPENSE),
        _account(5600, "exchange_difference", "Exchange differences, realised", AccountKind.EXPENSE),
        _account(6100, "wages", "Wages for attendance", AccountKind.EXPENSE),
        _account(6190, "labour_absorbed", "Labour absorbed by requests and maintenance", AccountKind.EXPENSE),
        _account(6200, "machine_cost", "Machine cost of calendar time", AccountKind.EXPENSE),
        _account(6290, "machine_absorbed", "Machine time absorbed by requests", AccountKind.EXPENSE),
        _account(6300, "energy", "Energy metered", AccountKind.EXPENSE),
        _account(6390, "energy_absorbed", "Energy absorbed by requests", AccountKind.EXPENSE),
        _account(6400, "overhead", "Overhead incurred", AccountKind.EXPENSE),
        _account(6490, "overhead_absorbed", "Overhead absorbed by requests", AccountKind.EXPENSE),
        _account(6500, "maintenance_material", "Spare parts for maintenance", AccountKind.EXPENSE),
        _account(6510, "maintenance_labour", "Work of persons for maintenance", AccountKind.EXPENSE),
    )
}
STOCK_ACCOUNT = {
    "purchased": "raw_material",
    "made": "semi_finished_goods",
    "finished": "finished_goods",
    "recovered": "semi_finished_goods",
}
"""Stock account by kind of material."""
ROUNDING = "rounding_difference"
MOST_ROUNDING_MINOR = 2
"""What an entry may book to rounding difference, minor units: two of its legs at most are rounded apart from one another, each of
them the step between two rounded totals, which is off by one at most."""


class Ledger:
    """Entries in the order in which they were posted, and the balances that they make: debit > 0, credit < 0."""

    def __init__(self) -> None:
        self.entries: list[JournalPosted] = []
        self.closed: list[PeriodClosed] = []
        self.balances: dict[str, int] = dict.fromkeys(ACCOUNTS, 0)
        self.stock_balances: dict[str, int] = {}  # by material
        self.wip_balances: dict[str, int] = {}  # by request, those that are not zero
        self.unbilled: dict[str, int] = {}  # goods received of which the bill is still to come, by purchase order; > 0

    def refusal(self, entry: JournalPosted) -> str:
        """Why an entry cannot be posted; "" if it can."""
        left_over = rounding = 0
        for account, amount in entry.legs:
            if account not in ACCOUNTS:
                return f"no account '{account}'; known: {', '.join(ACCOUNTS)}"
            left_over += amount
            if account == ROUNDING:
                rounding += amount
        if self.closed and entry.effective_us < self.closed[-1].until_us:
            return f"'{entry.document}' is effective in a period that is closed: {self.closed[-1].period} and all before it"
        if left_over:
            return f"debits and credits of '{entry.document}' differ by {left_over}"
        if abs(rounding) > MOST_ROUNDING_MINOR:
            return f"'{entry.document}' books {rounding} to rounding difference; allowed: {MOST_ROUNDING_MINOR} at most either way"
        return ""

    def post(self, entry: JournalPosted) -> None:
        self.entries.append(entry)
        for account, amount in entry.legs:
            self.balances[account] += amount
            if account == "work_in_progress":
                balance = self.wip_balances.pop(entry.request, 0) + amount
                if balance:
                    self.wip_balances[entry.request] = balance
            elif account in _STOCK_ACCOUNTS:
                self.stock_balances[entry.material] = self.stock_balances.get(entry.material, 0) + amount
            elif account == "goods_received_not_billed":
                self.unbilled[entry.order] = self.unbilled.get(entry.order, 0) - amount


_STOCK_ACCOUNTS = frozenset(STOCK_ACCOUNT.values())
