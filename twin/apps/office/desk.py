"""A desk on a page: its forms, by whoever signs on there, brought up to date before the answer is heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.office.entered import OfficeEntered
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import Form
from twin.apps.terminals.terminal import WorkTablet


class Desk:
    """`forms` reads how things stand; `refresh`: of the page, which shows what was said.

    `who`: the field of the page that says who stands there. Where persons have PINs, the desk asks for them itself.
    """

    def __init__(
        self, feed: Feed, terminal: str, forms: Callable[[], list[Form]], refresh: Callable[[], None], entered: Entered | None = None,
        who: pmui.Select | None = None,
    ) -> None:  # fmt: skip
        self._forms = forms
        elsewhere: dict[str, Any] = {}
        if who is not None and not feed.badges.are_asked_for:
            elsewhere = {"is_signed_elsewhere": True, "who_first": "Say who you are first, above."}
        self.tablet = WorkTablet(feed, entered or Entered(feed.run), refresh, terminal=terminal, now={"forms": forms()}, **elsewhere)
        if who is not None and elsewhere:
            who.param.watch(lambda _: self.tablet.param.update(signed_on={"person": str(who.value or ""), "token": ""}), "value")

    def show(self) -> None:
        """Somebody has the page open, and may say what is possible now."""
        self.tablet.attend()
        now = {"forms": self._forms()}
        if now != self.tablet.now:
            self.tablet.now = now


class OfficeDesk(Desk):
    """One of the office."""

    def __init__(self, feed: Feed, terminal: str, forms: Callable[[], list[Form]], refresh: Callable[[], None]) -> None:
        super().__init__(feed, terminal, forms, refresh, OfficeEntered(feed.run))
