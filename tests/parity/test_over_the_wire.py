"""The same seed, directly and over real OPC UA and Modbus sockets: the same state intervals, counts and ledger."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

import twin

pytestmark = [pytest.mark.interop, pytest.mark.slow]

LASTS, COMPARED_H = "16 h", 15.5  # the followed run ends a moment before its source: what is still open then is not compared
PORT_OFFSET = 700


@contextmanager
def bridge(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "hardware_bridge", *arguments], stdout=out, stderr=out)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="module")
def both(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[twin.Run, twin.Run]:
    """The run itself, and what MES and ERP made of it behind the wire."""
    folder = tmp_path_factory.mktemp("wire")
    shop = str(root / "plant_models" / "gearbox_shop")
    plant_journal, twin_journal = f"sqlite:///{folder}/plant.db", f"sqlite:///{folder}/twin.db"
    direct = twin.simulate(shop, until=LASTS, seed=5, journal=plant_journal)
    stop = threading.Event()
    deadline = threading.Timer(240, stop.set)
    deadline.start()
    offset = ("--port-offset", str(PORT_OFFSET))
    with (
        bridge(folder / "serve.log", "serve", shop, "--journal", plant_journal, "--pace", "0", *offset),
        bridge(folder / "connect.log", "connect", shop, "--journal", twin_journal, *offset),
    ):
        wire = twin.follow(shop, twin_journal, root / "scenarios/gearbox_shop/baseline.yaml", until=f"{COMPARED_H} h", stop=stop)
    deadline.cancel()
    said = (folder / "connect.log").read_text()
    assert wire.now_us >= direct.scenario.start_us + COMPARED_H * 3_600_000_000, f"the bridge did not get through: {said}"
    return direct, wire


def until(table: pd.DataFrame, column: str, run: twin.Run, keys: list[str]) -> pd.DataFrame:
    end = pd.Timestamp(run.scenario.start_us, unit="us", tz="UTC") + pd.Timedelta(hours=COMPARED_H)
    return table[table[column] < end].sort_values(keys).reset_index(drop=True)


def test_state_intervals_are_equal(both: tuple[twin.Run, twin.Run]) -> None:
    direct, wire = (until(run.states, "end", run, ["equipment", "start"]) for run in both)
    assert len(direct) > 200
    pd.testing.assert_frame_equal(wire, direct)


def test_counts_are_equal(both: tuple[twin.Run, twin.Run]) -> None:
    columns = ["job_order", "equipment", "person", "good", "scrap", "rework", "start", "end", "energy_kwh"]
    direct, wire = (until(run.job_orders, "end", run, ["job_order"])[columns] for run in both)
    assert direct["good"].sum() > 100
    pd.testing.assert_frame_equal(wire, direct)


def test_the_ledger_is_equal_to_the_cent_entry_by_entry(both: tuple[twin.Run, twin.Run]) -> None:
    columns = ["posted", "document", "account", "request", "material", "equipment", "person", "amount_eur"]
    direct, wire = (until(run.ledger, "posted", run, columns)[columns] for run in both)
    assert len(direct) > 1000
    pd.testing.assert_frame_equal(wire, direct)


def test_every_fact_behind_the_wire_came_over_it(both: tuple[twin.Run, twin.Run]) -> None:
    sources = set(both[1].events["source"])
    assert sources == {"live", "rule"}
