"""The bridge: listens to every connection at once, keeps what it hears, and sends it to the journal.

Each connection has a task of its own, so that a slow or dead device does not stop the others. What a batch means is on the
disk before the next batch is asked for; a thread of its own sends it on, and goes on trying while the database is away.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from hardware_bridge.connect.interpret import CONNECTION_LOST, Heard, Interpreter, Observation
from hardware_bridge.connect.recording import SignalRecorder
from hardware_bridge.connect.spool import Batch, Spool
from hardware_bridge.connect.writing import WritingDesk
from hardware_bridge.signal import Quality, Signal, SignalSource, SourceLost
from hardware_bridge.wiring import Wire
from twin.model.calendars import written_local
from twin.model.events import Heartbeat, OperationsEvent, SignalHeard
from twin.model.states import Source
from twin.store.journal import Journal, JournalEntry, StoreError
from twin.store.live import WATERMARK

UNHEARD_S = 1.0
"""After so long without a connection its equipment is UNKNOWN, and the others' time no longer waits for it."""
FIRST_CONTACT_S = 10.0
"""How long time waits at the start for connections that have not been made yet, and an end for want of news for the first."""
BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Pauses between attempts to connect, each times 0.7 to 1.3; the last is repeated."""
DATABASE_RETRY_S = 1.0
HEALTH_S = 10.0
_LOOK_S = 0.1

log = logging.getLogger(__name__)


class Health(StrEnum):
    """How a connection is."""

    WAITING = "waiting"  # never heard yet
    GOOD = "good"
    LOST = "lost"


@dataclass(slots=True, kw_only=True)
class Link:
    """One connection: its source, and how it is."""

    source: SignalSource
    health: Health = Health.WAITING
    unheard_since_s: float = field(default_factory=time.monotonic)
    unknown: bool = False  # its equipment has been declared UNKNOWN
    signal_count: int = 0
    attempt: int = 0
    error: str = ""


class Bridge:
    """Reads sources into a journal.

    Parameters
    ----------
    wires : what is connected; `sources` read it, in the same order
    spool : keeps what the journal does not have yet
    open_journal : called in the thread that writes it
    clock : wall clock, UTC microseconds: when something became known
    until_idle_s : end after so many seconds in which nothing was heard that was not known; None: never
    recorder : writes every signal to a file, too
    keeps_signals : keep in the journal which signal each fact came from
    listening : called as soon as every connection has been heard
    """

    def __init__(
        self,
        wires: Sequence[Wire],
        sources: Sequence[SignalSource],
        spool: Spool,
        open_journal: Callable[[], Journal],
        *,
        clock: Callable[[], int],
        until_idle_s: float | None = None,
        recorder: SignalRecorder | None = None,
        keeps_signals: bool = False,
        listening: Callable[[], None] = lambda: None,
    ) -> None:
        self.links = [Link(source=source) for source in sources]
        self.time_zone = "UTC"  # in which people are told how far it is known; the plant's, if somebody says it
        self.fact_count = 0
        self.sent_count = 0
        self._spool = spool
        self._open_journal = open_journal
        self._clock = clock
        self._until_idle_s = until_idle_s
        self._recorder = recorder
        self._listening = listening
        self._interpreter = Interpreter(wires, spool.memory, keeps_signals=keeps_signals)
        self._watermark_us = spool.watermark_us
        self._to_send = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "journal")
        self._journal: Journal | None = None
        self._began_s = self._news_s = time.monotonic()
        self._database_error = ""
        self._not_given: dict[str, str] = {}  # equipment that a controller does not give, though it is heard -> why

    async def run(self, desk: WritingDesk | None = None) -> None:
        """Listen and send until cancelled, or until idle; then send what is left. `desk` writes the set-points that the journal asks for.

        Raises
        ------
        SourceLost : idle, and some connection was never made
        OSError : the spool's disk refuses
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                background = [tasks.create_task(self._follow(link)) for link in self.links]
                background += [tasks.create_task(self._send()), tasks.create_task(self._report())]
                if desk and desk.is_needed:
                    background.append(tasks.create_task(desk.serve(self._answer, self._clock, lambda: self._watermark_us)))
                await self._watch()
                for task in background:
                    task.cancel()
        finally:
            await asyncio.shield(self._finish())
        if never := [link for link in self.links if link.health is Health.WAITING]:
            raise SourceLost("; ".join(f"{link.source.connection} was never heard: {link.error}" for link in never))

    async def _follow(self, link: Link) -> None:
        """Keep one connection: connect, take what comes, and after a loss try again."""
        while True:
            try:
                async with aclosing(link.source.batches(self._interpreter.position)) as batches:  # type: ignore[type-var]
                    async for batch in batches:
                        _end_if_cancelled()
                        self._heard(link)
                        self._take(batch)
                        link.signal_count += len(batch)
                return  # a recording has an end, a controller has none
            except SourceLost as lost:
                self._lost(link, str(lost))
            _end_if_cancelled()
            pause_s = BACKOFF_S[min(link.attempt, len(BACKOFF_S) - 1)]
            link.attempt += 1
            await asyncio.sleep(pause_s * random.uniform(0.7, 1.3))

    def _heard(self, link: Link) -> None:
        if link.health is not Health.GOOD:
            log.info("%s is heard at %s", link.source.connection, link.source.address)
        before = link.health
        link.health, link.attempt, link.error, link.unknown = Health.GOOD, 0, "", False
        if before is Health.WAITING and not any(one.health is Health.WAITING for one in self.links):
            self._listening()

    def _lost(self, link: Link, error: str) -> None:
        if link.health is Health.GOOD:
            link.health, link.unheard_since_s = Health.LOST, time.monotonic()
            log.warning("%s is lost: %s", link.source.connection, error)
        elif error != link.error:
            log.warning("%s: %s", link.source.connection, error)
        link.error = error

    def _take(self, batch: Sequence[Signal]) -> None:
        """Interpret a batch and put it on the disk, with the watermark if it has moved by this."""
        if self._recorder:
            self._recorder.record(batch)
        self._say_what_is_not_given(batch)
        observations = self._interpreter.interpret(batch, self._clock())
        watermark_us = self._watermark()
        moved = watermark_us > self._watermark_us
        memory = self._interpreter.take_memory()
        if not (observations or memory or moved):
            return
        self._spool.append(observations, memory, watermark_us if moved else -1)
        self._watermark_us = max(self._watermark_us, watermark_us)
        self.fact_count += len(observations)
        self._to_send.set()
        if observations or moved:
            self._news_s = time.monotonic()

    def _answer(self, fact: OperationsEvent) -> None:
        """Keep what came of a set-point: it is known from now on, so it comes after what the plant has told up to now."""
        known = replace(fact, effective_us=max(fact.effective_us, self._watermark_us + 1))
        self._spool.append([Observation(known, 0)], {})
        self.fact_count += 1
        self._to_send.set()

    def _say_what_is_not_given(self, batch: Sequence[Signal]) -> None:
        """A connection may be good and one node or unit of it missing, as with a slip in signals.yaml: say so, once for each reason."""
        for signal in batch:
            name = signal.equipment or f"the messages of {signal.connection}"
            if signal.quality is not Quality.BAD:
                if signal.property != "clock" and name in self._not_given:
                    del self._not_given[name]
                    log.info("%s: %s is heard", signal.connection, name)
            elif signal.reason not in (CONNECTION_LOST, self._not_given.get(name)):
                self._not_given[name] = signal.reason
                log.warning("%s does not give %s: %s", signal.connection, name, signal.reason)

    def _watermark(self) -> int:
        """Plant time up to which every connection that can be heard has told everything."""
        waited_for = [link for link in self.links if not link.unknown]
        return min((self._interpreter.clock_us(link.source.connection) for link in waited_for), default=-1)

    async def _watch(self) -> None:
        """Declare what cannot be heard UNKNOWN; returns when idle for long enough."""
        while True:
            await asyncio.sleep(_LOOK_S)
            now_s = time.monotonic()
            for link in self.links:
                patience_s = FIRST_CONTACT_S if link.health is Health.WAITING else UNHEARD_S
                if link.health is not Health.GOOD and not link.unknown and now_s - link.unheard_since_s > patience_s:
                    link.unknown = True
                    self._take(self._unheard(link))
            if self._is_idle(now_s - self._news_s):
                return

    def _is_idle(self, quiet_s: float) -> bool:
        if self._until_idle_s is None or self._spool.unsent_bytes:
            return False
        waiting = self._news_s == self._began_s or any(link.health is Health.WAITING for link in self.links)
        return quiet_s > max(self._until_idle_s, FIRST_CONTACT_S if waiting else 0.0)

    def _unheard(self, link: Link) -> list[Signal]:
        """What the silence of a connection says of its equipment: unknown, from where the connection's own time stood."""
        at_us = self._interpreter.clock_us(link.source.connection)
        return [
            Signal(
                connection=link.source.connection, equipment=name, property="change", value=None,
                source_us=at_us if at_us >= 0 else self._watermark_us, quality=Quality.BAD, reason=CONNECTION_LOST,
            )
            for name in link.source.equipment
        ]  # fmt: skip

    async def _send(self) -> None:
        """Send to the journal what is on the disk, batch by batch; while the database is away, try again."""
        self._to_send.set()  # what an earlier bridge has left
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            while self._spool.unsent_bytes:
                if not await self._send_some():
                    await asyncio.sleep(DATABASE_RETRY_S)

    async def _send_some(self) -> bool:
        """Send the next batches in one transaction; whether the journal has them."""
        try:
            batches = await asyncio.get_running_loop().run_in_executor(self._thread, self._write)
        except StoreError as error:
            if str(error) != self._database_error:
                self._database_error = str(error)
                log.error("the journal does not take it; kept in %s: %s", self._spool.path, error)
            return False
        if self._database_error:
            self._database_error = ""
            log.info("the journal takes it again")
        self.sent_count += sum(len(batch.observations) for batch in batches)
        self._spool.sent(batches[-1].end)
        return True

    def _write(self) -> list[Batch]:
        """In the journal's thread: the next batches, of each all facts and then its watermark; one commit."""
        if self._journal is None:
            self._journal = self._open_journal()
        journal, recorded_us, batches = self._journal, self._clock(), self._spool.unsent()
        try:
            for observations, watermark_us, _ in batches:
                for heard, of_it in groupby(observations, key=lambda it: it.heard):
                    kept = [journal.append(it.fact, source=Source.LIVE, occurrence=it.occurrence) for it in of_it]
                    if heard:
                        journal.append(_signal_of(heard, kept), source=Source.LIVE, occurrence=0)
                if watermark_us >= 0:
                    heartbeat = Heartbeat(effective_us=watermark_us, recorded_us=recorded_us, reason=WATERMARK)
                    journal.append(heartbeat, source=Source.LIVE, occurrence=0)
            journal.commit()
        except StoreError:
            journal.rollback()
            raise
        return batches

    async def _finish(self) -> None:
        """Send what is left, once; close. What cannot be sent now stays in the spool for the next bridge."""
        loop = asyncio.get_running_loop()
        while self._spool.unsent_bytes and await self._send_some():
            pass
        if self._journal is not None:
            await loop.run_in_executor(self._thread, self._journal.close)
        self._thread.shutdown()
        self._spool.close()

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            log.info("%s", self.health_line())

    def health_line(self) -> str:
        """One line for people: how each connection is, how far the plant's time is known, what the journal does not have yet."""
        now_s = time.monotonic()
        links = ", ".join(
            f"{link.source.connection} {link.health}"
            + ("" if link.health is Health.GOOD else f" for {now_s - link.unheard_since_s:.0f} s ({link.error})")
            for link in self.links
        )
        missing = "".join(f", without {name} ({reason})" for name, reason in self._not_given.items())
        known = f"{written_local(self._watermark_us, self.time_zone)} in the plant" if self._watermark_us >= 0 else "nothing"
        return f"{links}{missing}; {self.fact_count} facts, known up to {known}, {self._spool.unsent_bytes} bytes not in the journal yet"

    def health(self) -> dict[str, Any]:
        """The same for programs."""
        connections = [
            {"name": link.source.connection, "health": link.health, "signal_count": link.signal_count, "error": link.error}
            for link in self.links
        ]
        kept = {"fact_count": self.fact_count, "sent_count": self.sent_count, "unsent_bytes": self._spool.unsent_bytes}
        return {**kept, "known_up_to": self._known(), "connections": connections, "not_given": dict(self._not_given)}

    def _known(self) -> str | None:
        """Plant time up to which everything has been told, ISO 8601; None: nothing has."""
        if self._watermark_us < 0:
            return None
        return datetime.fromtimestamp(self._watermark_us / 1e6, UTC).isoformat(timespec="seconds")


def _signal_of(heard: Heard, kept: Sequence[JournalEntry]) -> SignalHeard:
    """The signal as an entry beside the facts that it became."""
    newest = max((it.event for it in kept), key=lambda fact: fact.effective_us)
    return SignalHeard(
        effective_us=newest.effective_us, recorded_us=newest.recorded_us, equipment=newest.equipment,
        **heard._asdict(), facts=tuple(it.id for it in kept),
    )  # fmt: skip


def _end_if_cancelled() -> None:
    """Python 3.11's `wait_for`, which pymodbus waits with, forgets a cancellation that comes at the same time as the answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
