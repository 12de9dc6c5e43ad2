"""What is overdue, or cannot be there when it is due, is promised to nobody as if it lay in stock."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, order
from tests.rooms.procurement.trading_shop import Office, T
from twin.erp.sales.capable import capable
from twin.erp.sales.promising import promise
from twin.model import events as e

MINUTE_US = 60_000_000


@pytest.mark.parametrize("hours_later", [0, 1])
def test_goods_that_nobody_has_begun_are_not_in_stock_when_their_impossible_date_has_come(hours_later: int) -> None:
    """An order due in five minutes is cancelled, and what was asked for it stays: two gearboxes, of which nothing is there.

    Housings take five days, and the fitter an hour.
    """
    office = Office({"steel": 25_000})
    office.round(order(T, "G1", 2, due_us=5 * MINUTE_US))
    office.say(e.SalesOrderCancelled, order="G1", reason="no more")
    office.now_us += hours_later * HOUR_US
    for known in (promise(office.erp, "gearbox", 2, office.now_us), capable(office.erp, "gearbox", 2, office.now_us)):
        assert known.due_us >= office.now_us + 5 * DAY_US
        assert "in stock now" not in known.reason
        assert known.reason != "in stock"


def test_what_can_be_made_of_what_is_there_is_promised_by_the_work_that_it_takes() -> None:
    """All components are there: by capacity it is an hour at the bench, by lead times the two days of a gearbox."""
    office = Office({"gear": 20, "housing": 10})
    office.round(order(T, "G1", 2, due_us=5 * MINUTE_US))
    office.say(e.SalesOrderCancelled, order="G1", reason="no more")
    assert capable(office.erp, "gearbox", 2, T).due_us == T + HOUR_US
    assert promise(office.erp, "gearbox", 2, T).due_us == T + 2 * DAY_US


def test_what_a_supplier_is_late_with_comes_within_his_lead_time() -> None:
    office = Office()
    office.place("P1", 10, 4_000, days=1)
    office.now_us += DAY_US - HOUR_US
    assert promise(office.erp, "housing", 4, office.now_us).due_us == T + DAY_US
    office.now_us += 2 * HOUR_US
    assert promise(office.erp, "housing", 4, office.now_us).due_us == office.now_us + 5 * DAY_US
    assert capable(office.erp, "housing", 4, office.now_us).due_us == office.now_us + 5 * DAY_US
