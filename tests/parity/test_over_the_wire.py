"""The same facts, directly and over real OPC UA and Modbus sockets: the same state intervals, counts and ledger, for every plant."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import twin

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plant behind the wire, and so much of it that the comparison says something."""

    plant: str
    scenario: str = "baseline"
    record: str = ""  # left out: the plant is simulated
    lasts_h: float
    compared_h: float  # the followed run ends a moment before its source: what is still open then is not compared
    port_offset: int
    state_count: int  # at least; and so on
    good_count: int
    posting_count: int


CASES = {
    "gearbox_shop": Case(
        plant="gearbox_shop", lasts_h=16, compared_h=15.5, port_offset=700, state_count=200, good_count=100, posting_count=1000
    ),
    # Lots of 100 bottles and changes by the thousand: how a line differs from a shop.
    "bottling_line": Case(
        plant="bottling_line", lasts_h=1, compared_h=0.95, port_offset=710, state_count=700, good_count=0, posting_count=30
    ),
    "nist_cell": Case(plant="nist_cell", lasts_h=32, compared_h=31, port_offset=720, state_count=50, good_count=40, posting_count=200),
    # Real machines, as NIST has recorded them, served as if they were there.
    "nist_cell, as recorded": Case(
        plant="nist_cell", scenario="order_60", record="record", lasts_h=0, compared_h=820, port_offset=730, state_count=900,
        good_count=180, posting_count=400,
    ),
}  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The run itself, and what MES and ERP made of it behind the wire."""

    case: Case
    direct: twin.Run
    wire: twin.Run

    def until_the_end(self, table: str, column: str, keys: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A table of both runs, directly and over the wire, as far as they are compared."""
        end = pd.Timestamp(self.direct.scenario.start_us, unit="us", tz="UTC") + pd.Timedelta(hours=self.case.compared_h)
        both = (getattr(self.direct, table), getattr(self.wire, table))
        direct, wire = (found[found[column] < end].sort_values(keys).reset_index(drop=True) for found in both)
        return direct, wire


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def both(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    case: Case = request.param
    folder = tmp_path_factory.mktemp("wire")
    plant, scenario = root / "plant_models" / case.plant, root / "scenarios" / case.plant / f"{case.scenario}.yaml"
    plant_journal, twin_journal = f"sqlite:///{folder}/plant.db", f"sqlite:///{folder}/twin.db"
    if case.record:
        direct = twin.replay(plant, plant / case.record, scenario, journal=plant_journal)
    else:
        direct = twin.simulate(plant, scenario, until=f"{case.lasts_h} h", seed=5, journal=plant_journal)
    stop = threading.Event()
    deadline = threading.Timer(240, stop.set)
    deadline.start()
    offset = ("--port-offset", str(case.port_offset))
    with (
        bridge(folder / "serve.log", "serve", str(plant), "--journal", plant_journal, "--patience", "60", *offset),
        bridge(folder / "connect.log", "connect", str(plant), "--journal", twin_journal, *offset),
    ):
        wire = twin.follow(plant, twin_journal, scenario, until=f"{case.compared_h} h", stop=stop)
    deadline.cancel()
    said = (folder / "connect.log").read_text()
    assert wire.now_us >= direct.scenario.start_us + case.compared_h * 3_600_000_000, f"the bridge did not get through: {said}"
    return Both(case=case, direct=direct, wire=wire)


def test_state_intervals_are_equal(both: Both) -> None:
    direct, wire = both.until_the_end("states", "end", ["equipment", "start"])
    assert len(direct) > both.case.state_count
    pd.testing.assert_frame_equal(wire, direct)


def test_counts_are_equal(both: Both) -> None:
    columns = ["job_order", "equipment", "person", "good", "scrap", "rework", "start", "end", "energy_kwh"]
    direct, wire = both.until_the_end("job_orders", "end", ["job_order"])
    assert direct["good"].sum() >= both.case.good_count
    pd.testing.assert_frame_equal(wire[columns], direct[columns])


def test_the_ledger_is_equal_to_the_cent_entry_by_entry(both: Both) -> None:
    columns = [
        "posted",
        "document",
        "account",
        "request",
        "material",
        "equipment",
        "person",
        f"amount_{both.direct.plant.layout.currency.lower()}",
    ]
    direct, wire = both.until_the_end("ledger", "posted", columns)
    assert len(direct) > both.case.posting_count
    pd.testing.assert_frame_equal(wire[columns], direct[columns])


def test_every_fact_behind_the_wire_came_over_it(both: Both) -> None:
    sources = set(both.wire.events["source"])
    assert sources == {"live", "rule"}
