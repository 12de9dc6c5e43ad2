"""A small plant on two wires, a record of it full of ties, and both ends of the wire in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.modbus_source import ModbusSource
from hardware_bridge.connect.opcua_source import OpcUaSource
from hardware_bridge.connect.spool import Spool
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.signal import SignalSource
from hardware_bridge.wiring import Wire, wires_of
from tests.ports import free_port
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentModeChanged,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    MaterialIdentified,
    OperationsEvent,
    PhaseStateChanged,
    ProcessValueObserved,
    SalesOrderConfirmed,
    TestResultRecorded,
)
from twin.model.events.plant import UNCERTAIN
from twin.model.materials import MaterialDefinition, Materials
from twin.model.plant import Plant, PlantFile, WorkUnit
from twin.model.signals import EquipmentSignals, ModbusConnection, OpcUaConnection, SignalMap
from twin.model.states import Source, WorkUnitState
from twin.store.files import read_plant
from twin.store.journal import JournalEntry, StoreError, open_journal
from twin.store.live import WATERMARK

ON_OPCUA = ("lathe", "furnace")
ON_MODBUS = ("saw", "wash", "bench")
START_US = 1_772_427_600_000_000
STATES = (
    WorkUnitState.STARTING,
    WorkUnitState.EXECUTE,
    WorkUnitState.HELD,
    WorkUnitState.EXECUTE,
    WorkUnitState.COMPLETE,
    WorkUnitState.IDLE,
)


def virtual_shop(ring: int = 32) -> Plant:
    """Two work units on OPC UA, three on Modbus TCP, orders on OPC UA; at ports of its own."""
    units = {name: WorkUnit(equipment_class=name, work_center="shop") for name in (*ON_OPCUA, *ON_MODBUS)}
    connections: dict[str, OpcUaConnection | ModbusConnection] = {
        "plc_a": OpcUaConnection(
            driver="opcua", url=f"opc.tcp://127.0.0.1:{free_port()}/shop", namespace="urn:test:shop",
            publish="50 ms", security="none", allow_anonymous_loopback=True,
        ),
        "plc_b": ModbusConnection(driver="modbus", host="127.0.0.1", port=free_port(), poll="50 ms", ring=ring),
    }  # fmt: skip
    equipment = {name: EquipmentSignals(connection="plc_a", node=name, process_values={"temperature": "degC"}) for name in ON_OPCUA}
    equipment |= {name: EquipmentSignals(connection="plc_b", unit=number) for number, name in enumerate(ON_MODBUS, 1)}
    return Plant(
        layout=PlantFile(plant="shop", storage_units={}, work_centers={}, work_units=units, process_segments={}, routings={}),
        materials=Materials(materials={"bar": MaterialDefinition(kind="purchased")}),
        signals=SignalMap(connections=connections, equipment=equipment, business="plc_a"),
    )


def shop_folder(folder: Path) -> Plant:
    """The same plant as files, for a process of its own, and as it is read from them."""
    folder.mkdir()
    (folder / "plant.yaml").write_text(
        "plant: shop\nstorage_units: {rack: {}}\nwork_centers: {shop: {storage: rack}}\nwork_units:\n"
        + "".join(f"  {name}: {{equipment_class: {name}, work_center: shop}}\n" for name in (*ON_OPCUA, *ON_MODBUS))
        + "process_segments: {turn: {work_center: shop}}\nroutings: {part: {turn: {segment: turn, run: 1 min}}}\n"
    )
    (folder / "items.yaml").write_text("materials:\n  part: {kind: finished, price: 1 EUR}\n")
    (folder / "signals.yaml").write_text(
        "connections:\n  plc_a:\n"
        f"    {{driver: opcua, url: 'opc.tcp://127.0.0.1:{free_port()}/shop', namespace: 'urn:test:shop', publish: 50 ms,"
        " security: none, allow_anonymous_loopback: true}\n"
        f"  plc_b: {{driver: modbus, host: 127.0.0.1, port: {free_port()}, poll: 50 ms}}\n"
        "business: plc_a\nequipment:\n"
        + "".join(f"  {name}: {{connection: plc_a, node: {name}, process_values: {{temperature: degC}}}}\n" for name in ON_OPCUA)
        + "".join(f"  {name}: {{connection: plc_b, unit: {number}}}\n" for number, name in enumerate(ON_MODBUS, 1))
    )
    return read_plant(folder)


def record(count: int, seed: int = 1) -> list[OperationsEvent]:
    """About so many facts: several changes of one work unit at one microsecond, equal facts, batches with long names, orders."""
    draw = random.Random(seed)
    facts: list[OperationsEvent] = [Heartbeat(effective_us=START_US, reason="start")]
    at_us = START_US
    while len(facts) < count:
        at_us += draw.choice((0, 1, 250_000, 60_000_000))
        if draw.random() < 0.1:
            facts += _business(draw, at_us)
        for equipment in draw.sample([*ON_OPCUA, *ON_MODBUS], draw.randint(1, 3)):
            facts += _changes(draw, at_us, equipment)
    return facts


def _business(draw: random.Random, at_us: int) -> list[OperationsEvent]:
    number = draw.randint(1, 1_000)
    return [
        Heartbeat(effective_us=at_us, reason="clock"),
        SalesOrderConfirmed(
            effective_us=at_us, order=f"Ö{number}", customer="c", material="bar", quantity=number, due_us=at_us + 1, unit_price_minor=9
        ),
        GoodsReceived(effective_us=at_us, order=f"PO-bar-{number}", lot="l", supplier="s", material="bar", quantity=1, unit_price_minor=1),
        TestResultRecorded(effective_us=at_us, lot="l", characteristic="diameter", value=0.1 + 0.2, lower=None, upper=3.0),
    ]


def _changes(draw: random.Random, at_us: int, equipment: str) -> list[OperationsEvent]:
    on: dict[str, Any] = {"effective_us": at_us, "equipment": equipment}
    names = [f"order-{draw.randint(1, 99)}-gear-shaft-blank.{n}/härten" for n in range(draw.choice((1, 1, 1, 6)))]
    job: dict[str, Any] = {"job_order": "+".join(names), "person": draw.choice(("", "anna", "anna+ben"))}
    count = CountObserved(**on, job_order=names[0], good=draw.randint(0, 9), scrap=draw.randint(0, 1), rework=draw.randint(0, 1))
    count = replace(count, reason="Oberfläche" if count.scrap else "")
    some: list[OperationsEvent] = [
        EnergyMetered(**on, job_order=names[0], energy_wh=draw.randint(0, 5_000)),
        *(EquipmentStateChanged(**on, **job, state=state, reason=draw.choice(("", "setup", "blocked"))) for state in STATES),
        count,
        count,
        AlarmRaised(**on, alarm="spindle fault", message="current 31 A"),
        AlarmCleared(**on, alarm="spindle fault"),
        EquipmentModeChanged(**on, mode=draw.choice((1, 2, 3))),
        MaterialIdentified(**on, lot="L-7"),
        PhaseStateChanged(**on, job_order=names[0], phase="furnace/carburise/soak", state=draw.choice(STATES)),
    ]
    if equipment in ON_OPCUA:
        some += [
            ProcessValueObserved(**on, property="temperature", value=draw.uniform(-1, 1000), unit="degC", quality=quality)
            for quality in ("", UNCERTAIN)
        ]
        some.append(EquipmentStateChanged(**on, **job, state=STATES[1], quality=UNCERTAIN))
    first = draw.randrange(len(some))
    return some[first : first + draw.randint(1, 6)]


def keep(facts: Iterable[OperationsEvent], path: Path, source: Source = Source.SIMULATED) -> Path:
    """The facts as a journal at `path`."""
    journal = open_journal(path)
    with closing(journal):
        for fact in facts:
            journal.append(fact, source=source)
        journal.commit()
    return path


def kept(path: Path) -> list[JournalEntry]:
    """What is in a journal; nothing if it is not there yet."""
    try:
        journal = open_journal(path, create=False)
    except StoreError:
        return []
    with closing(journal):
        return list(journal.entries())


def said(path: Path, *, marks: bool = False) -> dict[str, list[OperationsEvent]]:
    """The facts of a journal by equipment, without when they became known."""
    facts: dict[str, list[OperationsEvent]] = defaultdict(list)
    for entry in kept(path):
        if marks or not (isinstance(entry.event, Heartbeat) and entry.event.reason == WATERMARK):
            facts[entry.event.equipment].append(replace(entry.event, recorded_us=0))
    return dict(facts)


def states(path: Path, equipment: str) -> list[tuple[int, str]]:
    """State and reason of every state of one work unit in a journal."""
    changes = (fact for fact in said(path).get(equipment, []) if isinstance(fact, EquipmentStateChanged))
    return [(change.state, change.reason) for change in changes]


def source_of(wire: Wire) -> SignalSource:
    return ModbusSource(wire) if isinstance(wire.connection, ModbusConnection) else OpcUaSource(wire)


def bridge_of(plant: Plant, live: Path, *, until_idle_s: float | None = None, keeps_signals: bool = False) -> Bridge:
    wires = wires_of(plant)
    return Bridge(
        wires, [source_of(wire) for wire in wires], Spool(live.with_name(live.name + ".spool")), lambda: open_journal(live),
        clock=lambda: time.time_ns() // 1_000, until_idle_s=until_idle_s, keeps_signals=keeps_signals,
    )  # fmt: skip


@asynccontextmanager
async def running(work: Any) -> Any:
    """A coroutine as a task that is cancelled at the end; what it raises is raised."""
    task = asyncio.ensure_future(work)
    try:
        yield task
        if task.done():
            task.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def eventually(condition: Any, within_s: float = 20.0) -> float:
    """Seconds until `condition()` was true."""
    began_s = looked_s = time.monotonic()
    while not condition():
        assert time.monotonic() - began_s < within_s, "it has not come about in time"
        await asyncio.sleep(
            max(0.02, 5 * (time.monotonic() - looked_s))
        )  # reading a whole journal shall not keep both ends from their work
        looked_s = time.monotonic()
    return time.monotonic() - began_s


async def carry(
    plant: Plant, recorded: Path, live: Path, *, until_idle_s: float = 1.5, patience_s: float = 30.0, keeps_signals: bool = False
) -> tuple[Publisher, Bridge]:
    """The whole record over the wire: served and read until nothing new comes."""
    publisher = Publisher(plant, wires_of(plant), lambda: open_journal(recorded, create=False), patience_s=patience_s)
    bridge = bridge_of(plant, live, until_idle_s=until_idle_s, keeps_signals=keeps_signals)
    async with served(publisher):
        await bridge.run()
    return publisher, bridge


@asynccontextmanager
async def served(publisher: Publisher) -> AsyncIterator[None]:
    """The virtual PLCs, from when they listen."""
    listening = asyncio.Event()
    async with running(publisher.serve(listening.set)) as task:
        waiting = asyncio.ensure_future(listening.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        yield
