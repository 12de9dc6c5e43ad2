"""E2: ten work units in a row, exponential times, nine buffers of ten, blocking after service; a piece of work is a part through all ten.

Ours keeps everything that the plant says (about 41 rows for a part); the peers keep nothing. Throughput is compared: all must agree.
"""

from __future__ import annotations

from benchmarks.measuring import ours, pairs, plants
from benchmarks.measuring.installed import optional_peers
from benchmarks.measuring.peers import peers_simpy

PARTS = 100_000
LOTS = 130  # so many are let in at most, more than find a place on the line, so that the first work unit never waits for one


def is_right(minutes: float, parts: int) -> bool:
    """About 0.85 parts a minute once it is full; short runs start empty."""
    return 0.82 < parts / minutes < 0.88 if parts >= 10_000 else 0.6 < parts / minutes < 0.95


def main() -> None:
    """Print ours, the peers and the ratios."""
    engine = ours.Compiled(plants.tandem, LOTS)
    compiled = pairs.Engine(name="compiled plant, all events kept", play=engine.play, size=PARTS, answer=ours.last_count_min)
    peers = [
        pairs.Engine(name="SimPy, minimal", play=peers_simpy.tandem, size=20_000),
        *optional_peers("tandem", cimba=PARTS, ciw=2_000, salabim=2_000),
        pairs.Engine(name="our readable plant", play=lambda parts: ours.readable(plants.tandem, parts), size=1_000),
    ]
    pairs.race("E2 tandem", compiled, peers, is_right, {"SimPy, minimal": 50, "Cimba": 2})


if __name__ == "__main__":
    main()
