"""The scanner page (/scan): one field for a scanner that types, a camera or a person; what it did in large letters; what to scan next."""

from __future__ import annotations

import time
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

SHOWN, KEPT, REMEMBERED = 12, 20, 200
_APPS = Path(__file__).parents[1]
HEAD = ("Scanned", "What came of it")
ACTIONS = [[f"{CodeKind.ACTION}:{UNDO}", "Undo"], [f"{CodeKind.ACTION}:{SIGN_OFF}", "Sign off"]]


class ScanField(JSComponent):
    """Hears scans, and says what came of the last one."""

    terminal = param.String(default="", doc="the name of this scanner")
    answer = param.Dict(default={}, doc="words, is_accepted, n: how many scans were answered, 0 before the first")
    answers = param.Dict(default={}, doc="scan id -> what was said of it, of the last scans; and how many were answered")
    standing = param.Dict(default={}, doc="who scans where: kept with each scan, for a page that is built anew")
    seen = param.Dict(default={}, doc="text, n: what stands in the camera's picture of that number, if anything")
    looked = param.Integer(default=0, doc="the last question of the page whether its session is still there")
    where = param.String(default="", doc="who scans, and where")
    next_step = param.String(default="", doc="what to scan next")
    is_secret = param.Boolean(default=False, doc="a PIN is typed next, and not shown")
    actions = param.List(default=ACTIONS, doc="[code, label] of buttons that do what their labels' codes do")

    _esm = "".join(
        (_APPS / name).read_text(encoding="utf-8")
        for name in ("terminals/entry_keeper.js", "terminals/away/last_shown.js", "scanning/scan_field.js")
    ).replace("export function keepEntries", "function keepEntries")

    def __init__(self, scanner: Scanner, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._scanner = scanner
        self._one_by_one = OneByOne()  # scans are answered in their order, and the server goes on meanwhile
        self._asked: dict[str, Answer | None] = {}  # by scan id; None: not answered yet
        self._count = 0
        self.terminal, self.next_step = scanner.terminal, scanner.next_step
        self.on_msg(self._take)

    def _take(self, told: DataEvent) -> None:
        """A scan, or a picture of the camera. What stands in it the page says itself, as a scanner would: not each time it is seen."""
        said = told.data
        if isinstance(said, dict) and "look" in said:
            self.looked = said["look"] if isinstance(said["look"], int) else 0
        elif isinstance(said, dict) and "text" in said:
            self._hear(said)
        elif isinstance(said, dict):
            self.seen = {"text": read_picture(said)[:200], "n": said.get("n", 0)}

    def _hear(self, said: dict[str, Any]) -> None:
        scan_id, text, ago = str(said.get("id", ""))[:60], str(said.get("text", ""))[:200], said.get("age_s")
        if scan_id in self._asked:  # its answer was lost on the way to the page, or is still to come; nothing is done twice
            if answer := self._asked[scan_id]:
                self._show(answer, scan_id)
            return
        self._asked = {**dict(list(self._asked.items())[-REMEMBERED:]), scan_id: None}
        ago_s, heard_s = float(ago) if isinstance(ago, int | float) else 0.0, time.monotonic()

        def scanned() -> Answer:
            if ago_s and isinstance(before := said.get("standing"), dict):
                self._scanner.resume(before)
            return self._scanner.scan(text, scan_id, ago_s and ago_s + time.monotonic() - heard_s)  # it has waited for those before it

        self._one_by_one.ask(scanned, lambda answer: self._show(answer, scan_id))

    def _show(self, answer: Answer, scan_id: str) -> None:
        self._asked[scan_id], self._count = answer, self._count + 1
        self.where, self.next_step = where_words(self._scanner), self._scanner.next_step
        self.is_secret, self.standing = bool(self._scanner.asked), self._scanner.standing
        around = {"where": self.where, "next_step": self.next_step, "is_secret": self.is_secret}
        self.answer = {"words": answer.words, "is_accepted": answer.is_accepted, "n": self._count, **around}
        last = {known: one.words for known, one in list(self._asked.items())[-KEPT:] if one}
        self.answers = {**last, "count": str(self._count)}  # else one that is given again would be no change, and not be sent


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
