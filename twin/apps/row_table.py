"""A plain HTML table that follows the theme: light to send twice a second, readable by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

CSS = (
    "<style>table{width:100%;border-collapse:collapse;font:14px Roboto,system-ui,sans-serif}"
    "th{text-align:left;font-weight:600;padding:6px 8px;border-bottom:1px solid color-mix(in srgb,currentColor 30%,transparent)}"
    "td{padding:6px 8px;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent)}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "div.scroll{overflow-x:auto} tr.bad td:first-child{border-left:4px solid #D55E00} tr.warn td:first-child{border-left:4px solid #E69F00}"
    "tr.good td:first-child{border-left:4px solid #009E73} tr.done td:first-child{border-left:4px solid #8A94A0}"
    "tr.total td{font-weight:700}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its cells, and "bad", "warn", "good", "done" or "total" for how it is marked."""

    cells: Sequence[str]
    mark: str = ""


def row_table(head: Sequence[str], rows: Iterable[Row], numeric: Sequence[int] = ()) -> str:
    """The table as HTML; columns with a place in `numeric` are set to the right. All texts are escaped."""

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(f"<{tag}{' class=n' if place in numeric else ''}>{escape(text)}</{tag}>" for place, text in enumerate(texts))

    body = "".join(f"<tr class='{row.mark}'>{cells('td', row.cells)}</tr>" for row in rows)
    top = f"<thead><tr>{cells('th', head)}</tr></thead>" if head else ""
    return f"{CSS}<div class='scroll'><table>{top}<tbody>{body}</tbody></table></div>"
