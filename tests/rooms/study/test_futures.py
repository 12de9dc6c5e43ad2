"""Futures of a simulated run, as somebody at a notebook asks for them."""

from __future__ import annotations

import math
import re
import threading
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from tests.rooms.study.by_rule.any_books import plants_with_books
from twin import study
from twin.apps.components.leaving import leaves_words
from twin.apps.feeds import simulated
from twin.model.events import AlarmAccepted, Heartbeat, InvoiceIssued
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.outlook.leaving import ON_TRACK_SHARE
from twin.results.views.overview import order_risks
from twin.run import carry
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.ahead.forecast import Futures, OrderForecast, spread
from twin.study.ahead.futures import begin
from twin.study.ahead.ledgers import ALL, MANY, Levels, OfPages, income, ledgers_of

PLANT = "plant_models/gearbox_shop"


@pytest.fixture(scope="module")
def run() -> twin.Run:
    return twin.simulate(PLANT, until="2 d", seed=4)


@pytest.fixture(scope="module")
def fifo() -> twin.Run:
    """All stock is worth what it has cost, and requests bear overheads."""
    tables = twin.read_plant(PLANT).model_dump(mode="json")
    for it in tables["materials"]["materials"].values():
        it["valuation"] = "fifo"
    tables["materials"]["overheads"] = {"rent": {"rate": "13 EUR", "per": "machine_hour"}}
    return twin.simulate(Plant.model_validate(tables), twin.read_scenario(None, PLANT), until="2 d", seed=4)


@pytest.fixture(scope="module")
def later() -> twin.Run:
    """The same run, three days on."""
    return twin.simulate(PLANT, until="5 d", seed=4)


def test_every_open_order_has_its_chance(run: twin.Run) -> None:
    seen = study.futures(run, 60, until="5 d")
    open_orders = {order.order for order in run.erp.customer_orders.orders.values() if order.open_quantity}
    assert {it.order for it in seen.orders} == open_orders
    assert seen.count == 60
    assert all(0 < it.on_time_share < 1 for it in seen.orders), "a share of a sample is never certain"
    assert len({len(it.shipped_us) for it in seen.orders} | set(seen.energy_wh)) > 1, "futures differ"
    table = seen.table
    assert list(table["due"]) == sorted(table["due"])
    assert (table["on_time_share_low"] <= table["on_time_share"]).all()
    assert_orders_stand_by(run, seen)


def assert_orders_stand_by(run: twin.Run, seen: Futures) -> None:
    """No page calls on track what leaves late in half of the last futures, or would be late even if nothing failed."""
    stand = {it.order: it for it in order_risks(run) if it.leaves}
    said = {it.order: it.on_time_share for it in seen.orders if it.due_us <= seen.until_us}
    assert said.keys() <= stand.keys()
    for name, share in said.items():
        it = stand[name]
        assert it.leaves
        assert it.leaves.forecast
        assert (it.leaves.forecast.in_time, it.leaves.forecast_us) == (share, run.now_us)
        on_track = not it.late_by_us and it.slack_us is not None and it.slack_us >= 0 and share >= ON_TRACK_SHARE
        assert (it.risk == "on track") == on_track, name
        if it.risk == "on track":
            assert re.search(rf"\(futures from .*: {share:.0%} in time\)$", leaves_words(run.plant, it))
    assert {it.risk for name, it in stand.items() if name in said} >= {"at risk", "on track"}, "or take other futures"
    before, run.forecasts = stand, None
    assert any(before[it.order].risk != it.risk for it in order_risks(run)), "by slack alone something stands otherwise"


def test_the_same_seed_gives_the_same_futures_on_one_thread_or_two(run: twin.Run) -> None:
    assert study.futures(run, 20, until="3 d", threads=1) == study.futures(run, 20, until="3 d", threads=2)
    assert study.futures(run, 20, until="3 d") != study.futures(run, 20, until="3 d", seed=2)


@pytest.mark.slow
def test_what_is_compared_as_it_is_decides_how_orders_stand_and_says_of_how_many(run: twin.Run) -> None:
    """Else a page says "on track" above its own 45 %."""
    kept, run.forecasts = run.forecasts, None
    found = study.compare_futures(run, "scenarios/gearbox_shop/third_hobber.yaml", 20, until="3 d", ledger_count=0)
    assert run.forecasts == found.as_it_is.forecasts
    assert run.forecasts is not None
    assert found.differences[0].outcome.title == f"Orders in time, of the {found.as_it_is.due_count} due until then"
    assert found.as_it_is.due_count > 3
    run.forecasts = kept


def test_revenue_is_what_the_books_would_say(later: twin.Run) -> None:
    """Where the future is the one that comes: the same run, gone on with, has invoiced as much as the rules have shipped."""
    from twin.simulation.compiled_plant.shadow import Shadow, shipments
    from twin.study.ahead.futures import _Tally

    start_us = later.scenario.start_us
    shadow = Shadow(later.plant, later.scenario, 4, [], start_us - 1, start_us + 5 * 86_400_000_000)
    rows = shadow.state.run_on()
    tally = _Tally(later, None, None)
    shipped = sum(tally._worth_minor(int(origin), int(quantity)) for origin, _, _, _, quantity in shipments(rows))
    assert shipped == sum(entry.event.net_minor for entry in later.journal.entries() if isinstance(entry.event, InvoiceIssued)) > 0


def test_what_a_future_costs_is_what_mes_and_erp_would_book_to_the_cent(run: twin.Run, later: twin.Run) -> None:
    """The one future that can be looked up: nothing is drawn anew, so the run itself, gone on with, must have the same ledger."""
    shadow = begin(run, "3 d", False, None, None).shadow
    booked = Levels(run).book(shadow, None)
    assert booked
    assert booked == OfPages(run, shadow.until_us).book(shadow, None)
    before, after = income(run), income(later)
    assert booked.accounts == {account: after[account] - before[account] for account in after}
    assert booked.result_minor == sum(after.values()) - sum(before.values()) != 0
    assert all(
        booked.accounts[account] for account in ("revenue", "wages", "machine_cost", "energy", "labour_absorbed", "cost_of_goods_sold")
    )


def test_all_futures_of_a_run_that_follows_its_rules_are_booked_from_their_pages(run: twin.Run) -> None:
    seen, some = study.futures(run, 30, until="4 d", ledger_count=None), study.futures(run, 30, until="4 d", ledger_count=3)
    assert (len(seen.ledgers), seen.ledger_count, len(some.ledgers)) == (30, 30, 3)
    assert seen.ledgers[:3] == some.ledgers
    assert [it.revenue_minor for it in seen.ledgers] == list(seen.revenue_minor)


@pytest.mark.slow
def test_a_future_from_its_pages_costs_what_mes_and_erp_book_of_it(run: twin.Run, fifo: twin.Run) -> None:
    """Drawn anew; at standard from columns, at actual cost by the ERP alone."""
    for it, quickly in ((run, ALL), (fifo, MANY)):
        shadow = begin(it, "3 d", False, None, None).shadow
        pages, levels = OfPages(it, shadow.until_us), Levels(it)
        assert pages.quickly == quickly
        assert [pages.book(shadow, seed) for seed in (11, 12)] == [levels.book(shadow, seed) for seed in (11, 12)]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(case=plants_with_books(), seed=st.integers(0, 2**32), tenths=st.sampled_from([1, 3, 7, 9]))
def test_futures_of_any_plant_from_any_instant_cost_what_mes_and_erp_book(case: tuple[Plant, Scenario], seed: int, tenths: int) -> None:
    """FIFO, moving average, overheads, energy by the hour, tax, francs, payments; as it goes on by itself, and drawn anew."""
    plant, scenario = case
    now_us = scenario.start_us + scenario.horizon * tenths // 10
    run = carry(CompiledPlant(plant, scenario, seed, now_us, stops_at_deadlock=True), twin.Run(plant, scenario, seed=seed))
    assume(not run.deadlock)
    begun = begin(run, None, False, None, None)
    shadow = begun.shadow
    levels, pages = Levels(run), OfPages(run, shadow.until_us)
    assert [pages.book(shadow, it) for it in (None, 11)] == [levels.book(shadow, it) for it in (None, 11)]
    begun.tally.take(shadow, range(11, 12))
    told = begun.tally.futures(now_us, shadow.until_us)
    assert told.revenue_minor == (levels.book(shadow, 11).revenue_minor,), "told without books, also where lots were found at the start"


@pytest.mark.parametrize("found", [0, 1, 2])
def test_orders_of_streams_are_worth_their_own_price_where_lots_were_found_at_the_start(found: int) -> None:
    """Each lot that was found counts as an order: the next stream's price was taken, or the last stream had none."""
    two_steps = '{"10": {segment: turn, run: 5 min}, "20": {segment: turn, run: 5 min}}'
    plant = plant_of(
        materials="materials: {shaft: {kind: finished, price: 1000 EUR}, bolt: {kind: finished, price: 1 EUR}}",
        **{"routings/shaft": two_steps, "routings/bolt": '{"10": {segment: turn, run: 2 min}}'},
    )
    always = {"customer": "us", "interval": "60 min", "promise": "2 h", "quantity": [1]}
    streams = {"a": {**always, "material": "bolt", "first": "70 min"}, "z": {**always, "material": "shaft", "first": "5 d"}}
    lots = {f"w{n}": {"material": "shaft", "operation": "20", "quantity": 1, "due": "1 h"} for n in range(found)}
    began = twin.simulate(plant, scenario_of(demand={"streams": streams}, work_in_process=lots), until="1 h")
    seen = study.futures(began, 2, ledger_count=1)
    assert seen.revenue_minor[0] == seen.ledgers[0].revenue_minor == 700


def test_where_persons_have_said_something_a_future_is_booked_by_mes_and_erp(run: twin.Run) -> None:
    """What they have said may have been booked, and no page knows of it."""
    told = twin.Run(run.plant, run.scenario, seed=4)
    for entry in run.journal.entries():
        told.journal.append(entry.event, source=entry.source)
    told.journal.append(AlarmAccepted(effective_us=run.now_us, equipment="hobber_1", alarm="drive_fault"), source=Source.USER)
    assert isinstance(ledgers_of(told, run.now_us + 1), OfPages), "an alarm that is acknowledged costs nothing"
    told.journal.append(Heartbeat(effective_us=run.now_us), source=Source.USER)
    assert isinstance(ledgers_of(told, run.now_us + 1), Levels)


@pytest.mark.slow
def test_what_is_booked_of_a_future_is_what_it_said_without_books(run: twin.Run) -> None:
    seen = study.futures(run, 8, until="4 d", ledger_count=2)
    assert [it.revenue_minor for it in seen.ledgers] == list(seen.revenue_minor[:2])
    assert seen.ledgers[0].result_minor != seen.ledgers[1].result_minor
    assert list(seen.ledger_table["result_eur"]) == [it.result_minor / 100 for it in seen.ledgers]


def test_a_run_that_goes_on_has_futures_from_between_two_rounds(root: Path) -> None:
    """As a page asks: facts, orders and books are of one instant, though the next is under way."""
    day_us = 86_400_000_000
    feed = simulated(root / PLANT, None, seed=4, speed=10_000, lead_us=day_us).start()  # six days are left: most of a minute
    try:
        while feed.run.now_us <= feed.run.scenario.start_us + day_us and not feed.ended:
            time.sleep(0.01)
        seen = study.futures(feed.run, 4, until="2 d", ledger_count=1)
        assert not feed.ended, "it was too fast to be asked on its way"
    finally:
        feed.stop()
    assert seen.count == 4
    assert seen.ledgers[0].revenue_minor == seen.revenue_minor[0]


def test_an_order_has_shipped_in_a_tenth_of_the_futures_before_it_has_in_half(run: twin.Run) -> None:
    it = OrderForecast(
        order="A", customer="", material="M", quantity=1, due_us=50, on_time_count=5, shipped_us=(10, 20, 30, 40, 50, 60), future_count=10
    )
    assert [it.shipped_by_us(share) for share in (0.1, 0.5, 0.6, 0.9)] == [10, 50, 60, None]
    for order in study.futures(run, 20, until="3 d").orders:
        times = [order.shipped_by_us(share) or math.inf for share in (0.1, 0.5, 0.9)]
        assert times == sorted(times)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1), st.integers(1, 20))
def test_every_value_has_its_bin(values: list[int], most: int) -> None:
    bins = spread(values, most)
    assert len(bins) <= most
    assert [sum(it.low <= value < it.high for value in values) for it in bins] == [it.count for it in bins]
    assert sum(it.count for it in bins) == len(values)


def test_stopped_early_it_says_what_it_has(run: twin.Run) -> None:
    stop, done = threading.Event(), []

    def watch(count: int) -> None:
        done.append(count)
        if count >= 5:
            stop.set()

    assert 5 <= study.futures(run, 1000, until="2 d", watch=watch, stop=stop).count < 1000


def test_what_has_no_future_says_why(run: twin.Run) -> None:
    with pytest.raises(ValueError, match="nothing lies ahead"):
        study.futures(twin.simulate(PLANT, seed=4, until="2 h", scenario=run.scenario.model_copy(update={"horizon": 2 * 3_600_000_000})), 5)


@pytest.mark.slow
def test_where_somebody_decided_otherwise_futures_begin_from_what_came_of_it(run: twin.Run) -> None:
    """The run says that its seed was another: by rule, something else would have happened."""
    other = twin.Run(run.plant, run.scenario, run.journal, seed=5)
    other.mes, other.erp, other.now_us = run.mes, run.erp, run.now_us
    assert study.futures(run, 5, until="3 d").unknown == ()
    assert study.futures(other, 5, until="3 d").unknown


@pytest.mark.slow
def test_futures_say_what_of_the_plant_they_do_not_consider(run: twin.Run) -> None:
    assert study.futures(run, 5, until="1 d").not_considered == ()
    root = Path(__file__).parents[3]
    measured = twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/measured_teeth.yaml", until="4 d")
    said = study.futures(measured, 2, until="6 h").not_considered
    assert said[0].startswith("quality plans (")
    held = next(it for it in said if it.startswith("lots on hold now"))
    assert next(iter(measured.holds["lot"])) in held
    hobs = twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/one_hob.yaml", until="6 h")
    assert [it.split(" (")[0] for it in study.futures(hobs, 2, until="6 h").not_considered][:1] == ["tools"]
