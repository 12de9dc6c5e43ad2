"""Where nothing happens by chance, a schedule is what happens: to the microsecond, by the rule that made it and by its sequence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

from tests.laws.planning.schedule_verifier import problems_of
from tests.laws.planning.scheduling_case import Case, certain_case
from tests.parity.test_levels_by_rule import shipped_shop
from twin import moment, study
from twin import run as path
from twin.model.scenario import Policies
from twin.now.planned import as_planned, planned_scenario
from twin.results.run import Run
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.scheduling.schedule import Schedule
from twin.study.scheduling.scheduling import BY_SEQUENCE, UNSETTLED

HOUR_US = 3_600_000_000
RULES = ("as now", "fifo", "edd", "spt", "critical_ratio", "slack", "slack_per_operation", "setup_avoidance", "priority")


def stopped_at(case: Case, seed: int, now_us: int) -> Run:
    """A run up to now, with its seed."""
    plant, scenario = case
    run = path.carry(CompiledPlant(plant, scenario, seed, now_us + 1), Run(plant, scenario, seed=seed))
    run.now_us = now_us  # the heartbeat of its end came later
    return run


def what_happens(run: Run, policies: Policies, until_us: int) -> Run:
    """The run as it goes on from now under other policies."""
    noon = moment.at(run, run.now_us)
    return noon.go_on(scenario=run.scenario.model_copy(update={"policies": policies}), until_us=until_us)


def assert_came_true(plan: Schedule, run: Run) -> None:
    """Every operation of the schedule was done where, when and by whom it says."""
    jobs = run.mes.job_orders
    for it in plan.operations:
        job = jobs[it.job_order]
        ended_us = job.ended_us if 0 <= job.ended_us <= plan.until_us else plan.until_us
        planned, came = (it.equipment, it.start_us, it.end_us, it.person), (job.equipment, job.started_us, ended_us, job.person)
        assert planned == came, f"{it.job_order}: planned {planned}, came {came}"
    orders = run.erp.customer_orders.orders
    for promise in plan.orders:
        shipped_us = orders[promise.order].shipped_us if not orders[promise.order].open_quantity else None
        assert promise.ships_us == (shipped_us if shipped_us is not None and shipped_us <= plan.until_us else None), promise


def stands_blocked_with_a_batch(run: Run) -> bool:
    """Which lot of a batch that cannot leave goes first is told by nobody."""
    return any(it.reason == "blocked" and len(it.job_orders) > 1 for it in run.mes.equipment.records.values())


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # to shrink takes minutes
@given(case=certain_case(), seed=st.integers(0, 2**32), share=st.floats(0, 0.6), rule=st.sampled_from(RULES))
def test_a_schedule_comes_true(case: Case, seed: int, share: float, rule: str) -> None:
    """By any rule, from any instant: the plant goes on under the schedule's own sequence as the schedule says, and it can be done."""
    plant, scenario = case
    assume(not plant.vehicles)  # whom they drive to is told by nobody
    now_us, until_us = scenario.start_us + int(share * scenario.horizon) + 1, scenario.start_us + scenario.horizon
    run = stopped_at(case, seed, now_us)
    assume(not stands_blocked_with_a_batch(run))
    plan = study.schedule(run, rule, until=f"{until_us - now_us} us")
    event(f"{min(len(plan.operations), 9)} operations")
    assert not problems_of(plan, plant, dict(run.erp.stock.on_hand), has_stops=True)
    assume(UNSETTLED not in plan.unknown)
    assume(not plan.unfilled)  # the floor waits for what is ordered later
    try:
        both = (plan.followed(),) if BY_SEQUENCE in plan.unknown else (plan.followed(), plan.policies)
        ahead = [what_happens(run, policies, until_us) for policies in both]
    except moment.NotPlayedAgain:
        assume(False)
    assume(not any(other.deadlock for other in ahead))  # it ends a run at once
    for other in ahead:
        assert_came_true(plan, other)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["edd", "setup_avoidance"])
def test_a_schedule_of_the_gearbox_shop_comes_true(rule: str) -> None:
    """Bills over five levels, batches, shifts, breaks, three qualifications: to the microsecond, as MES and ERP carry it out."""
    plant, scenario = shipped_shop("gearbox_shop")
    now_us = scenario.start_us + 31 * HOUR_US + 12_345
    certain = as_planned(plant), scenario
    ordered = set(stopped_at(certain, 3, now_us).erp.customer_orders.orders)
    known = planned_scenario(scenario, ordered, now_us)
    run = stopped_at((certain[0], known), 3, now_us)
    plan = study.schedule(run, rule, until="4 d")
    assert len(plan.operations) > 100
    assert_came_true(plan, what_happens(run, plan.followed(), now_us + 96 * HOUR_US))
    assert not problems_of(plan, plant, dict(run.erp.stock.on_hand), has_stops=True)


@pytest.mark.slow
def test_what_is_wrong_with_a_schedule_is_found() -> None:
    """The verifier sees what it is asked about: another start, another unit, another person, no material."""
    plant, scenario = shipped_shop("gearbox_shop")
    run = stopped_at((plant, scenario), 3, scenario.start_us + 31 * HOUR_US + 12_345)
    plan, on_hand = study.schedule(run, "edd", until="4 d"), dict(run.erp.stock.on_hand)
    been = [{other.equipment: other for other in plan.operations[:n]} for n in range(len(plan.operations))]  # the last on each unit
    first = next(n for n, it in enumerate(plan.operations) if not it.is_running and it.setup_us and it.person and it.equipment in been[n])
    it, last = plan.operations[first], been[first][plan.operations[first].equipment]
    wrong = {
        "before": replace(it, start_us=last.start_us + 1),
        "cannot do": replace(it, equipment="furnace_1"),
        "is no": replace(it, person="goran"),
        "set up from": replace(it, setup_from="nothing"),
        "of work on": replace(it, end_us=it.start_us + 1),
    }
    for words, other in wrong.items():
        changed = replace(plan, operations=(*plan.operations[:first], other, *plan.operations[first + 1 :]))
        assert any(words in problem for problem in problems_of(changed, plant, on_hand, has_stops=True)), words
    assert any("too little" in problem for problem in problems_of(plan, plant, {}, has_stops=True))
    twice = replace(plan, stays=(*plan.stays, replace(plan.stays[0], equipment="elsewhere")))
    assert any("in two places" in problem for problem in problems_of(twice, plant, on_hand, has_stops=True))
