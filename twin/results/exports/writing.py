"""Files by their names: what ends in .xlsx, .pdf, .beancount or .hledger is written as that."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from twin.model.problems import listed
from twin.results.exports.finance import finance_book
from twin.results.exports.month_end import month_end_book
from twin.results.exports.paper import NEEDS_TYPST, paper
from twin.results.exports.sheets import Book, orders_book, packing_book, statements_book
from twin.results.exports.supply import plan_book, purchasing_book, stock_book
from twin.results.exports.workbook import workbook
from twin.results.plain_text.beancount import beancount_text
from twin.results.plain_text.hledger import hledger_text
from twin.results.run import Run
from twin.results.views.business.finance import Window, windows

TEXTS: dict[str, Callable[[Run], str]] = {".beancount": beancount_text, ".hledger": hledger_text}
KINDS = (".xlsx", ".pdf", *TEXTS)
STATEMENTS = "statements"
OF_WINDOWS: dict[str, Callable[[Run, Window], Book]] = {STATEMENTS: statements_book, "finance": finance_book}
"""What is of a window, by name."""
SUBJECTS: dict[str, Callable[[Run], Book]] = {
    "orders": orders_book, "purchasing": purchasing_book, "stock": stock_book, "material_plan": plan_book, "month_end": month_end_book,
}  # fmt: skip
"""What stands as it is now, by name."""


def subject_of(file: Path) -> str:
    """What a file is of by its name: the first of `SUBJECTS` that stands in it, else the statements."""
    name = file.stem.lower().replace("-", "_").replace(" ", "_")
    return next((subject for subject in (*SUBJECTS, *OF_WINDOWS) if subject in name), STATEMENTS)


def doubts_about(files: list[Path]) -> list[str]:
    """Why files of these names cannot be written, one for each that cannot, before anything is made for them."""
    return [doubt for file in files if (doubt := _doubt_about(file))]


def _doubt_about(file: Path) -> str:
    if file.suffix not in KINDS:
        return f"'{file}' is no file for books; allowed: a name that ends in {listed(KINDS)}"
    if not file.parent.is_dir():
        return f"'{file}': there is no folder '{file.parent}'; allowed: one that exists"
    if file.is_dir():
        return f"'{file}' is a folder; allowed: a file"
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        return f"'{file}' cannot be written: permission denied; allowed: a file that may be written"
    if file.suffix == ".pdf" and find_spec("typst") is None:
        return f"'{file}': {NEEDS_TYPST}"
    return ""


def export(run: Run, what: str, kind: str, window: Window = "since the start") -> bytes:
    """What is of a window (one of `OF_WINDOWS`), or stands as it is (of `SUBJECTS`), as bytes of a kind (one of `KINDS`).

    Raises
    ------
    ValueError : no such window; a sheet is too long; or what sets a PDF is not installed
    """
    if kind in TEXTS:
        return TEXTS[kind](run).encode()
    if what in SUBJECTS:
        book = SUBJECTS[what](run)
    elif isinstance(window, str) and window not in windows(run):
        raise ValueError(f"there is no window '{window}'; allowed: {listed(windows(run))}")
    else:
        book = OF_WINDOWS[what](run, window)
    return workbook(book) if kind == ".xlsx" else paper(book)


def packing_list(run: Run, order: str) -> bytes:
    """The packing list of a customer order, as a PDF.

    Raises
    ------
    ValueError : nothing is packed for it; or what sets a PDF is not installed
    """
    return paper(packing_book(run, order))
