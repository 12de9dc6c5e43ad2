"""A card: what single losses have cost, by the same run without each of them, at the press of a button."""

from __future__ import annotations

from html import escape

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.asking.question import Question
from twin.apps.feed import Feed
from twin.apps.pages.analysis.question import QuestionCard
from twin.apps.row_table import Row, row_table
from twin.apps.words import equipment_title, hours, reason_words
from twin.model.losses.left_out import LOSS_KINDS, LossKind
from twin.model.plant import Plant
from twin.results.views.overview import local_time
from twin.study import CostOfLosses, LossCost, Progress

LARGEST, WORKERS, FUTURES = 8, 2, 10
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
    " Of a run that cannot be played again, since it was live, replayed or led by persons, the cost of stops is estimated: what was known"
    " just before each goes on with it and without it, in several futures; the cost is their mean, with the least and the most beside it."
)


class Asked(Question[CostOfLosses]):
    """One question, with its progress."""

    about = "costs of losses"

    def __init__(self, feed: Feed, kinds: tuple[LossKind, ...]) -> None:
        self.progress: Progress | None = None
        self._feed, self._kinds = feed, kinds
        super().__init__()

    @property
    def percent_done(self) -> int:
        return round(100 * self.progress.done / max(1, self.progress.total)) if self.progress else 0

    def answer(self) -> CostOfLosses:
        return study.cost_of_losses(
            self._feed.run, LARGEST, kinds=self._kinds, futures=FUTURES, workers=WORKERS, watch=self._watch, stop=self.stop
        )

    def _watch(self, progress: Progress) -> None:
        self.progress = progress


class LossesCard(QuestionCard[CostOfLosses]):
    """The card, and `refresh` for the beat of its page."""

    _asked: Asked | None

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._kinds = pmui.Select(label="of which losses", options=list(KINDS), value="all", width=190, size="small", margin=(4, 8))
        self._table = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        title = f"What single losses have cost, {feed.run.plant.layout.currency}"
        super().__init__(title, f"Play the run without each of the {LARGEST} longest", self._kinds, [self._table], MEANS)

    def ask(self) -> Asked:
        return Asked(self._feed, KINDS[str(self._kinds.value)])

    def progress_words(self) -> str:
        asked = self._asked
        assert asked is not None
        if asked.failure:
            return f"No costs: {asked.failure}"
        if not asked.is_done:
            told = asked.progress
            return "ending ..." if asked.is_cancelled else f"{told.done} of {told.total} runs" if told else "the run is read ..."
        assert asked.found is not None
        short = " Cancelled: not all that was asked for." if asked.found.stopped else ""
        estimated = f" {asked.found.basis}" if asked.found.is_estimated else ""
        return f"{asked.found.scope}; {asked.took_s:.0f} s.{short}{estimated}"

    def show(self, found: CostOfLosses) -> None:
        self._table.object = losses_html(found)


def losses_html(found: CostOfLosses) -> str:
    """A row for each loss, the dearest first."""
    rows = [_row(it, found.plant) for it in found.costs]
    table = row_table(HEAD, rows or [Row(cells=("There was no such loss.",), mark="good")], numeric=range(3, 12))
    return table + (f"<p>Assumed: {escape('; '.join(found.assumed))}</p>" if found.assumed else "")


def _row(it: LossCost, plant: Plant) -> Row:
    named, mark = it.found.left_out, "warn" if it.cost_minor > 0 else "good" if it.cost_minor < 0 else "done"
    what = {"failure": f"{reason_words(named.reason)}", "setup": "set-up", "scrap": "scrap", "rework": "rework"}[named.loss]
    pieces = f", {it.found.pieces} pieces" if it.found.pieces > 1 else ""
    goes_on = ", goes on" if it.found.goes_on else ""
    helped = " (helped)" if it.cost_minor < 0 else ""
    low, high = it.range_minor
    spread = f" ({low / 100:,.2f} to {high / 100:,.2f})" if it.estimate else ""
    groups = it.groups
    money = (_money(minor) for minor in (groups["gross_profit"], groups["variances"], groups["not_absorbed"], it.under_way_minor))
    return Row(
        cells=(
            f"{what} {named.occurrence}{pieces}{goes_on}", equipment_title(plant, named.equipment), local_time(plant, it.found.at_us),
            hours(it.found.duration_us), f"{it.cost_minor / 100:,.2f}{spread}{helped}", *money, _signed(it.late_orders),
            f"{it.late_minutes:+,.0f} min" if it.late_us else "", _signed(it.unshipped_orders),
        ),
        mark=mark,
    )  # fmt: skip


def _money(minor: int) -> str:
    return f"{minor / 100:,.2f}" if minor else ""


def _signed(count: float) -> str:
    return f"{count:+,}" if count else ""
