"""Figures of a run are drawn where nothing but this machine can be reached: in JupyterLab, and in a page that it exports."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.reader import NotJSONError
from playwright.sync_api import Browser, Page, expect
from traitlets.config import Config

from tests.ports import free_port
from tests.ui.conftest import INSIDE
from twin.command.notebooks import EXPORTS_ALONE

pytestmark = [pytest.mark.ui, pytest.mark.notebook]

FIGURES = ("states", "gantt", "costs")


@pytest.fixture(scope="module")
def book(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with the three figures, in a folder `notebooks` of its own; not run yet."""
    first = f"import twin\nrun = twin.simulate({str(root / 'plant_models/gearbox_shop')!r}, until='1 d', seed=1)"
    cells = [nbformat.v4.new_code_cell(source) for source in (first, *(f"run.plot.{figure}()" for figure in FIGURES))]
    path = tmp_path_factory.mktemp("project") / "notebooks" / "figures.ipynb"
    path.parent.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def looked_at(browser: Browser) -> Iterator[Page]:
    """A page in which a request off the machine fails the test."""
    outside: list[str] = []
    page = browser.new_page(viewport={"width": 1400, "height": 1400})
    page.set_default_timeout(120_000)
    page.on(
        "request", lambda request: None if INSIDE.match(request.url) or request.url.startswith("file:") else outside.append(request.url)
    )
    yield page
    page.close()
    assert not outside, outside


def expect_figures(page: Page) -> None:
    """Each figure is drawn: Bokeh has put a canvas of some size into it."""
    drawn = page.locator(".bk-Figure .bk-Canvas")
    expect(drawn).to_have_count(len(FIGURES), timeout=180_000)
    for n in range(len(FIGURES)):
        drawn.nth(n).scroll_into_view_if_needed()
        box = drawn.nth(n).bounding_box()
        assert box
        assert box["width"] > 300, box
        assert box["height"] > 100, box


def test_jupyterlab_draws_the_figures_and_so_does_what_it_exports_with_nothing_from_elsewhere(
    book: Path, looked_at: Page, tmp_path: Path
) -> None:
    """Run in JupyterLab and saved there; what was saved is exported: one kernel draws them all."""
    command = [sys.executable, "-m", "twin", "lab", "--port", str(free_port()), "--json"]
    lab = subprocess.Popen(command, cwd=book.parent.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert lab.stdout
        ready = json.loads(lab.stdout.readline())
        looked_at.goto(ready["address"].replace("/lab?", f"/lab/tree/{book.name}?"))
        looked_at.get_by_text("run.plot.states").first.click()
        idle = looked_at.locator(".jp-Notebook-ExecutionIndicator")
        expect(idle).to_have_attribute("data-status", "idle", timeout=180_000)
        looked_at.get_by_role("menuitem", name="Run", exact=True).click()
        looked_at.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        expect_figures(looked_at)
        expect(idle).to_have_attribute("data-status", "idle", timeout=180_000)
        looked_at.keyboard.press("Control+s")
        wait_until_saved(book)
    finally:
        lab.send_signal(signal.SIGINT)
        lab.wait(60)
    options = dict(option.removeprefix("--HTMLExporter.").split("=") for option in EXPORTS_ALONE)
    page, _ = HTMLExporter(config=Config(HTMLExporter=options)).from_filename(book)
    exported = tmp_path / "figures.html"
    exported.write_text(page, encoding="utf-8")
    looked_at.goto(exported.as_uri())
    expect_figures(looked_at)


def wait_until_saved(book: Path, patience_s: float = 60) -> None:
    """Until every figure's cell has an output in the file."""
    deadline_s = time.monotonic() + patience_s
    while not _has_outputs(book):
        assert time.monotonic() < deadline_s, "JupyterLab has not saved what it drew"
        time.sleep(0.5)


def _has_outputs(book: Path) -> bool:
    """Of every figure; not while the file is being written."""
    try:
        return all(cell.outputs for cell in nbformat.read(book, as_version=4).cells[1:])
    except NotJSONError:
        return False
