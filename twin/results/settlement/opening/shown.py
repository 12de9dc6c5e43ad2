"""What a page shows of figures that are opened: portions with their documents; and budgets, margins and stock, to open them by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twin.erp.rows import StockRow
from twin.model.settlement.chart import EARNING
from twin.results.run import Run
from twin.results.settlement.behind import figures
from twin.results.settlement.cash_flow import is_within
from twin.results.settlement.dimensions import BudgetRow, budget_rows
from twin.results.settlement.margins import MADE_OF, MARGINS_BY, OPERATING_RESULT, margins, names_of
from twin.results.settlement.opening.cells import cell_figure, cells
from twin.results.settlement.opening.figures import figure_opened, is_figure, is_of_window
from twin.results.settlement.opening.portions import Opened, Portion, leg, legs_of, total
from twin.results.views.business.finance import WINDOWS, Window, window_us


@dataclass(frozen=True, slots=True, kw_only=True)
class PortionNow:
    """One portion. `entry` None: no entry, but what the figure is reckoned with, as `document` says. Minor units."""

    entry: int | None
    at_us: int | None
    document: str
    account: str
    concerns: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureNow:
    """A figure and what it is made of."""

    figure: str
    amount_minor: int
    portions: list[PortionNow]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginNow:
    """What was earned on something, minor units: costs below zero. `figure`: the name by which it is opened."""

    figure: str
    title: str
    revenue_minor: int
    sold_minor: int
    made_minor: int  # scrap, rework and production variance
    margin_minor: int
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNow:
    """What an account has changed by for one of a dimension; debit > 0, minor units. `figure`: the name by which it is opened."""

    figure: str
    name: str
    account: str
    amount_minor: int


def figure_now(figure: str, window: Window = WINDOWS[0]) -> Callable[[Run], FigureNow | None]:
    """What looks at what a figure is made of; None: there is no such figure any more. `window`: of statements and the cash flow."""
    has_window = is_of_window(figure) or not is_figure(figure)

    def look(run: Run) -> FigureNow | None:
        from_us, to_us = window_us(run, window) if has_window else (None, None)
        try:
            opened = figure_opened(run, figure, from_us, to_us) if is_figure(figure) else _of_statement(run, figure, from_us, to_us)
        except ValueError:
            return None
        return FigureNow(figure=figure, amount_minor=opened.amount_minor, portions=[_portion(run, it) for it in opened.portions])

    look.__qualname__ = f"figure {figure}" + (f" of {window}" if has_window else "")
    return look


def _of_statement(run: Run, figure: str, from_us: int | None, to_us: int | None) -> Opened:
    """A total of the income statement of [from_us, to_us), or of the balance sheet at its end."""
    known = figures(run.erp.ledger.accounts)
    if figure not in known:
        raise ValueError(f"no total '{figure}' in the statements")
    accounts, sign = known[figure]
    begins_us = from_us if all(run.erp.ledger.accounts[account].kind in EARNING for account in accounts) else None
    legs = legs_of(run.erp, accounts, lambda it: is_within(it, begins_us, to_us))
    portions = [leg(it.entry, it.account, sign * it.amount_minor) for it in legs if it.entry is not None]
    return Opened(figure=figure, amount_minor=total(portions), portions=portions)


def _portion(run: Run, it: Portion) -> PortionNow:
    if it.entry is None:
        return PortionNow(entry=None, at_us=None, document=it.words, account="", concerns="", amount_minor=it.amount_minor)
    entry = run.erp.ledger.entries[it.entry]
    about = (entry.order, entry.request, entry.job_order, entry.lot, entry.equipment, entry.person)
    concerns = ", ".join(filter(None, (next(filter(None, about), ""), entry.material)))
    return PortionNow(
        entry=it.entry, at_us=entry.effective_us, document=entry.document, concerns=concerns,
        account=run.erp.ledger.accounts[it.account].title,
        amount_minor=it.amount_minor,
    )  # fmt: skip


def budgets_now(run: Run) -> list[BudgetRow]:
    """Every month and account of which something is planned."""
    return budget_rows(run)


def stock_worth_now(run: Run) -> list[StockRow]:
    """Every material that is worth something, the dearest first."""
    return sorted((it for it in run.erp.stock_rows() if it.value_minor), key=lambda it: -abs(it.value_minor))


def margins_now(by: str, window: Window = WINDOWS[0]) -> Callable[[Run], list[MarginNow]]:
    """What looks at margins by "lot", "line", "order" or "customer", the best first; then what is nobody's, and the operating result."""
    assert by in MARGINS_BY

    def look(run: Run) -> list[MarginNow]:
        found, sums = margins(run, *(window_us(run, window) if window != WINDOWS[0] else (None, None))), dict[str, dict[str, int]]()
        for row in found.rows:
            of = sums.setdefault(names_of(run, row)[by], {})
            for account, minor in row.amounts.items():
                of[account] = of.get(account, 0) + minor
        lines = [_line(f"margin: {by} {name or 'of none'}", name or f"of no {by}", of) for name, of in sums.items()]
        lines.sort(key=lambda it: -it.margin_minor)
        nobodys = sorted((run.erp.ledger.accounts[account].number, account) for account in found.of_nobody)
        titled = [(account, run.erp.ledger.accounts[account].title) for _, account in nobodys]
        lines += [_line(f"margin: {title}", title, {account: found.of_nobody[account]}) for account, title in titled]
        every = _line(f"margin: {OPERATING_RESULT}", OPERATING_RESULT, {}, is_total=True, margin_minor=found.result_minor)
        return [*lines, every]

    look.__qualname__ = f"margins by {by} in {window}"
    return look


def _line(figure: str, title: str, of: dict[str, int], *, is_total: bool = False, margin_minor: int | None = None) -> MarginNow:
    return MarginNow(
        figure=figure, title=title, revenue_minor=of.get("revenue", 0), sold_minor=of.get("cost_of_goods_sold", 0),
        made_minor=sum(of.get(account, 0) for account in MADE_OF), is_total=is_total,
        margin_minor=sum(of.values()) if margin_minor is None else margin_minor,
    )  # fmt: skip


def cells_now(dimension: str, window: Window) -> Callable[[Run], list[CellNow]]:
    """What looks at a dimension in a window; accounts of the balance sheet too, since what is owed by whom is asked there."""

    def look(run: Run) -> list[CellNow]:
        return [
            CellNow(figure=f"dimension: {cell_figure(cell)}", name=cell[1], account=cell[2], amount_minor=minor)
            for cell, minor in cells(run, dimension, *window_us(run, window)).items()
        ]

    look.__qualname__ = f"{dimension} in {window}"
    return look
