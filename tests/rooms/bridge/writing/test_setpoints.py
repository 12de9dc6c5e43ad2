"""Set-points on real sockets: written to declared nodes and registers alone, read back, refused in words if they are not confirmed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hardware_bridge.__main__ import app
from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.recording import SignalRecorder
from hardware_bridge.connect.spool import Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.serve.modbus_server import ModbusController
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.signal import Signal
from hardware_bridge.wiring import WiringError, wires_of
from tests.rooms.bridge.virtual_shop import START_US, eventually, keep, kept, record, running, served, shop_folder, source_of, virtual_shop
from tests.rooms.files.small_plant import put
from twin.model.checks.plant_checks import check_plant
from twin.model.events import Heartbeat, OperationsEvent, SetpointConfirmed, SetpointRefused, SetpointRequested
from twin.model.plant import Plant
from twin.model.readiness.procedures import Parameter, Procedure
from twin.model.signals import Setpoint
from twin.model.states import Source
from twin.store.journal import JournalEntry, StoreError, open_journal
from twin.store.live import WATERMARK

WRITABLE = {"furnace": {"temperature": Setpoint(node="furnace.TemperatureSetpoint")}, "saw": {"speed": Setpoint(address=20_000)}}


def shop_with(setpoints: dict[str, dict[str, Setpoint]]) -> Plant:
    plant = virtual_shop()
    assert plant.signals is not None
    equipment = {name: it.model_copy(update={"setpoints": setpoints.get(name, {})}) for name, it in plant.signals.equipment.items()}
    return plant.model_copy(update={"signals": plant.signals.model_copy(update={"equipment": equipment})})


def ask(live: Path, cause: str, equipment: str, name: str, value: float) -> None:
    """As the MES does, from a process of its own, of the fact that is known last."""
    asked = SetpointRequested(effective_us=1, equipment=equipment, job_order="A/10", procedure="harden", property=name, value=value)
    with closing(open_journal(live)) as journal:
        journal.append(asked, source=Source.RULE, cause=cause, rule=f"process {equipment} {name} {value}")
        journal.commit()


def answers(live: Path) -> dict[tuple[str, str, float], str]:
    """What came of each: "" if it was confirmed, else why not."""
    found: dict[tuple[str, str, float], str] = {}
    for entry in kept(live):
        if isinstance(entry.event, SetpointConfirmed | SetpointRefused):
            assert entry.source == Source.LIVE
            found[entry.event.equipment, entry.event.property, entry.event.value] = getattr(entry.event, "reason", "")
    return found


@pytest.mark.slow
def test_what_is_asked_for_is_written_read_back_and_answered_or_refused_in_words(tmp_path: Path) -> None:
    plant, live = shop_with(WRITABLE), tmp_path / "live.db"
    wires, recorded = wires_of(plant), keep(record(8), tmp_path / "recorded.db")
    other = shop_with({**WRITABLE, "lathe": {"speed": Setpoint(node="lathe.State")}, "wash": {"heat": Setpoint(address=9_990)}})
    assert other.signals is not None
    assert plant.signals is not None
    other = other.model_copy(update={"signals": other.signals.model_copy(update={"connections": plant.signals.connections})})

    async def there_and_back() -> dict[str, Any]:
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30)
        declared = wires_of(other)  # the bridge may write what the controllers do not let anybody write
        bridge = Bridge(
            declared, [source_of(wire) for wire in declared], Spool(live.with_name("spool")), lambda: open_journal(live),
            clock=lambda: time.time_ns() // 1_000,
        )  # fmt: skip
        desk = WritingDesk(declared, lambda: open_journal(live, create=False))
        async with served(publisher), running(bridge.run(desk)):
            await eventually(lambda: kept(live) and bridge.sent_count == publisher.published_count >= 8)
            cause = kept(live)[-1].id
            for equipment, name, value in (
                ("furnace", "temperature", 930.5), ("saw", "speed", 12.5), ("saw", "speed", 0.1), ("saw", "speed", 1e300),
                ("lathe", "speed", 1.0), ("wash", "heat", 1.0), ("bench", "speed", 1.0),
            ):  # fmt: skip
                ask(live, cause, equipment, name, value)
            await eventually(lambda: len(answers(live)) == 7)
            modbus = next(it for it in publisher._controllers if isinstance(it, ModbusController))
            return {"saw": modbus.units[1].setpoints[20_000]}

    there = asyncio.run(there_and_back())
    assert there["saw"].hex() == "3dcccccd", "IEEE 754: 0.1 as a single, the last that was confirmed"
    told = answers(live)
    assert [told["furnace", "temperature", 930.5], told["saw", "speed", 12.5], told["saw", "speed", 0.1]] == ["", "", ""]
    assert told["saw", "speed", 1e300].endswith(
        "1e+300 is too large for two registers; allowed: a number of single precision, up to 3.4e38"
    )
    assert "BadUserAccessDenied" in told["lathe", "speed", 1.0] or "not have permission" in told["lathe", "speed", 1.0]
    assert told["wash", "heat", 1.0] == "unit 2 does not take registers 9990 to 9991: exception 1"
    assert told["bench", "speed", 1.0] == "signals.yaml declares no set-point 'speed' of bench"
    known_us = -1
    for entry in kept(live):
        if isinstance(entry.event, SetpointConfirmed | SetpointRefused):
            assert entry.event.effective_us > known_us, "it is no late fact"
        elif isinstance(entry.event, Heartbeat) and entry.event.reason == WATERMARK:
            known_us = entry.event.effective_us


def test_what_reads_back_as_something_else_or_was_asked_for_before_the_bridge_came_is_not_confirmed(tmp_path: Path) -> None:
    plant, live = shop_with(WRITABLE), tmp_path / "live.db"
    wire = next(it for it in wires_of(plant) if it.name == "plc_b")
    (first,) = keep_one(live)
    ask(live, first, "saw", "speed", 5.0)
    told: list[OperationsEvent] = []

    async def served_by_one_who_limits() -> None:
        controller = ModbusController(wire, patience_s=1.0)
        await controller.start()
        unit = controller.units[1]

        class Limited(dict[int, bytes]):
            def __setitem__(self, address: int, value: bytes) -> None:
                super().__setitem__(address, b"\x41\x20\x00\x00")  # never more than ten

        unit.setpoints = Limited(unit.setpoints)
        desk = WritingDesk([wire], lambda: open_journal(live, create=False))
        async with running(desk.serve(told.append, lambda: 7, lambda: -1)):
            await eventually(lambda: len(told) == 1)
            ask(live, first, "saw", "speed", 25.0)
            await eventually(lambda: len(told) == 2)
            await controller.stop()
            ask(live, first, "saw", "speed", 26.0)
            await eventually(lambda: len(told) == 3)

    asyncio.run(served_by_one_who_limits())
    reasons = [it.reason for it in told if isinstance(it, SetpointRefused)]
    assert reasons[:2] == ["it was asked for when no bridge was there, and is not written afterwards", "the controller reads 10 back"]
    assert "cannot be reached" in reasons[2]


class Away:
    """A journal in a database that is away while `error` says so: it cannot be opened, and breaks off in the middle of what is read."""

    def __init__(self, live: Path, error: str = "") -> None:
        self.live, self.error = live, error
        self.looks, self._journal = 0, None

    def open(self) -> Any:
        self._refuse()
        self._journal = open_journal(self.live, create=False)
        return self

    def entries(self, after_seq: int) -> Iterator[JournalEntry]:
        assert self._journal is not None
        for entry in self._journal.entries(after_seq):
            yield entry
            self._refuse()
        self._refuse()

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def _refuse(self) -> None:
        self.looks += 1
        if self.error:
            raise StoreError(self.error)


def test_what_waits_while_the_journal_is_away_or_the_mes_is_behind_is_not_written_afterwards(tmp_path: Path) -> None:
    """Nor does a journal that is away end the desk: it waits, and takes up again what it had not read to its end."""
    plant, live = shop_with(WRITABLE), tmp_path / "live.db"
    wire = next(it for it in wires_of(plant) if it.name == "plc_b")
    (first,) = keep_one(live)
    away, told, known_us = Away(live, "connection refused"), list[OperationsEvent](), [-1]

    async def asked_for_meanwhile(value: float, error: str) -> None:
        away.error, looks, count = error, away.looks, len(told)
        ask(live, first, "saw", "speed", value)
        await eventually(lambda: away.looks > looks)
        away.error = ""
        await eventually(lambda: len(told) > count)

    async def through_all_of_it() -> list[str]:
        controller, desk = ModbusController(wire, patience_s=1.0), WritingDesk([wire], away.open, late_s=1.0)
        await controller.start()
        async with running(desk.serve(told.append, lambda: 7, lambda: known_us[-1])):
            await asked_for_meanwhile(5.0, "connection refused")
            await asked_for_meanwhile(6.0, "")
            await asked_for_meanwhile(7.0, "server closed the connection")
            known_us.append(2)  # the plant's time goes on, and the MES asks for what was before it
            await asyncio.sleep(1.2)
            await asked_for_meanwhile(8.0, "")
        known_us.append(3)
        async with running(WritingDesk([wire], Away(tmp_path / "none.db").open).serve(told.append, lambda: 7, lambda: 3)):
            await asyncio.sleep(0.3)
            keep(record(1)[:1], tmp_path / "none.db", Source.LIVE)
            ask(tmp_path / "none.db", first, "saw", "speed", 9.0)
            await eventually(lambda: len(told) == 5)
        await controller.stop()
        return [controller.units[1].setpoints[20_000].hex(), *(getattr(it, "reason", "") for it in told)]

    assert asyncio.run(through_all_of_it()) == [
        "40c00000",
        "it was asked for when no bridge was there, and is not written afterwards",
        "",
        "it may have been asked for more than 1 s ago, and is not written afterwards",
        "the job order began more than 1 s ago, and is not written afterwards",
        "the job order began before this bridge came, and is not written afterwards",
    ]


def test_who_reads_a_recording_writes_to_no_machine(tmp_path: Path) -> None:
    """Nor does it answer for one: what the journal asks for stays asked for."""
    shop_folder(tmp_path / "shop")
    for file, old, new in (
        ("plant.yaml", "routings:", "procedures: {cut: {parameters: {speed: {target: 5}}}}\nroutings:"),
        ("signals.yaml", "unit: 1}", "unit: 1, setpoints: {speed: {address: 20000}}}"),
    ):
        (tmp_path / "shop" / file).write_text(put((tmp_path / "shop" / file).read_text(), old, new))
    (first,) = keep_one(tmp_path / "live.db")
    ask(tmp_path / "live.db", first, "saw", "speed", 5.0)
    recorder = SignalRecorder(tmp_path / "signals.jsonl")
    recorder.record([Signal(connection=it, property="clock", value=START_US, source_us=START_US) for it in ("plc_a", "plc_b")])
    recorder.close()
    typed = ["--journal", tmp_path / "live.db", "--recorded", tmp_path / "signals.jsonl", "--until-idle", 0.5]
    result = CliRunner().invoke(app, ["connect", str(tmp_path / "shop"), *map(str, typed)])
    assert (result.exit_code, answers(tmp_path / "live.db")) == (0, {})


def keep_one(live: Path) -> list[str]:
    keep(record(1)[:1], live, Source.LIVE)
    return [it.id for it in kept(live)]


def test_a_set_point_has_a_node_of_its_own_to_which_its_server_says_nothing() -> None:
    """All problems at once, and none of a map that is in order: units of Modbus have registers of their own."""
    in_order = {
        "furnace": {"temperature": Setpoint(node="furnace.TemperatureSetpoint")}, "lathe": {"speed": Setpoint(node="Line.Speed")},
        "saw": {"speed": Setpoint(address=20_000)}, "wash": {"speed": Setpoint(address=20_000)},
    }  # fmt: skip
    wrong = {
        "furnace": {"temperature": Setpoint(node="lathe.LastChange"), "speed": Setpoint(node="Line.Speed", address=5)},
        "lathe": {"speed": Setpoint(node="Line.Speed"), "feed": Setpoint(node=""), "heat": Setpoint(node="furnace")},
        "saw": {"speed": Setpoint(address=20_000, node="x")}, "wash": {"heat": Setpoint(node="Clock")},
    }  # fmt: skip

    def said_of(setpoints: dict[str, dict[str, Setpoint]]) -> dict[tuple[str, ...], str]:
        plant = shop_with(setpoints)
        names = {name: Parameter(target=1.0) for it in setpoints.values() for name in it}
        layout = plant.layout.model_copy(update={"procedures": {"work": Procedure(parameters=names)}})
        found = check_plant(plant.model_copy(update={"layout": layout}))
        return {tuple(map(str, it.path[1:])): it.what for it in found if "setpoints" in it.path}

    assert said_of(in_order) == {}
    assert said_of(wrong) == {
        ("furnace", "setpoints", "speed", "node"): "node Line.Speed of 'plc_a' is set-point 'speed' of 'lathe' already",
        ("lathe", "setpoints", "feed", "node"): "this is no node",
        ("lathe", "setpoints", "heat", "node"): "node furnace of 'plc_a' is one of furnace, which says something there",
        ("furnace", "setpoints", "temperature", "node"): "node lathe.LastChange of 'plc_a' is one of lathe, which says something there",
        ("furnace", "setpoints", "speed", "address"): "connection 'plc_a' is opcua, which has no address",
        ("saw", "setpoints", "speed", "node"): "connection 'plc_b' is modbus, which has no node",
        ("wash", "setpoints", "heat", "node"): "connection 'plc_b' is modbus, which has no node",
    }


def test_a_map_that_would_write_where_a_controller_speaks_is_refused() -> None:
    wrong = {"furnace": {"temperature": Setpoint(address=20_000)}, "saw": {"speed": Setpoint(address=1_100), "feed": Setpoint(node="x")}}
    with pytest.raises(WiringError) as refused:
        wires_of(shop_with(wrong))
    assert "plc_a: furnace, set-point temperature needs its node" in str(refused.value)
    assert "plc_b: saw, set-point speed: registers up to 4939 are what the unit says; allowed: 4940 to 65534" in str(refused.value)
    assert "plc_b: saw, set-point feed needs its address" in str(refused.value)
