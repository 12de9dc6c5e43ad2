"""The result of a run in short: plain values for programs, a page of HTML for a notebook."""

from __future__ import annotations

import html
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from twin.results.run import Run


def instant(at_us: int) -> str:
    """ISO 8601, UTC."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def summary(run: Run) -> dict[str, Any]:
    """Hashes, counts, orders, indicators, income statement and invariants of a run, ready for JSON. Money as decimal text."""
    currency = run.plant.layout.currency
    types = Counter(type(entry.event).__name__ for entry in run.journal.entries())
    orders = run.erp.orders(run.now_us)
    shipped = [order for order in orders if order.shipped >= order.quantity]
    violations = run.violations()
    return {
        "plant": run.plant.id,
        "scenario": run.scenario.title,
        "seed": run.seed,
        "from": instant(run.scenario.start_us),
        "to": instant(run.now_us),
        "trace_hash": run.trace_hash,
        "journal_head": run.journal.head,
        "event_count": len(run.journal),
        "events_by_type": dict(sorted(types.items())),
        "orders": {
            "received": len(orders),
            "shipped": len(shipped),
            "shipped_late": sum(1 for order in shipped if order.late_by_us),
            "open_late": sum(1 for order in orders if order.shipped < order.quantity and order.late_by_us),
        },
        "indicators": _plain(run.indicators.to_dict("records")),
        "currency": currency,
        "income_statement": [
            {"section": row.section, "account": row.account, "title": row.title, "amount": money(row.amount_minor)}
            for row in run.erp.income_statement()
        ],
        "balance_sheet": [
            {"section": row.section, "account": row.account, "title": row.title, "amount": money(row.amount_minor)}
            for row in run.erp.balance_sheet()
        ],
        "invariants": {"hold": not violations, "violations": violations},
        "alerts": Counter(alert.alert for alert in run.erp.alerts),
    }


def money(minor: int) -> str:
    """Minor units as decimal text: "-12.05"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def _plain(records: list[Any]) -> list[dict[str, Any]]:
    """Numbers as Python's own; what is not known as None (JSON has no NaN)."""
    return [
        {str(k): None if v is None or v != v else round(v, 6) if isinstance(v, float) else v for k, v in row.items()} for row in records
    ]


def summary_html(run: Run) -> str:
    """What a notebook shows for a run."""
    found = summary(run)
    orders = found["orders"]
    statement = "".join(
        f"<tr><td style='text-align:left'>{'<b>' if not row['account'] else ''}{html.escape(row['title'])}</td>"
        f"<td style='text-align:right'>{'<b>' if not row['account'] else ''}{float(row['amount']):,.2f}</td></tr>"
        for row in found["income_statement"]
    )
    holds = "all hold" if found["invariants"]["hold"] else html.escape("; ".join(found["invariants"]["violations"]))
    return (
        f"<b>{html.escape(run.plant.title)}</b>: {html.escape(run.scenario.title)}<br>"
        f"{found['from']} to {found['to']}, seed {run.seed}, {found['event_count']:,} events, trace <code>{found['trace_hash'][:12]}</code><br>"
        f"{orders['received']} orders received, {orders['shipped']} shipped ({orders['shipped_late']} late), {orders['open_late']} open and late; "
        f"invariants: {holds}"
        f"<table><thead><tr><th style='text-align:left'>Income statement</th><th>{found['currency']}</th></tr></thead><tbody>{statement}</tbody></table>"
    )
