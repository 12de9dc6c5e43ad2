"""Certificate of analysis: what was measured of one lot, against what, and that it was released. A document, as values and as HTML."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from twin.mes.quality.inspections import Inspection
from twin.model.events import GoodsShipped
from twin.model.problems import did_you_mean
from twin.results.reports.documents import save
from twin.results.run import Run


class NotReleased(ValueError):
    """A lot of which no certificate can be given; the message says why."""


def certificate(run: Run, lot: str) -> dict[str, Any]:
    """What is certified of a lot, as plain values.

    Raises
    ------
    ValueError : nobody knows the lot
    NotReleased : it is held, was not inspected, or has failed
    """
    known = run.mes.tracking.lots
    if lot not in known:
        raise ValueError(f"no lot '{lot}'{did_you_mean(lot, known)}")
    quality = run.mes.quality
    if why := quality.holds.why(lot):
        raise NotReleased(f"lot {lot} is held: {why}")
    inspections = [one for (_, of), one in quality.inspections.all.items() if of == lot]
    if not inspections:
        raise NotReleased(f"lot {lot} was not inspected: no quality plan chose it")
    of_lot = [one for one in quality.nonconformances.all.values() if one.lot == lot]
    accepted = {one.characteristic for one in of_lot if one.is_used}
    not_passed = [one.plan for one in inspections if not (one.verdict.startswith("passed") or (one.wrong and accepted & {*one.wrong}))]
    if not_passed:
        raise NotReleased(f"lot {lot} has not passed {', '.join(not_passed)}")
    it, material = known[lot], run.plant.materials.materials[known[lot].material]
    shipments = [{"order": one.order, "customer": one.customer, "quantity": one.quantity} for one in _shipments(run, lot)]
    return {
        "document": "certificate of analysis",
        "plant": run.plant.title,
        "lot": lot,
        "material": it.material,
        "title": material.title or it.material,
        "quantity": it.quantity,
        "unit": material.unit,
        "request": it.request,
        "made_of": [{"lot": link.lot, "quantity": link.quantity, "into": link.into} for link in run.mes.backward(lot)],
        "shipments": shipments,
        "inspections": [_inspection(run, one) for one in inspections],
        "nonconformances": [
            {"nonconformance": one.nonconformance, "standing": one.standing, "disposition": one.disposition, "reason": one.reason}
            for one in of_lot
        ],
        "record": {"entries": len(run.journal), "head": run.journal.head},
    }


def _shipments(run: Run, lot: str) -> list[GoodsShipped]:
    return [entry.event for entry in run.journal.entries() if isinstance(entry.event, GoodsShipped) and entry.event.lot == lot]


def _inspection(run: Run, it: Inspection) -> dict[str, Any]:
    plan = it.declared
    return {
        "plan": it.plan,
        "title": plan.title or it.plan,
        "verdict": it.verdict,
        "judged": pd.Timestamp(it.judged_us, unit="us", tz="UTC").tz_convert(run.plant.layout.time_zone).isoformat(timespec="minutes"),
        "judged_by": it.judged_by or "rule",
        "reason": it.reason,
        "characteristics": [
            {
                "characteristic": name, "title": asked.title or name, "unit": asked.unit, "allowed": asked.asked,
                "results": list(it.values.get(name, ())), "inspected": it.sizes.get(name, len(it.values.get(name, ()))),
                "is_allowed": name not in it.wrong,
            }
            for name, asked in plan.characteristics.items()
        ],
    }  # fmt: skip


STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.2rem}"
    "th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #ccc}"
    ".right{text-align:right;font-variant-numeric:tabular-nums}footer{color:#555;font-size:.85rem;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#e8edf2}th,td{border-color:#444}footer{color:#aab}}"
)


def certificate_html(document: dict[str, Any]) -> str:
    """The certificate as a page of its own, to be printed or sent."""
    unit = document["unit"]
    lot, plant = escape(document["lot"]), escape(document["plant"])
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Certificate of analysis, lot {lot}</title>",
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style><h1>Certificate of analysis</h1>",
        f"<p><b>{escape(document['title'])}</b>, lot <b>{lot}</b>, {document['quantity']:,} {escape(unit)}, made at {plant}</p>",
    ]
    parts += [f"<p>Shipped on order {escape(it['order'])} to {escape(it['customer'])}</p>" for it in document["shipments"]]
    parts += [_inspection_html(it) for it in document["inspections"]]
    parts += [
        f"<p>{escape(it['nonconformance'])}: {escape(it['disposition'] or it['standing'])}. {escape(it['reason'])}</p>"
        for it in document["nonconformances"]
    ]
    record = document["record"]
    parts.append(f"<footer>From a record of {record['entries']:,} entries, chained to {escape(record['head'])}</footer></html>")
    return "\n".join(parts)


def _inspection_html(it: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one['title'])}</td><td>{escape(one['allowed'])}</td><td class=right>{_results(one)}</td>"
        f"<td>{'allowed' if one['is_allowed'] else 'not allowed'}</td></tr>"
        for one in it["characteristics"]
    )
    by = "" if it["judged_by"] == "rule" else f" by {it['judged_by']}"
    why = f": {it['reason']}" if it["reason"] else ""
    return (
        f"<h2>{escape(it['title'])}</h2><p>{escape(it['verdict'] + by + why)}, {escape(it['judged'])}</p><table>"
        f"<tr><th>Characteristic<th>Allowed<th class=right>Found<th>Verdict</tr>{rows}</table>"
    )


def _results(one: dict[str, Any]) -> str:
    if one["allowed"] == "yes":
        return ", ".join("yes" if value else "no" for value in one["results"])
    found = ", ".join(f"{value:.6g}" for value in one["results"])
    return f"{found} {escape(one['unit'])}".strip()


def save_certificate(run: Run, lot: str, folder: Path) -> list[Path]:
    """Write the certificate of a lot as JSON and as HTML; the folder is made. The paths written.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    document = certificate(run, lot)
    return save(folder, f"certificate_{lot}", document, certificate_html(document))
