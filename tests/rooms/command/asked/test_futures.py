"""`twin futures`: what may become of a run, as it is and with a machine more, in the terminal and as JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.forked import ran
from tests.rooms.simulation.small_floor import SHAFTS, plant_of, scenario_of
from twin.__main__ import app
from twin.command.studies import futures
from twin.run import simulate

pytestmark = pytest.mark.slow


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """One lathe, forty shafts of five minutes each, and half an hour gone."""
    plant = plant_of(materials=SHAFTS.replace("lot_size", "price: 9 EUR, lot_size"), **{"work_units/lathe/hourly_cost": "60 EUR/h"})
    run = simulate(plant, scenario_of("shaft 40", horizon="4 h"), seed=1, until_us=33 * 60_000_000)
    return run.save(tmp_path / "run")


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    return ran("futures", *arguments, "--until", "4h", "-n", 2)


def test_the_difference_that_a_machine_makes_stands_beside_what_there_is(saved: Path) -> None:
    said = typed(saved, "--change", "one more at turning")
    assert said.returncode == 0, said.stderr
    assert "2 futures" in said.stdout
    assert "+240 [+240, +240]" in said.stdout, "four hours of sixty euro more, whatever is drawn"
    told = {it["outcome"]: it for it in json.loads(typed(saved, "--change", "one more at turning", "--json").stdout)["differences"]}
    assert (told["cost_eur"]["difference"], told["cost_eur"]["verdict"], told["cost_eur"]["pairs"]) == (240.0, "worse", 2)
    assert (told["revenue_eur"]["as_it_is"], told["revenue_eur"]["changed"], told["revenue_eur"]["verdict"]) == (360.0, 360.0, "the same")


def test_ctrl_c_shows_what_was_played_says_so_and_is_no_success(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def pressed_after_three(total: int) -> Iterator[Callable[[int], None]]:
        yield lambda done: os.kill(os.getpid(), signal.SIGINT) if done == 3 else None

    monkeypatch.setattr(futures, "_counting", pressed_after_three)
    said = CliRunner().invoke(app, ["futures", str(saved), "--until", "4h", "-n", "5000"])
    assert said.exit_code == 1, said.output
    assert "stopped: what is shown is of the futures that were played by then, of 5000 that were asked for" in said.stderr
    assert "futures" in said.stdout


def test_a_change_that_there_is_not_is_refused_with_those_that_there_are(saved: Path) -> None:
    refused = typed(saved, "--change", "one more at milling")
    assert refused.returncode == 2
    assert "no change 'one more at milling'" in refused.stderr
    assert "allowed: one more at turning" in refused.stderr
