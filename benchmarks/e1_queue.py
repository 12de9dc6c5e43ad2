"""E1: one queue, M/M/1, 90 % busy, from a declared plant with all that it says kept; a piece of work is a customer.

Peers: a SimPy Store program, Cimba, Ciw, salabim, and C with a binary heap (if there is gcc), a process of its own whose start counts.
Mean stay is checked against 1 / (mu - lambda) = 10, Kleinrock (1975), vol. 1, eq. 3.26; it converges slowly, so the bounds are wide.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measuring import ours, pairs, plants
from benchmarks.measuring.installed import optional_peers
from benchmarks.measuring.peers import peers_simpy

CUSTOMERS = 1_000_000
SOURCE = Path(__file__).parent / "measuring" / "queue.c"


def is_right(stay: float, customers: int) -> bool:
    return 3 < stay < 25 if customers < 200_000 else 9 < stay < 11


def in_c(engine: pairs.Engine) -> None:
    """The plain C program, in pairs with ours. CPU seconds of the child."""
    compiler = shutil.which("gcc")
    if not compiler:
        print("E1: no gcc here, so C was not measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "queue"
        subprocess.run([compiler, "-O3", "-march=native", str(SOURCE), "-o", str(program), "-lm"], check=True)
        found = []
        for _ in range(pairs.ROUNDS):
            our_s, _ = pairs.cpu_s(lambda: engine.play(CUSTOMERS))
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([str(program), str(CUSTOMERS)], check=True, stdout=subprocess.PIPE, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert is_right(float(done.stdout), CUSTOMERS)
            found.append((our_s / CUSTOMERS * 1e6, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / CUSTOMERS * 1e6))
    slower = statistics.median(mine / theirs for mine, theirs in found)
    figures = pairs.row("C, binary heap", found, None)
    print(f"E1: {pairs.written(figures)}: ours takes {slower:.1f} times as long; must 2")
    pairs.keep("E1c", slower_than_c=round(slower, 2), pairs=[figures])


def main() -> None:
    """Print ours, the peers and the ratios."""
    engine = ours.Compiled(plants.queue)
    compiled = pairs.Engine(name="compiled plant, all events kept", play=engine.play, size=CUSTOMERS, answer=ours.mean_stay_min)
    peers = [
        pairs.Engine(name="SimPy, minimal", play=peers_simpy.queue, size=100_000),
        *optional_peers("queue", cimba=CUSTOMERS, ciw=20_000, salabim=10_000),
    ]
    pairs.race("E1 queue", compiled, peers, is_right, {"SimPy, minimal": 100})
    in_c(compiled)


if __name__ == "__main__":
    main()
