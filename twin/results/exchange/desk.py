"""The desk where messages of other systems are taken, once each, and questions are answered: over a folder, over HTTP, or in a test."""

from __future__ import annotations

import json
import threading
from collections import Counter
from hashlib import blake2b
from typing import Any

from twin.model.events import Heartbeat, MessageReceived, OperationsEvent
from twin.model.exchange.messages import ASKING, Message, acknowledge, area_of, read_message
from twin.model.exchange.parts import write_instant
from twin.model.exchange.properties import Told
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.exchange.documents import b2mml, kind_of
from twin.results.exchange.wanted_otherwise import Asked, known_requests, news
from twin.results.run import Run
from twin.store.exchange.taking import sender_of, told_by_message
from twin.store.files import apply_changes
from twin.store.journal import Journal, StoreError
from twin.store.live import WATERMARK, why_not_live
from twin.store.records.record import HOUR_US, opening_facts, order_facts

MOST_AHEAD_US = 10 * 366 * 24 * HOUR_US
"""What is told of a time so far ahead of all that is known has a wrong year: the hours up to it would be kept one by one."""


class Desk:
    """Takes messages into a live plant's journal, and says what is so there.

    A message is taken once: its id stands in the journal, with a digest. The same again is acknowledged as taken and changes nothing;
    another one under its id is refused. What two messages tell alike is one fact, so a performance may be sent anew as it grows.

    Parameters
    ----------
    side : which system is ours. "mes": another ERP sends schedules, a bridge hears the plant, `twin follow` decides. "erp": another
        MES sends performance and events, which are the plant's word here; the desk lets time pass up to what it has told, and opens
        an empty journal with the stock and the customer orders of the files.
    """

    def __init__(self, plant: Plant, scenario: Scenario, journal: Journal, side: str) -> None:
        self._side, self._journal = side, journal
        policies = {"erp": {"decisions": "told"}, "mes": {"planning": "told"}}[side]
        asked = scenario.model_copy(update={"policies": scenario.policies.model_copy(update=policies)})
        self.run = Run(apply_changes(plant, asked), asked, journal)
        self._lock = threading.Lock()
        self._seq = 0
        self._known: dict[str, str] = {}  # digest by id of message
        self.taken_count = self.refused_count = 0

    def answer(self, text: str | bytes, file: str = "") -> tuple[dict[str, Any], bool]:
        """The answer to a message, and whether the message was taken. Whatever is wrong is in the answer; nothing is raised for it."""
        with self._lock:
            try:
                message = read_message(text, file)
                answer = self._answer(message, text, file)
            except (PlantFileError, StoreError) as error:
                self.refused_count += 1
                self._journal.rollback()
                reasons = [str(it) for it in error.problems] if isinstance(error, PlantFileError) else [str(error)]
                return acknowledge(*area_of(_said(text)), reasons), False
            self.taken_count += 1
            return answer, True

    def show(self, kind: str) -> dict[str, Any]:
        """What is so now, as a message of that kind (see `run.b2mml`)."""
        with self._lock:
            self._catch_up()
            return b2mml(self.run, kind, "Show").document()

    def _answer(self, message: Message, text: str | bytes, file: str) -> dict[str, Any]:
        self._catch_up()
        if message.verb in ASKING:
            return b2mml(self.run, kind_of(message.noun), "Show").document()
        if why := why_not_live(self._journal):
            raise StoreError(f"the journal {why}")
        name, area = message.name, message.area
        digest = blake2b(json.dumps(message.document(), sort_keys=True).encode(), digest_size=16).hexdigest()
        if (known := self._known.get(area.bodid)) is not None:
            if known != digest:
                what = f"{name}/ApplicationArea/BODID: a message '{area.bodid}' was taken before, and says another thing"
                raise StoreError(f"{what}; allowed: an id for each message")
            return acknowledge(name, area, note="taken before; nothing has changed")
        now_us = max(self.run.now_us, self.run.scenario.start_us)
        held = self.run.mes.quality.holds.held_by(sender_of(message))
        told = told_by_message(message, self.run.plant, self._side, now_us, file, known_requests(self.run), held)
        fact_count = self._keep(news(self.run, told))
        received = MessageReceived(
            effective_us=now_us, message=area.bodid, sender=area.sender.logical_id, name=name, digest=digest, fact_count=fact_count
        )
        self._journal.append(received, source=Source.USER, occurrence=0)
        self._journal.commit()
        return acknowledge(name, area, note=f"facts taken: {fact_count}")

    def _keep(self, told: list[Told]) -> int:
        """Append what was told; how much of it was new."""
        said = Counter[OperationsEvent]()
        in_order = sorted(told, key=lambda it: (it.event.effective_us, it.sequence))
        source = Source.USER if self._side == "mes" else Source.LIVE
        if self._side == "erp":
            known_us = max(self.run.now_us, self.run.scenario.start_us)
            if in_order and in_order[-1].event.effective_us > known_us + MOST_AHEAD_US:
                at = write_instant(in_order[-1].event.effective_us)
                raise StoreError(
                    f"it tells of {at}; allowed: up to ten years after {write_instant(known_us)}, up to when all is known here"
                )
            self._open()
        before = len(self._journal)
        for it in in_order:
            again = len(self._known) if isinstance(it.event, Asked) else 0  # what was wanted before may be wanted again at one instant
            self._journal.append(it.event, source=source, occurrence=said[it.event] + again)
            said[it.event] += 1
        new = len(self._journal) - before
        if self._side == "erp" and in_order:
            self._let_time_pass(in_order[-1].event.effective_us)
        return new

    def _open(self) -> None:
        """What our ERP knows before anybody tells it something."""
        if len(self._journal):
            return
        plant, scenario = self.run.plant, self.run.scenario
        opening = [it for it in opening_facts(plant, scenario, ()) if not it.equipment]
        for fact in (*opening, *order_facts(plant, scenario)):
            self._journal.append(fact, source=Source.LIVE, occurrence=0)

    def _let_time_pass(self, to_us: int) -> None:
        """Full hours up to `to_us`, and the mark that everything up to it is known."""
        from_us = max(self.run.now_us, self.run.scenario.start_us)
        for at_us in range((from_us // HOUR_US + 1) * HOUR_US, to_us + 1, HOUR_US):
            self._journal.append(Heartbeat(effective_us=at_us, reason="clock"), source=Source.LIVE, occurrence=0)
        known_us = max(
            to_us, self.run.now_us + 1
        )  # a mark of its own for each message, or what it adds to an instant would wait for the next
        self._journal.append(Heartbeat(effective_us=known_us, reason=WATERMARK), source=Source.LIVE, occurrence=0)

    def _catch_up(self) -> None:
        """Read what is new in the journal: what others have written, and messages that were taken before."""
        for entry in self._journal.entries(self._seq):
            self._seq = entry.seq
            if isinstance(entry.event, MessageReceived):
                self._known[entry.event.message] = entry.event.digest
            self.run.reapply(entry.event)


def _said(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
