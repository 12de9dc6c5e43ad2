"""`twin quality`: how quality stands, in the terminal and as JSON; certificates as files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.forked import ran
from tests.rooms.quality.valve_shop import BORE, FINAL, Shop

pytestmark = pytest.mark.slow


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A run in which one lot has passed and was shipped, and one has failed."""
    shop = Shop(bore=BORE, final=FINAL).stock(100).order("A", 5).order("B", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.measure("A-VALVE", bore=10.0)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=1.0, finish=1.0)
    shop.does("mill_1", "B-VALVE/10", 5)
    shop.measure("B-VALVE", bore=10.4)
    return shop.run.save(tmp_path / "run")


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    return ran("quality", *arguments)


def test_quality_stands_in_the_terminal_and_as_json(saved: Path) -> None:
    said = typed(saved)
    assert said.returncode == 0, said.stderr
    assert "Inspections: 2 passed, 1 failed" in said.stdout
    assert "NC-B-VALVE-bore" in said.stdout
    told = json.loads(typed(saved, "--json").stdout)
    assert told["inspections"] == {"passed": 2, "failed": 1}
    assert [it["lot"] for it in told["holds"]] == ["B-VALVE"]


def test_a_certificate_is_written_and_one_that_cannot_be_is_refused_in_words(saved: Path, tmp_path: Path) -> None:
    done = typed(saved, "--certificate", "A-VALVE", "--out", tmp_path / "papers")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "papers/certificate_A-VALVE.json").read_text())["lot"] == "A-VALVE"
    assert "Certificate of analysis" in (tmp_path / "papers/certificate_A-VALVE.html").read_text()
    refused = typed(saved, "--certificate", "B-VALVE", "--out", tmp_path / "papers")
    assert refused.returncode == 2
    assert "lot B-VALVE is held: bore failed" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_chart_that_is_not_there_is_bad_input(saved: Path) -> None:
    refused = typed(saved, "--chart", "bore", "--json")
    assert refused.returncode == 2
    assert "no control chart of 'bore'" in json.loads(refused.stdout)["problems"][0]["what"]
