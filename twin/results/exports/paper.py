"""A book as a PDF, set by Typst: no browser, no fonts of the system, nothing fetched."""

from __future__ import annotations

import base64
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from twin.results.exports.sheets import Book, Cell, Kind, Sheet
from twin.results.reports.documents import Shown
from twin.results.summary import grouped, money

# What is written goes in as data: nothing that stands in a name can be taken for markup.
TEMPLATE = """
#let book = json(bytes(sys.inputs.book))
#set document(title: book.plant + ": " + book.title, date: none)
#set page(paper: "a4", flipped: book.wide, margin: (x: 1.6cm, y: 1.8cm), numbering: "1 / 1")
#set text(size: 9pt, lang: "en")
#text(size: 16pt, weight: "bold", book.plant + ": " + book.title)
#linebreak()
#text(fill: luma(35%), book.about)
#for sheet in book.sheets {
  v(6pt)
  block(sticky: true, text(size: 12pt, weight: "bold", sheet.title))
  table(
    columns: sheet.widths.map(it => it * 1fr),
    align: sheet.right.map(it => if it { right } else { left }),
    stroke: (x, y) => if y == 1 { (top: 0.6pt) } else if y > 1 { (top: 0.2pt + luma(80%)) },
    inset: (x: 3pt, y: 2.6pt),
    table.header(..sheet.head.map(it => strong(it))),
    ..sheet.rows.map(row => row.cells.map(it => if row.total { strong(it) } else { it })).flatten(),
  )
}
#for it in book.pictures {
  v(6pt)
  block(breakable: false)[#if it.file != "" { image("/" + it.file, height: 8cm, alt: it.words) } #it.words]
}
"""
WIDE_FROM = 7
"""Columns from which on a page lies on its side."""
NEEDS_TYPST = "a PDF needs typst; allowed: install plant-twin[pdf], or take the Excel file"
NOT_DRAWN = "this picture cannot be drawn; its file is kept as it was sent"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def paper(book: Book) -> bytes:
    """The file, byte for byte the same for the same book.

    Raises
    ------
    ValueError : what sets pages is not installed
    """
    try:
        import typst
    except ImportError:
        raise ValueError(NEEDS_TYPST) from None
    said = {
        "plant": book.plant, "title": book.title, "about": f"{book.about}; times are local ({book.time_zone})",
        "wide": max(len(sheet.columns) for sheet in book.sheets) >= WIDE_FROM, "sheets": [_sheet(sheet, book) for sheet in book.sheets],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # it reads pictures there, and nothing elsewhere
        (source := Path(folder) / "book.typ").write_text(TEMPLATE, encoding="utf-8")

        def made_of(**parts: object) -> bytes:
            inputs = {"book": json.dumps(said | parts)}
            made = typst.compile(source, root=Path(folder), sys_inputs=inputs, format="pdf", ignore_system_fonts=True)
            assert isinstance(made, bytes)
            return made

        pictures = [{"file": _kept(folder, n, it), "words": it.words} for n, it in enumerate(book.pictures)]
        try:
            return made_of(pictures=pictures)
        except typst.TypstError:
            if not pictures:
                raise
        for it in pictures:  # a record that cannot be read for one of its pictures would be worse than one that says so
            try:
                made_of(sheets=[], pictures=[it])
            except typst.TypstError:
                it |= {"file": "", "words": f"{it['words']}: {NOT_DRAWN}"}
        return made_of(pictures=pictures)


def _kept(folder: str, place: int, it: Shown) -> str:
    """A picture as a file; its name."""
    name = f"{place}.{it.media.removeprefix('image/')}"
    (Path(folder) / name).write_bytes(base64.b64decode(it.content))
    return name


def _sheet(sheet: Sheet, book: Book) -> dict[str, object]:
    return {
        "title": sheet.title,
        "widths": [column.width for column in sheet.columns],
        "right": [column.kind not in ("text", "time") for column in sheet.columns],
        "head": [column.title for column in sheet.columns],
        "rows": [
            {
                "cells": [_text(column.kind, cell, book) for column, cell in zip(sheet.columns, row.cells, strict=True)],
                "total": row.is_total,
            }
            for row in sheet.rows
        ],
    }


def _text(kind: Kind, cell: Cell, book: Book) -> str:
    if cell is None or cell == "":
        return ""
    if kind == "money":
        return grouped(money(int(cell)))
    if kind == "count":
        return f"{cell:,}"
    if kind == "share":
        return f"{cell:.0%}"
    if kind == "number":
        return f"{cell:,.1f}"
    if kind == "time":
        local = (_EPOCH + timedelta(microseconds=int(cell))).astimezone(ZoneInfo(book.time_zone))
        return local.strftime("%d %b %Y %H:%M")
    return str(cell)
