"""How each open customer order stands: when it should leave, how much working time that is before its due date, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.sales.customer_orders import CustomerOrder
from twin.mes.execution import ENDED
from twin.model.personnel.working_hours import WorkingHours
from twin.results.outlook.ahead import DOWN_STATES
from twin.results.outlook.asked_later import Thought
from twin.results.outlook.rehearsal import Rehearsal
from twin.results.outlook.work_left import done_shares
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAhead:
    """One customer order that has not been shipped.

    `slack_us`: working time of the work center that finishes the product, from when it should leave to when it is due; < 0: it
    would be late. Without an end in sight both are None. `ahead_us`: working time until it should leave.
    """

    order: str
    expected_us: int | None
    slack_us: int | None
    ahead_us: int
    done: float  # share of the expected work that is done for the goods that it will get, 0 to 1
    waits_for: str  # what is unusual: equipment down, goods that went to another order, material that does not come; "" if nothing


def orders_ahead(run: Run) -> dict[str, OrderAhead]:
    """Every open customer order by its id."""
    play, shares, down = Rehearsal(run).play(), done_shares(run), _waiting_for_repair(run)
    found = {}
    for order in play.orders:
        expected_us = play.shipped_us.get(order.order)
        sources = play.sources.get(order.order, [])
        hours = _hours_of_the_end(run, play, order.material)
        done = sum(quantity * (shares.get(request, 0.0) if request else 1.0) for quantity, request in sources)
        found[order.order] = OrderAhead(
            order=order.order,
            expected_us=expected_us,
            slack_us=None if expected_us is None else hours.between_us(expected_us, order.due_us),
            ahead_us=hours.between_us(run.now_us, run.now_us if expected_us is None else expected_us),
            done=done / order.open_quantity,
            waits_for="; ".join(_reasons(run, play, order, [request for _, request in sources if request], down)),
        )
    return found


def _hours_of_the_end(run: Run, play: Rehearsal, material: str) -> WorkingHours:
    """When the work center works that does the last operation; around the clock for what is only bought and sold."""
    steps = list(run.mes.release.steps.get(material, {}).values())
    return play.units[steps[-1].equipment[0]].hours if steps and steps[-1].equipment else WorkingHours(None)


def _waiting_for_repair(run: Run) -> dict[str, str]:
    """By customer order: the equipment that is down and without which its next job orders cannot go on, with the reason."""
    records, requests = run.mes.equipment.records, run.mes.release.requests
    found: dict[str, str] = {}
    for job in run.mes.job_orders.values():
        units = [records[name] for name in job.step.equipment]
        if job.status not in ENDED and job.request in requests and all(unit.state in DOWN_STATES for unit in units):
            told = " and ".join(f"{unit.equipment}, down: {unit.reason or 'no reason reported'}" for unit in units)
            found.setdefault(requests[job.request].order, told)
    return found


def _reasons(run: Run, play: Rehearsal, order: CustomerOrder | Thought, sources: list[str], down: dict[str, str]) -> list[str]:
    requests = run.erp.requests.requests
    asked = [it for it in requests.values() if it.order == order.order and it.material == order.material]
    others = list(dict.fromkeys(it for it in sources if it.rstrip("+") not in {own.request for own in asked}))
    reasons = []
    if others and asked and all(it.closed_us is not None for it in asked):
        reasons.append(f"its goods went to an order that is due earlier: it gets those of {', '.join(others)}")
    suppliers = [requests[it.rstrip("+")].order for it in sources if it.rstrip("+") in requests]
    reasons += list(dict.fromkeys(down[name] for name in (order.order, *suppliers) if name in down))
    if order.order not in play.shipped_us:
        never = f"{', '.join(play.missing)} does not come" if play.missing else ""
        reasons.append(never or "no end in sight: nothing that is asked for gives its goods within five weeks")
    return reasons
