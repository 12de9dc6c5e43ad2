"""Papers by kind and number, and as files."""

from __future__ import annotations

import json
from collections.abc import Callable

from twin.model.problems import listed
from twin.results.exports.paper import NEEDS_TYPST
from twin.results.papers.buying import purchase_order
from twin.results.papers.selling import invoice, order_confirmation, reminder
from twin.results.papers.trade_paper import PaperLine, TradePaper, written
from twin.results.run import Run

PAPERS: dict[str, Callable[[Run, str], TradePaper]] = {
    "order_confirmation": order_confirmation, "invoice": invoice, "reminder": reminder, "purchase_order": purchase_order,
}  # fmt: skip
"""What there is, by kind; a credit note is an invoice below zero."""
KINDS = {".pdf": "application/pdf", ".json": "application/json"}

# What is written goes in as data: nothing that stands in a name can be taken for markup.
_TEMPLATE = """
#let it = json(bytes(sys.inputs.paper))
#set document(title: it.kind + " " + it.number, date: none)
#set page(paper: "a4", margin: (left: 2.5cm, right: 2cm, top: 2cm, bottom: 2cm), numbering: "1 / 1")
#set text(size: 10pt, lang: "en")
#grid(columns: (1fr, 6.5cm), align(horizon, text(size: 13pt, weight: "bold", it.sender.first())),
  text(size: 8pt, fill: luma(35%), it.sender.slice(1).join(linebreak())))
#v(1.2cm)
#grid(columns: (1fr, 6.5cm), it.receiver.join(linebreak()),
  grid(columns: (auto, 1fr), column-gutter: 8pt, row-gutter: 5pt,
    ..it.facts.map(pair => (text(fill: luma(35%), pair.first()), pair.last())).flatten()))
#v(1cm)
#text(size: 16pt, weight: "bold", it.kind + " " + it.number)
#v(0.3cm)
#table(
  columns: (1fr, auto, auto, auto),
  align: (left, right, right, right),
  stroke: (x, y) => if y == 1 { (top: 0.6pt) } else if y > 1 { (top: 0.2pt + luma(80%)) },
  inset: (x: 4pt, y: 4pt),
  table.header(..it.head.map(title => strong(title))),
  ..it.lines.flatten(),
)
#align(right, grid(columns: (auto, auto), column-gutter: 18pt, row-gutter: 6pt, align: (left, right),
  ..it.sums.enumerate().map(((n, pair)) => pair.map(said => if n == it.sums.len() - 1 { strong(said) } else { said })).flatten()))
#v(0.6cm)
#it.words.map(said => par(said)).join()
"""


def trade_paper(run: Run, kind: str, number: str) -> TradePaper:
    """A paper by its kind, one of `PAPERS`, and number. Called with the run's lock.

    Raises
    ------
    ValueError : there is no such kind, or nobody knows such a number
    """
    if kind not in PAPERS:
        raise ValueError(f"there is no paper '{kind}'; allowed: {listed(PAPERS)}")
    return PAPERS[kind](run, number)


def paper_file(run: Run, kind: str, number: str, form: str = ".pdf") -> bytes:
    """The same as the bytes of a file, the same for the same paper; it is set once the run's lock, which this takes, is free again.

    Raises
    ------
    ValueError : as above; or what sets a PDF is not installed
    """
    if form not in KINDS:
        raise ValueError(f"a paper is no '{form}'; allowed: {listed(KINDS)}")
    with run.lock:
        found = trade_paper(run, kind, number)
    if form == ".json":
        return (json.dumps(found.plain(), indent=2, ensure_ascii=False) + "\n").encode()
    return _set(found)


def _set(it: TradePaper) -> bytes:
    try:
        import typst
    except ImportError:
        raise ValueError(NEEDS_TYPST) from None
    said = {
        "kind": it.kind, "number": it.number, "sender": it.sender, "receiver": it.receiver, "facts": it.facts,
        "head": ["For", "Quantity", "Price", f"Net, {it.currency}"], "lines": [_cells(line) for line in it.lines],
        "sums": [[f"{title}, {it.currency}", written(minor)] for title, minor in it.sums], "words": [words for words in it.words if words],
    }  # fmt: skip
    made = typst.compile(_TEMPLATE.encode(), sys_inputs={"paper": json.dumps(said)}, format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def _cells(line: PaperLine) -> list[str]:
    quantity = "" if line.quantity is None else f"{line.quantity:,} {line.unit}".rstrip()
    per = f" for {line.price_per:,}" if line.price_per > 1 else ""
    return [line.title, quantity, "" if line.price_minor is None else f"{written(line.price_minor)}{per}", written(line.net_minor)]
