"""See that the tests will find what they drive for real: Chromium and mbpoll (fetched where they can be), PostgreSQL, Node.js.

One line for each. In continuous integration (CI=true) a missing one ends with 1; at a desk its tests are skipped with the reason.
"""

from __future__ import annotations

import os
import sys

from tools.find_chromium import ChromiumMissing, find_chromium
from tools.find_mbpoll import MbpollMissing, find_mbpoll
from tools.find_node import NodeMissing, find_node
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
    return find_mbpoll(fetch=True)


def main() -> int:
    """Look at all of them, say what was found, and return the exit code."""
    missing = 0
    for name, look in (("Chromium", _chromium), ("PostgreSQL", _postgres), ("Node.js", _node), ("mbpoll", _mbpoll)):
        try:
            print(f"{name:10} {look()}", flush=True)
        except (ChromiumMissing, PostgresMissing, NodeMissing, MbpollMissing) as reason:
            missing += 1
            print(f"{name:10} missing: {reason}", file=sys.stderr, flush=True)
    return 1 if missing and os.environ.get("CI", "").lower() in ("1", "true") else 0


if __name__ == "__main__":
    raise SystemExit(main())
