"""kill -9 of the bridge, again and again, in the middle of what it does: the journal has every fact, and has it once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hardware_bridge.connect.bridge import Bridge
from hardware_bridge.connect.spool import Spool
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import (
    bridge_of,
    eventually,
    keep,
    kept,
    record,
    running,
    said,
    served,
    shop_folder,
    source_of,
    virtual_shop,
)
from twin.store.journal import Journal, StoreError, open_journal

pytestmark = pytest.mark.slow


def test_a_bridge_killed_in_the_middle_and_started_again_loses_nothing_and_repeats_nothing(tmp_path: Path, root: Path) -> None:
    plant = shop_folder(tmp_path / "shop")
    recorded, live = keep(record(2_000, seed=5), tmp_path / "recorded.db"), tmp_path / "live.db"
    command = [sys.executable, "-m", "hardware_bridge", "connect", str(tmp_path / "shop"), "--journal", str(live), "--until-idle", "4"]
    draw = random.Random(7)

    async def scene() -> int:
        kills = 0
        publisher = Publisher(plant, wires_of(plant), lambda: open_journal(recorded, create=False), patience_s=60)
        async with served(publisher):
            while kills < 3 and publisher.published_count < 1_900:
                bridge = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL)
                before = publisher.published_count
                try:
                    await eventually(lambda before=before: publisher.published_count > before + 200, 60)
                    await asyncio.sleep(draw.uniform(0, 0.3))
                finally:
                    os.kill(bridge.pid, signal.SIGKILL)
                    bridge.wait()
                kills += 1
            last = await asyncio.create_subprocess_exec(*command, cwd=root, stderr=asyncio.subprocess.DEVNULL)
            assert await last.wait() == 0
        return kills

    assert asyncio.run(scene()) >= 2
    assert said(live) == said(recorded)
    assert max(Counter(entry.id for entry in kept(live)).values()) == 1


def test_a_database_that_is_away_for_a_while_loses_nothing(tmp_path: Path) -> None:
    recorded, live, plant = keep(record(500, seed=6), tmp_path / "recorded.db"), tmp_path / "live.db", virtual_shop()
    away = True

    def opened() -> Journal:
        if away:
            raise StoreError("the database is away")
        return open_journal(live)

    async def scene() -> None:
        nonlocal away
        wires = wires_of(plant)
        spool = Spool(tmp_path / "spool")
        bridge = Bridge(wires, [source_of(wire) for wire in wires], spool, opened, clock=lambda: 0)
        publisher = Publisher(plant, wires, lambda: open_journal(recorded, create=False), patience_s=30)
        async with served(publisher), running(bridge.run()):
            await eventually(lambda: bridge.fact_count == publisher.published_count >= 500)
            assert kept(live) == []
            assert spool.unsent_bytes > 0
            away = False
            await eventually(lambda: spool.unsent_bytes == 0)

    asyncio.run(scene())
    assert said(live) == said(recorded)


def test_a_bridge_that_is_stopped_sends_what_it_has_and_the_next_goes_on(tmp_path: Path) -> None:
    recorded, live, plant = keep(record(900, seed=8), tmp_path / "recorded.db"), tmp_path / "live.db", virtual_shop()

    async def scene() -> None:
        publisher = Publisher(plant, wires_of(plant), lambda: open_journal(recorded, create=False), patience_s=30)
        async with served(publisher):
            for _ in range(3):
                async with running(bridge_of(plant, live).run()):
                    before = publisher.published_count
                    await eventually(lambda before=before: publisher.published_count > min(before + 150, 890))
            await bridge_of(plant, live, until_idle_s=1.5).run()

    asyncio.run(scene())
    assert said(live) == said(recorded)
