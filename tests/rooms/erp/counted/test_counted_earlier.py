"""What was counted or lost on an earlier day, and is said today: stock is other by the difference, which stands in the books of its day."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.model.readiness.earlier import happened_at

SAID: dict[str, Any] = {"effective_us": 0, "person": "anna", "terminal": "office", "material": "housing"}


def said(desk: Desk, on: int, of: int, what: type[e.Entry] = e.StockCountEntered, **fields: Any) -> list[e.OperationsEvent]:
    """On a day, of a day before it, or of it."""
    return desk.round(happened_at(what(**SAID, **fields), day(of), day(on)))


def bought(valuation: str = "fifo") -> Desk:
    """Ten at 10.00 on day 1, ten at 14.00 on day 3, of which six are sold on day 4."""
    desk = Desk(housing={"valuation": valuation})
    desk.receive(1, "P1", 10, 1_000)
    desk.receive(3, "P2", 10, 1_400)
    desk.sell(4, "S1", 6, 6_000)
    desk.passes(5)
    return desk


def test_what_was_missing_on_an_earlier_day_revalues_what_went_since_and_stands_on_that_day() -> None:
    """On day 2 six of ten were there: with the ten at 14.00 that came on day 3 they cost 12.50 each, and not 12.00.

    Difference: 4 x 10.00 = 40.00 on day 2; cost of the six that were sold on day 4: 75.00, and not 72.00.
    """
    desk = bought("moving_average")
    assert desk.balances["cost_of_goods_sold"] == 7_200
    answer = said(desk, 5, 2, lot="P1", quantity=6, reason="counted before the second delivery")
    (counted,) = of_type(answer, e.StockCounted)
    assert (counted.effective_us, counted.difference, counted.quantity) == (day(2), -4, 0)
    assert not of_type(answer, e.EntryRefused)
    for erp in (desk.erp, desk.run().erp):
        assert erp.stock.on_hand["housing"] == 10
        assert erp.ledger.balances["inventory_difference"] == 4_000
        assert erp.ledger.balances["cost_of_goods_sold"] == 7_500
        assert erp.book.actual.value_minor("housing") == erp.ledger.stock_balances["housing"] == 12_500
        (on_day,) = {it.effective_us for it in erp.ledger.entries if it.document == "count"}
        assert on_day == day(2)
        assert not erp.violations()
    run = desk.run()
    assert (run.mes.tracking.lots["P1"].on_hand, run.mes.tracking.lots["P2"].on_hand) == (0, 10)


def test_what_is_found_and_what_is_written_off_at_standard_is_an_inventory_difference_of_its_day() -> None:
    desk = Desk()
    desk.receive(1, "P1", 10, 4_199)
    desk.passes(5)
    said(desk, 5, 2, lot="P1", quantity=12)
    said(desk, 6, 3, e.StockWrittenOff, lot="P1", quantity=5, reason="dropped")
    said(desk, 6, 6, e.StockWrittenOff, lot="P1", quantity=1, reason="rusty")
    said(desk, 7, 7, lot="P1", quantity=6)
    for erp in (desk.erp, desk.run().erp):
        assert erp.stock.lot_quantity("housing", "P1") == 6
        on_day = [(it.effective_us, dict(it.legs)["inventory_difference"]) for it in erp.ledger.entries if it.document == "count"]
        assert on_day == [(day(2), -2 * 4_199), (day(3), 5 * 4_199), (day(6), 4_199)]
        assert not erp.violations()


@pytest.mark.parametrize(
    ("of", "what", "fields", "words"),
    [
        (0, e.StockCountEntered, {"lot": "P1", "quantity": 4}, "'P1' came 2026-03-03T00:00:00Z, and this is of 2026-03-02T00:00:00Z"),
        (2, e.StockCountEntered, {"lot": "P9", "quantity": 4}, "no lot 'P9' of 'housing' was ever in stock; allowed: P1, P2"),
        (2, e.StockCountEntered, {"lot": "P1", "quantity": -1}, "quantity -1; allowed: 0 or more"),
        (2, e.StockCountEntered, {"lot": "P1", "quantity": 3}, "7 of lot 'P1' were missing 2026-03-04T00:00:00Z, and 4 are left by now"),
        (
            2,
            e.StockWrittenOff,
            {"lot": "P1", "quantity": 11, "reason": "x"},
            "of which 10 were there 2026-03-04T00:00:00Z; allowed",
        ),
        (2, e.StockWrittenOff, {"lot": "P1", "quantity": 1, "reason": " "}, "what is written off needs a reason"),
        (2, e.StockWrittenOff, {"lot": "P1", "quantity": 1, "reason": "x", "bin": "A"}, "no warehouse is declared; allowed: no bin"),
        (-40, e.StockCountEntered, {"lot": "P1", "quantity": 4}, "and the books begin"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(of: int, what: type[e.Entry], fields: dict[str, Any], words: str) -> None:
    desk = bought()
    before = desk.balances
    said(desk, 5, of, what, **fields)
    assert words in desk.refusals()[-1]
    assert (desk.balances, desk.erp.stock.on_hand["housing"]) == (before, 14)


def test_a_closed_period_is_left_alone() -> None:
    desk = bought("standard")
    desk.round(e.PeriodCloseRequested(effective_us=day(6), period="P1", until_us=day(3), person="anna"))
    said(desk, 7, 2, lot="P1", quantity=9)
    assert "is closed" in desk.refusals()[-1]
    said(desk, 7, 3, lot="P1", quantity=9)
    assert desk.balances["inventory_difference"] == 4_199


STEPS = st.lists(st.tuples(st.sampled_from(["buy", "sell", "lose"]), st.integers(1, 9), st.integers(500, 2_000)), min_size=2, max_size=8)


def month(valuation: str, valued_by: str, steps: list[tuple[str, int, int]], *, is_late: bool) -> tuple[dict[str, int], dict[str, int]]:
    """Balances and lots after so many days of trade, what was lost said on its day, or all of it on day 20."""
    desk, late = Desk(housing={"valuation": valuation, "valued_by": valued_by}), list[tuple[int, e.Entry]]()
    desk.receive(1, "P0", 50, 1_000)
    for on, (what, quantity, price) in enumerate(steps, start=2):
        if what == "buy":
            desk.receive(on, f"P{on}", quantity, price)
        elif what == "sell":
            desk.sell(on, f"S{on}", min(quantity, 3), 6_000)
        else:
            late.append((on, e.StockWrittenOff(**SAID, lot="P0", quantity=quantity % 3 + 1, reason="lost")))
            if not is_late:
                desk.round(happened_at(late.pop()[1], day(on), day(on)))
    desk.passes(20)
    for on, lost in late:
        desk.round(happened_at(lost, day(on), day(20)))
    assert (desk.refusals(), desk.erp.violations()) == ([], [])
    return desk.balances, {name: it.quantity for name, it in desk.erp.stock.lots["housing"].items()}


@settings(max_examples=30, deadline=None)
@given(
    method=st.sampled_from([("standard", "material"), ("fifo", "material"), ("moving_average", "material"), ("fifo", "lot")]), steps=STEPS
)
def test_what_is_said_late_comes_to_what_it_would_have_come_to_on_its_day(
    method: tuple[str, str], steps: list[tuple[str, int, int]]
) -> None:
    assert month(*method, steps, is_late=True) == month(*method, steps, is_late=False)
