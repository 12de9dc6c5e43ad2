"""A shop that is worked by hand while the clock on its wall stands still, until whoever tests it turns its hands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from twin.apps.feed import Feed
from twin.model.events import PurchaseOrderPlaced
from twin.results.run import Run
from twin.simulation.beside.hand_worked_plant import ENTRIES, HandWorkedPlant
from twin.simulation.pacing import Paced

BEAT_US = 300_000_000
MIN_US = 60_000_000


class HandClock:
    """Time on the wall that passes when the hands are turned."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now_s(self) -> float:
        return self.at_s

    def wait(self, changed: threading.Condition, at_most_s: float | None) -> None:
        changed.wait(0.005)


class HandTimed:
    """The shop and its clock; it has two orders for five valves."""

    def __init__(self) -> None:
        plant, asked = hand_shop(), two_orders()
        by_persons = asked.policies.model_copy(update={"decisions": "persons", "reports": "persons"})
        self.clock, scenario = HandClock(), asked.model_copy(update={"policies": by_persons})
        source = Paced(HandWorkedPlant(plant, scenario, 1), 1.0, self.clock)
        self.feed = Feed(Run(plant, scenario, seed=1), source, "by hand", takes=(*ENTRIES, PurchaseOrderPlaced))

    def turn_to(self, minute: int) -> None:
        """So many minutes after the start, once every beat of the plant's clock until then has been heard."""
        self.clock.at_s = minute * 60.0
        run, begins_us = self.feed.run, self.feed.run.scenario.start_us
        beat_us = begins_us + minute * MIN_US // BEAT_US * BEAT_US
        wait_until(lambda: run.now_us >= beat_us and self.feed.now_us >= begins_us + minute * MIN_US)


@contextmanager
def hand_timed() -> Iterator[HandTimed]:
    """The shop while it is worked; at the end it is closed."""
    it = HandTimed()
    with running(it.feed):
        wait_until(lambda: len(it.feed.run.mes.job_orders) >= 4)
        yield it
