"""Pace without waiting: the clock on the wall belongs to the test."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from twin.model.events import Heartbeat, OperationsEvent
from twin.model.states import Source
from twin.simulation.pacing import LOOK_S, Paced

SECOND_US = 1_000_000


class Beats:
    """A source that beats once a plant second."""

    origin = Source.SIMULATED

    def __init__(self, count: int) -> None:
        self.rounds = [[Heartbeat(effective_us=n * SECOND_US)] for n in range(count)]
        self.sent: list[OperationsEvent] = []

    def advance(self) -> Sequence[OperationsEvent] | None:
        return self.rounds.pop(0) if self.rounds else None

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self.sent += commands


class HandClock:
    """Whoever waits finds that the time has passed; things may be set to happen at a time."""

    def __init__(self) -> None:
        self.at_s = 100.0
        self.plans: list[tuple[float, Callable[[], None]]] = []

    def now_s(self) -> float:
        return self.at_s

    def plan(self, at_s: float, act: Callable[[], None]) -> None:
        self.plans.append((100.0 + at_s, act))
        self.plans.sort(key=lambda plan: plan[0])

    def wait(self, changed: threading.Condition, at_most_s: float | None) -> None:
        until_s = math.inf if at_most_s is None else self.at_s + at_most_s
        if self.plans and self.plans[0][0] <= until_s:
            self.at_s, act = self.plans.pop(0)
            act()
        else:
            assert at_most_s is not None, "would wait for ever"
            self.at_s = until_s


def walked(paced: Paced, clock: HandClock, rounds: int) -> list[float]:
    """Seconds on the wall at which the rounds came."""
    at = []
    for _ in range(rounds):
        assert paced.advance()
        at.append(round(clock.at_s - 100.0, 6))
    return at


@pytest.mark.parametrize(
    ("factor", "seconds"), [(1, [0, 1, 2, 3]), (60, [0, 1 / 60, 2 / 60, 3 / 60]), (0.5, [0, 2, 4, 6]), (math.inf, [0, 0, 0, 0])]
)
def test_plant_seconds_pass_at_the_pace(factor: float, seconds: list[float]) -> None:
    clock = HandClock()
    assert walked(Paced(Beats(9), factor, clock), clock, 4) == pytest.approx(seconds, abs=1e-5)


def test_the_pace_changes_while_the_source_runs() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), 1, clock)
    clock.plan(1.5, lambda: setattr(paced, "factor", 10))
    clock.plan(1.6, lambda: setattr(paced, "factor", 1))  # at plant second 2.5
    assert walked(paced, clock, 5) == pytest.approx([0, 1, 1.55, 2.1, 3.1])


def test_plant_time_stands_still_in_a_pause() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), 1, clock)
    clock.plan(1.5, paced.pause)
    clock.plan(7.0, paced.resume)
    assert walked(paced, clock, 4) == [0, 1, 7.5, 8.5]


def test_a_step_gives_one_round_at_once() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), 1, clock)
    clock.plan(1.5, paced.pause)
    clock.plan(4.0, paced.step)
    clock.plan(5.0, paced.step)
    clock.plan(6.0, paced.resume)
    assert walked(paced, clock, 5) == [0, 1, 4.0, 5.0, 7.0]


def test_without_a_pace_a_pause_holds_all_the_same() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), math.inf, clock)
    walked(paced, clock, 2)
    paced.pause()
    clock.plan(3.0, paced.resume)
    assert walked(paced, clock, 2) == [3.0, 3.0]
    paced.factor = 1
    assert walked(paced, clock, 1) == [4.0]


def test_stop_ends_it_for_whoever_waits() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), 1, clock)
    clock.plan(1.5, paced.pause)
    clock.plan(2.0, paced.stop)
    assert walked(paced, clock, 2) == [0, 1]
    assert paced.advance() is None
    assert paced.advance() is None


def test_an_event_that_somebody_sets_ends_it_before_the_next_round() -> None:
    clock, stop = HandClock(), threading.Event()
    paced = Paced(Beats(9), 1, clock, stop=stop)
    clock.plan(1.5, stop.set)
    assert walked(paced, clock, 2) == [0, 1]
    assert paced.advance() is None
    assert clock.at_s - 100.0 <= 1.5 + LOOK_S


@pytest.mark.parametrize("factor", [5e-324, 1e-9])
def test_a_pace_however_slow_waits_until_somebody_ends_it(factor: float) -> None:
    for paced, end in both_ways_to_end(factor):
        assert paced.advance()
        waits = threading.Timer(0.3, end)
        waits.start()
        assert paced.advance() is None
        waits.join()


def both_ways_to_end(factor: float) -> list[tuple[Paced, Callable[[], None]]]:
    stop = threading.Event()
    called, told = Paced(Beats(9), factor), Paced(Beats(9), factor, stop=stop)
    return [(called, called.stop), (told, stop.set)]


def test_a_pace_however_fast_gives_every_round() -> None:
    paced = Paced(Beats(9), 1e308)
    assert len([*iter(paced.advance, None)]) == 9


def test_plant_time_runs_on_between_two_rounds_and_not_beyond_the_next() -> None:
    clock = HandClock()
    paced = Paced(Beats(9), 0.5, clock)
    assert paced.now_us is None
    seen: list[int | None] = []
    for at_s in (0.5, 1.5):
        clock.plan(at_s, lambda: seen.append(paced.now_us))
    walked(paced, clock, 2)
    assert [*seen, paced.now_us] == [SECOND_US // 4, SECOND_US * 3 // 4, SECOND_US]
    clock.at_s += 30  # the next round is long in coming: nobody knows what has happened since
    assert paced.now_us == SECOND_US


def test_commands_go_through_and_the_end_is_the_end() -> None:
    source = Beats(1)
    paced = Paced(source, 5, HandClock())
    assert paced.origin == Source.SIMULATED
    assert paced.advance()
    paced.send([Heartbeat(effective_us=0)])
    assert len(source.sent) == 1
    assert paced.advance() is None


@pytest.mark.parametrize("factor", [0, -1, math.nan])
def test_a_pace_is_above_zero(factor: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Paced(Beats(1), factor)
    paced = Paced(Beats(1), 1)
    with pytest.raises(ValueError, match="above 0"):
        paced.factor = factor


def test_controls_work_from_another_thread_on_the_real_clock() -> None:
    paced = Paced(Beats(1000), 1)
    got: list[int] = []

    def follow() -> None:
        while (facts := paced.advance()) is not None:
            got.append(facts[0].effective_us)

    paced.pause()
    follower = threading.Thread(target=follow)
    follower.start()
    for steps in (1, 2):
        paced.step()
        deadline = time.monotonic() + 20
        while len(got) < steps and time.monotonic() < deadline:
            time.sleep(0.001)
    assert got == [0, SECOND_US]
    paced.factor = 1e6
    paced.resume()
    while len(got) < 500:
        time.sleep(0.001)
    paced.stop()
    follower.join(20)
    assert not follower.is_alive()
    assert got == [n * SECOND_US for n in range(len(got))]
