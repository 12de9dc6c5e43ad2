"""Traces and recalls as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def text_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text, as wide as its cells."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max((len(line[n]) for line in lines), default=0) for n in range(len(head))]
    body = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([title, *body]) if rows else f"{title}: none"


def html_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as HTML; all texts are escaped, and blanks in front of a cell are kept."""

    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag} style='text-align:left;white-space:pre-wrap'>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<h4>{escape(title)}</h4><table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"


def count_of(count: int, what: str) -> str:
    """ "1 lot", "2 lots"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
