"""Every notebook runs from start to end in a kernel of its own, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()


def test_there_are_the_first_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS][:7] == [
        "01_read_a_plant",
        "02_simulate_a_week",
        "03_replay_a_real_order",
        "04_follow_a_live_plant",
        "05_compare_scenarios",
        "06_find_the_bottleneck",
        "07_speed_and_parity",
    ]
