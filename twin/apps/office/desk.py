"""A desk on a page of the office: its forms, by whoever signs on there, brought up to date before the answer is heard."""

from __future__ import annotations

from collections.abc import Callable

from twin.apps.feed import Feed
from twin.apps.office.entered import OfficeEntered
from twin.apps.terminals.forms import Form
from twin.apps.terminals.terminal import WorkTablet


class OfficeDesk:
    """`forms` reads how things stand; `refresh`: of the page, which shows what was said."""

    def __init__(self, feed: Feed, terminal: str, forms: Callable[[], list[Form]], refresh: Callable[[], None]) -> None:
        self._forms = forms
        self.tablet = WorkTablet(feed, OfficeEntered(feed.run), refresh, terminal=terminal, now={"forms": forms()})

    def show(self) -> None:
        """Somebody has the page open, and may say what is possible now."""
        self.tablet.attend()
        now = {"forms": self._forms()}
        if now != self.tablet.now:
            self.tablet.now = now
