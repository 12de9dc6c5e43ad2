"""The same facts, directly and over real OPC UA and Modbus sockets: the same state intervals, counts and ledger, for every plant."""

from __future__ import annotations

import html
import json
import threading
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

import twin
from tests.ports import copy_at_free_ports
from tests.rooms.command.script import script
from tests.rooms.quality.valve_shop import is_watermark, of_type
from twin.apps.pages.analysis.signals_table import signals_html
from twin.model.events import EquipmentStateChanged, JobOrderCommand, LotDispositionChanged, SignalHeard, TestRequested, TestResultRecorded
from twin.results.drill.now import opened as opened_figure

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plant behind the wire, and so much of it that the comparison says something."""

    plant: str
    scenario: str = "baseline"
    record: str = ""  # left out: the plant is simulated
    lasts_h: float
    compared_h: float  # the followed run ends a moment before its source: what is still open then is not compared
    state_count: int  # at least; and so on
    good_count: int
    posting_count: int
    keeps_signals: bool = False  # beside the facts; they change none


CASES = {
    # The baseline, and more: results of the measuring machine and of the auditor come over the wire, too, and hold lots.
    "gearbox_shop, measured teeth": Case(
        plant="gearbox_shop", scenario="measured_teeth", lasts_h=16, compared_h=15.5, state_count=200, good_count=100, posting_count=1000,
        keeps_signals=True,
    ),
    # Lots of 100 bottles and changes by the thousand: how a line differs from a shop.
    "bottling_line": Case(
        plant="bottling_line", lasts_h=0.6, compared_h=0.55, state_count=400, good_count=0, posting_count=15
    ),
    # Real machines, as NIST has recorded them, served as if they were there.
    "nist_cell, as recorded": Case(
        plant="nist_cell", scenario="order_60", record="record", lasts_h=0, compared_h=820, state_count=900,
        good_count=180, posting_count=400,
    ),
}  # fmt: skip


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
    plant = copy_at_free_ports(root / "plant_models" / case.plant, folder / case.plant)
    scenario = root / "scenarios" / case.plant / f"{case.scenario}.yaml"
    plant_journal, twin_journal = f"sqlite:///{folder}/plant.db", f"sqlite:///{folder}/twin.db"
    if case.record:
        direct = twin.replay(plant, plant / case.record, scenario, journal=plant_journal)
    else:
        direct = twin.simulate(plant, scenario, until=f"{case.lasts_h} h", seed=5, journal=plant_journal)
    stop = threading.Event()
    deadline = threading.Timer(240, stop.set)
    serve = ("serve", plant, "--journal", plant_journal, "--patience", "60")
    with script("hardware_bridge", *serve, cwd=root, log=folder / "serve.log") as controllers:
        # A bridge waits ten seconds for a first word; what a controller says that is heard later comes late, and the books show it.
        controllers.wait_for("ready")
        deadline.start()
        connect = ("connect", plant, "--journal", twin_journal, *(["--keep-signals"] if case.keeps_signals else []))
        with script("hardware_bridge", *connect, cwd=root, log=folder / "connect.log") as bridge:
            wire = twin.follow(plant, twin_journal, scenario, until=f"{case.compared_h} h", stop=stop)
            said = bridge.said()
    deadline.cancel()
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


def test_inspections_are_equal_and_so_is_what_they_hold(both: Both) -> None:
    """What was measured of which lot, what is allowed, and the verdict."""
    columns = ["lot", "plan", "characteristic", "verdict"]
    direct, wire = (run.quality for run in (both.direct, both.wire))
    assert both.case.scenario != "measured_teeth" or (len(direct) > 5 and "passed" in set(direct["verdict"]))
    end_us = both.direct.scenario.start_us + int(both.case.compared_h * 3_600_000_000)
    known = {it.lot for it in (entry.event for entry in both.direct.journal.entries()) if it.effective_us < end_us}
    compared = [found[found["lot"].isin(known)][columns].sort_values(columns).reset_index(drop=True) for found in (direct, wire)]
    pd.testing.assert_frame_equal(compared[1], compared[0])


def test_the_journals_are_equal_instant_by_instant(both: Both) -> None:
    """Everything that was said, concluded and posted in each instant, whichever controller was heard first; kept signals apart.

    Behind the wire all of an instant is known before anything is decided. So it has no word of what was asked for and answered within
    one: commands that were obeyed at once, tests whose results were there at once, holds until then. All else is there, and nothing more.
    """
    end_us = both.direct.scenario.start_us + int(both.case.compared_h * 3_600_000_000)
    direct, wire = (
        [
            replace(it.event, recorded_us=0)
            for it in run.journal.entries()
            if it.event.effective_us < end_us and not isinstance(it.event, SignalHeard) and not is_watermark(it.event)
        ]
        for run in (both.direct, both.wire)
    )
    missing = Counter(map(repr, direct))
    missing.subtract(map(repr, wire))
    differ = [event for event in direct if missing[repr(event)] != 0]
    assert [words for words, count in missing.items() if count < 0] == [], "nothing more is said behind the wire"
    obeyed = {(it.effective_us, it.equipment) for it in of_type(direct, EquipmentStateChanged)}
    measured = {(it.effective_us, it.lot) for it in of_type(direct, TestResultRecorded)}
    holds: dict[tuple[int, str], list[str]] = {}
    for event in differ:
        match event:
            case JobOrderCommand():
                assert (event.effective_us, event.equipment) in obeyed
            case TestRequested():
                assert (event.effective_us, event.lot) in measured
            case _:
                assert isinstance(event, LotDispositionChanged)
                holds.setdefault((event.effective_us, event.lot), []).append(event.disposition)
    assert holds.keys() <= measured
    assert all(its == ["Restricted", "UnRestricted"] for its in holds.values()), "as free as before"


def test_its_recorded_journal_gives_the_same_journal(both: Both) -> None:
    """Simulated or recorded, and recorded again: the same events, entry by entry, and the same hash of what the plant said."""
    again = twin.replay(both.direct.plant, list(both.direct.journal.entries()), both.direct.scenario)
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in both.direct.journal.entries()]
    assert again.trace_hash == both.direct.trace_hash


def test_every_fact_behind_the_wire_came_over_it(both: Both) -> None:
    sources = set(both.wire.events["source"])
    assert sources == {"live", "rule"}


def test_a_figure_opens_down_to_what_a_controller_has_said_live_and_recorded(both: Both) -> None:
    """Every interval and count of a figure, on OPC UA and on Modbus: node or registers, the words, the controller's own time, quality."""
    live, plant = both.wire, both.wire.plant
    assert plant.signals is not None
    signals = plant.signals.equipment
    if not both.case.keeps_signals:
        opened = live.drill("oee", "equipment", next(iter(signals)))
        assert len(opened.facts)
        assert not len(opened.signals), "nobody has asked the bridge to keep them"
        return
    recorded = twin.replay(plant, list(live.journal.entries()), live.scenario)
    drivers = {it.connection: plant.signals.connections[it.connection].driver for it in signals.values()}
    seen = set()
    for name, it in signals.items():
        opened, again = (run.drill("oee", "equipment", name) for run in (live, recorded))
        pd.testing.assert_frame_equal(again.signals, opened.signals)
        reported = opened.table.dropna(subset=["entry"])
        said = opened.signals.set_index("entry")
        assert set(reported["entry"]) == set(said.index)
        for _, piece in reported.iterrows():
            signal = said.loc[[piece["entry"]]].iloc[0]
            node = f".{it.node}.LastChange" if it.node else f"unit {it.unit}, registers "
            assert node.removeprefix(".") in signal["signal"]
            assert (signal["connection"], signal["quality"]) == (it.connection, "good")
            words = json.loads(signal["said"])
            fact = opened.facts.set_index("id").loc[piece["entry"]]
            assert words["time_us"] == signal["source_time"].value // 1000 == fact["effective"].value // 1000
            seen.add(drivers[it.connection])
    assert seen == {"opcua", "modbus"}
    at_work = max(signals, key=lambda name: len(live.drill("oee", "equipment", name).signals))
    found = opened_figure("oee", "equipment", at_work, "since the start")(live)
    shown = signals_html(plant, found)
    assert found is not None
    assert all(html.escape(it["signal"]) in shown for it in found.signals)
    assert len(found.signals) > 3
