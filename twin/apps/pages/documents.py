"""The documents page: the valid revision at the point of use, read and acknowledged here; who has still to; release and withdraw."""

from __future__ import annotations

from html import escape

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.document_files import file_html
from twin.apps.feed import Feed
from twin.apps.office.desk import Desk
from twin.apps.pages.page_frame import page
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.speaking.answers import offer
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.declaring.document_forms import document_forms
from twin.apps.theme import card
from twin.apps.words import person_titles
from twin.model.events import DocumentAcknowledged
from twin.results.readiness.documents_now import DocumentNow, documents_now
from twin.results.views.overview import local_time

TERMINAL = "documents page"
ALL_HEAD = ("Document", "Title", "Kind", "Valid revision", "Since", "Still to be acknowledged by")
READER_HEAD = ("Who", "Acknowledged")
REVISION_HEAD = ("Revision", "Standing", "Since")
NONE = "There are no documents yet: documents in plant.yaml, or a new one below."


def documents_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    now = feed.look(documents_now)
    chosen = pmui.Select(label="document", options=_titled(now), value=next(iter(now), None), width=320, size="small", margin=(4, 8))
    speaker = Speaker(feed, TERMINAL)
    say = pmui.Button(label="I have read and understood it", color="primary", margin=(8, 8))
    answer = pmui.Alert(title="", alert_type="success", visible=False, sizing_mode="stretch_width")
    every, words, readers, history = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(4))

    def refresh() -> None:
        desk.show()
        seen = feed.look(documents_now)
        every.object = _every_html(feed, seen)
        offer(chosen, _titled(seen))
        chosen.value = chosen.value or next(iter(seen), "")
        it = seen.get(str(chosen.value))
        say.disabled = not (it and it.acknowledge and it.revision)
        if it:
            words.object, readers.object, history.object = _words_html(feed, it), _readers_html(feed, it), _history_html(feed, it)

    def acknowledge(_: object) -> None:
        if (it := feed.look(documents_now).get(str(chosen.value))) is None:
            return
        event = DocumentAcknowledged(
            effective_us=feed.now_us, person=speaker.person, terminal=TERMINAL, document=it.document, revision=it.revision
        )

        def answered(refused: str) -> None:
            who = person_titles(feed.run.plant, event.person)
            answer.title = refused or f"{who} has acknowledged revision {it.revision} of {it.document}."
            answer.alert_type, answer.visible = ("error" if refused else "success"), True
            refresh()

        speaker.enter(event, answered)

    def turn_over(_: object) -> None:
        answer.visible = False
        refresh()

    desk = Desk(feed, speaker, lambda: feed.look(document_forms), refresh)
    chosen.param.watch(turn_over, "value")
    say.on_click(acknowledge)
    reading = card("Read and acknowledge", chosen, words, say, answer)
    main = [
        card("All documents", every),
        reading,
        card("Who has read it", readers),
        card("Its revisions", history),
        card("Add, release and withdraw", desk.tablet),
    ]
    return page(feed, "Documents", "/documents", main, refresh, speaker)


def _titled(seen: dict[str, DocumentNow]) -> dict[str, str]:
    return {f"{it.document}: {it.title}": name for name, it in seen.items()}


def _every_html(feed: Feed, seen: dict[str, DocumentNow]) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                it.document, it.title, it.kind,
                (it.revision or "none: nobody may start") if it.is_needed else "is not needed now",
                _since(feed, it.from_us if it.revision else -1),
                ", ".join(person_titles(plant, who) for who, at_us in it.readers.items() if at_us < 0) if it.missing_count else "",
            ),
            mark="done" if not it.is_needed else "bad" if not it.revision else "warn" if it.missing_count else "good",
        )
        for it in seen.values()
    ]  # fmt: skip
    return row_table(ALL_HEAD, rows or [Row(cells=(NONE,), mark="done")])


def _words_html(feed: Feed, it: DocumentNow) -> str:
    if not it.revision:
        return f"<div style='{FONT};padding:8px'>No revision of {escape(it.document)} is released: nobody may start.</div>"
    coming = "".join(f" Revision {escape(name)} follows {escape(local_time(feed.run.plant, at_us))}." for name, at_us in it.coming)
    return (
        f"<div style='{FONT};padding:8px'><b>{escape(it.title)}, {it.kind}, revision {escape(it.revision)}</b>"
        + (f"<p style='white-space:pre-wrap;font-size:17px;line-height:1.5;max-width:70ch'>{escape(it.text)}</p>" if it.text else "")
        + (file_html(it.file, it.digest) if it.file else "")
        + f"<span style='opacity:.75'>Digest {it.digest}.{coming}</span></div>"
    )


def _readers_html(feed: Feed, it: DocumentNow) -> str:
    if not it.acknowledge:
        return row_table((), [Row(cells=("It asks for no acknowledgement.",), mark="done")])
    rows = [
        Row(cells=(person_titles(feed.run.plant, who), _since(feed, at_us) or "not yet"), mark="good" if at_us >= 0 else "warn")
        for who, at_us in it.readers.items()
    ]
    return row_table(READER_HEAD, rows)


def _history_html(feed: Feed, it: DocumentNow) -> str:
    rows = [
        Row(cells=(name, f"{standing}, valid now" if name == it.revision else standing, _since(feed, at_us)), mark="done")
        for name, standing, at_us in it.history
    ]
    return row_table(REVISION_HEAD, rows)


def _since(feed: Feed, at_us: int) -> str:
    return local_time(feed.run.plant, at_us) if at_us > 0 else ""
