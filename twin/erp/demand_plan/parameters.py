"""What a planner has set of a material's planning, in the place of what the plant's files declare. A `Function` of the ERP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twin.erp.functions import Rule
from twin.erp.material_plan.net_change.kept import KeptPlans
from twin.model.events import OperationsEvent, PlanningParametersSet
from twin.model.materials import MOST_PIECES, MaterialDefinition, Planning
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.material_plan.plan import MaterialPlan
    from twin.erp.material_plan.position import Position

Derived = list[OperationsEvent]
DAY_US = 86_400_000_000
MOST_PERIOD_US = 3_660 * DAY_US


class PlanningParameters:
    """The last that was said of each material; plans are made for `plant`."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.plant: Plant = erp.plant
        self.set: dict[str, PlanningParametersSet] = {}
        self.plans = KeptPlans()
        self.rules: Mapping[type[OperationsEvent], Rule] = {PlanningParametersSet: self._take}

    def plan(self, position: Position, bucket_us: int = DAY_US) -> MaterialPlan:
        """The plan from a position on; of a day that has one already, what has changed since is planned anew (net change).

        Raises
        ------
        BillCycleError, ValueError : there is no plan, as for `MaterialPlan`
        """
        return self.plans.of(self.plant, position, bucket_us)

    def decide(self, now_us: int) -> Derived:
        """Nothing: persons decide."""
        return []

    def violations(self) -> list[str]:
        """What was taken stands in the plant that is planned for."""
        planned = self.plant.materials.materials
        return [
            f"safety stock of '{name}' was set to {it.safety_stock}, and is planned otherwise"
            for name, it in self.set.items()
            if (planning := planned[name].planning) is None
            or (planning.point if it.period_us else planning.safety_stock) != it.safety_stock
        ]

    def _take(self, event: PlanningParametersSet) -> Derived:
        if doubt := unsigned(event, self._erp.plant.layout.persons) or self._wrong(event):
            return [refusal(event, doubt)]
        self.set[event.material] = event
        self.renew()
        return []

    def renew(self) -> None:
        """What is declared, or was set, is otherwise."""
        materials = self._erp.plant.materials
        table = {**materials.materials, **{name: self._changed(it) for name, it in self.set.items()}}
        self.plant = self._erp.plant.model_copy(update={"materials": materials.model_copy(update={"materials": table})})

    def _changed(self, event: PlanningParametersSet) -> MaterialDefinition:
        planning = self._erp.materials[event.material].planned  # what is not said is as declared, whatever was said before
        definition = self._erp.materials[event.material]
        return definition.model_copy(update={"planning": planning.model_copy(update=_as_said(event, planning))})

    def _wrong(self, event: PlanningParametersSet) -> str:
        known = self._erp.materials
        if event.material not in known:
            return f"no material is called '{event.material}'{did_you_mean(event.material, known)}; allowed: {listed(known)}"
        definition = known[event.material]
        if definition.phantom:
            return f"'{event.material}' is a phantom, so nobody orders it"
        buffer = definition.planning.buffer if definition.planning else None
        if buffer is not None and buffer.planned_by == "net_flow":
            return f"the zones of '{event.material}' are all the stock that it keeps back"
        if definition.planned.lot_sizing == "order_point" and not event.period_us:
            return (
                f"'{event.material}' is ordered by its point, whatever its safety stock is; allowed: with the period that an order covers"
            )
        if not 0 <= event.period_us <= MOST_PERIOD_US:
            return f"a period of {event.period_us / DAY_US:g} d; allowed: none, or up to {MOST_PERIOD_US // DAY_US} d"
        least = -MOST_PIECES if event.period_us else 0
        if not least <= event.safety_stock <= MOST_PIECES or not 0 <= event.lot_quantity <= MOST_PIECES:
            more = "" if event.period_us else "; with a period it may be below zero"
            return f"safety stock {event.safety_stock}, lot {event.lot_quantity}; allowed: 0 to {MOST_PIECES:,}{more}"
        maximum = definition.planning.maximum if definition.planning else None
        if maximum is not None and (least := self._changed(event).least_order) > maximum:
            return f"no order of '{event.material}' may be larger than {maximum}, and with that none would be smaller than {least}"
        return ""


def _as_said(event: PlanningParametersSet, planning: Planning) -> dict[str, Any]:
    """What of the planning is another now."""
    if event.period_us:
        levels = {"point": event.safety_stock, "target": event.safety_stock}
        return {"lot_sizing": "order_point", "period": event.period_us, "safety_stock": 0, "minimum": event.lot_quantity or None, **levels}
    if planning.lot_sizing == "fixed":
        return {"safety_stock": event.safety_stock, "quantity": event.lot_quantity or planning.quantity}
    return {"safety_stock": event.safety_stock, "minimum": event.lot_quantity or planning.minimum}
