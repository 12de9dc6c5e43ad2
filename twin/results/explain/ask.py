"""The door: what an id names decides who answers.

print(run.explain("SO-17"))        # a customer order: when it came, was promised and released, what it waited for, why it is late
run.explain("mill_1").table        # a work unit: every stretch with its causes, as a frame
"""

from __future__ import annotations

from twin.model.problems import did_you_mean, listed
from twin.results.explain.equipment import Stretches
from twin.results.explain.evidence import Evidence
from twin.results.explain.explanation import Explanation
from twin.results.explain.orders import Orders
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


def main_causes(run: Run, names: list[str]) -> dict[str, str]:
    """What each customer order waited for most; "" where it waited for nothing."""
    if not names:
        return {}
    asked = Orders(Evidence(run))
    return {name: asked.customer_order(run.erp.customer_orders.orders[name]).main_cause for name in names}
