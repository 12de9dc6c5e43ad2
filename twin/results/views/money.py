"""Where the money went: from revenue to result in steps, cost of every request, and how both grow over time."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.accounting.statements import income_sections
from twin.model.measures import US_PER_H
from twin.model.settlement.chart import EARNING
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from revenue to result; totals stand on the ground. Earnings > 0, costs < 0, minor units."""

    title: str
    amount_minor: int
    is_total: bool


def steps(run: Run) -> list[Step]:
    """The income statement as steps: revenue, cost of goods sold, each group of losses, result."""
    rows = run.erp.income_statement()
    by_account = {row.account: row for row in rows if row.account}
    found = [Step(title="Revenue", amount_minor=by_account["revenue"].amount_minor, is_total=True)]
    found.append(Step(title="Cost of goods sold", amount_minor=by_account["cost_of_goods_sold"].amount_minor, is_total=False))
    unused = set() if run.plant.materials.overheads else {"Overhead not absorbed"}
    unused |= {"Settlement", "Other earnings", "General costs"} - {row.section for row in rows if row.amount_minor}
    for title, accounts in (section for section in income_sections(run.erp.ledger.accounts)[1:] if section[0] not in unused):
        found.append(Step(title=title, amount_minor=sum(by_account[a].amount_minor for a in accounts), is_total=False))
    found.append(Step(title="Result", amount_minor=sum(row.amount_minor for row in by_account.values()), is_total=True))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPoint:
    """Revenue and cost up to an instant, minor units."""

    at_us: int
    revenue_minor: int
    cost_minor: int


def growth(run: Run, point_count: int = 120) -> list[GrowthPoint]:
    """How revenue and cost have grown since the start, at evenly spaced instants."""
    span_us = max(US_PER_H, run.now_us - run.scenario.start_us)
    bounds = [run.scenario.start_us + span_us * i // point_count for i in range(point_count + 1)]
    revenue, cost, place, found = 0, 0, 0, []
    kinds = {code for code, it in run.erp.ledger.accounts.items() if it.kind in EARNING}
    entries = sorted(run.erp.ledger.entries, key=lambda entry: entry.effective_us)
    for at_us in bounds:
        while place < len(entries) and entries[place].effective_us <= at_us:
            for account, amount_minor in entries[place].legs:
                if account == "revenue":
                    revenue -= amount_minor
                elif account in kinds:
                    cost += amount_minor
            place += 1
        found.append(GrowthPoint(at_us=at_us, revenue_minor=revenue, cost_minor=cost))
    return found
