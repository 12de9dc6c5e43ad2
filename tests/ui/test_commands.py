"""A Hold that is pressed in the browser holds a machine behind a real socket, and the page says so; and it is let go on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.spool import Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.ports import free_port
from tests.rooms.apps.test_entries import wait_until
from tests.rooms.bridge.virtual_shop import keep, served, source_of
from tests.rooms.bridge.writing.test_commands_reach_controllers import BY_REGISTERS, BY_TAGS, Obeying, with_commands
from tests.rooms.bridge.writing.test_targets_reach_machines import SCENARIO, shop, what_happens
from tests.rooms.quality.valve_shop import LAYOUT
from tests.ui.conftest import OpenPage
from tests.ui.test_hand_forms import Forms
from tests.ui.test_pages import SIDEWAYS
from twin.apps.feed import Feed
from twin.apps.server import PageServer
from twin.model.events import EquipmentStateChanged, JobOrderCommand, UnitCommandGiven
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.store.journal import open_journal
from twin.store.live import LiveSource

pytestmark = pytest.mark.ui
PERSONS = {
    "calendars": LAYOUT["calendars"],
    "personnel_classes": {"sawyer": {}},
    "persons": {"ann": {"title": "Ann", "classes": ["sawyer"], "calendar": "always", "hourly_cost": "30 EUR/h"}},
}


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[tuple[Feed, Obeying]]:
    """A live shop: its saw on Modbus and its furnace on OPC UA take commands, and both are at work."""
    plant = with_commands(shop(**PERSONS), {"saw": BY_REGISTERS, "furnace": BY_TAGS})
    wires, recorded, live = wires_of(plant), keep(what_happens(plant), tmp_path / "recorded.db"), tmp_path / "live.db"
    obeying, over, stands = Obeying(recorded), threading.Event(), threading.Event()

    async def controllers_and_bridge() -> None:
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30, obey=obeying)
        bridge = Bridge(
            wires, [source_of(wire) for wire in wires], Spool(live.with_name("spool")), lambda: open_journal(live),
            clock=lambda: time.time_ns() // 1_000,
        )  # fmt: skip
        desk = WritingDesk(wires, lambda: open_journal(live, create=False))
        async with served(publisher):
            reading = asyncio.ensure_future(bridge.run(desk))
            while not over.is_set():
                if desk.has_looked and live.exists():
                    stands.set()
                await asyncio.sleep(0.05)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(controllers_and_bridge()), daemon=True)
    thread.start()
    assert stands.wait(30)
    with closing(open_journal(live)) as journal:
        stop = threading.Event()
        feed = Feed(Run(plant, SCENARIO, journal), LiveSource(journal, plant=plant, stop=stop), "live", stop).start()
        wait_until(lambda: len(started(feed)) == 2)
        obeying.job_orders = {it.equipment: it.job_order for it in started(feed)}
        at_us, state = obeying.at_us, int(S.EXECUTE)
        keep(
            [EquipmentStateChanged(effective_us=at_us, state=state, equipment=it, job_order=job) for it, job in obeying.job_orders.items()],
            recorded,
        )
        wait_until(lambda: feed.run.mes.equipment.records["saw"].state == S.EXECUTE)
        yield feed, obeying
        feed.stop()
        assert not feed.failure, feed.failure
    over.set()
    thread.join(10)


def started(feed: Feed) -> list[JobOrderCommand]:
    with feed.run.lock:
        return [it.event for it in feed.run.journal.entries() if isinstance(it.event, JobOrderCommand)]


@pytest.mark.interop
def test_a_press_holds_the_machine_behind_a_socket_and_the_page_says_what_came_of_it(
    open_page: OpenPage, wired: tuple[Feed, Obeying]
) -> None:
    """At the terminal of its work center on a phone in the dark, and on the supervisor page; what makes no sense is refused there."""
    feed, obeying = wired
    record = feed.run.mes.equipment.records["saw"]
    with PageServer(feed, free_port()) as server:
        page = open_page("/terminal?center=sawing", at=server.address, width=390, height=1400, theme="dark")
        tablet = Forms(page)
        tablet.is_used_by("ann")
        tablet.fills("Command a machine", "Tell its controller", command="Hold saw", reason="a noise")
        tablet.hears("Command a machine: done")
        wait_until(lambda: record.state == S.HELD)
        expect(page.get_by_text("Ann, a noise: done")).to_be_visible()
        assert obeying.told == [("saw", "Hold", 0)], "over Modbus, and once"
        assert page.evaluate(SIDEWAYS) == []
        tablet.fills("Command a machine", "Tell its controller", command="Unhold saw", reason="it was a chip")
        wait_until(lambda: record.state == S.EXECUTE)
        with feed.run.lock:
            given = [it.event for it in feed.run.journal.entries() if isinstance(it.event, UnitCommandGiven)]
        assert [(it.command, it.person, it.terminal, it.reason) for it in given] == [
            ("Hold", "ann", "terminal sawing", "a noise"), ("Unhold", "ann", "terminal sawing", "it was a chip"),
        ]  # fmt: skip
        page = open_page("/supervisor", at=server.address, width=1440, height=1800)
        expect(page.get_by_text("Ann, it was a chip: done")).to_be_visible()
