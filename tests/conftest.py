"""What the tests drive for real: a Chromium, a PostgreSQL server, Node.js, mbpoll, hledger.

What is missing fails in continuous integration (CI=true), and is a skip with its reason at a desk.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest
from _pytest.assertion import rewrite
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tools.find_chromium import Chromium, ChromiumMissing, find_chromium
from tools.find_node import Node, NodeMissing, find_node
from tools.find_program import ProgramMissing, find_program
from tools.start_postgres import PostgresMissing, PostgresServer

T = TypeVar("T")
ROOT = Path(__file__).parents[1]

# What an example takes is a matter of who else is at work on the machine; a test that hangs is ended by pytest's own timeout.
# Continuous integration looks at the same examples each time: what chance finds belongs to whoever is at work, not to whoever lands.
_IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
settings.register_profile(
    "unhurried",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=_IN_CI,
    database=None if _IN_CI else settings.default.database,
)
settings.load_profile("unhurried")

if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    # Below nohup, what tests start would inherit the ignored signal, and tests that send it would wait for ever. One that is caught is
    # reset in a child, and still does not end us.
    signal.signal(signal.SIGHUP, lambda *_: None)


# jsonschema would build 38 grammars to check IRIs, which no schema of ours asks for: seconds in every worker. It does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # which Python takes for "there is no such module"


def _found(find: Callable[[], T]) -> T:
    """What `find` finds; a missing one is what the top of this file says."""
    try:
        return find()
    except (ChromiumMissing, NodeMissing, PostgresMissing, ProgramMissing) as reason:
        _missing(reason)


def _missing(reason: Exception) -> NoReturn:
    if _IN_CI:
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(str(reason))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make quick` looks at each law in a few places, `make test` in forty at most; `make laws` in as many as the law names."""
    parser.addoption("--examples-at-most", type=int, metavar="COUNT", help="try laws on that many examples at most")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers share the rewriting of asserts; in a fresh clone each would rewrite every file, beside the others.

    Modules and tests stay to the end, so nothing of them is looked at for garbage: not now, nor ever after.
    """
    gc.disable()
    worker = getattr(session.config, "workerinput", None)
    if worker and not sys.dont_write_bytecode:
        for path in sorted((ROOT / "tests").rglob("test_*.py"))[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            _rewrite(path, session.config)


def _rewrite(path: Path, config: pytest.Config) -> None:
    """What pytest's own import does with a test file, without running it; a file that does not parse is said when it is collected."""
    kept = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
    if rewrite._read_pyc(path, kept) is None and rewrite.try_makedirs(kept.parent):
        with contextlib.suppress(SyntaxError):
            source, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source, kept)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A law says itself how many examples it wants, which no profile of Hypothesis overrules; so this does what `@settings` does."""
    most, law = item.config.getoption("--examples-at-most"), getattr(item, "obj", None)
    if most and is_hypothesis_test(law):
        wanted: settings = law._hypothesis_internal_use_settings
        law._hypothesis_internal_use_settings = settings(wanted, max_examples=min(most, wanted.max_examples))


@pytest.hookimpl(tryfirst=True)  # a worker of xdist reads the groups in the same hook, and would do so before us
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser, and tests that talk to foreign servers, share one worker: one browser, one set of ports, at a time.

    What takes long comes first, so that no worker is left alone with it at the end.
    """
    items.sort(key=lambda item: not item.get_closest_marker("slow"))
    for item in items:
        for marker in ("ui", "interop"):
            if item.get_closest_marker(marker) and not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(marker))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What has been loaded is there to stay; from here on garbage is what tests leave behind."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """A Chromium for `tools.start_chromium.started_chromium`."""
    return _found(find_chromium)


@pytest.fixture(scope="session")
def node() -> Node:
    """Node.js and npm: `[node.executable, script]`, `[*node.npm, "ci"]`, `env=node.environment`."""
    return _found(find_node)


@pytest.fixture(scope="session")
def mbpoll() -> str:
    """The path of mbpoll, a Modbus client on libmodbus."""
    return _found(lambda: find_program("mbpoll"))


@pytest.fixture(scope="session")
def hledger() -> str:
    """The path of hledger, which reads the books that we write."""
    return _found(lambda: find_program("hledger"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server on loopback for the length of the session (one for each worker)."""
    with _found(PostgresServer) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """SQLAlchemy's URL of a fresh, empty database."""
    return postgres_server.create_database()
