"""The ERP in the loop: some weeks of the year, forecast weekly, planned nightly, closed, with all the laws that a whole year must keep."""

from __future__ import annotations

import pytest

from tests.rooms.erp.epochs.a_year import DAY_US, Played, months_us, play, year
from tests.rooms.erp.epochs.books_again import problems
from twin.erp.material_plan.position import erp_position
from twin.erp.planners.forecasts import with_forecasts
from twin.model.events import ForecastIssued, LateJournalPosted, PurchaseOrderPlaced, SalesOrderConfirmed
from twin.run import replay

WEEK_US, DAYS = 7 * DAY_US, 12
# from Sunday, 22 February: the month is closed on the eighth day, two stretches of five days by hand


@pytest.fixture(scope="module")
def weeks() -> Played:
    plant, scenario = year()
    scenario = scenario.model_copy(update={"start": scenario.start.replace(month=2, day=22)})
    return play(plant, scenario, days=DAYS, every=5)


@pytest.mark.slow
def test_the_laws_hold_over_closes_and_prices_known_late(weeks: Played) -> None:
    assert [it.closed.period for it in weeks.closes][1] == "2026-02"
    assert len(weeks.closes) == 3
    assert weeks.late_count
    assert any(isinstance(entry.event, LateJournalPosted) for entry in weeks.run.journal)
    assert problems(weeks) == []


@pytest.mark.slow
def test_a_forecast_is_the_mean_of_the_weeks_before_it(weeks: Played) -> None:
    """The week in which the run begins is cut; the scenario's first pieces stand for what was before."""
    forecasts = [entry.event for entry in weeks.run.journal if isinstance(entry.event, ForecastIssued)]
    orders = [entry.event for entry in weeks.run.journal if isinstance(entry.event, SalesOrderConfirmed)]
    declared = weeks.run.scenario.policies.forecasting
    assert declared is not None
    assert len(forecasts) == 9  # three materials, three Mondays
    for it in forecasts:
        history = [declared.first[it.material]] * declared.history
        for week_us in range(forecasts[0].starts_us[1], it.starts_us[0], WEEK_US):
            came = sum(of.quantity for of in orders if of.material == it.material and week_us <= of.effective_us < week_us + WEEK_US)
            history = [*history[1:], came]
        assert it.history_pieces == tuple(history)
        assert set(it.week_pieces) == {int(sum(history) / len(history) + 0.5)}
        assert len(it.week_pieces) == declared.ahead


def test_an_order_takes_the_place_of_a_forecast_though_it_is_shipped(weeks: Played) -> None:
    erp = weeks.run.erp
    assert erp.forecasts is not None
    left = with_forecasts(erp, erp_position(erp, weeks.run.now_us)).expected
    orders = erp.customer_orders.orders.values()
    for material, it in erp.forecasts.issued.items():
        own = [of for of in orders if of.material == material and of.due_us >= it.starts_us[0]]
        assert any(not of.open_quantity for of in own)
        assert sum(of.quantity for of in left if of.material == material) == sum(it.week_pieces) - sum(of.quantity for of in own)


@pytest.mark.slow
def test_what_is_expected_is_bought_before_it_is_ordered(weeks: Played) -> None:
    """Without forecasts nothing is bought beyond what customers have ordered; with them the forge is asked on the first day."""
    plant, scenario = year()
    policies = scenario.policies.model_copy(update={"forecasting": None})
    blind = play(plant, scenario.model_copy(update={"policies": policies, "start": weeks.run.scenario.start}), days=3)

    def bought(played: Played, until_us: int) -> int:
        placed = (it.event for it in played.run.journal if isinstance(it.event, PurchaseOrderPlaced) and it.event.effective_us < until_us)
        return sum(it.quantity for it in placed if it.material in ("BLANK2", "CAST2"))

    until_us = weeks.run.scenario.start_us + 3 * DAY_US
    assert bought(weeks, until_us) > bought(blind, until_us)


@pytest.mark.slow
def test_a_replay_gives_the_same_forecasts_plans_and_books(weeks: Played) -> None:
    plant, _ = year()
    again = replay(weeks.run.journal, plant, weeks.run.scenario)
    assert [entry.event for entry in again.journal] == [entry.event for entry in weeks.run.journal]
    assert again.erp.ledger.balances == weeks.run.erp.ledger.balances


@pytest.mark.slow
def test_a_year_has_twelve_closes() -> None:
    plant, scenario = year()
    assert len(months_us(plant, scenario)) == 12
