"""The batch record as people read it: exceptions first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twin.results.reports.documents import Part, Shown, page, text

EXCEPTIONS = ("Exceptions", "Chain of the record")


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
        ("Exceptions", "Nothing was an exception.", record["exceptions"]),
        ("Chain of the record", "Every entry is as it was written.", broken),
        ("Steps", "Nothing was done.", record["steps"]),
        ("Materials that went in", "None.", record["materials"]),
        ("Results against limits", "Nothing was inspected.", record["results"]),
        *([("Pictures", "None.", record["pictures"])] if "pictures" in record else []),
        ("What persons said", "Nobody said anything.", record["entries"]),
        ("Signatures", "Nothing is signed.", record["signatures"]),
        (f"Release: {release['standing']}", "Quality assurance has not released it.", [release] if "person" in release else []),
        ("Entries of the journal that it rests on", "None.", record["evidence"]),
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
