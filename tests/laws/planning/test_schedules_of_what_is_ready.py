"""No schedule asks for whoever or whatever is not ready: lots on hold, instructions not read, skills and calibrations that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

import twin
from tests.laws.planning.readiness_verifier import not_ready
from tests.laws.planning.schedule_verifier import problems_of
from tests.laws.planning.scheduling_case import Case, certain_case
from twin import run as path
from twin import study
from twin.model.events import DocumentAcknowledged, LotDispositionChanged, OperationsEvent
from twin.model.plant import Plant
from twin.model.readiness.documents import Document
from twin.model.states import Source
from twin.model.upkeep.maintenance_plans import Calibration
from twin.now.floor_seen import open_jobs
from twin.results.run import Run
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

HOUR_US = 3_600_000_000
SHOP, SCENARIOS = "plant_models/gearbox_shop", "scenarios/gearbox_shop"


@st.composite
def declared(draw: st.DrawFn, plant: Plant) -> Plant:
    """The plant with an instruction for one work center, a skill that is over, and a gauge that is or is not."""
    layout, said = plant.layout, st.sampled_from
    instruction = {"work_centers": [draw(said(sorted(layout.work_centers)))], "acknowledge": draw(st.booleans())}
    instruction["revisions"] = {"A": {"text": "so", "released": draw(said([True, True, True, False]))}}
    gauge = {"every_days": 30, "last": draw(said(["2026-01-01", "2026-02-25"])), "calibrated_by": "smith"}
    units = sorted(layout.work_units)
    gauge |= draw(said([{"segments": ["also_cut"]}, *([{"equipment": draw(said(units))}] if units else [])]))
    ended, persons = draw(said([(), ("ada",), ("bo",)])), dict(layout.persons)
    for name in ended:
        persons[name] = persons[name].model_copy(update={"valid_until": {"smith": date(2026, 3, 1)}})
    more = {
        "documents": {"WI": Document.model_validate(instruction)}, "calibrations": {"gauge": Calibration.model_validate(gauge)},
        "persons": persons,
    }  # fmt: skip
    return plant.model_copy(update={"layout": layout.model_copy(update=more)})


def say(run: Run, said: OperationsEvent) -> None:
    run.journal.append(said, source=Source.USER)
    run.mes.apply(said)


def hold(run: Run, lot: str) -> None:
    say(run, LotDispositionChanged(effective_us=run.now_us, lot=lot, disposition="Restricted", reason="a crack"))


def waiting(run: Run) -> list[str]:
    """Lots in the making that nobody works on."""
    return [lot for lot, job in open_jobs(run).items() if job.started_us < 0]


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # to shrink takes minutes
@given(data=st.data(), case=certain_case(), share=st.floats(0, 0.5), releases=st.booleans())
def test_nothing_begins_that_is_not_ready(data: st.DataObject, case: Case, share: float, releases: bool) -> None:
    scenario, plant = case[1], data.draw(declared(case[0]))
    assume(not plant.vehicles)
    now_us, until_us = scenario.start_us + int(share * scenario.horizon) + 1, scenario.start_us + scenario.horizon
    run = path.carry(CompiledPlant(plant, scenario, 1, now_us + 1), Run(plant, scenario, seed=1))
    run.now_us = now_us
    for person in data.draw(st.sampled_from([(), ("ada",), ("ada", "bo")])):
        say(run, DocumentAcknowledged(effective_us=now_us, person=person, document="WI", revision="A"))
    lots = data.draw(st.lists(st.sampled_from(waiting(run)), unique=True, max_size=2)) if waiting(run) else []
    for lot in lots:
        hold(run, lot)
    promised = dict.fromkeys(lots[:1], "30 min") if releases else {}
    plan = study.schedule(run, "edd", until=f"{until_us - now_us} us", released=promised)
    event(f"{len(lots)} on hold, {min(len(plan.operations), 5)} operations")
    assert not not_ready(plan, plant, run, dict.fromkeys(promised, now_us + HOUR_US // 2))
    assert not problems_of(plan, plant, dict(run.erp.stock.on_hand), has_stops=True)


@pytest.mark.slow
def test_what_the_gearbox_shop_may_not_begin_is_not_scheduled_and_costs_what_it_costs() -> None:
    """A lot on hold goes on when it is released; a second release date moves its order, and without one it is not promised."""
    run = twin.simulate(SHOP, f"{SCENARIOS}/measured_teeth.yaml", until="20 h", seed=1)
    lot = "B7-GB3-TR3-GE2"
    assert lot in waiting(run)
    hold(run, lot)
    stays, soon, late = (study.schedule(run, "edd", until="4 d", released=said) for said in ({}, {lot: "2 h"}, {lot: "2 d"}))
    begins_h = [[(it.start_us - run.now_us) / HOUR_US for it in plan.operations if it.lot == lot] for plan in (stays, soon, late)]
    assert begins_h[0] == []
    assert begins_h[1]
    assert begins_h[2]
    assert 2 <= min(begins_h[1]) < 48 <= min(begins_h[2])
    promised = [sum(it.ships_us is not None for it in plan.orders) for plan in (stays, late, soon)]
    assert promised == sorted(promised)
    assert promised[0] < promised[2], "nobody has said when it is released, so what it is for is not promised"
    assert any("when lots on hold go on" in note for note in stays.unknown)
    assert f"lot {lot} is released in 2 d" in late.supposed
    for plan, promised_us in ((stays, {}), (soon, {lot: run.now_us + 2 * HOUR_US}), (late, {lot: run.now_us + 48 * HOUR_US})):
        assert not not_ready(plan, run.plant, run, promised_us)
    assert any("on hold" in it for it in not_ready(soon, run.plant, run, {lot: run.now_us + 48 * HOUR_US})), "the verifier sees it"


@pytest.mark.slow
def test_who_has_not_read_it_whose_skill_is_over_and_what_is_not_calibrated_is_planned_for_nothing() -> None:
    read = twin.simulate(SHOP, f"{SCENARIOS}/new_instruction.yaml", until="1 d 3 h", seed=1)
    plan = study.schedule(read, "edd", until="1 d")
    assert not not_ready(plan, read.plant, read, {})
    by = [it for it in plan.operations if it.material == "PI2" and it.operation == "30" and not it.is_running and it.person]
    assert {it.person for it in by} <= {"boris", "jana"}, "who has read revision C"
    wrong = replace(plan, operations=(replace(by[0], person="karim"),))
    assert not_ready(wrong, read.plant, read, {}) == [f"karim has not read WI-30 and begins {by[0].job_order}"]

    ends = twin.simulate(SHOP, f"{SCENARIOS}/skills_end.yaml", until="6 h", seed=1)
    plan = study.schedule(ends, "edd", until="2 d")
    assert not not_ready(plan, ends.plant, ends, {})
    assert [note for note in plan.unknown if "boris after 2026-03-02" in note]

    maintained = twin.simulate(SHOP, f"{SCENARIOS}/maintained.yaml", until="2 d 4 h", seed=1)
    plan = study.schedule(maintained, "edd", until="2 d")
    assert not not_ready(plan, maintained.plant, maintained, {})
    again = plan.replan(calibrated={"gear_tester": "1 h"}).schedule
    count = [sum(it.equipment == "gear_tester_1" for it in each.operations) for each in (plan, again)]
    assert count[0] <= count[1]
    assert again.supposed == ("gear_tester is calibrated in 1 h",)
