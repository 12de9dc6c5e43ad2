"""`serve` and `connect` of the bridge with a plant's folder and nothing else: a simulated plant on real sockets, heard into a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from socket import create_server
from urllib.parse import urlsplit

import pytest

from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import kept, said, shop_folder
from twin.model.events import EquipmentStateChanged
from twin.store.files import read_plant

SHOP = "plant_models/gearbox_shop"


@contextmanager
def started(*arguments: object, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "hardware_bridge", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_offset(plant: Path) -> int:
    """So much must be added to the plant's ports that nobody listens there."""
    for offset in range(1_000, 30_000, 97):
        ports = [urlsplit(wire.address).port or 0 for wire in wires_of(read_plant(plant), offset)]
        with suppress(OSError), ExitStack() as probes:
            for port in ports:
                probes.enter_context(closing(create_server(("127.0.0.1", port))))
            return offset
    raise AssertionError("no free ports")


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True)
    return [int(pid) for pid in listed.stdout.split()]


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.interop
@pytest.mark.slow
def test_the_two_commands_alone_bring_a_plant_into_a_journal(root: Path, tmp_path: Path) -> None:
    shifted = ("--port-offset", free_offset(root / SHOP))
    with started("serve", root / SHOP, *shifted, cwd=tmp_path) as server, started("connect", root / SHOP, *shifted, cwd=tmp_path) as reader:
        deadline_s = time.monotonic() + 120
        while sum(isinstance(entry.event, EquipmentStateChanged) for entry in kept(tmp_path / "gearbox_shop.db")) < 10:
            assert time.monotonic() < deadline_s
            assert server.poll() is reader.poll() is None
            time.sleep(0.5)
        (simulation,) = children_of(server)
        reader.send_signal(signal.SIGHUP)
        server.send_signal(signal.SIGINT)
        assert [process.wait(30) for process in (reader, server)] == [0, 0]
        assert not runs(simulation)
        assert server.stderr is not None
        assert "gearbox_shop is simulated here, at 300 times the wall's pace" in server.stderr.read()
    assert {"saw_1", "furnace_1"} <= set(said(tmp_path / "gearbox_shop.db"))


@pytest.mark.slow
def test_a_plant_that_nobody_asks_anything_of_is_not_served_and_says_why(tmp_path: Path) -> None:
    shop_folder(tmp_path / "shop")
    with started("serve", tmp_path / "shop", cwd=tmp_path) as server:
        _, words = server.communicate(timeout=120)
    assert server.returncode == 2
    assert "it cannot be simulated here: " in words
    assert "--journal of a simulation that runs, or of a recording" in words
    assert "Traceback" not in words
