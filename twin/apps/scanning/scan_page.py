"""The scanner page (/scan): one field for a scanner that types, a camera or a person; what it did in large letters; what to scan next."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.models.esm import DataEvent

from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.scanning.eye import read_picture
from twin.apps.scanning.scanner import Answer, Scanner
from twin.apps.terminals.command_forms import command_group
from twin.apps.terminals.forms import floor_forms
from twin.apps.terminals.terminal import WorkTablet
from twin.apps.theme import card
from twin.apps.words import equipment_title, person_titles
from twin.results.labels.codes import SIGN_OFF, UNDO, CodeKind

SHOWN = 12
HEAD = ("Scanned", "What came of it")
ACTIONS = [[f"{CodeKind.ACTION}:{UNDO}", "Undo"], [f"{CodeKind.ACTION}:{SIGN_OFF}", "Sign off"]]


class ScanField(JSComponent):
    """Hears scans, and says what came of the last one."""

    scanned = param.Dict(default={}, doc="text, n: the newest scan and its number; again: said again")
    answer = param.Dict(default={}, doc="words, is_accepted, n: the last scan's number, 0 before the first")
    seen = param.Dict(default={}, doc="text, n: what stands in the camera's picture of that number, if anything")
    where = param.String(default="", doc="who scans, and where")
    next_step = param.String(default="", doc="what to scan next")
    is_secret = param.Boolean(default=False, doc="a PIN is typed next, and not shown")
    actions = param.List(default=ACTIONS, doc="[code, label] of buttons that do what their labels' codes do")

    _esm = (Path(__file__).parent / "scan_field.js").read_text(encoding="utf-8")

    def __init__(self, scanner: Scanner, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._scanner = scanner
        self._one_by_one = OneByOne()  # scans are answered in their order, and the server goes on meanwhile
        self._heard = 0  # number of the newest scan
        self.next_step = scanner.next_step
        self.param.watch(self._hear, "scanned")
        self.on_msg(self._see)

    def _see(self, told: DataEvent) -> None:
        """A picture of the camera. What stands in it the page says itself, as a scanner would: not each time it is seen."""
        if isinstance(picture := told.data, dict):
            self.seen = {"text": read_picture(picture)[:200], "n": picture.get("n", 0)}

    def _hear(self, event: Any) -> None:
        text, number = str(event.new.get("text", ""))[:200], int(event.new.get("n", 0))
        if number <= self._heard:  # its answer was lost on the way to the page, or is still to come; nothing is done twice
            if number == self.answer.get("n"):
                self.answer = {**self.answer, "again": event.new.get("again", 0)}
            return
        self._heard = number
        self._one_by_one.ask(lambda: self._scanner.scan(text), lambda answer: self._show(answer, number))

    def _show(self, answer: Answer, number: int) -> None:
        self.where, self.next_step = where_words(self._scanner), self._scanner.next_step
        self.is_secret = bool(self._scanner.asked)
        around = {"where": self.where, "next_step": self.next_step, "is_secret": self.is_secret}
        self.answer = {"words": answer.words, "is_accepted": answer.is_accepted, "n": number, **around}


def where_words(scanner: Scanner) -> str:
    """Who scans, and where, as the field says it."""
    plant = scanner.feed.run.plant
    who = person_titles(plant, scanner.person) if scanner.person else ""
    where = scanner.place
    if where is None:
        return who
    storage = plant.layout.storage_units.get(where.name)
    title = equipment_title(plant, where.name) if where.kind is CodeKind.EQUIPMENT else (storage and storage.title) or where.name
    return f"{who} at {title}".strip()


def _forms(feed: Feed, scanner: Scanner) -> list[dict[str, Any]]:
    """What else can be said where the scanner is."""
    run, where = feed.run, scanner.place
    with run.lock:
        record = run.mes.equipment.records.get(where.name) if where else None
        center = record.work_center if record else ""
        return [*command_group(run, center), *floor_forms(run, center)]


def scan_page(feed: Feed) -> pmui.Page:
    """Build the page for one scanner; ?terminal=... names it, else it has a name of its own."""
    asked = pn.state.session_args.get("terminal", [b""])[0].decode(errors="replace")
    scanner = Scanner(feed, asked[:40] or f"scanner {uuid.uuid4().hex[:6]}")
    field = ScanField(scanner, sizing_mode="stretch_width")
    done = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
    desk = WorkTablet(feed, terminal=scanner.terminal, is_signed_elsewhere=True)

    def refresh() -> None:
        at_hand = {"forms": _forms(feed, scanner)}
        if at_hand != desk.now:
            desk.now = at_hand
        signed = {"person": scanner.person, "token": scanner.token}
        if signed != desk.signed_on:
            desk.signed_on = signed
        rows = [Row(cells=(it.scanned, it.words), mark="good" if it.is_accepted else "bad") for it in reversed(scanner.answers[-SHOWN:])]
        done.object = row_table(HEAD, rows or [Row(cells=("Nothing scanned yet.",), mark="done")])

    field.param.watch(lambda _: refresh(), "answer")
    main = [card("Scan", field), card("Scanned last", done), card("More to say", desk)]
    return page(feed, "Scanner", "/scan", main, refresh)
