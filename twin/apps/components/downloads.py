"""Buttons that give a viewer a file, made when it is asked for."""

from __future__ import annotations

import io
from collections.abc import Callable

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.results.exports.writing import export
from twin.results.papers.papers import paper_file

OFFICE_FILES = {".xlsx": "Excel", ".pdf": "PDF"}


def downloads(feed: Feed, what: str, kinds: dict[str, str], window: Callable[[], str] = lambda: "since the start") -> pmui.FlexBox:
    """A button for each kind: its title by the end of the file's name. The file is what the run knows at that moment."""
    answer = pmui.Typography("", variant="body2", margin=(10, 8))

    def button(kind: str, title: str) -> pmui.FileDownload:
        def make() -> io.BytesIO | None:
            answer.object = ""
            try:
                with feed.run.lock:
                    return io.BytesIO(export(feed.run, what, kind, window()))
            except ValueError as error:
                answer.object = str(error)
                return None

        name = f"{feed.run.plant.id}_{what}{kind}"
        return pmui.FileDownload(callback=make, filename=name, label=title, variant="outlined", size="small", margin=(6, 4))

    return pmui.FlexBox(*[button(kind, title) for kind, title in kinds.items()], answer, align_items="center")


def papers(feed: Feed, asks_for: str, kinds: dict[str, str]) -> pmui.FlexBox:
    """A field for a number, and a button for each kind of paper that has such a one: its title by its kind."""
    number = pmui.TextInput(label=asks_for, value="", width=220, size="small", margin=(6, 4))
    answer = pmui.Typography("", variant="body2", margin=(10, 8))

    def button(kind: str, title: str) -> pmui.FileDownload:
        def make() -> io.BytesIO | None:
            answer.object, asked = "", (number.value_input or number.value or "").strip()
            try:
                return io.BytesIO(paper_file(feed.run, kind, asked))
            except ValueError as error:
                answer.object = f"Type the {asks_for} first." if not asked else str(error)
                return None

        return pmui.FileDownload(callback=make, filename=f"{kind}.pdf", label=title, variant="outlined", size="small", margin=(6, 4))

    return pmui.FlexBox(number, *[button(kind, title) for kind, title in kinds.items()], answer, align_items="center")
