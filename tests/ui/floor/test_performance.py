"""The performance page in a real browser: a figure opened down to the journal, the bottleneck, downtime, output against plan."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

import twin
from tests.ports import copy_at_free_ports, free_port
from tests.rooms.bridge.virtual_shop import carry
from tests.ui.floor.conftest import SHOP, Viewer, shop
from tests.ui.floor.test_handover import choose
from twin.apps.feeds import replayed
from twin.apps.server import PageServer
from twin.model.measures import read_duration

pytestmark = pytest.mark.ui
LEAD = "1 d 9 h"


@pytest.fixture(scope="module")
def performed(root: Path) -> Iterator[tuple[twin.Run, str]]:
    """The shop on Tuesday afternoon, nearly at rest: figures hardly move while we look."""
    with shop(root, LEAD) as (feed, address):
        yield feed.run, f"{address}/performance"


def test_a_figure_opens_down_to_what_was_reported(viewer: Viewer, performed: tuple[twin.Run, str]) -> None:
    run, address = performed
    with run.lock:
        opened, first = run.drill("setup_rate", "equipment", "grinder_1"), run.bottleneck().iloc[0]["equipment"]
    for theme in ("dark", "light"):
        page = viewer.look(address, theme=theme)
        choose(page, "of", "Grinding machine 1")
        choose(page, "indicator", "setup rate")
        expect(page.locator("tr.total", has_text="setup rate").first).to_contain_text("ASUT / (APT + ASUT)")
        shown = opened.table[opened.table["element"] == "asut"].iloc[0]
        expect(page.locator("tr", has_text=shown["entry"][:12]).first).to_contain_text(shown["job_order"])
        title = run.plant.layout.work_units[first].title
        expect(page.locator("tr.bad", has_text=title).first).to_be_visible()
        expect(page.get_by_text("Their signals are not kept here: a plant that is simulated has none")).to_be_visible()
        whole = page.locator("tr.total", has_text="All that was bought, at standard cost").first
        expect(whole).to_contain_text(re.compile(r"[\d,]+\.\d\d EUR\s*\d+\.\d%\s*\d+\.\d%\s*\d+\.\d%\s*0\.0%\s*0\.0%"))
        expect(page.get_by_text("Output against forecast and plan, pieces").first).to_be_visible()
        expect(page.get_by_text("Nothing was counted as scrap, or sent back.").first).to_be_visible()
        choose(page, "newest states of", "Marek")
        expect(page.locator("tr", has_text="16.00 h").first).to_contain_text("off shift")
        viewer.fits_a_phone(address, theme)
    viewer.look(address)
    choose(page, "scope", "area")
    choose(page, "of", "hard machining")
    choose(page, "indicator", "teep")
    figure = page.locator("tr.total", has_text="teep").first
    expect(figure).to_contain_text("OEE * PBT / calendar time")
    expect(figure).to_contain_text(re.compile(r"\d\d\.\d\d%"))  # which number, time goes on to change


@pytest.fixture(scope="module")
def heard(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[twin.Run, str]]:
    """Four hours of the shop as a bridge has heard them on real sockets, with their signals; and the page that shows them again."""
    folder = tmp_path_factory.mktemp("heard")
    plant, scenario = copy_at_free_ports(root / SHOP, folder / "shop"), root / "scenarios/gearbox_shop/baseline.yaml"
    twin.simulate(plant, scenario, until="4 h", seed=1, journal=f"sqlite:///{folder}/plant.db")
    live = folder / "live.db"
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright has the event loop of this thread
        elsewhere.submit(asyncio.run, carry(twin.read_plant(plant), folder / "plant.db", live, keeps_signals=True)).result()
    feed = replayed(plant, scenario, str(live), speed=0.05, lead_us=read_duration("3 h 50 min"))
    with PageServer(feed.start(), free_port()) as server:
        yield feed.run, f"{server.address}/performance"
    feed.stop()


def test_a_figure_of_a_record_opens_down_to_the_signals_of_its_controllers(viewer: Viewer, heard: tuple[twin.Run, str]) -> None:
    run, address = heard
    with run.lock:
        signals = {name: run.drill("oee", "equipment", name).signals for name in ("saw_1", "lathe_1", "mill_1")}
    name, found = max(signals.items(), key=lambda it: len(it[1]))
    page = viewer.look(address)
    choose(page, "of", run.plant.layout.work_units[name].title)
    row = page.locator("tr", has_text=found.iloc[0]["entry"][:12]).filter(has_text=found.iloc[0]["signal"]).first
    expect(row).to_contain_text(found.iloc[0]["said"])
    expect(row).to_contain_text("good")
    viewer.fits_a_phone(address)
