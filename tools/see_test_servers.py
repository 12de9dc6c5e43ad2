"""See that the tests will find what they drive for real: Chromium, mbpoll and hledger (fetched where they can be), PostgreSQL, Node.js.

One line for each. In continuous integration (CI=true) a missing one ends with 1; at a desk its tests are skipped with the reason.
"""

from __future__ import annotations

import os
import sys

from tools.find_chromium import ChromiumMissing, find_chromium
from tools.find_node import NodeMissing, find_node
from tools.find_program import ProgramMissing, find_program
from tools.start_chromium import started_chromium
from tools.start_postgres import PostgresMissing, PostgresServer, find_binaries


def _chromium() -> str:
    found = find_chromium(fetch=True)
    with started_chromium(found) as browser:
        return f"{browser.version} {found.executable}"


def _postgres() -> str:
    with PostgresServer() as server:
        server.create_database()
    return str(find_binaries())


def _node() -> str:
    node = find_node()
    return f"{node.version} {node.executable}"


def _mbpoll() -> str:
    return find_program("mbpoll", fetch=True)


def _hledger() -> str:
    return find_program("hledger", fetch=True)


def main() -> int:
    """Look at all of them, say what was found, and return the exit code."""
    missing = 0
    driven = (("Chromium", _chromium), ("PostgreSQL", _postgres), ("Node.js", _node), ("mbpoll", _mbpoll), ("hledger", _hledger))
    for name, look in driven:
        try:
            print(f"{name:10} {look()}", flush=True)
        except (ChromiumMissing, PostgresMissing, NodeMissing, ProgramMissing) as reason:
            missing += 1
            print(f"{name:10} missing: {reason}", file=sys.stderr, flush=True)
    return 1 if missing and os.environ.get("CI", "").lower() in ("1", "true") else 0


if __name__ == "__main__":
    raise SystemExit(main())
