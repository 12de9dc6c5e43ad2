"""The general ledger: double entries on the accounts of a chart, and balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.model.events import JournalPosted, PeriodClosed
from twin.model.settlement.chart import ACCOUNTS, Account, named_now

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

    def __init__(self, accounts: Mapping[str, Account] = ACCOUNTS) -> None:
        self.accounts = accounts
        self.entries: list[JournalPosted] = []
        self.closed: list[PeriodClosed] = []
        self.balances: dict[str, int] = dict.fromkeys(accounts, 0)
        self.stock_balances: dict[str, int] = {}  # by material
        self.wip_balances: dict[str, int] = {}  # by request, those that are not zero
        self.unbilled: dict[str, int] = {}  # goods received of which the bill is still to come, by purchase order; > 0

    def post(self, entry: JournalPosted) -> str:
        """Post an entry, on the accounts as they are called now; why it cannot be posted, "" if it was."""
        entry = as_posted(entry)
        if refusal := self._refusal(entry):
            return refusal
        self._post(entry)
        return ""

    def _refusal(self, entry: JournalPosted) -> str:
        left_over = rounding = 0
        for account, amount in entry.legs:
            if account not in self.accounts:
                return f"no account '{account}'; known: {', '.join(self.accounts)}"
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

    def _post(self, entry: JournalPosted) -> None:
        self.entries.append(entry)
        balances = self.balances
        for account, amount in entry.legs:
            balances[account] += amount
            if account == "work_in_progress":
                balance = self.wip_balances.pop(entry.request, 0) + amount
                if balance:
                    self.wip_balances[entry.request] = balance
            elif account in _STOCK_ACCOUNTS:
                self.stock_balances[entry.material] = self.stock_balances.get(entry.material, 0) + amount
            elif account == "goods_received_not_billed":
                self.unbilled[entry.order] = self.unbilled.get(entry.order, 0) - amount


def as_posted(entry: JournalPosted) -> JournalPosted:
    """An entry of the journal as it stands in the ledger: on the accounts as they are called now."""
    legs = named_now(entry.legs)
    return entry if legs is entry.legs else replace(entry, legs=legs)


_STOCK_ACCOUNTS = frozenset(STOCK_ACCOUNT.values())
