"""PackML commands on real sockets: to OPC UA by tags and by methods, to Modbus by registers; taken, refused, unanswered, never twice."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware_bridge.connect import unit_commands
from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.spool import Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.serve.modbus_server import ModbusController, UnitMemory
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import WiringError, wires_of
from tests.rooms.bridge.virtual_shop import START_US, eventually, keep, kept, running, served, source_of, virtual_shop
from tests.rooms.bridge.writing.test_setpoints import keep_one
from tests.rooms.bridge.writing.test_targets_reach_machines import SCENARIO, shop, what_happens
from twin.apps.feed import Feed
from twin.model.checks.plant_checks import check_plant
from twin.model.events import (
    EquipmentModeChanged,
    EquipmentStateChanged,
    Heartbeat,
    JobOrderCommand,
    JobOrderHeld,
    JobOrderResumed,
    OperationsEvent,
    UnitCommandAnswered,
    UnitCommandGiven,
    UnitCommandRequested,
)
from twin.model.plant import Plant
from twin.model.signals import Setpoint, UnitCommands
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.run import replay
from twin.store.journal import open_journal
from twin.store.live import LiveSource

TAKES = ["Hold", "Unhold", "SetUnitMode"]
BY_TAGS, BY_METHODS = UnitCommands(takes=TAKES), UnitCommands(takes=TAKES, by="methods")
BY_REGISTERS = UnitCommands(takes=TAKES, address=21_000)
COMMANDED = {"lathe": BY_METHODS, "furnace": BY_TAGS, "saw": BY_REGISTERS, "bench": BY_REGISTERS}


def with_commands(plant: Plant, commands: dict[str, UnitCommands]) -> Plant:
    assert plant.signals is not None
    equipment = {name: it.model_copy(update={"commands": commands.get(name)}) for name, it in plant.signals.equipment.items()}
    return plant.model_copy(update={"signals": plant.signals.model_copy(update={"equipment": equipment})})


def ask(live: Path, equipment: str, command: str, mode: int = 0) -> None:
    """As the MES does, from a process of its own."""
    with closing(open_journal(live)) as journal:
        cause = list(journal.entries())[-1]
        asked = UnitCommandRequested(effective_us=cause.event.effective_us, equipment=equipment, command=command, mode=mode)
        journal.append(asked, source=Source.RULE, cause=cause.id, rule=f"packml {equipment} {command}")
        journal.commit()


def answers(live: Path) -> dict[tuple[str, str], tuple[str, str]]:
    said = [entry.event for entry in kept(live) if isinstance(entry.event, UnitCommandAnswered)]
    return {(it.equipment, it.command): (it.outcome, it.reason) for it in said}


class Obeying:
    """A plant that does what its controllers hand on to it: at once, and says so in the journal that they play."""

    def __init__(self, recorded: Path) -> None:
        self.recorded, self.told, self.job_orders, self.at_us = recorded, list[tuple[str, str, int]](), dict[str, str](), START_US + 10

    def __call__(self, equipment: str, command: str, mode: int, phase: str = "") -> None:
        self.told.append((equipment, command, mode))
        self.at_us += 1_000_000
        at: dict[str, Any] = {"effective_us": self.at_us, "equipment": equipment}
        state = {"Hold": S.HELD, "Unhold": S.EXECUTE}.get(command, S.IDLE)
        said = EquipmentStateChanged(**at, state=int(state), job_order=self.job_orders.get(equipment, ""))
        keep([EquipmentModeChanged(**at, mode=mode) if mode else said], self.recorded)


@pytest.mark.slow
def test_commands_are_taken_by_controllers_of_each_kind_and_what_they_do_comes_back_or_why_not(tmp_path: Path) -> None:
    plant, live, recorded = with_commands(virtual_shop(), COMMANDED), tmp_path / "live.db", tmp_path / "recorded.db"
    bridged = with_commands(plant, {**COMMANDED, "wash": BY_REGISTERS})  # a controller that takes no command, by its own word
    states = {"bench": S.IDLE, **dict.fromkeys(("lathe", "furnace", "saw", "wash"), S.EXECUTE)}
    keep([EquipmentStateChanged(effective_us=START_US, equipment=name, state=int(it)) for name, it in states.items()], recorded)
    obeying, wires = Obeying(recorded), wires_of(bridged)

    async def there_and_back() -> None:
        publisher = Publisher(plant, wires_of(plant), lambda: open_journal(recorded, create=False), patience_s=30, obey=obeying)
        bridge = Bridge(
            wires, [source_of(wire) for wire in wires], Spool(live.with_name("spool")), lambda: open_journal(live),
            clock=lambda: time.time_ns() // 1_000,
        )  # fmt: skip
        desk = WritingDesk(wires, lambda: open_journal(live, create=False))
        async with served(publisher), running(bridge.run(desk)):
            await eventually(lambda: len(kept(live)) > len(states) and desk.has_looked)
            for name in ("furnace", "lathe", "saw", "bench", "wash"):
                ask(live, name, "Hold")
            ask(live, "saw", "Clear")
            ask(live, "bench", "SetUnitMode", 2)
            ask(live, "furnace", "SetUnitMode", 40)
            await eventually(lambda: len(answers(live)) == 8)
            ask(live, "lathe", "SetUnitMode", 3)
            await eventually(lambda: len(answers(live)) == 9 and bridge.sent_count >= len(states) + 5 + 9)

    asyncio.run(there_and_back())
    told = answers(live)
    taken = [("furnace", "Hold"), ("lathe", "Hold"), ("saw", "Hold"), ("bench", "SetUnitMode"), ("lathe", "SetUnitMode")]
    assert [told.pop(it) for it in taken] == [("taken", "")] * 5
    assert obeying.told == [
        ("furnace", "Hold", 0), ("lathe", "Hold", 0), ("saw", "Hold", 0), ("bench", "SetUnitMode", 2), ("lathe", "SetUnitMode", 3),
    ]  # fmt: skip
    assert told.pop(("bench", "Hold")) == ("refused", "unit 3 answers with exception 4: not in its state now")
    assert told.pop(("wash", "Hold")) == ("refused", "unit 2 answers with exception 1: it takes nothing at all")
    assert told.pop(("saw", "Clear")) == ("not sent", "signals.yaml declares no command Clear of saw")
    outcome, why = told.pop(("furnace", "SetUnitMode"))
    assert (outcome, "BadOutOfRange" in why, told) == ("refused", True, {})
    facts = [entry.event for entry in kept(live)]
    held = [it.equipment for it in facts if isinstance(it, EquipmentStateChanged) and it.state == S.HELD]
    modes = [(it.equipment, it.mode) for it in facts if isinstance(it, EquipmentModeChanged)]
    # Each controller has a connection of its own: which of them is heard first is not said.
    assert (sorted(held), sorted(modes)) == (["furnace", "lathe", "saw"], [("bench", 2), ("lathe", 3)]), "over the wire"


@pytest.mark.slow
def test_who_does_not_answer_is_not_told_twice_by_this_bridge_or_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything sent that was asked for while no bridge was there; a record that is served takes no command."""
    plant, live = with_commands(virtual_shop(), {"saw": BY_REGISTERS}), tmp_path / "live.db"
    wire = next(it for it in wires_of(plant) if it.name == "plc_b")
    keep_one(live)
    written: list[bytes] = []

    def heard(memory: UnitMemory, address: int, registers: bytes) -> int:
        written.append(registers)
        memory._commands[21_000][:4] = registers  # and its change request stays set
        return 0

    async def bridge(asked: int, count: int) -> None:
        told, desk = list[OperationsEvent](), WritingDesk([wire], lambda: open_journal(live, create=False))
        async with running(desk.serve(told.append, lambda: 7, lambda: -1)):
            await eventually(lambda: desk.has_looked and len(told) == asked)
            if count > asked:
                ask(live, "saw", "Hold")
                await eventually(lambda: len(told) == count)
            await asyncio.sleep(0.3)
        assert len(told) == count
        keep(told, live, Source.LIVE)

    async def all_of_it() -> None:
        controller = ModbusController(wire, patience_s=1.0)
        memory = controller.units[1]._controller
        memory.present = replace(memory.present, state=int(S.EXECUTE))
        await controller.start()
        with monkeypatch.context() as silent:
            silent.setattr(UnitMemory, "command", heard)
            silent.setattr(unit_commands, "ANSWER_S", 0.3)
            await bridge(0, 1)
            await bridge(0, 0)  # started again: it is answered, and nothing is left to do
            ask(live, "saw", "Unhold")
            await bridge(1, 1)
        await bridge(0, 1)  # a record is served: nobody hands it on
        await controller.stop()
        await bridge(0, 1)

    asyncio.run(all_of_it())
    said = [entry.event for entry in kept(live) if isinstance(entry.event, UnitCommandAnswered)]
    assert [(it.command, it.outcome) for it in said] == [
        ("Hold", "no answer"), ("Unhold", "not sent"), ("Hold", "refused"), ("Hold", "not sent"),
    ]  # fmt: skip
    assert [it.reason for it in said][:3] == [
        "it did not put its change request back within 0.3 s; it may have heard it all the same",
        "it was asked for when no bridge was there, and is not sent afterwards",
        "unit 1 answers with exception 1: it takes nothing at all",
    ]
    assert said[-1].reason.endswith("cannot be reached")
    assert written == [b"\x00\x04\x00\x01"], "one Hold, with its change request, on the wire"


@pytest.mark.slow
@pytest.mark.interop
def test_a_hold_that_a_person_wants_holds_the_machine_and_its_record_says_the_same_and_sends_nothing(tmp_path: Path) -> None:
    """From the press to the controller and back to the job order, live; then let go. Replayed: entry by entry, nobody is told anything."""
    plant, live = with_commands(shop(), {"saw": BY_REGISTERS, "furnace": BY_METHODS}), tmp_path / "live.db"
    wires, recorded = wires_of(plant), keep(what_happens(plant), tmp_path / "recorded.db")
    obeying = Obeying(recorded)

    async def over_the_wire() -> Feed:
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30, obey=obeying)
        bridge = Bridge(
            wires, [source_of(wire) for wire in wires], Spool(live.with_name("spool")), lambda: open_journal(live),
            clock=lambda: time.time_ns() // 1_000,
        )  # fmt: skip
        desk = WritingDesk(wires, lambda: open_journal(live, create=False))
        async with served(publisher), running(bridge.run(desk)):
            await eventually(lambda: kept(live) and desk.has_looked)
            with closing(open_journal(live, create=False)) as journal:
                stop = threading.Event()
                feed = Feed(Run(plant, SCENARIO, journal), LiveSource(journal, plant=plant, stop=stop), "live", stop).start()
                started = [it.event for it in kept(live) if isinstance(it.event, JobOrderCommand)]
                while len(started) < 2:
                    await asyncio.sleep(0.05)
                    started = [it.event for it in kept(live) if isinstance(it.event, JobOrderCommand)]
                obeying.job_orders = {it.equipment: it.job_order for it in started}
                at: dict[str, Any] = {"effective_us": obeying.at_us, "state": int(S.EXECUTE)}
                keep([EquipmentStateChanged(**at, equipment=unit, job_order=job) for unit, job in obeying.job_orders.items()], recorded)
                for command, state in (("Hold", S.HELD), ("Unhold", S.EXECUTE)):
                    for unit in ("saw", "furnace"):
                        record = feed.run.mes.equipment.records[unit]
                        await eventually(lambda record=record, state=state: record.state == {S.HELD: S.EXECUTE}.get(state, S.HELD))
                        said: dict[str, Any] = {"effective_us": 0, "person": "ann", "terminal": "terminal sawing", "reason": "a noise"}
                        press = UnitCommandGiven(**said, equipment=unit, command=command)
                        assert await asyncio.to_thread(feed.enter, press) == ""
                        await eventually(lambda record=record, state=state: record.state == state)
                keep([Heartbeat(effective_us=obeying.at_us + 3_600_000_000, reason="clock")], recorded)
                await eventually(lambda: [it.standing for it in feed.run.mes.unit_commands.asked] == ["done"] * 4)
                await asyncio.to_thread(feed.stop)
                assert not feed.failure, feed.failure
        return feed

    asyncio.run(over_the_wire())
    assert obeying.told == [("saw", "Hold", 0), ("furnace", "Hold", 0), ("saw", "Unhold", 0), ("furnace", "Unhold", 0)]
    entries = kept(live)
    held = [type(it.event).__name__ for it in entries if isinstance(it.event, JobOrderHeld | JobOrderResumed)]
    assert held == ["JobOrderHeld", "JobOrderHeld", "JobOrderResumed", "JobOrderResumed"]
    assert {it.event.reason for it in entries if isinstance(it.event, JobOrderHeld)} == {"a noise"}, "whatever the controller says of it"
    assert [(it.command, it.person, it.reason) for it in (it.event for it in entries) if isinstance(it, UnitCommandRequested)] == [
        (command, "ann", "a noise") for command in ("Hold", "Hold", "Unhold", "Unhold")
    ]
    again = list(replay(entries, plant, SCENARIO).journal.entries())
    assert [it.event for it in again if it.source == Source.RULE] == [it.event for it in entries if it.source == Source.RULE]
    assert len(obeying.told) == 4, "nobody is told anything by a replay"


def test_where_commands_are_written_is_a_place_of_their_own_and_somebody_declared_who_may() -> None:
    wrong = with_commands(
        virtual_shop(),
        {
            "lathe": UnitCommands(takes=["Hold"], address=21_000), "saw": UnitCommands(takes=["Hold"], by="methods"),
            "wash": UnitCommands(takes=["Hold"], address=21_000, node="x", authority="boss"), "furnace": UnitCommands(takes=["Hold"]),
        },
    )  # fmt: skip
    assert wrong.signals is not None
    furnace = wrong.signals.equipment["furnace"].model_copy(update={"setpoints": {"heat": Setpoint(node="furnace.CntrlCmd")}})
    equipment = {**wrong.signals.equipment, "furnace": furnace}
    wrong = wrong.model_copy(update={"signals": wrong.signals.model_copy(update={"equipment": equipment})})
    said = {it.what for it in check_plant(wrong) if "commands" in it.path}
    assert said == {
        "connection 'plc_a' is opcua, which has no address",
        "connection 'plc_b' is modbus, which has no by",
        "connection 'plc_b' is modbus, which has no node",
        "commands of 'saw' need their address at connection 'plc_b'",
        "node furnace.CntrlCmd of 'plc_a' is a process value or a set-point already",
        "no personnel class is called 'boss'",
    }
    with pytest.raises(WiringError) as refused:
        wires_of(with_commands(virtual_shop(), {"saw": UnitCommands(takes=["Hold"], address=1_100), "wash": UnitCommands(takes=["Hold"])}))
    assert "plc_b: saw, commands: registers up to 4939 are what the unit says; allowed: 4940 to 65532" in str(refused.value)
    assert "plc_b: wash, commands need their address" in str(refused.value)
