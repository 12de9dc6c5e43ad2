"""The outcomes of a run agree with its tables, which other rooms have made."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import twin
from twin.results.outcomes import open_requests, outcome_table
from twin.results.run import Run

HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    return twin.simulate(root / "plant_models" / "gearbox_shop", until="36 h", seed=3)


def test_outcomes_of_orders_are_those_of_the_table(run: Run) -> None:
    found, orders = run.outcomes(), run.orders
    done = orders[orders["shipped"].notna()]
    due = orders[orders["status"].isin(["shipped", "shipped late", "late"])]
    assert 0 < len(done) < len(orders)
    assert found["on_time_share"] == pytest.approx((due["late_h"] == 0).mean())
    assert found["late_h_mean"] == pytest.approx(due["late_h"].mean())
    assert found["lead_time_h_mean"] == pytest.approx(((done["shipped"] - done["confirmed"]).dt.total_seconds() / 3600).mean())
    assert found["shipped_per_day"] == pytest.approx(orders["shipped_quantity"].sum() / 1.5)
    assert found["margin_eur"] == pytest.approx(orders["margin_eur"].sum())


def test_outcomes_of_money_are_those_of_the_ledger(run: Run) -> None:
    found, ledger = run.outcomes(), run.ledger
    assert found["revenue_eur"] == pytest.approx(-ledger.loc[ledger["account"] == "revenue", "amount_eur"].sum())
    result = next(row for row in run.summary()["income_statement"] if row["section"] == "Result")
    assert found["result_eur"] == pytest.approx(float(result["amount"]))
    assert found["cost_eur"] == pytest.approx((found["revenue_eur"] or 0) - float(result["amount"]))
    assert found["setup_h"] == pytest.approx(run.indicators["asut_h"].sum())


def test_the_mean_number_of_open_requests_is_the_mean_of_its_steps(run: Run) -> None:
    steps = open_requests(run, HOUR_US)
    assert len(steps) == 36
    assert run.outcomes()["open_requests_mean"] == pytest.approx(sum(steps) / len(steps))


def test_what_was_before_does_not_count(run: Run) -> None:
    late = run.outcomes(run.scenario.start_us + 24 * HOUR_US)
    assert late["open_requests_mean"] == pytest.approx(sum(open_requests(run, HOUR_US)[24:]) / 12)
    ours = run.orders[run.orders["confirmed"] >= run.orders["confirmed"].min() + pd.Timedelta(days=1)]
    assert late["margin_eur"] == pytest.approx(ours["margin_eur"].sum())
    assert (late["revenue_eur"] or 0) < (run.outcomes()["revenue_eur"] or 0)
    nothing = run.outcomes(run.now_us)
    assert nothing["lead_time_h_mean"] is None
    assert nothing["shipped_per_day"] is None


def test_every_outcome_has_its_meaning(run: Run) -> None:
    assert list(run.outcomes()) == list(outcome_table("EUR"))
