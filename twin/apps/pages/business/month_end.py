"""Month-end: periods, what to look at before they are closed, the close, and both answers for each: as known then, as it was."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.pages.business.standards_card import StandardsCard
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import exact, person_titles
from twin.model.plant import Plant
from twin.results.views.business.month_end import BothAnswers, Doubt, PeriodNow, PeriodsNow, both_answers, closing, periods_now
from twin.results.views.overview import local_time

TERMINAL = "month-end page"
NOTE = (
    "A closed period never changes. What becomes known of it later is booked in a period that is open, with a reference; so there are two"
    " answers: as known then, when it was closed, and as it was, with all that is known now."
)


def month_end_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant, currency = feed.run.plant, feed.run.plant.layout.currency
    speaker, answer = Speaker(feed, TERMINAL), Answer()
    which = pmui.Select(label="close all before the end of", options=[], width=240, size="small", margin=(6, 8))
    doubts, answers, late = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3))

    def refresh() -> None:
        now = feed.look(periods_now)
        offered = [it.period for it in now.closable]
        if which.options != offered:
            which.param.update(options=offered, value=offered[-1] if offered else None)
        close.disabled = not offered
        periods.show(now.periods, empty="Nothing is booked yet.")
        doubts.object = _doubts_html(now, currency)
        period = periods.picked or now.periods[0].period
        found = feed.look(both_answers(period))
        answers.object = _answers_html(period, found, currency)
        late.object = _late_html(plant, found, currency)
        standards.show()

    def write(it: PeriodNow) -> Row:
        return _period_row(plant, it)

    amounts = (f"{what}, {currency}" for what in ("Known then", "As it was", "Difference"))
    head = ("Period", "From", "Until", "Closed", *amounts, "Late entries")
    periods = PagedTable("periods", head, write, numeric=(4, 5, 6, 7), name=lambda it: it.period, on_change=refresh)
    close = pmui.Button(
        label="Close the books",
        variant="contained",
        color="primary",
        on_click=lambda _: _close(feed, speaker, str(which.value or ""), answer, refresh),
        margin=(6, 8),
    )
    standards = StandardsCard(feed, speaker, refresh)
    note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
    main = [
        card("Periods", downloads(feed, "month_end", OFFICE_FILES), note, periods.shown),
        card(
            "Before the books are closed",
            doubts,
            pmui.FlexBox(which, close, align_items="center", margin=(8, 0, 0, 0)),
            answer.pane,
        ),
        card("Both answers for a period", answers, late),
        standards.card,
    ]
    return page(feed, "Month-end", "/month-end", main, refresh, speaker)


def _close(feed: Feed, speaker: Speaker, period: str, answer: Answer, refresh: Callable[[], None]) -> None:
    person = speaker.person

    def answered(refused: str) -> None:
        who = person_titles(feed.run.plant, person)
        answer.show(f"Refused: {refused}" if refused else f"{who} has closed {period}.", is_good=not refused)
        refresh()

    if person:
        speaker.enter(closing(feed.run, period, person, TERMINAL), answered)
    else:
        answered(f"nobody has signed it. {speaker.who_first}")


def _period_row(plant: Plant, it: PeriodNow) -> Row:
    closed = (
        f"{local_time(plant, it.closed_us)}, by {person_titles(plant, it.closed_by) if it.closed_by else 'rule'}"
        if it.closed_us
        else "not yet, though it is over"
        if it.is_over
        else "not yet: it goes on"
    )
    cells = (
        it.period, local_time(plant, it.from_us) if it.from_us else "the start", local_time(plant, it.until_us) if it.is_over else "now",
        closed, exact(it.known_then_minor), exact(it.as_it_was_minor), exact(it.difference_minor), f"{it.late_count:,}",
    )  # fmt: skip
    return Row(cells=cells, mark="warn" if it.difference_minor or (it.is_over and not it.closed_us) else "done" if it.closed_us else "good")


def _doubts_html(now: PeriodsNow, currency: str) -> str:
    def row(it: Doubt) -> Row:
        amount = "" if it.amount_minor is None else exact(it.amount_minor)
        return Row(cells=(it.what, it.found, amount), mark="warn" if it.is_open else "good")

    return row_table(("What", "Found", f"Amount, {currency}"), [row(it) for it in now.doubts], numeric=(2,))


def _answers_html(period: str, found: BothAnswers | None, currency: str) -> str:
    if found is None:
        return row_table((), [Row(cells=(f"There is no period '{period}' any more.",), mark="done")])
    rows = [
        Row(
            cells=(
                it.line.title,
                exact(it.known_then_minor),
                exact(it.as_it_was_minor),
                exact(it.difference_minor) if it.difference_minor else "–",
            ),
            mark="total" if it.line.is_total else "",
        )
        for it in found.answers
    ]
    head = (f"Income of {period}", f"Known then, {currency}", f"As it was, {currency}", "Difference")
    return row_table(head, rows, numeric=(1, 2, 3))


def _late_html(plant: Plant, found: BothAnswers | None, currency: str) -> str:
    if found is None or not found.late:
        is_open = found is None or not found.is_closed
        said = "It is not closed: what becomes known is booked in it." if is_open else "Nothing has become known of it since it was closed."
        return row_table((), [Row(cells=(said,), mark="good")])
    rows = [
        Row(cells=(local_time(plant, at_us), document, reference, exact(minor)), mark="warn")
        for at_us, document, reference, minor in found.late
    ]
    return row_table(("Booked", "Document", "Because of", f"On the result, {currency}"), rows, numeric=(3,))
