"""The same queues in Cimba, a C engine whose Python models are compiled by Numba; nothing is kept.

As minimal as its own examples, and the same programs as in SimPy: stores between the processes of the tandem, a process for each job of
the shop. The shop once more with a process for each work unit, and jobs as whole numbers in stores: three times as fast there.
"""

from __future__ import annotations

from typing import Any

import cimba as cb
import numpy as np

from benchmarks.measuring.plants import ARRIVALS, JOBS, PLACES, ROUTES, UNITS, routes

_STEPS = 16  # a job is its route times this, and how many operations are done


class _Queue(cb.Model):  # type: ignore[misc]  # it has no types for those who look from outside
    gap: cb.Input[float] = cb.inputs.dist.exponential(mean=1 / ARRIVALS)
    service: cb.Input[float] = cb.inputs.dist.exponential(mean=1.0)
    queue: cb.Container
    mean_queue: cb.Output[float]

    @cb.process
    def arrivals(self) -> Any:
        while True:
            cb.hold(self.gap.next())
            self.queue.put(1)

    @cb.process
    def server(self) -> Any:
        while True:
            self.queue.get(1)
            cb.hold(self.service.next())

    @cb.on_end
    def measure(self) -> Any:
        self.mean_queue = self.queue.mean_level()


class _First(cb.Model):  # type: ignore[misc]
    parts: cb.Param[int] = 0
    queue: cb.Store[int] = cb.Store(capacity=PLACES)  # before the next unit

    @cb.process
    def work(self) -> Any:
        for part in range(self.parts):
            cb.hold(cb.random.exponential(1.0))
            self.queue.put(part)


class _Middle(cb.Model):  # type: ignore[misc]
    before: cb.Ref[cb.Store[int]]
    queue: cb.Store[int] = cb.Store(capacity=PLACES)

    @cb.process
    def work(self) -> Any:
        while True:
            part = self.before.get()
            cb.hold(cb.random.exponential(1.0))
            self.queue.put(part)


class _Tandem(cb.Model):  # type: ignore[misc]
    first: _First
    middle: list[_Middle]
    before: cb.Ref[cb.Store[int]]
    minutes: cb.Output[float]

    @cb.process
    def last(self) -> Any:
        while True:
            self.before.get()
            cb.hold(cb.random.exponential(1.0))
            self.minutes = cb.now()


class _Machine(cb.Model):  # type: ignore[misc]
    place: cb.Resource = cb.Resource(capacity=1)


class _Job(cb.Model):  # type: ignore[misc]
    shop: cb.Ref[_Shop]
    way: int = 0

    @cb.process
    def live(self) -> Any:
        for n in range(UNITS):
            machine = self.shop.machines[self.shop.ways[self.way + n]]
            machine.place.acquire()
            cb.hold(cb.random.exponential(1.0))
            machine.place.release()
        self.shop.done += 1
        self.shop.pace = self.shop.done * UNITS / cb.now()
        cb.release(self)


class _Shop(cb.Model):  # type: ignore[misc]
    jobs: cb.Param[int] = 0
    ways: cb.Array[int]
    machines: list[_Machine]
    done: int = 0
    pace: cb.Output[float]

    @cb.process
    def arrivals(self) -> Any:
        for _ in range(self.jobs):
            cb.hold(cb.random.exponential(1 / JOBS))
            cb.spawn(_Job, shop=self, way=UNITS * (cb.random.dice(1, ROUTES) - 1))


class _Unit(cb.Model):  # type: ignore[misc]
    shop: cb.Ref[_ShopOfStores]
    queue: cb.Store[int] = cb.Store()

    @cb.process
    def work(self) -> Any:
        while True:
            job = self.queue.get()
            cb.hold(cb.random.exponential(1.0))
            self.shop.go_on(job + 1)


class _ShopOfStores(cb.Model):  # type: ignore[misc]
    jobs: cb.Param[int] = 0
    ways: cb.Array[int]
    units: list[_Unit]
    done: int = 0
    pace: cb.Output[float]

    @cb.function
    def go_on(self, job: int) -> None:
        if job % _STEPS < UNITS:
            self.units[self.ways[job]].queue.put(job)
        else:
            self.done += 1
            self.pace = self.done * UNITS / cb.now()

    @cb.process
    def arrivals(self) -> Any:
        for _ in range(self.jobs):
            cb.hold(cb.random.exponential(1 / JOBS))
            self.go_on(_STEPS * (cb.random.dice(1, ROUTES) - 1))


def queue(customers: int) -> float:
    """As many customers as come on average meanwhile; mean stay by Little's law from those that wait, and a service of mean 1."""
    return _played(_Queue(), "mean_queue", cb.Window(warmup=0, duration=customers / ARRIVALS)) / ARRIVALS + 1.0


def tandem(parts: int) -> float:
    """Stores of ten between processes; minutes until the last part has left."""
    line = _Tandem()
    line.first, line.middle = _First(), [_Middle() for _ in range(UNITS - 2)]
    line.first.parts = parts
    for unit, before in zip([*line.middle, line], [line.first, *line.middle], strict=True):
        unit.before = before.queue
    return _played(line, "minutes", cb.Window.until_idle())


def job_shop(jobs: int) -> float:
    """A process for each job, resources for the work units; operations a minute until the last job is done."""
    shop = _Shop()
    shop.jobs, shop.machines = jobs, [_Machine() for _ in range(UNITS)]
    shop.ways = cb.Array([unit for way in routes() for unit in way])
    return _played(shop, "pace", cb.Window.until_idle())


def job_shop_of_stores(jobs: int) -> float:
    """Stores before the work units, and jobs are numbers in them."""
    shop = _ShopOfStores()
    shop.jobs, shop.units = jobs, [_Unit() for _ in range(UNITS)]
    shop.ways = cb.Array([unit for way in routes() for unit in (*way, *[0] * (_STEPS - UNITS))])
    for unit in shop.units:
        unit.shop = shop
    return _played(shop, "pace", cb.Window.until_idle())


def _played(model: Any, output: str, window: Any) -> float:
    found = cb.Experiment(model, replications=1, window=window, seed=1).run()
    return float(np.asarray(getattr(found[model], output)).mean())
