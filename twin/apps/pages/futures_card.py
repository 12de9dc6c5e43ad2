"""A card for the page of a manager: hundreds of futures from now on, at the press of a button, and what they say of every open order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.asking.question import Question
from twin.apps.feed import Feed
from twin.apps.pages.analysis.question import QuestionCard
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.words import material_title, money
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.results.views.overview import local_time
from twin.study import Futures, FuturesCompared, OrderForecast
from twin.study.ahead.forecast import quantile, spread
from twin.study.ahead.one_more import one_more_or_less

COUNT = 200
FEW = 5
"""Of so few there is nothing to say but what is in their middle."""
SPANS = {"a day": "1 d", "three days": "3 d", "a week": "7 d"}
AS_IT_IS = "as many as there are"
SHOWN_ORDERS = 20
UNBROKEN = "\u00a0"

MEANS = (
    "Each future begins with the plant as it is now; what is under way, failures, yields and new orders are drawn anew, and the rules of"
    " MES and ERP decide. In time: the share of futures in which the order leaves before it is due, with its 95 % interval (Wilson)."
    " The result comes from the futures that are booked, to the cent: all of them, or the first few where booking takes long."
    " With other machines from now on the same futures are drawn as it is and with these, so what differs comes from the change; what is"
    " under way ends as it began. Of the first ten pairs MES and ERP book both, if the run can be played again, to the cent: the cost of a"
    " machine more by the hour, not what it costs to buy."
)
LEAVES = ("Leaves at best (10 %), by futures", "Likely (50 %), by futures", "At worst (90 %), by futures")
HEAD = ("Order", "Customer", "Product", "Quantity", "Due", "In time", *LEAVES)
DIFFERENCE_HEAD = ("Until then", "As it is", "With the change", "Difference, with its 95 % interval", "The change is", "Pairs of futures")
CSS = """<style>
.spreads { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 18px 28px; margin: 8px 8px 14px;
  font: 14px Roboto, system-ui, sans-serif }
.spread b { display: block; font-size: 15px } .spread span { opacity: .8 }
.spread .bars { display: flex; align-items: flex-end; gap: 2px; height: 76px; margin-top: 8px;
  border-bottom: 1px solid color-mix(in srgb, currentColor 40%, transparent) }
.spread .bars i { flex: 1; background: #4C78A8; border-radius: 2px 2px 0 0 }
.spread .bars i:empty { min-width: 3px }
.spread .ends { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; font-size: 12.5px }
</style>"""


Answer = Futures | FuturesCompared


def _shown_of(answer: Answer) -> Futures:
    """The futures whose orders are shown: those with the change, where there is one."""
    return answer.changed if isinstance(answer, FuturesCompared) else answer


class Asked(Question[Answer]):
    """One question to the futures, with its progress."""

    about = "futures"

    def __init__(self, feed: Feed, span: str, change: str) -> None:
        self.done = 0
        self._feed, self._span, self.change = feed, span, change
        super().__init__()

    @property
    def percent_done(self) -> int:
        found = self.found
        if found is None or not found.ledger_count:
            return round(50 * min(self.done, self.wanted) / self.wanted)
        return round(50 + 50 * len(found.ledgers) / found.ledger_count)

    @property
    def wanted(self) -> int:
        """How many futures: with a change twice as many, as it is and with it."""
        return 2 * COUNT if self.change else COUNT

    def answer(self) -> Answer:
        run = self._feed.run
        if not self.change:
            return study.futures(run, COUNT, until=self._span, ledger_count=None, watch=self._watch, show=self.show, stop=self.stop)
        try:
            changes = one_more_or_less(run.plant)[self.change]
            return study.compare_futures(run, changes, COUNT, until=self._span, watch=self._watch, show=self.show, stop=self.stop)
        except PlantFileError as error:  # something else is declared of that machine
            raise ValueError(str(error)) from None

    def _watch(self, done: int) -> None:
        self.done = done


class FuturesCard(QuestionCard[Answer]):
    """The card, and `refresh` for the beat of its page."""

    _asked: Asked | None

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._span = pmui.Select(label="how far ahead", options=SPANS, value="7 d", width=150, size="small", margin=(4, 8))
        answers = [pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3)]
        self._differences, self._spreads, self._orders = answers
        changes = {AS_IT_IS: "", **{words: words for words in one_more_or_less(feed.run.plant)}}
        self._change = pmui.Select(label="machines from now on", options=changes, value="", width=240, size="small", margin=(4, 8))
        choice = pmui.FlexBox(self._span, self._change)
        super().__init__("What may become of the open orders", f"Run {COUNT} futures from now", choice, answers, MEANS)

    def ask(self) -> Asked:
        return Asked(self._feed, self._span.value, self._change.value)

    def progress_words(self) -> str:
        assert self._asked is not None
        return _progress_words(self._asked, self._feed.run.plant)

    def show(self, answer: Answer) -> None:
        plant, found = self._feed.run.plant, _shown_of(answer)
        self._differences.object = _differences_html(answer) if isinstance(answer, FuturesCompared) else ""
        change = self._asked.change if self._asked and isinstance(answer, FuturesCompared) else ""
        head = f"<div style='{FONT};margin:10px 8px;font-weight:600'>With {escape(change)} from now on:</div>" if change else ""
        self._spreads.object = head + _spreads_html(found, plant)
        self._orders.object = _orders_html(found, plant) + _notes_html(found)


def _progress_words(asked: Asked, plant: Plant) -> str:
    is_done, found = asked.is_done, asked.found  # in this order: what is done is found
    if asked.failure:
        return f"No futures: {asked.failure}"
    if not is_done:
        if asked.is_cancelled:
            return "ending ..."
        if not asked.done:
            return "the rules play this run up to now ..."  # and are compiled before that, the first time on a machine
        what = "pairs are booked" if asked.change else "are booked"
        return f"{min(asked.done, asked.wanted)} of {asked.wanted} futures" + (
            f"; {len(found.ledgers)} of {found.ledger_count} {what}" if found and found.ledger_count else ""
        )
    if found is None or not _shown_of(found).count:
        return "Cancelled before the first future was done."
    short = " Cancelled: not all that was asked for." if asked.is_cancelled else ""
    seen = _shown_of(found)
    span = f"{local_time(plant, seen.now_us)} to {local_time(plant, seen.until_us)}"
    change = f"with {asked.change} from now on, " if asked.change else ""
    return f"{seen.count} futures, {span}, {change}in {asked.took_s:.1f} s.{short}"


def _differences_html(found: FuturesCompared) -> str:
    """What the change brings, beside what there is: the difference future by future, with its interval."""
    rows = [
        Row(
            cells=(
                it.outcome.heading,
                it.outcome.shown(it.as_it_is),
                it.outcome.shown(it.changed),
                it.shown.replace(" ", UNBROKEN),
                it.verdict or ("it may be chance" if it.interval.count > 1 else ""),
                f"{it.interval.count}",
            ),
            mark={"better": "good", "worse": "bad"}.get(it.verdict, "done"),
        )
        for it in found.differences
    ]
    words = "Cost and result are not told: what persons have said in this run, or its machines, cannot be played again."
    why = f"<details><summary>{words}</summary>{escape(found.why_not_booked)}</details>"
    note = f"<div style='{FONT};margin:4px 8px'>{why}</div>" if found.why_not_booked else ""
    return row_table(DIFFERENCE_HEAD, rows, numeric=(1, 2, 3, 5)) + note


def _spreads_html(found: Futures, plant: Plant) -> str:
    if not found.count:
        return ""
    unit = plant.layout.currency
    due = f"of the {found.due_count} due by {local_time(plant, found.until_us)}"
    pictures = [
        _spread_html("Orders in time", due, found.on_time_count, str),
        _spread_html(f"Revenue, {unit}", "of what leaves until then", found.revenue_minor, money),
    ]
    if found.ledgers:
        results = [it.result_minor for it in found.ledgers]
        pictures.append(_spread_html(f"Result, {unit}", f"of {len(results)} futures that are booked", results, money))
    return f"{CSS}<div class='spreads'>{''.join(pictures)}</div>"


def _spread_html(title: str, note: str, values: Sequence[int], written: Callable[[int], str]) -> str:
    """How the values of all futures lie, with the tenth, the middle and the ninetieth of a hundred in words; of a few the middle alone."""
    bins = spread(values)
    most = max(it.count for it in bins)
    bars = "".join(
        f"<i style='height:{100 * it.count / most:.0f}%' title='{escape(written(it.low))}: {it.count} futures'></i>" for it in bins
    )
    low, middle, high = (written(quantile(values, share)) for share in (0.1, 0.5, 0.9))
    said = f"10 %: {low} · 50 %: {middle} · 90 %: {high}" if len(values) > FEW else f"in the middle: {middle}"
    return (
        f"<div class='spread' role='img' aria-label='{escape(f'{title}, {note}. {said}', quote=True)}'><b>{escape(title)}</b>"
        f"<span>{escape(note)}</span><div class='bars'>{bars}</div>"
        f"<div class='ends'><span>{written(min(values))}</span><span>{written(max(values))}</span></div><span>{said}</span></div>"
    )


def _orders_html(found: Futures, plant: Plant) -> str:
    rows = [_order_row(it, found, plant) for it in found.orders[:SHOWN_ORDERS]]
    if len(found.orders) > SHOWN_ORDERS:
        rows.append(Row(cells=(f"and {len(found.orders) - SHOWN_ORDERS} more, due later",), mark="done"))
    return row_table(HEAD, rows or [Row(cells=("No order is open.",), mark="good")], numeric=(3,))


def _notes_html(found: Futures) -> str:
    """What these futures do not consider, in sight; what could not be known of the plant from which they begin, to be opened."""
    return _list_html(found.not_considered, "things are not considered in these futures", is_open=True) + _list_html(
        found.unknown, "things that nobody reported were assumed"
    )


def _list_html(said: Sequence[str], what: str, *, is_open: bool = False) -> str:
    if not said:
        return ""
    lines = "".join(f"<li>{escape(it[:1].upper() + it[1:])}</li>" for it in said)
    summary = f"<summary>{len(said)} {what}</summary>"
    return f"<details style='{FONT};margin:8px'{' open' if is_open else ''}>{summary}<ul>{lines}</ul></details>"


def _order_row(it: OrderForecast, found: Futures, plant: Plant) -> Row:
    customer = plant.materials.customers.get(it.customer)
    low, middle, high = it.on_time_interval
    in_time, mark = f"{middle:.0%} ({low:.0%} to {high:.0%})", "good" if middle >= 0.9 else "warn" if middle >= 0.5 else "bad"
    if it.due_us < found.now_us:
        in_time, mark = "late already", "bad"
    elif it.due_us > found.until_us and it.on_time_count < it.future_count:
        in_time, mark = "due later", "done"

    def leaves(share: float) -> str:
        at_us = it.shipped_by_us(share)
        words = local_time(plant, at_us) if at_us is not None else f"after {local_time(plant, found.until_us).split(',')[0]}"
        return words.replace(" ", UNBROKEN)

    return Row(
        cells=(
            it.order,
            (customer and customer.title) or it.customer,
            material_title(plant, it.material),
            f"{it.quantity:,}",
            local_time(plant, it.due_us).replace(" ", UNBROKEN),
            in_time.replace(" ", UNBROKEN),
            *(leaves(share) for share in (0.1, 0.5, 0.9)),
        ),
        mark=mark,
    )
