"""What viewers ask for, one after the other in a thread of its own: an answer may take its time, and the server goes on for everybody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import panel as pn
from tornado.ioloop import IOLoop

T = TypeVar("T")
_log = logging.getLogger(__name__)


class OneByOne:
    """The thread of one page. Without a server there is none, and everything is done at once."""

    def __init__(self) -> None:
        self._document = pn.state.curdoc
        self._loop = IOLoop.current() if self._document else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="one by one")

    def ask(self, does: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do it there, then show what came of it on the page."""
        if self._document is None or not self._document.session_context:
            then(does())
        else:
            self._thread.submit(self._do, does, then)

    def _do(self, does: Callable[[], T], then: Callable[[T], None]) -> None:
        try:
            answer = does()
            assert self._document is not None
            assert self._loop is not None
            # By way of the loop: what a thread gives to a document while the loop holds its events back is lost now and then.
            self._loop.add_callback(self._document.add_next_tick_callback, lambda: then(answer))
        except Exception:  # nobody waits for this thread, so nobody else would say it
            _log.exception("what was asked for has ended with a fault")
