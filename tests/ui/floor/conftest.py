"""One server in this process and one page for a file of tests: a window that is resized and darkened costs a tenth of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ports import free_port
from tests.ui.conftest import DRAWN, go, watched
from tests.ui.test_pages import SIDEWAYS, wait_until
from twin.apps.feed import Feed
from twin.apps.feeds import simulated
from twin.apps.server import PageServer
from twin.model.measures import read_duration

SHOP = "plant_models/gearbox_shop"
PHONE = 390


@contextmanager
def shop(root: Path, lead: str, scenario: str = "baseline") -> Iterator[tuple[Feed, str]]:
    """The gearbox shop so long after its start, nearly at rest, and the address of its pages."""
    feed = simulated(root / SHOP, root / f"scenarios/gearbox_shop/{scenario}.yaml", seed=1, speed=0.05, lead_us=read_duration(lead))
    with PageServer(feed.start(), free_port()) as server:
        yield feed, server.address
    feed.stop()


class Viewer:
    """A window that stays open from test to test; every test says itself what it wants to see there."""

    def __init__(self, page: Page) -> None:
        self.wrong: list[str] = []
        self.page = watched(page, self.wrong)
        self.at = ""

    def look(self, address: str, *, anew: bool = False, theme: str = "light", width: int = 1440, height: int = 900) -> Page:
        """The page of this address, gone to unless the window is there (`anew`: in any case)."""
        if anew or self.at != address:
            self.page.goto("about:blank")  # else the page that is left would build itself anew in the other colours, in the midst of this
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        self.page.set_viewport_size({"width": width, "height": height})
        if anew or self.at != address:
            go(self.page, address)
            self.at = address
        wait_until(self.page, dark=theme == "dark")  # another colour scheme is a page that is built anew: what was chosen there is gone
        self.page.wait_for_function(DRAWN)
        return self.page

    def fits_a_phone(self, address: str, theme: str = "light") -> None:
        """Nothing scrolls sideways there."""
        page = self.look(address, theme=theme, width=PHONE, height=844)
        page.wait_for_timeout(800)
        assert page.evaluate(SIDEWAYS) == []


@pytest.fixture(scope="module")
def _window(browser: Browser) -> Iterator[Viewer]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Viewer(context.new_page())
    context.close()


@pytest.fixture
def viewer(_window: Viewer) -> Iterator[Viewer]:
    """The window of this file of tests."""
    yield _window
    wrong, _window.wrong[:] = list(_window.wrong), []
    assert not wrong, wrong
