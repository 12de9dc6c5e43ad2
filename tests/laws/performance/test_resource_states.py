"""What persons, tools and gauges did tiles time on any plant, and whoever works by the figures of labour works there, for as long."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.simulation.any_plant import plants_and_scenarios
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.resources.person_states import WORKS
from twin.results.resources.resource_states import KINDS, names_of, resource_states
from twin.results.run import Run
from twin.run import simulate

QUICK = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])


def worked(run: Run, from_us: int, to_us: int) -> dict[str, int]:
    """When persons worked, by the figures of labour: the union of their stints on job orders, us."""
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for it in run.mes.labour.figures.stints(from_us, to_us):
        if not it.activity:
            spans[it.person].append((it.start_us, it.end_us))
    found: dict[str, int] = {}
    for person, there in spans.items():
        until_us = from_us
        for start_us, end_us in sorted(there):
            found[person] = found.get(person, 0) + max(0, end_us - max(start_us, until_us))
            until_us = max(until_us, end_us)
    return {person: time_us for person, time_us in found.items() if time_us}


def check(run: Run, from_us: int, to_us: int) -> None:
    for kind in KINDS:
        found = resource_states(run, kind, from_us, to_us)
        of = {name: [it for it in found if it.resource == name] for name in names_of(run.plant, kind)}
        assert sum(map(len, of.values())) == len(found)
        for states in of.values():
            assert (states[0].start_us, states[-1].end_us) == (from_us, to_us)
            for before, after in pairwise(states):
                assert before.end_us == after.start_us
                assert before.standing != after.standing, "what goes on is one state"
            assert all(it.start_us < it.end_us for it in states)
    works = dict.fromkeys(run.plant.layout.persons, 0)
    for it in resource_states(run, "person", from_us, to_us):
        works[it.resource] += (it.end_us - it.start_us) * (it.standing.state == WORKS)
    assert {name: time_us for name, time_us in works.items() if time_us} == worked(run, from_us, to_us)


@QUICK
@given(case=plants_and_scenarios(), seed=st.integers(1, 1000))
def test_states_tile_time_in_every_window_and_work_is_that_of_the_figures(case: tuple[Plant, Scenario], seed: int) -> None:
    run = simulate(*case, seed=seed)
    start_us, now_us = run.scenario.start_us, run.now_us
    if start_us < now_us:
        check(run, start_us, now_us)
    if now_us - start_us > 10:
        check(run, start_us + (now_us - start_us) // 3, now_us - 1)
