"""A person puts lots together: genealogy, quantities and books keep all of it."""

from __future__ import annotations

import pickle

import pytest

from tests.rooms.quality.valve_shop import Shop
from twin.model.events import EntryRefused, LotHoldRequested, LotMerged, LotMergeRequested
from twin.model.states import WorkUnitState
from twin.store.projections.projecting import project_rows


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.delivery("P1", 3)
    shop.delivery("P2", 4)
    return shop


def merge(shop: Shop, lot: str, *lots: str, **said: str) -> str:
    return shop.say(LotMergeRequested, lot=lot, from_lots=lots, **said)


def test_merged_lots_are_one_with_all_that_was_in_them(shop: Shop) -> None:
    assert merge(shop, "TANK", "L-P1", "L-P2") == ""
    lots = shop.run.mes.lots
    assert (lots["TANK"].on_hand, lots["L-P1"].on_hand, lots["L-P2"].on_hand) == (7, 0, 0)
    assert [(it.lot, it.quantity, it.how) for it in shop.run.trace("TANK").backward] == [
        ("L-P1", 3, "merged into"), ("L-P2", 4, "merged into"),
    ]  # fmt: skip
    assert str(shop.run.mass_balance("TANK")).endswith("came in 7 (merged from others 7) = went out 0 + scrap 0 + there 7 (in stock 7)")
    assert shop.run.mass_balance("L-P1").holds
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_what_is_made_of_a_merged_lot_is_recalled_with_each_of_its_deliveries(shop: Shop) -> None:
    merge(shop, "TANK", "L-P1", "L-P2")
    shop.order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    assert [it.lot for it in shop.run.recall("L-P1").affected] == ["L-P1", "TANK", "A-VALVE"]
    assert [it.lot for it in shop.run.trace("A-VALVE").backward] == ["TANK", "L-P1", "L-P2"]
    assert shop.run.violations(whole=True) == []


def test_a_lot_is_merged_into_one_that_is_there(shop: Shop) -> None:
    assert merge(shop, "L-P2", "L-P1") == ""
    assert shop.run.mes.lots["L-P2"].on_hand == 7
    assert shop.run.erp.stock.lot_quantity("CASTING", "L-P2") == 7
    assert shop.run.erp.stock.lot_quantity("CASTING", "L-P1") == 0
    assert shop.run.mass_balance("L-P2").holds


def test_the_tables_for_other_programs_say_so_too(shop: Shop) -> None:
    merge(shop, "TANK", "L-P1", "L-P2")
    rows = project_rows(shop.run.journal.entries())
    assert [(it["from_lot"], it["to_lot"], it["quantity"]) for it in rows["lot_edge"]] == [("L-P1", "TANK", 3), ("L-P2", "TANK", 4)]
    assert {it["lot"]: it["on_hand"] for it in rows["lot"]} == {"L-P1": 0, "L-P2": 0, "TANK": 7}
    assert [it["origin"] for it in rows["lot"] if it["lot"] == "TANK"] == ["merged"]


def test_a_run_with_merged_lots_can_be_kept_as_a_value(shop: Shop) -> None:
    merge(shop, "TANK", "L-P1", "L-P2")
    again = pickle.loads(pickle.dumps(shop.run.mes))
    assert again.backward("TANK") == shop.run.mes.backward("TANK")


def test_what_cannot_be_merged_is_refused_in_words_and_nothing_changes(shop: Shop) -> None:
    shop.order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.stock(9, "C9")
    shop.say(LotHoldRequested, lot="C9", reason="rust")
    before = {name: lot.on_hand for name, lot in shop.run.mes.lots.items()}
    assert merge(shop, "TANK", "L-P3") == "no lot 'L-P3' (did you mean 'L-P2'?)"
    assert merge(shop, "TANK", "L-P1", "C9") == "nothing of lot L-P1 is in stock"
    assert merge(shop, "TANK", "L-P2", "C9") == "lot C9 is held: held by quinn: rust"
    assert merge(shop, "C9", "L-P2") == "lot C9 is held: held by quinn: rust"
    assert merge(shop, "TANK", "A-VALVE") == "lot A-VALVE is in process; allowed: lots that lie in stock"
    assert merge(shop, "TANK", "L-P2", "L-P2") == "allowed: one lot or more, each named once, that go on as another"
    assert merge(shop, "L-P2", "L-P2") == "allowed: one lot or more, each named once, that go on as another"
    assert merge(shop, "", "L-P2") == "it does not say as which lot they go on"
    assert merge(shop, "TANK", "L-P2", person="nobody").startswith("nobody knows a person 'nobody'")
    assert {name: lot.on_hand for name, lot in shop.run.mes.lots.items()} == before
    assert not [entry for entry in shop.run.journal if isinstance(entry.event, LotMerged)]
    assert shop.run.mes.merging.refused[0].reason.startswith("no lot 'L-P3'")


def test_nothing_is_put_into_a_lot_that_is_still_to_be_made(shop: Shop) -> None:
    shop.order("A", 10)
    shop.does("mill_1", "A-VALVE.1/10", 5)
    shop.does("grinder_1", "A-VALVE.1/20", 5)
    shop.order("B", 5)
    assert merge(shop, "B-VALVE", "A-VALVE.1") == "lot B-VALVE is in process, or still to be made; allowed: lots that lie in stock"


def test_of_two_who_put_a_lot_elsewhere_at_one_instant_one_is_refused(shop: Shop) -> None:
    said = {"effective_us": shop.now_us, "person": "quinn", "terminal": "tablet 3"}
    followed = shop.tell(*(LotMergeRequested(**said, lot=name, from_lots=("L-P1",)) for name in ("T1", "T2")))
    assert [it.reason for it in followed if isinstance(it, EntryRefused)] == ["lot L-P1 goes on as another at this instant"]
    assert {lot: it.quantity for lot, it in shop.run.erp.stock.lots["CASTING"].items()} == {"L-P2": 4, "T1": 3}
    assert shop.run.violations(whole=True) == []


def test_what_a_job_order_takes_at_that_instant_is_not_put_elsewhere(shop: Shop) -> None:
    shop.order("A", 5)
    said = {"effective_us": shop.now_us, "person": "quinn", "terminal": "tablet 3", "lot": "TANK", "from_lots": ("L-P1", "L-P2")}
    followed = shop.tell(shop._state("mill_1", WorkUnitState.EXECUTE, "A-VALVE/10"), LotMergeRequested(**said))
    refused = [it.reason for it in followed if isinstance(it, EntryRefused)]
    assert refused == ["job order A-VALVE/10 begins at this instant, and may draw on them; allowed: once it has begun"]
    assert {lot: it.quantity for lot, it in shop.run.erp.stock.lots["CASTING"].items()} == {"L-P2": 2}
    assert merge(shop, "TANK", "L-P2") == ""
    assert shop.alerts() == []
