"""Futures of a simulated run, as somebody at a notebook asks for them."""

from __future__ import annotations

import threading

import pytest

import twin
from twin import study
from twin.model.events import InvoiceIssued

pytestmark = pytest.mark.xdist_group("kernel")

PLANT = "plant_models/gearbox_shop"


@pytest.fixture(scope="module")
def run() -> twin.Run:
    return twin.simulate(PLANT, until="2 d", seed=4)


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


def test_the_same_seed_gives_the_same_futures_on_one_thread_or_two(run: twin.Run) -> None:
    assert study.futures(run, 20, until="3 d", threads=1) == study.futures(run, 20, until="3 d", threads=2)
    assert study.futures(run, 20, until="3 d") != study.futures(run, 20, until="3 d", seed=2)


def test_revenue_is_what_the_books_would_say() -> None:
    """Where the future is the one that comes: the same run, gone on with, has invoiced as much as the rules have shipped."""
    from twin.simulation.compiled_plant.shadow import Shadow, shipments
    from twin.study.futures import _Tally

    later = twin.simulate(PLANT, until="6 d", seed=4)
    start_us = later.scenario.start_us
    shadow = Shadow(later.plant, later.scenario, 4, [], start_us - 1, start_us + 6 * 86_400_000_000)
    rows = shadow.state.run_on()
    tally = _Tally(later, later.scenario, None, None)
    shipped = sum(tally._worth_minor(int(origin), int(quantity)) for origin, _, _, _, quantity in shipments(rows))
    assert shipped == sum(entry.event.net_minor for entry in later.journal.entries() if isinstance(entry.event, InvoiceIssued)) > 0


def test_stopped_early_it_says_what_it_has(run: twin.Run) -> None:
    stop, done = threading.Event(), []

    def watch(count: int) -> None:
        done.append(count)
        if count >= 5:
            stop.set()

    assert 5 <= study.futures(run, 1000, until="2 d", watch=watch, stop=stop).count < 1000


def test_what_has_no_future_says_why(run: twin.Run) -> None:
    with pytest.raises(ValueError, match="nothing lies ahead"):
        study.futures(twin.simulate(PLANT, seed=4, until="7 d"), 5)


def test_where_somebody_decided_otherwise_futures_begin_from_what_came_of_it(run: twin.Run) -> None:
    """The run says that its seed was another: by rule, something else would have happened."""
    other = twin.Run(run.plant, run.scenario, run.journal, seed=5)
    other.mes, other.erp, other.now_us = run.mes, run.erp, run.now_us
    assert study.futures(run, 5, until="3 d").unknown == ()
    assert study.futures(other, 5, until="3 d").unknown
