"""Workers of a Dask cluster (https://distributed.dask.org): the same replications on any number of machines.

A replication is a pure function of its plant, scenario and seed, so Dask may carry it out again wherever it likes: when a worker is
lost, the scheduler gives what that worker was at, or had not handed over yet, to another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from twin.study.replication import Replicated, Replication, simulate_one
from twin.study.workers.processes import LOOKS_EVERY_S, WorkersLostError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE_S = 5


def simulate_there(asked: Replication) -> Replicated:
    """Simulate one replication on a worker of the cluster."""
    result = simulate_one(asked)
    assert result is not None  # nobody can stop it there
    return result


class DaskCluster:
    """The workers of a Dask client; of the client in use if the word is "dask", or of a cluster on this machine if there is none."""

    def __init__(self, wanted: str | Client) -> None:
        try:
            import distributed
        except ImportError:
            words = "workers='dask' needs Dask, which is not installed; allowed: pip install 'plant-twin[study]', or a number of processes"
            raise ValueError(words) from None
        self._ours: Client | None = None
        if not isinstance(wanted, str):
            self._client = wanted
        elif wanted != "dask":
            self._client = self._ours = _connected(wanted)
        else:
            try:
                self._client = distributed.get_client()
            except ValueError:  # nobody has connected to a cluster yet
                self._client = self._ours = distributed.Client(threads_per_worker=1, dashboard_address=None)

    def carry_out(self, asked: Sequence[Replication], stop: threading.Event) -> Iterator[Replicated]:
        import distributed

        keys = [f"replication-{one.key}" for one in asked]
        futures = set(self._client.map(simulate_there, asked, key=keys))
        try:
            while futures and not stop.is_set():
                try:
                    done = distributed.wait(list(futures), LOOKS_EVERY_S, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    continue
                for future in done:
                    yield future.result()
                futures -= done
        except distributed.scheduler.KilledWorker as error:
            raise WorkersLostError(f"worker after worker of the cluster was lost: {error}") from None
        finally:
            self._client.cancel(list(futures))
            if self._ours is not None:
                self._ours.close()


def _connected(address: str) -> Client:
    """A client of the scheduler at that address.

    Raises
    ------
    ValueError : nobody answers there
    """
    import distributed

    try:
        return distributed.Client(address, timeout=PATIENCE_S)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at '{address}' ({error}); allowed: the address of one that runs, or 'dask'") from None
