"""A card: what single losses have cost, by the same run without each of them, at the press of a button."""

from __future__ import annotations

import logging
import threading
import time
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.feed import Feed
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title, hours, reason_words
from twin.model.losses.left_out import LOSS_KINDS, LossKind
from twin.model.plant import Plant
from twin.results.views.overview import local_time
from twin.study import CostOfLosses, LossCost, Progress, StudyStoppedError

LARGEST, WORKERS = 8, 2
KINDS: dict[str, tuple[LossKind, ...]] = {
    "all": LOSS_KINDS, "breakdowns": ("failure",), "set-ups": ("setup",), "scrap and rework": ("scrap", "rework"),
}  # fmt: skip
HEAD = (
    "Loss", "Equipment", "Began", "Lasted", "Cost", "Gross profit", "Variances", "Not absorbed", "Under way", "Orders late", "Later in all",
    "Unshipped",
)  # fmt: skip
MEANS = (
    "Each row is the same run once more, up to now, without that one loss and with everything else as it was drawn: the difference in the"
    " ledger is its cost. What is below zero has helped. Work that is under way now is in no book before it ends: by so much"
    " more or less there is of it. Costs of single losses do not add up: without one, another may have done no harm."
)
_log = logging.getLogger(__name__)


class Asked:
    """One question, answered by a thread of its own; the page looks at it with every beat."""

    def __init__(self, feed: Feed, kinds: tuple[LossKind, ...]) -> None:
        self.progress: Progress | None = None
        self.found: CostOfLosses | None = None
        self.is_done, self.failure, self.took_s = False, "", 0.0
        self._feed, self._kinds, self._stop = feed, kinds, threading.Event()
        self._began_s = time.monotonic()
        threading.Thread(target=self._ask, name="losses", daemon=True).start()

    def cancel(self) -> None:
        """What is done by now counts."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def percent_done(self) -> int:
        """How far it is, 0 to 100."""
        return round(100 * self.progress.done / max(1, self.progress.total)) if self.progress else 0

    def _ask(self) -> None:
        try:
            self.found = study.cost_of_losses(
                self._feed.run, LARGEST, kinds=self._kinds, workers=WORKERS, watch=self._watch, stop=self._stop
            )  # fmt: skip
        except (ValueError, StudyStoppedError) as reason:  # in words already
            self.failure = str(reason)
        except Exception as error:  # the page must say so: a bar that stands still looks like work
            self.failure = f"{type(error).__name__}: {error}"
            _log.exception("the cost of losses has ended with a fault")
        self.took_s, self.is_done = time.monotonic() - self._began_s, True

    def _watch(self, progress: Progress) -> None:
        self.progress = progress


class LossesCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._asked: Asked | None = None
        self._shown: CostOfLosses | None = None
        self._kinds = pmui.Select(label="of which losses", options=list(KINDS), value="all", width=190, size="small", margin=(4, 8))
        words = f"Play the run without each of the {LARGEST} longest"
        self._start = pmui.Button(label=words, icon="query_stats", variant="contained", margin=(8, 8))
        self._cancel = pmui.Button(label="Cancel", icon="close", variant="outlined", visible=False, margin=(8, 4))
        self._bar = pmui.LinearProgress(value=0, variant="determinate", visible=False, sizing_mode="stretch_width", margin=(6, 8))
        self._words, self._table = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        self._start.on_click(lambda _: self._begin())
        self._cancel.on_click(self._end)
        if pn.state.curdoc:
            pn.state.on_session_destroyed(self._end)  # nobody is left to read it
        row = pmui.FlexBox(self._start, self._kinds, self._cancel, align_items="center", sizing_mode="stretch_width")
        note = pmui.Typography(MEANS, variant="body2", sx={"opacity": 0.8}, margin=(4, 8))
        title = f"What single losses have cost, {feed.run.plant.layout.currency}"
        self.view = card(title, row, self._bar, self._words, self._table, note)

    def _begin(self) -> None:
        if self._asked is None or self._asked.is_done:
            self._asked = Asked(self._feed, KINDS[str(self._kinds.value)])
            self.refresh()

    def _end(self, _: object) -> None:
        if self._asked:
            self._asked.cancel()

    def refresh(self) -> None:
        """Show how far it is, and what was found."""
        asked = self._asked
        if asked is None:
            return
        found, is_busy = asked.found, not asked.is_done  # in this order: what is done is found
        self._bar.value, self._bar.visible = asked.percent_done, is_busy
        self._cancel.visible, self._start.disabled = is_busy, is_busy
        self._words.object = f"<div role='status' style='{FONT};margin:6px 8px'>{escape(progress_words(asked))}</div>"
        if found is not None and found is not self._shown:
            self._shown = found
            self._table.object = losses_html(found)


def progress_words(asked: Asked) -> str:
    """How far it is, in words."""
    if asked.failure:
        return f"No costs: {asked.failure}"
    if not asked.is_done:
        told = asked.progress
        return "ending ..." if asked.is_cancelled else f"{told.done} of {told.total} runs" if told else "the run is read ..."
    assert asked.found is not None
    short = " Cancelled: not all that was asked for." if asked.found.stopped else ""
    return f"{asked.found.scope}; {asked.took_s:.0f} s.{short}"


def losses_html(found: CostOfLosses) -> str:
    """A row for each loss, the dearest first."""
    rows = [_row(it, found.plant) for it in found.costs]
    return row_table(HEAD, rows or [Row(cells=("There was no such loss.",), mark="good")], numeric=range(3, 12))


def _row(it: LossCost, plant: Plant) -> Row:
    named, mark = it.found.left_out, "warn" if it.cost_minor > 0 else "good" if it.cost_minor < 0 else "done"
    what = {"failure": f"{reason_words(named.reason)}", "setup": "set-up", "scrap": "scrap", "rework": "rework"}[named.loss]
    pieces = f", {it.found.pieces} pieces" if it.found.pieces > 1 else ""
    goes_on = ", goes on" if it.found.goes_on else ""
    helped = " (helped)" if it.cost_minor < 0 else ""
    groups = it.groups
    money = (_money(minor) for minor in (groups["gross_profit"], groups["variances"], groups["not_absorbed"], it.under_way_minor))
    return Row(
        cells=(
            f"{what} {named.occurrence}{pieces}{goes_on}", equipment_title(plant, named.equipment), local_time(plant, it.found.at_us),
            hours(it.found.duration_us), f"{it.cost_minor / 100:,.2f}{helped}", *money, _signed(it.late_orders),
            f"{it.late_minutes:+,.0f} min" if it.late_us else "", _signed(it.unshipped_orders),
        ),
        mark=mark,
    )  # fmt: skip


def _money(minor: int) -> str:
    return f"{minor / 100:,.2f}" if minor else ""


def _signed(count: int) -> str:
    return f"{count:+,}" if count else ""
