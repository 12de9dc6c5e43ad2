"""Every command with --json, as a script calls it: one answer that a program can read, whatever comes of it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.forked import ran
from tests.ports import copy_at_free_ports
from tests.rooms.command.script import script

SHOP = "plant_models/gearbox_shop"
PAGES = ("", "/floor", "/schedule", "/quality", "/costs")
COMMANDS = {
    "simulate": ["twin", "simulate"],
    "replay": ["twin", "replay", "--record", "nothing.db"],
    "follow": ["twin", "follow", "--journal", "nothing.db"],
    "explain": ["twin", "explain"],
    "plan": ["twin", "plan"],
    "quality": ["twin", "quality"],
    "check": ["twin", "check"],
    "serve": ["twin", "serve"],
    "live": ["twin", "live"],
    "lab": ["twin", "lab"],
    "bridge serve": ["hardware_bridge", "serve", "--journal", "nothing.db"],
    "bridge connect": ["hardware_bridge", "connect", "--journal", "nothing.db"],
}


def at_a_look(names: Iterable[str]) -> list[Any]:
    """All of them; one of `twin` and one of the bridge in a quick run of the tests, since each takes seconds to start."""
    return [name if name in ("simulate", "bridge connect") else pytest.param(name, marks=pytest.mark.slow) for name in names]


def answer(*arguments: object, cwd: Path) -> tuple[int, Any]:
    """Exit code and the one JSON document on standard output."""
    module, *rest = arguments
    done = ran(*rest, "--json", module=str(module), cwd=cwd)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def read(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=60) as page:
        return page.status, page.read().decode()


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Path:
    """The gearbox shop with controllers at ports that are free."""
    shutil.copytree(root / "scenarios/gearbox_shop", tmp_path / "scenarios/gearbox_shop")
    return copy_at_free_ports(root / SHOP, tmp_path / SHOP)


@pytest.mark.slow
@pytest.mark.parametrize("command", at_a_look([name for name in COMMANDS if name != "lab"]))
def test_what_is_wrong_in_a_plant_is_told_with_its_place_by_every_command(root: Path, shop: Path, command: str) -> None:
    plant = shop / "plant.yaml"
    plant.write_text(plant.read_text().replace("work_center: sawing", "work_center: sawng", 1))
    code, told = answer(*COMMANDS[command], shop, cwd=root)
    assert code == 2
    (problem,) = told["problems"]
    line = next(n for n, text in enumerate(plant.read_text().splitlines(), 1) if "sawng" in text)
    assert (Path(problem["file"]).name, problem["line"]) == ("plant.yaml", line)
    assert "did you mean 'sawing'?" in problem["what"]
    assert "sawing, turning" in problem["allowed"]


@pytest.mark.slow
@pytest.mark.parametrize("command", at_a_look(COMMANDS))
def test_what_was_mistyped_is_a_problem_like_any_other(root: Path, command: str) -> None:
    code, told = answer(*COMMANDS[command], "--colour", "red", cwd=root)
    assert code == 2
    assert ["--colour" in problem["what"] for problem in told["problems"]] == [True]


def test_what_is_allowed_instead_is_told_apart(root: Path) -> None:
    code, told = answer("twin", "simulate", SHOP, "--until", "five days", cwd=root)
    assert code == 2
    assert [problem["what"] for problem in told["problems"]] == ["'five days' is no duration"]
    assert told["problems"][0]["allowed"].startswith("a number with us, ms, s")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "lab"])
def test_a_port_that_is_taken_is_a_problem(root: Path, command: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        code, told = answer("twin", command, *([SHOP] if command == "serve" else []), "--port", port, cwd=root)
    assert code == 2
    assert told["problems"][0]["what"] == f"port {port} is taken"


@pytest.mark.slow
def test_a_script_waits_until_the_pages_are_ready_and_reads_them(root: Path, tmp_path: Path) -> None:
    with script("twin", "serve", SHOP, "--lead", "2 h", "--speed", "1", "--port", 0, cwd=root, log=tmp_path / "log") as served:
        ready = served.wait_for("ready")
        assert (ready["run"], ready["plant"]) == ("simulated", "gearbox_shop")
        for page in PAGES:
            status, text = read(ready["address"] + page)
            assert (status, "Bokeh" in text) == (200, True)
        assert served.end() == 0
        assert [told["event"] for told in served.told] == ["ready", "ended"]
        assert served.told[-1]["invariants"] == {"hold": True, "violations": []}
        assert len(served.told[-1]["trace_hash"]) == 64
        assert "Ctrl-C ends" in served.said()
    with pytest.raises(urllib.error.URLError):
        read(ready["address"])


@pytest.mark.interop
@pytest.mark.slow
def test_a_script_finds_the_controllers_and_the_pages_of_a_live_plant(root: Path, shop: Path, tmp_path: Path) -> None:
    """And nothing of it is left when the terminal has been closed."""
    with script("twin", "live", shop, "--port", 0, cwd=root, log=tmp_path / "log") as lived:
        ready = lived.wait_for("ready")
        addresses = [controller["address"] for controller in ready["controllers"]]
        assert {address.partition("://")[0] for address in addresses} == {"opc.tcp", "modbus-tcp"}
        places = [urlsplit(address) for address in addresses]
        for place in places:
            socket.create_connection((place.hostname, place.port), timeout=10).close()
        assert read(ready["address"])[0] == 200
        assert lived.end(signal.SIGHUP) == 0
        assert [told["event"] for told in lived.told] == ["ready", "ended"]
        assert lived.told[-1]["plant"] == "gearbox_shop"
    for place in places:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((place.hostname, place.port), timeout=10)


@pytest.mark.interop
@pytest.mark.slow
def test_a_live_plant_whose_controllers_have_no_port_fails_with_its_reason(root: Path, shop: Path, tmp_path: Path) -> None:
    port = int(re.findall(r"127\.0\.0\.1:(\d+)", (shop / "signals.yaml").read_text())[0])
    with closing(socket.create_server(("127.0.0.1", port))):
        code, told = answer("twin", "live", shop, "--port", 0, cwd=root)
    assert code == 1
    assert "not so that its controllers answer" in told["failure"]
    assert str(port) in told["failure"]


@pytest.mark.slow
def test_a_script_opens_the_notebooks(root: Path, tmp_path: Path) -> None:
    with script("twin", "lab", "--port", 0, cwd=root, log=tmp_path / "log") as opened:
        address, _, token = opened.wait_for("ready")["address"].partition("?token=")
        assert read(f"{address}?token={token}")[0] == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            read(f"{address.removesuffix('/lab')}/api/contents?token=guessed")
        assert opened.end() == 0
        assert opened.told[1:] == [{"event": "ended"}]
