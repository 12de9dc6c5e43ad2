"""A planner lets a planned order go: as it was seen, by a person whom the plant knows, and not above what needs another's approval."""

from __future__ import annotations

from typing import Any

import pytest

import twin
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant, scenario
from twin.model.events import OperationsRequestReleased, PurchaseOrderPlaced
from twin.model.trade.procurement import PurchasingTerms
from twin.results.run import Run
from twin.results.views.business.plan import PlannedSeen, firmed, plan_now

PERSONS = {
    "calendars": {"always": {"shifts": {"one": {"days": ["mon"], "start": "06:00", "end": "14:00"}}}},
    "personnel_classes": {"planner": {}}, "persons": {"anna": {"classes": ["planner"], "calendar": "always", "hourly_cost": "40 EUR/h"}},
}  # fmt: skip


def run_of(approval_above: str | None = None) -> Run:
    """Ten parts are wanted, each of two of raw at a euro, and only the plan decides nothing: it is for persons."""
    layout = {**LAYOUT, **PERSONS, "routings": {"part": {"10": {"segment": "work", "run": "1 min"}}}}
    part = {"kind": "finished", "price": "9 EUR", "bill": {"raw": 2}, "days": 1}
    made = plant({"part": part, "raw": {"days": 1}}, layout)
    materials = made.materials.model_copy(update={"purchasing": PurchasingTerms.model_validate({"approval_above": approval_above})})
    asked = scenario({"part": {20: 10}}, horizon=25)
    told = asked.model_copy(update={"policies": asked.policies.model_copy(update={"planning": "told"})})
    return twin.simulate(made.model_copy(update={"materials": materials}), told, until="1 h")


def seen(run: Run, material: str) -> PlannedSeen:
    now = plan_now(run)
    order = next(it for it in now.plan.orders if it.material == material)
    return PlannedSeen(order=order.order, material=material, quantity=order.quantities[0], due=now.day(order.due))


def said(run: Run, person: str) -> dict[str, Any]:
    return {"effective_us": run.now_us, "person": person, "terminal": "plan page", "entry_id": "1"}


def test_it_goes_as_it_was_seen_by_whom_the_plant_knows() -> None:
    run = run_of()
    made, bought = (firmed(run, seen(run, name), said(run, "anna")) for name in ("part", "raw"))
    assert isinstance(made, OperationsRequestReleased)
    assert isinstance(bought, PurchaseOrderPlaced)
    assert (made.quantity, made.person, bought.quantity, bought.person) == (10, "anna", 20, "anna")
    for name in ("part", "raw"):
        with pytest.raises(ValueError, match=r"nobody knows a person 'ann' .did you mean 'anna'.*allowed: anna"):
            firmed(run, seen(run, name), said(run, "ann"))


def test_what_is_worth_more_than_may_be_ordered_alone_waits_for_another_persons_approval() -> None:
    """Twenty of raw are worth 20.00: that much may be ordered, and not a cent less."""
    run = run_of("20 EUR")
    assert isinstance(firmed(run, seen(run, "raw"), said(run, "anna")), PurchaseOrderPlaced)
    run = run_of("19.99 EUR")
    with pytest.raises(ValueError, match=r"it is worth 20\.00, and above 19\.99 another person approves; allowed: a requisition"):
        firmed(run, seen(run, "raw"), said(run, "anna"))
    assert isinstance(firmed(run, seen(run, "part"), said(run, "anna")), OperationsRequestReleased), "what is made is not bought"
