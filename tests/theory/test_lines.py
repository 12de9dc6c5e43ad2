"""Lines with finite buffers, blocking after service, against exact chains and published simulations."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest

from tests.theory.confidence import assert_mean, replicated
from tests.theory.models import CASES, MIN_US, Departures, asked, exponential, mins
from tests.theory.test_recursions import line_of, numbers_us, recursion_of
from twin.model.measures import Exponential
from twin.model.plant import Plant

ONE = Exponential(mean="1 min")
ENDLESS = {"m": 10**8}  # an order longer than any run: the first station never starves


def throughputs(plant: Plant, *, until: float, warm_up: float, count: int) -> np.ndarray:
    return replicated(lambda seed: Departures(plant, asked(until, orders=ENDLESS), {"line"}, warm_up).throughput(seed), count)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "stations", "buffers"), [(case, int(case[0]), buffers) for case in ("2EXP", "3EXP", "5EXP") for buffers in CASES[case]["TH"]]
)
def test_exponential_stations_with_buffers(case: str, stations: int, buffers: str) -> None:
    """Two stations: TH = (B + 2) / (B + 3); more: exact Markov chains of the states of the line.

    Hunt (1956), Operations Research 4, 674; Hillier, Boling (1967), Operations Research 15, 286. Control: the mean of all cycles drawn.
    """
    plant, until = line_of([1] * stations, [int(buffers)] * (stations - 1)), 800

    def run(seed: int) -> tuple[float, float]:
        through = Departures(plant, asked(until, orders=ENDLESS), {"line"}, warm_up=80).throughput(seed)
        drawn = [sum(islice(numbers_us(seed, "cycle", f"station_{n}", ONE), int(through * until))) for n in range(stations)]
        return through, sum(drawn) / stations / int(through * until) / MIN_US - 1

    rows = replicated(run, 12)
    assert_mean(rows[:, 0], CASES[case]["TH"][buffers], within=0.05, controls=rows[:, 1:])


def geometric(chance: float, values: int = 2_000) -> list[str]:
    """Cycles until something of `chance` in a cycle happens, as a list to draw from: the quantiles at the middle of `values` equal shares.

    One microsecond less than whole cycles: a failure then falls into work, just before its end, and not between two pieces.
    """
    quantiles = [math.ceil(math.log1p(-(n + 0.5) / values) / math.log1p(-chance)) for n in range(values)]
    return [f"{cycles} min" for cycles in quantiles]


def in_work(cycles: list[str]) -> list[str]:
    return [f"{int(text.split()[0]) * 60_000_000 - 1} us" for text in cycles]


def gershwins_line(places: int) -> Plant:
    """His storage holds the piece on the second station and the finished piece that blocks the first: N = B + 2."""
    failing = {
        "reason": "f", "clock": "busy", "time_to_failure": {"empirical": in_work(geometric(0.01))}, "repair": {"empirical": geometric(0.1)},
    }  # fmt: skip
    return line_of([1, 1], [places - 2], cycle=mins(1), failures=[failing])


def nagas_line(clock: str) -> Plant:
    failures = [
        [{"reason": "f", "clock": clock, "time_to_failure": exponential(good), "repair": exponential(repair)}]
        for good, repair in ((120, 10), (120, 10), (60, 12), (120, 10))
    ]
    return line_of([1] * 4, [4] * 3, cycle=mins(1), failures_by_station=failures)


def by_recursion(plant: Plant, *, pieces: int, warm_up: int, count: int) -> np.ndarray:
    """Throughput of the recursion that the plant follows to the microsecond (test_recursions), in much longer runs."""

    def run(seed: int) -> float:
        left = recursion_of(plant, asked(1, orders=ENDLESS), seed)
        begun_us = next(islice(left, warm_up - 1, None))
        return pieces * MIN_US / (next(islice(left, pieces - 1, None)) - begun_us)

    return replicated(run, count)


@pytest.mark.slow
@pytest.mark.parametrize("places", list(CASES["GERSH-DET"]["E"]))
def test_two_deterministic_stations_that_fail_in_cycles(places: str) -> None:
    """Efficiency of a line of two stations with cycle 1, geometric failures (p = 0.01) and repairs (r = 0.1), that fail while they work.

    Gershwin (1994), "Manufacturing systems engineering", 3.5, deterministic two-machine line. Geometric times come from their quantiles.
    """
    plant, truth = gershwins_line(int(places)), CASES["GERSH-DET"]["E"][places]
    if places in ("2", "20"):
        assert_mean(throughputs(plant, until=3_200, warm_up=200, count=8), truth, within=0.1)
    assert_mean(by_recursion(plant, pieces=40_000, warm_up=1_000, count=8), truth, within=0.015)


@pytest.mark.slow
@pytest.mark.parametrize("clock", ["calendar", "busy"])
def test_a_line_with_buffers_and_failures_as_others_simulate_it(clock: str) -> None:
    """Four stations of cycle 1 with exponential failures; the truth is an estimate too, with its own 95 % interval, widened here to 99.9 %.

    Naga, example `line_with_buffers`: its own result and a longer simulation of the same line.
    """
    truth, half_95 = CASES["NAGA-LWB"]["TH_sim"]["TDF" if clock == "calendar" else "ODF"]
    known_to = half_95 / 1.96 * 3.29
    assert_mean(throughputs(nagas_line(clock), until=2_600, warm_up=300, count=8), truth, within=0.15, known_to=known_to)
    assert_mean(by_recursion(nagas_line(clock), pieces=40_000, warm_up=1_000, count=10), truth, within=0.02, known_to=known_to)
