"""A published schedule is what the plant then does, where starts depend on tools, maintenance, steps, held stock and a warehouse, too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

from tests.laws.planning.decided.played import EndedBefore, played
from tests.laws.planning.decided.tool_verifier import misused
from tests.laws.planning.schedule_verifier import problems_of
from tests.laws.planning.scheduling_case import Case, certain_case
from tests.laws.planning.test_schedules_come_true import assert_came_true
from twin.model.plant import Plant
from twin.model.readiness.said import Said
from twin.model.scenario import Scenario
from twin.store.files import apply_changes, read_plant, read_scenario

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000


def _tools(draw: st.DrawFn, centers: list[str], materials: list[str]) -> dict[str, Any]:
    it: dict[str, Any] = {"count": draw(st.integers(1, 2)), "life": draw(st.sampled_from([None, None, 4]))}
    it |= draw(st.sampled_from([{"work_centers": [center]} for center in centers] + [{"materials": [name]} for name in materials]))
    return {"jig": it}


def _maintenance(draw: st.DrawFn, units: list[str], scenario: Scenario) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A plan that blocks soon, and a window that somebody has asked for."""
    plan = {
        "equipment": draw(st.sampled_from(units)),
        "after_lots": draw(st.integers(1, 3)),
        "within": "30 min",
        "lasts": "20 min",
        "blocks": True,
    }
    from_us = scenario.start_us + draw(st.integers(0, 3)) * HOUR_US
    asked = {"maintenance": "W", "equipment": draw(st.sampled_from(units)), "category": "planned", "description": "look at it"}
    window = {"maintenance": "W", "from_us": from_us, "until_us": from_us + draw(st.integers(1, 90)) * 60_000_000}
    said = [("MaintenanceRequested", asked), ("MaintenanceScheduled", window)]
    return {"check": plan}, [{"at": "0 min", "person": _SOMEBODY, "says": says, "about": about} for says, about in said]


_SOMEBODY = "ada"


@st.composite
def equipped(draw: st.DrawFn, case: Case) -> Case:
    """The case with some of what the MES and the ERP know and rules do not."""
    plant, scenario = case
    layout = plant.layout
    tables, said = plant.model_dump(mode="json"), list[dict[str, Any]]()
    tables["layout"]["fleets"] = {}  # whom vehicles drive to is told by nobody
    for center in tables["layout"]["work_centers"].values():
        center["carried_by"] = None
    centers, units = list(layout.work_centers), list(layout.work_units)
    what = draw(st.sets(st.sampled_from(["tools", "maintenance", "steps", "hold", "warehouse"]), min_size=1, max_size=3))
    if "tools" in what:
        tables["layout"]["tools"] = _tools(draw, centers, list(layout.routings))
    if "maintenance" in what and units:
        tables["layout"]["maintenance_plans"], more = _maintenance(draw, units, scenario)
        said += more
    if "steps" in what:
        step = {"text": "It is clear.", "asks": draw(st.sampled_from(["done", "yes", "words"])), "before_start": True}
        step["verified_by_two"] = len(layout.persons) > 1 and draw(st.booleans())
        tables["layout"]["procedures"] = {"clearing": {"work_centers": [draw(st.sampled_from(centers))], "steps": {"clear": step}}}
    if "hold" in what:
        hold = {"lot": draw(st.sampled_from(["open-p", "open-q"])), "reason": "a crack"}
        said.append({"at": "0 min", "person": _SOMEBODY, "says": "LotHoldRequested", "about": hold})
    if "warehouse" in what:
        bins: dict[str, Any] = {"goods_in": {}, "goods_out": {}, "shelf": {"distance_m": 5}}
        waves = draw(st.sampled_from([[], ["07:00", "09:00"]]))
        tables["layout"]["warehouse"] = {"receiving": "goods_in", "shipping": "goods_out", "bins": bins, "waves": waves}
    return Plant.model_validate(tables), scenario.model_copy(update={"entries": [Said.model_validate(it) for it in said]})


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # to shrink takes minutes
@given(data=st.data(), case=certain_case(), share=st.floats(0, 0.5), rule=st.sampled_from(["edd", "fifo", "spt", "setup_avoidance"]))
def test_what_is_published_is_what_happens(data: st.DataObject, case: Case, share: float, rule: str) -> None:
    """To the microsecond, with persons who do what the schedule takes them to do; and tools and windows are kept to."""
    plant, scenario = data.draw(equipped(case))
    at_us, until_us = scenario.start_us + int(share * scenario.horizon) + 1, scenario.start_us + scenario.horizon
    supposed: dict[str, Any] = {"maintained": {"check": "40 min"}} if plant.layout.maintenance_plans and data.draw(st.booleans()) else {}

    def released(run: Any) -> dict[str, Any]:
        return supposed | ({"released": dict.fromkeys(run.mes.tracking.restricted, "50 min")} if data.draw(st.booleans()) else {})

    try:
        plan, run, published = played(plant, scenario, at_us, rule, until_us, released)
    except EndedBefore:
        assume(False)
    assume(not run.deadlock)
    event(f"{min(len(plan.operations), 9)} operations")
    assert_came_true(plan, run)
    assert not misused(plan, plant)
    assert not problems_of(plan, plant, published.on_hand, has_stops=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one_hob", "warehouse", "maintained", "planned_around"])
def test_a_schedule_of_the_gearbox_shop_comes_true(name: str) -> None:
    """One hob of each module for two hobbers; bins and waves; windows that persons ask for: MES and ERP carry it out to the microsecond."""
    from twin.now.planned import as_planned

    read = read_plant("plant_models/gearbox_shop")
    scenario = read_scenario(f"scenarios/gearbox_shop/{name}.yaml", read)
    plant = as_planned(apply_changes(read, scenario))
    known = scenario.model_copy(update={"changes": {}})
    at_us = known.start_us + 27 * HOUR_US
    plan, run, _ = played(plant, known, at_us, "edd", at_us + 5 * DAY_US)
    assert len(plan.operations) > 40
    assert_came_true(plan, run)
    assert not misused(plan, plant)
    assert datetime.fromtimestamp(plan.now_us / 1e6, UTC).day == 3
