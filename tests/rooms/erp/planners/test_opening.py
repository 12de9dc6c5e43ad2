"""What is on order at the start comes: in both engines, once, each at its date, and nobody asks for the same again."""

from __future__ import annotations

import pytest

import twin
from tests.rooms.erp.small_shop import DAY_US
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.model import events as e
from twin.model.checks.planning.carried_out import OnlyPlanned
from twin.model.plant import Plant
from twin.results.run import Run
from twin.simulation.engines import ENGINES

BARS = """
materials:
  bar: {kind: purchased, supplier: mill, standard_cost: 2 EUR, units: {bundle: 10}, opening_stock: 4}
  shaft: {kind: finished, lot_size: 4, price: 9 EUR, bill: [{material: bar, quantity: 1}]}
suppliers: {mill: {lead_time: {uniform: {low: 20 h, high: 28 h}}}}
customers: {us: {}}
"""
SUPPLY = [
    {"order": "PO7", "material": "bar", "quantity": 1, "unit": "bundle", "due": "2 d"},
    {"order": "REQ3", "material": "shaft", "quantity": 4, "due": "1 d"},
    {"order": "FP1", "material": "shaft", "quantity": 8, "due": "10 d", "kind": "firm_planned"},
]


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    plant, scenario = plant_of(materials=BARS), scenario_of("shaft 12", horizon="3 d", supply=SUPPLY)
    return [twin.simulate(plant, scenario, seed=1, engine=engine) for engine in ENGINES]


def test_it_comes_at_its_date_give_or_take_what_the_lead_time_is_off_and_serves_who_waits(runs: list[Run]) -> None:
    """Twelve are wanted: four are on their way, eight are asked for; of twelve bars four are there and ten come, so none is ordered."""
    run = runs[0]
    erp, start_us = run.erp, run.scenario.start_us
    assert {name: it.quantity for name, it in erp.requests.requests.items()} == {"A-shaft": 8, "REQ3": 4}
    assert {name: it.quantity for name, it in erp.purchasing.orders.items()} == {"PO7": 10}
    (came,) = [it.event for it in run.journal.entries() if isinstance(it.event, e.GoodsReceived)]
    assert (came.order, came.quantity) == ("PO7", 10)
    assert abs(came.effective_us - start_us - 2 * DAY_US) <= DAY_US // 6
    assert came.effective_us != start_us + 2 * DAY_US
    assert erp.orders(run.now_us)[0].shipped == 12
    assert [*erp.frozen.orders] == ["FP1"]
    assert not run.violations(whole=True)


def test_both_engines_and_a_replay_tell_the_same_of_it(runs: list[Run]) -> None:
    run = runs[0]
    assert len({it.journal.head for it in runs}) == 1
    replayed = twin.replay(run.plant, list(run.journal.entries()), run.scenario)
    assert [it.event for it in replayed.journal.entries()] == [it.event for it in run.journal.entries()]
    other = Run(run.plant, run.scenario)
    for entry in run.journal.entries():
        other.reapply(entry.event)
    assert other.erp.stock.incoming == run.erp.stock.incoming
    assert not other.erp.decide(other.now_us)


def test_what_is_bought_of_nobody_is_refused_by_name() -> None:
    plant = plant_of(materials=BARS.replace(" supplier: mill,", ""))
    with pytest.raises(OnlyPlanned, match=r"supply of what is bought of nobody \(PO7\)"):
        Run(Plant.model_validate(plant.model_dump(mode="json")), scenario_of(supply=SUPPLY))
