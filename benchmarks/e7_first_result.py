"""E7: how long until the first result, in a fresh process: one day of the gearbox shop by the command, as a user calls it.

No peer: what counts is the time that somebody waits. The first call finds empty caches, ours and Python's own of bytecode, and compiles;
the median of the next five is warm. CPU time of the children stands beside the wall's, which others on the machine make longer.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import pairs

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


def once(caches: Path) -> tuple[float, float, str]:
    """Wall and CPU seconds of one call, and the trace."""
    means = {**os.environ, "TWIN_CACHE": str(caches / "twin"), "PYTHONPYCACHEPREFIX": str(caches / "python"), "PYTHONDONTWRITEBYTECODE": ""}
    begin_s, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "twin", *DAY], check=True, env=means, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin_s, cpu_s, json.loads(done.stdout)["trace_hash"]


def main() -> None:
    """Print the cold and the warm times and the peak memory."""
    with tempfile.TemporaryDirectory() as empty:
        cold_s, cold_cpu_s, trace = once(Path(empty))
        warm = [once(Path(empty)) for _ in range(5)]
    assert {trace, *(it[2] for it in warm)} == {trace}, "the same seed must give the same trace"
    spans_s, cpus_s = [it[0] for it in warm], [it[1] for it in warm]
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"E7 first result, a day of the gearbox shop, cold: {cold_s:.1f} s, {cold_cpu_s:.1f} CPU s; must 30 s")
    print(
        f"E7 warm: {statistics.median(spans_s):.2f} s ({min(spans_s):.2f} to {max(spans_s):.2f}), CPU {statistics.median(cpus_s):.2f} s "
        f"({min(cpus_s):.2f} to {max(cpus_s):.2f}); must 1.5 s; peak {peak_mb:.0f} MB"
    )
    pairs.keep(
        "E7 first result", cold_s=round(cold_s, 2), cold_cpu_s=round(cold_cpu_s, 2), warm_s=round(statistics.median(spans_s), 2),
        warm_cpu_s=round(statistics.median(cpus_s), 2), peak_mb=round(peak_mb),
    )  # fmt: skip


if __name__ == "__main__":
    main()
