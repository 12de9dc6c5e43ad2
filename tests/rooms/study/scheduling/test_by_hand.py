"""A planner moves single operations: the floor does them so, later schedules leave them there, and what cannot be is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import twin
from tests.laws.planning.decided.played import played
from tests.laws.planning.test_schedules_come_true import assert_came_true
from tests.rooms.study.scheduling.test_what_the_mes_knows import HOUR_US, MATERIALS, SHOP, WANTED
from twin import study
from twin.model.events import SchedulePublished
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.study.scheduling.schedule import Schedule

LATER = {"storage_units": {"rack": {}}, "work_centers": {"turning": {"storage": "rack"}, "washing": {"storage": "rack"}}}
UNITS = {
    **{name: {"equipment_class": "lathe", "work_center": "turning"} for name in ("lathe_1", "lathe_2")},
    "wash_1": {"equipment_class": "wash", "work_center": "washing"},
}
STEPS = {"10": {"segment": "turn", "run": "2 h", "per": "lot"}, "20": {"segment": "wash", "run": "1 h", "per": "lot"}}
SEGMENTS = {"turn": {"work_center": "turning"}, "wash": {"work_center": "washing"}}


def case() -> tuple[Plant, Scenario]:
    """Two lathes and a wash, and six orders of one lot each: A to F, in the order of their due dates."""
    layout = {**yaml.safe_load(SHOP), **LATER, "work_units": UNITS, "process_segments": SEGMENTS, "routings": {"shaft": STEPS}}
    materials = yaml.safe_load(MATERIALS)
    materials["materials"]["bar"]["opening_stock"] = 6
    wanted = yaml.safe_load(WANTED)
    first = wanted["demand"]["orders"][0]
    wanted["demand"]["orders"] = [{**first, "order": name, "due": f"{24 + n} h"} for n, name in enumerate("ABCDEF")]
    wanted["policies"] = {"dispatch": "edd"}
    return Plant.model_validate({"layout": layout, "materials": materials}), Scenario.model_validate(wanted)


@pytest.fixture(scope="module")
def run() -> Run:
    """After half an hour A and B are on the lathes, and C to F wait."""
    return twin.simulate(*case(), until="30 min", seed=1)


def lathe(plan: Schedule, name: str) -> str:
    return "".join(job[0] for job in plan.sequence.get(name, []) if job.endswith("/10"))


def test_what_is_put_elsewhere_by_hand_is_done_there_and_stays_there_until_it_is_let_go(run: Run) -> None:
    before = study.schedule(run, "as now")
    assert (lathe(before, "lathe_1"), lathe(before, "lathe_2")) == ("CE", "DF")
    made = study.put(run, "F-shaft/10", before="C-shaft/10", by="nora")
    assert (lathe(made.schedule, "lathe_1"), made.schedule.sequence["lathe_1"][0]) == (
        "FC" + lathe(made.schedule, "lathe_1")[2:],
        "F-shaft/10",
    )
    assert {it.job_order for it in made.of("reassigned")} >= {"F-shaft/10"}

    def plan(it: Run, until: str) -> Schedule:
        return study.put(it, "F-shaft/10", "lathe_2", before="D-shaft/10", by="nora", until=until).schedule

    plant, scenario = case()
    at_us = scenario.start_us + HOUR_US // 2
    published, went_on, _ = played(plant, scenario, at_us, plan, at_us + 24 * HOUR_US)
    assert_came_true(published, went_on)
    assert lathe(published, "lathe_2").startswith("FD")
    assert went_on.mes.job_orders["F-shaft/10"].equipment == "lathe_2"
    event = next(it.event for it in went_on.journal.entries() if isinstance(it.event, SchedulePublished))
    pinned = (event.pinned_job_orders, event.pinned_units, event.pinned_before, event.pinned_by)
    assert pinned == (("F-shaft/10",), ("lathe_2",), ("D-shaft/10",), ("nora",)), "what was moved, and by whom"


def test_a_re_plan_leaves_it_there_by_every_rule_and_what_is_let_go_goes_by_rule_again(run: Run) -> None:
    plan = study.put(run, "F-shaft/10", "lathe_2", by="nora").schedule
    it = twin.simulate(*case(), until="30 min", seed=1)
    assert not it.mes.apply(plan.published("nora", "desk"))
    waits = it.mes.commands.missing_at(it.mes.job_orders["F-shaft/10"], "lathe_1", it.now_us)
    assert waits == "F-shaft/10 was put on lathe_2 by nora; allowed: there"
    for rule in ("spt", "edd"):
        again = plan.replan(it, rule=rule)
        assert again.schedule.by_job_order["F-shaft/10"].equipment == "lathe_2"
        assert [(pin.job_order, pin.by) for pin in again.schedule.pins] == [("F-shaft/10", "nora")]
        assert again.unfrozen == ()
    assert study.schedule(it, "edd").published("jana", "desk").pinned_by == ("nora",), "whoever publishes the next"
    free = study.let_go(it, "F-shaft/10").schedule
    assert free.pins == ()
    with pytest.raises(ValueError, match=r"'C-shaft/10' was not put anywhere by hand.*; allowed: F-shaft/10"):
        study.let_go(it, "C-shaft/10")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"job_order": "F-shaft/11"}, r"nobody released job order 'F-shaft/11' \(did you mean 'F-shaft/1"),
        ({"job_order": "A-shaft/10", "before": "C-shaft/10"}, "job order A-shaft/10 is under way on lathe_1; allowed: what has not begun"),
        ({"job_order": "F-shaft/10", "equipment": "wash_1"}, "wash_1 cannot do F-shaft/10; allowed: lathe_1, lathe_2"),
        ({"job_order": "F-shaft/10", "before": "C-shaft/10", "after": "D-shaft/10"}, "before one and after another; allowed: one of them"),
        ({"job_order": "F-shaft/10", "before": "G-shaft/10"}, "job order 'G-shaft/10' is not to come before Mon 2 Mar, 08:00"),
        ({"job_order": "F-shaft/10", "before": "F-shaft/10"}, "F-shaft/10 cannot stand beside itself"),
        (
            {"job_order": "F-shaft/10", "equipment": "lathe_2", "before": "C-shaft/10"},
            "C-shaft/10 is planned on lathe_1, not on lathe_2; allowed: D-shaft/10",
        ),
        (
            {"job_order": "E-shaft/20", "before": "A-shaft/20"},
            r"E-shaft/20 cannot go before A-shaft/20 on wash_1: it cannot begin before Mon 2 Mar, 06:00, and A-shaft/20 can at .*, 02:00",
        ),
        ({"job_order": "A-shaft/20", "after": "E-shaft/20"}, "E-shaft/20 cannot go before A-shaft/20 on wash_1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        study.put(run, **asked, by="nora", until="1 d")
