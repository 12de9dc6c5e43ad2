"""What is closed stays as it is; what becomes known of it later is booked in what is open, and both answers can be asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.rooms.erp.small_shop import HOUR_US, LAYOUT, Carried, labour, plant
from tests.rooms.valuation.counter import Counter, day, entries, late
from twin.erp import Erp
from twin.erp.accounting.statements import View
from twin.erp.accounting.valuation.periods import month_of, this_month
from twin.model.events import GoodsReceiptCorrected, Heartbeat, JournalPosted, PeriodClosed, PeriodCloseRequested, WorkAlertRaised
from twin.model.scenario import Policies

FIFO = {"valuation": "fifo"}


def close(shop: Counter, until: int, *, on: int | None = None, name: str = "week 1") -> list[object]:
    return [*shop.round(PeriodCloseRequested(effective_us=day(until if on is None else on), period=name, until_us=day(until)))]


def sold_by(shop: Counter, on: int, view: View) -> int:
    """Cost of goods sold after day `on`."""
    row = next(it for it in shop.erp.trial_balance(day(on), view) if it.account == "cost_of_goods_sold")
    return row.debit_minor - row.credit_minor


def test_an_entry_of_a_closed_period_is_refused_with_the_reason() -> None:
    shop = Counter(FIFO)
    shop.buy(1, 1, 1_000)
    assert [type(it) for it in close(shop, 5)] == [PeriodClosed]
    before = dict(shop.erp.ledger.balances)
    posted = JournalPosted(effective_us=day(4), recorded_us=day(6), document="by hand", legs=(("wages", 100), ("wages_payable", -100)))
    refused = shop.round(posted)
    assert [it.alert for it in refused if isinstance(it, WorkAlertRaised)] == ["entry_refused"]
    assert "closed: week 1" in shop.erp.alerts[-1].message
    assert shop.erp.ledger.balances == before
    shop.round(replace(posted, effective_us=day(5)))
    assert shop.balance("wages") == 100


def test_a_period_is_closed_once_in_its_turn_and_when_it_is_over() -> None:
    shop = Counter(FIFO)
    for until, on in ((5, 4), (5, 5), (5, 6), (3, 6)):
        close(shop, until, on=on)
    assert [it.alert for it in shop.erp.alerts] == ["close_refused"] * 3
    assert len(shop.erp.ledger.closed) == 1


def test_a_close_in_the_middle_of_a_round_refuses_nothing_that_came_before_it() -> None:
    shop = Counter(FIFO)
    shop.round(
        labour(day(1), "anna", "", 1),
        PeriodCloseRequested(effective_us=day(5), period="week 1", until_us=day(5)),
        labour(day(1), "ben", "", 1),
    )
    shop.ask(5, "R", 1)
    work = labour(day(6), "anna", "R", 3_600_000_000)
    followed = shop.round(work, PeriodCloseRequested(effective_us=day(7), period="week 2", until_us=day(7)), replace(work, person="ben"))
    assert [it.alert for it in shop.erp.alerts if it.alert == "entry_refused"] == []
    assert [(type(it).__name__, (it.effective_us - day(0)) // (day(1) - day(0))) for it in entries(followed)] == [
        ("JournalPosted", 6),
        ("LateJournalPosted", 7),
    ]
    assert shop.balance("labour_absorbed") == -7_000


@pytest.mark.parametrize("method", ["fifo", "moving_average"])
def test_a_late_receipt_is_posted_to_the_open_period_and_both_answers_are_kept(method: str) -> None:
    """A price of day 1 becomes known on day 8, after the close of day 5: 500 of it concern what was sold on day 2."""
    shop = Counter({"valuation": method})
    order = shop.buy(1, 10, 1_000)
    shop.sell(2, 5)
    close(shop, 5)
    sheet_then = shop.erp.balance_sheet(day(4))
    shop.sell(6, 2)
    late_price = GoodsReceiptCorrected(
        effective_us=day(1), recorded_us=day(8), order=order, lot=order, material="part", quantity=10, unit_price_minor=1_100
    )
    followed = shop.round(late_price)
    assert shop.erp.balance_sheet(day(4)) == sheet_then, "the closed period is untouched"
    assert shop.stock() == (3, 3_300)
    moved = [
        (it.document, (it.effective_us - day(0)) // (day(1) - day(0)), (it.concerns_us - day(0)) // (day(1) - day(0)), it.legs)
        for it in late(followed)
    ]
    assert moved == [
        ("receipt", 8, 1, (("raw_material", 1_000), ("goods_received_not_billed", -1_000))),
        ("shipment", 8, 2, (("raw_material", -500), ("cost_of_goods_sold", 500))),
        ("shipment", 6, 6, (("raw_material", -200), ("cost_of_goods_sold", 200))),
    ]
    assert {it.reference.split()[0] for it in late(followed)} == {"GoodsReceiptCorrected"}
    assert all(order in it.reference for it in late(followed))
    assert sold_by(shop, 4, View()) == sold_by(shop, 4, View(known_us=day(7))) == 5_000
    assert sold_by(shop, 4, View(as_it_was=True)) == 5_500
    assert sold_by(shop, 9, View(known_us=day(7))) == 7_000
    assert sold_by(shop, 9, View()) == sold_by(shop, 9, View(as_it_was=True)) == 7_700
    for view in (View(), View(as_it_was=True), View(known_us=day(7))):
        totals = [it.amount_minor for it in shop.erp.balance_sheet(day(4), view) if it.is_total]
        assert totals[0] == totals[1]


def test_a_late_movement_touches_its_own_key_alone() -> None:
    shop = Counter(FIFO, other={"kind": "purchased", "valuation": "fifo"})
    for material in ("part", "other"):
        shop.buy(2, 10, 1_000, material=material)
        shop.sell(3, 4, material=material)
    before = len(shop.erp.ledger.entries)
    shop.buy(1, 5, 900, known=4)
    after = shop.erp.ledger.entries[before:]
    assert {it.material for it in after} == {"part"}
    assert [(it.document, it.legs) for it in after] == [
        ("receipt", (("raw_material", 4_500), ("goods_received_not_billed", -4_500))),
        ("shipment", (("raw_material", 400), ("cost_of_goods_sold", -400))),
    ]


def test_months_are_closed_by_themselves_where_the_scenario_says_so() -> None:
    """In the plant's time: Berlin's March begins at 23:00 of 28 February in UTC. A month in which nothing was open is not closed."""
    berlin = Erp(plant({**LAYOUT, "time_zone": "Europe/Berlin"}), Policies.model_validate({"close_books": "monthly"}))
    carried = Carried(berlin)
    start = int(datetime(2026, 1, 30, 12, tzinfo=UTC).timestamp()) * 1_000_000
    carried.start(start, steel=12_345)
    for hours in (12, 40, 29 * 24 + 10, 29 * 24 + 11, 29 * 24 + 12, 62 * 24):
        carried.round(Heartbeat(effective_us=start + hours * HOUR_US, reason="clock"))
    closed = [(it.period, datetime.fromtimestamp(it.until_us / 1e6, UTC).strftime("%d %H:%M")) for it in berlin.ledger.closed]
    assert closed == [("2026-01", "31 23:00"), ("2026-02", "28 23:00"), ("2026-03", "31 22:00")]
    assert [it.effective_us for it in berlin.ledger.closed] == [start + hours * HOUR_US for hours in (40, 29 * 24 + 11, 62 * 24)]


def test_every_entry_names_the_fact_that_made_it() -> None:
    shop = Counter(FIFO)
    shop.buy(2, 10, 1_000)
    shop.sell(3, 4)
    shop.buy(1, 5, 900, known=4)
    assert [it.reference.split()[:2] for it in late(shop.journal)] == [["GoodsReceived", "PO3"]]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Australia/Eucla", "Pacific/Chatham", "Europe/Berlin", "America/St_Johns"])
def test_a_month_begins_at_midnight_of_the_plant_to_the_microsecond(zone: str) -> None:
    """Also where that is half an hour or a quarter past the hour of Greenwich."""
    first_us = int(datetime(2026, 4, 1, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000
    assert [this_month(first_us + more, zone) for more in (-1, 0)] == ["2026-03", "2026-04"]
    assert month_of(first_us, zone) == ("2026-03", first_us)
    assert month_of(first_us - 1, zone)[0] == "2026-02"
