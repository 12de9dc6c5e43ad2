"""The traceability page: a lot that is typed or scanned, its tree both ways, its stages, where all of it is, and the recall drill."""

from __future__ import annotations

import io
import time
from dataclasses import asdict
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.pictures import LotTree
from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.pages.page_frame import page
from twin.apps.pages.tracing.built_card import BuiltCard
from twin.apps.pages.tracing.labels_card import LabelsCard
from twin.apps.pages.tracing.recall_card import RecallCard
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import equipment_title, person_titles
from twin.results.labels.codes import Code, CodeKind, CodeUnknown, read_code
from twin.results.labels.label import label
from twin.results.labels.sheet import sheet_html
from twin.results.tracing.lot_trace import LotTrace
from twin.results.tracing.on_page import offered, quantity_in_house, trees
from twin.results.tracing.whereabouts import lot_of, numbered_units
from twin.results.views.overview import local_time

TERMINAL = "traceability page"
FRESH_S = 2.0
SHOWN_STAGES = 200
STAGE_HEAD = ("When", "Stage", "Quantity", "Where", "Who", "Detail")
WHERE_HEAD = ("Lot", "Material", "Quantity", "Standing", "Place", "Order", "Detail")
MARKS = {"in stock": "good", "in process": "warn", "shipped": "done", "scrapped": "bad", "sent back": "bad", "planned": "done"}


class _Viewer:
    """What one viewer looks at: a lot, and everything that is drawn of it."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.lot, self.asked = feed, "", ""  # the lot; the serial number, or the lot, that was asked for
        self._entries, self._at_s = -1, 0.0
        self.field = pmui.TextInput(label="Lot or serial number, typed or scanned", width=330, size="small", margin=(6, 8))
        self.refused = pmui.Alert(title="", alert_type="warning", visible=False, sizing_mode="stretch_width", margin=(4, 8))
        self.figures, self.where, self.stages = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3))
        self.back = LotTree(sizing_mode="stretch_width", none="Nothing: it came from outside.")
        self.forth = LotTree(sizing_mode="stretch_width", none="Nothing yet.")
        self.sheet = pmui.FileDownload(
            callback=lambda: _sheet(feed, self.lot),
            filename="label.html",
            label="Label",
            variant="outlined",
            margin=(8, 6),
            visible=False,  # until there is a lot
        )
        self.field.param.watch(lambda event: self.show(event.new) if event.new != self.asked else None, "value")
        for tree in (self.back, self.forth):
            tree.param.watch(lambda event: self.show(event.new) if event.new else None, "picked")

    def show(self, text: str) -> None:
        """Show the lot that a text means, or say why there is none."""
        if not text.strip():
            return
        try:
            with self.feed.run.lock:
                self.lot = _lot_of(self.feed, text)
                self.asked = text.strip() if text.strip() in numbered_units(self.feed.run) else self.lot
        except CodeUnknown as unknown:
            self.refused.title, self.refused.visible = f"{unknown}"[0].upper() + f"{unknown}"[1:], True
            return
        self.refused.visible, self.sheet.visible = False, True
        self.field.value = self.asked
        self.draw()

    def refresh(self) -> None:
        """Draw it again if more has happened since; a tree of thousands is not drawn twice a second."""
        if self.lot and len(self.feed.run.journal) != self._entries and time.monotonic() - self._at_s > FRESH_S:
            self.draw()

    def draw(self) -> None:
        """Bring everything up to date."""
        self._entries, self._at_s = len(self.feed.run.journal), time.monotonic()
        with self.feed.run.lock:
            found = self.feed.run.trace(self.lot)
            before, after = trees(self.feed.run, found)
        self.figures.object = _figures_html(found)
        self.back.nodes, self.forth.nodes = [asdict(it) for it in before], [asdict(it) for it in after]
        self.where.object, self.stages.object = _where_html(found), _stages_html(self.feed, found)


def trace_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    viewer, speaker, first = _Viewer(feed), Speaker(feed, TERMINAL), feed.look(offered).lots
    printed = LabelsCard(feed)
    offers = [pmui.Button(label=lot, variant="outlined", size="small", margin=(4, 4)) for lot in first]
    for offer in offers:
        offer.on_click(lambda event: viewer.show(event.obj.label))
    asked = pn.state.session_args.get("lot", [b""])[0].decode(errors="replace")
    viewer.show(asked or (first[0] if first else ""))
    both = pmui.Grid(
        pmui.Grid(card("What went into it", viewer.back), size={"xs": 12, "md": 6}),
        pmui.Grid(card("What it went into", viewer.forth), size={"xs": 12, "md": 6}),
        container=True,
        sizing_mode="stretch_width",
    )
    main = [
        card("Trace a lot", pmui.FlexBox(viewer.field, *offers, viewer.sheet, align_items="center"), viewer.refused, viewer.figures),
        both,
        card("Where all of it is now", viewer.where),
        card("Everything it went through", viewer.stages),
        BuiltCard(feed, lambda: viewer.asked).view,
        RecallCard(feed, speaker, lambda: viewer.lot).view,
        printed.view,
    ]

    def refresh() -> None:
        viewer.refresh()
        printed.refresh()

    return page(feed, "Traceability", "/trace", main, refresh, speaker)


def _lot_of(feed: Feed, text: str) -> str:
    """The lot that a text means: its id or code, a job order of it, or the serial number of a unit."""
    if text.strip() in numbered_units(feed.run):
        return lot_of(feed.run, text.strip())
    code = read_code(feed.run, text)
    if code.kind is CodeKind.LOT:
        return code.name
    if code.kind is CodeKind.JOB_ORDER:
        return feed.run.mes.execution.job_orders[code.name].lot
    raise CodeUnknown(f"{code.text} is no lot; allowed: a lot, or a job order of it")


def _sheet(feed: Feed, lot: str) -> io.StringIO:
    with feed.run.lock:
        return io.StringIO(sheet_html(f"Label of {lot}", [label(feed.run, Code(kind=CodeKind.LOT, name=lot))]))


def _figures_html(found: LotTrace) -> str:
    balance = found.balance
    came, went, scrap, there = (balance.total(side) for side in ("came in", "went out", "scrap", "there"))
    cards = (
        ("Lot", found.lot, found.title),
        ("Came in", f"{came:,}", f"{balance.unit} = {went:,} out + {scrap:,} scrap + {there:,} there"),
        ("In house", f"{quantity_in_house(found.where, found.lot):,}", "of it in stock or in process"),
        ("Lots both ways", f"{len(found.backward)} / {len(found.forward)}", "edges back / edges forward"),
    )
    inside = "".join(
        f"<div class='figure'><b>{escape(title)}</b><div class='number' style='font-size:22px;white-space:normal;"
        f"overflow-wrap:anywhere'>{escape(number)}</div><div class='detail'>{escape(detail)}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def _where_html(found: LotTrace) -> str:
    rows = [
        Row(
            cells=(it.lot, it.material, f"{it.quantity:,} {it.unit}", it.standing, it.place, it.order, it.detail),
            mark=MARKS.get(it.standing, ""),
        )
        for it in found.where
    ]
    return row_table(WHERE_HEAD, rows or [Row(cells=("Nothing of it is left.",), mark="done")], numeric=(2,))


def _stages_html(feed: Feed, found: LotTrace) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                local_time(plant, it.at_us), it.stage, "" if it.quantity is None else f"{it.quantity:,}",
                equipment_title(plant, it.place) if it.place in plant.equipment else it.place,
                person_titles(plant, it.person) if it.person else "", it.detail,
            ),
            mark="bad" if it.stage in ("held", "scrapped") else "",
        )
        for it in found.stages[:SHOWN_STAGES]
    ]  # fmt: skip
    if len(found.stages) > SHOWN_STAGES:
        rows.append(Row(cells=(f"and {len(found.stages) - SHOWN_STAGES} more",), mark="done"))
    return row_table(STAGE_HEAD, rows, numeric=(2,))
