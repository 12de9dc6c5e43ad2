"""An entry by hand says what it is about: product, customer order, work center, customer, supplier, each held against what there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.settlement.desk import Desk, day
from twin.model.events import EntryProposed, JournalPosted
from twin.results.settlement.dimensions import dimension_table

LEGS = (("services", 9_000), ("overhead_payable", -9_000))


def said(on: int, **about: Any) -> EntryProposed:
    return EntryProposed(effective_us=day(on), person="anna", terminal="office", document="advice", legs=LEGS, **about)


def sold() -> Desk:
    """`foundry` has delivered four housings on P1, of which acme has bought two on S1."""
    desk = Desk()
    desk.receive(1, "P1", 4, 1_000)
    desk.sell(1, "S1", 2, 2_000)
    return desk


@pytest.mark.parametrize(
    ("about", "dimension", "name"),
    [
        ({"work_center": "cutting"}, "work_center", "cutting"),
        ({"product": "housing"}, "product", "housing"),
        ({"customer": "zenith"}, "customer", "zenith"),
        ({"supplier": "foundry"}, "supplier", "foundry"),
        ({"customer_order": "S1"}, "order", "S1"),
        ({"customer_order": "S1"}, "customer", "acme"),
        ({"customer_order": "S1", "customer": "acme", "product": "housing"}, "product", "housing"),
    ],
)
def test_the_books_are_asked_by_what_an_entry_by_hand_is_about(about: dict[str, str], dimension: str, name: str) -> None:
    desk = sold()
    desk.round(said(2, **about))
    run = desk.run()
    table = dimension_table(run, dimension, None, None)
    assert table[(table["name"] == name) & (table["account"] == "services")]["amount_eur"].tolist() == [90.0]
    assert [it.event for it in run.journal.entries() if isinstance(it.event, JournalPosted)][-1].document == "advice"


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"work_center": "cuting"}, "no work center is called 'cuting' (did you mean 'cutting'?); allowed: "),
        ({"work_center": "cutting", "equipment": "moon"}, "'moon' is no equipment of work center 'cutting'"),
        ({"product": "hosing"}, "no material is called 'hosing' (did you mean 'housing'?); allowed: "),
        ({"product": "housing", "material": "steel"}, "product 'housing' and material 'steel' are two; allowed: one of them"),
        ({"customer_order": "S9"}, "no customer order is called 'S9'"),
        ({"customer_order": "S1", "customer": "zenith"}, "'S1' is of 'acme', not of 'zenith'; allowed: that, or no customer"),
        ({"customer": "zenit"}, "nobody knows a customer 'zenit' (did you mean 'zenith'?); allowed: acme, zenith"),
        ({"supplier": "forge"}, "no supplier is called 'forge'"),
        ({"order": "P1", "supplier": "sundries"}, "no supplier is called 'sundries'"),
        ({"customer_order": "S1", "product": "steel"}, "'S1' is for 'housing', not for 'steel'; allowed: that, or no product"),
    ],
)
def test_what_is_not_there_or_does_not_agree_is_refused_and_nothing_is_posted(about: dict[str, str], words: str) -> None:
    desk = sold()
    before = desk.balances
    desk.round(said(2, **about))
    assert words in desk.refusals()[-1]
    assert desk.balances == before
