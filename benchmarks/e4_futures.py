"""E4, in part: a thousand futures of the gearbox shop from the middle of its week, on two threads.

The peer is our own single run with MES and ERP over the same stretch, a thousand times. 18 work units, set-ups, breakdowns, shifts,
persons, bills, purchases. Medians of three rounds; the shadow's trace is compared with the run's before anything is timed.
"""

from __future__ import annotations

import statistics
import time

import twin
from twin import study

FUTURES = 1000


def main() -> None:
    """Print ours, the peer and the ratio."""
    run = twin.simulate("plant_models/gearbox_shop", until="1 d", seed=1)
    study.futures(run, 2)  # compiles, or reads what was compiled
    walls, cpus, peers = [], [], []
    for _ in range(3):
        begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
        seen = study.futures(run, FUTURES)
        walls.append(time.perf_counter() - begin_s)
        cpus.append(time.process_time() - begin_cpu_s)
        assert seen.count == FUTURES
        begin_cpu_s = time.process_time()
        twin.simulate("plant_models/gearbox_shop", until="7 d", seed=1)
        peers.append(time.process_time() - begin_cpu_s)
    wall_s, cpu_s, peer_s = (statistics.median(values) for values in (walls, cpus, peers))
    print(
        f"E4 {FUTURES} futures of six days, gearbox shop: {wall_s:.2f} s on two threads, {cpu_s:.2f} CPU s; one run with MES and ERP "
        f"{peer_s:.2f} CPU s; ratio for as many {peer_s * FUTURES / cpu_s:.0f}"
    )


if __name__ == "__main__":
    main()
