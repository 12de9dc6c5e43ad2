"""`twin labour`, `handover`, `record`, `drill` and `learning`: in the terminal, as JSON, as files; what is not there is said in words."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.forked import ran
from tests.rooms.labour.clocked_shop import ClockedShop
from twin.model.states import WorkUnitState as S

pytestmark = pytest.mark.slow
BORE = "A-VALVE.1/10"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which olga bores five valves."""
    shop = ClockedShop().at(10)
    shop.on("olga", BORE)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE))
    shop.at(40).tell(shop.done("mill_1", BORE, 5))
    return shop.run.save(tmp_path_factory.mktemp("clocked") / "run")


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    return ran(*arguments)


def told(*arguments: object) -> dict[str, object]:
    said = typed(*arguments, "--json")
    assert said.returncode == 0, said.stderr
    return dict(json.loads(said.stdout))


def test_labour_by_any_scope_with_what_was_clocked(saved: Path) -> None:
    found = told("labour", saved, "--by", "group")
    assert next((it["group"], it["work_h"], it["good"]) for it in found["labour"]) == ("operator", 0.5, 5)  # type: ignore[attr-defined]
    shown = typed("labour", saved)
    assert "Clockings" in shown.stdout
    assert "breaks that a calendar declares count for nobody" in shown.stderr
    states = told("labour", saved, "--states", "person")["states"]
    assert [it["state"] for it in states if it["resource"] == "olga"] == ["free", "works"]  # type: ignore[attr-defined]


def test_the_audit_trail_is_printed_and_written(saved: Path, tmp_path: Path) -> None:
    said = told("audit", saved, "--person", "olga", "--out", tmp_path / "trail.csv")
    assert [(it["says"], it["about"]) for it in said["audit_trail"]] == [("Clocked on", f"job order {BORE}")]  # type: ignore[attr-defined]
    assert f"Clocked on,job order {BORE}" in (tmp_path / "trail.csv").read_text()


def test_the_table_that_models_learn_from_is_written_and_its_columns_are_told(saved: Path, tmp_path: Path) -> None:
    said = told("learning", saved, "--out", tmp_path / "made" / "jobs.parquet")
    written = pd.read_parquet(tmp_path / "made" / "jobs.parquet")
    columns = {it["column"]: (it["is"], it["told"]) for it in said["columns"]}  # type: ignore[attr-defined]
    assert (list(columns), said["row_count"]) == (list(written), len(written))
    assert written.dropna(subset=["later_good"])[["job_order", "later_good"]].to_numpy().tolist() == [[BORE, 5]]
    assert [columns[name] for name in ("job_order", "later_good", "truth_is_drifted")] == [("known then", 2), ("label", 1), ("truth", 0)]
    wrong = typed("learning", saved, "--out", tmp_path / "jobs.xlsx")
    assert (wrong.returncode, "a learning table is no '.xlsx'; allowed: .parquet, .csv" in wrong.stderr) == (2, True)


def test_a_hand_over_is_printed_and_written(saved: Path, tmp_path: Path) -> None:
    said = typed("handover", saved, "--shift", "early", "--out", tmp_path)
    assert said.returncode == 0, said.stderr
    assert "Shift hand-over: valve_shop, early shift of 2026-03-02" in said.stdout
    assert "olga" in (tmp_path / "handover_2026-03-02_early.html").read_text()
    assert told("handover", saved, "--shift", "early") == {
        **json.loads((tmp_path / "handover_2026-03-02_early.json").read_text()),
        "written": [],
    }
    wrong = typed("handover", saved, "--shift", "night")
    assert wrong.returncode == 2
    assert "no shift 'night' in this run; allowed: latest, '2026-03-02 early'" in wrong.stderr


def test_a_batch_record_is_printed_and_written(saved: Path, tmp_path: Path) -> None:
    said = typed("record", saved, "--of", "A-VALVE.1", "--out", tmp_path)
    assert said.returncode == 0, said.stderr
    assert said.stdout.index("Exceptions") < said.stdout.index("Steps")
    assert (tmp_path / "batch_record_A-VALVE.1.html").exists()
    assert told("record", saved, "--of", "A-VALVE.1")["chain"] == {"holds": True, "broken_at": None, "changed": []}
    assert typed("record", saved, "--of", "B").returncode == 2


def test_a_place_that_cannot_be_written_to_is_bad_input_and_no_fault(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("stays")
    for arguments in (("record", "--of", "A-VALVE.1"), ("labels", "--units"), ("export", "--about", "material")):
        said = typed(arguments[0], saved, *arguments[1:], "--out", file / "below")
        assert said.returncode == 2, said.stderr
        assert "cannot be written: " in said.stderr
        assert "; allowed: a folder that may be written to" in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert typed("export", saved, "--about", "material", "--out", tmp_path / "made/for/it.json").returncode == 0


def test_a_figure_is_opened(saved: Path) -> None:
    found = told("drill", saved, "--indicator", "apt", "--name", "mill_1")
    pieces = found["pieces"]
    assert [it["kind"] for it in pieces] == ["Execute"]  # type: ignore[attr-defined]
    assert found["value"] == pytest.approx(pieces[0]["amount"])  # type: ignore[index]
    assert "apt of equipment mill_1 is" in typed("drill", saved, "--indicator", "apt", "--name", "mill_1").stdout
    wrong = typed("drill", saved, "--name", "mill_9")
    assert wrong.returncode == 2
    assert "no equipment 'mill_9'; allowed: mill_1, grinder_1" in wrong.stderr
