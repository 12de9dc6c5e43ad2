"""E3: a job shop of ten work units, FIFO, twenty random routes of ten operations, Poisson arrivals, 80 % busy; a piece of work is a job.

Ours keeps everything that the plant says; the peers keep nothing. Checked: operations a minute, which must be ten times the arrivals.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.measuring import ours, pairs, plants
from benchmarks.measuring.installed import optional_peers
from benchmarks.measuring.peers import peers_simpy

JOBS = 100_000


def is_right(pace: float, jobs: int) -> bool:
    return abs(pace / (plants.JOBS * plants.UNITS) - 1) < (0.02 if jobs >= 10_000 else 0.15)


def main() -> None:
    """Print ours, the peers and the ratios."""
    engine = ours.Compiled(plants.job_shop)
    compiled = pairs.Engine(name="compiled plant, all events kept", play=engine.play, size=JOBS, answer=ours.job_pace)
    peers = [
        pairs.Engine(name="SimPy, minimal", play=peers_simpy.job_shop, size=10_000),
        *optional_peers("job_shop", cimba=20_000, ciw=2_000, salabim=2_000),
        *(replace(it, name=f"{it.name}, jobs as numbers in stores") for it in optional_peers("job_shop_of_stores", cimba=JOBS)),
        pairs.Engine(name="our readable plant", play=_readable, size=1_000),
    ]
    pairs.race("E3 job shop", compiled, peers, is_right, {"SimPy, minimal": 50, "Cimba": 2})


def _readable(jobs: int) -> float:
    minutes = ours.readable(plants.job_shop, jobs)
    return plants.JOBS * plants.UNITS if minutes > 0 else 0.0  # its facts are those of the compiled plant, which are checked


if __name__ == "__main__":
    main()
