"""The result of a run in short: plain values for programs, a page of HTML for a notebook."""

from __future__ import annotations

import html
from collections import Counter
from datetime import UTC, datetime
from math import isnan
from typing import Any

import pandas as pd

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
    violations = run.violations(whole=True)
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
        "customer_orders": _plain(
            run.orders.assign(**{n: run.orders[n].map(_iso) for n in ("confirmed", "due", "shipped")}).to_dict("records")
        ),
        "costs_by_product": _plain(product_costs(run).to_dict("records")),
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
        "deadlock": run.deadlock,
        "invariants": {"hold": not violations, "violations": violations},
        "alerts": Counter(alert.alert for alert in run.erp.alerts),
    }


def _iso(at: Any) -> str | None:
    return None if at is pd.NaT else at.isoformat().replace("+00:00", "Z")


def product_costs(run: Run) -> pd.DataFrame:
    """What was made of each material, and what one unit of it has cost, by element."""
    made = run.costs[run.costs["produced"] > 0]
    currency = run.plant.layout.currency.lower()
    elements = [f"{name}_{currency}" for name in ("material", "labour", "machine", "energy", "total", "standard")]
    sums = made.groupby("material", sort=False)[["produced", "scrapped", *elements]].sum()
    return sums.assign(**{f"per_unit_{currency}": (sums[f"total_{currency}"] / sums["produced"]).round(4)}).round(4).reset_index()


def money(minor: int) -> str:
    """Minor units as decimal text: "-12.05"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def _plain(records: list[Any]) -> list[dict[str, Any]]:
    """Numbers as Python's own; what is not known as None (JSON has no NaN)."""
    return [
        {
            str(k): None if v is None or (isinstance(v, float) and isnan(v)) else round(v, 6) if isinstance(v, float) else v
            for k, v in row.items()
        }
        for row in records
    ]


def summary_html(run: Run) -> str:
    """What a notebook shows for a run."""
    found = summary(run)
    orders, invariants = found["orders"], found["invariants"]
    holds = "all invariants hold" if invariants["hold"] else "BROKEN: " + html.escape("; ".join(invariants["violations"]))
    lines = [
        f"<b>{html.escape(run.plant.title)}</b>: {html.escape(run.scenario.title)}",
        f"{found['from']} to {found['to']}, seed {run.seed}, {found['event_count']:,} events, <code>{found['trace_hash'][:12]}</code>",
        f"{orders['received']} orders received, {orders['shipped']} shipped ({orders['shipped_late']} late)",
        f"{orders['open_late']} orders open and late; {holds}",
    ]
    if run.deadlock:
        lines.append(f"<b>Ended by a {html.escape(run.deadlock)}</b>")
    body = "".join(_statement_line(row) for row in found["income_statement"])
    head = f"<tr><th style='text-align:left'>Income statement</th><th>{found['currency']}</th></tr>"
    return f"{'<br>'.join(lines)}<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _statement_line(row: dict[str, str]) -> str:
    title, amount = html.escape(row["title"]), f"{float(row['amount']):,.2f}"
    if not row["account"]:
        title, amount = f"<b>{title}</b>", f"<b>{amount}</b>"
    return f"<tr><td style='text-align:left'>{title}</td><td style='text-align:right'>{amount}</td></tr>"
