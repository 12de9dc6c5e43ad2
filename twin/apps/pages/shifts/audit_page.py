"""The audit trail page: who has said what, when, from where and why, what was and is; of an object, a person, a window; as CSV or PDF."""

from __future__ import annotations

import io
from typing import Any
from zoneinfo import ZoneInfo

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row
from twin.apps.speaking.answers import Answer, button, select
from twin.apps.terminals.readers import instant_if_any
from twin.apps.theme import card
from twin.apps.words import person_choices, person_titles
from twin.results.auditing.audit_trail import TrailEntry, at, audit_trail, in_words, spoken
from twin.results.auditing.trail_written import trail_file
from twin.store.journal import verify

HEAD = ("Known", "Who", "From where", "What", "Of what", "Was", "Is", "Why", "Came of it")
NOTE = (
    "What persons have said since the journal began, the newest first; what was refused stands with its reason. Nothing in it can be"
    " changed: each entry carries the hash of the one before."
)
FILES = ((".csv", "CSV"), (".pdf", "PDF"))


class AuditTrail:
    """What one viewer asks the trail for."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._found: list[TrailEntry] = []
        self._about = "all of it"
        self._reader = OneByOne()  # a long journal takes its time, and the server goes on meanwhile
        self._answer = Answer()
        small: dict[str, Any] = {"size": "small", "width": 270, "margin": (6, 8)}
        self._of = pmui.TextInput(label="of a lot, order, machine, document, ...", **{**small, "width": 330})
        self._person = select("who", {"anybody": "", **person_choices(feed.run.plant)})
        self._since = pmui.TextInput(label="since, as in 2026-03-02 06:00", **small)
        self._until = pmui.TextInput(label="until, as in 2026-03-02 14:00", **small)
        asks = (self._of, self._person, self._since, self._until, button("Show", lambda _: self.read()))
        self.rows = PagedTable[TrailEntry]("audit trail", HEAD, self._row, on_change=self.show)
        files = pmui.FlexBox(*[self._file(*it) for it in FILES], self._answer.pane, align_items="center", sizing_mode="stretch_width")
        note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        asking = pmui.FlexBox(*asks, align_items="center", sizing_mode="stretch_width")
        self.cards = [card("What is asked for", note, asking, files), card("Entries", self.rows.shown)]

    def pick(self, of: str) -> None:
        """Ask for one thing, as a viewer does."""
        self._of.value = of

    def show(self) -> None:
        """Show what was found; it changes when somebody asks again."""
        self.rows.show(self._found, empty="Nobody has said anything of this.")

    def read(self) -> None:
        """Look the journal through for what is asked."""
        said = {
            "since": str(self._since.value_input or self._since.value or ""),
            "until": str(self._until.value_input or self._until.value or ""),
        }
        of, person = str(self._of.value_input or self._of.value or "").strip(), str(self._person.value or "")
        plant, run = self._feed.run.plant, self._feed.run

        def reads() -> str:
            try:
                since_us, until_us = (instant_if_any(plant, said, name, -1) for name in ("since", "until"))
                with run.lock:
                    entries = list(run.journal.entries())
                    found = audit_trail(run, of=of, person=person, since_us=since_us, until_us=None if until_us < 0 else until_us)
            except ValueError as error:
                return f"Refused: {error}"
            self._found = found[::-1]
            named = {"of": of, "by": person_titles(plant, person) if person else "", **said}
            self._about = ", ".join(f"{name} {value}" for name, value in named.items() if value) or "all of it"
            broken = verify(entries)
            chain = f"the chain of {len(entries):,} entries holds" if broken is None else f"the chain does not hold at entry {broken}"
            return f"{len(found):,} {'entry' if len(found) == 1 else 'entries'} of persons; {chain}."

        def shows(words: str) -> None:
            self._answer.show(words, is_good="does not hold" not in words and not words.startswith("Refused"))
            self.show()

        self._reader.ask(reads, shows)

    def _row(self, it: TrailEntry) -> Row:
        plant = self._feed.run.plant
        came = "; ".join(filter(None, ("" if it.standing == "taken" else it.standing, *(f"signed: {one}" for one in it.signed))))
        known = at(it.recorded_us, ZoneInfo(plant.layout.time_zone))
        cells = (
            known, person_titles(plant, it.person), it.terminal, spoken(it.says), in_words(it.about), in_words(it.was), in_words(it.now),
            it.why, came,
        )  # fmt: skip
        return Row(cells=cells, mark="bad" if it.standing != "taken" else "warn" if it.was else "done")

    def _file(self, kind: str, title: str) -> pmui.FileDownload:
        def make() -> io.BytesIO | None:
            try:
                return io.BytesIO(trail_file(self._feed.run, self._found, self._about, kind))  # the plant goes on meanwhile
            except ValueError as error:
                self._answer.show(f"There is no {title}: {error}", is_good=False)
                return None

        name = f"{self._feed.run.plant.id}_audit_trail{kind}"
        return pmui.FileDownload(callback=make, filename=name, label=title, variant="outlined", size="small", margin=(6, 4))


def audit_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer; ?of=... asks for one thing."""
    trail = AuditTrail(feed)
    if asked := pn.state.session_args.get("of", [b""])[0].decode(errors="replace"):
        trail.pick(asked)
    trail.read()
    return page(feed, "Audit trail", "/audit-trail", trail.cards, lambda: None)
