"""What was earned against what was planned, and on whom, opened: the legs of a month; the portions of legs that a lot or order bears."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from twin.results.settlement.dimensions import earns, month_us
from twin.results.settlement.margins import MARGINS_BY, OPERATING_RESULT, Margin, charged, margins, names_of
from twin.results.settlement.opening.portions import Opened, Portion, leg, legs_of

if TYPE_CHECKING:
    from twin.results.run import Run

Rows = list[Margin]


def budget_figures(run: Run) -> dict[str, tuple[str, str]]:
    """Every budget as "2026-03 revenue": its month and account."""
    return {f"{month} {account}": (month, account) for month, of in run.erp.settlement.budgets.planned.items() for account in of}


def budget_opened(run: Run, figure: str, month: str, account: str) -> Opened:
    """What a budget has come to: earnings above zero, as cost is."""
    from_us, to_us = month_us(month, run.plant.layout.time_zone)
    sign = -1 if earns(run.erp.ledger.accounts[account]) else 1
    legs = legs_of(run.erp, (account,), lambda it: from_us <= it.effective_us < to_us)
    portions = [leg(it.entry, account, sign * it.amount_minor) for it in legs if it.entry is not None]
    return Opened(figure=figure, amount_minor=sum(it.amount_minor for it in portions), portions=portions)


def margin_figures(run: Run, rows: Rows) -> dict[str, Rows]:
    """By customer, order, line of one, lot, and lot of a line, as "order B1" and "lot L of B1": the rows that each is the sum of."""
    found: dict[str, Rows] = {}
    for row in rows:
        names = names_of(run, row)
        for by in MARGINS_BY:
            found.setdefault(f"{by} {names[by] or 'of none'}", []).append(row)
        found.setdefault(f"lot {row.lot or 'of none'} of {row.order or 'no order'}", []).append(row)
    return found


def margin_opened(run: Run, figure: str, name: str, from_us: int | None, to_us: int | None) -> Opened | None:
    """What was earned: earnings above zero, costs below. None: nothing of that name has earned or cost anything."""
    found = margins(run, from_us, to_us)
    keyed, nobodys = charged(run, from_us, to_us)
    titles = {run.erp.ledger.accounts[account].title: account for account in found.of_nobody}
    if name == OPERATING_RESULT:
        legs = [it for of in (*keyed.legs.values(), *nobodys.values()) for it in of]
        return Opened(figure=figure, amount_minor=found.result_minor, portions=[leg(*it) for it in sorted(legs)])
    if name in titles:
        account = titles[name]
        return Opened(figure=figure, amount_minor=found.of_nobody[account], portions=[leg(*it) for it in nobodys[account]])
    rows = margin_figures(run, list(found.rows)).get(name)
    if rows is None:
        return None
    wanted = {(row.order, row.lot) for row in rows}
    portions: list[Portion] = []
    for key, legs in keyed.legs.items():
        order = key[0]
        shares = {lot: share for lot, share in keyed.lots(key).items() if (order, lot) in wanted}
        minor = sum(part for lot, part in keyed.parts(key) if (order, lot) in wanted)
        portions += _spread(legs, sum(shares.values(), Fraction(0)), minor)
    return Opened(figure=figure, amount_minor=sum(row.margin_minor for row in rows), portions=portions)


def _spread(legs: list[tuple[int, str, int]], share: Fraction, minor: int) -> list[Portion]:
    """A share of legs, in whole minor units that add up to what all of them have given: the last bears what rounding leaves."""
    found, so_far, given = list[Portion](), 0, 0
    for place, (number, account, amount) in enumerate(legs, start=1):
        so_far += amount
        upto = minor if place == len(legs) else round(so_far * share)
        if upto != given:
            found.append(leg(number, account, upto - given))
        given = upto
    return found
