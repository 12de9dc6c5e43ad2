"""Set-points on real sockets: written to declared nodes and registers alone, read back, refused in words if they are not confirmed."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.setpoints import SetpointDesk
from hardware_bridge.connect.spool import Spool
from hardware_bridge.serve.modbus_server import ModbusController
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import WiringError, wires_of
from tests.rooms.bridge.virtual_shop import eventually, keep, kept, record, running, served, source_of, virtual_shop
from twin.model.events import Heartbeat, OperationsEvent, SetpointConfirmed, SetpointRefused, SetpointRequested
from twin.model.plant import Plant
from twin.model.signals import Setpoint
from twin.model.states import Source
from twin.store.journal import open_journal
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
        desk = SetpointDesk(declared, lambda: open_journal(live, create=False))
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
    assert told["saw", "speed", 1e300].endswith("1e+300 is too large for two registers")
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
        desk = SetpointDesk([wire], lambda: open_journal(live, create=False))
        async with running(desk.serve(told.append, lambda: 7)):
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


def keep_one(live: Path) -> list[str]:
    keep(record(1)[:1], live, Source.LIVE)
    return [it.id for it in kept(live)]


def test_a_map_that_would_write_where_a_controller_speaks_is_refused() -> None:
    wrong = {"furnace": {"temperature": Setpoint(address=20_000)}, "saw": {"speed": Setpoint(address=1_100), "feed": Setpoint(node="x")}}
    with pytest.raises(WiringError) as refused:
        wires_of(shop_with(wrong))
    assert "plc_a: furnace, set-point temperature needs its node" in str(refused.value)
    assert "plc_b: saw, set-point speed: registers up to 4939 are what the unit says; allowed: 4940 to 65534" in str(refused.value)
    assert "plc_b: saw, set-point feed needs its address" in str(refused.value)
