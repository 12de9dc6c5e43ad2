"""Where planned time went, in parts that add up, and what stood still at what cost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import twin
from twin.results.run import Run

PLANTS = [("gearbox_shop", "2 d"), ("bottling_line", "3 h"), ("nist_cell", "1 d")]


@pytest.fixture(scope="module", params=PLANTS, ids=lambda it: it[0])
def run(request: pytest.FixtureRequest, root: Path) -> Run:
    plant, until = request.param
    return twin.simulate(root / "plant_models" / plant, until=until, seed=4)


@pytest.mark.slow
@pytest.mark.parametrize("window_h", [None, (2, 29)])
def test_the_parts_add_up_to_the_planned_time_and_what_is_left_is_the_oee(run: Run, window_h: tuple[int, int] | None) -> None:
    window = (None, None) if window_h is None else tuple(run.scenario.start_us + hour * 3_600_000_000 for hour in window_h)
    losses = run.losses(*window)
    told = run.indicators_by("equipment", *window).set_index("equipment")
    assert (losses.groupby("equipment")["duration_h"].sum() - told["pbt_h"]).abs().max() < 1e-9
    productive = losses[losses["loss"] == "productive"].set_index("equipment")["share_of_planned"]
    known = told["oee"].dropna()
    assert len(known) > 0
    assert (productive.reindex(known.index).fillna(0.0) - known).abs().max() < 1e-9


def test_stops_are_the_failures_and_the_waiting_of_the_losses(run: Run) -> None:
    standing = run.losses().query("loss in ('failure', 'waiting', 'stopped')")
    stops = run.stops()
    assert stops["duration_h"].sum() == pytest.approx(standing["duration_h"].sum())
    assert stops.filter(like="machine_cost").iloc[:, 0].is_monotonic_decreasing
    assert (stops["stop_count"] > 0).all()
    nobody = stops[stops["reason"] == "no_operator"]
    heard = run.mes.performance.downtimes(run.scenario.start_us, run.now_us, run.now_us)
    heard_us = sum(it.end_us - it.start_us for it in heard if it.reason == "no_operator")
    assert nobody["duration_h"].sum() * 3.6e9 <= heard_us + 1, "what stood outside planned time is no loss"
    if run.plant.id == "gearbox_shop":
        breaks_h = run.losses().query("loss == 'break'")["duration_h"].sum()
        assert breaks_h > nobody["duration_h"].sum(), "the break of those who could go on is a loss of its own"
        whole_us = sum(
            it.duration_us
            for name in run.mes.equipment.records
            for it in run.mes.equipment.intervals(name, 0, run.now_us)
            if it.reason == "no_operator"
        )
        assert heard_us < whole_us, "and no stop"


@pytest.mark.slow
def test_failures_are_counted_and_cost_the_machines_hours(root: Path) -> None:
    """As often as alarms were raised; a stop of 2 h on a machine of 39 EUR/h costs 78 EUR."""
    run = twin.simulate(root / "plant_models/gearbox_shop", until="4 d", seed=1)
    stops = run.stops()
    alarms = run.events.query("type == 'AlarmRaised'")["equipment"].value_counts()
    failures = stops[stops["loss"] == "failure"].groupby("equipment")["stop_count"].sum()
    pd.testing.assert_series_equal(failures.sort_index(), alarms.sort_index(), check_names=False)
    grinder = stops[stops["equipment"].str.startswith("grinder_")]
    assert len(grinder) > 0
    assert (grinder["machine_cost_eur"] / grinder["duration_h"]).round(9).eq(39).all()


@pytest.mark.slow
def test_a_scenario_that_holds_the_furnace_is_the_dearest_stop(root: Path) -> None:
    shop = root / "plant_models/gearbox_shop"
    calm, down = (twin.simulate(shop, root / f"scenarios/gearbox_shop/{name}.yaml", until="5 d") for name in ("baseline", "furnace_down"))
    lost = [it.stops().query("equipment == 'furnace_1' and loss == 'failure'")["duration_h"].sum() for it in (calm, down)]
    assert lost[1] > lost[0] + 5
    assert "furnace_1" in set(down.stops().head(2)["equipment"])
