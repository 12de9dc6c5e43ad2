"""Parts of a lot that were split go on as one again: pieces, genealogy, job orders and books keep all of it."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.rooms.readiness.test_dispatching import TWO_MILLS, busy
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import DocumentReleased, LotHoldRequested, LotMergeRequested, LotSplitRequested
from twin.model.events.genealogy import LotMergedInProcess
from twin.results.tracing.balances import balance_of_lot
from twin.store.projections.projecting import project_rows

DRAFT: dict[str, Any] = {"documents": {"WI": {"operations": ["20"], "revisions": {"A": {"text": "x", "released": False}}}}}
PIECES = {"A-VALVE": 3, "A-VALVE.S1": 2}


def split(shop: TurningShop, lot: str, quantity: int) -> str:
    return shop.say(LotSplitRequested, person="ida", lot=lot, quantity=quantity)


def merge(shop: TurningShop, into: str, *lots: str, person: str = "ida") -> str:
    return shop.say(LotMergeRequested, person=person, lot=into, from_lots=lots)


def between_operations() -> TurningShop:
    """A lot of five that is bored, and waits to be ground as 3 and 2."""
    shop = TurningShop(**DRAFT).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    assert split(shop, "A-VALVE", 2) == ""
    return shop


def holds(shop: TurningShop) -> None:
    """Everything adds up, and every source tells the same."""
    assert shop.run.violations(whole=True) == []
    assert all(balance_of_lot(shop.run, name).holds for name, lot in shop.run.mes.lots.items() if lot.begun or lot.merged_out)
    assert shop.is_the_same_from_every_source()


@pytest.mark.parametrize(("into", "part"), [("A-VALVE", "A-VALVE.S1"), ("A-VALVE.S1", "A-VALVE")])
def test_parts_that_wait_for_the_same_operation_go_on_as_one(into: str, part: str) -> None:
    shop = between_operations()
    assert merge(shop, into, part) == ""
    jobs, lots = shop.run.mes.job_orders, shop.run.mes.lots
    assert (jobs[f"{into}/20"].quantity, lots[into].in_process, lots[part].in_process) == (5, 5, 0)
    assert (jobs[f"{part}/20"].status, jobs[f"{part}/20"].reason) == ("Aborted", f"no pieces left: they go on as {into}")
    assert shop.run.queue("grinding").set_index("job_order")["quantity"].to_dict() == {f"{into}/20": 5}
    assert shop.say(DocumentReleased, person="ida", document="WI", revision="A") == ""
    shop.does("grinder_1", f"{into}/20", 5)
    assert shop.shipped() == {"A": 5}
    holds(shop)
    request = shop.run.erp.requests.requests["A-VALVE"]
    assert (request.produced, request.scrapped, request.closed_us is not None) == (5, 0, True)


@pytest.mark.parametrize(("into", "part"), [("A-VALVE", "A-VALVE.S1"), ("A-VALVE.S1", "A-VALVE")])
def test_what_was_put_together_is_traced_both_ways_with_its_pieces(into: str, part: str) -> None:
    shop = between_operations()
    merge(shop, into, part)
    shop.say(DocumentReleased, person="ida", document="WI", revision="A")
    shop.does("grinder_1", f"{into}/20", 5)
    run = shop.run
    forward = {(it.lot, it.into): (it.quantity, it.how) for it in run.trace(part).forward}
    assert forward[part, into] == ((2, "merged into") if part == "A-VALVE.S1" else (2 + 3, "split off, and merged into"))
    assert part in [it.lot for it in run.trace(into).backward]
    assert [it.lot for it in run.recall("C0").affected] == ["C0", "A-VALVE", "A-VALVE.S1"]
    assert [(it.standing, it.quantity) for it in run.trace("C0").where if it.standing == "shipped"] == [("shipped", 5)]
    assert [it.quantity for it in balance_of_lot(run, into).parts if it.what == "merged from others"] == [PIECES[part]]
    assert [it.quantity for it in balance_of_lot(run, part).parts if it.what == "merged into others"] == [PIECES[part]]
    edges = [(it["from_lot"], it["to_lot"], it["quantity"]) for it in project_rows(run.journal.entries())["lot_edge"]]
    assert edges[-1] == (part, into, PIECES[part])
    assert ("merged into", PIECES[part]) in [(it.stage, it.quantity) for it in run.trace(part).stages]


def test_what_was_split_before_it_was_begun_takes_its_material_once() -> None:
    shop = busy(**TWO_MILLS)
    shop.begins("mill_2", "B-VALVE/10", "eve")
    assert split(shop, "C-VALVE", 2) == split(shop, "C-VALVE", 1) == ""
    assert merge(shop, "C-VALVE.S1", "C-VALVE", "C-VALVE.S2") == ""
    for unit, lot in (("mill_1", "A-VALVE"), ("mill_2", "B-VALVE"), ("mill_1", "C-VALVE.S1")):
        shop.does(unit, f"{lot}/10", 5)
        shop.does("grinder_1", f"{lot}/20", 5)
    assert shop.shipped() == {"A": 5, "B": 5, "C": 5}
    assert shop.run.mes.tracking.on_hand("CASTING") == 85
    balance = shop.run.mass_balance("C-VALVE")
    assert balance.holds
    assert all(asked == taken for _, _, asked, taken in balance.needs)
    holds(shop)


def test_it_can_be_split_again_and_kept_as_a_value() -> None:
    shop = between_operations()
    assert merge(shop, "A-VALVE", "A-VALVE.S1") == ""
    assert split(shop, "A-VALVE", 4) == ""
    assert shop.run.mes.lots["A-VALVE.S2"].in_process == 4
    again = pickle.loads(pickle.dumps(shop.run.mes))
    assert again.backward("A-VALVE.S2") == shop.run.mes.backward("A-VALVE.S2")
    holds(shop)


def test_what_does_not_belong_together_is_refused_in_words_and_nothing_changes() -> None:
    shop = TurningShop(**DRAFT).order("A", 5).order("B", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert split(shop, "B-VALVE", 1) == split(shop, "B-VALVE", 1) == ""
    shop.does("mill_1", "A-VALVE/10", 5)
    assert split(shop, "A-VALVE", 2) == ""
    assert merge(shop, "A-VALVE", "B-VALVE.S1") == (
        "lots B-VALVE.S1 and A-VALVE are not parts of one lot; allowed: what was split, and is not done again, is put together again"
    )
    assert merge(shop, "NEW", "A-VALVE") == "lot A-VALVE is in process; allowed: lots that lie in stock"
    assert merge(shop, "A-VALVE", "A-VALVE.S1", person="stranger").startswith("nobody knows a person 'stranger'")
    assert merge(shop, "B-VALVE.S1", "B-VALVE") == "lot B-VALVE is being worked on; allowed: while it waits"
    shop.say(LotHoldRequested, person="ida", lot="A-VALVE.S1", reason="rust")
    assert merge(shop, "A-VALVE", "A-VALVE.S1") == "lot A-VALVE.S1 is held: held by ida: rust"
    assert merge(shop, "A-VALVE.S1", "A-VALVE") == "lot A-VALVE.S1 is held: held by ida: rust"
    shop.does("mill_1", "B-VALVE/10", 3)
    assert merge(shop, "B-VALVE", "B-VALVE.S2") == (
        "lot B-VALVE.S2 waits for operation 10, and B-VALVE for 20; allowed: lots that wait for the same"
    )
    pieces = {name: lot.in_process or lot.to_begin for name, lot in shop.run.mes.lots.items() if "VALVE" in name}
    assert pieces == {"A-VALVE": 3, "A-VALVE.S1": 2, "B-VALVE": 3, "B-VALVE.S1": 1, "B-VALVE.S2": 1}
    assert not [entry for entry in shop.run.journal if isinstance(entry.event, LotMergedInProcess)]


def test_of_three_who_move_pieces_at_one_instant_two_are_refused_and_none_is_lost() -> None:
    shop = between_operations()
    said: dict[str, Any] = {"effective_us": shop.now_us, "terminal": "tablet 3"}
    shop.tell(
        LotMergeRequested(**said, person="ida", lot="A-VALVE", from_lots=("A-VALVE.S1",)),
        LotMergeRequested(**said, person="bo", lot="A-VALVE.S1", from_lots=("A-VALVE",)),
        LotSplitRequested(**said, person="eve", lot="A-VALVE.S1", quantity=1),
    )
    refused = shop.run.events.query("type == 'EntryRefused'")["person"].tolist()
    assert refused == ["bo", "eve"]
    assert shop.run.mes.job_orders["A-VALVE/20"].quantity == 5
    assert shop.alerts("lot") == []
    holds(shop)
