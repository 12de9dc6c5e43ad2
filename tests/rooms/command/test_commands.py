"""The commands as a person types them: exit codes, JSON, words for errors, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import twin
from tests.rooms.simulation.shop_floor.test_deadlock import THERE_AND_BACK
from twin.store.journal import open_journal, verify


def ask(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "twin", *arguments], cwd=cwd, capture_output=True, text=True, timeout=240, check=False)


def test_simulate_prints_one_json_document_with_all_that_matters(root: Path) -> None:
    answer = ask(
        "simulate",
        "plant_models/gearbox_shop",
        "--scenario",
        "scenarios/gearbox_shop/baseline.yaml",
        "--until",
        "8h",
        "--seed",
        "1",
        "--json",
        cwd=root,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["trace_hash"] == twin.simulate(root / "plant_models/gearbox_shop", until="8 h", seed=1).trace_hash
    assert found["invariants"] == {"hold": True, "violations": []}
    assert found["event_count"] > 500
    assert {"equipment", "availability", "oee"} <= set(found["indicators"][0])
    assert any(row["title"] == "Operating result" for row in found["income_statement"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "plant_models/no_such"], "there is no such plant folder"),
        (["simulate", "plant_models/gearbox_shop", "--scenario", "nowhere.yaml"], "there is no such scenario file"),
        (["simulate", "plant_models/gearbox_shop", "--until", "five days"], "is no duration"),
        (["simulate", "plant_models/gearbox_shop", "--until", "0 h"], "must last longer than 0"),
        (["simulate", "plant_models/gearbox_shop", "--pace", "-1", "--until", "1h"], "pace"),
        (["simulate", "plant_models/gearbox_shop", "--journal", "mysql://x", "--until", "1h"], "allowed"),
        (["replay", "plant_models/gearbox_shop", "--record", "nothing.db"], "there is no such journal"),
        (["replay", "plant_models/nist_cell", "--record", "plant_models/nist_cell/record"], "a --scenario with 'decisions: observed'"),
        (["simulate", "plant_models/nist_cell", "--scenario", "scenarios/nist_cell/order_60.yaml"], "a scenario with 'decisions: mes'"),
        (["live", "plant_models/nist_cell", "--scenario", "scenarios/nist_cell/mazak_day.yaml"], "a scenario with 'decisions: mes'"),
        (["live", "plant_models/gearbox_shop", "--scenario", "scenarios/gearbox_shop/third_hobber.yaml"], "hobber_3 of"),
        (["serve", "plant_models/gearbox_shop", "--record", "a", "--journal", "b"], "exclude each other"),
        (["check", "no/such/path"], "no/such/path"),
    ],
)
def test_bad_input_ends_with_2_and_words(root: Path, arguments: list[str], says: str) -> None:
    answer = ask(*arguments, cwd=root)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert says in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_check_prints_every_problem_with_its_place(root: Path, tmp_path: Path) -> None:
    plant = tmp_path / "plant_models" / "gearbox_shop"
    plant.mkdir(parents=True)
    for file in (root / "plant_models" / "gearbox_shop").glob("*.yaml"):
        (plant / file.name).write_text(file.read_text().replace("work_center: sawing", "work_center: sawng", 1))
    answer = ask("check", str(plant), cwd=root)
    assert answer.returncode == 2
    assert "did you mean 'sawing'?" in answer.stdout
    assert "plant.yaml:" in answer.stdout
    assert ask("check", "plant_models/gearbox_shop", "scenarios/gearbox_shop", cwd=root).returncode == 0


def test_a_journal_of_another_run_is_not_mixed_with(root: Path, tmp_path: Path) -> None:
    journal = f"sqlite:///{tmp_path}/run.db"
    assert ask("simulate", "plant_models/gearbox_shop", "--until", "2h", "--journal", journal, cwd=root).returncode == 0
    again = ask("simulate", "plant_models/gearbox_shop", "--until", "2h", "--journal", journal, cwd=root)
    assert again.returncode == 2
    assert "another run" in again.stderr


def test_a_replayed_journal_has_the_hash_of_the_run(root: Path, tmp_path: Path) -> None:
    first = ask("simulate", "plant_models/gearbox_shop", "--until", "4h", "--journal", f"{tmp_path}/run.db", "--json", cwd=root)
    second = ask("replay", "plant_models/gearbox_shop", "--record", f"{tmp_path}/run.db", "--json", cwd=root)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert json.loads(second.stdout)["trace_hash"] == json.loads(first.stdout)["trace_hash"]


def test_ctrl_c_keeps_what_happened_consistent(root: Path, tmp_path: Path) -> None:
    journal = f"sqlite:///{tmp_path}/run.db"
    command = [sys.executable, "-m", "twin", "simulate", "plant_models/gearbox_shop", "--pace", "7200", "--journal", journal]
    run = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (tmp_path / "run.db").exists():
        time.sleep(0.2)
    time.sleep(3)
    os.kill(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "kept and consistent" in said
    assert "Traceback" not in said
    kept = open_journal(journal)
    assert len(kept) > 100
    assert verify(kept.entries()) is None
    kept.close()


def test_nothing_but_the_result_is_on_standard_output_when_piped(root: Path) -> None:
    answer = ask("simulate", "plant_models/gearbox_shop", "--until", "1h", cwd=root)
    assert "(trace)" in answer.stdout
    assert "\x1b[" not in answer.stdout + answer.stderr
    assert answer.stderr == ""


def test_help_has_examples_and_every_command_answers_programs_too(root: Path) -> None:
    for command in ("simulate", "replay", "follow", "explain", "check", "serve", "live", "lab"):
        answer = ask(command, "--help", cwd=root)
        assert answer.returncode == 0
        assert "--json" in answer.stdout
        assert f"Example: twin {command}" in " ".join(answer.stdout.split()).replace("│", "")


def test_a_deadlock_ends_with_1_and_says_who_waits_for_what(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(THERE_AND_BACK)
    (tmp_path / "items.yaml").write_text("materials: {shaft: {kind: finished, lot_size: 1, price: 9 EUR}}\ncustomers: {us: {}}\n")
    order = "{order: A, customer: us, material: shaft, quantity: 6, due: 1 d}"
    scenario = f"plant: there_and_back\nstart: 2026-03-02T06:00:00Z\nhorizon: 8 h\ndemand: {{orders: [{order}]}}\n"
    (tmp_path / "narrow.yaml").write_text(scenario)
    answer = ask("simulate", ".", "--scenario", "narrow.yaml", "--out", "kept", cwd=tmp_path)
    assert answer.returncode == 1, answer.stderr
    assert "stopped after 20 min of plant time by a deadlock" in answer.stderr
    assert "mill holds A-shaft.2 and waits since Mon 2 Mar, 06:15" in answer.stderr
    assert twin.load(tmp_path / "kept").deadlock.startswith("deadlock")


def test_explain_says_why_of_a_simulated_and_of_a_saved_run(root: Path, tmp_path: Path) -> None:
    shop = "plant_models/gearbox_shop"
    run = twin.simulate(root / shop, until="1 d", seed=3)
    run.save(tmp_path / "kept")
    answer = ask("explain", shop, "--about", "B1", "--about", "furnace_1", "--until", "1d", "--seed", "3", cwd=root)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == f"{run.explain('B1')}\n\n{run.explain('furnace_1')}"
    found = json.loads(ask("explain", str(tmp_path / "kept"), "--order", "B1", "--json", cwd=root).stdout)["reasons"]["B1"]
    assert [row["what"] for row in found["stretches"]] == run.explain("B1").table["what"].tolist()
    refused = ask("explain", str(tmp_path / "kept"), "--about", "furnace_2", cwd=root)
    assert refused.returncode == 2
    assert "did you mean 'furnace_1'?" in refused.stderr
