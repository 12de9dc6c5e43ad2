"""From a customer's order to the machine: job orders are released, their targets are in controllers of both kinds, and on the page."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.spool import Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.serve.modbus_server import ModbusController
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import START_US, eventually, keep, kept, running, served, source_of, virtual_shop
from twin.apps.feed import Feed
from twin.apps.pages.floor import setpoints_text
from twin.model.events import (
    EquipmentStateChanged,
    Heartbeat,
    JobOrderCommand,
    OperationsEvent,
    SalesOrderConfirmed,
    SetpointConfirmed,
    SetpointRefused,
    SetpointRequested,
)
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Scenario
from twin.model.signals import Setpoint
from twin.model.states import WorkUnitState
from twin.results.run import Run
from twin.store.journal import open_journal
from twin.store.live import LiveSource

WRITABLE = {
    "furnace": {"temperature": Setpoint(node="furnace.TemperatureSetpoint")},
    "saw": {"speed": Setpoint(address=20_000), "feed": Setpoint(address=20_002)},
}
SCENARIO = Scenario.model_validate({"plant": "shop", "start": "2026-03-02T05:00:00Z", "horizon": "1 d"})


def shop(**declared: Any) -> Plant:
    """Gears are hardened in the furnace (OPC UA), bars are sawn (Modbus), each at the target of its procedure."""
    virtual = virtual_shop()
    assert virtual.signals is not None
    equipment = {name: it.model_copy(update={"setpoints": WRITABLE.get(name, {})}) for name, it in virtual.signals.equipment.items()}
    layout = {
        "plant": "shop",
        "storage_units": {"rack": {}},
        "work_centers": {"hardening": {"storage": "rack"}, "sawing": {"storage": "rack"}, "shop": {"storage": "rack"}},
        "work_units": {
            name: {"equipment_class": name, "work_center": {"furnace": "hardening", "saw": "sawing"}.get(name, "shop")}
            for name in virtual.layout.work_units
        },
        "process_segments": {"harden": {"work_center": "hardening"}, "saw": {"work_center": "sawing"}},
        "routings": {
            "gear": {"10": {"segment": "harden", "run": "1 h"}}, "bar": {"10": {"segment": "saw", "run": "5 min"}},
        },
        "procedures": {
            "harden": {"work_centers": ["hardening"], "parameters": {"temperature": {"unit": "degC", "target": 930.5}}},
            "saw": {"work_centers": ["sawing"], "parameters": {"speed": {"unit": "m/min", "target": 12.5}, "blade": {"target": 3}}},
        },
        **declared,
    }  # fmt: skip
    items = {"materials": {name: {"kind": "finished", "price": "1 EUR"} for name in ("gear", "bar")}, "customers": {"acme": {}}}
    return Plant(
        layout=PlantFile.model_validate(layout), materials=Materials.model_validate(items),
        signals=virtual.signals.model_copy(update={"equipment": equipment}),
    )  # fmt: skip


def what_happens(plant: Plant) -> list[OperationsEvent]:
    """All machines stand there, a customer orders a gear and two bars, and an hour passes."""
    order: dict[str, Any] = {"effective_us": START_US + 1, "customer": "acme", "due_us": START_US + 10**11, "unit_price_minor": 100}
    return [
        Heartbeat(effective_us=START_US, reason="start"),
        *(EquipmentStateChanged(effective_us=START_US, equipment=name, state=int(WorkUnitState.IDLE)) for name in plant.equipment),
        SalesOrderConfirmed(**order, order="A", material="gear", quantity=1),
        SalesOrderConfirmed(**order, order="B", material="bar", quantity=2),
        Heartbeat(effective_us=START_US + 2, reason="clock"),
    ]


@pytest.mark.slow
@pytest.mark.interop
def test_a_released_job_order_has_its_targets_in_the_controllers_read_back_and_on_the_page(tmp_path: Path) -> None:
    plant, live = shop(), tmp_path / "live.db"
    wires, recorded = wires_of(plant), keep(what_happens(plant), tmp_path / "recorded.db")
    stop = threading.Event()

    async def over_the_wire() -> tuple[float, dict[int, str], str]:
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30)
        bridge = Bridge(
            wires, [source_of(wire) for wire in wires], Spool(live.with_name("spool")), lambda: open_journal(live),
            clock=lambda: time.time_ns() // 1_000,
        )  # fmt: skip
        desk = WritingDesk(wires, lambda: open_journal(live, create=False))
        async with served(publisher), running(bridge.run(desk)):
            await eventually(lambda: kept(live) and desk.has_looked)
            journal = open_journal(live, create=False)
            with closing(journal):
                feed = Feed(Run(plant, SCENARIO, journal), LiveSource(journal, plant=plant, stop=stop), "live", stop).start()
                await eventually(lambda: sum(isinstance(entry.event, SetpointConfirmed) for entry in kept(live)) == 2)
                keep([Heartbeat(effective_us=START_US + 3_600_000_000, reason="clock")], recorded)  # the plant goes on
                await eventually(lambda: [it.standing for it in feed.run.mes.setpoints.now.values()] == ["confirmed", "confirmed"])
                page = setpoints_text(feed)
                await asyncio.to_thread(feed.stop)
                assert not feed.failure, feed.failure
            modbus = next(it for it in publisher._controllers if isinstance(it, ModbusController))
            registers = {address: value.hex() for address, value in modbus.units[1].setpoints.items()}
            return await node_of(plant, "furnace.TemperatureSetpoint"), registers, page

    temperature, registers, page = asyncio.run(over_the_wire())
    assert temperature == 930.5, "the node of the OPC UA controller"
    assert registers[20_000] == "41480000", "IEEE 754: 12.5 in the registers of the Modbus controller"
    journal = [entry.event for entry in kept(live)]
    commands = {it.job_order: it.equipment for it in journal if isinstance(it, JobOrderCommand)}
    assert commands == {"A-gear/10": "furnace", "B-bar/10": "saw"}
    asked = [(it.job_order, it.equipment, it.property, it.value) for it in journal if isinstance(it, SetpointRequested)]
    back = [(it.job_order, it.equipment, it.property, it.value) for it in journal if isinstance(it, SetpointConfirmed)]
    expected = [("A-gear/10", "furnace", "temperature", 930.5), ("B-bar/10", "saw", "speed", 12.5)]
    assert (sorted(asked), sorted(back)) == (expected, expected)
    assert not [it for it in journal if isinstance(it, SetpointRefused)]
    words = re.sub(r"<[^>]*>", "|", page)
    assert re.search(r"furnace\|+temperature\|+930.5 degC\|+930.5 degC\|.*A-gear/10", words)
    assert re.search(r"saw\|+speed\|+12.5 m/min\|+12.5 m/min\|.*B-bar/10", words)
    assert re.search(r"saw\|+feed\|.*no job order has asked for it yet", words)


async def node_of(plant: Plant, name: str) -> float:
    """What a client of its own reads at a node of the OPC UA controller."""
    from asyncua.client.client import Client

    wire = next(it for it in wires_of(plant) if it.name == "plc_a")
    async with Client(wire.address) as client:
        index = await client.get_namespace_index("urn:test:shop")
        return float(await client.get_node(f"ns={index};s={name}").read_value())
