"""A small mail server for tests: it speaks SMTP (RFC 5321) over a real socket, keeps what it gets, and refuses whom it does not know."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """What has come: (receivers, letter) each."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[tuple[list[str], str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        receivers: list[str] = []
        self._say("220 mail of the tests")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(" ")[0]
            if word == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                is_known = address.endswith("@works.example")
                receivers += [address] if is_known else []
                self._say("250 ok" if is_known else "550 nobody of that name")
            elif word == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.server.letters.append((receivers, "\n".join(lines)))
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
