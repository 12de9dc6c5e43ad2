"""A desk on a page: its forms, by whoever signs on there, brought up to date before the answer is heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.apps.feed import Feed
from twin.apps.office.entered import OfficeEntered
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import Form
from twin.apps.terminals.terminal import WorkTablet
from twin.store.proof.badges import Session


class Desk:
    """`forms` reads how things stand; `refresh`: of the page, which shows what was said.

    `speaker`: who stands at the page, where it says so itself; left out, the desk asks.
    """

    def __init__(
        self, feed: Feed, terminal: str, forms: Callable[[], list[Form]], refresh: Callable[[], None], entered: Entered | None = None,
        speaker: Speaker | None = None,
    ) -> None:  # fmt: skip
        self._forms = forms
        elsewhere: dict[str, Any] = {}
        if speaker is not None:
            elsewhere = {"is_signed_elsewhere": True, "who_first": speaker.who_first}
        self.tablet = WorkTablet(feed, entered or Entered(feed.run), refresh, terminal=terminal, now={"forms": forms()}, **elsewhere)
        if speaker is not None:
            speaker.watch(lambda: self._is_used_by(speaker.session))

    def _is_used_by(self, session: Session) -> None:
        self.tablet.signed_on = {"person": session.person, "token": session.token}

    def show(self) -> None:
        """Somebody has the page open, and may say what is possible now."""
        self.tablet.attend()
        now = {"forms": self._forms()}
        if now != self.tablet.now:
            self.tablet.now = now


class OfficeDesk(Desk):
    """One of the office."""

    def __init__(
        self, feed: Feed, terminal: str, forms: Callable[[], list[Form]], refresh: Callable[[], None], speaker: Speaker | None = None
    ) -> None:
        super().__init__(feed, terminal, forms, refresh, OfficeEntered(feed.run), speaker)
