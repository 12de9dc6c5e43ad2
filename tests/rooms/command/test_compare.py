"""`twin compare` as a person types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rooms.command.test_commands import ask
from tests.rooms.study.kiosk import write_kiosk
from twin.study import compare


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_kiosk(tmp_path_factory.mktemp("kiosk"))


@pytest.mark.slow
def test_it_prints_and_saves_a_comparison_and_simulates_nothing_twice(kiosk: dict[str, Path], tmp_path: Path, root: Path) -> None:
    files = [str(kiosk["baseline"]), str(kiosk["two_presses"])]
    options = ["--replications", "4", "--workers", "1", "--folder", str(tmp_path / "kept"), "--out", str(tmp_path / "out")]
    shown = ask("compare", *files, *options, cwd=root)
    assert shown.returncode == 0, shown.stderr
    assert "4 replications of each scenario" in shown.stdout
    for said in ("Orders on time", "Operating result, EUR", "two_presses", "P90", "against baseline", "best", "won"):
        assert said in shown.stdout
    assert "…" not in shown.stdout  # nothing is cut off where it is piped
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "report.html", "comparison.csv", "comparison.parquet", "replications.csv", "replications.parquet",
    }  # fmt: skip
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").glob("*/*.json")}
    assert len(kept) == 8
    answer = ask("compare", *files, "-n", "4", "--folder", str(tmp_path / "kept"), "--json", "--outcome", "cost_eur", cwd=root)
    assert answer.returncode == 0, answer.stderr
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").glob("*/*.json")} == kept
    ours = compare(files, 4, workers=1, folder=tmp_path / "kept").summary(["cost_eur"])
    assert json.loads(answer.stdout) == ours


@pytest.mark.slow
def test_by_rule_it_says_what_it_does_not_tell(kiosk: dict[str, Path], tmp_path: Path, root: Path) -> None:
    files = [str(kiosk["baseline"]), str(kiosk["two_presses"])]
    shown = ask("compare", *files, "--by-rule", "-n", "20", "--folder", str(tmp_path), cwd=root)
    assert shown.returncode == 0, shown.stderr
    assert "Revenue, EUR" in shown.stdout
    assert "Cost, EUR" in shown.stdout
    assert "Open requests" not in shown.stdout
    assert "nobody keeps records, so nothing tells open_requests_mean" in shown.stderr
    assert len(list(tmp_path.glob("*/*.json"))) == 40


@pytest.mark.slow
def test_a_run_by_rule_tells_what_the_run_tells(kiosk: dict[str, Path], root: Path) -> None:
    asked = (str(kiosk["plant"]), "--scenario", str(kiosk["two_presses"]), "--seed", "3")
    quick, whole = (ask("simulate", *asked, *more, "--json", cwd=root) for more in (["--by-rule"], []))
    assert quick.returncode == whole.returncode == 0, quick.stderr
    told, run = json.loads(quick.stdout), json.loads(whole.stdout)
    assert f"{told['outcomes']['result_eur']:.2f}" == run["income_statement"][-1]["amount"]
    assert told["orders"] == {name: run["orders"][name] for name in told["orders"]}
    shares = {row["equipment"]: row["availability"] for row in run["indicators"]}
    assert {row["equipment"]: round(row["availability"], 6) for row in told["equipment"]} == shares
    shown = ask("simulate", *asked, "--by-rule", cwd=root)
    assert "Hours of the equipment" in shown.stdout
    refused = ask("simulate", *asked, "--by-rule", "--pace", "60", "--out", "run", cwd=root)
    assert refused.returncode == 2
    assert "--pace, --out: by rule alone there is no run" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["baseline"], "two or more"),
        (["baseline", "nowhere"], "no such"),
        (["baseline", "slow_press", "--outcome", "profit"], "no outcome 'profit'"),
        (["baseline", "slow_press", "--workers", "many"], "are no workers"),
        (["baseline", "slow_press", "--until", "soon"], "is no duration"),
        (
            ["baseline", "slow_press", "--by-rule", "--outcome", "open_requests_mean"],
            "'open_requests_mean' needs MES and ERP; allowed: on_time_share,",
        ),
    ],
)
def test_bad_input_ends_with_2_and_words(kiosk: dict[str, Path], arguments: list[str], says: str, tmp_path: Path, root: Path) -> None:
    named = [str(kiosk.get(word, f"{word}.yaml" if word == "nowhere" else word)) for word in arguments]
    answer = ask("compare", *named, "-n", "2", "--folder", str(tmp_path), *([] if "--workers" in named else ["--workers", "1"]), cwd=root)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert says in answer.stderr
    assert not list(tmp_path.glob("*/*.json"))  # told before anything was simulated
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_says_so(kiosk: dict[str, Path], tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "twin", "compare", str(kiosk["baseline"]), str(kiosk["slow_press"]), "-n", "5000", "--workers", "1"]
    with subprocess.Popen(
        [*command, "--folder", str(tmp_path)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as study:
        deadline_s = time.monotonic() + 60
        while len(list(tmp_path.glob("*/*.json"))) < 6 and time.monotonic() < deadline_s:
            time.sleep(0.1)
        study.send_signal(signal.SIGINT)
        shown, said = study.communicate(timeout=60)
    assert study.returncode == 1
    assert "of 5000 replications; call it again" in said
    assert "Operating result" in shown  # what is complete is shown
