"""The pages in a real Chromium: one server, one browser; a console error or a request off the machine fails the test."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import twin
from tests.ports import free_port
from tools.find_chromium import Chromium
from tools.start_chromium import started_chromium

LEAD = "1 d 4 h"
DRAWN = "window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle"
INSIDE = re.compile(r"((https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:)")


def wait_for_pages(address: str, server: subprocess.Popen[bytes], log: Path, patience_s: float = 120) -> None:
    deadline_s = time.monotonic() + patience_s
    while time.monotonic() < deadline_s:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/liveness", timeout=2)
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    pytest.fail(f"no pages within {patience_s} s: {log.read_text()}")


@contextmanager
def served(root: Path, folder: Path, *asked: str, speed: float = 1) -> Iterator[str]:
    """The address of `twin serve` on the gearbox shop, in real time or slower: it hardly moves while we look."""
    port, log = free_port(), folder / "serve.log"
    command = [sys.executable, "-m", "twin", "serve", "plant_models/gearbox_shop", *asked, "--speed", str(speed), "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=root, stdout=out, stderr=out)
    try:
        wait_for_pages(f"http://127.0.0.1:{port}", server, log, patience_s=240)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop a day and four hours after its start: one server for all files that ask, so slow that the last finds it nearly there."""
    with served(root, tmp_path_factory.mktemp("pages"), "--lead", LEAD, speed=0.1) as where:
        yield where


@pytest.fixture(scope="session")
def same_run(root: Path) -> twin.Run:
    """What the pages at `address` must show: the same plant, seed and time, without pages."""
    return twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1)


@pytest.fixture(scope="module")  # while Playwright drives it, no other test of this worker can run asyncio
def browser(chromium: Chromium) -> Iterator[Browser]:
    with started_chromium(chromium) as started:
        yield started


OpenPage = Callable[..., Page]
expect.set_options(timeout=60_000)  # two workers share two cores: what a viewer sees within a second may take many here


def watched(page: Page, wrong: list[str], *, may_fail: bool = False) -> Page:
    """What goes wrong on the page is written down; `may_fail`: its server will be away."""
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.on("console", lambda it: wrong.append(f"console: {it.text}") if it.type == "error" and not may_fail else None)
    page.on("request", lambda it: None if INSIDE.match(it.url) else wrong.append(f"off the machine: {it.url}"))
    return page


def go(page: Page, address: str) -> None:
    """Open it, and wait until all of it is drawn."""
    page.goto(address, wait_until="load")
    page.wait_for_function(DRAWN)


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open a page and wait until all of it is drawn; `at`: of another server; `may_fail`: of one that will be away.

    `slowly`: on a machine that draws six times slower, and without waiting for it.
    """
    wrong: list[str] = []
    contexts = []

    def opened(
        path: str, *, theme: str = "light", width: int = 1440, height: int = 900, at: str = "", may_fail: bool = False, slowly: bool = False
    ) -> Page:  # fmt: skip
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light")
        contexts.append(context)
        page = watched(context.new_page(), wrong, may_fail=may_fail)
        address = f"{at or request.getfixturevalue('address')}{path}"
        if slowly:
            page.goto(address, wait_until="commit")
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        else:
            go(page, address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong, wrong
