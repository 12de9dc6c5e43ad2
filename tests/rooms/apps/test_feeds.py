"""Runs for the pages, without a page."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from twin.apps.feeds import replayed, simulated
from twin.apps.pages.page_frame import SPEEDS, speeds

DAY_US = 86_400_000_000


@pytest.mark.parametrize("kind", ["simulated", "replayed"])
def test_the_lead_has_happened_before_anybody_looks(root: Path, kind: str) -> None:
    shop, cell = root / "plant_models/gearbox_shop", root / "plant_models/nist_cell"
    if kind == "simulated":
        feed = simulated(shop, None, seed=1, speed=60, lead_us=DAY_US // 2)
        lead_us = DAY_US // 2
    else:
        feed = replayed(cell, root / "scenarios/nist_cell/order_60.yaml", str(cell / "record"), speed=60, lead_us=6 * DAY_US)
        lead_us = 6 * DAY_US
    first_us = min(entry.event.effective_us for entry in feed.run.journal.entries())
    assert first_us + lead_us <= feed.run.now_us < first_us + lead_us + DAY_US
    assert feed.pace
    assert feed.pace.factor == 60


def test_where_nothing_happens_the_clock_goes_on(root: Path) -> None:
    cell = root / "plant_models/nist_cell"
    feed = replayed(cell, root / "scenarios/nist_cell/order_60.yaml", str(cell / "record"), speed=60)
    feed.start()
    try:
        seen = set()
        deadline_s = time.monotonic() + 20
        while len(seen) < 5 and time.monotonic() < deadline_s:
            seen.add(feed.now_us)
            time.sleep(0.1)
        assert len(seen) == 5
    finally:
        feed.stop()


def test_the_speed_of_a_run_is_among_those_to_choose() -> None:
    assert list(speeds(3600.0).items())[-2:] == [("3600 x", 3600.0), ("as fast as it goes", math.inf)]
    assert list(speeds(60.0).values()) == list(SPEEDS.values())
