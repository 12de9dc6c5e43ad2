"""Two processes against one: the same job shop in one process alone, then in two at once.

What counts is how much two get done while one does its work: close to twice as much, if nothing is shared but the memory bus. By CPU time
(waiting for the processor does not count) and by the wall, which says little while others use the machine.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

from benchmarks.measuring import pairs, plants
from twin.kernels.floor.rows import plant_rows as at
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

JOBS = 50_000


def once(_: int) -> tuple[float, float]:
    """CPU and wall seconds of one run, whose words are forgotten."""
    source = CompiledPlant(*plants.job_shop(JOBS), 1, control="rule")
    source.state.plant[at.STOPS_AT_ROUNDS] = 0
    source.state._events_are_read = lambda rows: None
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    source.state.run_to_end()
    return time.process_time() - begin_cpu_s, time.perf_counter() - begin_s


def main() -> None:
    """Print how many times one's work two do."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(once, range(4)))
        by_cpu, by_wall = [], []
        for _ in range(2 * pairs.ROUNDS):
            alone = pool.submit(once, 0).result()
            both = list(pool.map(once, range(2)))
            by_cpu.append(sum(alone[0] / it[0] for it in both))
            by_wall.append(sum(alone[1] / it[1] for it in both))
    print(
        f"two processes do {statistics.median(by_cpu):.2f} times the work of one by CPU time ({min(by_cpu):.2f} to {max(by_cpu):.2f}), "
        f"{statistics.median(by_wall):.2f} by the wall ({min(by_wall):.2f} to {max(by_wall):.2f})"
    )
    keys = {"by_cpu": by_cpu, "by_wall": by_wall}
    pairs.keep("two_processes", **{name: round(statistics.median(values), 2) for name, values in keys.items()})


if __name__ == "__main__":
    main()
