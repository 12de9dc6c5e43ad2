"""Transfers between sites: issued, on their way, received; what is lost on the way is on the books, and nothing is picked off the road."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.erp.small_shop import HOUR_US, START_US
from tests.rooms.warehouse.stored_shop import ANNA, WAREHOUSE, Carried, comes, lying, refusals, shipped, shop, wanted
from twin.apps.office.stock.transfer_forms import issued_said, received_said, transfer_forms
from twin.erp.warehouse.warehouse import Warehouse
from twin.model import events as e
from twin.model.scenario import Scenario
from twin.results.run import Run

SITES: dict[str, Any] = {
    "sites": {"works": {"title": "The works"}, "depot": {}},
    "transit": "road",
    "bins": {
        **{name: {**it, "site": "works"} for name, it in WAREHOUSE["bins"].items()},
        "road": {},
        "depot_1": {"site": "depot", "capacity": 30},
    },
}  # fmt: skip


def sends(quantity: int, to: str = "depot_1", from_bin: str = "near", transfer: str = "T1", lot: str = "M1") -> e.StockTransferIssued:
    return e.StockTransferIssued(
        **ANNA, effective_us=START_US + HOUR_US, transfer=transfer, material="motor", lot=lot, quantity=quantity, from_bin=from_bin, bin=to
    )


def come(quantity: int, lost: int = 0, reason: str = "", transfer: str = "T1") -> e.StockTransferReceived:
    about = {"transfer": transfer, "quantity": quantity, "lost": lost, "reason": reason}
    return e.StockTransferReceived(**ANNA, effective_us=START_US + 2 * HOUR_US, **about)  # type: ignore[arg-type]


def stored() -> tuple[Carried, Warehouse]:
    """Twenty motors in a bin of the works."""
    carried, warehouse = shop(**SITES)
    carried.round(comes("motor", "M1", 20))
    return carried, warehouse


def test_what_is_sent_is_on_its_way_until_it_is_received_and_what_is_lost_is_a_loss() -> None:
    carried, warehouse = stored()
    assert lying(warehouse, "motor") == {"near": {"M1": 20}}
    worth = carried.erp.ledger.balances["raw_material"]
    carried.round(sends(12))
    assert lying(warehouse, "motor") == {"near": {"M1": 8}, "road": {"M1": 12}}
    assert (carried.erp.stock.on_hand["motor"], carried.erp.ledger.balances["raw_material"]) == (20, worth), "it is ours as before"
    carried.round(come(7))
    assert lying(warehouse, "motor") == {"near": {"M1": 8}, "road": {"M1": 5}, "depot_1": {"M1": 7}}
    followed = carried.round(come(3, lost=2, reason="fell off the lorry"))
    assert [(it.lot, it.quantity) for it in followed if isinstance(it, e.StockCounted)] == [("M1", 18)]
    assert lying(warehouse, "motor") == {"near": {"M1": 8}, "depot_1": {"M1": 10}}
    assert carried.erp.ledger.balances["inventory_difference"] == 2 * 8_000
    it = warehouse.transfers.all["T1"]
    assert (it.received, it.lost, it.open_quantity, it.ended_us) == (10, 2, 0, START_US + 2 * HOUR_US)


def test_what_is_lost_and_was_counted_away_before_is_lost_once() -> None:
    counted = e.StockCounted(effective_us=START_US + 2 * HOUR_US, material="motor", lot="M1", quantity=5)
    for at_once in (False, True):
        carried, warehouse = stored()
        carried.round(sends(20))
        lost = come(0, lost=20, reason="the lorry has burnt")
        if at_once:
            carried.round(lost, counted)
        else:
            carried.round(counted)
            carried.round(lost)
        assert lying(warehouse, "motor") == {}
        assert carried.erp.ledger.balances["inventory_difference"] == 20 * 8_000


def test_nothing_is_picked_of_another_site_or_off_the_road_and_it_is_once_it_is_back() -> None:
    carried, warehouse = stored()
    carried.round(sends(18))
    assert shipped(carried.round(wanted("A", "motor", 5))) == [], "two are here"
    carried.round(come(18))
    assert warehouse.contents.pick_lists.open == {}
    carried.round(sends(4, to="near", from_bin="depot_1", transfer="T2"))
    assert shipped(carried.round(come(4, transfer="T2"))) == [{"M1": 5}]


def test_what_makes_no_sense_of_a_transfer_is_refused_in_words() -> None:
    carried, _ = stored()
    moved = {**ANNA, "effective_us": START_US, "material": "motor", "lot": "M1", "quantity": 1}
    for said, words in (
        (sends(21), "20 of lot 'M1' of 'motor' lie in bin 'near'; allowed: 20 or fewer"),
        (sends(1, to="far"), "'near' and 'far' stand at one site"),
        (sends(1, to="depot"), "no bin 'depot' (did you mean 'depot_1'?)"),
        (sends(1, to="road"), "from 'near' to 'road'; allowed: from where goods lie to where they stay"),
        (come(1), "no transfer 'T1'"),
        (
            e.BinTransferred(**moved, from_bin="near", bin="depot_1"),
            "'near' stands at 'works', 'depot_1' stands at 'depot'; allowed: that a",
        ),
        (e.BinTransferred(**moved, from_bin="near", bin="road"), "what lies in 'road' is on its way"),
    ):
        assert words in refusals(carried.round(said))[0]
    carried.round(sends(5))
    for said, words in (
        (sends(1), "transfer 'T1' is there already"),
        (come(4, lost=2, reason="x"), "4 have come and 2 are lost of 'T1', of which 5 are on their way; allowed: that at most"),
        (come(4, lost=1), "that something is lost needs a reason"),
        (replace(come(4), effective_us=START_US), "'T1' was issued at 2026-03-02T01:00:00Z; allowed: then, or later"),
        (e.BinCounted(**{**moved, "quantity": 4}, bin="road"), "allowed: that it is received, with what was lost"),
    ):
        assert words in refusals(carried.round(said))[0]
    without, _ = shop()
    assert "this warehouse has no bin for what is on its way" in refusals(without.round(sends(1)))[0]


def test_forms_and_tables_say_what_can_be_sent_and_what_is_on_its_way() -> None:
    carried, _ = stored()
    office = {"title": "An office", "plant": "small_shop", "start": "2026-03-02T00:00:00Z", "horizon": "60 d", "demand": {"orders": []}}
    run = Run(carried.erp.plant, Scenario.model_validate(office))
    for event in carried.applied:
        run.erp.apply(event)
    at: dict[str, Any] = {**ANNA, "effective_us": START_US + HOUR_US}
    (offered,) = transfer_forms(run)
    (what,) = offered["forms"][0]["fields"][0]["options"]
    assert what["title"] == "20 of motor, lot M1, in near"
    sent = issued_said(run, {"what": what["id"], "quantity": "12", "bin": "depot_1"}, at)
    run.erp.apply(sent)
    assert "12 of motor, lot M1, to depot_1" in str(transfer_forms(run)[0]["forms"][1])
    run.erp.apply(received_said({"transfer": sent.transfer, "quantity": "9", "lost": "1", "reason": "broken"}, at))
    (row,) = run.stock_transfers().to_dict("records")
    assert (row["received"], row["lost"], row["on_its_way"], row["value_eur"]) == (9, 1, 2, 160.0)
    assert transfer_forms(Run(shop()[0].erp.plant, Scenario.model_validate(office))) == [], "there is one site"
