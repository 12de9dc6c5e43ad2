"""A plain HTML table that follows the theme: light to send twice a second, readable by a screen reader, a list of cards on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

FONT = "font:14px Roboto,system-ui,sans-serif"
CSS = (
    "<style>table{width:100%;border-collapse:collapse;" + FONT + "}"
    "th{text-align:left;font-weight:600;padding:6px 8px;border-bottom:1px solid color-mix(in srgb,currentColor 30%,transparent)}"
    "td{padding:6px 8px;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent)}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap} td.all{opacity:.75}"
    "@media(min-width:701px){td:first-child:not(.all){white-space:nowrap}}"
    "div.scroll{overflow-x:auto} tr.bad td:first-child{border-left:4px solid #D55E00} tr.warn td:first-child{border-left:4px solid #E69F00}"
    "tr.good td:first-child{border-left:4px solid #009E73} tr.done td:first-child{border-left:4px solid #8A94A0}"
    "tr.total td{font-weight:700;border-top:2px solid color-mix(in srgb,currentColor 30%,transparent)}"
    # On a phone a row is a card: the first cell its title, every other one below the name of its column.
    "@media(max-width:700px){thead{display:none} table,tbody{display:block}"
    "tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:4px 12px;padding:8px 0 8px 10px;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 16%,transparent)}"
    "tr.bad,tr.warn,tr.good,tr.done{border-left:4px solid #8A94A0} tr.bad{border-left-color:#D55E00} tr.warn{border-left-color:#E69F00}"
    "tr.good{border-left-color:#009E73} tr td:first-child{border-left:0 !important;font-weight:600;grid-column:1/-1}"
    "td,td.n{text-align:left;white-space:normal;padding:0;border:0;overflow-wrap:anywhere} tr.total td{border-top:0} td:empty{display:none}"
    "td[data-name]:not(:first-child)::before{content:attr(data-name);display:block;opacity:.7;font-size:11.5px;font-weight:400}}"
    "</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its cells, and "bad", "warn", "good", "done" or "total" for how it is marked. A single cell goes over all columns."""

    cells: Sequence[str]
    mark: str = ""


def row_table(head: Sequence[str], rows: Iterable[Row], numeric: Sequence[int] = ()) -> str:
    """The table as HTML; columns with a place in `numeric` are set to the right. All texts are escaped; a new line in one begins a line."""

    def cell(place: int, text: str) -> str:
        named = f" data-name='{escape(head[place], quote=True)}'" if place < len(head) else ""
        return f"<td{' class=n' if place in numeric else ''}{named}>{_lines(text)}</td>"

    def line(row: Row) -> str:
        if len(row.cells) == 1 and len(head) > 1:
            return f"<td class=all colspan={len(head)}>{_lines(row.cells[0])}</td>"
        return "".join(cell(place, text) for place, text in enumerate(row.cells))

    body = "".join(f"<tr class='{row.mark}'>{line(row)}</tr>" for row in rows)
    named = "".join(f"<th{' class=n' if place in numeric else ''}>{escape(name)}</th>" for place, name in enumerate(head))
    top = f"<thead><tr>{named}</tr></thead>" if head else ""
    return f"{CSS}<div class='scroll'><table>{top}<tbody>{body}</tbody></table></div>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
