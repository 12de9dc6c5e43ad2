"""Who stands at a page: a name, and a PIN where persons have one. All that is said by its fields is said in this session.

A session ends with Sign off, and by itself when nobody presses anything for a while; a page that is loaded anew in its tab goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.models.esm import DataEvent

from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.speaking.answers import Answer
from twin.apps.speaking.naming import in_plant_time
from twin.apps.words import person_choices, person_titles
from twin.model.events import Entry
from twin.store.entries import Said
from twin.store.proof.badges import Session, SignOnRefused

LEFT = "Signed off: nobody has pressed anything for a while."
FIRST = "Say who you are first, above."
FIRST_PIN = "Sign on first, above: choose your name, then type your PIN."


class TabKeeper(JSComponent):
    """Keeps the session in the browser's tab, and says that somebody still presses something there; draws nothing."""

    name_of_place = param.String(default="", doc="the terminal that the session is of")
    kept = param.Dict(default={}, doc="person, token: what the tab keeps; nothing once it is signed off")

    _esm = (Path(__file__).parent / "tab_keeper.js").read_text(encoding="utf-8")

    def __init__(self, hears: Callable[[dict[str, Any]], None], **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._hears = hears
        self.on_msg(self._hear)

    def _hear(self, told: DataEvent) -> None:
        if isinstance(told.data, dict):
            self._hears(told.data)


class Speaker:
    """Who stands at the page; `bar` is one field for all that is said on it."""

    def __init__(self, feed: Feed, terminal: str) -> None:
        self._feed, self.terminal = feed, terminal
        self._one_by_one = OneByOne()
        self._token, self._signed = "", ""
        self._watchers: list[Callable[[], None]] = []
        self.asks_pin = feed.badges.are_asked_for
        self.who_first = FIRST_PIN if self.asks_pin else FIRST
        small: dict[str, Any] = {"size": "small", "margin": (6, 8)}
        self.who = pmui.Select(label="who are you?", options={"–": "", **person_choices(feed.run.plant)}, value="", width=200, **small)
        self.why = pmui.TextInput(label="reason", width=280, **small)
        self.pin = pmui.PasswordInput(label="PIN", width=130, visible=self.asks_pin, **small)
        self.on = pmui.Button(label="Sign on", variant="contained", visible=self.asks_pin, margin=(6, 8))
        self.off = pmui.Button(label="Sign off", variant="outlined", visible=False, margin=(6, 8))
        self.answer = Answer()
        self.answer.pane.sizing_mode = None
        self.keeper = TabKeeper(self._hear, name_of_place=terminal, width=0, height=0, margin=0)
        gate = [self.pin, self.on, self.off, self.answer.pane, self.keeper] if self.asks_pin else []
        self.bar = pmui.FlexBox(self.who, *gate, align_items="center", sizing_mode="stretch_width", margin=(0, 6))
        self.who.param.watch(lambda _: self._tell_watchers(), "value")
        self.on.on_click(lambda _: self.sign_on())
        self.pin.param.watch(lambda _: self.sign_on(), "enter_pressed")
        self.off.on_click(lambda _: self.sign_off())

    @property
    def person(self) -> str:
        """Whoever has signed on; where nobody has to, whoever is chosen."""
        return self._signed if self.asks_pin else str(self.who.value or "")

    @property
    def session(self) -> Session:
        """As the door wants to see it."""
        return Session(person=self.person, terminal=self.terminal, token=self._token)

    @property
    def reason(self) -> str:
        """Why, as the viewer has written it."""
        return str(self.why.value_input or self.why.value or "").strip()

    def watch(self, does: Callable[[], None]) -> None:
        """Do it whenever somebody else stands here."""
        self._watchers.append(does)

    def say(self, kind: type[Entry], answer: Answer, done: str, then: Callable[[], None], **said: Any) -> None:
        """Say it as an event with who, when and where; the answer stands below the field."""
        event = kind(effective_us=self._feed.now_us, person=self.person, terminal=self.terminal, **said)

        def answered(words: str) -> None:
            answer.show(f"Refused: {words}" if words else done, is_good=not words)
            then()

        self.enter(event, answered)

    def enter(self, said: Said, answered: Callable[[str], None]) -> None:
        """Say it in this session; `answered` hears "", or in words why it is refused."""
        session, feed = self.session, self._feed
        self.ask(lambda: in_plant_time(feed.run.plant, feed.now_us, feed.enter(said, session=session)), answered)

    def ask(self, does: Callable[[], str], answered: Callable[[str], None]) -> None:
        """What takes its time is done in a thread, one after the other."""
        self._one_by_one.ask(does, answered)

    def sign_on(self) -> None:
        """With the name and the PIN that stand in the fields."""
        person, pin = str(self.who.value or ""), str(self.pin.value_input or self.pin.value or "")
        if not self.asks_pin or self._signed:
            return
        if not person or not pin:  # costs no try
            self.answer.show("Type your PIN." if person else "Choose your name first.", is_good=False)
            return
        self.ask(lambda: self._tried(person, pin), lambda words: self._shown(person, words))

    def _tried(self, person: str, pin: str) -> str:
        try:
            self._token = self._feed.badges.sign_on(person, pin, self.terminal)
        except SignOnRefused as refusal:
            return str(refusal)
        return ""

    def _shown(self, person: str, words: str) -> None:
        self.pin.param.update(value="", value_input="")
        if words:
            self.answer.show(f"Refused: {words}", is_good=False)
        else:
            self._be(person, self._token)

    def sign_off(self, words: str = "Signed off.") -> None:
        """Nobody stands here any more."""
        if self._signed:
            self._feed.badges.sign_off(self._token, self._signed, self.terminal)
        self._be("", "")
        self.answer.show(words, is_good=True)

    def attend(self) -> None:
        """A session that is over is seen to be."""
        words = self._feed.badges.doubt(self._token, self._signed, self.terminal, is_use=False) if self._signed else ""
        if words:
            self.sign_off(f"Signed off: {words}." if "is another now" in words else LEFT)

    def _hear(self, told: dict[str, Any]) -> None:
        """The tab was loaded anew and has kept a session, or somebody has pressed something in it."""
        if (kept := told.get("kept")) and isinstance(kept, dict) and not self._signed:
            person, token = str(kept.get("person", "")), str(kept.get("token", ""))
            if self.asks_pin and not self._feed.badges.doubt(token, person, self.terminal, is_use=False):
                self._be(person, token)
            else:
                self.keeper.kept = {"person": ""}  # it is over: the tab forgets it
        elif self._signed:
            self._feed.badges.doubt(self._token, self._signed, self.terminal)

    def _be(self, person: str, token: str) -> None:
        self._signed, self._token = person, token
        self.keeper.kept = {"person": person, "token": token}
        for field in (self.who, self.pin, self.on):
            field.visible = not person
        self.off.visible = bool(person)
        if person:
            self.answer.show(f"{person_titles(self._feed.run.plant, person)} is signed on.", is_good=True)
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for does in self._watchers:
            does()
