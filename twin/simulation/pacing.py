"""Any event source at the pace of the wall clock, or a multiple of it; paused, stepped, made faster or slower while it runs."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from twin.model.events import OperationsEvent
from twin.model.source import EventSource
from twin.model.states import Source

LOOK_S = 0.1
"""Seconds between two looks at an event that asks for the end: nobody is notified when it is set."""
LONGEST_WAIT_S = 3600.0
REMEMBERED = 1000
"""Changes of the pace that are known again: `then_us` looks back no further."""
_END_OF_TIME_US = 2.0**62


class WallClock(Protocol):
    """Time on the wall: seconds that never run backwards, and waiting for them."""

    def now_s(self) -> float: ...

    def wait(self, changed: threading.Condition, at_most_s: float | None) -> None:
        """Wait until `changed` is notified, or for `at_most_s` seconds; the caller holds its lock."""


class MonotonicClock:
    """The clock of this machine."""

    def now_s(self) -> float:
        return time.monotonic()

    def wait(self, changed: threading.Condition, at_most_s: float | None) -> None:
        changed.wait(at_most_s)


class Paced:
    """Gives the rounds of `source` when their time has come: `factor` plant seconds pass in one second on the wall.

    The controls may be used from any thread while another waits in `advance`. A pause holds the next round back; plant time stands
    still meanwhile, and nothing is made up for afterwards. Infinity is a factor: as fast as it goes. `stop` ends it as `stop()` does.

    A source that knows when something happens next (`next_us`) is not asked before that time has come; so it can be commanded meanwhile.
    One that has come to `from_us` already goes on from there.
    """

    def __init__(
        self, source: EventSource, factor: float, clock: WallClock | None = None, *,
        stop: threading.Event | None = None, from_us: int | None = None,
    ) -> None:  # fmt: skip
        self._source, self._clock = source, clock or MonotonicClock()
        self.origin: Source = source.origin
        self._factor = _checked(factor)
        self._changed = threading.Condition()
        self._is_paused = False
        self._stop, self._longest_s = stop or threading.Event(), LOOK_S if stop else LONGEST_WAIT_S
        self._is_woken = False
        self._held: Sequence[OperationsEvent] = ()  # a round whose time has not come,
        self._held_us = 0  # which comes then
        self._steps = 0
        self._plant_us = from_us  # at `_wall_s`; None before the first round
        self._due_us = from_us or 0  # of the round that was asked for last
        self._wall_s = 0.0
        self._known: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)  # time on the wall and in the plant: between two it passed evenly
        if from_us is not None:
            self._stand_at(from_us)

    @property
    def factor(self) -> float:
        """Plant seconds in one second on the wall; may be set while the source runs."""
        return self._factor

    @factor.setter
    def factor(self, factor: float) -> None:
        with self._changed:
            checked = _checked(factor)
            self._anchor()
            self._factor = checked
            self._changed.notify_all()

    @property
    def is_paused(self) -> bool:
        return self._is_paused

    @property
    def has_ended(self) -> bool:
        """Whether the source has said that nothing more happens in it."""
        return not self._held and bool(getattr(self._source, "has_ended", False))

    @property
    def now_us(self) -> int | None:
        """The plant's time, which runs on between two rounds; None before the first."""
        with self._changed:
            return None if self._plant_us is None else min(self._now_us(), self._due_us)

    def then_us(self, ago_s: float) -> int | None:
        """What time it was in the plant so many seconds ago on the wall; None before its time began to pass here."""
        now_us = self.now_us
        with self._changed:
            at_s = self._clock.now_s() - ago_s
            known = [*self._known, *([] if now_us is None else [(self._clock.now_s(), now_us)])]
        for (before_s, before_us), (after_s, after_us) in itertools.pairwise(known):
            if before_s <= at_s <= after_s:
                passed = (at_s - before_s) / (after_s - before_s) if after_s > before_s else 0.0
                return before_us + round(passed * (after_us - before_us))
        return None

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the source cannot say."""
        return self._held_us if self._held else getattr(self._source, "next_us", None)

    def pause(self) -> None:
        """Hold the next round back until `resume` or `step`."""
        with self._changed:
            self._anchor()
            self._is_paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on from the plant time at which it stands."""
        with self._changed:
            self._anchor()
            self._is_paused = False
            self._steps = 0
            self._changed.notify_all()

    def step(self) -> None:
        """While paused: give one round at once, and stand at its time."""
        with self._changed:
            if self._is_paused:
                self._steps += 1
                self._changed.notify_all()

    def stop(self) -> None:
        """End: `advance` gives None from now on, also to whoever waits in it."""
        with self._changed:
            self._stop.set()
            self._changed.notify_all()

    def wake(self) -> None:
        """Have whoever waits in `advance` come back without facts; what is due later comes all the same."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def pass_time(self, to_us: int) -> None:
        """The plant's time is `to_us`: what is commanded now takes effect there, if the source can be at an instant between two rounds."""
        if not self._held:
            pass_time(self._source, to_us)

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The next round of the source, not before its time; none if `wake` comes before it. None at its end or after `stop`."""
        if self._stop.is_set():
            return None
        ahead_us: int | None = None if self._held or self._factor == math.inf else getattr(self._source, "next_us", None)
        if ahead_us is not None and not self._is_time_for(ahead_us):
            return None if self._stop.is_set() else ()
        if not self._held:
            facts = advance_to(self._source, ahead_us)
            if not facts:
                return self._nothing(facts, ahead_us)
            # What a person says has happened earlier is behind the instant of its round.
            self._held, self._held_us = facts, max(facts[0].effective_us, ahead_us or 0)
        if not self._is_time_for(self._held_us, again=ahead_us is not None):
            return None if self._stop.is_set() else ()
        facts, self._held = self._held, ()
        return facts

    def _nothing(self, facts: Sequence[OperationsEvent] | None, ahead_us: int | None) -> Sequence[OperationsEvent] | None:
        """The source had no facts: it is over, or something has happened that says nothing, and whoever steps wants the next."""
        if facts is None and (ahead_us is None or getattr(self._source, "has_ended", True)):
            return None
        with self._changed:
            self._steps += self._is_paused
        return ()

    def _is_time_for(self, due_us: int, *, again: bool = False) -> bool:
        """Wait until it is; False if somebody stops or wakes. `again`: it was waited for, and a step is not taken twice."""
        with self._changed:
            if again and self._plant_us is not None and due_us <= self._plant_us:
                return True
            return self._wait_for(due_us)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self._source.send(commands)

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Who says this fact: in a record, a user may have said it."""
        said_by = getattr(self._source, "origin_of", None)
        return said_by(fact) if said_by else self.origin

    def _wait_for(self, due_us: int) -> bool:
        """Wait until the plant's time is `due_us`, or somebody steps; False if somebody stops or wakes."""
        self._due_us = due_us
        if self._plant_us is None:
            self._stand_at(due_us)
        while not self._stop.is_set():
            if self._is_woken:
                self._is_woken = False
                return False
            if not self._is_paused and self._factor < math.inf:
                wait_s = (due_us - self._now_us()) / 1e6 / self._factor
                if wait_s <= 0:
                    return True
                self._clock.wait(self._changed, min(wait_s, self._longest_s))
            elif not self._is_paused or self._steps:
                self._steps = max(0, self._steps - 1)
                self._stand_at(max(due_us, self._plant_us or due_us))
                return True
            else:
                self._clock.wait(self._changed, self._longest_s)
        return False

    def _now_us(self) -> int:
        """The plant's time now: it runs on from the last anchor, but not while paused; without a pace it is that of the last round."""
        assert self._plant_us is not None
        if self._is_paused or self._factor == math.inf:
            return self._plant_us
        passed_us = (self._clock.now_s() - self._wall_s) * self._factor * 1e6
        return self._plant_us + round(min(passed_us, _END_OF_TIME_US))

    def _anchor(self) -> None:
        """Note what time it is in the plant: from here the next pace counts."""
        if self._plant_us is not None:
            self._stand_at(self._now_us())

    def _stand_at(self, plant_us: int) -> None:
        """It is that time in the plant, now."""
        self._plant_us, self._wall_s = plant_us, self._clock.now_s()
        self._known.append((self._wall_s, plant_us))


def advance_to(source: EventSource, to_us: int | None) -> Sequence[OperationsEvent] | None:
    """What happens next in a source; up to an instant, if one is given: only a source that has `next_us` is asked for that."""
    if to_us is None:
        return source.advance()
    return source.advance(to_us)  # type: ignore[call-arg]


def pass_time(source: EventSource, to_us: int) -> None:
    """Let time pass in a source that can be at an instant between two rounds."""
    if pass_it := getattr(source, "pass_time", None):
        pass_it(to_us)


def _checked(factor: float) -> float:
    if not factor > 0:
        raise ValueError(f"the pace must be above 0, not {factor}")
    return factor
