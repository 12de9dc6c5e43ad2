"""The door: what an id names decides who answers.

print(run.explain("SO-17"))        # a customer order: when it came, was promised and released, what it waited for, why it is late
run.explain("mill_1").table        # a work unit: every stretch with its causes, as a frame
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.problems import did_you_mean, listed
from twin.results.explain.equipment import Stretches
from twin.results.explain.evidence import Evidence
from twin.results.explain.explanation import Explanation, leaves
from twin.results.explain.orders import Orders
from twin.results.explain.span import Span, joined
from twin.results.run import Run


def explain(run: Run, name: str) -> Explanation:
    """Why a customer order, a request, a lot, a job order, a work unit, a line or a station took, or stood, as long as it did.

    Raises
    ------
    ValueError : nothing has that id
    """
    evidence = Evidence(run)
    orders = run.erp.customer_orders.orders
    requests, lots, jobs, equipment = (
        run.erp.requests.requests,
        run.mes.tracking.lots,
        run.mes.execution.job_orders,
        run.mes.equipment.records,
    )
    if name in orders:
        return Orders(evidence).customer_order(orders[name])
    if name in requests:
        return Orders(evidence).request(name)
    if name in lots:
        return Orders(evidence).lot(name)
    if name in jobs:
        return Orders(evidence).job_order(jobs[name])
    if name in equipment:
        return Stretches(evidence).explain(name)
    if lines := run.erp.customer_orders.headers.get(name):
        raise ValueError(f"'{name}' is an order of several lines, each with a past of its own; allowed: {listed(lines)}")
    known = [*orders, *requests, *lots, *jobs, *equipment]
    kinds = "an order, a request, a lot, a job order, a work unit, a line or a station"
    raise ValueError(f"nothing is called '{name}'{did_you_mean(name, known)}; allowed: the id of {kinds}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What an order waits for at this instant, since when, and where its time went. "" where it waits, or waited, for nothing."""

    now: str
    since_us: int
    most: str


def causes_of(run: Run, names: list[str]) -> dict[str, Causes]:
    """The same of each customer order. What lies behind a wait counts: not that a part is missing, but what keeps the part."""
    if not names:
        return {}
    asked = Orders(Evidence(run))
    found = {}
    for name in names:
        told = asked.customer_order(run.erp.customer_orders.orders[name])
        last = next(reversed(joined(leaves(told.spans))), None)
        now, since_us = (_now(last), last.start_us) if last else ("", run.now_us)
        found[name] = Causes(now=now, since_us=since_us, most=told.main_cause)
    return found


def _now(span: Span) -> str:
    """A stretch that has not ended, in words: what is being done, or what is waited for."""
    words = {"run": f"in work on {span.equipment}", "setup": f"{span.equipment} is being set up for it", "transport": "on its way"}
    return words.get(span.kind, span.cause)
