"""Files by their names: what ends in .xlsx, .pdf or .beancount is written as that."""

from __future__ import annotations

from pathlib import Path

from twin.model.problems import listed
from twin.results.books_text import ledger_text
from twin.results.exports.paper import paper
from twin.results.exports.sheets import orders_book, packing_book, statements_book
from twin.results.exports.workbook import workbook
from twin.results.run import Run
from twin.results.views.business.finance import Window, windows

KINDS = (".xlsx", ".pdf", ".beancount")


def doubts_about(files: list[Path]) -> list[str]:
    """Why files of these names cannot be written, one for each that cannot."""
    unknown = [f"'{file}' is no file for books; allowed: a name that ends in {listed(KINDS)}" for file in files if file.suffix not in KINDS]
    return unknown + [
        f"'{file}': there is no folder '{file.parent}'; allowed: one that exists" for file in files if not file.parent.is_dir()
    ]


def export(run: Run, what: str, kind: str, window: Window = "since the start") -> bytes:
    """Statements of a window, or orders ("statements", "orders") as bytes of a kind (".xlsx", ".pdf", ".beancount").

    Raises
    ------
    ValueError : no such window; or what sets a PDF is not installed
    """
    if kind == ".beancount":
        return ledger_text(run).encode()
    if isinstance(window, str) and window not in windows(run):
        raise ValueError(f"there is no window '{window}'; allowed: {listed(windows(run))}")
    book = orders_book(run) if what == "orders" else statements_book(run, window)
    return workbook(book) if kind == ".xlsx" else paper(book)


def packing_list(run: Run, order: str) -> bytes:
    """The packing list of a customer order, as a PDF.

    Raises
    ------
    ValueError : nothing is packed for it; or what sets a PDF is not installed
    """
    return paper(packing_book(run, order))
