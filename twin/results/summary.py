"""The result of a run in short: plain values for programs, a page of HTML for a notebook."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import isnan
from typing import Any

import pandas as pd

from twin.erp.accounting.statements import StatementRow, lines_in_use
from twin.results.run import Run
from twin.results.views.alerts import alert_kinds


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
        "income_statement": plain_lines(run.erp.income_statement()),
        "balance_sheet": plain_lines(run.erp.balance_sheet()),
        "deadlock": run.deadlock,
        "invariants": {"hold": not violations, "violations": violations},
        "alerts": {kind.alert: kind.count for kind in alert_kinds(run)},
    }


def plain_lines(rows: Sequence[StatementRow]) -> list[dict[str, str]]:
    """A statement as plain values."""
    return [{"section": row.section, "account": row.account, "title": row.title, "amount": money(row.amount_minor)} for row in rows]


def statements_in_use(run: Run) -> list[tuple[str, list[dict[str, str]]]]:
    """Income statement and balance sheet as people read them: without lines that this plant has no use for."""
    both = (("Income statement", run.erp.income_statement()), ("Balance sheet", run.erp.balance_sheet()))
    return [(title, plain_lines(lines_in_use(rows))) for title, rows in both]


def _iso(at: Any) -> str | None:
    return None if at is pd.NaT else at.isoformat().replace("+00:00", "Z")


def product_costs(run: Run) -> pd.DataFrame:
    """What the closed requests made of each material, and what that and one unit of it has cost, by element.

    What open requests have made is `produced_open`, without a cost: it is not known before they close. `price_per`: the quantity that
    people name prices of the material for. Total - scrap - standard = production variance.
    """
    currency = run.plant.layout.currency.lower()
    elements = [f"{name}_{currency}" for name in ("material", "labour", "machine", "energy", "total", "scrap", "standard")]
    costs = run.costs
    is_closed = costs["status"] == "closed"
    columns = {name: costs[name].where(is_closed, 0) for name in ("produced", "scrapped", *elements)}
    rows = costs[["material"]].assign(produced_open=costs["produced"].mask(is_closed, 0), **columns)
    sums = rows.groupby("material", sort=False).sum()
    sums = sums[(sums["produced"] > 0) | (sums["produced_open"] > 0)]
    per_unit = (sums[f"total_{currency}"] / sums["produced"].where(sums["produced"] > 0)).astype("float64")
    price_per = [run.plant.materials.materials[material].price_per for material in sums.index]
    return sums.assign(price_per=price_per, **{f"per_unit_{currency}": per_unit}).round(4).reset_index()


def money(minor: int) -> str:
    """Minor units as decimal text: "-12.05"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def grouped(amount: str) -> str:
    """Decimal text as people read it, every digit of it: "-1,204.05"."""
    return f"{Decimal(amount):,.2f}"


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
    return "<br>".join(lines) + "".join(_statement_html(title, found["currency"], rows) for title, rows in statements_in_use(run))


def _statement_html(title: str, currency: str, rows: list[dict[str, str]]) -> str:
    head = f"<tr><th style='text-align:left'>{title}</th><th>{currency}</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(map(_statement_line, rows))}</tbody></table>"


def _statement_line(row: dict[str, str]) -> str:
    title, amount = html.escape(row["title"]), grouped(row["amount"])
    if not row["account"]:
        title, amount = f"<b>{title}</b>", f"<b>{amount}</b>"
    return f"<tr><td style='text-align:left'>{title}</td><td style='text-align:right'>{amount}</td></tr>"
