"""A label that the product prints, held before the camera of a scanner page: what the camera sees is a film, all the rest is real."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.ports import free_port
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.ui.conftest import OpenPage
from tests.ui.test_pages import SIDEWAYS
from tools.find_chromium import Chromium
from tools.start_chromium import started_chromium
from twin.apps.feeds import by_hand
from twin.apps.server import PageServer
from twin.results.labels.codes import CodeKind
from twin.results.labels.label import labels
from twin.results.labels.sheet import save_labels

pytestmark = pytest.mark.ui
WIDTH, HEIGHT = 640, 480
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="module")
def browser(chromium: Chromium, film: Path) -> Iterator[Browser]:
    """One whose camera shows the film, which it opens anew with the camera."""
    with started_chromium(chromium, *CAMERA, f"--use-file-for-fake-video-capture={film}") as started:
        yield started


def shoot(film: Path, printed: bytes) -> None:
    """A second of the printed label before a camera: askew, in dim light, not quite sharp, with the grain of a small lens."""
    label = Image.open(io.BytesIO(printed)).convert("L")
    label.thumbnail((WIDTH - 120, HEIGHT - 120))
    scene = Image.new("L", (WIDTH, HEIGHT), 90)
    scene.paste(label, (60, 60))
    grey = np.asarray(scene.rotate(7, Image.Resampling.BICUBIC, fillcolor=90), dtype=float)
    grain = np.random.default_rng(1)
    chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
    with film.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(5):
            seen = np.clip(0.7 * grey + 25 + grain.normal(0, 6, grey.shape), 0, 255).astype(np.uint8)
            out.write(b"FRAME\n" + seen.tobytes() + chroma)


def test_a_printed_label_is_scanned_with_a_camera(open_page: OpenPage, browser: Browser, film: Path, tmp_path: Path) -> None:
    feed = by_hand(hand_shop(), two_orders(), seed=1, speed=1)
    sheet, *_ = save_labels(
        "Labels", [*labels(feed.run, CodeKind.PERSON, ["olga"]), *labels(feed.run, CodeKind.EQUIPMENT, ["mill_1"])], tmp_path
    )
    paper = browser.new_page(device_scale_factor=3)
    paper.goto(sheet.as_uri())
    badge, unit = (one.screenshot() for one in paper.locator(".label").all())
    paper.close()
    with PageServer(feed.start(), free_port()) as server:
        page = open_page("/scan", at=server.address, width=390, height=844)
        camera = page.get_by_role("button", name="Camera")
        for printed, heard in ((badge, "olga scans here"), (unit, "at mill_1")):
            shoot(film, printed)
            camera.click()
            expect(page.get_by_role("status").filter(has_text=heard)).to_be_visible()
            assert page.evaluate(SIDEWAYS) == []
            page.get_by_role("button", name="Close the camera").click()
            expect(camera).to_be_visible()
        expect(page.locator("tr.good", has_text="UNIT:mill_1")).to_have_count(1)  # seen many times, said once
    feed.stop()
