"""A card: the plan played before it is firmed, at the press of a button, with what becomes of every open order and what it costs."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.asking.question import Question
from twin.apps.feed import Feed
from twin.apps.pages.analysis.question import QuestionCard
from twin.apps.row_table import Row, row_table
from twin.apps.words import customer_title, material_title, money, percent
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.results.views.overview import local_time
from twin.study.ahead.forecast import OrderForecast, quantile
from twin.study.ahead.plan_trials import PlanTrials

COUNT = 20
SPANS = {"three days": "3 d", "a week": "7 d", "two weeks": "14 d"}
SHARES = (0.1, 0.5, 0.9)
SURE, DOUBTFUL = 0.8, 0.5
LEAVES = ("Likely leaves (50 %), by trial of the plan", "At worst (90 %), by trial of the plan")
HEAD = ("Order", "Customer", "Product", "Quantity", "Due", "In time", *LEAVES)
MONEY_HEAD = ("Until then", "At least (90 % of runs)", "Likely (50 % of runs)", "At most (90 % of runs)")
MEANS = (
    "Each run begins with the plant as it is now; the material plan decides once a day what is made and bought, and what is under way,"
    " failures, yields and new orders are drawn anew. In time: the share of runs in which the order leaves before it is due, with its"
    " 95 % interval (Wilson). Costs and result are those of the books. Nothing is ordered by this."
)


class Asked(Question[PlanTrials]):
    """One question, with its progress."""

    about = "trial of the plan"

    def __init__(self, feed: Feed, span: str) -> None:
        self.done = 0
        self._feed, self._span_us = feed, read_duration(span)
        super().__init__()

    @property
    def percent_done(self) -> int:
        return round(100 * self.done / COUNT)

    def answer(self) -> PlanTrials:
        return study.simulate_plan_of(self._feed.run, COUNT, span_us=self._span_us, watch=self._watch, stop=self.stop)

    def _watch(self, done: int) -> None:
        self.done = done


class PlanTrialCard(QuestionCard[PlanTrials]):
    """The card, and `refresh` for the beat of its page."""

    _asked: Asked | None

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._span = pmui.Select(label="how far ahead", options=SPANS, value="7 d", width=150, size="small", margin=(4, 8))
        self._orders, self._money = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        super().__init__("Before it is firmed", f"Play the plan {COUNT} times", self._span, [self._orders, self._money], MEANS)

    def ask(self) -> Asked:
        return Asked(self._feed, str(self._span.value))

    def progress_words(self) -> str:
        asked = self._asked
        assert asked is not None
        if asked.failure:
            return f"It cannot be played: {asked.failure}"
        if not asked.is_done:
            return (
                "ending ..."
                if asked.is_cancelled
                else f"{asked.done} of {COUNT} runs"
                if asked.done
                else "this run is played up to now ..."
            )
        assert asked.found is not None
        plant, found = self._feed.run.plant, asked.found
        short = " Cancelled: not all that was asked for." if asked.is_cancelled else ""
        return f"{found.count} runs, until {local_time(plant, found.until_us)}, in {asked.took_s:.0f} s.{short}"

    def show(self, found: PlanTrials) -> None:
        plant = self._feed.run.plant
        rows = [_row(plant, found, it) for it in found.orders] if found.count else []
        self._orders.object = row_table(HEAD, rows or [Row(cells=("No order is open.",), mark="good")], numeric=(3,))
        self._money.object = _money_html(found)


def _row(plant: Plant, found: PlanTrials, it: OrderForecast) -> Row:
    low, middle, high = it.on_time_interval
    leaves = (it.shipped_by_us(share) for share in (0.5, 0.9))
    cells = (
        it.order, customer_title(plant, it.customer), material_title(plant, it.material), f"{it.quantity:,}", local_time(plant, it.due_us),
        f"{percent(middle)} ({percent(low)} to {percent(high)})",
        *("not by then" if at_us is None else local_time(plant, at_us) for at_us in leaves),
    )  # fmt: skip
    return Row(cells=cells, mark="good" if middle >= SURE else "warn" if middle >= DOUBTFUL else "bad")


def _money_html(found: PlanTrials) -> str:
    if not found.ledgers:
        return ""
    told = {"Costs": found.costs_minor, "Revenue": [it.revenue_minor for it in found.ledgers],
            "Result": [it.result_minor for it in found.ledgers]}  # fmt: skip
    rows = [
        Row(cells=(name, *(money(quantile(values, share), found.currency) for share in SHARES)), mark="total" if name == "Result" else "")
        for name, values in told.items()
    ]
    return row_table(MONEY_HEAD, rows, numeric=(1, 2, 3))
