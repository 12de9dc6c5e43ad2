"""The commands as a person types them: exit codes, JSON, words for errors, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import site
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import twin
from tests.forked import ran
from tests.rooms.bridge.virtual_shop import keep
from tests.rooms.simulation.shop_floor.test_deadlock import THERE_AND_BACK
from twin.beginning import is_command
from twin.command.manners import _roughly, progress
from twin.command.runs import _telling
from twin.command.studies.compare import telling
from twin.model.events import Heartbeat
from twin.model.states import Source
from twin.simulation.engines import get_ready
from twin.store.journal import StoreError, open_journal, verify
from twin.store.live import WATERMARK
from twin.study.conduct import Progress

SHOP = "plant_models/gearbox_shop"
LATE = [("twin", "serve", "bokeh.models"), ("hardware_bridge", "connect", "asyncua.ua")]
IN_A_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the terminal is that of this session now: whoever closes it hangs us up
sys.argv[0] = "twin"
runpy.run_module("twin", run_name="__main__", alter_sys=True)
"""


@contextmanager
def typed(*arguments: object, cwd: Path, before: Sequence[str] = (), terminal: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Python with these arguments as a process of its own, at a terminal if there is one, which does not outlive the test."""
    command = [*before, sys.executable, *map(str, arguments)]
    where = subprocess.PIPE if terminal is None else terminal
    process = subprocess.Popen(command, cwd=cwd, stdin=terminal, stdout=where, stderr=where, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The first line of standard error that has these words."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it has ended without saying '{words}'")


def wait_for(it_is_so: Callable[[], bool], at_most_s: float = 60) -> None:
    deadline_s = time.monotonic() + at_most_s
    while not it_is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def count_of(journal: Path) -> int:
    """How many entries are in a journal; none if it is not there yet."""
    try:
        kept = open_journal(journal, create=False)
    except StoreError:
        return 0
    with closing(kept):
        return len(kept)


def ask(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return ran(*arguments, cwd=cwd)


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "plant_models/no_such"], "there is no such plant folder"),
        (["simulate", "plant_models/gearbox_shop", "--scenario", "nowhere.yaml"], "there is no such scenario file; allowed: "),
        (["simulate", "plant_models/gearbox_shop", "--until", "five days"], "is no duration"),
        (["simulate", "plant_models/gearbox_shop", "--until", "0 h"], "must last longer than 0"),
        (["simulate", "plant_models/gearbox_shop", "--pace", "-1", "--until", "1h"], "pace"),
        (["simulate", "plant_models/gearbox_shop", "--journal", "mysql://x", "--until", "1h"], "allowed"),
        (["replay", "plant_models/gearbox_shop", "--record", "nothing.db"], "there is no such journal"),
        (["replay", "plant_models/nist_cell", "--record", "plant_models/nist_cell/record"], "a --scenario with 'decisions: observed'"),
        (["simulate", "plant_models/nist_cell", "--scenario", "scenarios/nist_cell/order_60.yaml"], "a scenario with 'decisions: mes'"),
        (["live", "plant_models/nist_cell", "--scenario", "scenarios/nist_cell/mazak_day.yaml"], "a scenario with 'decisions: mes'"),
        (["live", "plant_models/gearbox_shop", "--scenario", "scenarios/gearbox_shop/third_hobber.yaml"], "hobber_3 of"),
        (
            ["serve", "plant_models/gearbox_shop", "--record", "a", "--journal", "b"],
            "exclude each other: a run is replayed or live; allowed: one of them",
        ),
        (["check", "no/such/path"], "no/such/path"),
    ],
)
def test_bad_input_ends_with_2_and_words(root: Path, arguments: list[str], says: str) -> None:
    answer = ask(*arguments, cwd=root)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert says in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_journal_of_another_run_is_not_mixed_with(root: Path, tmp_path: Path) -> None:
    journal = f"sqlite:///{tmp_path}/run.db"
    assert ask("simulate", "plant_models/gearbox_shop", "--until", "2h", "--journal", journal, cwd=root).returncode == 0
    again = ask("simulate", "plant_models/gearbox_shop", "--until", "2h", "--journal", journal, cwd=root)
    assert again.returncode == 2
    assert "another run" in again.stderr


@pytest.mark.slow
def test_a_replayed_journal_has_the_hash_of_the_run(root: Path, tmp_path: Path) -> None:
    first = ask("simulate", "plant_models/gearbox_shop", "--until", "4h", "--journal", f"{tmp_path}/run.db", "--json", cwd=root)
    second = ask("replay", "plant_models/gearbox_shop", "--record", f"{tmp_path}/run.db", "--json", cwd=root)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert json.loads(second.stdout)["trace_hash"] == json.loads(first.stdout)["trace_hash"]
    copy = f"{tmp_path}/copy.db"
    third = ask(
        "replay", "plant_models/gearbox_shop", "--record", f"{tmp_path}/run.db", "--as-recorded", "--journal", copy, "--json", cwd=root
    )
    assert third.returncode == 0, third.stderr
    assert json.loads(third.stdout) | {"seed": 1} == json.loads(first.stdout)


@pytest.mark.slow
def test_ctrl_c_keeps_what_happened_consistent(root: Path, tmp_path: Path) -> None:
    journal = f"sqlite:///{tmp_path}/run.db"
    command = [sys.executable, "-m", "twin", "simulate", "plant_models/gearbox_shop", "--pace", "7200", "--journal", journal]
    run = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: count_of(tmp_path / "run.db") > 100)
    os.kill(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "kept and consistent" in said
    assert "Traceback" not in said
    kept = open_journal(journal)
    assert len(kept) > 100
    assert verify(kept.entries()) is None
    kept.close()


@pytest.mark.slow
def test_ctrl_c_ends_a_run_that_waits_for_a_fact_that_is_years_away(root: Path, tmp_path: Path) -> None:
    with typed("-m", "twin", "simulate", SHOP, "--pace", "1e-9", "--journal", tmp_path / "run.db", cwd=root) as run:
        line_with(run, "times the wall's pace")
        wait_for(lambda: count_of(tmp_path / "run.db") > 0)
        time.sleep(3)  # until it waits: what happens at the start has happened
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=20)
    assert run.returncode == 1
    assert "kept and consistent" in said


@pytest.mark.slow
@pytest.mark.parametrize(("module", "command", "late"), LATE)
def test_ctrl_c_while_it_is_starting_cancels_in_words(root: Path, tmp_path: Path, module: str, command: str, late: str) -> None:
    """Python tells of each import on standard error; we end it in the middle of those that a command makes for itself."""
    command_line = ("-X", "importtime", "-m", module, command, SHOP, "--journal", tmp_path / "x.db")
    with typed(*command_line, cwd=root) as starting:
        line_with(starting, f" {late}")
        starting.send_signal(signal.SIGINT)
        _, said = starting.communicate(timeout=60)
    assert starting.returncode == 1, said[-2000:]
    assert said.rstrip().endswith("cancelled")


@pytest.mark.slow
@pytest.mark.parametrize(("module", "early"), [("twin", "pydantic"), ("hardware_bridge", "typer")])
def test_ctrl_c_in_the_first_seconds_ends_with_130_and_no_traceback(root: Path, module: str, early: str) -> None:
    with typed("-X", "importtime", "-m", module, "--help", "--json", cwd=root) as starting:
        line_with(starting, f" {early}")
        starting.send_signal(signal.SIGINT)
        told, said = starting.communicate(timeout=60)
    assert (starting.returncode, json.loads(told)) == (130, {"failure": "cancelled"})
    assert "Traceback" not in said
    assert said.endswith("cancelled\n")


@pytest.mark.parametrize(
    ("typed", "is_ours"),
    [
        ("python /bin/twin serve", True), ("python -X importtime -m twin serve", True), ("python -u -m hardware_bridge connect", True),
        ("python -m pytest twin", False), ("python -c twin", False), ("python", False), ("python notebook.py -m twin", False),
    ],
)  # fmt: skip
def test_ctrl_c_is_that_of_whoever_imports_the_library(typed: str, is_ours: bool) -> None:
    assert is_command(typed.split()) == is_ours


@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_the_run_and_what_happened_is_kept(root: Path, tmp_path: Path) -> None:
    ours, its = os.openpty()
    command_line = ("-c", IN_A_TERMINAL, "simulate", SHOP, "--pace", "1e-9", "--journal", tmp_path / "run.db")
    with typed(*command_line, cwd=root, terminal=its) as run:
        os.close(its)
        wait_for(lambda: count_of(tmp_path / "run.db") > 0)
        os.close(ours)
        assert run.wait(20) == 1
    kept = open_journal(tmp_path / "run.db")
    assert verify(kept.entries()) is None
    kept.close()


@pytest.mark.slow
def test_nohup_is_respected(root: Path, tmp_path: Path) -> None:
    command_line = ("-m", "twin", "simulate", SHOP, "--pace", "1e-9", "--journal", tmp_path / "run.db")
    with typed(*command_line, cwd=root, before=["nohup"]) as run:
        wait_for(lambda: count_of(tmp_path / "run.db") > 0)
        run.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert run.poll() is None
        run.send_signal(signal.SIGTERM)
        assert run.wait(20) == 1


@pytest.mark.slow
def test_nothing_but_the_result_is_on_standard_output_when_piped(root: Path) -> None:
    get_ready("compiled")  # the first run on a machine says that it compiles
    answer = ask("simulate", "plant_models/gearbox_shop", "--until", "1h", cwd=root)
    assert "(trace)" in answer.stdout
    assert "\x1b[" not in answer.stdout + answer.stderr
    assert answer.stderr == ""


def test_a_live_plant_whose_pages_have_no_port_starts_nothing(root: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        answer = ask("live", SHOP, "--port", str(taken.getsockname()[1]), cwd=root)
    assert answer.returncode == 2
    assert "is taken; allowed: another one" in answer.stderr
    assert "the plant runs" not in answer.stderr


def test_without_jupyterlab_it_says_what_installs_it(root: Path, tmp_path: Path) -> None:
    """As after `make run`: every library of this environment is there but this one."""
    for folder in site.getsitepackages():
        for library in Path(folder).iterdir():
            if not library.name.startswith(("jupyterlab", "__pycache__")):
                (tmp_path / library.name).symlink_to(library)
    found = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-S", "-m", "twin", "lab"]
    answer = subprocess.run(command, cwd=root, env=found, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 2
    assert "allowed: `make lab`" in answer.stderr


def test_follow_says_once_in_a_while_how_far_the_plant_is(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []
    tell = _telling("following shop", seen.append, "Europe/Berlin", every_s=0.0)
    for at_us in (0, 60_000_000):
        tell(at_us)
    begins, then = capsys.readouterr().err.splitlines()
    assert "the first facts are here" in begins
    assert (then, seen) == ("following shop: it is Thu 1 Jan, 01:01 in the plant", [0, 60_000_000])


def test_where_there_is_no_terminal_a_line_says_how_far_it_is_and_about_how_long_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    watch = telling("replications", every_s=0.0)
    for done in (30, 120, 600):
        watch(Progress(done=done, total=600, found=30, elapsed_s=1.0))
    assert capsys.readouterr().err.splitlines() == [
        "30 of 600 replications (30 kept from before)", "120 of 600 replications (30 kept from before), about 10 s left",
    ], "what is done at once says nothing of how long the rest takes, and the end needs no line"  # fmt: skip
    telling("replications")(Progress(done=1, total=2, found=0, elapsed_s=1.0))
    with progress("simulating shop", 0, 86_400_000_000) as moved:
        moved(43_200_000_000)
    assert capsys.readouterr().err == "", "nor has anybody waited yet"
    assert [_roughly(it) for it in (3, 44, 131, 4_000, 9_000)] == ["10 s", "40 s", "2 min", "67 min", "2.5 h"]


@pytest.mark.slow
def test_follow_says_when_the_first_facts_are_here(root: Path, tmp_path: Path) -> None:
    """Else its last words are that it waits for a bridge."""
    with typed("-m", "twin", "follow", SHOP, "--journal", tmp_path / "twin.db", cwd=root) as follower:
        line_with(follower, "waiting for a bridge")
        start_us = twin.read_scenario(None, root / SHOP).start_us
        keep([Heartbeat(effective_us=start_us, reason=WATERMARK)], tmp_path / "twin.db", Source.LIVE)
        line_with(follower, "following gearbox_shop: the first facts are here")
        follower.send_signal(signal.SIGINT)
        assert follower.wait(60) == 0


def test_it_says_its_version(root: Path) -> None:
    answer = ask("--version", cwd=root)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert re.fullmatch(r"twin \d+\.\d+\.\d+\n", answer.stdout)


@pytest.mark.slow
def test_help_has_examples_and_every_command_answers_programs_too(root: Path) -> None:
    for command in ("simulate", "replay", "follow", "explain", "plan", "compare", "check", "serve", "live", "lab"):
        answer = ask(command, "--help", cwd=root)
        assert answer.returncode == 0
        assert "--json" in answer.stdout
        assert f"Example: twin {command}" in " ".join(answer.stdout.split()).replace("│", "")


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_plan_says_what_to_make_and_for_whom(root: Path) -> None:
    shop = "plant_models/gearbox_shop"
    plan = twin.plan(root / shop)
    told = json.loads(ask("plan", shop, "--capacity", "--master", "--promise", "GB1", "20", "--wanted", "3d", "--json", cwd=root).stdout)
    assert [row["order"] for row in told["orders"]] == list(plan.orders["order"])
    assert [row["action"] for row in told["messages"]] == list(plan.messages["action"])
    assert sum(row["quantity"] for row in told["pegging"]) == plan.pegging["quantity"].sum()
    assert sum(row["load_h"] for row in told["load"]) == pytest.approx(plan.capacity.load["load_h"].sum())
    assert told["promise"] == plan.promise("GB1", 20, wanted="3 d").summary()
    assert [row["projected_quantity"] for row in told["master_schedule"]] == list(plan.master_schedule["projected_quantity"])
    shown = ask("plan", shop, "--material", "GB1", "--order", "B5", cwd=root).stdout
    assert "release P-GB1-1: 8 piece GB1, due Tue 3 Mar: it has to be started now" in shown
    assert re.search(r"planned start +8 +0 +10 +12 +0", shown)
    first = "B5 is a customer order: it is for nothing else\nB5 is served by"
    assert shown.index("Record of GB1") < shown.index(first) < shown.index("What to do"), "what was asked comes first"
    no_record = ask("replay", "plant_models/nist_cell", "--record", "README.md", cwd=root)
    assert no_record.returncode == 2
    assert "README.md: this is no record; allowed: the folder of a saved run" in no_record.stderr
    refused = ask("plan", shop, "--order", "B99", cwd=root)
    assert (refused.returncode, refused.stderr.strip()) == (2, "twin: the plan has no order 'B99'")
