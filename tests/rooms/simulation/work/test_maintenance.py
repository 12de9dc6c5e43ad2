"""Planned maintenance: due by the calendar or by what was done, it waits for the job in progress and for its crew."""

from __future__ import annotations

import pytest

from tests.rooms.simulation.small_floor import alarms, plant_of, scenario_of, states_of
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.run import simulate
from twin.simulation.engines import ENGINES, play

EIGHT_OF_FIVE_MINUTES = "shaft 1, shaft 1, shaft 1, shaft 1, shaft 1, shaft 1, shaft 1, shaft 1"


def by_rule(plant: Plant, scenario: Scenario) -> list[OperationsEvent]:
    """The same from either engine."""
    told: list[list[OperationsEvent]] = []
    for engine in ENGINES:
        source, facts = play(engine, plant, scenario, 1, control="rule"), []
        while (more := source.advance()) is not None:
            facts += more
        told.append(facts)
    assert told[0] == told[1]
    return told[0]


def stopped(facts: list[OperationsEvent], unit: str = "lathe") -> list[tuple[float, float]]:
    """From when to when it was maintained."""
    states = states_of(facts, unit)
    return [(at, states[n + 1][0]) for n, (at, state, _) in enumerate(states[:-1]) if state == "STOPPED"]


def plant_with(maintenance: str, **more: str) -> Plant:
    return plant_of(**{"work_units/lathe/maintenance": f"[{{reason: oil, {maintenance}}}]", **more})


@pytest.mark.parametrize(
    ("due", "when"),
    [
        ("after_lots: 3, lasts: 7 min", [(15, 22), (37, 44)]),
        ("after_lots: 3, first_after: 1, lasts: 7 min", [(5, 12), (27, 34), (49, 56)]),  # it was in use before the start
        ("after_lots: 3, first_after: 4, lasts: 7 min", [(20, 27), (42, 49)]),
        ("after_pieces: 2, lasts: 1 min", [(10, 11), (21, 22), (32, 33), (43, 44)]),
        ("after_busy: 12 min, lasts: 5 min", [(15, 20), (35, 40)]),
        ('every: {at: "06:12"}, lasts: 10 min', [(15, 25), (1452, 1462)]),  # in the middle of a job
        ('every: {days: 3, first_day: 1, at: "09:00"}, lasts: 10 min', [(27 * 60, 27 * 60 + 10)]),
        ('every: {days: 3, at: "05:00"}, lasts: 10 min', [(23 * 60, 23 * 60 + 10)]),  # the day after, since it is 6 already
    ],
)
def test_it_waits_for_the_job_in_progress(due: str, when: list[tuple[float, float]]) -> None:
    facts = by_rule(plant_with(due), scenario_of(EIGHT_OF_FIVE_MINUTES, horizon="2 d"))
    assert stopped(facts) == when
    assert alarms(facts) == []  # nothing has failed


def test_it_waits_for_a_crew_that_is_at_another_unit_and_is_done_once_whatever_comes_due_meanwhile() -> None:
    due = '{reason: oil, every: {at: "06:10"}, lasts: 20 min, crew: fitters}'
    two = {
        "work_units/mill": f"{{equipment_class: lathe, work_center: turning, maintenance: [{due}]}}",
        "work_units/lathe/maintenance": f'[{due}, {{reason: wash, every: {{at: "06:15"}}, lasts: 1 min}}]',
        "repair_crews": "{fitters: {}}",
    }
    facts = by_rule(plant_of(**two), scenario_of(horizon="2 h"))
    reasons = [(at, reason) for at, state, reason in states_of(facts, "lathe") if state == "STOPPED"]
    assert reasons == [(10, "oil"), (30, "wash")]
    assert stopped(facts, "mill") == [(10, 50)]


@pytest.mark.parametrize(
    ("at", "apart", "when"),
    [
        ("06:10", "true", [("STOPPED", 10, 20), ("ABORTED", 20, 25)]),  # the failure comes when it is over
        ("06:10", "false", [("STOPPED", 10, 12), ("ABORTED", 12, 17), ("STOPPED", 17, 20)]),
        ("06:13", "true", [("ABORTED", 12, 17), ("STOPPED", 17, 27)]),  # it begins when the repair is over
    ],
)
def test_what_is_kept_apart_from_it_does_not_go_on_beside_it(at: str, apart: str, when: list[tuple[str, float, float]]) -> None:
    failure = f"{{reason: jam, clock: calendar, time_to_failure: 12 min, repair: 5 min, apart_from_maintenance: {apart}}}"
    plant = plant_with(f'every: {{at: "{at}"}}, lasts: 10 min', **{"work_units/lathe/failures": f"[{failure}]"})
    states = states_of(by_rule(plant, scenario_of(horizon="35 min")), "lathe")
    ends = [after for after, _, _ in states[1:]] + [35.0]
    assert [(state, begin, end) for (begin, state, _), end in zip(states, ends, strict=True) if state != "IDLE"][: len(when)] == when


def test_mes_and_erp_see_it_as_no_failure() -> None:
    plant = plant_with("after_lots: 2, lasts: 30 min", **{"work_units/lathe/calendar": None})
    run = simulate(plant, scenario_of(EIGHT_OF_FIVE_MINUTES, horizon="3 h"), engine="compiled")
    assert run.trace_hash == simulate(plant, scenario_of(EIGHT_OF_FIVE_MINUTES, horizon="3 h"), engine="simpy").trace_hash
    assert [alert.alert for alert in run.mes.alerts] == []
    (lathe,) = run.mes.indicators("equipment", run.scenario.start_us, run.now_us)
    assert lathe.failure_count == 0
    assert "lathe was in maintenance: oil" in str(run.explain("lathe"))
