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
from twin.simulation.engines import get_ready
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
        (["replay", "plant_models/nist_cell", "--record", "plant_models/nist_cell/record"], "scenario"),
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


def count_of(journal: str) -> int:
    kept = open_journal(journal)
    try:
        return len(kept)
    finally:
        kept.close()


def test_ctrl_c_keeps_what_happened_consistent(root: Path, tmp_path: Path) -> None:
    journal = f"sqlite:///{tmp_path}/run.db"
    command = [sys.executable, "-m", "twin", "simulate", "plant_models/gearbox_shop", "--pace", "7200", "--journal", journal]
    run = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not ((tmp_path / "run.db").exists() and count_of(journal) > 100):
        time.sleep(0.2)
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
    get_ready("compiled")  # the first run on a machine says that it compiles
    answer = ask("simulate", "plant_models/gearbox_shop", "--until", "1h", cwd=root)
    assert "(trace)" in answer.stdout
    assert "\x1b[" not in answer.stdout + answer.stderr
    assert answer.stderr == ""


def test_help_has_examples_and_every_command_answers_programs_too(root: Path) -> None:
    for command in ("simulate", "replay", "follow", "check", "serve", "live", "lab"):
        answer = ask(command, "--help", cwd=root)
        assert answer.returncode == 0
        assert "--json" in answer.stdout
        assert f"Example: twin {command}" in " ".join(answer.stdout.split()).replace("│", "")
