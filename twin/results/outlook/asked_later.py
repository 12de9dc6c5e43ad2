"""What nobody has asked for yet and somebody will: what the material plan foresees, and what an order takes that is only thought of."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

from twin.erp.bills import Bills
from twin.erp.material_plan.position import Wish, erp_position
from twin.erp.planners.forecasts import with_forecasts
from twin.model.materials import needed_in_lots
from twin.results.run import Run

THOUGHT = "an order that is thought of"
"""No order has such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """An order that nobody has placed, wanted by `due_us`."""

    material: str
    quantity: int
    due_us: int
    order: str = THOUGHT

    @property
    def open_quantity(self) -> int:
        return self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLater:
    """So much of a material, asked for at `at_us` of the floor, or of a supplier, who has it here then."""

    request: str
    material: str
    quantity: int
    due_us: int
    at_us: int
    is_bought: bool = False


def asked_for_later(run: Run, thought_of: Thought | None) -> list[AskedLater]:
    """All that will be asked for, as the run is planned: by the material plan, which asks day by day, or order by order as orders come.

    What is reordered by point, or bought since something is short of it, is not among it.
    """
    if run.erp.policies.planning == "material_plan":
        return _by_plan(run, thought_of)
    return list(_order_by_order(run, thought_of)) if thought_of else []


def _by_plan(run: Run, thought_of: Thought | None) -> list[AskedLater]:
    """Planned orders, each asked for on the day on which it has to start, but not today: today's plan has asked already."""
    erp, now_us = run.erp, run.now_us
    position = erp_position(erp, now_us)
    wish = [
        Wish(order=it.order, customer="", material=it.material, quantity=it.quantity, due_us=it.due_us)
        for it in (thought_of,)
        if it is not None
    ]
    position = replace(
        position, wishes=(*position.wishes, *wish), until_us=max([position.until_us, *(it.due_us for it in wish)])
    )  # fmt: skip
    plan = erp.planning_parameters.plan(with_forecasts(erp, position, wish))
    starts_us = plan.buckets.start_us
    found = []
    for it in plan.listed.some():
        from_us, due_us = starts_us(min(max(1, it.start), plan.buckets.count - 1)), max(now_us, starts_us(it.due))
        supplier = erp.plant.materials.suppliers.get(it.supplier or erp.materials[it.material].supplier or "")
        lead_us = round(supplier.lead_time.mean_us) if it.is_bought and supplier else 0
        found += [
            AskedLater(
                request=f"{it.order}.{n}", material=it.material, quantity=quantity, due_us=due_us, at_us=from_us + lead_us,
                is_bought=it.is_bought,
            )
            for n, quantity in enumerate(it.quantities, start=1)
            if erp.materials[it.material].kind != "recovered"
        ]  # fmt: skip
    return found


def _order_by_order(run: Run, thought_of: Thought) -> Iterator[AskedLater]:
    """What of it, and of its components, is neither there nor coming and free: as `twin.erp.requests.Requests` asks, level by level."""
    erp, bills, definitions = run.erp, Bills(run.plant.materials), run.erp.materials
    level, free = bills.low_level_code, dict[str, int]()
    needs = [(level[thought_of.material], 0, thought_of.material, thought_of.quantity, thought_of.due_us, thought_of.order)]
    pushed = 1
    while needs:
        _, _, material, quantity, due_us, parent = heapq.heappop(needs)
        there = free.get(material, max(0, erp.stock.position(material)))
        free[material], short = max(0, there - quantity), quantity - there
        if short <= 0 or definitions[material].kind not in ("made", "finished"):
            continue
        lead_us, name = definitions[material].planned_lead_time, f"{parent}-{material}"
        at_us = run.now_us if erp.policies.release == "push" else due_us - lead_us
        yield AskedLater(request=name, material=material, quantity=short, due_us=due_us, at_us=at_us)
        for component, each in bills.components[material].items():
            taken = needed_in_lots(each, short, definitions[material].lot_size)
            heapq.heappush(needs, (level[component], pushed, component, taken, due_us - lead_us, name))
            pushed += 1
