"""The same queue in Cimba, a C engine whose Python models are compiled by Numba; nothing is kept."""

from __future__ import annotations

from typing import Any

import cimba as cb
import numpy as np

from benchmarks.measuring.plants import ARRIVALS


class _Queue(cb.Model):  # type: ignore[misc]  # it has no types for those who look from outside
    gap: cb.Input[float] = cb.inputs.dist.exponential(mean=1 / ARRIVALS)
    service: cb.Input[float] = cb.inputs.dist.exponential(mean=1.0)
    queue: cb.Container
    mean_queue: cb.Output[float]

    @cb.process
    def arrivals(self) -> Any:
        while True:
            cb.hold(self.gap.next())
            self.queue.put(1)

    @cb.process
    def server(self) -> Any:
        while True:
            self.queue.get(1)
            cb.hold(self.service.next())

    @cb.on_end
    def measure(self) -> Any:
        self.mean_queue = self.queue.mean_level()


def queue(customers: int) -> float:
    """As many customers as come on average meanwhile; mean stay by Little's law from those that wait, and a service of mean 1."""
    model = _Queue()
    found = cb.Experiment(model, replications=1, window=cb.Window(warmup=0, duration=customers / ARRIVALS), seed=1).run()
    return float(np.asarray(found[model].mean_queue).mean()) / ARRIVALS + 1.0
