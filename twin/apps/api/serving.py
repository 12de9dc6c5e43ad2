"""Serves the interface for programs at 127.0.0.1, in a thread of its own. Who wants it farther away puts a proxy with TLS before it."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import uvicorn

from twin.apps.api.application import application
from twin.apps.feed import Feed
from twin.apps.ports import free_port
from twin.store.tokens import Tokens

PATIENCE_S = 30.0


class ApiServer:
    """Listens while it is open (a context manager).

    Raises
    ------
    ValueError : the port is taken
    """

    def __init__(self, feed: Feed, tokens: Tokens, port: int) -> None:
        self._port = free_port(port)
        self._app = application(feed, tokens)
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=self._port, log_level="warning", access_log=False, lifespan="off",
            server_header=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="api", daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> ApiServer:
        self._thread.start()
        deadline_s = time.monotonic() + PATIENCE_S
        while not self._server.started and self._thread.is_alive() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for kept in (self._app.state.trials, self._app.state.futures):
            kept.end()
        self._server.should_exit = True
        self._thread.join(10)
