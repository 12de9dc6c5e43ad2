"""Material as another system has it: what goes out says each lot as it is, and what comes in is counted as it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.exchange.said import message, outcome, text
from tests.rooms.quality.valve_shop import SCENARIO, Shop, valve_shop
from twin.model.events import (
    EntryRefused,
    Heartbeat,
    JournalPosted,
    LotDispositionChanged,
    LotHoldRequested,
    LotReleaseRequested,
    StockCounted,
)
from twin.model.states import Source
from twin.results.exchange.desk import Desk
from twin.results.run import Run
from twin.run import carry
from twin.store.journal import Journal, MemoryJournal
from twin.store.live import WATERMARK, LiveSource

PLANT = valve_shop()


def a_shop() -> Shop:
    """3 castings by count and 20 by delivery; A is shipped, B is between its operations."""
    shop = Shop().stock(3, "C0")
    shop.delivery("P1", 20)
    shop.order("A", 5).order("B", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.does("mill_1", "B-VALVE/10", 5)
    return shop


def lots_of(said: dict[str, Any]) -> dict[str, tuple[str, int, str, dict[str, str]]]:
    """Lot: material, quantity, disposition, and what else is said of it."""
    ((_, body),) = said.items()
    (information,) = body["DataArea"]["MaterialInformation"]
    return {
        it["ID"]: (
            it["MaterialDefinitionID"],
            int(it["Quantity"]["QuantityString"]),
            it.get("Disposition", "UnRestricted"),
            {each["ID"]: each["Value"]["ValueString"] for each in it.get("MaterialLotProperty", ())},
        )
        for it in information["MaterialLot"]
    }


def taken_in(side: str, *messages: dict[str, Any]) -> tuple[Run, Journal, list[list[str]]]:
    """A live plant at whose desk these messages arrive, a round between each: the run, its journal, what was answered."""
    journal = MemoryJournal()
    for reason in ("start", WATERMARK):
        journal.append(Heartbeat(effective_us=SCENARIO.start_us, reason=reason), source=Source.LIVE)
    desk = Desk(PLANT, SCENARIO, journal, side)
    answers = [outcome(desk.answer(text(it))[0])[1:] for it in messages]
    journal.append(Heartbeat(effective_us=SCENARIO.start_us + 86_400_000_000, reason=WATERMARK), source=Source.LIVE)
    run = carry(LiveSource(journal, plant=PLANT, poll_s=0.0, until_idle_s=0.0), Run(PLANT, desk.run.scenario, journal))
    return run, journal, [[code, *reasons] for code, reasons in answers]


def test_what_goes_out_says_how_much_of_each_lot_there_is() -> None:
    said = a_shop().run.b2mml("material")
    assert lots_of(said) == {
        "C0": ("CASTING", 0, "Closed", {}),
        "L-P1": ("CASTING", 13, "UnRestricted", {}),
        "A-VALVE": ("VALVE", 0, "Closed", {"RequestID": "A-VALVE"}),
        "B-VALVE": ("VALVE", 0, "In-Process", {"RequestID": "B-VALVE", "InProcess": "5"}),
    }


@pytest.mark.parametrize("side", ["mes", "erp"])
def test_what_goes_out_comes_in_as_stock_and_goes_out_again_the_same(side: str) -> None:
    """13 castings at 10 EUR are there afterwards, at the MES, at the ERP and on the books; before there was nothing."""
    said = a_shop().run.b2mml("material")
    run, journal, answers = taken_in(side, said)
    assert answers == [["Accepted", "facts taken: 4"]]
    assert {name: lot.on_hand for name, lot in run.mes.lots.items() if lot.on_hand} == {"L-P1": 13}
    assert {row.material: row.on_hand for row in run.erp.stock_rows()} == {"CASTING": 13, "VALVE": 0}
    assert run.erp.stock.lot_quantity("CASTING", "L-P1") == 13
    posted = [dict(it.event.legs) for it in journal.entries() if isinstance(it.event, JournalPosted)]
    assert [legs for legs in posted if "raw_material" in legs] == [{"raw_material": 13_000, "inventory_difference": -13_000}]
    assert run.erp.ledger.balances["raw_material"] == 13_000
    assert run.violations(whole=True) == []
    there, again = lots_of(said), lots_of(run.b2mml("material"))
    assert {name: (it[0], it[1]) for name, it in again.items() if it[1]} == {name: (it[0], it[1]) for name, it in there.items() if it[1]}


@pytest.mark.parametrize("side", ["mes", "erp"])
def test_another_count_of_a_lot_changes_it_by_the_difference(side: str) -> None:
    """20 castings, then 18 of them, and 7 valves that nobody knew of."""

    def counted(bodid: str, **lots: int) -> dict[str, Any]:
        material = {"C": "CASTING", "V": "VALVE"}
        said = [{"ID": name, "MaterialDefinitionID": material[name[0]], "Quantity": {"QuantityString": str(n)}} for name, n in lots.items()]
        return message("SyncMaterialInformation", bodid, {"ID": bodid, "PublishedDate": "2026-03-02T07:00:00Z", "MaterialLot": said})

    run, journal, answers = taken_in(side, counted("wms/1", C1=20), counted("wms/2", C1=18, V1=7))
    assert answers == [["Accepted", "facts taken: 1"], ["Accepted", "facts taken: 2"]]
    assert [it.event.quantity for it in journal.entries() if isinstance(it.event, StockCounted)] == [20, 18, 7]
    assert {name: lot.on_hand for name, lot in run.mes.lots.items()} == {"C1": 18, "V1": 7}
    assert {row.material: row.on_hand for row in run.erp.stock_rows()} == {"CASTING": 18, "VALVE": 7}
    assert run.erp.ledger.balances["raw_material"] == 18_000
    assert run.erp.ledger.balances["finished_goods"] == 7 * 1_800
    assert run.violations(whole=True) == []


def lots_said(bodid: str, *lots: dict[str, Any], at: str = "2026-03-02T07:00:00Z", sender: str = "WMS") -> dict[str, Any]:
    said = message("SyncMaterialInformation", bodid, {"ID": bodid, "PublishedDate": at, "MaterialLot": list(lots)})
    ((_, body),) = said.items()
    body["ApplicationArea"]["Sender"] = {"LogicalID": sender}
    return said


def lot(name: str, quantity: int, disposition: str, reason: str = "", material: str = "VALVE") -> dict[str, Any]:
    why = [{"ID": "HoldReason", "Value": {"ValueString": reason}}] if reason else []
    return {
        "ID": name, "MaterialDefinitionID": material, "Quantity": {"QuantityString": str(quantity)}, "Disposition": disposition,
        "MaterialLotProperty": why,
    }  # fmt: skip


HELD = lots_said("wms/1", lot("V1", 7, "Restricted", "a crack"), lot("V2", 2, "UnRestricted"), lot("V3", 1, "Restricted"))


@pytest.mark.parametrize("side", ["mes", "erp"])
def test_a_lot_that_another_warehouse_holds_is_held_here_and_goes_out_again_held(side: str) -> None:
    run, _, answers = taken_in(side, HELD)
    assert answers == [["Accepted", "facts taken: 5"]]
    assert run.mes.tracking.restricted == {"V1": "a crack", "V3": "held by WMS"}
    assert {name: lot.on_hand for name, lot in run.mes.lots.items()} == {"V1": 7, "V2": 2, "V3": 1}
    out = run.b2mml("material")
    assert lots_of(out) == {
        "V1": ("VALVE", 7, "Restricted", {"HoldReason": "a crack"}),
        "V2": ("VALVE", 2, "UnRestricted", {}),
        "V3": ("VALVE", 1, "Restricted", {"HoldReason": "held by WMS"}),
    }
    again, _, _ = taken_in(side, out)
    assert lots_of(again.b2mml("material")) == lots_of(out)
    assert run.violations(whole=True) == []


def test_what_another_warehouse_holds_is_free_once_it_says_so_and_nobody_else() -> None:
    """Another system knows nothing of that hold, a person here may not lift it; whoever has set it, says that it is over."""
    free = lot("V1", 7, "UnRestricted")
    run, _, answers = taken_in("mes", HELD, lots_said("other/1", free, at="2026-03-02T08:00:00Z", sender="OTHER"))
    assert answers[1] == ["Accepted", "facts taken: 1"]
    assert run.mes.tracking.restricted["V1"] == "a crack"
    release = LotReleaseRequested(effective_us=run.now_us, lot="V1", person="quinn", terminal="tablet 3", reason="looks well")
    (refused,) = run.mes.quality.entries.refuse(release)
    assert isinstance(refused, EntryRefused)
    assert refused.reason == "lot V1 stays held: a crack"
    run, _, answers = taken_in("mes", HELD, lots_said("wms/2", free, at="2026-03-02T08:00:00Z"))
    assert answers[1] == ["Accepted", "facts taken: 2"]
    assert run.mes.tracking.restricted == {"V3": "held by WMS"}


def test_what_is_held_here_too_stays_held_when_the_other_warehouse_lets_go() -> None:
    shop = Shop().stock(7, "C0")
    told = {"lot": "C0", "material": "CASTING", "sender": "WMS"}
    shop.tell(LotDispositionChanged(effective_us=shop.now_us, disposition="Restricted", reason="a crack", **told))
    assert shop.say(LotHoldRequested, lot="C0", reason="rust") == ""
    assert shop.run.mes.tracking.restricted == {"C0": "a crack; held by quinn: rust"}
    shop.tell(LotDispositionChanged(effective_us=shop.now_us, disposition="UnRestricted", **told))
    assert shop.run.mes.tracking.restricted == {"C0": "held by quinn: rust"}
    assert shop.say(LotReleaseRequested, lot="C0", reason="brushed") == ""
    assert shop.run.mes.tracking.restricted == {}


def test_a_customer_is_sent_nothing_that_another_warehouse_holds() -> None:
    shop = Shop()
    told = {"lot": "V1", "material": "VALVE", "sender": "WMS"}
    shop.order("A", 5)
    shop.tell(
        LotDispositionChanged(effective_us=shop.now_us, disposition="Restricted", reason="a crack", **told),
        StockCounted(effective_us=shop.now_us, lot="V1", material="VALVE", quantity=5),
    )
    assert shop.shipped() == {"A": 0}
    shop.tell(LotDispositionChanged(effective_us=shop.now_us, disposition="UnRestricted", **told))
    assert shop.shipped() == {"A": 5}
    assert shop.is_the_same_from_every_source(lambda run: run.b2mml("material"))


def test_of_what_is_planned_or_closed_nothing_can_be_there() -> None:
    wrong = lots_said("wms/1", lot("V1", 7, "Planned"), lot("V2", 1, "Closed"), lot("V3", 0, "Closed"))
    run, _, answers = taken_in("mes", wrong)
    allowed = "allowed: Restricted, UnRestricted, In-Process, or a quantity of 0"
    assert answers == [
        [
            "Rejected",
            f"MaterialInformation/0/MaterialLot/0/Disposition: 7 of lot 'V1' are there, and it is Planned; {allowed}",
            f"MaterialInformation/0/MaterialLot/1/Disposition: 1 of lot 'V2' are there, and it is Closed; {allowed}",
        ]
    ]
    assert not run.mes.lots
