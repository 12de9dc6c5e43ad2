"""What a viewer says on a page: who, why, and the words of the answer right below the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.words import person_choices
from twin.model.events import Entry

GOOD, BAD = "#009E73", "#D55E00"


class Speaker:
    """Who stands at the page; one field for all that is said on it."""

    def __init__(self, feed: Feed, terminal: str) -> None:
        self._feed, self.terminal = feed, terminal
        self._one_by_one = OneByOne()
        persons = person_choices(feed.run.plant)
        self.who = pmui.Select(label="who are you?", options={"–": "", **persons}, value="", width=200, size="small", margin=(6, 8))
        self.why = pmui.TextInput(label="reason", width=280, size="small", margin=(6, 8))

    @property
    def reason(self) -> str:
        """Why, as the viewer has written it."""
        return str(self.why.value_input or self.why.value or "").strip()

    def say(self, kind: type[Entry], answer: Answer, done: str, then: Callable[[], None], **said: Any) -> None:
        """Say it as an event with who, when and where; the answer stands below the field."""
        event = kind(effective_us=self._feed.now_us, person=str(self.who.value or ""), terminal=self.terminal, **said)

        def answered(words: str) -> None:
            answer.show(f"Refused: {words}" if words else done, is_good=not words)
            then()

        self._one_by_one.ask(lambda: self._feed.enter(event), answered)


class Answer:
    """The words below a field: taken, or refused and why."""

    def __init__(self) -> None:
        self.pane = pmui.Typography("", variant="body2", margin=(2, 10), sizing_mode="stretch_width", sx={"fontWeight": 600})

    def show(self, words: str, *, is_good: bool) -> None:
        """Say it, in green or red; the words alone say which it is, too."""
        self.pane.object = words
        self.pane.sx = {"fontWeight": 600, "color": GOOD if is_good else BAD}


def select(label: str, options: Any) -> pmui.Select:
    """A choice of one, the first to begin with; a dict has titles and what they stand for."""
    first = next(iter(options.values() if isinstance(options, dict) else options))
    return pmui.Select(label=label, options=options, value=first, width=240, size="small", margin=(6, 8))


def button(label: str, does: Callable[[Any], None]) -> pmui.Button:
    """A button that says something."""
    return pmui.Button(label=label, variant="contained", on_click=does, margin=(6, 8))


def offer(chosen: pmui.Select, options: dict[str, str]) -> None:
    """Offer these now; what a viewer has chosen stays, if it is still there."""
    if chosen.options != options:
        chosen.param.update(options=options, value=chosen.value if chosen.value in options.values() else "")
