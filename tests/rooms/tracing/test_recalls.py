"""The recall drill: from a delivery, from a machine in a span of time, from a finished lot to customers and what is in house."""

from __future__ import annotations

import pytest

from tests.rooms.quality.valve_shop import Shop


def sold_valves() -> Shop:
    """Castings of two deliveries; A (shipped) is of both, B (in process) of the second, C was not begun."""
    shop = Shop()
    shop.delivery("P1", 3)
    shop.delivery("P2", 20)
    shop.order("A", 5).order("B", 5).order("C", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.does("mill_1", "B-VALVE/10", 5)
    return shop


@pytest.fixture
def shop() -> Shop:
    return sold_valves()


def affected(recall) -> list[str]:
    return [it.lot for it in recall.affected]


def test_a_delivery_is_recalled_from_customers_and_stopped_in_house(shop: Shop) -> None:
    recall = shop.run.recall("L-P2")
    assert affected(recall) == ["L-P2", "A-VALVE", "B-VALVE"]
    assert [(it.customer, it.order, it.quantity, it.lots) for it in recall.customers] == [("acme", "A", 5, ("A-VALVE",))]
    assert [(it.lot, it.quantity, it.standing, it.place) for it in recall.in_house] == [
        ("L-P2", 13, "in stock", "stock"), ("B-VALVE", 5, "in process", "rack"),
    ]  # fmt: skip
    assert recall.headline == "Recall of L-P2: 3 lots affected; 1 order of 1 customer got some of it (acme); 2 lots still in house"
    (balance,) = recall.balances
    assert balance.holds
    assert shop.is_the_same_from_every_source(lambda run: (run.recall("L-P2").summary(), str(run.recall("L-P2"))))


def test_what_has_nothing_of_it_is_not_recalled(shop: Shop) -> None:
    recall = shop.run.recall("L-P1")
    assert affected(recall) == ["L-P1", "A-VALVE"]
    assert recall.in_house == ()


def test_a_machine_is_recalled_for_the_span_in_which_it_was_wrong(shop: Shop) -> None:
    begun = {name: job.started_us for name, job in shop.run.mes.job_orders.items()}
    first = shop.run.recall(equipment="mill_1", start=begun["A-VALVE/10"], end=begun["A-VALVE/20"])
    assert affected(first) == ["A-VALVE"]
    assert affected(shop.run.recall(equipment="mill_1", start=begun["B-VALVE/10"])) == ["B-VALVE"]
    assert affected(shop.run.recall(equipment="mill_1")) == ["A-VALVE", "B-VALVE"]
    in_words = shop.run.recall(equipment="mill_1", start="2026-03-02 06:00", end="2026-03-02 06:20")
    assert affected(in_words) == ["A-VALVE"]
    assert affected(shop.run.recall(equipment="mill_1", start="2026-03-02T05:00Z", end="2026-03-02T06:01Z")) == []
    assert shop.is_the_same_from_every_source(lambda run: run.recall(equipment="mill_1", start=begun["B-VALVE/10"]).summary())


def test_a_finished_lot_is_recalled_with_all_that_shares_a_delivery_with_it(shop: Shop) -> None:
    assert affected(shop.run.recall("A-VALVE")) == ["A-VALVE"]
    recall = shop.run.recall("A-VALVE", sources=True)
    assert recall.starts == ("L-P1", "L-P2")
    assert affected(recall) == ["L-P1", "L-P2", "A-VALVE", "B-VALVE"]
    assert shop.is_the_same_from_every_source(lambda run: run.recall("A-VALVE", sources=True).summary())


def test_a_recall_shows_its_tables(shop: Shop) -> None:
    recall = shop.run.recall("L-P2")
    assert recall.table["shipped"].tolist() == [0, 5, 0]
    assert recall.customers_table["customer"].tolist() == ["acme"]
    assert recall.in_house_table["quantity"].tolist() == [13, 5]
    assert "Customers" in str(recall)
    assert "acme" in recall._repr_html_()
    assert recall.summary()["customers"][0]["lots"] == ["A-VALVE"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "a recall begins with a lot, or with a piece of equipment"),
        ({"lot": "A-VALVE", "equipment": "mill_1"}, "allowed: one of both"),
        ({"equipment": "mil_1"}, r"no equipment 'mil_1' \(did you mean 'mill_1'"),
        ({"equipment": "mill_1", "start": "yesterday"}, "'yesterday' is no instant; allowed: as in"),
        ({"equipment": "mill_1", "start": "2026-03-03", "end": "2026-03-02"}, "ends before it begins"),
    ],
)
def test_a_recall_that_makes_no_sense_is_refused_in_words(shop: Shop, asked: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shop.run.recall(**asked)
