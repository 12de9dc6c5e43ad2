"""Forecasts of statsmodels in the loop: every Monday by back-test, planned by every night, played again without the library."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.apps.pages.planning.forecast_card import _tried_rows, method_words
from twin.erp.material_plan.position import erp_position
from twin.erp.planners.forecasts import with_forecasts
from twin.model.events import ForecastIssued
from twin.results.forecasting import at_work, forecasting
from twin.results.forecasting.methods import METHODS, NoLibrary
from twin.results.planning.expected_now import back_tested, expected_now
from twin.results.run import Run
from twin.run import replay

pytestmark = pytest.mark.slow
SOLD = ["GB1", "GB2", "GB3"]


@pytest.fixture(scope="module")
def by_back_test() -> Run:
    root = Path(__file__).parents[4]
    return twin.simulate(
        root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/forecast_by_back_test.yaml", until="12 d", seed=1
    )  # fmt: skip


def forecasts_of(run: Run) -> list[ForecastIssued]:
    return [it.event for it in run.journal.entries() if isinstance(it.event, ForecastIssued)]


@pytest.fixture
def without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (at_work, forecasting):
        monkeypatch.setattr(room, "find_spec", lambda _: None)


def test_each_week_is_forecast_by_the_method_that_would_have_missed_least(by_back_test: Run) -> None:
    told = forecasts_of(by_back_test)
    assert [it.material for it in told] == SOLD * 3, "at the start, and on two Mondays"
    for it in told[-3:]:
        (tried,) = [one.tried for one in back_tested([one for one in expected_now(by_back_test) if one.material == it.material])]
        best = next(one.method for one in tried if one.method in METHODS)
        assert it.method == f"{ {'simple': 'exponential_smoothing'}.get(best, best) } of statsmodels, by back-test"
        assert at_work.by_statsmodels(it.history_pieces, 6, method="automatic", season=None) == (it.week_pieces, it.method)


def test_who_plays_it_again_needs_no_library_and_says_the_same(by_back_test: Run, without_the_library: None) -> None:
    again = replay(list(by_back_test.journal.entries()), by_back_test.declared, by_back_test.scenario)
    assert again.trace_hash == by_back_test.trace_hash
    assert forecasts_of(again) == forecasts_of(by_back_test)
    assert again.ledger.equals(by_back_test.ledger)


def test_who_begins_without_the_library_is_told_what_would_help(by_back_test: Run, without_the_library: None) -> None:
    with pytest.raises(NoLibrary, match=r"which is not installed; allowed: pip install plant-twin\[forecast\], or by: own"):
        twin.simulate(by_back_test.declared, by_back_test.scenario, until="1 d", seed=1)
    with pytest.raises(NoLibrary, match="statsmodels is not installed, whose methods these are"):
        back_tested(expected_now(by_back_test))


def test_a_planner_sees_history_forecast_method_and_what_orders_have_taken(by_back_test: Run) -> None:
    products = expected_now(by_back_test)
    assert [it.material for it in products] == SOLD
    left = with_forecasts(by_back_test.erp, erp_position(by_back_test.erp, by_back_test.now_us)).expected
    for product, issued in zip(products, forecasts_of(by_back_test)[-3:], strict=True):
        assert product.history == issued.history_pieces
        assert [it.pieces for it in product.weeks] == list(issued.week_pieces)
        assert sum(it.left for it in product.weeks) == sum(it.quantity for it in left if it.material == product.material)
        assert all(0 <= it.taken <= it.pieces for it in product.weeks)
        assert sum(it.taken for it in product.weeks) > 0
        assert product.weeks[0].ordered == sum(
            it.quantity
            for it in by_back_test.erp.customer_orders.orders.values()
            if it.material == product.material and issued.starts_us[0] <= it.due_us < issued.starts_us[1]
        )


def test_what_each_method_would_have_missed_stands_beside_that_by_which_it_was_forecast(by_back_test: Run) -> None:
    product = expected_now(by_back_test)[1]
    rows = _tried_rows(by_back_test.plant, back_tested([product])[0], product.method)
    assert {row.cells[1] for row in rows} >= {"Croston", "Syntetos-Boylan (SBA)", "exponential smoothing", "mean of all weeks"}
    assert "the least" in rows[0].cells[3]
    assert [row.cells[1] for row in rows if "at work" in row.cells[3]] == [method_words(product.method).split(",")[0]]
