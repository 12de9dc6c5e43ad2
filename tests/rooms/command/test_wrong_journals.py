"""A journal that is not what a command needs is refused in words before anything is run; what is doubtful in a run is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import twin
from twin.apps import feeds
from twin.command import report, runs
from twin.command.manners import Failed
from twin.model.events import CountObserved, EquipmentStateChanged, Heartbeat, SalesOrderConfirmed, StockCounted
from twin.model.states import Source, WorkUnitState
from twin.results.run import Run
from twin.results.views.alerts import alert_kinds
from twin.store.journal import StoreError, open_journal
from twin.store.live import WATERMARK

US = 1_782_100_800_000_000


def keep(url: str, source: Source, equipment: str = "saw_1") -> None:
    """The first facts of a plant with that machine, kept by that source."""
    journal = open_journal(url)
    for state in (WorkUnitState.STOPPED, WorkUnitState.IDLE):
        journal.append(EquipmentStateChanged(effective_us=US, equipment=equipment, state=state), source=source)
    journal.append(Heartbeat(effective_us=US, reason=WATERMARK), source=source)
    journal.commit()
    journal.close()


@pytest.fixture
def shop(root: Path) -> Path:
    return root / "plant_models" / "gearbox_shop"


def test_the_journal_of_another_plant_is_not_replayed(root: Path, shop: Path, database_url: str) -> None:
    keep(database_url, Source.SIMULATED)
    cell, order = root / "plant_models/nist_cell", root / "scenarios/nist_cell/order_60.yaml"
    with pytest.raises(ValueError, match="equipment that nist_cell does not have: saw_1; allowed: a record of nist_cell, with Hurco04"):
        twin.replay(cell, database_url, order)
    with pytest.raises(ValueError, match="nist_cell does not have: saw_1"):
        feeds.replayed(cell, order, database_url, speed=1)
    assert twin.replay(shop, database_url).journal.head


def test_the_same_facts_as_a_saved_run_or_as_events_are_not_replayed_by_another_plant(root: Path, shop: Path, tmp_path: Path) -> None:
    run = twin.simulate(shop, until="1 h")
    cell, order = root / "plant_models/nist_cell", root / "scenarios/nist_cell/order_60.yaml"
    for record in (run.save(tmp_path / "kept"), list(run.journal.entries()), [entry.event for entry in run.journal.entries()]):
        with pytest.raises(ValueError, match="nist_cell does not have: saw_1"):
            twin.replay(cell, record, order)


def test_a_machine_that_only_the_scenario_has_is_the_plants_own(shop: Path, tmp_path: Path) -> None:
    more = tmp_path / "scenarios" / "gearbox_shop" / "more.yaml"
    more.parent.mkdir(parents=True)
    mill = twin.read_plant(shop).layout.work_units["mill_1"].model_dump(mode="json", exclude_none=True)
    asked = twin.read_scenario(None, shop).model_copy(update={"changes": {"work_units.mill_9": mill}})
    run = twin.simulate(shop, asked, until="1 h")
    entries = list(run.journal.entries())
    assert twin.replay(shop, entries, asked).trace_hash == run.trace_hash
    with pytest.raises(ValueError, match="gearbox_shop does not have: mill_9"):
        twin.replay(shop, entries)


@pytest.mark.parametrize("source", [Source.SIMULATED, Source.REPLAYED])
def test_a_journal_that_no_bridge_has_written_is_not_followed(shop: Path, database_url: str, source: Source) -> None:
    keep(database_url, source)
    for follow in (lambda: twin.follow(shop, database_url), lambda: feeds.live(shop, None, database_url)):
        with pytest.raises(
            StoreError, match=rf"holds {source} facts \(entry 1\); allowed: a new journal, or one that a bridge has written"
        ):
            follow()


def test_a_name_that_was_mistyped_leaves_no_file_behind(shop: Path, tmp_path: Path) -> None:
    """`twin follow` waits for what a bridge writes, and makes no journal of its own; what is there is followed at once."""
    nope, stop, began = tmp_path / "nope.db", threading.Event(), list[str]()
    stop.set()

    def course(**_: object) -> Run:
        began.append("")
        return twin.simulate(shop, until="1 min")

    for name in (str(nope), f"sqlite:///{nope}"):
        with pytest.raises(Failed, match=r"nobody has written into .*: nothing was followed"):
            runs.once_written(name, course)(watch=lambda _: None, stop=stop)
    assert (list(tmp_path.iterdir()), began) == ([], [])
    nope.touch()
    runs.once_written(str(nope), course)(watch=lambda _: None, stop=stop)
    assert began == [""]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["follow", "serve"])
def test_the_commands_say_so_and_end_with_2(root: Path, tmp_path: Path, command: str) -> None:
    keep(f"sqlite:///{tmp_path}/plant.db", Source.SIMULATED)
    call = [sys.executable, "-m", "twin", command, "plant_models/gearbox_shop", "--journal", f"{tmp_path}/plant.db"]
    answer = subprocess.run(call, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 2, answer.stderr
    assert "holds simulated facts" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_report_counts_the_alerts_the_worst_first(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    idle = [EquipmentStateChanged(effective_us=US, equipment="saw_1", state=WorkUnitState.IDLE)]
    order = {"order": "SO-9", "customer": "x", "due_us": US, "unit_price_minor": 1, "quantity": 1}
    strange = [StockCounted(effective_us=US + n, material="moonstone", quantity=1) for n in (1, 2)]
    counts = [CountObserved(effective_us=US + 3 + n, equipment="saw_1", good=-1) for n in range(3)]
    sold = SalesOrderConfirmed(effective_us=US + 9, material="stardust", **order)
    run = twin.replay(shop, [*idle, *strange, *counts, sold])
    kinds = [(kind.alert, kind.count) for kind in alert_kinds(run)]
    assert kinds[0] == ("unknown_material", 3), "worse than a doubtful count, however often that was"
    assert ("count", 3) in kinds
    assert run.summary()["alerts"] == dict(kinds)
    report.print_run(run)
    said = capsys.readouterr().out
    assert "alerts that a person should look at" in said
    assert "3 x unknown_material, first" in said
    assert said.index("unknown_material") < said.index("3 x count")


def test_a_report_without_alerts_says_nothing_of_them(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.print_run(twin.simulate(shop, until="1 h"))
    assert "alert" not in capsys.readouterr().out
