"""Pages agree: what is off shift stands nowhere, an order that has left says when, and a supplier who was late is said to have been."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import panel as pn
import pytest

import twin
from tests.rooms.apps.shown.test_who_speaks import parts
from twin.apps.feed import Feed
from twin.apps.pages.business.orders import _order_row
from twin.apps.pages.business.purchasing import _supplier_row
from twin.apps.pages.overview import _order_row as _risk_row
from twin.apps.server import PAGES
from twin.apps.words import day_words, equipment_title, with_days
from twin.model.events import OperationsResponse
from twin.results.reports.handover import day_of
from twin.results.run import Run
from twin.results.upkeep.supervising import supervisor_now
from twin.results.views.business.orders import orders_now
from twin.results.views.business.purchasing import SupplierNow
from twin.results.views.overview import local_time, overview
from twin.store.replay import ReplaySource


@pytest.fixture(scope="module")
def night(root: Path) -> Run:
    """The shop at eleven in the evening: most of it is off shift, and some orders have left."""
    return twin.simulate(root / "plant_models/gearbox_shop", until="1 d 17 h", seed=1)


def test_what_is_off_shift_stands_on_no_page(night: Run) -> None:
    off = {name for name, it in night.mes.equipment.records.items() if it.reason == "off_shift" and not it.job_order}
    assert off, "take another hour"
    assert [it.equipment for it in supervisor_now(night).stopped] == [it.equipment for it in overview(night).down]
    assert off.isdisjoint(it.equipment for it in supervisor_now(night).stopped)
    titles = {equipment_title(night.plant, name) for name in off}
    assert titles.isdisjoint(it["title"] for it in night.handover()["standing"])


def test_what_was_due_in_a_shift_and_finished_before_it_is_said_in_its_hand_over(night: Run) -> None:
    """Reckoned from the responses in the journal; without it, "due 8, good 0, missing 0" is no answer."""
    requests, found = night.mes.release.requests, 0
    done = [it.event for it in night.journal.entries() if isinstance(it.event, OperationsResponse)]
    for shift in night.mes.records.shifts(night.scenario.start_us, night.now_us):
        told = {it["material"]: it for it in night.handover(f"{day_of(night, shift)} {shift.shift}")["output"]}
        before = Counter[str]()
        for it in done:
            if shift.start_us <= requests[it.request].due_us < min(shift.end_us, night.now_us) and it.effective_us < shift.start_us:
                before[it.material] += it.good
        assert {name: it["finished_before"] for name, it in told.items() if it["finished_before"]} == +before
        found += before.total()
    assert found, "take another hour"


def test_an_order_that_has_left_says_when_and_one_that_has_not_when_it_should(night: Run) -> None:
    known = night.erp.customer_orders.orders
    orders = {it.order: it for it in orders_now(night).orders}
    left, to_leave = (next(it for it in orders.values() if it.is_open is is_open) for is_open in (False, True))
    assert _order_row(night.plant, left).cells[5] == f"left {local_time(night.plant, known[left.order].shipped_us)}"
    at_us = to_leave.stands.expected_us
    when = "no end in sight" if at_us is None else local_time(night.plant, at_us)
    assert _order_row(night.plant, to_leave).cells[5] == f"{when} (played once, now)"


def test_the_overview_says_by_its_title_what_an_order_waits_for(night: Run) -> None:
    now = overview(night)
    since_us = now.now_us - 2 * 3_600_000_000
    waits = replace(
        now.orders[0], waits_for="", waits_now="furnace off shift", waits_since_us=since_us, main_cause="hobbing (hobber_1) busy"
    )
    said = _risk_row(night.plant, waits, now.now_us).cells[-1]
    assert said == "now: furnace off shift, for 2 h\nmost so far: Gear hobbing (Gear hobber 1) busy"


def test_whoever_came_late_is_told_with_how_often() -> None:
    it = SupplierNow(
        supplier="forge", title="Forge", order_count=3, open_count=1, late_count=0, counted=2, on_time=1, on_time_share=0.5,
        quality_share=1.0, price_share=None, score=0.8, open_minor=100,
    )  # fmt: skip
    assert _supplier_row(it).cells[3:5] == ("0", "1 of 2, 50%")
    assert _supplier_row(it).mark == "warn"


def test_a_day_of_the_plan_is_written_as_an_instant_is() -> None:
    assert day_words("2026-03-03").replace("\u00a0", " ") == "Tue 3 Mar"
    assert day_words("") == ""
    assert (
        with_days("it is needed on 2026-03-03, and due on 2026-03-14").replace("\u00a0", " ")
        == "it is needed on Tue 3 Mar, and due on Sat 14 Mar"
    )


@pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")  # of Panel Material UI itself
def test_who_asks_whose_goods_go_to_whom_is_told_the_rule_of_the_page_and_led_to_the_other(night: Run) -> None:
    feed = Feed(night, ReplaySource([]), "simulated")
    for path, words, other in (
        ("/", "goes to the order that is due first, whichever it was made for", "/material-plan"),
        ("/orders", "goes to the order that is due first, whichever it was made for", "/material-plan"),
        ("/material-plan", "by the days of the plan serves what is needed first, whichever it was made for", "/"),
    ):
        texts = [str(it.object) for it in parts(PAGES[path](feed)) if isinstance(it, pn.pane.HTML)]
        (said,) = [it for it in texts if "Whose goods go to whom, here" in it]
        assert words in said
        assert f"<a href='{other}'" in said
