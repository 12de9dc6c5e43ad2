"""A card: what is expected, product by product: what was ordered, what is forecast by which method, what orders have taken of it."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.asking.question import Question
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.pages.analysis.question import QuestionCard
from twin.apps.row_table import Row, row_table
from twin.apps.words import day_words, material_title, unit_words
from twin.model.plant import Plant
from twin.results.planning.expected_now import ProductExpected, ProductTried, WeekExpected, back_tested, expected_now
from twin.results.views.overview import local_time

FRESH_S = 10.0
HISTORY_HEAD = ("Product", "Ordered, week by week, the oldest first", "Mean of a week", "Forecast by")
WEEK_HEAD = ("Product", "Week from", "Forecast", "Orders have taken", "Still expected", "Orders due then", "By", "Said")
TRIED_HEAD = ("Product", "Method", "Would have missed", "Is")
MEANS = (
    "Each method forecasts the last third of the history from every week in it, knowing only the weeks before, and is held against what"
    " came (back-test by rolling origin): the root mean square of what it would have missed, pieces a week. The mean is by what the ERP"
    " forecasts where a scenario says nothing else (policies.forecasting); the others are statsmodels'. Asking changes nothing."
)
NOTHING = (
    "Nothing is forecast: the scenario says nothing of it (policies.forecasting), and no planner has entered a forecast (page Material"
    " plan)."
)
WORDS = {
    "simple": "exponential smoothing", "holt": "Holt, damped trend", "holt_winters": "Holt-Winters", "croston": "Croston",
    "sba": "Syntetos-Boylan (SBA)", "naive": "as in the last week", "mean": "mean of all weeks",
}  # fmt: skip

Line = tuple[ProductExpected, WeekExpected]


class Asked(Question[list[ProductTried]]):
    """How each method would have done."""

    about = "back-tests of forecasts"

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        super().__init__()

    def answer(self) -> list[ProductTried]:
        declared = self._feed.run.erp.policies.forecasting
        return back_tested(self._feed.look(expected_now, FRESH_S), declared.season if declared else None)


class ForecastCard(QuestionCard[list[ProductTried]]):
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed, plant = feed, feed.run.plant
        self._history, self._tried = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        self._weeks = PagedTable[Line](
            "forecasts", WEEK_HEAD, lambda it: _week_row(plant, *it), numeric=range(2, 6), on_change=self.refresh
        )  # fmt: skip
        about = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        super().__init__("What is expected: forecasts", "Try each method", about, [self._tried, self._history, self._weeks.shown], MEANS)

    def ask(self) -> Asked:
        return Asked(self._feed)

    def progress_words(self) -> str:
        asked = self._asked
        assert asked is not None
        if asked.failure:
            return f"No method can be tried: {asked.failure}"
        return f"Each method was tried in {asked.took_s:.1f} s." if asked.is_done else "each method is tried ..."

    def refresh(self) -> None:
        """Bring the tables up to date, and the answer if one was asked for."""
        products = self._feed.look(expected_now, FRESH_S)
        self._history.object = row_table(HISTORY_HEAD, [_history_row(self._feed.run.plant, it) for it in products], numeric=(2,))
        self._weeks.show([(it, week) for it in products for week in it.weeks], empty=NOTHING)
        super().refresh()

    def show(self, found: list[ProductTried]) -> None:
        at_work = {it.material: it.method for it in self._feed.look(expected_now, FRESH_S)}
        rows = [row for it in found for row in _tried_rows(self._feed.run.plant, it, at_work.get(it.material, ""))]
        self._tried.object = row_table(TRIED_HEAD, rows, numeric=(2,))


def _history_row(plant: Plant, it: ProductExpected) -> Row:
    came = ", ".join(f"{pieces:,}" for pieces in it.history) or "no whole week so far"
    mean = f"{sum(it.history) / len(it.history):,.1f}" if it.history else ""
    return Row(cells=(material_title(plant, it.material), came, mean, method_words(it.method) or "nobody"))


def _week_row(plant: Plant, product: ProductExpected, it: WeekExpected) -> Row:
    unit = product.unit
    numbers = (f"{quantity:,} {unit_words(unit, quantity)}" for quantity in (it.pieces, it.taken, it.left, it.ordered))
    cells = (material_title(plant, product.material), day_words(it.day), *numbers, method_words(it.method), local_time(plant, it.said_us))
    return Row(cells=cells, mark="warn" if it.ordered > it.pieces else "")


def _tried_rows(plant: Plant, it: ProductTried, at_work: str) -> list[Row]:
    title = material_title(plant, it.material)
    if not it.tried:
        return [Row(cells=(title, it.why_not, "", ""), mark="done")]
    found = []
    for place, one in enumerate(it.tried):
        at = "at work" if _is_at_work(one.method, at_work) else ""
        best = "the least" if not place and one.error is not None else ""
        missed = one.why_not if one.error is None else f"{one.error:,.2f} a week"
        cells = (title, WORDS[one.method], missed, ", ".join(word for word in (best, at) if word))
        found.append(Row(cells=cells, mark="good" if best else "done" if one.error is None else ""))
    return found


def _is_at_work(method: str, said: str) -> bool:
    name = {"simple": "exponential_smoothing"}.get(method, method)
    return said.startswith(f"{name} of statsmodels") or (method == "mean" and said.split(",")[0] == "mean")


def method_words(said: str) -> str:
    """By what a week was forecast, as a reader says it."""
    name, _, by = said.partition(" of statsmodels")
    title = WORDS.get({"exponential_smoothing": "simple"}.get(name, name), name.replace("_", " "))
    return f"{title}{by.replace(', by back-test', ', the least in a back-test')}"
