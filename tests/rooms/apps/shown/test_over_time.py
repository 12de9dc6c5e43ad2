"""A figure over time and in any window on the page Performance, and labels that a page prints, without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

import twin
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.study.scheduling.test_by_hand import case
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.pages.analysis.over_time.trend_chart import trend_html
from twin.apps.pages.analysis.over_time.windows import BETWEEN, Windows
from twin.apps.pages.tracing.labels_card import TRAVELLER, LabelsCard
from twin.results.drill.now import window_from, window_of
from twin.results.drill.trends import trend, trend_of

# The card with a download is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")


@pytest.fixture(scope="module")
def feed() -> Iterator[Feed]:
    with running(by_hand(hand_shop(), two_orders(), seed=1, speed=60)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        yield feed


def test_a_figure_over_time_is_what_it_is_on_each_day_and_the_days_tile_the_window() -> None:
    run = twin.simulate(*case(), until="30 h", seed=1)
    days = trend(run, "oee", "equipment", "lathe_1", "day", run.scenario.start_us, run.now_us)
    assert [it.title for it in days] == ["Mon 2 Mar", "Tue 3 Mar"]
    assert [it.start_us for it in days[1:]] == [it.end_us for it in days[:-1]]
    for it in days:
        table = run.indicators_by("equipment", it.start_us, it.end_us).set_index("equipment")
        value = table["oee"].loc["lathe_1"]
        assert it.value == (None if pd.isna(value) else value)
    between = window_from(days[1].start_us, days[1].end_us)
    assert window_of(run, between) == (days[1].start_us, days[1].end_us)
    assert trend_of("oee", "equipment", "lathe_1", "day", between)(run) == days[1:]
    drawn = trend_html(days, lambda value: "–" if value is None else f"{value:.0%}")
    assert drawn.count("<circle") == sum(it.value is not None for it in days) > 0
    assert "Mon 2 Mar" in drawn


def test_any_window_is_taken_and_what_is_none_is_refused_in_words(feed: Feed) -> None:
    windows, looks = Windows(feed), list[str]()
    windows.watch(lambda: looks.append(windows.name))
    windows.chosen.value = BETWEEN
    for since, words in (("yesterday", "'yesterday'"), ("2026-03-05 06:00", "nothing has happened in it"), ("2026-02-05 06:00", "to now")):
        windows.since.value = since
        assert words in windows.answer.pane.object
    assert (windows.name, looks) == ("last 7 days", []), "the window before stays"
    windows.since.value = "2026-03-02 06:00"
    assert (windows.answer.pane.object, len(looks)) == ("", 1)
    assert window_of(feed.run, windows.name)[0] == feed.run.scenario.start_us


def test_units_badges_places_and_the_traveller_of_a_request_are_printed_from_a_page(feed: Feed) -> None:
    labels = LabelsCard(feed)

    def sheet(kind: str, request: str = "") -> str:
        labels.kind.value = kind
        labels.refresh()
        labels.request.value = request
        made = labels.make()
        return made.getvalue() if made else str(labels._answer.object)

    assert all(f"<p class='title'>{name}</p>" in sheet("UNIT") for name in ("mill_1", "grinder_1"))
    assert "Pete" in sheet("PERSON")
    assert "<p class='title'>rack</p>" in sheet("PLACE")
    assert sheet(TRAVELLER) == "No request is chosen; allowed: one of the list"
    request = next(it for it in labels.request.options.values() if it.startswith("A"))
    assert "<p class='title'>A-VALVE/10</p>" in sheet(TRAVELLER, request)
