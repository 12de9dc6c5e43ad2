"""A card: labels for a printer, of work units, badges, places, what a scanner does, and the traveller of a request."""

from __future__ import annotations

import io

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.speaking.answers import offer, select
from twin.apps.theme import card
from twin.results.labels.codes import CodeKind
from twin.results.labels.label import labels, labels_of_request
from twin.results.labels.sheet import sheet_html
from twin.results.run import Run

NONE = "–"
TRAVELLER = "traveller"
KINDS = {
    "Work units and lines": CodeKind.EQUIPMENT.value,
    "Badges": CodeKind.PERSON.value,
    "Places": CodeKind.PLACE.value,
    "What a scanner does": CodeKind.ACTION.value,
    "Traveller of a request: its lots and job orders": TRAVELLER,
}


class LabelsCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.kind, self.request = select("labels of", KINDS), select("request", {NONE: ""})
        self.kind.width = 340
        self._answer = pmui.Typography("", variant="body2", margin=(10, 8))
        self.sheet = pmui.FileDownload(
            callback=self.make, filename="labels.html", label="Sheet of labels", variant="outlined", margin=(8, 6),
        )  # fmt: skip
        self.kind.param.watch(lambda _: self.refresh(), "value")
        row = pmui.FlexBox(self.kind, self.request, self.sheet, self._answer, align_items="center", sizing_mode="stretch_width")
        self.view = card("Labels to print", row)
        self.refresh()

    def refresh(self) -> None:
        """Offer the requests of which something was let in."""
        self.request.visible = self.kind.value == TRAVELLER
        offer(self.request, {NONE: "", **{name: name for name in self._feed.look(_requests)}})

    def make(self) -> io.StringIO | None:
        """The sheet as one file that a browser prints; what there is nothing of is said."""
        kind, request, run = str(self.kind.value), str(self.request.value), self._feed.run
        self._answer.object = ""
        try:
            with run.lock:
                if kind == TRAVELLER and not request:
                    raise ValueError("no request is chosen; allowed: one of the list")
                found = labels_of_request(run, request) if kind == TRAVELLER else labels(run, CodeKind(kind))
        except ValueError as error:
            self._answer.object = f"{error}"[0].upper() + f"{error}"[1:]
            return None
        if not found:
            self._answer.object = "There is nothing of it in this plant."
            return None
        title = next(title for title, value in KINDS.items() if value == kind)
        return io.StringIO(sheet_html(f"{title.partition(':')[0]} {request if kind == TRAVELLER else ''}".strip(), found))


def _requests(run: Run) -> list[str]:
    return list(dict.fromkeys(lot.request for lot in run.mes.tracking.lots.values() if lot.request))
