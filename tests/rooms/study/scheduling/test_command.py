"""twin schedule, as a planner and a program use it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.forked import ran
from twin.__main__ import app

pytestmark = pytest.mark.slow
SHOP = "plant_models/gearbox_shop"


def typed(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ran("schedule", SHOP, *arguments, cwd=root)


def asked(*arguments: str) -> Result:
    """The same without a process of its own."""
    return CliRunner().invoke(app, ["schedule", SHOP, *arguments])


def test_a_schedule_in_the_terminal_and_as_json(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    shown = typed(root, "--at", "1d", "--compare")
    assert shown.returncode == 0, shown.stderr
    for words in ("Open orders", "What every rule gives", "Operations", "setup_avoidance"):
        assert words in shown.stdout
    told = json.loads(asked("--at", "1d", "--rule", "edd", "--down", "furnace_1=12h", "--json").stdout)
    assert told["schedule"]["rule"] == "edd"
    assert told["schedule"]["supposed"] == ["furnace_1 is down for 12 h"]
    assert {it["change"] for it in told["changes"]} <= {"moved", "resequenced", "reassigned", "new", "gone"}
    assert told["schedule"]["orders"][0]["ships"].startswith("2026-03")


def test_bad_input_meets_words(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    for arguments, words in (
        (("--rule", "eddy"), "there is no dispatch rule 'eddy'"),
        (("--down", "mill_1"), "it needs a name and a span"),
    ):
        refused = asked("--at", "1h", *arguments)
        assert refused.exit_code == 2
        assert words in refused.stderr
