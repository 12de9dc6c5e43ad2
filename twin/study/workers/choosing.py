"""Choosing the workers of a study by a number, a word, an address, or a Dask client."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from twin.study.replication import Replicated, Replication, simulate_one

if TYPE_CHECKING:
    from distributed import Client

WorkersLike: TypeAlias = "int | str | Client | None"
"""A number of processes (1: this one), "dask", the address of a Dask scheduler, or a Dask client; None: a process for each core."""


class Workers(Protocol):
    """Carries out replications, in any order, and gives each result as soon as it is there."""

    def carry_out(self, asked: Sequence[Replication], stop: threading.Event) -> Iterator[Replicated]:
        """Until all are done, or `stop` is set: then what was running is given up, and nothing more comes."""


class ThisProcess:
    """One replication after the other, here."""

    def carry_out(self, asked: Sequence[Replication], stop: threading.Event) -> Iterator[Replicated]:
        for one in asked:
            if stop.is_set():
                return
            result = simulate_one(one, stop)
            if result is not None:
                yield result


def refuse_no_workers(wanted: WorkersLike) -> None:
    """Raise a ValueError where nobody could be meant, before anything is done."""
    if isinstance(wanted, str) and wanted.isdecimal():
        wanted = int(wanted)
    if isinstance(wanted, int) and wanted < 1:
        raise ValueError(f"{wanted} workers carry nothing out; allowed: a number from 1, 'dask', or the address of a scheduler")
    if isinstance(wanted, str) and wanted != "dask" and "://" not in wanted:
        raise ValueError(f"'{wanted}' are no workers; allowed: a number from 1, 'dask', or an address as in 'tcp://127.0.0.1:8786'")


def workers_for(wanted: WorkersLike, count: int) -> Workers:
    """The workers that somebody wants, for `count` replications.

    Raises
    ------
    ValueError : no such workers, or Dask is not installed
    """
    from twin.study.workers.processes import Processes

    refuse_no_workers(wanted)
    if wanted is None:
        wanted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(wanted, str) and wanted.isdecimal():
        wanted = int(wanted)
    if isinstance(wanted, int):
        return ThisProcess() if min(wanted, count) <= 1 else Processes(min(wanted, count))
    from twin.study.workers.dask_cluster import DaskCluster

    return DaskCluster(wanted)
