"""Why equipment stands still by itself: failures with their repair crews, and the disturbances that a scenario plans."""

from __future__ import annotations

from typing import Protocol

import simpy

from twin.model.floor.failures import Failure
from twin.model.scenario import Disturbance
from twin.simulation.clock import Life, PlantEnvironment, Settled
from twin.simulation.streams import drawing


class Failing(Settled, Protocol):
    """Equipment that can fail: its id, and what is settled when it does (a line as a whole, when a station fails)."""

    name: str

    @property
    def whole(self) -> Settled: ...

    @property
    def after_maintenance(self) -> simpy.Event | None:
        """What happens when the maintenance that goes on is over; None: none goes on."""


class Cause(Protocol):
    """Something that can keep equipment down. It changes its own `is_down`; the settle phase sees to what follows."""

    reason: str
    is_down: bool
    down_since_us: int


class RepairCrew:
    """People who repair, `size` repairs at a time. Who has waited longest is first; at one instant, the declared order decides."""

    def __init__(self, env: PlantEnvironment, size: int) -> None:
        self._env, self._free = env, size
        self._claims: list[tuple[int, int, int, simpy.Event]] = []

    def claim(self, place: int, mode: int) -> simpy.Event:
        """An event that happens once somebody is free for failure mode `mode` of the equipment at `place`."""
        granted = self._env.event()
        self._claims.append((self._env.now_us, place, mode, granted))
        self._env.settle_soon()
        return granted

    def give_back(self) -> None:
        self._free += 1
        self._env.settle_soon()

    def settle(self) -> None:
        """Give every free hand something to repair."""
        if self._free and self._claims:
            self._claims.sort(key=lambda claim: claim[:3])
            served, self._claims = self._claims[: self._free], self._claims[self._free :]
            self._free -= len(served)
            for *_, granted in served:
                granted.succeed()


class FailureMode:
    """One way in which one piece of equipment fails: good time, wait for the crew, repair, and again.

    The n-th good time and the n-th repair are the same numbers whatever else happens, one of them left out included.
    """

    def __init__(self, env: PlantEnvironment, equipment: Failing, failure: Failure, mode: int, crew: RepairCrew | None) -> None:
        self._env, self._equipment, self._mode, self._crew = env, equipment, mode, crew
        self.reason = failure.reason
        self.is_down = False
        self.down_since_us = 0
        self.wears, self.keeps_apart = failure.clock == "busy", failure.apart_from_maintenance
        self.left_us = 0  # busy clock: work until the next failure
        self._worn_out = env.event()
        self._draw_good_us, self._draw_repair_us = drawing(failure.time_to_failure), drawing(failure.repair)
        self._good_times = env.stream("failure", f"{equipment.name}/{failure.reason}")
        self._repairs = env.stream("repair", f"{equipment.name}/{failure.reason}")

    def life(self) -> Life:
        """The process of this failure mode."""
        env = self._env
        while True:
            good_us = max(1, self._draw_good_us(self._good_times))
            if self.wears:
                self.left_us, self._worn_out = good_us, env.event()
                yield self._worn_out
            else:
                yield env.timeout(good_us)
            if self.keeps_apart and (over := self._equipment.after_maintenance):
                yield over
            repair_us = self._draw_repair_us(self._repairs)
            if (self._crew or repair_us) and env.losses.is_left_out("failure", self._equipment.name, self.reason):
                env.touch(self._equipment.whole)  # what it has worn out works on
                if not self.wears:
                    yield env.timeout(repair_us)  # the next comes when it would have come
                continue
            self.is_down, self.down_since_us = True, env.now_us
            env.touch(self._equipment.whole)
            if self._crew:
                yield self._crew.claim(self._equipment.place, self._mode)
            yield env.timeout(repair_us)
            if self._crew:
                self._crew.give_back()
            self.is_down = False
            env.touch(self._equipment.whole)

    def wear(self, work_us: int) -> None:
        """The equipment has worked for `work_us`, at most `left_us`; at nothing left it fails."""
        self.left_us -= work_us
        assert self.left_us >= 0
        if self.left_us == 0:
            self._worn_out.succeed()


class PlannedStop:
    """A disturbance of the scenario: down from its `at` for as long as it `lasts`."""

    def __init__(self, env: PlantEnvironment, equipment: Failing, disturbance: Disturbance) -> None:
        self._env, self._equipment, self._disturbance = env, equipment, disturbance
        self.reason = disturbance.reason
        self.is_down = False
        self.down_since_us = 0

    def life(self) -> Life:
        """Wait, stand, and be over."""
        env = self._env
        yield env.timeout(self._disturbance.at)
        if env.losses.is_left_out("failure", self._equipment.name, self.reason):
            return
        self.is_down, self.down_since_us = True, env.now_us
        env.touch(self._equipment.whole)
        yield env.timeout(self._disturbance.lasts)
        self.is_down = False
        env.touch(self._equipment.whole)
