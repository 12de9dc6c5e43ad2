"""E7: how long until the first result, in a fresh process: one day of the gearbox shop by the command, as a user calls it.

No peer: what counts is the time that somebody waits. The first call compiles and fills caches, the median of the next five is warm.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time

DAY = [
    "simulate",
    "plant_models/gearbox_shop",
    "--scenario",
    "scenarios/gearbox_shop/baseline.yaml",
    "--until",
    "1d",
    "--seed",
    "1",
    "--json",
]


def main() -> None:
    """Print the first time, the warm times and the peak memory."""
    spans_s, hashes = [], set()
    for _ in range(6):
        begin_s = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "twin", *DAY], check=True, stdout=subprocess.PIPE, text=True)
        spans_s.append(time.perf_counter() - begin_s)
        hashes.add(json.loads(done.stdout)["trace_hash"])
    assert len(hashes) == 1, "the same seed must give the same trace"
    first_s, *warm_s = spans_s
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s, peak_mb = (children.ru_utime + children.ru_stime) / 6, children.ru_maxrss / 1024
    print(
        f"E7 first result, a day of the gearbox shop: first call {first_s:.2f} s; warm {statistics.median(warm_s):.2f} s "
        f"({min(warm_s):.2f} to {max(warm_s):.2f}); CPU {cpu_s:.2f} s a call; peak {peak_mb:.0f} MB"
    )


if __name__ == "__main__":
    main()
