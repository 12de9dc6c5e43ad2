"""The batch record as people read it: exceptions first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twin.results.reports.documents import Part, Shown, page, text

EXCEPTIONS = ("Exceptions", "Chain of the record")


COLUMNS = {
    "exceptions": ("at", "kind", "where", "what", "standing", "number", "accepted"),
    "steps": (
        "operation", "title", "job_order", "standing", "equipment", "start", "end", "persons", "good", "scrap", "rework", "setup_min",
        "run_min", "energy_kwh", "documents", "tools", "confirmed", "values",
    ),
    "materials": ("at", "job_order", "material", "lot", "quantity"),
    "results": ("plan", "characteristic", "found", "unit", "allowed", "is_allowed", "verdict", "verified_by_two"),
    "pictures": ("nonconformance", "file", "note", "person", "at", "digest"),
    "entries": ("at", "person", "terminal", "says", "what", "reason", "standing", "entry"),
    "signatures": ("person", "meaning", "at", "terminal", "entry"),
    "evidence": ("entry", "event", "at", "hash"),
}  # fmt: skip
"""In which order a part is read: a record that is kept has its names sorted, so that its hash is one."""


def _rows(record: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """The rows of a part, in the order in which they are read; what was open when the lot was released says that it went with that."""
    release, order = record["release"], COLUMNS[part]
    rows = [dict(sorted(row.items(), key=lambda it: order.index(it[0]) if it[0] in order else len(order))) for row in record[part]]
    if part == "exceptions" and "person" in release:
        with_it = f"with the release, by {release['person']}, {release['at']}: {release['reason']}"
        rows = [{**row, "accepted": row.get("accepted") or with_it} for row in rows]
    return rows


def parts_of(record: dict[str, Any]) -> list[Part]:
    """The parts of the record of a lot; of a request those of all its lots, one after the other."""
    if "lots" in record:
        return [
            ("Exceptions", "Nothing was an exception.", record["exceptions"]),
            *(part for one in record["lots"] for part in _named(one)),
        ]
    broken = [] if record["chain"]["holds"] else [record["chain"]]
    release = record["release"]
    return [
        ("Exceptions", "Nothing was an exception.", _rows(record, "exceptions")),
        ("Chain of the record", "Every entry is as it was written.", broken),
        ("Steps", "Nothing was done.", _rows(record, "steps")),
        ("Materials that went in", "None.", _rows(record, "materials")),
        ("Results against limits", "Nothing was inspected.", _rows(record, "results")),
        *([("Pictures", "None.", _rows(record, "pictures"))] if "pictures" in record else []),
        ("What persons said", "Nobody said anything.", _rows(record, "entries")),
        ("Signatures", "Nothing is signed.", _rows(record, "signatures")),
        (f"Release: {release['standing']}", "Quality assurance has not released it.", [release] if "person" in release else []),
        ("Entries of the journal that it rests on", "None.", _rows(record, "evidence")),
    ]


def _named(record: dict[str, Any]) -> list[Part]:
    return [(f"{record['lot']}: {title}", empty, rows) for title, empty, rows in parts_of(record)]


def _frame(record: dict[str, Any]) -> tuple[str, str, str]:
    if "lots" in record:
        hashes = ", ".join(f"{one['lot']} {one['hash']}" for one in record["lots"])
        return f"Batch record: request {record['request']}", f"{len(record['lots'])} lots", f"Hashes: {hashes}"
    made = f"{record['produced']:,} of {record['quantity']:,} {record['unit']}"
    under = f"{record['title']}, {made}, request {record['request']}; made at {record['plant']}"
    return f"Batch record: lot {record['lot']}", under, f"Hash of this record: {record['hash']}"


def record_html(record: dict[str, Any], pictures: Iterable[Shown] = ()) -> str:
    """The record as a page of its own, with its pictures, to be printed or sent."""
    title, under, foot = _frame(record)
    return page(title, under, parts_of(record), foot, exceptions=EXCEPTIONS, pictures=pictures)


def record_text(record: dict[str, Any]) -> str:
    """The record as plain text."""
    title, under, foot = _frame(record)
    return text(title, under, parts_of(record), foot)
