"""`twin trace`: traces, balances and recalls in the terminal and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import ran
from tests.rooms.quality.valve_shop import Shop

pytestmark = pytest.mark.slow


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A run in which lot A-VALVE, made of delivery L-P1, was shipped."""
    shop = Shop()
    shop.delivery("P1", 20)
    shop.order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    return shop.run.save(tmp_path / "run")


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    return ran("trace", *arguments)


def test_a_lot_is_traced_and_recalled_in_the_terminal_and_as_json(saved: Path) -> None:
    said = typed(saved, "--lot", "A-VALVE", "--recall", "L-P1")
    assert said.returncode == 0, said.stderr
    assert "L-P1  CASTING   5 piece   went into  A-VALVE" in said.stdout
    assert "Recall of L-P1: 2 lots affected; 1 order of 1 customer got some of it (acme); 1 lot still in house" in said.stdout
    told = json.loads(typed(saved, "--lot", "A-VALVE", "--balance", "L-P1", "--machine", "mill_1", "--json").stdout)
    assert told["traces"][0]["edges"][0]["quantity"] == 5
    assert told["balances"][0]["holds"]
    assert [it["lot"] for it in told["recalls"][0]["affected"]] == ["A-VALVE"]
    assert told["recalls"][0]["customers"][0]["order"] == "A"


def test_what_makes_no_sense_is_refused_in_words(saved: Path) -> None:
    for arguments, words in (
        ((), "allowed: --lot, --serial, --balance, --recall, --machine"),
        (("--lot", "A-VALV"), "no lot 'A-VALV' (did you mean 'A-VALVE'?)"),
        (("--lot", "A-VALVE", "--from", "2026-03-02"), "--from and --to are of a piece of equipment"),
    ):
        refused = typed(saved, *arguments)
        assert refused.returncode == 2
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


def test_labels_of_a_request_are_written_as_a_sheet_and_as_drawings(saved: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "twin",
        "labels",
        str(saved),
        "--request",
        "A-VALVE",
        "--persons",
        "--out",
        str(tmp_path / "out"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [it["code"] for it in told["labels"]] == ["LOT:A-VALVE", "JOB:A-VALVE/10", "JOB:A-VALVE/20", "PERSON:quinn", "PERSON:olga"]
    assert all(Path(path).exists() for path in told["written"])
    refused = subprocess.run([*command[:5], "--out", str(tmp_path)], capture_output=True, text=True, timeout=240, check=False)
    assert (refused.returncode, "allowed: --request" in refused.stderr) == (2, True)
