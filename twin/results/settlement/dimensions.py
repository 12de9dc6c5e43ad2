"""The same money asked another way: by plant, product, order, work center, customer, supplier; and against what was planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.erp.accounting.statements import sums
from twin.erp.settlement.open_items import Side
from twin.model.events import JournalPosted
from twin.model.plant import Plant
from twin.model.problems import did_you_mean
from twin.model.settlement.chart import Account, AccountKind
from twin.results.frames import from_rows, in_currency

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

DIMENSIONS = ("plant", "product", "order", "work_center", "customer", "supplier", "person")
SIDES: tuple[Side, ...] = ("payable", "receivable")
DIMENSION_COLUMNS = ("dimension", "name", "account", "title", "amount_eur")
BUDGET_COLUMNS = ("month", "account", "title", "budget_eur", "actual_eur", "better_eur")


def work_centers(plant: Plant) -> dict[str, str]:
    """The work center of each work unit, line and station."""
    layout = plant.layout
    centers = {name: it.work_center for name, it in layout.work_units.items()}
    centers |= {name: line.work_center for name, line in layout.production_lines.items()}
    return centers | {name: line.work_center for line in layout.production_lines.values() for name in line.stations}


class Dimensions:
    """What each entry is about, by what it names and what the ERP knows of that; "": nothing."""

    def __init__(self, run: Run) -> None:
        self._erp, self._plant, self._centers = run.erp, run.plant.id, work_centers(run.plant)
        self._known_centers = run.plant.layout.work_centers
        items = run.erp.settlement.items
        self._parties = {side: {it.order: it.party for it in items.of_side(side) if "/" in it.order} for side in SIDES}

    def of(self, entry: JournalPosted, dimension: str) -> str:
        """The plant, product, customer order ... of an entry."""
        match dimension:
            case "plant":
                return self._plant
            case "product":
                return self._product(entry)
            case "order":
                return self._order(entry)
            case "work_center":
                return self._centers.get(entry.equipment, entry.equipment if entry.equipment in self._known_centers else "")
            case "customer":
                customer = entry.customer or self._erp.customer_orders.customer_of(self._order(entry))
                return customer or self._parties["receivable"].get(entry.order, "")
            case "person":
                return entry.person
            case _:
                bought = self._erp.purchasing.orders.get(entry.order)
                return entry.supplier or (bought.supplier if bought else self._parties["payable"].get(entry.order, ""))

    def parts(self, entry: JournalPosted, dimension: str) -> Iterator[tuple[str, str, int]]:
        """What of each leg is whose: name, account, minor units."""
        name = self.of(entry, dimension)
        for account, minor in entry.legs:
            yield name, account, minor

    def _order(self, entry: JournalPosted) -> str:
        """The order with all its lines."""
        orders = self._erp.customer_orders
        if entry.order in orders.orders or entry.order in orders.headers:
            return orders.whole(entry.order)
        request = self._erp.requests.requests.get(entry.request)
        return orders.whole(request.order) if request else ""

    def _product(self, entry: JournalPosted) -> str:
        request = self._erp.requests.requests.get(entry.request)
        if request is not None:
            return request.material
        order = self._erp.customer_orders.orders.get(entry.order) or self._erp.purchasing.orders.get(entry.order)
        return order.material if order else entry.material


def dimension_table(run: Run, dimension: str, from_us: int | None, to_us: int | None) -> pd.DataFrame:
    """What each account has changed by, by what it was for; debit > 0."""
    if dimension not in DIMENSIONS:
        raise ValueError(f"no dimension '{dimension}'{did_you_mean(dimension, DIMENSIONS)}; allowed: {', '.join(DIMENSIONS)}")
    about, accounts = Dimensions(run), run.erp.ledger.accounts
    found: dict[tuple[str, str], int] = {}
    for entry in run.erp.ledger.entries:
        if (from_us is None or entry.effective_us >= from_us) and (to_us is None or entry.effective_us < to_us):
            for name, account, minor in about.parts(entry, dimension):
                found[name, account] = found.get((name, account), 0) + minor
    rows = [
        {"dimension": dimension, "name": name, "account": account, "title": accounts[account].title, "amount_eur": minor / 100}
        for (name, account), minor in sorted(found.items(), key=lambda it: (it[0][0], accounts[it[0][1]].number))
        if minor
    ]
    return in_currency(from_rows(rows, DIMENSION_COLUMNS), run.plant.layout.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """What was planned of an account in a month, what it came to, and what of that is better (> 0); minor units."""

    month: str
    account: str
    budget_minor: int
    actual_minor: int
    better_minor: int


def budget_rows(run: Run) -> list[BudgetRow]:
    """Each month and account of which something is planned; what is earned or absorbed counts above zero, as cost does."""
    rows = []
    for month, planned in sorted(run.erp.settlement.budgets.planned.items()):
        changed = sums(run.erp.ledger, *month_us(month, run.plant.layout.time_zone))
        for account, budget_minor in planned.items():
            is_earned = earns(run.erp.ledger.accounts[account])
            actual_minor = -changed[account] if is_earned else changed[account]
            better_minor = actual_minor - budget_minor if is_earned else budget_minor - actual_minor
            rows.append(
                BudgetRow(month=month, account=account, budget_minor=budget_minor, actual_minor=actual_minor, better_minor=better_minor)
            )
    return rows


def earns(account: Account) -> bool:
    """Whether what is good for the result stands on its credit side."""
    return account.kind == AccountKind.REVENUE or account.code.endswith("_absorbed")


def budgets_table(run: Run) -> pd.DataFrame:
    """The rows of `budget_rows`."""
    accounts = run.erp.ledger.accounts
    rows = [
        {
            "month": it.month, "account": it.account, "title": accounts[it.account].title, "budget_eur": it.budget_minor / 100,
            "actual_eur": it.actual_minor / 100, "better_eur": it.better_minor / 100,
        }
        for it in budget_rows(run)
    ]  # fmt: skip
    return in_currency(from_rows(rows, BUDGET_COLUMNS), run.plant.layout.currency)


def month_us(month: str, zone: str) -> tuple[int, int]:
    """From when to when a month of the plant lasts, as "2026-03"."""
    year, number = (int(part) for part in month.split("-"))
    first = datetime(year, number, 1, tzinfo=ZoneInfo(zone))
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    return int(first.timestamp()) * 1_000_000, int(after.timestamp()) * 1_000_000
