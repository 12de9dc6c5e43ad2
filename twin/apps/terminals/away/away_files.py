"""What a browser keeps to draw a terminal or a scanner without the server: a worker, a page and the scripts of both."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tornado.web import RequestHandler

PATH = r"/(terminal_worker\.js|away/page|away/terminal\.js|away/scan\.js)"
_HERE = Path(__file__).parent
_HTML, _SCRIPT = "text/html; charset=utf-8", "text/javascript; charset=utf-8"


def away_files(terminal: str, scan: str) -> dict[str, tuple[str, str]]:
    """By path below "/": media type and text; `terminal`, `scan`: the scripts from which the pages are drawn.

    The worker names a digest of the rest, so that a browser which keeps an older one fetches all of it anew.
    """
    page = (_HERE / "away_page.html").read_text(encoding="utf-8")
    version = hashlib.sha256(f"{page}{terminal}{scan}".encode()).hexdigest()[:16]
    worker = (_HERE / "terminal_worker.js").read_text(encoding="utf-8").replace("VERSION", version)
    return {
        "terminal_worker.js": (_SCRIPT, worker),
        "away/page": (_HTML, page),
        "away/terminal.js": (_SCRIPT, terminal),
        "away/scan.js": (_SCRIPT, scan),
    }


class AwayFile(RequestHandler):
    """GET of one of `away_files`."""

    def initialize(self, files: dict[str, tuple[str, str]]) -> None:
        self._files = files

    def get(self, name: str) -> None:
        media, text = self._files[name]
        self.set_header("Content-Type", media)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(text)
