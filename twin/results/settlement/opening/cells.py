"""Cells of the dimensions opened: what an account has changed by for a work center, a customer and the like, leg by leg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.results.settlement.cash_flow import is_within
from twin.results.settlement.dimensions import DIMENSIONS, Dimensions
from twin.results.settlement.opening.portions import Opened, leg

if TYPE_CHECKING:
    from twin.results.run import Run

Cell = tuple[str, str, str]
NONE = "of none"


def cell_figure(cell: Cell) -> str:
    """The name by which a cell is opened."""
    dimension, name, account = cell
    return f"{dimension} {name or NONE}, {account}"


def cells(run: Run, dimension: str, from_us: int | None, to_us: int | None) -> dict[Cell, int]:
    """Every cell of a dimension in [from_us, to_us) that is not zero, by name and number of the account; what is of none comes last."""
    about, found = Dimensions(run), dict[Cell, int]()
    for entry in run.erp.ledger.entries:
        if is_within(entry, from_us, to_us):
            for name, account, minor in about.parts(entry, dimension):
                key = dimension, name, account
                found[key] = found.get(key, 0) + minor
    numbers = {code: it.number for code, it in run.erp.ledger.accounts.items()}
    return {key: found[key] for key in sorted(found, key=lambda it: (not it[1], it[1], numbers[it[2]])) if found[key]}


def cell_figures(run: Run, from_us: int | None, to_us: int | None) -> dict[str, Cell]:
    """Every cell by its name."""
    return {cell_figure(cell): cell for dimension in DIMENSIONS for cell in cells(run, dimension, from_us, to_us)}


def cell_opened(run: Run, figure: str, cell: Cell, from_us: int | None, to_us: int | None) -> Opened:
    """A cell, leg by leg."""
    dimension, name, account = cell
    about = Dimensions(run)
    portions = [
        leg(number, account, minor)
        for number, entry in enumerate(run.erp.ledger.entries)
        if is_within(entry, from_us, to_us)
        for named, code, minor in about.parts(entry, dimension)
        if (named, code) == (name, account)
    ]
    return Opened(figure=figure, amount_minor=sum(it.amount_minor for it in portions), portions=portions)
