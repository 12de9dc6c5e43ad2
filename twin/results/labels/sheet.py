"""A sheet of labels as one HTML file for a printer, and single labels as SVG files. Nothing in it is fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from twin.results.labels.drawing import code_128_svg, qr_svg
from twin.results.labels.label import Label
from twin.store.texts import write_texts

# Labels of 94 x 42 mm, two in a row and six in a column: on A4 and Letter alike, and black on white in the dark too.
STYLE = (
    "@page{margin:8mm}*{box-sizing:border-box}body{margin:0 auto;max-width:196mm;background:#fff;color:#000}"
    "body{font:10pt/1.25 system-ui,sans-serif}"
    "h1{font-size:13pt;margin:3mm 2mm}main{display:flex;flex-wrap:wrap;gap:3mm}"
    ".label{width:94mm;height:42mm;border:.3mm dashed #999;border-radius:2mm;padding:2mm;break-inside:avoid;display:grid;overflow:hidden;"
    "grid-template:1fr auto/30mm 1fr;gap:0 2mm}.qr svg{width:30mm;height:26mm;display:block}.bars{grid-column:1/-1}"
    ".bars svg{width:100%;height:10mm;display:block}"
    ".title{font-size:14pt;font-weight:700;overflow-wrap:anywhere;line-height:1.1;white-space:normal}"
    ".kind{font-size:8pt;letter-spacing:.04em;text-transform:uppercase}p{margin:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    ".words{min-width:0}"
    "@media screen and (max-width:700px){main{justify-content:center}.label{max-width:100%}}@media print{h1{display:none}}"
)
KIND_TITLES = {"LOT": "Lot", "JOB": "Job order", "UNIT": "Work unit", "PERSON": "Badge", "PLACE": "Place", "DO": "Action"}


def sheet_html(title: str, labels: Sequence[Label]) -> str:
    """All labels on one page, to be printed."""
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style><h1>{escape(title)}</h1>"
        f"<main>{''.join(map(_label_html, labels))}</main></html>\n"
    )


def _label_html(it: Label) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in it.lines)
    return (
        f"<div class='label'><div class='qr'>{qr_svg(it.code.text)}</div>"
        f"<div class='words'><p class='kind'>{KIND_TITLES[it.code.kind]}</p><p class='title'>{escape(it.title)}</p>{lines}</div>"
        f"<div class='bars'>{code_128_svg(it.code.text)}</div></div>"
    )


def save_labels(title: str, labels: Sequence[Label], folder: Path) -> list[Path]:
    """Write the sheet and, for label printers, each QR and bar code as SVG; the folder is made. The paths written.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    texts = {"labels.html": sheet_html(title, labels)}
    for it in labels:
        name = re.sub(r"[^\w.-]+", "_", it.code.text)
        texts |= {f"{name}.qr.svg": qr_svg(it.code.text) + "\n", f"{name}.code128.svg": code_128_svg(it.code.text) + "\n"}
    return write_texts(folder, texts)
