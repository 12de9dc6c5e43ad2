"""Plays a journal on virtual PLCs: every fact at its time, in its order; the journal may still be growing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice

from hardware_bridge.certificates import Certificates
from hardware_bridge.change import KIND_OF
from hardware_bridge.message import MESSAGES
from hardware_bridge.serve.controller import ServeError, VirtualController
from hardware_bridge.serve.modbus_server import ModbusController
from hardware_bridge.serve.obeying import Obey
from hardware_bridge.serve.opcua_server import OpcUaController
from hardware_bridge.wiring import Wire
from twin.model.events import Heartbeat, OperationsEvent, SignalHeard
from twin.model.plant import Plant
from twin.model.signals import OpcUaConnection
from twin.model.states import Source
from twin.store.journal import PLANT_SOURCES, Journal, JournalEntry, StoreError
from twin.store.live import WATERMARK, WatermarkedRounds

LOOK_S = 0.02
"""Seconds between two looks at a journal that has nothing new."""
SETTLED_S = 0.3
"""An instant counts as complete when the next one has begun, or when nothing was added to it for so long."""
_PAGE = 2_000
_BREATH = 20  # facts between two chances for the clients

log = logging.getLogger(__name__)


class Publisher:
    """One journal on the virtual PLCs of one plant. All of them wait for the slowest reader, so that the plant has one time.

    Parameters
    ----------
    plant, wires : what is served, and where
    open_journal : opens the journal that is played; called in the thread that reads it
    pace : plant seconds a second; 0: as soon as a fact is in the journal, and as fast as the clients read
    certificates : for connections that are encrypted
    obey : hands on what controllers are told, to whoever plays the plant; None: it is a record, and they take no command
    patience_s : how long a client is waited for: at the start, that one reads each connection; later, that a slow one reads on
    """

    def __init__(
        self,
        plant: Plant,
        wires: Sequence[Wire],
        open_journal: Callable[[], Journal],
        *,
        pace: float = 0.0,
        patience_s: float = 10.0,
        certificates: Certificates | None = None,
        obey: Obey | None = None,
    ) -> None:
        self.published_count = 0
        self.clock_us = -1  # that the controllers show
        self._instant_us = -1  # that is being published
        self._plant = plant
        self._open_journal = open_journal
        self._pace = pace
        self._patience_s = patience_s
        self._controllers: list[VirtualController] = []
        self._controller_of: dict[str, VirtualController] = {}
        self._business: VirtualController | None = None
        self._not_served: set[str] = set()
        for wire in wires:
            controller: VirtualController
            if isinstance(wire.connection, OpcUaConnection):
                controller = OpcUaController(wire, patience_s, certificates, obey)
            else:
                controller = ModbusController(wire, patience_s, obey)
            self._controllers.append(controller)
            self._controller_of.update(dict.fromkeys(wire.equipment, controller))
            if wire.business:
                self._business = controller

    async def serve(self, listening: Callable[[], None] = lambda: None) -> None:
        """Listen, then publish, until cancelled. `listening` is called as soon as clients can connect.

        Raises
        ------
        ServeError : a port cannot be had, or a fact cannot be served
        StoreError : the journal cannot be read
        """
        async with AsyncExitStack() as stack:
            for controller in self._controllers:
                await controller.start()
                stack.push_async_callback(controller.stop)
            listening()
            async with self._facts() as facts:
                await self._play(facts)

    async def _play(self, pages: AsyncIterator[list[JournalEntry]]) -> None:
        """Publish page by page; an empty page says that the journal has nothing new since SETTLED_S."""
        began_s, began_us, source = 0.0, 0, None
        async for page in pages:
            if not page:
                await self._move_clocks()
                continue
            for entry in page:
                instant_us = entry.event.effective_us
                if source is None:
                    source = entry.source
                    await self._wait_for_readers(int(entry.id[:8], 16) or 1)
                    began_s, began_us = time.monotonic(), instant_us
                if entry.source != source:
                    raise ServeError(f"the journal mixes {source} and {entry.source} facts (entry {entry.seq}); allowed: one plant's")
                if instant_us > self._instant_us:
                    await self._move_clocks()
                    self._instant_us = instant_us
                    if self._pace:
                        await asyncio.sleep(max(0.0, began_s + (instant_us - began_us) / 1e6 / self._pace - time.monotonic()))
                await self._publish(entry.event)

    async def _publish(self, fact: OperationsEvent) -> None:
        controller = self._controller_of.get(fact.equipment)
        if controller is not None and type(fact) in KIND_OF:
            await controller.publish(fact)
        elif isinstance(fact, SignalHeard) or (isinstance(fact, Heartbeat) and fact.reason == WATERMARK):
            return  # the controllers say that again by themselves, and the clocks
        elif self._business is not None and type(fact).__name__ in MESSAGES:
            await self._business.say(fact)
        else:
            what = f"{type(fact).__name__} of {fact.equipment or 'the business'}"
            if what not in self._not_served:
                self._not_served.add(what)
                log.warning("not served: %s; signals.yaml has no place for it", what)
            return
        self.published_count += 1
        if self.published_count % _BREATH == 0:
            await asyncio.sleep(0)

    async def _move_clocks(self) -> None:
        """The instant that is being published is complete."""
        if self._instant_us > self.clock_us:
            self.clock_us = self._instant_us
            for controller in self._controllers:
                await controller.move_clock(self.clock_us)

    async def _wait_for_readers(self, life: int) -> None:
        """Give the clients a chance to see everything from the beginning."""
        for controller in self._controllers:
            controller.life = life
        waited_until_s = time.monotonic() + self._patience_s
        for controller in self._controllers:
            while not controller.is_read() and time.monotonic() < waited_until_s:
                await asyncio.sleep(LOOK_S)
            if not controller.is_read():
                log.warning("%s: nobody reads it; published all the same", controller.name)

    @asynccontextmanager
    async def _facts(self) -> AsyncIterator[AsyncIterator[list[JournalEntry]]]:
        """The plant's facts of the journal, page by page. A thread of its own reads: a database may be slow."""
        loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, "journal")
        journal: Journal | None = None

        async def follow() -> AsyncIterator[list[JournalEntry]]:
            nonlocal journal
            journal = await self._opened(thread)
            live, seq, quiet_since_s = WatermarkedRounds(self._plant.equipment), 0, time.monotonic()
            while True:
                page = await loop.run_in_executor(thread, _page, journal, seq)
                if page:
                    seq, quiet_since_s = page[-1].seq, time.monotonic()
                    if facts := _plant_facts(page, live):
                        yield facts
                    continue
                if time.monotonic() - quiet_since_s > SETTLED_S:
                    yield []
                await asyncio.sleep(LOOK_S)

        pages = follow()
        try:
            yield pages
        finally:
            await pages.aclose()  # type: ignore[attr-defined]  # an async generator
            if journal is not None:
                thread.submit(journal.close)
            thread.shutdown()

    async def _opened(self, thread: ThreadPoolExecutor) -> Journal:
        """The journal; one that is not there yet is waited for, since its simulation may be starting."""
        waited_until_s = time.monotonic() + self._patience_s
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(thread, self._open_journal)
            except StoreError:
                if time.monotonic() > waited_until_s:
                    raise
                await asyncio.sleep(10 * LOOK_S)


def _page(journal: Journal, after_seq: int) -> list[JournalEntry]:
    return list(islice(journal.entries(after_seq), _PAGE))


def _plant_facts(page: list[JournalEntry], live: WatermarkedRounds) -> list[JournalEntry]:
    """What the plant itself said, in the order of time; a live recording is put into that order by its watermarks."""
    facts: list[JournalEntry] = []
    for entry in page:
        if entry.source == Source.LIVE:
            facts += [fact for entries in live.take(entry) for fact in entries]
        elif entry.source in PLANT_SOURCES:
            facts.append(entry)
    return facts
