"""Run every benchmark in `benchmarks/`, one after the other, and keep their lines in benchmarks/results.md with date and versions.

    python -m tools.run_benchmarks [NAME ...]

A benchmark is a file that prints its figures, one a line, as "name: ours, peer, ratio ...", and ends with 0. Those with peers also write
benchmarks/results/<id>.json; the table of docs/BENCHMARKS.md is made of those files, each with the date of its last run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "benchmarks"
RESULTS = FOLDER / "results.md"
TABLE = FOLDER.parent / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- table: made by tools.run_benchmarks -->\n", "<!-- end of the table -->"
PACKAGES = ("plant-twin", "numba", "numpy", "simpy", "sqlalchemy")


def main(names: list[str]) -> int:
    """Run the benchmarks called `names` (none: all); 1 if one of them failed."""
    failed = False
    lines = []
    own = ("*.py", "planning/*.py", "mes/[bi]*.py", "tracing/*.py", "erp/*.py")
    for path in sorted((path for pattern in own for path in FOLDER.glob(pattern)), key=lambda it: it.stem):
        if names and path.stem not in names:
            continue
        module = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
        done = subprocess.run([sys.executable, "-m", module], check=False, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="", flush=True)
        failed |= done.returncode != 0
        lines += [f"- {line}" for line in done.stdout.splitlines()] or [f"- {path.stem}: ended with {done.returncode}"]
    write_table()
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    heading = f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {os.cpu_count()} cores, {used}\n\n"
    with RESULTS.open("a") as results:
        results.write(heading + "\n".join(lines) + "\n")
    return int(failed)


def write_table() -> None:
    """Put the ratios that the benchmarks have written last into the page of the docs."""
    rows = ["| benchmark | peer | ours, us | peer, us | ratio (least to most) | must | on |", "|---|---|---|---|---|---|---|"]
    for path in sorted((FOLDER / "results").glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        rows += [
            f"| {found['benchmark']} | {it['peer']} | {it['ours_us']:,.3f} | {it['peer_us']:,.3f} | "
            f"{it['ratio']:g} ({it['ratio_least']:g} to {it['ratio_most']:g}) | {it['must'] or ''} | {found['at'][:10]} |"
            for it in found.get("pairs", [])
        ]
    text = TABLE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    TABLE.write_text(before + BEGIN + "\n".join(rows) + "\n" + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
