"""Processes on this machine. They are spawned, not forked: equal on every system, and safe where threads run (in a notebook, in a page)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from twin.study.replication import Replicated, Replication, simulate_one

LOOKS_EVERY_S = 0.1
FRUITLESS_STARTS = 3


class WorkersLostError(RuntimeError):
    """Workers end before they finish anything, however often they are started."""


_stop_here: Any = None  # in a worker: the event that all workers of a study share


def _begin(stop: Any) -> None:
    """Ctrl-C reaches every process of a terminal; the study hears it and tells the workers, which would otherwise die in mid-air."""
    global _stop_here  # noqa: PLW0603 (a worker has no other place for what it was born with)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop_here = stop
    threading.Thread(target=_end_with_the_study, name="end with the study", daemon=True).start()


def _end_with_the_study() -> None:
    """A study that is killed tells nobody: its workers would wait for more work for ever, and hold what it writes to open."""
    study = multiprocessing.parent_process()
    if study is not None:
        study.join()
        os._exit(1)


def _simulate(asked: Replication) -> Replicated | None:
    return simulate_one(asked, _stop_here)


class Processes:
    """A pool of processes. If one is killed, what it was at is done again by a new pool."""

    def __init__(self, count: int) -> None:
        self.count = count

    def carry_out(self, asked: Sequence[Replication], stop: threading.Event) -> Iterator[Replicated]:
        open_ones = {one.key: one for one in asked}
        fruitless = 0
        while open_ones and not stop.is_set():
            before = len(open_ones)
            try:
                for result in self._one_pool(list(open_ones.values()), stop):
                    del open_ones[result.key]
                    yield result
            except BrokenProcessPool:
                fruitless = fruitless + 1 if len(open_ones) == before else 0
                if fruitless == FRUITLESS_STARTS:
                    raise WorkersLostError(
                        "the worker processes end before they have finished anything; in a script, put what it does below"
                        " 'if __name__ == \"__main__\":'; else there may be too little memory: ask for fewer workers"
                    ) from None

    def _one_pool(self, asked: list[Replication], stop: threading.Event) -> Iterator[Replicated]:
        context = multiprocessing.get_context("spawn")
        shared_stop = context.Event()
        pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_begin, initargs=(shared_stop,))
        try:
            ahead = iter(asked)
            running: set[Future[Replicated | None]] = set()
            while not stop.is_set():
                while len(running) < 2 * self.count and (one := next(ahead, None)) is not None:  # one at work, one at hand
                    running.add(pool.submit(_simulate, one))
                if not running:
                    return
                done, running = wait(running, LOOKS_EVERY_S, FIRST_COMPLETED)
                for future in done:
                    if (result := future.result()) is not None:
                        yield result
        finally:
            shared_stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
