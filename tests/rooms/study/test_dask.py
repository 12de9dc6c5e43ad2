"""A study on a real Dask cluster: a scheduler and two worker processes on loopback, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from twin.study import Progress, compare


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as local:
        yield local


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_what_one_process_gives(kiosk: dict[str, Path], cluster: LocalCluster, tmp_path: Path) -> None:
    files = [kiosk["baseline"], kiosk["two_presses"]]
    killed: list[int] = []
    with Client(cluster) as client:
        pids = client.run(os.getpid)
        assert len(set(pids.values())) == 2

        def kill_one(progress: Progress) -> None:
            if progress.done >= 3 and not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        there = compare(files, 8, workers=client, folder=tmp_path, watch=kill_one)
        again = compare(files, 8, workers=cluster.scheduler_address, folder=tmp_path)
    assert killed
    assert len(list(tmp_path.glob("*/*.json"))) == 16
    here = compare(files, 8, workers=1)
    assert there.results == here.results
    assert again.results == here.results


@pytest.mark.slow
def test_the_word_dask_takes_the_client_in_use(kiosk: dict[str, Path], cluster: LocalCluster) -> None:
    with Client(cluster) as client:
        before = sum(client.run(_executed_count).values())
        compare([kiosk["slow_press"], kiosk["two_presses"]], 2, until="1 h", workers="dask")
        assert sum(client.run(_executed_count).values()) == before + 4
        assert client.status == "running"  # what was connected before stays so


def _executed_count(dask_worker: Any) -> int:
    count: int = dask_worker.state.executed_count
    return count
