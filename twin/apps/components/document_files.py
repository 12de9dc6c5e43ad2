"""Files of documents for the browser: by digest alone, as what they are, and nothing in them may act."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from html import escape

from tornado.web import RequestHandler

from twin.apps.feed import Feed
from twin.apps.row_table import FONT
from twin.model.readiness.opened import PDF, SVG, TEXT, media_of, without_acts
from twin.results.readiness.document_files import FileAway, document_file

PATH = r"/document/([0-9a-f]{16})"
"""A digest names what is meant: there is no way from it to any other file."""
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
_TITLES = {PDF: "PDF", SVG: "drawing", TEXT: "text"}


def address_of(digest: str) -> str:
    """Where the file of a revision is opened."""
    return f"/document/{digest}"


def is_picture(file: str) -> bool:
    """Whether it is shown where it is named; of others there is a way to open it."""
    return media_of(file).startswith("image/")


def file_html(file: str, digest: str) -> str:
    """A file in a page: a picture, or a way to open it in a window of its own."""
    where, name = address_of(digest), escape(file, quote=True)
    if not media_of(file):
        return f"<p>It is the file {name}, which no browser opens.</p>"
    kind = _TITLES.get(media_of(file), "picture")
    link = f"<a href='{where}' target='_blank' rel='noopener' style='font-weight:600;color:inherit'>Open {name} ({kind})</a>"
    picture = f"<img src='{where}' alt='{name}' style='display:block;max-width:100%;background:#fff;margin:8px 0'>"
    return f"<p>{link}</p>{picture if is_picture(file) else ''}"


def pictures_html(seen: Iterable[tuple[str, str]]) -> str:
    """Pictures in a page, by digest, small, with words below each; as they were taken in a window of their own."""
    return "".join(
        f"<figure style='display:inline-block;margin:8px 12px 8px 0;max-width:260px;vertical-align:top'>"
        f"<a href='{address_of(digest)}' target='_blank' rel='noopener'><img src='{address_of(digest)}' alt='{escape(words, quote=True)}'"
        f" style='display:block;max-width:100%;max-height:200px'></a>"
        f"<figcaption style='{FONT};opacity:.8'>{escape(words)}</figcaption></figure>"
        for digest, words in seen
    )


class DocumentFile(RequestHandler):
    """GET of the file of a revision, as long as the plant has a revision with that digest."""

    def initialize(self, feed: Feed) -> None:
        self._feed = feed

    async def get(self, digest: str) -> None:
        """Its content; 404 for a digest that no revision has, 410 for a file that is not any more what it was."""
        try:  # in a thread of its own: the pages of all others go on, also while the run has its lock
            file, content = await asyncio.to_thread(self._shown, digest)
        except KeyError:
            self._say(404, "no revision of a document, and no picture, has this digest")
            return
        except FileAway as away:
            self._say(410, str(away))
            return
        media = media_of(file)
        # A PDF is shown by the browser's own reader, which does not start within a sandbox; no other kind needs more than to be drawn.
        self._head(f"{media}; charset=utf-8" if media == TEXT else media, _ALONE if media == PDF else f"{_ALONE}sandbox")
        self.finish(content)

    def _shown(self, digest: str) -> tuple[str, bytes]:
        file, content = document_file(self._feed.run, digest, self._feed.folder)
        return file, without_acts(content) if media_of(file) == SVG else content

    def _say(self, status: int, words: str) -> None:
        self.set_status(status)
        self._head("text/plain; charset=utf-8", f"{_ALONE}sandbox")
        self.finish(words)

    def _head(self, media: str, policy: str) -> None:
        self.set_header("Content-Type", media)
        self.set_header("Content-Disposition", "inline")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", policy)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
