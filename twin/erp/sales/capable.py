"""When a customer can have something by material and finite capacity (capable to promise), why not earlier, and the price of earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp.sales.promising import Promise, promise
from twin.model.calendars import spoken_duration

if TYPE_CHECKING:
    from twin.erp.capacity_plan.answers import Earlier
    from twin.erp.capacity_plan.capacity_plan import CapacityPlan
    from twin.erp.capacity_plan.orders import Left
    from twin.erp.erp import Erp

CAPABLE, AVAILABLE = "capable to promise", "available to promise"


def earliest(erp: Erp, material: str, quantity: int, now_us: int, without: str = "", *, as_agreed: bool = False) -> Promise:
    """As the scenario's policies say: by what is there or coming and planned lead times, or by material and capacity beside all orders.

    `without`: beside all but this customer order, which is asked about. `as_agreed`: what is on order comes when it is due, and now if
    that is over, so that changes which were accepted so are accepted wherever their journal is read.
    """
    if erp.policies.promising == "available_to_promise":
        return promise(erp, material, quantity, now_us, without, as_agreed=as_agreed)
    return capable(erp, material, quantity, now_us, without, as_agreed=as_agreed)


def capable(
    erp: Erp, material: str, quantity: int, now_us: int, without: str = "", *, left: Left | None = None, as_agreed: bool = False
) -> Promise:
    """The promise beside all that is planned now; where the hours that are known do not suffice, no earlier than they end.

    `left`: of open orders and their operations, the share of the work that is left, from whoever has the work in sight, which is the MES;
    left out, what is done of them does not count. `as_agreed`: see `earliest`.
    """
    from twin.erp.capacity_plan.answers import promise_of, written  # Numba comes in only where somebody asks for this
    from twin.erp.capacity_plan.capacity_plan import CapacityPlan
    from twin.erp.material_plan.position import erp_position

    position, plant = erp_position(erp, now_us, without), erp.planning_parameters.plant
    try:
        plan = CapacityPlan(plant, erp.planning_parameters.plan(position), position, left, as_agreed=as_agreed)
    except ValueError as beyond:  # somebody has ordered for in six years: no reason to promise nothing
        return _by_lead_times(erp, material, quantity, now_us, without, str(beyond))
    found = promise_of(plan, plan.promising(), material, quantity)
    if found.at_us is None:
        since = f"{found.reason}, which end on {written(plan, plan.hours.to_us)}"
        return _by_lead_times(erp, material, quantity, now_us, without, since, plan.hours.to_us)
    earlier = "".join(f"; {_said(plan, it)}" for it in found.earlier)
    return Promise(due_us=found.at_us, reason=f"{CAPABLE}: {found.reason}{earlier}")


def _by_lead_times(erp: Erp, material: str, quantity: int, now_us: int, without: str, since: str, not_before_us: int = 0) -> Promise:
    """What is available to promise; not before what is known to be too early."""
    found = promise(erp, material, quantity, now_us, without)
    return Promise(due_us=max(found.due_us, not_before_us), reason=f"{AVAILABLE}: {found.reason}, since {since}")


def _said(plan: CapacityPlan, it: Earlier) -> str:
    from twin.erp.capacity_plan.answers import written

    price = f"{it.cost_minor / 100:,.2f} {plan.plant.layout.currency}"
    return f"{spoken_duration(it.gained_us)} earlier ({written(plan, it.at_us)}) with {it.what}, for {price}"
