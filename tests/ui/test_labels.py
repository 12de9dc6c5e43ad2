"""The sheet of labels, as a browser draws it and a printer prints it, read by somebody else's decoder."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import twin
from tests.rooms.tracing.reading import read
from twin.results.labels.codes import CodeKind
from twin.results.labels.label import labels
from twin.results.labels.sheet import save_labels

pytestmark = pytest.mark.ui


@pytest.mark.parametrize("width", [1400, 390])
def test_every_label_of_a_sheet_reads_back_both_ways(browser: Browser, root: Path, tmp_path: Path, width: int) -> None:
    run = twin.Run(*_shop(root))
    wanted = [*labels(run, CodeKind.EQUIPMENT, ["furnace_1", "bench_1"]), *labels(run, CodeKind.PERSON), *labels(run, CodeKind.ACTION)]
    sheet, *_ = save_labels("Labels", wanted, tmp_path)
    page = browser.new_page(viewport={"width": width, "height": 900}, device_scale_factor=3, color_scheme="dark")
    page.goto(sheet.as_uri())
    seen: list[tuple[str, str]] = []
    for one in page.locator(".label").all():
        seen += read(np.array(Image.open(io.BytesIO(one.screenshot())).convert("L")))
    assert sorted(seen) == sorted((kind, it.code.text) for it in wanted for kind in ("QRCode", "Code128"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def _shop(root: Path) -> tuple[twin.Plant, twin.Scenario]:
    plant = twin.read_plant(root / "plant_models/gearbox_shop")
    return plant, twin.read_scenario(root / "scenarios/gearbox_shop/baseline.yaml", plant)
