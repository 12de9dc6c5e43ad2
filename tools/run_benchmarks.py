"""Run every benchmark in `benchmarks/`, one after the other, and keep their lines in benchmarks/results.md with date and versions.

    python -m tools.run_benchmarks [NAME ...]

A benchmark is a file that prints its figures, one a line, as "name: ours, peer, ratio ...", and ends with 0.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "benchmarks"
RESULTS = FOLDER / "results.md"
PACKAGES = ("plant-twin", "numba", "numpy", "simpy", "sqlalchemy")


def main(names: list[str]) -> int:
    """Run the benchmarks called `names` (none: all); 1 if one of them failed."""
    failed = False
    lines = []
    for path in sorted([*FOLDER.glob("*.py"), *FOLDER.glob("planning/*.py")], key=lambda it: it.stem):
        if names and path.stem not in names:
            continue
        module = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
        done = subprocess.run([sys.executable, "-m", module], check=False, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="", flush=True)
        failed |= done.returncode != 0
        lines += [f"- {line}" for line in done.stdout.splitlines()] or [f"- {path.stem}: ended with {done.returncode}"]
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    heading = f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {os.cpu_count()} cores, {used}\n\n"
    with RESULTS.open("a") as results:
        results.write(heading + "\n".join(lines) + "\n")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
