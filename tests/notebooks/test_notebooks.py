"""Every notebook runs from start to end, and leans on no name of another: the kernel that they share is emptied before each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client import KernelManager

FORGET = "for _name in get_ipython().run_line_magic('who_ls', ''): del globals()[_name]"
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelManager]:
    """A kernel among the notebooks. One for all of them loads libraries once, which is half of what most notebooks take."""
    kernel = KernelManager(kernel_name="python3")
    kernel.start_kernel(cwd=str(NOTEBOOKS[0].parent))
    yield kernel
    kernel.shutdown_kernel(now=True)


@pytest.mark.notebook
@pytest.mark.xdist_group("notebook")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(path: Path, kernel: KernelManager) -> None:
    import nbformat  # a second that only the worker waits for that runs notebooks
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    book.cells.insert(0, nbformat.v4.new_code_cell(FORGET))
    NotebookClient(book, km=kernel, timeout=240).execute()


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
