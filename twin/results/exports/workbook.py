"""A book as an Excel workbook: amounts as numbers with two decimals, times as dates of the plant's zone, one sheet each."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.results.exports.sheets import Book, Cell, Kind, Sheet

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {},
    "money": {"num_format": "#,##0.00;[Red]-#,##0.00"},
    "count": {"num_format": "#,##0"},
    "share": {"num_format": "0%"},
    "number": {"num_format": "#,##0.0"},
    "time": {"num_format": "yyyy-mm-dd hh:mm"},
}
MOST_ROWS = 1_048_576 - 4
"""That Excel has room for, below the heading."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def workbook(book: Book) -> bytes:
    """The file, byte for byte the same for the same book.

    Raises
    ------
    ValueError : a sheet has more rows than Excel has room for
    """
    import xlsxwriter

    if long := [f"'{sheet.title}' has {len(sheet.rows):,}" for sheet in book.sheets if len(sheet.rows) > MOST_ROWS]:
        raise ValueError(f"Excel has room for {MOST_ROWS:,} rows of a sheet, and {', '.join(long)}; allowed: the tables of a notebook")

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True, "strings_to_formulas": False, "strings_to_urls": False})
    at = _local(book.at_us, book).replace(tzinfo=None)
    made.set_properties({"title": f"{book.plant}: {book.title}", "comments": book.about, "created": at})
    for sheet in book.sheets:
        _write(made, made.add_worksheet(sheet.title), sheet, book)
    made.close()
    return out.getvalue()


def _write(made: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, book: Book) -> None:
    title, note = made.add_format({"bold": True, "font_size": 14}), made.add_format({"font_color": "#606060"})
    head = made.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    plain = {kind: made.add_format(look) for kind, look in FORMATS.items()}
    total = {kind: made.add_format({**look, "bold": True, "top": 1}) for kind, look in FORMATS.items()}
    page.write_string(0, 0, f"{book.plant}: {sheet.title}", title)
    page.write_string(1, 0, f"{book.about}; times are local ({book.time_zone})", note)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(3, place, column.title, head)
    for line, row in enumerate(sheet.rows, start=4):
        looks = total if row.is_total else plain
        for place, (column, cell) in enumerate(zip(sheet.columns, row.cells, strict=True)):
            _write_cell(page, line, place, column.kind, cell, looks[column.kind], book)
    page.freeze_panes(4, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write_cell(page: Worksheet, line: int, place: int, kind: Kind, cell: Cell, look: Any, book: Book) -> None:
    if cell is None or cell == "":
        page.write_blank(line, place, None, look)
    elif kind == "money":
        page.write_number(line, place, Decimal(int(cell)) / 100, look)  # a decimal up to the file: no cent is lost on the way
    elif kind == "count":
        page.write_number(line, place, int(cell), look)
    elif kind in ("share", "number"):
        page.write_number(line, place, float(cell), look)
    elif kind == "time":
        page.write_datetime(line, place, _local(int(cell), book), look)
    else:
        page.write_string(line, place, str(cell), look)


def _local(at_us: int, book: Book) -> datetime:
    """To the second: Excel keeps days as floating-point numbers."""
    return (_EPOCH + timedelta(seconds=at_us // 1_000_000)).astimezone(ZoneInfo(book.time_zone))
