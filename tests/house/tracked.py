"""The files of the project: what git tracks or would track; in a sample tree without git, every file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

CODE = ("twin", "hardware_bridge")
PYTHON = (*CODE, "tools", "tests", "benchmarks")


def tracked_files(root: Path, *suffixes: str, under: Iterable[str] = ()) -> Iterator[Path]:
    """Files of the project below `root`, in order; only those that end with one of `suffixes` and lie in one of the folders `under`."""
    folders = tuple(under)
    for path in sorted(_all(root)):
        inside = path.relative_to(root)
        if suffixes and path.suffix not in suffixes:
            continue
        if folders and inside.parts[0] not in folders:
            continue
        if path.is_file():
            yield path


def _all(root: Path) -> list[Path]:
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
        return [root / name for name in names if name]
    return [path for path in root.rglob("*") if "__pycache__" not in path.parts]


def place(root: Path, path: Path, line: int = 0) -> str:
    """How a finding says where: `twin/run.py:12`."""
    return f"{path.relative_to(root)}:{line}" if line else str(path.relative_to(root))
