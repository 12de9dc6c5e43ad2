"""PySCFabSim (Kovács, Tassel et al., Winter Simulation Conference 2022) on the same tables for as many days, as a process of its own.

It comes with no licence, so nothing of it is here: say where a clone lies. It counts lots found at the start with the others, and says
shares in whole per cent. PyPy plays it three times as fast as CPython, and is taken if it is there.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def lines_of(clone: Path, name: str, days: int, seed: int) -> list[str]:
    """What it says of each kind of lots: cycle time, how many, on time; and its CPU seconds."""
    if not (clone / "simulation").is_dir():
        return [f"peer: not measured, no PySCFabSim at {clone}"]
    python = shutil.which("pypy3") or sys.executable
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "greedy").mkdir()  # it writes there
        for needed in ("simulation", "datasets", "main.py"):
            (place / needed).symlink_to(clone.resolve() / needed)
        before_s = _spent_s()
        asked = ["--dataset", name, "--days", str(days), "--dispatcher", "fifo", "--seed", str(seed)]
        done = subprocess.run(
            [python, "main.py", *asked], check=True, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    told = [line.split() for line in done.stdout.splitlines() if "Lot_" in line.split(" ")[0]]
    return [
        f"peer: PySCFabSim, {Path(python).name}, {days} days: {_spent_s() - before_s:.1f} CPU s",
        *(
            f"{lot:15} {count:>7} {'':7}   {float(cycle):6.2f} {'':6} {'':6}   {on_time:>7}"
            for lot, _, _, cycle, count, on_time, *_ in told
        ),
    ]


def _spent_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
