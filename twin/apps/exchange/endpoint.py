"""The HTTP endpoint of a desk: POST a message, get its answer; GET /b2mml/performance and its like for a look. Loopback only.

Loopback keeps other machines out, not the pages that a browser on this one shows: they can post anywhere. What comes from a page says so
(`Origin`, Fetch Standard 3.2), and is refused.
"""

from __future__ import annotations

import json
import threading
from types import TracebackType
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler

from twin.apps.ports import free_port
from twin.model.exchange.messages import message_schema
from twin.results.exchange.desk import Desk
from twin.results.exchange.documents import KINDS

MOST_BYTES = 64 * 1024 * 1024


class _OfDesk(RequestHandler):
    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def prepare(self) -> None:
        if origin := self.request.headers.get("Origin"):
            self.tell({"problems": [f"a page of '{origin}' may not speak here; allowed: programs, which say no Origin"]}, 403)

    def tell(self, document: dict[str, Any], status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(document))


class _Messages(_OfDesk):
    def post(self) -> None:
        """A message; 200 with its answer, or 422 with an Acknowledge that says what is wrong."""
        answer, taken = self.desk.answer(self.request.body)
        self.tell(answer, 200 if taken else 422)

    def get(self) -> None:
        """What there is to ask for."""
        self.tell({"post": "a message; its schema is at /b2mml/schema", "get": [f"/b2mml/{kind}" for kind in KINDS]})


class _Look(_OfDesk):
    def get(self, kind: str) -> None:
        """The message of that kind, or the schema of all."""
        if kind == "schema":
            self.tell(message_schema())
        elif kind in KINDS:
            self.tell(self.desk.show(kind))
        else:
            self.tell({"problems": [f"there is no '{kind}'; allowed: schema, {', '.join(KINDS)}"]}, 404)


class Endpoint:
    """Listens at 127.0.0.1 while it is open (a context manager).

    Raises
    ------
    ValueError : the port is taken
    """

    def __init__(self, desk: Desk, port: int) -> None:
        self._desk, self._port = desk, free_port(port)
        self._loop: IOLoop | None = None
        self._stands = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="exchange", daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/b2mml"

    def __enter__(self) -> Endpoint:
        self._thread.start()
        self._stands.wait(30)
        return self

    def _serve(self) -> None:
        import asyncio

        asyncio.set_event_loop(asyncio.new_event_loop())
        self._loop = IOLoop.current()
        given = {"desk": self._desk}
        server = HTTPServer(Application([("/b2mml/?", _Messages, given), ("/b2mml/([a-z]+)", _Look, given)]), max_buffer_size=MOST_BYTES)
        server.listen(self._port, address="127.0.0.1")
        self._loop.add_callback(self._stands.set)
        self._loop.start()
        server.stop()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop is not None:
            self._loop.add_callback(self._loop.stop)
            self._thread.join(10)
