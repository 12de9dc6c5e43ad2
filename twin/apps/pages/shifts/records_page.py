"""The batch records page: lots that wait for review, the record of one with its exceptions first, its signed release, its files."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.document_files import pictures_html
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.pages.page_frame import page
from twin.apps.pages.shifts.signing import accept_exception, reject_batch, release_batch, sign_batch
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.speaking.answers import Answer, button, offer, select
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import material_title
from twin.mes.quality.entries import MEANINGS
from twin.results.exports.records import CERTIFICATE, RECORD, document_file
from twin.results.reports.batch_written import EXCEPTIONS, parts_of
from twin.results.reports.documents import Part, written
from twin.results.reports.to_review import DONE, NOT_SIGNED, REJECTED, TO_REVIEW, LotToReview, lots_to_review
from twin.results.views.overview import local_time

TERMINAL = "batch records page"
HEAD = ("Lot", "Material", "Request", "Made", "Done", "Standing", "Look at")
MARKS = {TO_REVIEW: "warn", NOT_SIGNED: "warn", REJECTED: "bad", DONE: "done"}
FILES = ((RECORD, "Record", ".pdf"), (RECORD, "Record", ".html"), (CERTIFICATE, "Certificate", ".pdf"))
NONE = "Pick a lot: its record is read from the journal then."
NOTE = (
    "Exceptions are accepted one by one, each with a reason; those that are left when it is released are accepted with it. The record as it"
    " is then is kept and signed with your id and secret; what becomes known later changes nothing in it. Of a record that is rejected all"
    " that is here of the lot is held, until it is decided what becomes of it (Quality). It is of what the server knows, with a journal"
    " that is kept or without."
)
PICK_ONE = "one that is open"


class _Review:
    """The record that one viewer has before him, and what he says of it."""

    def __init__(self, feed: Feed, speaker: Speaker) -> None:
        self._feed, self._speaker, self._lot = feed, speaker, ""
        self._reader = OneByOne()  # reading a record takes its time, and the server goes on meanwhile
        self.lots = PagedTable[LotToReview]("lots", HEAD, self._row, numeric=(3,), name=lambda it: it.lot, on_change=self.show)
        self.record = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._exception = select("exception", {PICK_ONE: ""})
        self._reason = pmui.TextInput(label="why", width=320, size="small", margin=(6, 8))
        self._secret = pmui.PasswordInput(label="secret", width=200, size="small", margin=(6, 8))
        self._meaning = select("meaning", list(MEANINGS))
        self._answer, self._of_files = Answer(), Answer()
        says = (
            self._reason, self._secret, self._exception, button("Accept this exception", self._accept),
            button("Release and sign", self._release), button("Reject and sign", self._reject), self._meaning, button("Sign", self._sign),
        )  # fmt: skip
        self._files = [self._file(*it) for it in FILES]
        files = pmui.FlexBox(*self._files, self._of_files.pane, align_items="center", sizing_mode="stretch_width")
        note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        saying = pmui.FlexBox(*says, align_items="center", sizing_mode="stretch_width")
        self.cards = [card("Its record", files, self.record), card("Review, release and sign", note, saying, self._answer.pane)]

    def show(self) -> None:
        """Bring the list up to date; another lot that is picked is read."""
        self.lots.show(self._feed.look(lots_to_review), empty="Nothing has been made yet.")
        if self.lots.picked != self._lot:
            self._lot = self.lots.picked
            self._answer.show("", is_good=True)
            self._read()
        if not self._lot:
            self.record.object = row_table((), [Row(cells=(NONE,), mark="done")])

    def _row(self, it: LotToReview) -> Row:
        plant = self._feed.run.plant
        done = local_time(plant, it.ended_us) if it.ended_us >= 0 else ""
        cells = (it.lot, material_title(plant, it.material), it.request, f"{it.produced:,}", done, it.standing, it.doubts)
        return Row(cells=cells, mark="bad" if it.doubts and it.standing == TO_REVIEW else MARKS.get(it.standing, ""))

    def _read(self) -> None:
        lot = self._lot

        def reads() -> dict[str, Any]:
            return self._feed.run.batch_record(lot) if lot else {}

        def shows(record: dict[str, Any]) -> None:
            if record and lot == self._lot:
                self.record.object = record_html(record)
                offer(self._exception, _open_exceptions(record, lot))
            self._of_files.show("", is_good=True)
            for file, (what, _, kind) in zip(self._files, FILES, strict=True):
                file.param.update(filename=f"{what}_{lot}{kind}", disabled=not lot)

        self._reader.ask(reads, shows)

    def _file(self, what: str, title: str, kind: str) -> pmui.FileDownload:
        def make() -> io.BytesIO | None:
            self._of_files.show("", is_good=True)
            try:
                with self._feed.run.lock:
                    return io.BytesIO(document_file(self._feed.run, what, self._lot, kind))
            except ValueError as error:
                self._of_files.show(f"There is no {title.lower()}: {error}", is_good=False)
                return None

        label = f"{title}, {kind[1:].upper()}"
        return pmui.FileDownload(callback=make, filename="lot", label=label, variant="outlined", size="small", disabled=True, margin=(6, 4))

    def _why(self) -> str:
        return str(self._reason.value_input or self._reason.value or "").strip()

    def _release(self, _: Any) -> None:
        reason = self._why()
        self._say(lambda lot, secret: release_batch(self._feed, self._speaker.session, lot, secret, reason), "It is released and signed.")

    def _reject(self, _: Any) -> None:
        reason = self._why()
        self._say(
            lambda lot, secret: reject_batch(self._feed, self._speaker.session, lot, secret, reason), "It is rejected, and that signed."
        )

    def _accept(self, _: Any) -> None:
        reason, exception = self._why(), str(self._exception.value or "")
        if self._lot and not exception:
            self._answer.show("Refused: no exception is picked; allowed: one that is open", is_good=False)
            return
        self._say(
            lambda lot, secret: accept_exception(self._feed, self._speaker.session, lot, exception, secret, reason),
            "That exception is accepted, and signed.",
        )

    def _sign(self, _: Any) -> None:
        meaning = str(self._meaning.value)
        self._say(lambda lot, secret: sign_batch(self._feed, self._speaker.session, lot, secret, meaning), f"It is signed: {meaning}.")

    def _say(self, does: Callable[[str, str], str], done: str) -> None:
        lot, secret = self._lot, str(self._secret.value_input or self._secret.value or "")
        self._secret.param.update(value="", value_input="")
        if not lot or not self._speaker.person:
            self._answer.show(f"Refused: {self._speaker.who_first if lot else 'no lot is picked; allowed: one of the list'}", is_good=False)
            return

        def answered(words: str) -> None:
            self._answer.show(f"Refused: {words}" if words else done, is_good=not words)
            self._read()
            self.show()

        self._speaker.ask(lambda: does(lot, secret), answered)


def _open_exceptions(record: dict[str, Any], lot: str) -> dict[str, str]:
    """Exceptions of the lot that nobody has accepted, as words with their number; of a lot that is released none is open."""
    one = next((it for it in record.get("lots", [record]) if it["lot"] == lot), None)  # none: a request whose lots are called otherwise
    rows = one["exceptions"] if one and "person" not in one["release"] else []
    found = {f"{it['at']} {it['kind']}: {it['what']}"[:90] + f" ({it['number']})": it["number"] for it in rows if not it["accepted"]}
    return {PICK_ONE: "", **found}


def record_html(record: dict[str, Any]) -> str:
    """A batch record for a page: exceptions and what does not hold stand open, the rest opens when it is asked for."""
    if "lots" in record:  # a lot that is called as its request is: with what was parted from it
        return "".join(map(record_html, record["lots"]))
    release = record["release"]["standing"]
    head = f"{record['title']}, {record['produced']:,} of {record['quantity']:,} {record['unit']}; {release}"
    parts = "".join(_part_html(part, is_open=part[0] in EXCEPTIONS) for part in parts_of(record))
    foot = f"Hash of this record: {record['hash']}"
    parts += pictures_html((it["digest"], f"{it['nonconformance']}, {it['note'] or it['file']}") for it in record.get("pictures", ()))
    return (
        f"<div style='{FONT};padding:8px;overflow-wrap:anywhere'><b>Lot {escape(record['lot'])}</b>: {escape(head)}</div>{parts}"
        f"<div style='{FONT};padding:8px;opacity:.75;overflow-wrap:anywhere'>{escape(foot)}</div>"
    )


def _part_html(part: Part, *, is_open: bool) -> str:
    title, empty, rows = part
    names = list(rows[0]) if rows else []
    head = [name.replace("_", " ").capitalize() for name in names]
    lines = [Row(cells=[written(row[name]) for name in names], mark="bad" if is_open else "") for row in rows]
    table = row_table(head, lines or [Row(cells=(empty,), mark="good" if is_open else "done")])
    summary = f"{escape(title)}: {len(rows)}" if rows else escape(title)
    return (
        f"<details style='{FONT};margin:8px'{' open' if is_open else ''}>"
        f"<summary style='cursor:pointer;font-weight:600;padding:6px 0'>{summary}</summary>{table}</details>"
    )


def records_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer; ?lot=... opens its record."""
    speaker = Speaker(feed, TERMINAL)
    review = _Review(feed, speaker)
    if asked := pn.state.session_args.get("lot", [b""])[0].decode(errors="replace"):
        review.lots.pick(asked)
    main = [card("Lots, those that wait for review first", review.lots.shown), *review.cards]
    return page(feed, "Batch records", "/batch-records", main, review.show, speaker)
