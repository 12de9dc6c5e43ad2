"""Documents about a lot as files: its batch record, exceptions first, and its certificate of analysis; PDF, HTML or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from twin.model.problems import listed
from twin.results.exports.paper import paper
from twin.results.exports.sheets import Book, Column, Sheet, SheetRow, book_of
from twin.results.quality.certificate import certificate, certificate_html
from twin.results.reports.batch_record import batch_record, pictures_of
from twin.results.reports.batch_written import parts_of, record_html
from twin.results.reports.documents import written
from twin.results.run import Run

RECORD, CERTIFICATE = "batch_record", "certificate"
KINDS = {".pdf": "application/pdf", ".html": "text/html", ".json": "application/json"}
"""What a document can be taken away as, with its media type."""
MOST_COLUMNS = 8
"""A table that is wider cannot be read on paper: each of its rows becomes a list of what it says."""
_WIDEST = 34


def document_file(run: Run, what: str, name: str, kind: str) -> bytes:
    """The batch record of a lot or request, or the certificate of a lot, as the bytes of a file. Called with the run's lock.

    Raises
    ------
    ValueError : nobody knows such a lot; it cannot be certified, and why; or what sets a PDF is not installed
    """
    if kind not in KINDS:
        raise ValueError(f"a document is no '{kind}'; allowed: {listed(KINDS)}")
    found = batch_record(run, name) if what == RECORD else certificate(run, name)
    if kind == ".json":
        return (json.dumps(found, indent=2, ensure_ascii=False) + "\n").encode()
    if kind == ".html":
        return (record_html(found, pictures_of(run, found)) if what == RECORD else certificate_html(found)).encode()
    return paper(_record_book(run, found) if what == RECORD else _certificate_book(run, found))


def _record_book(run: Run, record: dict[str, Any]) -> Book:
    sheets = [sheet for part in parts_of(record) for sheet in _sheets(*part)]
    pictures = pictures_of(run, record)
    if "lots" in record:
        return book_of(run, f"Batch record of request {record['request']}", f"{len(record['lots'])} lots", sheets, pictures)
    about = f"{record['title']}, {record['produced']:,} of {record['quantity']:,} {record['unit']}; hash of this record {record['hash']}"
    return book_of(run, f"Batch record of lot {record['lot']}", about, sheets, pictures)


def _certificate_book(run: Run, document: dict[str, Any]) -> Book:
    sheets = []
    for it in document["inspections"]:
        rows = [
            {
                "characteristic": one["title"], "allowed": one["allowed"], "unit": one["unit"],
                "found": [f"{value:.6g}" for value in one["results"]], "verdict": "allowed" if one["is_allowed"] else "not allowed",
            }
            for one in it["characteristics"]
        ]  # fmt: skip
        sheets += _sheets(f"{it['title']}: {it['verdict']}, by {it['judged_by']}, {it['judged']}", "Nothing was asked.", rows)
    sheets += _sheets("Shipped", "Nothing of it has been shipped.", document["shipments"])
    sheets += _sheets("Nonconformances", "None.", document["nonconformances"])
    record = document["record"]
    sheets += _sheets("Record that it comes from", "", [record])
    about = f"{document['title']}, {document['quantity']:,} {document['unit']}"
    return book_of(run, f"Certificate of analysis, lot {document['lot']}", about, sheets)


def _sheets(title: str, empty: str, rows: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """A part as a table, or row by row where it is too wide for one."""
    if not rows:
        return [Sheet(title=title, columns=(Column(title="", kind="text", width=_WIDEST),), rows=[SheetRow(cells=(empty,))])]
    names = list(rows[0])
    if len(names) > MOST_COLUMNS:
        return [_list_of(f"{title}: {written(row[names[0]])}", row) for row in rows]
    lines = [tuple(written(row[name]) for name in names) for row in rows]
    columns = [
        Column(title=name.replace("_", " ").capitalize(), kind="text", width=max(5, min(_WIDEST, max(len(line[n]) for line in lines))))
        for n, name in enumerate(names)
    ]
    return [Sheet(title=title, columns=columns, rows=[SheetRow(cells=line) for line in lines])]


def _list_of(title: str, row: Mapping[str, Any]) -> Sheet:
    said = [(name.replace("_", " ").capitalize(), written(value)) for name, value in row.items()]
    columns = (Column(title="What", kind="text", width=14), Column(title="Is", kind="text", width=_WIDEST * 2))
    return Sheet(title=title, columns=columns, rows=[SheetRow(cells=one) for one in said if one[1]])
