"""A desk on a page: its forms, by whoever stands there, brought up to date before the answer is heard."""

from __future__ import annotations

from collections.abc import Callable

from twin.apps.feed import Feed
from twin.apps.office.entered import OfficeEntered
from twin.apps.people.secret_forms import own_secret_forms
from twin.apps.speaking.naming import with_dates
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import Form
from twin.apps.terminals.terminal import WorkTablet


class Desk:
    """`speaker`: who stands at the page, and where; `forms` reads how things stand; `refresh`: of the page, which shows what was said."""

    ahead_days = 0  # of the days that its forms give as examples: what is asked for has been, or is now

    def __init__(
        self, feed: Feed, speaker: Speaker, forms: Callable[[], list[Form]], refresh: Callable[[], None], entered: Entered | None = None
    ) -> None:
        self._feed, self._read_forms, self._speaker = feed, forms, speaker
        self.tablet = WorkTablet(
            feed, entered or Entered(feed.run), refresh, terminal=speaker.terminal, now={"forms": self._forms()}, is_signed_elsewhere=True,
            who_first=speaker.who_first,
        )  # fmt: skip
        self.tablet.ahead_days = self.ahead_days
        speaker.watch(self._is_used)

    def _is_used(self) -> None:
        session = self._speaker.session
        self.tablet.signed_on = {"person": session.person, "token": session.token}

    def _forms(self) -> list[Form]:
        return with_dates(self._feed.run.plant, self._feed.now_us, [*self._read_forms(), *own_secret_forms(self._feed)], self.ahead_days)

    def show(self) -> None:
        """Somebody has the page open, and may say what is possible now."""
        self.tablet.attend()
        now = {"forms": self._forms()}
        if now != self.tablet.now:
            self.tablet.now = now


class OfficeDesk(Desk):
    """One of the office, where dates are to come."""

    ahead_days = 1

    def __init__(self, feed: Feed, speaker: Speaker, forms: Callable[[], list[Form]], refresh: Callable[[], None]) -> None:
        super().__init__(feed, speaker, forms, refresh, OfficeEntered(feed.run))
