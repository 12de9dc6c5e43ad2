"""The result of a run in short: plain values for programs, a page of HTML for a notebook."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.erp.accounting.statements import StatementRow, lines_in_use
from twin.results.run import Run
from twin.results.tables import ORDER_COLUMNS, indicator_rows, order_rows
from twin.results.views.alerts import alert_kinds

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ELEMENTS = ("material", "labour", "machine", "energy", "total", "scrap", "standard")


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
        "customer_orders": _customer_orders(run),
        "costs_by_product": _plain(product_rows(run)),
        "indicators": _plain(indicator_rows(run, "equipment", run.scenario.start_us, run.now_us)),
        "currency": currency,
        "income_statement": plain_lines(run.erp.income_statement()),
        "balance_sheet": plain_lines(run.erp.balance_sheet()),
        "deadlock": run.deadlock,
        "invariants": {"hold": not violations, "violations": violations},
        "alerts": {kind.alert: kind.count for kind in alert_kinds(run)},
    }


def _customer_orders(run: Run) -> list[dict[str, Any]]:
    """The rows of `run.orders` with instants as text, and amounts under the name of the currency."""
    ends = f"_{run.plant.layout.currency.lower()}"
    instants = ("confirmed", "due", "shipped")
    return _plain(
        [
            {name.replace("_eur", ends): _iso(row[name]) if name in instants else row[name] for name in ORDER_COLUMNS}
            for row in order_rows(run)
        ]
    )


def _iso(at_us: int | None) -> str | None:
    return None if at_us is None else (_EPOCH + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")


def plain_lines(rows: Sequence[StatementRow]) -> list[dict[str, str]]:
    """A statement as plain values."""
    return [{"section": row.section, "account": row.account, "title": row.title, "amount": money(row.amount_minor)} for row in rows]


def statements_in_use(run: Run) -> list[tuple[str, list[dict[str, str]]]]:
    """Income statement and balance sheet as people read them: without lines that this plant has no use for."""
    both = (("Income statement", run.erp.income_statement()), ("Balance sheet", run.erp.balance_sheet()))
    return [(title, plain_lines(lines_in_use(rows))) for title, rows in both]


def product_costs(run: Run) -> pd.DataFrame:
    """What the closed requests made of each material, and what that and one unit of it has cost, by element.

    What open requests have made is `produced_open`, without a cost: it is not known before they close. `price_per`: the quantity that
    people name prices of the material for. Total - scrap - standard = production variance.
    """
    import pandas as pd

    currency = run.plant.layout.currency.lower()
    amounts = [f"{name}_{currency}" for name in _ELEMENTS]
    return pd.DataFrame(
        product_rows(run),
        columns=["material", "produced_open", "produced", "scrapped", *amounts, "price_per", f"per_unit_{currency}"],
    )


def product_rows(run: Run) -> list[dict[str, Any]]:
    """The rows of `product_costs`."""
    currency = run.plant.layout.currency.lower()
    sums: dict[str, Counter[str]] = {}
    for it in run.erp.request_costs():
        made = sums.setdefault(it.material, Counter())
        if it.status != "closed":
            made["produced_open"] += it.produced
            continue
        made.update(
            produced=it.produced, scrapped=it.scrapped, material=it.material_minor, labour=it.labour_minor, machine=it.machine_minor
        )
        made.update(energy=it.energy_minor, scrap=it.scrap_minor, standard=it.produced_minor)
    rows = []
    for material, made in sums.items():
        if made["produced"] > 0 or made["produced_open"] > 0:
            made["total"] = made["material"] + made["labour"] + made["machine"] + made["energy"]
            costs = {f"{name}_{currency}": made[name] / 100 for name in _ELEMENTS}
            per_unit = float(np.round(made["total"] / 100 / made["produced"], 4)) if made["produced"] else float("nan")
            rows.append(
                {
                    "material": material, "produced_open": made["produced_open"], "produced": made["produced"],
                    "scrapped": made["scrapped"], **costs, "price_per": run.plant.materials.materials[material].price_per,
                    f"per_unit_{currency}": per_unit,
                }
            )  # fmt: skip
    return rows


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
