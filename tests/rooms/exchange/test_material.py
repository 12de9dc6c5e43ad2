"""Material as another system has it: what goes out says each lot as it is, and what comes in is counted as it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.exchange.said import message, outcome, text
from tests.rooms.quality.valve_shop import SCENARIO, Shop, valve_shop
from twin.model.events import Heartbeat, JournalPosted, StockCounted
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
