"""The material plan as a decision: once a local day, what has to be started or called for today is released; the rest is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.model.events import Heartbeat, OperationsEvent, OperationsRequestReleased, PurchaseOrderPlaced, WorkAlertRaised

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.material_plan.listing.orders import PlannedOrder
    from twin.erp.material_plan.plan import MaterialPlan
    from twin.model.scenario import Policies


class DailyPlan:
    """What the ERP asks for where a scenario says `planning: material_plan`; elsewhere nothing."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._zone = ZoneInfo(erp.plant.layout.time_zone)
        self._day: date | None = None  # the last that a heartbeat fell on
        self._planned_day: date | None = None
        self._calls: list[OperationsRequestReleased | PurchaseOrderPlaced] = []
        self._unapproved: list[WorkAlertRaised] = []  # of what today's plan would order, and may not
        self.follow(erp.policies)

    def follow(self, policies: Policies) -> None:
        """Let the ERP go by these policies from here on: one alone asks, the plan or whoever asks order by order and by reorder points."""
        erp, reorders = self._erp, policies.planning != "material_plan"
        erp.policies = policies
        erp.requests.plans_order_by_order = policies.planning == "order_by_order"
        if reorders != erp.purchasing.reorders:
            erp.purchasing.reorders = reorders
            erp.purchasing.wanted.clear()
            erp.stock.touched.update(erp.materials)  # what is short is wanted, or is so no more

    def notice(self, event: Heartbeat) -> None:
        """The first heartbeat of a day asks for a plan."""
        if self._erp.policies.planning == "material_plan":
            self._day = datetime.fromtimestamp(event.effective_us // 1_000_000, self._zone).date()

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What today's plan calls for, and nobody has asked for yet."""
        forecasts = self._erp.forecasts
        if forecasts is not None and forecasts.is_due:
            return []  # they are said first, at this very instant
        if self._day != self._planned_day:
            self._planned_day = self._day
            self._calls = self._plan(now_us)
        requests, purchases = self._erp.requests.requests, self._erp.purchasing.orders
        self._calls = [it for it in self._calls if it.order not in purchases and (not it.request or it.request not in requests)]
        told = {it.message for it in self._erp.alerts} if self._unapproved else set()
        self._unapproved = [it for it in self._unapproved if it.message not in told]
        return [*self._unapproved, *self._calls]

    def _plan(self, now_us: int) -> list[OperationsRequestReleased | PurchaseOrderPlaced]:
        from twin.erp.material_plan.position import erp_position
        from twin.erp.planners.forecasts import with_forecasts

        plan = self._erp.planning_parameters.plan(with_forecasts(self._erp, erp_position(self._erp, now_us)))
        calls = self._frozen(plan, now_us)
        taken = {it.order or it.request: (it.material, it.quantity) for it in calls}  # what is called for today, by name
        for order in plan.listed.due_now():
            # Nobody can ask for what only comes of another.
            if self._erp.materials[order.material].kind != "recovered":
                for quantity in order.quantities:
                    call = called_for(self._erp, order, quantity, max(now_us, plan.buckets.start_us(order.due)), now_us, taken)
                    taken[call.order or call.request] = order.material, quantity
                    calls.append(call)
        return calls

    def _frozen(self, plan: MaterialPlan, now_us: int) -> list[OperationsRequestReleased | PurchaseOrderPlaced]:
        """Firm planned orders whose day it is. One person alone has said them: what takes two is left to them, and somebody is told."""
        calls, self._unapproved = list[OperationsRequestReleased | PurchaseOrderPlaced](), []
        for it in self._erp.frozen.due_now(plan):
            call = self._erp.frozen.called_for(it, now_us)
            doubt = self._erp.sourcing.unapproved(call) if isinstance(call, PurchaseOrderPlaced) else ""
            if doubt:
                words = (
                    f"firm planned order '{it.planned}' of '{it.material}' should be ordered: {doubt}; allowed: a requisition in its place"
                )
                self._unapproved.append(WorkAlertRaised(effective_us=now_us, alert="approval_needed", message=words))
            else:
                calls.append(call)
        return calls


def called_for(
    erp: Erp, order: PlannedOrder, quantity: int, due_us: int, now_us: int, taken: Mapping[str, tuple[str, int]]
) -> OperationsRequestReleased | PurchaseOrderPlaced:
    """What asks for so much of a planned order, now and under a name of its own, whether the plan decides or a person firms it.

    Parameters
    ----------
    due_us : by when it is needed; what is bought is due when its supplier can have it here
    taken : materials and quantities that are asked for at this instant, by their names
    """
    material = order.material
    if not order.is_bought:
        return OperationsRequestReleased(
            effective_us=now_us, request=erp.requests.free_name(material, taken), material=material, quantity=quantity, due_us=due_us
        )
    spoken_for = sum(called for of, called in taken.values() if of == material)
    supplier, unit_price_minor, blanket = erp.purchasing.terms(material, quantity, now_us, spoken_for)
    if order.supplier and not blanket:  # what was agreed on goes before quotas
        supplier, unit_price_minor = order.supplier, erp.materials[material].price_of(order.supplier)
    return PurchaseOrderPlaced(
        effective_us=now_us, order=erp.purchasing.free_name(material, taken), supplier=supplier, material=material, quantity=quantity,
        unit_price_minor=unit_price_minor, blanket=blanket,
        due_us=now_us + round(erp.plant.materials.suppliers[supplier].lead_time.mean_us),
    )  # fmt: skip
