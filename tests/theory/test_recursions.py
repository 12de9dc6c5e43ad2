"""What follows from the very numbers that were drawn: the plant against recursions, exact to the microsecond."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

import pytest

from tests.theory.models import asked, exponential, mins, plant_of, shop, stream
from tests.theory.recursion import AgesAllTheTime, Sound, WearsOut, leaving
from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent, SalesOrderConfirmed
from twin.model.measures import AnyDistribution, Exponential
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.engines import ENGINES, play
from twin.simulation.streams import RandomStream, drawing


def facts_of(plant: Plant, scenario: Scenario, seed: int, conwip_lots: int | None = None) -> list[OperationsEvent]:
    """Of the readable plant; the compiled one says the same."""
    told: list[list[OperationsEvent]] = []
    for engine in ENGINES:
        source = play(engine, plant, scenario, seed, control="rule", conwip_lots=conwip_lots)
        facts: list[OperationsEvent] = []
        while (round_facts := source.advance()) is not None:
            facts += round_facts
        told.append(facts)
    assert told[0] == told[1]
    return told[1]


def drawn_us(seed: int, purpose: str, entity: str, mean: float, count: int = 1) -> list[int]:
    draw, numbers = drawing(Exponential(mean=mins(mean))), RandomStream(seed, purpose, entity)
    return [draw(numbers) for _ in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_first_come_first_served_is_the_recursion_of_lindley_and_of_kiefer_and_wolfowitz(units: int, seed: int) -> None:
    """Lindley (1952), Math. Proc. Camb. Phil. Soc. 48, 277; Kiefer, Wolfowitz (1955), Trans. Amer. Math. Soc. 78, 1: who comes next takes
    the server that is free first, W = max(0, V_1 - A)."""
    facts = facts_of(shop(exponential(1), units=units), asked(600, s=stream(exponential(1.1 / units))), seed)
    came = {fact.order: fact.effective_us for fact in facts if isinstance(fact, SalesOrderConfirmed)}
    done = {fact.job_order: fact.effective_us for fact in facts if isinstance(fact, CountObserved)}
    free_us = [0] * units
    expected = {}
    for order, came_us in came.items():
        service_us = drawn_us(seed, "run", f"{order}-m/1", 1)[0]
        expected[f"{order}-m/1"] = max(came_us, heapq.heappop(free_us)) + service_us
        heapq.heappush(free_us, expected[f"{order}-m/1"])
    assert len(done) > 450
    assert done == {job_order: at_us for job_order, at_us in expected.items() if job_order in done}
    assert all(at_us >= max(done.values()) for job_order, at_us in expected.items() if job_order not in done)


def line_of(means: list[float], places: list[int], *, failures_by_station: list[Any] | None = None, **of_each_station: Any) -> Plant:
    """Stations in series with exponential cycles, if nothing else is said, and so many places after each but the last."""
    failures = failures_by_station or [of_each_station.get("failures", [])] * len(means)
    stations = {
        f"station_{n}": {"cycle": exponential(mean), "buffer_after": buffer, **of_each_station, "failures": failures[n]}
        for n, (mean, buffer) in enumerate(zip(means, [*places, 0], strict=True))
    }
    return plant_of(
        {
            "storage_units": {"queue": {}}, "work_centers": {"center": {"storage": "queue"}},
            "production_lines": {"line": {"work_center": "center", "stations": stations}},
            "process_segments": {"make": {"work_center": "center"}}, "routings": {"m": {"1": {"segment": "make"}}},
        },
        {"m": {}},
    )  # fmt: skip


def numbers_us(seed: int, purpose: str, entity: str, distribution: AnyDistribution) -> Iterator[int]:
    """What the plant draws, in its order; a time to failure is at least a microsecond."""
    draw, numbers = drawing(distribution), RandomStream(seed, purpose, entity)
    while True:
        yield draw(numbers) if purpose != "failure" else max(1, draw(numbers))


def recursion_of(plant: Plant, scenario: Scenario, seed: int) -> Iterator[int]:
    """When each transfer lot leaves the one line of `plant`, which has an endless order."""
    (line,) = plant.layout.production_lines.values()
    stations: list[Sound] = []
    for name, station in line.stations.items():
        if not station.failures:
            stations.append(Sound())
            continue
        (failure,) = station.failures
        good = numbers_us(seed, "failure", f"{name}/{failure.reason}", failure.time_to_failure)
        repairs = numbers_us(seed, "repair", f"{name}/{failure.reason}", failure.repair)
        stations.append(WearsOut(good, repairs) if failure.clock == "busy" else AgesAllTheTime(good, repairs, scenario.start_us))
    cycles = [numbers_us(seed, "cycle", name, station.cycle) for name, station in line.stations.items()]
    return leaving(scenario.start_us, stations, cycles, [station.buffer_after for station in line.stations.values()][:-1])


def assert_line_is_its_recursion(plant: Plant, seed: int) -> None:
    scenario = asked(700, orders={"m": 10**8})
    facts = facts_of(plant, scenario, seed)
    left = [fact.effective_us for fact in facts if isinstance(fact, CountObserved) and fact.equipment == "line"]
    assert len(left) > 150
    assert left == [at_us for at_us, _ in zip(recursion_of(plant, scenario, seed), left, strict=False)]


LINES = [([1, 1], [0]), ([1, 1, 1], [0, 0]), ([1, 2, 1], [3, 1]), ([2, 1, 1, 1.5], [0, 2, 1]), ([1, 1, 1, 1, 1], [1] * 4)]


@pytest.mark.parametrize(("means", "places"), LINES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_line_is_the_recursion_of_blocking_after_service(means: list[float], places: list[int], seed: int) -> None:
    assert_line_is_its_recursion(line_of(means, places), seed)


@pytest.mark.slow
@pytest.mark.parametrize(("means", "places"), LINES)
@pytest.mark.parametrize("clock", ["busy", "calendar"])
@pytest.mark.parametrize("kind", ["smooth", "in step"])
def test_and_so_is_a_line_that_fails(means: list[float], places: list[int], clock: str, kind: str) -> None:
    """In step, all times are whole minutes: stations fail, finish and are repaired at the same instants."""
    good, repair, cycle = (
        (exponential(30), exponential(5), exponential(1)) if kind == "smooth" else ({"empirical": ["7 min", "20 min"]}, "3 min", "1 min")
    )
    failures = [{"reason": "f", "clock": clock, "time_to_failure": good, "repair": repair}]
    assert_line_is_its_recursion(line_of(means, places, failures=failures, cycle=cycle), 1)


def tandem(means: list[float], places: list[int | None]) -> Plant:
    """Work centers of one unit each, in series; `places` in the storage before each."""
    names = [f"c{n}" for n in range(len(means))]
    return plant_of(
        {
            "storage_units": {name: {"capacity": capacity} for name, capacity in zip(names, places, strict=True)},
            "work_centers": {name: {"storage": name} for name in names},
            "work_units": {f"u_{name}": {"equipment_class": name, "work_center": name} for name in names},
            "process_segments": {name: {"work_center": name} for name in names},
            "routings": {"m": {str(n): {"segment": name, "run": exponential(means[n])} for n, name in enumerate(names)}},
        },
        {"m": {"lot_size": 1}},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_work_units_with_finite_storage_are_the_same_recursion(seed: int) -> None:
    means, places = [1.0, 1.0, 1.2], [2, 1]
    scenario, lot_count = asked(500, orders={"m": 1000}), 1000
    facts = facts_of(tandem(means, [None, *places]), scenario, seed)
    left = [fact.effective_us for fact in facts if isinstance(fact, CountObserved) and fact.equipment == "u_c2"]
    names = [f"all-m-m.{n:04}" for n in range(1, lot_count + 1)]
    work_us = [iter([drawn_us(seed, "run", f"{name}/{n}", mean)[0] for name in names[:600]]) for n, mean in enumerate(means)]
    assert len(left) > 200
    assert left == [at_us for at_us, _ in zip(leaving(scenario.start_us, [Sound()] * 3, work_us, places), left, strict=False)]


@pytest.mark.slow
@pytest.mark.parametrize("lots", [1, 3, 8])
def test_conwip_releases_a_lot_when_one_leaves(lots: int) -> None:
    """Release of lot i = departure of lot i - w; Spearman, Woodruff, Hopp (1990), Int. J. Prod. Res. 28, 879."""
    means, seed, scenario = [1.0, 0.7, 1.3], 1, asked(400, orders={"m": 1000})
    facts = facts_of(tandem(means, [None] * 3), scenario, seed, conwip_lots=lots)
    left = [fact.effective_us for fact in facts if isinstance(fact, CountObserved) and fact.equipment == "u_c2"]
    begun = [
        fact.effective_us for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.equipment == "u_c0" and fact.state == 6
    ]
    free_us, expected = [scenario.start_us] * 3, list[int]()
    for i in range(len(left)):
        at_us = expected[i - lots] if i >= lots else scenario.start_us
        for n, mean in enumerate(means):
            at_us = free_us[n] = max(at_us, free_us[n]) + drawn_us(seed, "run", f"all-m-m.{i + 1:04}/{n}", mean)[0]
        expected.append(at_us)
    assert len(left) > 100
    assert left == expected
    assert len(begun) <= len(left) + lots
