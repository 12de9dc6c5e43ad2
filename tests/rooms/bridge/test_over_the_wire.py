"""What is served is read: over real sockets, OPC UA and Modbus TCP, nothing lost, nothing twice, nothing out of its order."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import (
    ON_MODBUS,
    ON_OPCUA,
    bridge_of,
    carry,
    eventually,
    keep,
    kept,
    record,
    running,
    said,
    served,
    virtual_shop,
)
from twin.model.events import Heartbeat
from twin.model.states import Source
from twin.store.journal import open_journal
from twin.store.live import WATERMARK, rounds_of


@pytest.mark.slow
def test_thousands_of_facts_arrive_equal_in_order_with_their_times_and_ids(tmp_path: Path) -> None:
    """Ties on purpose: several changes of one work unit at one microsecond, and facts that are equal to the last field."""
    facts = record(3_000)
    recorded, live = keep(facts, tmp_path / "recorded.db"), tmp_path / "live.db"
    plant = virtual_shop()
    publisher, bridge = asyncio.run(carry(plant, recorded, live))
    assert publisher.published_count == len(facts)
    assert said(live) == said(recorded)
    marks = [entry for entry in kept(live) if isinstance(entry.event, Heartbeat) and entry.event.reason == WATERMARK]
    arrived = {entry.id for entry in kept(live)} - {mark.id for mark in marks}
    assert arrived == {entry.id for entry in kept(recorded)}
    assert {entry.source for entry in kept(live)} == {Source.LIVE}
    assert bridge.fact_count == bridge.sent_count == len(facts)


@pytest.mark.slow
def test_every_fact_is_in_the_journal_before_the_watermark_that_covers_it(tmp_path: Path) -> None:
    facts = record(600, seed=2)
    live = tmp_path / "live.db"
    plant = virtual_shop()
    asyncio.run(carry(plant, keep(facts, tmp_path / "recorded.db"), live))
    known_us, times = -1, []
    for entry in kept(live):
        assert entry.event.effective_us > known_us
        if isinstance(entry.event, Heartbeat) and entry.event.reason == WATERMARK:
            known_us = entry.event.effective_us
    assert known_us == facts[-1].effective_us
    for entries in rounds_of(kept(live), plant.equipment):
        times += [entry.event.effective_us for entry in entries]
    assert times == sorted(times)


@pytest.mark.slow
def test_a_ring_of_a_few_records_loses_nothing_since_the_controller_waits_for_its_reader(tmp_path: Path) -> None:
    recorded, live = keep(record(400, seed=3), tmp_path / "recorded.db"), tmp_path / "live.db"
    asyncio.run(carry(virtual_shop(ring=12), recorded, live))
    assert said(live) == said(recorded)


@pytest.mark.slow
def test_a_journal_that_is_still_growing_is_served_as_it_grows(tmp_path: Path) -> None:
    facts, path, live = record(300, seed=4), tmp_path / "growing.db", tmp_path / "live.db"
    plant = virtual_shop()

    async def grow() -> None:
        growing = open_journal(path)
        publisher = Publisher(plant, wires_of(plant), lambda: open_journal(path, create=False), patience_s=30)
        bridge = bridge_of(plant, live)
        async with served(publisher), running(bridge.run()):
            for part in range(0, len(facts), 60):
                for fact in facts[part : part + 60]:
                    growing.append(fact, source=Source.SIMULATED)
                growing.commit()
                await eventually(lambda part=part: bridge.sent_count == min(part + 60, len(facts)))
        growing.close()

    asyncio.run(grow())
    assert said(live) == said(path)


@pytest.mark.slow
def test_a_recording_is_served_at_the_pace_that_was_asked_for(tmp_path: Path) -> None:
    beats = [Heartbeat(effective_us=1_000_000 * second, reason="clock") for second in range(1, 32, 10)]
    path, plant = keep(beats, tmp_path / "beats.db"), virtual_shop()

    async def serve() -> float:
        publisher = Publisher(plant, wires_of(plant), lambda: open_journal(path, create=False), pace=20, patience_s=0)
        async with served(publisher):
            await eventually(lambda: publisher.published_count == 1)
            return await eventually(lambda: publisher.published_count == 4)

    assert 1.2 < asyncio.run(serve()) < 4  # 30 s of the plant at 20 plant seconds a second


def test_both_wires_carry_some_of_it() -> None:
    wires = {wire.name: set(wire.equipment) for wire in wires_of(virtual_shop())}
    assert wires == {"plc_a": set(ON_OPCUA), "plc_b": set(ON_MODBUS)}
