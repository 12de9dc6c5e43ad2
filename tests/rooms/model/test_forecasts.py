"""Forecasts become orders: as many as are declared, when they are declared, scattered as declared; and what makes no sense is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import twin
from twin.model.demand.orders import OrderLine
from twin.model.events import SalesOrderConfirmed
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.engines import play

US_PER_DAY = 86_400_000_000
WEEKS = """\
  forecasts:
    spring:
      customer: gearworks
      buckets:
        - {starts: 2026-03-02, pieces: {GB1: 12, GB2: 7}}
        - {starts: 2026-03-09, pieces: {GB1: 40}}
      until: 2026-03-16
      order_size: 4
      spread: SPREAD
      promise: 5 d
"""
SCENARIO = """\
plant: gearbox_shop
start: 2026-03-02T06:00:00+01:00
horizon: 2 weeks
demand:
"""
SHOP = "plant_models/gearbox_shop"


def asked(tmp_path: Path, text: str, spread: float = 0) -> Scenario:
    file = tmp_path / "asked.yaml"
    customer = next(iter(twin.read_plant(SHOP).materials.customers))
    file.write_text(SCENARIO + text.replace("SPREAD", str(spread)).replace("gearworks", customer))
    return twin.read_scenario(file, SHOP)


def orders(scenario: Scenario, seed: int, engine: str = "compiled") -> list[SalesOrderConfirmed]:
    source: Any = play(engine, twin.read_plant(SHOP), scenario, seed)
    if isinstance(source, CompiledPlant):
        source = CompiledPlant(twin.read_plant(SHOP), scenario, seed, control="planned")
    found: list[SalesOrderConfirmed] = []
    while (facts := source.advance()) is not None:
        found += [fact for fact in facts if isinstance(fact, SalesOrderConfirmed)]
    return found


def test_without_spread_it_is_exactly_what_is_forecast(tmp_path: Path) -> None:
    scenario = asked(tmp_path, WEEKS)
    told = orders(scenario, 1)
    assert Counter(it.order.rpartition("-")[0] for it in told) == {"spring1-GB1": 3, "spring1-GB2": 2, "spring2-GB1": 10}
    assert [it.quantity for it in told if it.material == "GB2"] == [4, 3]
    assert sum(it.quantity for it in told) == 12 + 7 + 40
    first, last = (scenario.start_us, scenario.start_us + 14 * US_PER_DAY - 6 * US_PER_DAY // 24)
    assert all(first < it.effective_us < last for it in told)
    assert {it.due_us - it.effective_us for it in told} == {5 * US_PER_DAY}
    assert told == orders(scenario, 2)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_with_spread_it_is_as_much_on_average_and_scatters_within_its_bucket(tmp_path: Path, spread: float) -> None:
    scenario = asked(tmp_path, WEEKS, spread)
    bound_us = scenario.start_us + 7 * US_PER_DAY - 6 * US_PER_DAY // 24
    totals = []
    for seed in range(30):
        told = [it for it in orders(scenario, seed) if it.material == "GB1"]
        late = [it for it in told if it.order.startswith("spring2-GB1")]
        assert all((it.effective_us > bound_us) == (it in late) for it in told)
        totals.append(sum(it.quantity for it in late))
    assert abs(np.mean(totals) - 40) < 4 * np.std(totals, ddof=1) / 30**0.5
    assert np.std(totals) == pytest.approx(4 * spread * 10**0.5, rel=0.45)


def test_both_engines_draw_the_same(tmp_path: Path) -> None:
    scenario = asked(tmp_path, WEEKS, 0.6)
    runs = [twin.simulate(SHOP, scenario, seed=3, until="4 d", engine=engine) for engine in ("compiled", "simpy")]
    assert runs[0].trace_hash == runs[1].trace_hash
    assert any(order.order.startswith("spring1-") for order in runs[0].erp.orders(runs[0].now_us))


def test_a_scenario_that_is_kept_and_read_again_has_them_once(tmp_path: Path) -> None:
    for spread in (0, 0.5):
        scenario = asked(tmp_path, WEEKS, spread)
        again = Scenario.model_validate(scenario.model_dump(mode="json"))
        assert again == scenario
        one_more = scenario.demand.orders[:1] or [OrderLine(order="Z", customer="z", material="GB1", quantity=1, due="1 d")]
        later = scenario.demand.model_copy(update={"orders": [*scenario.demand.orders, one_more[0].model_copy(update={"forecast": None})]})
        kept = scenario.model_copy(update={"demand": later})
        assert Scenario.model_validate(kept.model_dump(mode="json")) == kept  # orders keep their places: rows of plants know them by these
        more = scenario.model_dump(mode="json")
        more["demand"]["forecasts"]["spring"]["buckets"] = [{"starts": "2026-03-09", "pieces": {"GB1": 4}}]
        changed = Scenario.model_validate(more).demand
        assert len(changed.orders) + len(changed.streams) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("gearworks", "nobody", "no customer is called 'nobody'"),
        ("GB2: 7", "TR9: 7", "no material is called 'TR9'"),
        ("GB2: 7", "TR1: 7", "'TR1' is made, and customers order what is finished"),
        ("until: 2026-03-16", "until: 2026-03-09", "the last bucket starts on 2026-03-09, and ends on 2026-03-09"),
        ("until: 2026-03-16", "until: soon", "a date is needed here"),
        ("starts: 2026-03-02", "starts: 2026-03-12", "the bucket starts on 2026-03-09, and the one before it on 2026-03-12"),
        ("order_size: 4", "order_size: 0", "the number 0 is too small"),
        ("spread: SPREAD", "spread: 1.5", "the number 1.5 is too large"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(tmp_path: Path, written: str, instead: str, says: str) -> None:
    with pytest.raises(PlantFileError, match=says) as caught:
        asked(tmp_path, WEEKS.replace(written, instead), 0.5)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].line > 5


FORECAST: dict[str, Any] = {
    "customer": "us", "buckets": [{"starts": "2026-03-02", "pieces": {"shaft": 9}}], "until": "2026-03-09", "order_size": 3, "spread": 0.5,
    "promise": "1 d",
}  # fmt: skip


def asked_for(**demand: Any) -> Scenario:
    told = {"plant": "floor", "start": "2026-03-02T06:00:00Z", "horizon": "2 weeks"}
    return Scenario.model_validate({**told, "demand": {"forecasts": {"f": FORECAST}, **demand}})


def test_a_stream_that_has_the_name_of_a_forecasts_stream_is_refused_instead_of_being_lost() -> None:
    made = list(asked_for().demand.streams)
    assert made
    stream = {"customer": "us", "material": "shaft", "interval": "1 d", "quantity": [1, 1], "promise": "1 d"}
    with pytest.raises(ValueError, match=f"streams {made[0]}: a forecast becomes streams of these names"):
        asked_for(streams={made[0]: stream})


def test_an_order_of_a_forecast_that_there_is_not_is_refused_instead_of_being_lost() -> None:
    order = {"order": "o1", "customer": "us", "material": "shaft", "quantity": 1, "due": "1 d", "forecast": "zz"}
    with pytest.raises(ValueError, match="there is no forecast zz that an order could come from"):
        asked_for(orders=[order])


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_a_forecast_of_more_orders_than_can_be_kept_is_refused_before_any_is_made(spread: float) -> None:
    buckets = [{"starts": "2026-03-02", "pieces": {"shaft": 10**9}}]
    with pytest.raises(
        ValueError, match=r"the forecasts become 1,000,000,000 orders; allowed: at most 1,000,000, so a larger 'order_size'"
    ):
        asked_for(forecasts={"f": FORECAST | {"buckets": buckets, "order_size": 1, "spread": spread}})
