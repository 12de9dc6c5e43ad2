"""Clients that other people wrote read our virtual controllers: node-opcua, jsmodbus, and libmodbus by mbpoll."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware_bridge.change import read_change
from hardware_bridge.registers import join_parts, read_record
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import Wire, wires_of
from tests.rooms.bridge.virtual_shop import START_US, eventually, keep, served, virtual_shop
from tools.find_node import Node
from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent
from twin.model.states import Source, WorkUnitState
from twin.store.journal import Journal, open_journal

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "plant-twin" / "interop"
pytestmark = pytest.mark.interop


@pytest.fixture(scope="session")
def peers(node: Node) -> Path:
    """A folder with the peers and the packages that they need, outside the repository; installed once for each lock file."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # another worker may be installing
        wanted, installed = (HERE / "package-lock.json").read_text(), CACHE / "installed.json"
        if not installed.exists() or installed.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, CACHE / name)
            command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=CACHE, env=node.environment, capture_output=True, text=True, timeout=240, check=False)
            assert done.returncode == 0, done.stderr
            installed.write_text(wanted)
        for script in HERE.glob("*.mjs"):
            shutil.copy(script, CACHE / script.name)
    return CACHE


def at(second: int) -> dict[str, Any]:
    return {"effective_us": START_US + 1_000_000 * second}


def facts_of(equipment: str) -> list[OperationsEvent]:
    on = {"equipment": equipment}
    return [
        EquipmentStateChanged(**at(0), **on, state=WorkUnitState.IDLE),
        EquipmentStateChanged(**at(60), **on, state=WorkUnitState.EXECUTE, job_order="B1-GB1/härten", person="anna"),
        CountObserved(**at(90), **on, job_order="B1-GB1/härten", good=70_000, scrap=2),
    ]


@asynccontextmanager
async def serving(folder: Path, *equipment: str) -> AsyncIterator[tuple[Journal, list[Wire]]]:
    """Virtual controllers that have said a few things, and the journal in which they go on."""
    plant, path = virtual_shop(), keep([fact for name in equipment for fact in facts_of(name)], folder / "recorded.db")
    growing = open_journal(path)
    publisher = Publisher(plant, wires_of(plant), lambda: open_journal(path, create=False), patience_s=0.1)
    async with served(publisher):
        await eventually(lambda: publisher.clock_us == START_US + 90_000_000)
        yield growing, wires_of(plant)
    growing.close()


async def started(node: Node, script: Path, *arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        node.executable, str(script), *map(str, arguments), cwd=script.parent, env=node.environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def lines(process: asyncio.subprocess.Process) -> AsyncIterator[tuple[str, Any]]:
    assert process.stdout is not None
    async for line in process.stdout:
        if line.startswith(b"{"):
            ((kind, content),) = json.loads(line).items()
            yield kind, content


def iso(second: int) -> str:
    return datetime.fromtimestamp((START_US + 1_000_000 * second) / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_node_opcua_browses_reads_is_told_of_every_change_and_is_refused_a_write(tmp_path: Path, peers: Path, node: Node) -> None:
    async def scene() -> dict[str, Any]:
        said: dict[str, Any] = {"changed": []}
        async with serving(tmp_path, "lathe") as (growing, (opcua, _)):
            peer = await started(node, peers / "opcua_peer.mjs", opcua.address, "urn:test:shop", "lathe", 41)
            async for kind, content in lines(peer):
                if kind == "changed":
                    said["changed"].append(content)
                else:
                    said[kind] = content
                if len(said["changed"]) == 1 and kind == "changed":
                    for second in range(100, 140):
                        growing.append(CountObserved(**at(second), equipment="lathe", good=1), source=Source.SIMULATED)
                    growing.commit()
            assert peer.stderr is not None
            assert await peer.wait() == 0, (await peer.stderr.read()).decode()
        return said

    said = asyncio.run(scene())
    assert said["browsed"] == sorted(
        ["Alarm", "EnergyWh", "Good", "JobOrder", "LastChange", "Mode", "Person", "Reason", "RecentChanges", "Rework", "Scrap", "State",
         "StateName", "temperature"]
    )  # fmt: skip
    assert said["refused"] == "BadUserAccessDenied"
    read = said["read"]
    assert (read["State"]["value"], read["StateName"]["value"], read["Good"]["value"]) == (6, "Execute", 70_000)
    assert read["State"]["at"] == read["State"]["server"] == iso(60)
    change, _ = read_change(read["LastChange"]["value"])
    assert (change.sequence, change.job_order, change.good) == (3, "B1-GB1/härten", 70_000)
    assert [change["sequence"] for change in said["changed"]] == list(range(3, 44))
    assert [change["at"] for change in said["changed"]] == [iso(90), *map(iso, range(100, 140))]


def test_jsmodbus_reads_present_values_and_every_record_of_the_ring_and_is_refused_a_write(tmp_path: Path, peers: Path, node: Node) -> None:
    async def scene() -> dict[str, Any]:
        async with serving(tmp_path, "saw") as (_, (_, modbus)):
            peer = await started(node, peers / "modbus_peer.mjs", modbus.host, modbus.port, 1)
            output, errors = await asyncio.wait_for(peer.communicate(), 60)
            assert peer.returncode == 0, errors.decode()
            said: dict[str, Any] = json.loads(output)
            return said

    said = asyncio.run(scene())
    assert said["present"][:3] == [1, 6, 1]  # layout, EXECUTE, production
    assert struct.unpack(">q", struct.pack(">4H", *said["index"][6:10])) == (START_US + 90_000_000,)
    records = [struct.pack(">120H", *record) for record in said["ring"][:3]]
    changes = [join_parts([read_record(record)]) for record in records]
    assert [(change.sequence, change.state, change.good) for change in changes] == [(1, 4, 0), (2, 6, 0), (3, 6, 70_000)]
    assert changes[1].job_order == "B1-GB1/härten"
    assert said["refused"] == [1, 1]  # illegal function


def test_libmodbus_reads_the_state_and_a_total_of_two_registers(tmp_path: Path, mbpoll: str) -> None:
    async def poll(modbus: Wire, *arguments: str, write: tuple[str, ...] = ()) -> str:
        command = [mbpoll, "-m", "tcp", "-p", str(modbus.port), "-a", "1", "-0", "-1", "-q", *arguments, modbus.host, *write]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        return output.decode()

    async def scene() -> None:
        async with serving(tmp_path, "saw") as (_, (_, modbus)):
            assert "[1]: \t6" in await poll(modbus, "-r", "1", "-c", "1", "-t", "4")
            assert "[12]: \t70000" in await poll(modbus, "-r", "12", "-c", "1", "-t", "4:int", "-B")
            assert "Illegal function" in await poll(modbus, "-r", "1", "-t", "4", write=("4",))

    asyncio.run(scene())
