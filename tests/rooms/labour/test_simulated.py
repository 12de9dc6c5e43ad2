"""Labour of a simulated plant: nobody clocks, so its staffing is all there is; figures add up whichever way they are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.model.events import JobOrderStarted, PersonnelActual
from twin.model.measures import US_PER_H
from twin.model.states import MaterialUse
from twin.results.reports.to_review import BUILT_IN, TO_REVIEW, lots_to_review
from twin.simulation.rule_control import NotByRule

SKILLS_END = "scenarios/gearbox_shop/skills_end.yaml"


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    """Two days: both qualifications end on the evening of the first."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / SKILLS_END, until="44 h", seed=1)


def test_persons_groups_and_shifts_add_up_to_what_the_erp_has_booked(run: twin.Run) -> None:
    posted_us = sum(entry.event.work_us for entry in run.journal.entries() if isinstance(entry.event, PersonnelActual))
    tables = [run.labour(by) for by in ("person", "group", "shift")]
    for table in tables:
        assert table["work_h"].sum() == pytest.approx(posted_us / US_PER_H), "at night nothing is being worked on"
        assert table["work_h"].sum() == pytest.approx(tables[0]["work_h"].sum())
        assert table["attendance_h"].sum() == pytest.approx(tables[0]["attendance_h"].sum())
        assert table["earned_h"].sum() == pytest.approx(tables[0]["earned_h"].sum())
        assert table[["good", "scrap", "rework"]].sum().tolist() == tables[0][["good", "scrap", "rework"]].sum().tolist()
    assert tables[0]["good"].sum() > 100
    people = tables[0].set_index("person").loc[["anna", "ivan"]]  # they turn, and set up furnaces: once for all lots of a batch
    assert people["earned_h"].tolist() == pytest.approx(people["work_h"].tolist(), rel=0.01)
    assert tables[0]["worker_efficiency"].between(0, 1).all()


def test_work_by_person_is_that_of_the_indicators(run: twin.Run) -> None:
    ours, theirs = run.labour().set_index("person"), run.indicators_by("person").set_index("person")
    assert ours["work_h"].tolist() == pytest.approx(theirs["work_h"].tolist())
    assert ours["attendance_h"].tolist() == pytest.approx(theirs["attendance_h"].tolist())


def test_windows_add_up(run: twin.Run) -> None:
    cut_us = run.scenario.start_us + 31 * US_PER_H
    whole, first, second = run.labour(), run.labour(to_us=cut_us), run.labour(from_us=cut_us)
    for column in ("attendance_h", "work_h", "good", "scrap", "rework"):
        assert (first[column] + second[column]).tolist() == pytest.approx(whole[column].tolist(), abs=2 if column == "good" else 1e-6)
    assert (first["good"] + second["good"]).sum() == whole["good"].sum()


def test_nobody_whose_qualification_has_ended_starts_what_needs_it(run: twin.Run) -> None:
    hobbed = [
        entry.event for entry in run.journal.entries() if isinstance(entry.event, JobOrderStarted) and "hobber" in entry.event.equipment
    ]
    tuesday_us = run.scenario.start_us + 18 * US_PER_H
    before = {it.person for it in hobbed if it.effective_us < tuesday_us}
    after = {it.person for it in hobbed if it.effective_us >= tuesday_us}
    assert before & {"boris", "clara"}
    assert after
    assert not after & {"boris", "clara"}


def test_rules_alone_are_not_told_to_decide_it(root: Path) -> None:
    from twin.study.by_rule.playing import ready_to_play

    plant = twin.read_plant(root / "plant_models/gearbox_shop")
    scenario = twin.read_scenario(root / SKILLS_END, plant)
    from twin.store.files import apply_changes

    with pytest.raises(
        NotByRule, match="boris is qualified as gear_cutter until 2 Mar 2026; clara is qualified as gear_cutter until 2 Mar 2026"
    ):
        ready_to_play(apply_changes(plant, scenario), scenario, 1, scenario.start_us + US_PER_H)


def test_a_component_of_which_all_is_built_in_waits_for_no_review(run: twin.Run) -> None:
    rows = lots_to_review(run)
    stands = [it.standing for it in rows]
    first = stands.index(BUILT_IN)
    assert TO_REVIEW in stands[:first]
    assert TO_REVIEW not in stands[first:]
    (used,) = (it for it in rows if it.lot == rows[first].lot)
    assert (used.doubts, run.mes.lots[used.lot].on_hand) == ("", 0)
    assert sum(it.quantity for it in run.mes.tracking.movements if it.lot == used.lot and it.use == MaterialUse.CONSUMED) == -used.produced
    assert {run.plant.materials.materials[it.material].kind for it in rows if it.standing == BUILT_IN} == {"made"}
