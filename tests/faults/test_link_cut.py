"""What happens to the wire: cut, stalled, a server that restarts, a stranger on the port. What is kept somewhere is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from hardware_bridge.connect import modbus_source, opcua_source
from hardware_bridge.connect.bridge import UNHEARD_S, Bridge, Health
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.faults.link_proxy import LinkProxy
from tests.ports import free_port
from tests.rooms.bridge.virtual_shop import (
    ON_MODBUS,
    ON_OPCUA,
    START_US,
    bridge_of,
    eventually,
    record,
    running,
    said,
    served,
    states,
    virtual_shop,
)
from twin.model.events import AlarmRaised, EquipmentStateChanged, OperationsEvent
from twin.model.plant import Plant
from twin.model.states import Source, WorkUnitState
from twin.store.journal import Journal, open_journal

pytestmark = pytest.mark.slow

BUSY_S = 12.0
"""What a machine with other work to do may take longer."""
LOST = (WorkUnitState.UNKNOWN, "connection lost")


class Shop:
    """A plant whose journal grows, its virtual PLCs, two cables, and a bridge."""

    def __init__(self, folder: Path, ring: int = 32) -> None:
        self.recorded, self.live = folder / "recorded.db", folder / "live.db"
        self.plant: Plant = virtual_shop(ring)
        self.plant_behind_cables = virtual_shop(ring)  # the same, at the near ends of the cables
        self.growing: Journal = open_journal(self.recorded)
        self.cables: dict[str, LinkProxy] = {}
        self.time_us = START_US

    def publisher(self, patience_s: float = 30) -> Publisher:
        return Publisher(self.plant, wires_of(self.plant), lambda: open_journal(self.recorded, create=False), patience_s=patience_s)

    def bridge(self) -> Bridge:
        return bridge_of(self.plant_behind_cables, self.live)

    def happens(self, facts: Iterable[OperationsEvent]) -> None:
        """The simulation writes some more."""
        for fact in facts:
            self.growing.append(fact, source=Source.SIMULATED)
            self.time_us = max(self.time_us, fact.effective_us)
        self.growing.commit()

    def works(self, count: int, *equipment: str) -> None:
        """Each of them changes its state so often, one second after the other."""
        for _ in range(count):
            self.time_us += 1_000_000
            self.happens(
                EquipmentStateChanged(effective_us=self.time_us, equipment=name, state=state, job_order=f"j{self.time_us}")
                for name in equipment
                for state in (WorkUnitState.EXECUTE, WorkUnitState.IDLE)
            )

    def arrived(self) -> bool:
        """Whether every fact of the record is in the live journal, in its order; between them may lie what the bridge says itself."""
        live = said(self.live)
        return all(_lies_in(facts, live.get(name, [])) for name, facts in said(self.recorded).items())

    @asynccontextmanager
    async def cabled(self) -> AsyncIterator[None]:
        ends = zip(wires_of(self.plant_behind_cables), wires_of(self.plant), strict=True)
        self.cables = {near.name: LinkProxy(near.port, far.port) for near, far in ends}
        async with self.cables["plc_a"], self.cables["plc_b"]:
            yield
        self.growing.close()


def _lies_in(facts: list[OperationsEvent], others: list[OperationsEvent]) -> bool:
    rest = iter(others)
    return all(fact in rest for fact in facts)


def run(scene: Callable[[], object]) -> None:
    asyncio.run(scene())  # type: ignore[arg-type]


@pytest.mark.parametrize(("cable", "cut_off", "still_there"), [("plc_a", ON_OPCUA, ON_MODBUS), ("plc_b", ON_MODBUS, ON_OPCUA)])
def test_a_cut_cable_makes_its_equipment_unknown_and_the_others_go_on(
    tmp_path: Path, cable: str, cut_off: tuple[str, ...], still_there: tuple[str, ...]
) -> None:
    shop = Shop(tmp_path)

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), served(shop.publisher()), running(bridge.run()):
            shop.works(3, *ON_OPCUA, *ON_MODBUS)
            await eventually(lambda: bridge.sent_count == 30)
            shop.cables[cable].refused = True
            shop.cables[cable].cut()
            took_s = await eventually(lambda: all(states(shop.live, name)[-1] == LOST for name in cut_off))
            assert took_s < UNHEARD_S + BUSY_S
            shop.works(1, *still_there)
            await eventually(lambda: all(states(shop.live, name)[-2:] == [(6, ""), (4, "")] for name in still_there))
            shop.works(5, *cut_off)
            shop.cables[cable].refused = False
            await eventually(shop.arrived)
            for name in cut_off:
                assert (WorkUnitState.UNKNOWN, "lost changes") not in states(shop.live, name)

    run(scene)


def test_after_a_short_cut_the_state_is_in_force_again_though_nothing_has_happened(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), served(shop.publisher()), running(bridge.run()):
            shop.works(1, *ON_OPCUA, *ON_MODBUS)
            await eventually(lambda: bridge.sent_count == 10)
            for cable in shop.cables.values():
                cable.refused = True
                cable.cut()
            await eventually(lambda: all(states(shop.live, name)[-1] == LOST for name in (*ON_OPCUA, *ON_MODBUS)))
            for cable in shop.cables.values():
                cable.refused = False
            await eventually(lambda: all(states(shop.live, name)[-2:] == [LOST, (4, "")] for name in (*ON_OPCUA, *ON_MODBUS)))

    run(scene)


def test_a_flapping_cable_loses_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    async def scene() -> None:
        async with shop.cabled(), served(shop.publisher()), running(shop.bridge().run()):
            for turn in range(6):
                later_us = turn * 24 * 3_600_000_000  # the plant's time does not go back: an equal fact of an instant is the same fact
                day = (replace(fact, effective_us=fact.effective_us + later_us) for fact in record(60, seed=turn))
                shop.happens(fact for fact in day if fact.equipment)
                await asyncio.sleep(0.2)
                for cable in shop.cables.values():
                    cable.cut()
            await eventually(shop.arrived, 60)
        alarms = [fact for facts in said(shop.live).values() for fact in facts if isinstance(fact, AlarmRaised)]
        assert all(alarm.alarm != "lost changes" for alarm in alarms)

    run(scene)


@pytest.mark.parametrize(
    ("cable", "equipment", "silent_s"), [("plc_a", "lathe", opcua_source.SILENT_S), ("plc_b", "saw", modbus_source.ANSWER_S)]
)
def test_a_silent_peer_is_noticed_in_the_stated_time(tmp_path: Path, cable: str, equipment: str, silent_s: float) -> None:
    shop = Shop(tmp_path)

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), served(shop.publisher()), running(bridge.run()):
            shop.works(2, *ON_OPCUA, *ON_MODBUS)
            await eventually(lambda: bridge.sent_count == 20)
            shop.cables[cable].stalled = True
            took_s = await eventually(lambda: states(shop.live, equipment)[-1] == LOST)
            assert took_s < silent_s + UNHEARD_S + BUSY_S
            shop.works(4, equipment)
            shop.cables[cable].stalled = False
            await eventually(shop.arrived)

    run(scene)


def test_a_server_that_restarts_is_followed_on_without_a_gap_and_without_a_repetition(tmp_path: Path) -> None:
    """The virtual PLC plays its journal from the beginning; its life tells that the numbers are the same."""
    shop = Shop(tmp_path)

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), running(bridge.run()):
            async with served(shop.publisher()):
                shop.works(10, *ON_OPCUA, *ON_MODBUS)
                await eventually(lambda: bridge.sent_count == 100)
            shop.works(10, *ON_OPCUA, *ON_MODBUS)
            async with served(shop.publisher()):
                await eventually(shop.arrived, 30)
        assert not [fact for facts in said(shop.live).values() for fact in facts if isinstance(fact, AlarmRaised)]

    run(scene)


def test_a_ring_that_was_overwritten_meanwhile_is_reported_and_followed_on(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ring=8)

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), served(shop.publisher(patience_s=0.5)), running(bridge.run()):
            shop.works(2, "saw", "lathe")
            await eventually(lambda: bridge.sent_count == 8)
            shop.cables["plc_b"].refused = True
            shop.cables["plc_b"].cut()
            shop.works(30, "saw")
            await eventually(lambda: states(shop.live, "saw")[-1] == LOST)
            shop.works(1, "lathe")
            await eventually(lambda: states(shop.live, "lathe")[-1] == (4, "") and len(states(shop.live, "lathe")) == 6, 40)
            shop.cables["plc_b"].refused = False
            await eventually(lambda: states(shop.live, "saw")[-1] == (4, ""))
            alarms = [fact for fact in said(shop.live)["saw"] if isinstance(fact, AlarmRaised)]
            assert [alarm.alarm for alarm in alarms] == ["lost changes"]
            assert said(shop.live)["saw"][-1].effective_us == said(shop.recorded)["saw"][-1].effective_us

    run(scene)


def test_a_stranger_on_the_port_is_named_and_stops_nobody_else(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    strange = free_port()

    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" + bytes(range(256)) * 4)
            await asyncio.sleep(0.2)

    async def scene() -> None:
        stranger = await asyncio.start_server(babble, "127.0.0.1", strange)
        async with shop.cabled(), served(shop.publisher(patience_s=0.2)):
            shop.cables["plc_a"]._leads_to, port = strange, shop.cables["plc_a"]._leads_to
            bridge = shop.bridge()
            async with running(bridge.run()):
                shop.works(2, *ON_MODBUS)
                await eventually(lambda: len(states(shop.live, "saw")) == 4)
                opcua = bridge.links[0]
                await eventually(lambda: opcua.error != "")
                assert opcua.health is Health.WAITING
                assert "opc.tcp://127.0.0.1" in opcua.error
                shop.cables["plc_a"]._leads_to = port
                shop.works(2, *ON_OPCUA)
                await eventually(shop.arrived)
        stranger.close()

    run(scene)


def test_a_node_and_a_unit_that_are_missing_are_unknown_by_themselves(tmp_path: Path) -> None:
    """The map of the bridge names addresses that the controllers do not have; all other equipment is read."""
    shop = Shop(tmp_path)
    assert shop.plant_behind_cables.signals is not None
    signals = shop.plant_behind_cables.signals
    wrong = {
        "furnace": signals.equipment["furnace"].model_copy(update={"node": "oven"}),
        "bench": signals.equipment["bench"].model_copy(update={"unit": 99}),
    }
    mapped = signals.model_copy(update={"equipment": {**signals.equipment, **wrong}})
    shop.plant_behind_cables = shop.plant_behind_cables.model_copy(update={"signals": mapped})

    async def scene() -> None:
        bridge = shop.bridge()
        async with shop.cabled(), served(shop.publisher(patience_s=0.2)), running(bridge.run()):
            shop.works(3, *ON_OPCUA, *ON_MODBUS)
            await eventually(lambda: all(len(states(shop.live, name)) == 6 for name in ("lathe", "saw", "wash")))
            await eventually(lambda: states(shop.live, "bench") != [] and states(shop.live, "furnace") != [])
            assert states(shop.live, "furnace") == [(WorkUnitState.UNKNOWN, "BadNodeIdUnknown")]
            assert states(shop.live, "bench") == [(WorkUnitState.UNKNOWN, "unit 99 refuses registers 1000 to 1009: exception 11")]
            line = bridge.health_line()  # both connections are good, and yet something is wrong
            assert "without furnace (BadNodeIdUnknown)" in line
            assert "without bench (unit 99 refuses" in line
            shop.works(1, "lathe")
            await eventually(lambda: len(states(shop.live, "lathe")) == 8)

    run(scene)
