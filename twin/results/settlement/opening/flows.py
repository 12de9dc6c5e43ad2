"""A line of the cash flow statement opened: the legs against cash (direct), or the legs of what changed beside it (indirect)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.results.settlement.cash_flow import (
    CASH,
    CHANGE,
    FlowRow,
    cash_flow,
    direct_parts,
    indirect_parts,
    is_within,
    owed_for_assets,
)
from twin.results.settlement.opening.portions import Opened, Portion, leg

if TYPE_CHECKING:
    from twin.results.run import Run


def flow_figures(run: Run, from_us: int | None, to_us: int | None) -> dict[str, FlowRow]:
    """Each line of [from_us, to_us) by its name; no two lines have the same, but the change of cash, which is the same both ways."""
    return {row.line: row for row in cash_flow(run.erp.ledger, from_us, to_us)}


def flow_opened(run: Run, figure: str, row: FlowRow, from_us: int | None, to_us: int | None) -> Opened:
    """A line of [from_us, to_us); cash that came in above zero."""
    parts_of = direct_parts if row.method == "direct" else indirect_parts
    portions, for_assets = list[Portion](), owed_for_assets(run.erp.ledger)
    for number, entry in enumerate(run.erp.ledger.entries):
        if not is_within(entry, from_us, to_us):
            continue
        if row.line == CHANGE:
            portions += [leg(number, account, minor) for account, minor in entry.legs if account == CASH]
        else:
            parts = parts_of(entry, run.erp.ledger.accounts, for_assets.get(number, 0))
            portions += [leg(number, it.account, it.amount_minor) for it in parts if it.line == row.line]
    return Opened(figure=figure, amount_minor=row.amount_minor, portions=portions)
