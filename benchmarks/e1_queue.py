"""E1: one queue, M/M/1, 90 % busy, from a declared plant; a piece of work is a customer.

Ours three times: for its figures alone (`study.flow`; mean, longest, quantiles, time in each state), reckoned lot by lot as no customer can
overtake another; event by event with all that it says kept; event by event for its figures alone. The peers keep nothing but the mean stay.

Peers: a SimPy Store program, Cimba, Ciw, salabim, and C with a binary heap (if there is gcc), a process of its own whose start counts.
Mean stay is checked against 1 / (mu - lambda) = 10, Kleinrock (1975), vol. 1, eq. 3.26; it converges slowly, so the bounds are wide.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import ours, pairs, plants
from benchmarks.measuring.installed import optional_peers
from benchmarks.measuring.peers import peers_simpy

CUSTOMERS = 1_000_000
SOURCE = Path(__file__).parent / "measuring" / "queue.c"


def is_right(stay: float, customers: int) -> bool:
    return 3 < stay < 25 if customers < 200_000 else 9 < stay < 11


def in_c(engines: Sequence[pairs.Engine]) -> None:
    """The plain C program, in pairs with each of ours. CPU seconds of the child."""
    compiler = shutil.which("gcc")
    if not compiler:
        print("E1: no gcc here, so C was not measured")
        return
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "queue"
        subprocess.run([compiler, "-O3", "-march=native", str(SOURCE), "-o", str(program), "-lm"], check=True)
        for engine in engines:
            found = []
            for _ in range(pairs.ROUNDS):
                our_s, _ = pairs.cpu_s(lambda: engine.play(CUSTOMERS))  # noqa: B023  called at once
                found.append((our_s / CUSTOMERS * 1e6, _c_us(program)))
            slower = round(statistics.median(mine / theirs for mine, theirs in found), 2)
            rows.append({**pairs.row(f"C, binary heap; ours: {engine.name}", found, None), "slower_than_c": slower})
            print(f"E1: {pairs.written(rows[-1])}: ours takes {slower:.2f} times as long; must 2")
    pairs.keep("E1c", slower_than_c=rows[0]["slower_than_c"], pairs=rows)


def _c_us(program: Path) -> float:
    """CPU time for a customer, its start among it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(program), str(CUSTOMERS)], check=True, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert is_right(float(done.stdout), CUSTOMERS)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / CUSTOMERS * 1e6


def main() -> None:
    """Print ours, the peers and the ratios."""
    figures, page = ours.FiguresAlone(plants.queue), ours.Compiled(plants.queue)
    reckoned = pairs.Engine(name="figures alone, reckoned", play=figures.reckon, size=CUSTOMERS, answer=ours.stay_min)
    compiled = pairs.Engine(name="all events kept", play=page.play, size=CUSTOMERS, answer=ours.mean_stay_min)
    followed = pairs.Engine(name="figures alone, by events", play=figures.follow, size=CUSTOMERS, answer=ours.stay_min)
    simpy = pairs.Engine(name="SimPy, minimal", play=peers_simpy.queue, size=100_000)
    others = optional_peers("queue", cimba=CUSTOMERS, ciw=20_000, salabim=10_000)
    pairs.race("E1 queue", reckoned, [simpy, *others], is_right, {"SimPy, minimal": 100})
    pairs.race("E1e queue, all events kept", compiled, [simpy, *others], is_right, {})
    pairs.race("E1f queue, figures by events", followed, [simpy], is_right, {})
    in_c([reckoned, compiled, followed])


if __name__ == "__main__":
    main()
