"""How documents of a run are written: as JSON, as an HTML page of its own that follows light and dark and prints, as plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from twin.store.texts import write_texts

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#16202a}h1{font-size:1.5rem;margin:0}"
    "h2{font-size:1.1rem;margin:1.6rem 0 .2rem}table{border-collapse:collapse;width:100%;margin:.3rem 0 .8rem}"
    "th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #ccc;vertical-align:top}td.n,th.n{text-align:right;"
    "font-variant-numeric:tabular-nums}p.none{opacity:.7;margin:.2rem 0}section.exception h2{color:#b23a00}"
    "figure{margin:1rem 0}img{max-width:100%;max-height:28rem}"
    "footer{color:#555;font-size:.85rem;overflow-wrap:anywhere;margin-top:2rem}div.wide{overflow-x:auto}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#e8edf2}th,td{border-color:#444}footer{color:#aab}"
    "section.exception h2{color:#ffb067}}@media print{body{margin:0;max-width:none}}"
)
Part = tuple[str, str, Sequence[Mapping[str, Any]]]
"""Title of a part, what it says when it is empty, and its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture in a document: what stands below it, its media type, and its content as base64."""

    words: str
    media: str
    content: str


def page(
    title: str, under: str, parts: Iterable[Part], foot: str, *, exceptions: Sequence[str] = (), pictures: Iterable[Shown] = ()
) -> str:
    """A document as a page; parts with a title among `exceptions` stand out. Pictures stand in it, at its end."""
    body = "".join(_part(part, is_exception=part[0] in exceptions) for part in parts)
    body += "".join(
        f"<figure><img src='data:{it.media};base64,{escape(it.content, quote=True)}' alt='{escape(it.words, quote=True)}'>"
        f"<figcaption>{escape(it.words)}</figcaption></figure>"
        for it in pictures
    )
    head = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
    return (
        f"{head}<meta name='viewport' content='width=device-width'><style>{STYLE}</style><h1>{escape(title)}</h1>"
        f"<p>{escape(under)}</p>{body}<footer>{escape(foot)}</footer></html>"
    )


def _part(part: Part, *, is_exception: bool) -> str:
    title, empty, rows = part
    return f"<section{' class=exception' if is_exception and rows else ''}><h2>{escape(title)}</h2>{table(rows, empty)}</section>"


def table(rows: Sequence[Mapping[str, Any]], empty: str) -> str:
    """Rows as an HTML table with the names of their columns, or words where there are none."""
    if not rows:
        return f"<p class=none>{escape(empty)}</p>"
    numeric = {name for name in rows[0] if any(_is_number(row.get(name)) for row in rows)}
    head = "".join(f"<th{' class=n' if name in numeric else ''}>{escape(name.replace('_', ' '))}" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if name in numeric else ''}>{escape(written(row[name]))}" for name in rows[0]) for row in rows
    )
    return f"<div class=wide><table><tr>{head}{body}</table></div>"


def text(title: str, under: str, parts: Iterable[Part], foot: str) -> str:
    """The same as plain text, for a terminal or a mail."""
    lines = [title, under]
    for name, empty, rows in parts:
        lines += ["", name, "-" * len(name)]
        lines += _columns(rows) if rows else [empty]
    return "\n".join([*lines, "", foot])


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(rows[0])
    cells = [[name.replace("_", " ") for name in names], *([written(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    return ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def written(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, list | tuple):
        return ", ".join(map(written, value))
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def save(folder: Path, name: str, document: dict[str, Any], html: str) -> list[Path]:
    """Write a document as JSON and as HTML; the folder is made. The paths written.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    return write_texts(folder, {f"{name}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n", f"{name}.html": html})
