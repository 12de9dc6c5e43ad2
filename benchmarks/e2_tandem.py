"""E2: ten work units in a row, exponential times, nine buffers of ten, blocking after service; all that the plant says is kept.

Ours is the compiled plant, by rule, from a declared plant. Peers in the same process, in turn: a minimal hand-written SimPy program that
keeps nothing, and our own readable plant. CPU seconds of this process for a thousand parts; medians of five rounds. Throughput is
compared first: all three must agree within 3 %. The compile is on its own line.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import simpy

from tests.theory.models import MIN_US, exponential, plant_of
from twin.kernels.floor.rows import log_rows as said
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.simpy_plant import SimulatedPlant

UNITS, PLACES = 10, 10
LAST = f"u{UNITS - 1}"


def tandem() -> Any:
    return plant_of(
        {
            "storage_units": {"q0": {}, **{f"q{n}": {"capacity": PLACES} for n in range(1, UNITS)}},
            "work_centers": {f"c{n}": {"storage": f"q{n}"} for n in range(UNITS)},
            "work_units": {f"u{n}": {"equipment_class": "u", "work_center": f"c{n}"} for n in range(UNITS)},
            "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(UNITS)},
            "routings": {"m": {str(n + 1): {"segment": f"s{n}", "run": exponential(1)} for n in range(UNITS)}},
        },
        {"m": {"lot_size": 1}},
    )


def asked(parts: int) -> Scenario:
    order = {"order": "all", "customer": "us", "material": "m", "quantity": parts, "due": "1 d"}
    return Scenario.model_validate(
        {
            "plant": "theory", "start": "2026-01-01T00:00:00Z", "horizon": f"{parts * 3} min", "policies": {"dispatch": "fifo"},
            "demand": {"orders": [order]},
        }
    )  # fmt: skip


def compiled(parts: int) -> float:
    """Minutes until the last part has left."""
    rows = CompiledPlant(tandem(), asked(parts), 1, control="rule").run_on()
    counted = rows[rows[:, said.EVENT_WHAT] % said.PLACES == said.TELLS_COUNT]
    return float(counted[:, said.EVENT_US].max() - rows[0, said.EVENT_US]) / MIN_US


def readable(parts: int) -> float:
    source, last_us = SimulatedPlant(tandem(), asked(parts), 1, control="rule"), 0
    start_us = source.now_us
    while (facts := source.advance()) is not None:
        last_us = max([last_us, *(fact.effective_us for fact in facts if type(fact).__name__ == "CountObserved")])
    return (last_us - start_us) / MIN_US


def minimal_simpy(parts: int) -> float:
    env, draws = simpy.Environment(), np.random.default_rng(1)
    stores = [simpy.Store(env, PLACES) for _ in range(UNITS - 1)]

    def unit(n: int) -> Any:
        times = draws.exponential(1, parts)
        for span in times:
            if n:
                yield stores[n - 1].get()
            yield env.timeout(span)
            if n < UNITS - 1:
                yield stores[n].put(None)

    last = [env.process(unit(n)) for n in range(UNITS)][-1]
    env.run(last)
    return float(env.now)


def timed(run: Callable[[int], float], parts: int) -> tuple[float, float]:
    begin_s = time.process_time()
    minutes = run(parts)
    return (time.process_time() - begin_s) * 1000 / parts, minutes / parts


def main() -> None:
    """Print ours, the peers and the ratios."""
    begin_s = time.process_time()
    compiled(10)
    print(f"E2 compile of the kernel, or reading it from the cache: {time.process_time() - begin_s:.1f} CPU s")
    found: dict[str, list[float]] = {"ours": [], "simpy": [], "readable": []}
    for _ in range(5):
        paces = []
        for name, run, parts in (("ours", compiled, 30_000), ("simpy", minimal_simpy, 10_000), ("readable", readable, 1_000)):
            cpu_s, pace = timed(run, parts)
            found[name].append(cpu_s)
            paces.append(pace)
        assert max(paces[:2]) / min(paces[:2]) < 1.03, f"the same line must have the same throughput: {paces}"
    ours, simpy_s, readable_s = (statistics.median(found[name]) for name in ("ours", "simpy", "readable"))
    print(
        f"E2 tandem, CPU s for 1,000 parts: ours with all events {ours:.5f}; minimal SimPy, no events {simpy_s:.4f}, "
        f"ratio {simpy_s / ours:.0f}; our readable plant {readable_s:.3f}, ratio {readable_s / ours:.0f}"
    )


if __name__ == "__main__":
    main()
