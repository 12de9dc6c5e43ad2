"""The bridge as commands: help with examples, exit codes, errors in words, and a clean end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from hardware_bridge.__main__ import app
from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import START_US, keep, record, said, shop_folder
from tests.rooms.command.script import script
from twin.model.events import Heartbeat
from twin.model.plant import Plant
from twin.model.signals import ModbusConnection

GEARBOX_SHOP = "plant_models/gearbox_shop"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def bridge(*arguments: object) -> Done:
    """The command in this process, as if it had been typed."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, which does not outlive the test."""
    process = subprocess.Popen([sys.executable, "-m", "hardware_bridge", *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The first line of stderr that has these words."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        if words in line:
            return line
        said.append(line)
    raise AssertionError(f"it has ended without saying '{words}', but with {''.join(said)}")


def modbus_port(plant: Plant) -> int:
    assert plant.signals is not None
    connection = plant.signals.connections["plc_b"]
    assert isinstance(connection, ModbusConnection)
    return connection.port


@pytest.mark.parametrize("command", ["serve", "connect"])
def test_help_has_an_example_that_can_be_typed(command: str) -> None:
    text = bridge(command, "--help")
    assert text.returncode == 0
    assert "--json" in text.stdout
    assert f"Example: python -m hardware_bridge {command} plant_models/gearbox_shop" in " ".join(text.stdout.split())


def test_what_was_mistyped_ends_with_2_in_words() -> None:
    assert bridge("serve").returncode == 2
    missing = bridge("connect", "plant_models/no_such_shop", "--journal", "x.db")
    assert missing.returncode == 2
    assert "there is no such folder" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_a_signal_map_that_cannot_be_wired_ends_with_2_and_names_the_place(tmp_path: Path) -> None:
    shop_folder(tmp_path / "shop")
    signals = tmp_path / "shop" / "signals.yaml"
    signals.write_text(signals.read_text().replace("allow_anonymous_loopback: true", "allow_anonymous_loopback: false"))
    wrong = bridge("connect", tmp_path / "shop", "--journal", tmp_path / "live.db", "--json")
    assert wrong.returncode == 2
    assert [
        "allow_anonymous_loopback: true" in problem["what"] + problem["allowed"] for problem in json.loads(wrong.stdout)["problems"]
    ] == [True]
    assert "allow_anonymous_loopback: true" in wrong.stderr


@pytest.mark.slow
def test_a_port_that_is_taken_ends_with_1_and_is_named(tmp_path: Path) -> None:
    plant = shop_folder(tmp_path / "shop")
    path = keep(record(3), tmp_path / "recorded.db")
    with closing(socket.create_server(("127.0.0.1", modbus_port(plant)))):
        taken = bridge("serve", tmp_path / "shop", "--journal", path, "--json")
    assert taken.returncode == 1
    told = json.loads(taken.stdout)
    assert f"cannot listen at modbus-tcp://127.0.0.1:{modbus_port(plant)}" in told["failure"]
    assert f"plc_b: cannot listen at modbus-tcp://127.0.0.1:{modbus_port(plant)}" in taken.stderr
    assert "allowed: end what listens there, or a --port-offset, the same for connect" in taken.stderr
    assert "Traceback" not in taken.stderr


def test_a_journal_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    shop_folder(tmp_path / "shop")
    missing = bridge("serve", tmp_path / "shop", "--journal", tmp_path / "none.db", "--patience", 0)
    assert missing.returncode == 1
    assert "none.db" in missing.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_simulated_journal_is_not_written_into(tmp_path: Path) -> None:
    path = keep([Heartbeat(effective_us=START_US)], tmp_path / "simulated.db")
    mixed = bridge("connect", GEARBOX_SHOP, "--journal", path)
    assert mixed.returncode == 2
    assert "holds simulated facts" in mixed.stderr


@pytest.mark.slow
def test_servers_that_are_not_there_end_with_1_and_are_named(tmp_path: Path) -> None:
    shop_folder(tmp_path / "shop")
    nobody = bridge("connect", tmp_path / "shop", "--journal", tmp_path / "live.db", "--until-idle", 1)
    assert nobody.returncode == 1
    assert "plc_a was never heard" in nobody.stderr
    assert "plc_b was never heard" in nobody.stderr


@pytest.mark.slow
def test_a_record_goes_over_the_wire_and_ctrl_c_ends_both_processes_cleanly(tmp_path: Path) -> None:
    """And the signals that were recorded on the way give the same facts once more, without a controller."""
    shop_folder(tmp_path / "shop")
    recorded, live = keep(record(400), tmp_path / "recorded.db"), tmp_path / "live.db"
    signals = tmp_path / "signals.jsonl"
    with started("serve", tmp_path / "shop", "--journal", recorded) as server:
        line_with(server, "serving plc_a at opc.tcp://127.0.0.1:")
        done = bridge("connect", tmp_path / "shop", "--journal", live, "--until-idle", 3, "--record", signals)
        assert done.returncode == 0, done.stderr
        assert said(live) == said(recorded)
        with started("connect", tmp_path / "shop", "--journal", live) as endless:
            line_with(endless, "is heard")
            began_s = time.monotonic()
            for process in (endless, server):
                process.send_signal(signal.SIGINT)
            assert [process.wait(20) for process in (endless, server)] == [0, 0]
            assert time.monotonic() - began_s < 15
    assert said(live) == said(recorded)

    again = bridge("connect", tmp_path / "shop", "--journal", tmp_path / "again.db", "--until-idle", 1, "--recorded", signals)
    assert again.returncode == 0, again.stderr
    assert said(tmp_path / "again.db") == said(recorded)


@pytest.mark.slow
def test_a_script_reads_where_the_controllers_are_and_when_all_of_them_are_heard(root: Path, tmp_path: Path) -> None:
    plant = shop_folder(tmp_path / "shop")
    recorded, live = keep(record(100), tmp_path / "recorded.db"), tmp_path / "live.db"
    with (
        script("hardware_bridge", "serve", tmp_path / "shop", "--journal", recorded, cwd=root, log=tmp_path / "serve.log") as server,
        script("hardware_bridge", "connect", tmp_path / "shop", "--journal", live, cwd=root, log=tmp_path / "connect.log") as reader,
    ):
        controllers = server.wait_for("ready")["controllers"]
        assert {"name": "plc_b", "address": f"modbus-tcp://127.0.0.1:{modbus_port(plant)}"}.items() <= controllers[1].items()
        assert [controller["equipment"] for controller in controllers] == [list(wire.equipment) for wire in wires_of(plant)]
        assert reader.wait_for("connecting")["controllers"] == reader.wait_for("ready")["controllers"] == controllers
        deadline_s = time.monotonic() + 60
        while said(live) != said(recorded):
            assert time.monotonic() < deadline_s
            time.sleep(0.2)
        assert [reader.end(), server.end()] == [0, 0]
    assert [told["event"] for told in [*reader.told, *server.told]] == ["connecting", "ready", "ended", "ready", "ended"]
    fact_count = sum(map(len, said(recorded).values()))
    assert server.told[-1]["published_count"] == fact_count
    ended = reader.told[-1]
    assert (ended["fact_count"], ended["sent_count"], ended["unsent_bytes"]) == (fact_count, fact_count, 0)
    assert [(link["name"], link["health"]) for link in ended["connections"]] == [("plc_a", "good"), ("plc_b", "good")]
