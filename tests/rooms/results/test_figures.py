"""Figures that a person takes decisions by: unit costs, margins, statements, sums over shifts."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.command.report import print_run
from twin.erp.accounting.statements import lines_in_use
from twin.results.summary import product_costs, summary_html

HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    """A day and four hours: some requests are closed, some are in work."""
    return twin.simulate(root / "plant_models" / "gearbox_shop", until="1 d 4 h", seed=1)


@pytest.fixture(scope="module")
def line(root: Path) -> twin.Run:
    return twin.simulate(root / "plant_models" / "bottling_line", until="10 h", seed=1)


def test_unit_costs_are_of_closed_requests_and_explain_the_production_variance(run: twin.Run) -> None:
    costs = product_costs(run)
    assert (run.costs["status"] == "released").any()
    assert costs["produced_open"].sum() > 0
    assert costs["produced"].sum() + costs["produced_open"].sum() == run.costs["produced"].sum()
    variance = (costs["total_eur"] - costs["scrap_eur"] - costs["standard_eur"]).sum()
    booked = next(row.amount_minor for row in run.erp.income_statement() if row.account == "production_variance")
    assert variance == pytest.approx(-booked / 100, abs=0.005)
    assert costs.loc[costs["produced"] == 0, "per_unit_eur"].isna().all()
    assert run.costs.loc[run.costs["status"] != "closed", "per_unit_eur"].isna().all()


def test_an_order_has_a_margin_once_it_is_shipped(run: twin.Run) -> None:
    orders = run.orders
    shipped = orders["shipped_quantity"] == orders["quantity"]
    assert shipped.any()
    assert not shipped.all()
    assert (orders["margin_eur"].notna() == shipped).all()


@pytest.mark.slow
def test_costs_are_shown_for_as_many_units_as_the_price_is_for(line: twin.Run, capsys: pytest.CaptureFixture[str]) -> None:
    row = product_costs(line).set_index("material").loc["COLA"]
    assert row["price_per"] == 1000
    print_run(line)
    printed = next(text.split() for text in capsys.readouterr().out.splitlines() if text.split()[:1] == ["COLA"])
    assert printed[3] == "1,000"
    assert float(printed[8]) == pytest.approx(1000 * row["per_unit_eur"], abs=0.1)
    assert 20 < float(printed[6]) < 60  # EUR of the line for 1000 bottles: 410 EUR an hour at 14,000


def test_the_balance_sheet_is_where_the_income_statement_is(run: twin.Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_run(run)
    for shown in (capsys.readouterr().out, summary_html(run)):
        assert "Balance sheet" in shown
        for row in lines_in_use(run.erp.balance_sheet()):
            assert row.title in shown


@pytest.mark.slow
@pytest.mark.parametrize("hours", [5, 28])
def test_shifts_and_the_time_outside_them_are_the_work_units_and_lines_together(run: twin.Run, line: twin.Run, hours: int) -> None:
    for it in (run, line):
        to_us = min(it.now_us, it.scenario.start_us + hours * HOUR_US)
        units, shifts = (it.indicators_by(scope, it.scenario.start_us, to_us) for scope in ("equipment", "shift"))
        stations = {name for declared in it.plant.layout.production_lines.values() for name in declared.stations}
        units = units[~units["equipment"].isin(stations)]
        assert shifts["shift"].iloc[-1] == "outside shifts"
        for name in ("pbt_h", "apt_h", "asut_h", "adet_h", "adot_h", "good", "scrap", "rework", "failure_count", "repair_h"):
            assert shifts[name].sum() == pytest.approx(units[name].sum()), name
