"""The same queues in salabim, without its monitors: they cost more than the work."""

from __future__ import annotations

from typing import Any

import numpy as np
import salabim

from benchmarks.measuring.plants import ARRIVALS, JOBS, PLACES, UNITS, routes


def _environment() -> Any:
    return salabim.Environment(trace=False, random_seed=1)


def queue(customers: int) -> float:
    env, chance, stays = _environment(), np.random.default_rng(1), []
    store = salabim.Store("store", monitor=False, env=env)

    class Customer(salabim.Component):
        pass

    class Arrivals(salabim.Component):
        def process(self) -> None:
            for gap in chance.exponential(1 / ARRIVALS, customers):
                self.hold(gap)
                customer = Customer(env=env)
                customer.came = self.env.now()
                self.to_store(store, customer)

    class Server(salabim.Component):
        def process(self) -> None:
            for span in chance.exponential(1, customers):
                customer = self.from_store(store)
                self.hold(span)
                stays.append(self.env.now() - customer.came)

    Arrivals(env=env)
    Server(env=env)
    env.run()
    return float(np.mean(stays))


def tandem(parts: int) -> float:
    env, chance = _environment(), np.random.default_rng(1)
    stores = [salabim.Store(f"store {n}", capacity=PLACES, monitor=False, env=env) for n in range(UNITS - 1)]

    class Part(salabim.Component):
        pass

    class Unit(salabim.Component):
        def setup(self, n: int) -> None:
            self.n = n

        def process(self) -> None:
            for span in chance.exponential(1, parts):
                part = self.from_store(stores[self.n - 1]) if self.n else Part(env=env)
                self.hold(span)
                if self.n < UNITS - 1:
                    self.to_store(stores[self.n], part)

    for n in range(UNITS):
        Unit(n=n, env=env)
    env.run()
    return float(env.now())


def job_shop(jobs: int) -> float:
    env, chance, ways = _environment(), np.random.default_rng(1), routes()
    units = [salabim.Resource(f"unit {n}", monitor=False, env=env) for n in range(UNITS)]

    class Job(salabim.Component):
        def process(self) -> None:
            for n in ways[chance.integers(0, len(ways))]:
                self.request(units[n])
                self.hold(chance.exponential(1))
                self.release(units[n])

    class Arrivals(salabim.Component):
        def process(self) -> None:
            for gap in chance.exponential(1 / JOBS, jobs):
                self.hold(gap)
                Job(env=env)

    Arrivals(env=env)
    env.run()
    return jobs * UNITS / float(env.now())
