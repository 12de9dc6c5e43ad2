"""Commands to phases reach controllers over real sockets: by OPC UA tags and methods, by Modbus registers, each phase at its own place."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.spool import Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import WiringError, wires_of
from tests.rooms.bridge.virtual_shop import START_US, eventually, keep, kept, running, served, source_of, virtual_shop
from twin.model.events import EquipmentStateChanged, PhaseStateChanged, UnitCommandAnswered, UnitCommandRequested
from twin.model.plant import Plant
from twin.model.signals import UnitCommands
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.store.journal import open_journal

SOAK, QUENCH = "oven/heat/soak", "oven/heat/quench"
TAKES: list[Any] = ["Hold", "Unhold", "Abort"]
PHASES = {
    "furnace": {SOAK: UnitCommands(takes=TAKES, node="Furnace.Soak"), QUENCH: UnitCommands(takes=TAKES, node="Furnace.Quench")},
    "lathe": {SOAK: UnitCommands(takes=TAKES, by="methods", node="Lathe.Soak")},
    "saw": {SOAK: UnitCommands(takes=TAKES, address=21_000), QUENCH: UnitCommands(takes=TAKES, address=21_010)},
}
DONE = {"Hold": S.HELD, "Unhold": S.EXECUTE, "Abort": S.ABORTED}


def with_phases(plant: Plant, phases: dict[str, dict[str, UnitCommands]]) -> Plant:
    assert plant.signals is not None
    equipment = {name: it.model_copy(update={"phases": phases.get(name, {})}) for name, it in plant.signals.equipment.items()}
    return plant.model_copy(update={"signals": plant.signals.model_copy(update={"equipment": equipment})})


def asks(live: Path, *told: tuple[str, str, str]) -> None:
    """As the MES does, from a process of its own."""
    with closing(open_journal(live)) as journal:
        cause = list(journal.entries())[-1]
        for equipment, command, phase in told:
            asked = UnitCommandRequested(effective_us=cause.event.effective_us, equipment=equipment, command=command, phase=phase)
            journal.append(asked, source=Source.RULE, cause=cause.id, rule=f"{equipment} {command} {phase}")
        journal.commit()


@pytest.mark.slow
def test_phases_are_commanded_each_at_its_place_and_what_they_do_comes_back(tmp_path: Path) -> None:
    plant, live, recorded = with_phases(virtual_shop(), PHASES), tmp_path / "live.db", tmp_path / "recorded.db"
    at: dict[str, Any] = {"effective_us": START_US, "job_order": "J1"}
    begun = [EquipmentStateChanged(**at, equipment=name, state=int(S.EXECUTE)) for name in PHASES]
    keep([*begun, *(PhaseStateChanged(**at, equipment=name, phase=SOAK, state=int(S.EXECUTE)) for name in PHASES)], recorded)
    told, wires = list[tuple[str, str, str]](), wires_of(plant)

    def obey(equipment: str, command: str, mode: int, phase: str) -> None:
        told.append((equipment, command, phase))
        done = {"effective_us": START_US + len(told) * 1_000_000, "equipment": equipment, "job_order": "J1"}
        keep([PhaseStateChanged(**done, phase=phase, state=int(DONE[command]))], recorded)  # type: ignore[arg-type]

    def answers() -> list[UnitCommandAnswered]:
        return [it.event for it in kept(live) if isinstance(it.event, UnitCommandAnswered)]

    def entered() -> set[tuple[str, str, int]]:
        return {(it.event.equipment, it.event.phase, it.event.state) for it in kept(live) if isinstance(it.event, PhaseStateChanged)}

    async def there_and_back() -> None:
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30, obey=obey)
        spool = Spool(live.with_name("spool"))
        bridge = Bridge(wires, [source_of(it) for it in wires], spool, lambda: open_journal(live), clock=lambda: time.time_ns() // 1_000)
        desk = WritingDesk(wires, lambda: open_journal(live, create=False))
        async with served(publisher), running(bridge.run(desk)):
            await eventually(lambda: len(entered()) == len(PHASES) and desk.has_looked)
            asks(live, *((name, "Hold", SOAK) for name in PHASES), ("saw", "Hold", QUENCH), ("furnace", "Unhold", SOAK))
            await eventually(lambda: len(answers()) == 5 and (("saw", SOAK, int(S.HELD)) in entered()))
            await eventually(lambda: ("furnace", SOAK, int(S.HELD)) in entered() and ("lathe", SOAK, int(S.HELD)) in entered())
            asks(live, ("saw", "Abort", SOAK), ("lathe", "Clear", SOAK))
            await eventually(lambda: len(answers()) == 7 and ("saw", SOAK, int(S.ABORTED)) in entered())

    asyncio.run(there_and_back())
    said = {(it.equipment, it.command, it.phase): (it.outcome, it.reason) for it in answers()}
    assert [said[name, "Hold", SOAK] for name in PHASES] == [("taken", "")] * 3
    assert said["saw", "Hold", QUENCH] == ("refused", "unit 1 answers with exception 4: not in its state now"), "it has not begun"
    assert said["saw", "Abort", SOAK] == ("taken", "")
    assert said["lathe", "Clear", SOAK] == ("not sent", f"signals.yaml declares no command Clear of phase {SOAK} of lathe")
    assert {("furnace", "Hold", SOAK), ("lathe", "Hold", SOAK), ("saw", "Hold", SOAK), ("saw", "Abort", SOAK)} <= set(told)


def test_places_of_phases_are_their_own() -> None:
    phases = {"saw": {SOAK: UnitCommands(takes=TAKES, address=21_000), QUENCH: UnitCommands(takes=TAKES, address=21_002)}}
    with pytest.raises(WiringError) as refused:
        wires_of(with_phases(virtual_shop(), phases))
    assert f"saw, commands of {QUENCH} and commands of {SOAK} are written to the same registers, 21002 to 21005" in str(refused.value)
