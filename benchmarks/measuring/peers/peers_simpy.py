"""Minimal hand-written SimPy programs, as an engineer would write them who wants speed: nothing is kept, variates come in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy

from benchmarks.measuring.plants import ARRIVALS, JOBS, PLACES, UNITS, routes


def queue(customers: int) -> float:
    """A Store, an arrival process, a server; mean stay."""
    env, chance = simpy.Environment(), np.random.default_rng(1)
    store, stays = simpy.Store(env), []

    def arrivals() -> Any:
        for gap in chance.exponential(1 / ARRIVALS, customers):
            yield env.timeout(gap)
            store.put(env.now)

    def server() -> Any:
        for span in chance.exponential(1, customers):
            came = yield store.get()
            yield env.timeout(span)
            stays.append(env.now - came)

    env.process(arrivals())
    env.run(env.process(server()))
    return float(np.mean(stays))


def tandem(parts: int) -> float:
    """Stores between processes; minutes until the last part has left."""
    env, chance = simpy.Environment(), np.random.default_rng(1)
    stores = [simpy.Store(env, PLACES) for _ in range(UNITS - 1)]

    def unit(n: int) -> Any:
        for span in chance.exponential(1, parts):
            if n:
                yield stores[n - 1].get()
            yield env.timeout(span)
            if n < UNITS - 1:
                yield stores[n].put(None)

    env.run([env.process(unit(n)) for n in range(UNITS)][-1])
    return float(env.now)


def job_shop(jobs: int) -> float:
    """Resources that jobs go through; operations a minute."""
    env, chance = simpy.Environment(), np.random.default_rng(1)
    units, ways = [simpy.Resource(env) for _ in range(UNITS)], routes()

    def job(way: list[int], spans: Any) -> Any:
        for n, span in zip(way, spans, strict=True):
            with units[n].request() as turn:
                yield turn
                yield env.timeout(span)

    def arrivals() -> Any:
        chosen = chance.integers(0, len(ways), jobs)
        for gap, way, spans in zip(chance.exponential(1 / JOBS, jobs), chosen, chance.exponential(1, (jobs, UNITS)), strict=True):
            yield env.timeout(gap)
            env.process(job(ways[way], spans))

    env.process(arrivals())
    env.run()
    return jobs * UNITS / float(env.now)
