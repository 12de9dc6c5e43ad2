"""B2: from a signal that changes on a controller to state interval, indicator and entry in the books, over real OPC UA and Modbus sockets.

Two stretches. "Wire": from the instant at which a virtual controller of the gearbox shop takes a new state on, through the bridge and the
journal, to MES and ERP; in it are the publishing interval of the controllers and the wait until their clock has moved on, since only then
an instant is complete. "Journal": from before the commit of a state with its mark to MES and ERP; the peer is that commit alone (one
fsync). Of each the indicators of the unit are formed, too.

    python -m benchmarks.mes.b2_reaction [SECONDS, 60 if left out]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import twin
from benchmarks.measuring import pairs
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import wires_of
from tests.ports import copy_at_free_ports
from tests.rooms.bridge.virtual_shop import bridge_of, keep, running, served
from twin.model.events import EquipmentStateChanged, Heartbeat, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry
from twin.store.journal import open_journal
from twin.store.live import WATERMARK, LiveSource

ROOT = Path(__file__).parents[2]
PACE = 600.0  # plant seconds a second: some ten states a second
SECONDS, HOUR_US = 60, 3_600_000_000
Sent = dict[int, float]  # when the state of an instant was said, by instant


class WatchedPublisher(Publisher):
    """The virtual controllers, and when each takes a state on."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.sent: Sent = {}

    async def _publish(self, fact: OperationsEvent) -> None:
        if isinstance(fact, EquipmentStateChanged):
            self.sent.setdefault(fact.effective_us, time.perf_counter())
        await super()._publish(fact)


class Followed(threading.Thread):
    """MES and ERP on a live journal; when what was effective at an instant could be seen in both."""

    def __init__(self, plant: Plant, scenario: Scenario, path: Path) -> None:
        super().__init__(daemon=True)
        self.seen: Sent = {}
        self.stop = threading.Event()
        self._journal, self._run = open_journal(path), Run(plant, scenario)
        self._run.journal = self._journal

    def run(self) -> None:
        source = LiveSource(self._journal, plant=self._run.plant, stop=self.stop)
        carry(source, self._run, self._watch, self.stop, prompt=True)

    def _watch(self, now_us: int) -> None:
        self._run.mes.indicators("equipment", now_us - HOUR_US, now_us)
        self.seen.setdefault(now_us, time.perf_counter())


def shares(name: str, waited_s: list[float], beside: str) -> None:
    p50, p99 = np.percentile(waited_s, [50, 99]) * 1e3
    print(f"B2 reaction, {name}: {len(waited_s)} states, p50 {p50:.1f} ms, p99 {p99:.1f} ms; {beside}")


async def over_the_wire(folder: Path, seconds: float) -> list[float]:
    plant = twin.read_plant(copy_at_free_ports(ROOT / "plant_models" / "gearbox_shop", folder / "gearbox_shop"))
    scenario = twin.read_scenario(ROOT / "scenarios/gearbox_shop/baseline.yaml", plant)
    lasts_h = seconds * PACE / 3600
    facts = [it.event for it in twin.simulate(plant, scenario, until=f"{lasts_h} h").journal.entries() if it.source == Source.SIMULATED]
    recorded, live = keep(facts, folder / "recorded.db"), folder / "live.db"
    publisher = WatchedPublisher(plant, wires_of(plant), lambda: open_journal(recorded, create=False), pace=PACE, patience_s=30.0)
    open_journal(live).close()
    followed = Followed(plant, scenario, live)
    followed.start()
    async with served(publisher), running(bridge_of(plant, live).run()):
        while publisher.published_count < len(facts):
            await asyncio.sleep(0.2)
        await asyncio.sleep(3.0)
    followed.stop.set()
    return [followed.seen[at_us] - sent_s for at_us, sent_s in publisher.sent.items() if at_us in followed.seen]


def from_the_journal(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Seconds until seen, and seconds of the commit alone."""
    plant = twin.read_plant(ROOT / "plant_models" / "gearbox_shop")
    scenario = twin.read_scenario(ROOT / "scenarios/gearbox_shop/baseline.yaml", plant)
    journal = open_journal(folder / "alone.db")
    followed = Followed(plant, scenario, folder / "alone.db")
    followed.start()
    units, waited, commits = list(plant.layout.work_units), [], []
    for n in range(count):
        at_us = scenario.start_us + n * 1_000_000
        begin_s = time.perf_counter()
        state = EquipmentStateChanged(effective_us=at_us, equipment=units[n % len(units)], state=(2, 4)[n // len(units) % 2])
        journal.append(state, source=Source.LIVE)
        journal.append(Heartbeat(effective_us=at_us, reason=WATERMARK), source=Source.LIVE)
        journal.commit()
        commits.append(time.perf_counter() - begin_s)
        while at_us not in followed.seen:
            time.sleep(0.0005)
        waited.append(followed.seen[at_us] - begin_s)
    followed.stop.set()
    followed.join(10)
    journal.close()
    return waited, commits


def main(seconds: float) -> None:
    """Print both stretches."""
    with tempfile.TemporaryDirectory() as folder:
        waited, commits = from_the_journal(Path(folder), int(10 * seconds))
        beside = f"the commit alone p50 {np.percentile(commits, 50) * 1e3:.1f} ms, p99 {np.percentile(commits, 99) * 1e3:.1f} ms"
        shares("journal", waited, beside)
        row = pairs.row("one commit", [(a * 1e6, b * 1e6) for a, b in zip(waited, commits, strict=True)], None)
        wire = asyncio.run(over_the_wire(Path(folder), seconds))
        shares("wire", wire, f"controllers are read every 50 ms, {PACE:g} plant seconds a second")
        both = {
            f"{name}_ms": [round(it * 1e3, 1) for it in np.percentile(found, [50, 99])]
            for name, found in (("journal", waited), ("wire", wire))
        }
        pairs.keep("B2 reaction", ours="journal to MES and ERP", pairs=[row], **both)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
