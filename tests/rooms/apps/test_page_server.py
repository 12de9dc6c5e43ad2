"""What the page server does for whom: pages of real sessions over real sockets, without a browser."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import panel as pn
import pytest
from bokeh.client import ClientSession, pull_session
from panel.util.parameters import edit_readonly

from tests.ports import free_port
from twin.apps.feed import FRESH_FOR_S, Feed
from twin.apps.feeds import replayed, simulated
from twin.apps.pages.futures_card import COUNT, Asked, _differences_html
from twin.apps.pages.page_frame import BEAT_MS
from twin.apps.server import PageServer
from twin.apps.theme import frame
from twin.results.run import Run
from twin.results.views.overview import US_PER_DAY
from twin.study import FuturesCompared
from twin.study.ahead.one_more import one_more_or_less

T = TypeVar("T")


class CountingFeed(Feed):
    """A feed that knows how often somebody looked."""

    looks = 0

    def look(self, what: Callable[[Run], T], fresh_for_s: float = FRESH_FOR_S) -> T:
        self.looks += 1
        return super().look(what, fresh_for_s)


@pytest.fixture
def feed(root: Path) -> CountingFeed:
    """A plant that stands still."""
    made = simulated(root / "plant_models/gearbox_shop", None, seed=1, speed=60, lead_us=3_600_000_000)
    assert made.pace
    return CountingFeed(made.run, made.pace, "simulated")


@pytest.fixture
def address(feed: CountingFeed) -> Iterator[str]:
    with PageServer(feed, free_port()) as server:
        yield server.address


def stay(session: ClientSession, seconds: float) -> None:
    """Look at the page for a while."""
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        session.force_roundtrip()
        time.sleep(0.05)


@pytest.mark.slow
def test_a_closed_tab_is_looked_after_no_more(feed: CountingFeed, address: str) -> None:
    with closing(pull_session(url=f"{address}/costs")) as session:
        before = feed.looks
        stay(session, 4 * BEAT_MS / 1000)
        assert feed.looks > before, "a page that somebody looks at is brought up to date"
    time.sleep(BEAT_MS / 1000)
    before = feed.looks
    time.sleep(4 * BEAT_MS / 1000)
    assert feed.looks == before


def test_what_the_server_does_for_one_viewer_changes_no_page_of_another() -> None:
    """Panel tells every page whether the server is at work for anybody: twelve pages, each with its beat, kept it from reading clicks."""
    page = frame("Overview", "/", [], [])
    with edit_readonly(pn.state):
        pn.state.busy = True
        seen = page.busy
        pn.state.busy = False
    assert not seen


@pytest.mark.slow
def test_a_page_that_was_left_is_forgotten() -> None:
    """A watcher of it on the server's state would cost every beat of every page, for as long as the server runs."""
    before = len(pn.state.param.watchers.get("busy", {}).get("value", []))
    pages = [weakref.ref(frame("Overview", "/", [], [])) for _ in range(5)]
    assert len(pn.state.param.watchers.get("busy", {}).get("value", [])) == before
    gc.collect()
    assert not any(page() for page in pages)


def asked_of(feed: Feed, span: str, change: str = "") -> Asked:
    asked, deadline_s = Asked(feed, span, change), time.monotonic() + 240
    while not asked.is_done and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return asked


def test_a_run_without_futures_says_why_in_words(root: Path) -> None:
    made = simulated(root / "plant_models/gearbox_shop", None, seed=1, speed=60, lead_us=3_600_000_000)
    assert "a run must last longer than 0" in asked_of(made, "0 d").failure


def test_a_replayed_run_has_futures_and_says_what_nobody_reported(root: Path) -> None:
    cell = root / "plant_models/nist_cell"
    made = replayed(cell, root / "scenarios/nist_cell/order_60.yaml", str(cell / "record"), speed=60, lead_us=US_PER_DAY)
    asked = asked_of(made, "1 d")
    assert asked.failure == ""
    assert asked.found is not None
    assert asked.found.unknown
    assert not asked.found.ledgers  # what is assumed MES and ERP have not seen
    change = next(iter(one_more_or_less(made.run.plant)))
    compared = asked_of(made, "1 d", change)
    assert (compared.failure, compared.done) == ("", 2 * COUNT)
    assert isinstance(compared.found, FuturesCompared)
    shown = _differences_html(compared.found)
    assert "Orders in time" in shown
    assert "cannot be played again.</summary>this run was not simulated" in shown
