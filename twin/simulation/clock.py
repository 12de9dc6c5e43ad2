"""Time in whole microseconds, the settle phase at the end of each instant, and the facts of a round in their order.

Happen, then decide: SimPy processes are timers and life cycles. What they find is noted, and looked at once all events of the instant
have happened, in the settle phase. There alone something is granted: a place, a repair crew, the next lot, a start. So no outcome
depends on the order in which SimPy takes two events of one instant.

A process of your own may wait (`env.timeout`), draw (`env.stream`), tell (`env.record`), and change what belongs to itself alone.
If it changes what others look at, it says so with `env.touch(equipment)`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Protocol, cast

import simpy

from twin.model.events import (
    GoodsReceived,
    Heartbeat,
    JobOrderCommandRefused,
    MaterialIdentified,
    OperationsEvent,
    QueueTimeExceeded,
    SalesOrderConfirmed,
    StockCounted,
    WorkInProcessCounted,
)
from twin.simulation.shop_floor.losses.counted_losses import CountedLosses
from twin.simulation.streams import RandomStream

SETTLE = simpy.events.EventPriority(2)  # after URGENT (0) and NORMAL (1) of the same instant

Life = Generator[simpy.Event, Any, None]
"""A SimPy process, as it is written down."""


class Settled(Protocol):
    """What takes part in the settle phase, at its place in the declared order of equipment."""

    place: int


class Recorder(Protocol):
    """Hears everything that the plant says. The default makes events of it; a sweep may keep what it needs and no more."""

    def record(self, kind: type[OperationsEvent], effective_us: int, fields: dict[str, Any]) -> None:
        """One fact, not yet made: its class, its instant, the rest of its fields."""

    def take_round(self) -> list[OperationsEvent]:
        """The facts of the round that has just settled, in canonical order; they are not given again."""


_FIRST = (
    Heartbeat, StockCounted, WorkInProcessCounted, SalesOrderConfirmed, GoodsReceived, JobOrderCommandRefused, MaterialIdentified,
)  # fmt: skip
"""Facts without equipment, and lots that are somewhere, come before all others, in this order; but that a lot has waited too long."""


class FactRecorder:
    """Makes events of what the plant says and puts each round into canonical order."""

    def __init__(self, equipment: Iterable[str]) -> None:
        self._place = {name: place for place, name in enumerate(equipment)}
        self._round: list[OperationsEvent] = []

    @property
    def heard(self) -> tuple[OperationsEvent, ...]:
        """The facts so far of a round that is not over."""
        return tuple(self._round)

    @heard.setter
    def heard(self, facts: Iterable[OperationsEvent]) -> None:
        self._round = list(facts)

    def record(self, kind: type[OperationsEvent], effective_us: int, fields: dict[str, Any]) -> None:
        self._round.append(kind(effective_us=effective_us, **fields))

    def take_round(self) -> list[OperationsEvent]:
        facts, self._round = self._round, []
        if len(facts) > 1:
            facts.sort(key=self._key)  # stable: what one piece of equipment said stays in its order
        return facts

    def _key(self, fact: OperationsEvent) -> tuple[int, int, str, str]:
        if isinstance(fact, MaterialIdentified):
            return -1, _FIRST.index(MaterialIdentified), fact.lot, ""
        if fact.equipment:
            return self._place.get(fact.equipment, len(self._place)), 0, "", ""
        if isinstance(fact, QueueTimeExceeded):
            return len(self._place) + 1, 0, fact.job_order, ""  # the last: first it is heard that the lot has come there
        names = (getattr(fact, "order", "") or getattr(fact, "reason", ""), getattr(fact, "material", ""))
        return -1, _FIRST.index(type(fact)) if type(fact) in _FIRST else len(_FIRST), *names


class PlantEnvironment(simpy.Environment):
    """SimPy's environment with integer time from `start_us` up to, not including, `end_us`, and one settle phase at each instant."""

    def __init__(self, *, start_us: int, end_us: int, seed: int, recorder: Recorder) -> None:
        super().__init__(initial_time=start_us)
        self.start_us, self.end_us, self.seed = start_us, end_us, seed
        self.recorder = recorder
        self.losses = CountedLosses(())  # the plant puts those here that its scenario leaves out
        self.settle: Callable[[], None] = lambda: None  # what happens in the settle phase; the plant puts itself here
        self.touched: set[Any] = set()  # equipment that has something to settle
        self._beats: set[str] = set()
        self._settle_is_due = self._is_settling = self._has_settled = False

    @property
    def now_us(self) -> int:
        return cast(int, self._now)

    def stream(self, purpose: str, entity: str) -> RandomStream:
        """The stream of one purpose of one entity, from its first number."""
        return RandomStream(self.seed, purpose, entity)

    def record(self, kind: type[OperationsEvent], **fields: Any) -> None:
        """Say a fact of this instant."""
        self.recorder.record(kind, self.now_us, fields)
        if not self._is_settling:
            self.settle_soon()  # a fact ends a round

    def beat(self, reason: str) -> None:
        """Say that time has passed: at most one heartbeat for each reason in a round."""
        self._beats.add(reason)
        self.settle_soon()

    def touch(self, equipment: Settled) -> None:
        """Have `equipment` looked at in the settle phase of this instant."""
        self.touched.add(equipment)
        self.settle_soon()

    def settle_soon(self) -> None:
        """Have a settle phase at this instant, after everything else that happens now."""
        if not self._settle_is_due:
            self._settle_is_due = True
            phase = simpy.Event(self)
            phase._ok, phase._value = True, None
            phase.callbacks.append(self._settle_now)
            self.schedule(phase, priority=SETTLE)

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` when `delay_us` have passed: a timer too small to be a process."""
        self.timeout(delay_us).callbacks.append(lambda _: call())

    def _settle_now(self, _: simpy.Event) -> None:
        self._settle_is_due = False
        self._is_settling = True
        self.settle()
        for reason in self._beats:
            self.record(Heartbeat, reason=reason)
        self._beats.clear()
        self._is_settling = False
        self._has_settled = True

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens."""
        assert self.now_us <= to_us <= self.peek()
        self._now = to_us

    def next_round(self, to_us: int | None = None) -> bool:
        """Let happen what comes next, up to the end of the next settle phase; False, and the clock at `end_us`, if none comes.

        With `to_us` only what happens up to that instant: False where no more rounds are, and the clock stays.
        """
        while self.peek() < self.end_us and (to_us is None or self.peek() <= to_us):
            self.step()
            if self._has_settled:
                self._has_settled = False
                return True
        if (to_us is None or to_us >= self.end_us) and self.now < self.end_us:
            self.run(until=self.end_us)
        return False
