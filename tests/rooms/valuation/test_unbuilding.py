"""What is taken apart: no more than was made, out of a lot of its request, and no more of it than went into it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import of_type
from tests.rooms.valuation.counter import Counter, day
from tests.rooms.valuation.test_entering import FIFO, made, refused, say
from twin.model import events as e

ONE: dict[str, Any] = {"request": "R1", "lot": "R1", "quantity": 1, "reason": "sent back"}
ROWS = "allowed: [[material, lot, 1], ...], with a quantity of 1 or more"


@pytest.mark.slow
def test_what_is_said_twice_at_one_instant_is_taken_apart_once() -> None:
    shop = made()
    both = e.UnbuildEntered(effective_us=day(3), person="anna", terminal="office", **{**ONE, "quantity": 2})
    followed = shop.round(both, both)
    assert len(of_type(followed, e.ProductUnbuilt)) == 1
    assert [it.reason for it in of_type(followed, e.EntryRefused)] == ["'R1' has made 2, of which 2 were taken apart; allowed: 0 at most"]
    assert (shop.stock(), shop.stock("unit")) == ((5, 500), (0, 0))


def test_it_is_checked_again_where_it_is_applied() -> None:
    """Facts that nobody has promised: more than was made, more out of it than went in, and no rows at all."""
    shop = made()
    fact: dict[str, Any] = {"effective_us": day(3), "request": "R1", "lot": "R1", "material": "unit"}
    for quantity, recovered in ((3, ()), (1, (("part", "x", 2),)), (1, (("part", "x"),))):
        (told,) = shop.round(e.ProductUnbuilt(**fact, quantity=quantity, recovered=recovered))  # type: ignore[arg-type]
        assert isinstance(told, e.WorkAlertRaised)
        assert told.alert == "unbuild_refused"
    assert (shop.stock(), shop.stock("unit")) == ((3, 300), (2, 200))


@pytest.mark.parametrize(
    ("recovered", "words"),
    [
        ((("part", "x", 2),), "2 of 'part' out of 1, where 'R1' was issued 2 for 2; allowed: 1 at most"),
        ((("part", "x", 1), ("part", "y", 1)), "2 of 'part' out of 1, where 'R1' was issued 2 for 2; allowed: 1 at most"),
        ((("unit", "R1", 1),), "1 of 'unit' out of 1, where 'R1' was issued 0 for 2; allowed: 0 at most"),
        ((("part", "x"),), f"recovered is ('part', 'x'); {ROWS}"),
        (("part",), f"recovered is 'part'; {ROWS}"),
        ("abc", f"recovered is 'abc'; {ROWS}"),
        ((("part", "x", "1"),), f"recovered is ('part', 'x', '1'); {ROWS}"),
        ((("part", "x", True),), f"recovered is ('part', 'x', True); {ROWS}"),
        ((("part", 5, 1),), f"recovered is ('part', 5, 1); {ROWS}"),
        ((("part", "x", 0),), f"recovered is ('part', 'x', 0); {ROWS}"),
    ],
)
def test_nothing_comes_of_it_that_did_not_go_into_it(recovered: object, words: str) -> None:
    shop = made()
    assert refused(shop, e.UnbuildEntered, **ONE, recovered=recovered) == words
    assert (shop.stock(), shop.stock("unit")) == ((3, 300), (2, 200))


@settings(max_examples=12, deadline=None)
@given(
    each=st.integers(1, 4), bill_for=st.integers(1, 3), more=st.integers(0, 30), made=st.integers(1, 9), lost=st.integers(0, 5),
    is_closed=st.booleans(),
)  # fmt: skip
def test_what_is_in_process_or_was_lost_comes_of_nothing_that_is_taken_apart(
    each: int, bill_for: int, more: int, made: int, lost: int, is_closed: bool
) -> None:
    """By hand: `more` beyond the bill is in process while the request is open, and went into all that it made or lost once it is closed."""
    shop = Counter({"standard_cost": "5 EUR"}, {"bill_for": bill_for, "bill": [{"material": "part", "quantity": each}]})
    out = made + lost
    issued = -(-out * each // bill_for) + more
    shop.buy(1, issued, 500)
    shop.ask(2, "R1", 100)
    shop.issue(3, "R1", issued)
    for use, quantity in (("Produced", made), ("Scrapped", lost)):
        if quantity:
            shop.make(4, "R1", quantity, use=use)
    if is_closed:
        shop.close(4, "R1", made)
    most = issued * made // out if is_closed else made * each // bill_for
    fact: dict[str, Any] = {"effective_us": day(5), "request": "R1", "lot": "R1", "material": "unit", "quantity": made}
    (told,) = shop.round(e.ProductUnbuilt(**fact, recovered=(("part", "x", most + 1),)))
    assert isinstance(told, e.WorkAlertRaised)
    assert f"allowed: {most} at most" in told.message
    shop.round(e.ProductUnbuilt(**fact, recovered=(("part", "x", most),) if most else ()))
    assert shop.stock() == (most, most * 500)


def test_a_lot_of_another_request_is_not_of_this_one() -> None:
    shop = made()
    shop.ask(2, "R2", 1)
    shop.issue(2, "R2", 1)
    shop.make(2, "R2", 1)
    assert refused(shop, e.UnbuildEntered, **{**ONE, "lot": "R2"}) == "lot 'R2' of 'unit' was not made by 'R1'; allowed: R1"


def test_a_part_of_a_bill_gives_nothing_whole() -> None:
    """One part makes three: of one of them nothing whole comes; of three of them one part does."""
    shop = Counter(FIFO, {**FIFO, "bill_for": 3})
    shop.buy(1, 5, 300)
    shop.ask(1, "R1", 3)
    shop.issue(2, "R1", 1)
    shop.make(2, "R1", 3)
    shop.close(2, "R1", 3)
    words = (
        "nothing whole that 'R1' was issued comes of 1 'unit' by its bill; allowed: 3 or more, or recovered, as [[material, lot, 1], ...]"
    )
    assert refused(shop, e.UnbuildEntered, **ONE) == words
    say(shop, e.UnbuildEntered, **{**ONE, "quantity": 3})
    assert (shop.stock(), shop.stock("unit")) == ((5, 1_500), (0, 0))
