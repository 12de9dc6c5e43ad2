"""Figures by name that no account is: "variance: labour rate", "receivables: acme", "margin: order B1", "stock: BAR50" and their like."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from twin.erp.accounting.valuation.variances import Window as VarianceWindow
from twin.model.problems import did_you_mean, listed
from twin.results.settlement.margins import OPERATING_RESULT, margins
from twin.results.settlement.opening.cells import cell_figures, cell_opened
from twin.results.settlement.opening.earned import budget_figures, budget_opened, margin_figures, margin_opened
from twin.results.settlement.opening.flows import flow_figures, flow_opened
from twin.results.settlement.opening.owed import SIDES, owed_figures, owed_opened
from twin.results.settlement.opening.portions import Opened
from twin.results.settlement.opening.variances import variance_figures, variance_opened
from twin.results.settlement.opening.worth import stock_figures, stock_opened, work_figures, work_opened

if TYPE_CHECKING:
    from twin.results.run import Run

OF_WINDOWS = ("variance", "margin", "cash flow", "dimension")
FAMILIES = ("variance", *SIDES, "budget", *OF_WINDOWS[1:], "work in progress", "stock")
"""What stands before the colon; `OF_WINDOWS`: of those that are of a window, others are as they stand."""


def is_figure(figure: str) -> bool:
    """Whether it is of these, and neither an account nor a line of a statement."""
    return figure.partition(": ")[0] in FAMILIES and ": " in figure


def is_of_window(figure: str) -> bool:
    """Whether it is a variance, a line of the cash flow statement or a cell of a dimension: on the page, of the window that is chosen."""
    return figure.startswith(("variance: ", "cash flow: ", "dimension: "))


def figure_opened(run: Run, figure: str, from_us: int | None = None, to_us: int | None = None) -> Opened:
    """Open a figure; all but variances, margins, cash flows and dimensions are as they stand.

    Raises
    ------
    ValueError : no such figure, or a window where there is none
    """
    family, _, name = figure.partition(": ")
    if family not in OF_WINDOWS and (from_us, to_us) != (None, None):
        raise ValueError(
            f"'{figure}' is as it stands, of no window; allowed: without one, or of accounts, statements, variances, margins, cash flows"
        )
    if family == "variance":
        known = run.erp.variances(from_us, to_us)
        of = variance_figures(known)
        return variance_opened(run, figure, of[_known(family, name, of)], known, VarianceWindow(from_us=from_us, to_us=to_us))
    if family == "budget":
        budgets = budget_figures(run)
        return budget_opened(run, figure, *budgets[_known(family, name, budgets)])
    if family in SIDES:
        items = owed_figures(run, family)
        return owed_opened(run, figure, SIDES[family], items[_known(family, name, items)])
    if family == "cash flow":
        lines = flow_figures(run, from_us, to_us)
        return flow_opened(run, figure, lines[_known(family, name, lines)], from_us, to_us)
    if family == "dimension":
        found = cell_figures(run, from_us, to_us)
        return cell_opened(run, figure, found[_known(family, name, found)], from_us, to_us)
    if family == "work in progress":
        requests = work_figures(run)
        return work_opened(run, figure, requests[_known(family, name, requests)])
    if family == "stock":
        materials = stock_figures(run)
        return stock_opened(run, figure, materials[_known(family, name, materials)])
    return _margin(run, figure, name, from_us, to_us)


def _margin(run: Run, figure: str, name: str, from_us: int | None, to_us: int | None) -> Opened:
    opened = margin_opened(run, figure, name, from_us, to_us)
    if opened is None:
        found = margins(run, from_us, to_us)
        nobodys = [run.erp.ledger.accounts[account].title for account in found.of_nobody]
        _known("margin", name, [*margin_figures(run, list(found.rows)), *nobodys, OPERATING_RESULT])
        raise AssertionError(f"'{figure}' is known, and was not opened")
    return opened


def _known(family: str, name: str, known: Collection[str]) -> str:
    """The name, if there is such a figure."""
    if name not in known:
        raise ValueError(f"no figure '{family}: {name}'{did_you_mean(name, known)}; allowed after '{family}: ': {listed(known, 60)}")
    return name
