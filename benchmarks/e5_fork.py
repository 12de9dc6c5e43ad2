"""E5: a fork of a plant in full run, 50 work units: all that a future needs to begin; the peer is a copy of as many bytes.

Besides, the memory of a future: what a fork copies, what all forks share, and the log that a thread has once.
"""

from __future__ import annotations

import numpy as np

from benchmarks.measuring import pairs, plants
from twin.kernels.floor.rows import plant_rows as at
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.floor_state import FloorState

JOBS, FORKS = 2_000, 20_000


def main() -> None:
    """Print ours, the copy and the ratio, and the bytes."""
    source = CompiledPlant(*plants.big_shop(50, JOBS), 1, control="rule")
    state = source.state
    state.plant[at.STOPS_AT_ROUNDS] = 0
    state.plant[at.END] = state.plant[at.NOW] + (state.plant[at.END] - state.plant[at.NOW]) // 2
    state._events_are_read = lambda rows: None
    state.run_to_end()
    fork = FloorState.of(state.plant.copy(), state.plan, state.numbers)
    there = np.empty_like(state.plant)

    def forks() -> None:
        for _ in range(FORKS):
            fork.begin_again(state.plant)

    def copies() -> None:
        for _ in range(FORKS):
            np.copyto(there, state.plant)

    found = [(pairs.cpu_s(forks)[0] * 1e6 / FORKS, pairs.cpu_s(copies)[0] * 1e6 / FORKS) for _ in range(pairs.ROUNDS)]
    assert (fork.plant[at.TIMERS_AT :] == state.plant[at.TIMERS_AT :]).all()
    figures = pairs.row("copy of the same bytes", found, None)
    print(f"E5 fork, 50 work units: {pairs.written(figures)}; must 50 us")
    copied, shared, log = state.plant.nbytes, state.plan.nbytes + state.numbers.nbytes, fork.log.nbytes
    print(f"E5 memory: {copied:,} bytes a fork; shared by all {shared:,}; log of a thread {log:,}")
    pairs.keep("E5 fork", bytes_of_a_fork=copied, bytes_shared=shared, bytes_of_a_log=log, pairs=[figures])


if __name__ == "__main__":
    main()
