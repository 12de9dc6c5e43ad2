"""The figures of any window are the same to the last bit, whether sums were kept as the plant went on or all of it is gone through now."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.mes.little_plant import HOUR_US, MIN_US, START_US, Floor, little_plant
from twin.mes import Mes
from twin.mes.performance.kept.kept_sums import EACH
from twin.mes.performance.performance import Performance
from twin.model.events import EnergyMetered, JobOrderCreated, LotSplitRequested, OperationsEvent
from twin.model.states import WorkUnitState as S

UNITS = ("saw_1", "mill_1", "oven_1", "line_1", "filler")
KEPT_SCOPES = ("equipment", "shift", "product", "request")


def gone_through(mes: Mes) -> Performance:
    """What knows the same and has kept no sums."""
    return Performance(mes.plant, mes.equipment, mes.execution, mes.release, mes.tracking, mes.calendars, mes.labour.figures)


def differing(mes: Mes, windows: list[tuple[int, int]]) -> list[tuple[str, tuple[int, int]]]:
    """Scopes and windows of which the figures differ from those that are gone through."""
    plain = gone_through(mes)
    found = [
        (by, (from_us, to_us))
        for from_us, to_us in windows
        for by in KEPT_SCOPES
        if mes.indicators(by, from_us, to_us) != plain.indicators(by, from_us, to_us, mes.now_us)
    ]
    found += [
        ("order execution time", it) for it in windows if execution_times(mes, "product", *it) != execution_times(mes, "request", *it)
    ]
    return found + [("losses", it) for it in windows if mes.performance.losses(*it, mes.now_us) != plain.losses(*it, mes.now_us)]


def execution_times(mes: Mes, by: str, from_us: int, to_us: int) -> Counter[str]:
    """Order execution time by product: as it is kept, or of each request."""
    found = Counter[str]()
    for row in mes.indicators(by, from_us, to_us):
        found[mes.requests[row.name].material if by == "request" else row.name] += row.aoet_us
    return found


def windows_of(mes: Mes, draw: random.Random, count: int) -> list[tuple[int, int]]:
    """Windows of any length, some of them from a bound to a bound of what was reported or of a shift."""
    bounds = [it.start_us for name in UNITS for it in mes.equipment.records[name].intervals]
    bounds += [count.at_us for name in UNITS for count in mes.equipment.records[name].counts]
    bounds += [START_US + n * 8 * HOUR_US for n in range(-1, (mes.now_us - START_US) // (8 * HOUR_US) + 2)]

    def instant_us() -> int:
        return draw.choice(bounds) if draw.random() < 0.6 else draw.randrange(START_US - 9 * HOUR_US, mes.now_us + HOUR_US)

    return [tuple(sorted((instant_us(), instant_us()))) for _ in range(count)] + [(START_US, mes.now_us)]


class Told:
    """What controllers and people say, some of it wrong, twice or days late, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        layout = little_plant().layout
        self.floor = Floor(decisions="observed").all_idle()
        assert layout.work_units["mill_1"].calendar == "both"
        self.floor.tell(self.floor.stock("STEEL", 10_000), self.floor.request("P", "PIN", 18), self.floor.request("D", "DRINK", 40))

    def fact(self) -> OperationsEvent:
        draw, floor = self.draw, self.floor
        known = [*floor.mes.job_orders, "P.9/10", "ghost/10"]
        unit, jobs = draw.choice(UNITS), draw.choice(known)
        if draw.random() < 0.2:
            jobs = "+".join(draw.sample(known, 2))
        kind = draw.random()
        if kind < 0.6:
            state, person = draw.choice([*S, S.EXECUTE, S.HELD]), draw.choice(["", "anna", "ben", "anna+ben"])
            said: OperationsEvent = floor.state(unit, state, draw.choice(["", jobs]), person, draw.choice(["", "jam", "off_shift"]))
        elif kind < 0.85:
            said = floor.count(unit, draw.choice(["", jobs.split("+")[0]]), draw.randrange(4), draw.randrange(2), draw.randrange(2))
            said = replace(said, reason=draw.choice(["", "dent", "burr"]))
        elif kind < 0.9:
            said = EnergyMetered(effective_us=floor.now_us, equipment=unit, energy_wh=draw.randrange(1, 900))
        elif kind < 0.93:
            lot = draw.choice([*floor.mes.lots])
            said = LotSplitRequested(effective_us=floor.now_us, lot=lot, quantity=1, person="anna", terminal="t")
        elif kind < 0.97:  # something more is done to a lot: what was its last operation is that no more
            job = draw.choice([*floor.mes.job_orders.values()])
            said = JobOrderCreated(
                effective_us=floor.now_us, equipment=job.work_center, request=job.request, job_order=f"{job.lot}/{floor.now_us}",
                lot=job.lot, material=job.material, operation=job.operation, quantity=job.quantity,
            )  # fmt: skip
        else:
            said = floor.request(f"R{floor.now_us}", draw.choice(["PIN", "PLATE", "DRINK"]), 6)
        late_us = draw.randrange(3 * 24 * HOUR_US) if draw.random() < 0.06 and kind < 0.85 else 0
        return replace(said, effective_us=max(START_US - HOUR_US, said.effective_us - late_us))

    def go_on(self, count: int) -> Mes:
        for _ in range(count):
            self.floor.wait(self.draw.choice([0, 1, 7, 30, 90]))
            pending = deque([self.fact()])
            while pending:  # not all of it is sense: whether lots balance is not asked
                pending.extend(self.floor.mes.apply(pending.popleft()))
        return self.floor.mes


@pytest.mark.slow
@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_sums_that_are_kept_are_those_of_the_intervals_whatever_comes_late_or_changes(seed):
    told = Told(seed)
    for _ in range(4):
        mes = told.go_on(90)
        assert differing(mes, windows_of(mes, told.draw, 5)) == []
    assert any(len(it.intervals) > 2 * EACH for it in mes.equipment.records.values())


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until="70 h", seed=3)


@pytest.mark.slow
def test_of_a_simulated_plant_too_and_most_of_it_is_kept(run):
    start_us, draw = run.scenario.start_us, random.Random(5)
    windows = [tuple(sorted(draw.randrange(start_us, run.now_us) for _ in "ab")) for _ in range(8)]
    assert differing(run.mes, [(start_us, run.now_us), *windows]) == []
    kept = run.mes.performance.kept
    assert all(kept.count_of(name) > len(it.intervals) - 2 * EACH for name, it in run.mes.equipment.records.items())
    assert run.mes.equipment.records["lathe_1"].intervals[-1].end_us - start_us > 60 * 60 * MIN_US
