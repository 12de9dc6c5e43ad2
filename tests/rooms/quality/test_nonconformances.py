"""Raised, contained, dispositioned, closed, with its cost on the books."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from dataclasses import replace
from typing import Any

import pytest

from tests.pdf_text import words_of
from tests.rooms.quality.valve_shop import BORE, FINAL, INCOMING, Shop, of_type
from twin.erp.accounting.costing.parts import variance_parts
from twin.model.events import (
    CountObserved,
    DispositionCarriedOut,
    EntryRefused,
    GoodsReturned,
    LotSplit,
    NonconformanceClosed,
    NonconformanceContained,
    NonconformanceDispositioned,
    NonconformancePictured,
    NonconformanceRaised,
)
from twin.model.readiness.documents import digest_of
from twin.model.states import WorkUnitState as S
from twin.results.exports.records import RECORD
from twin.results.exports.records import document_file as lot_file
from twin.results.readiness.document_files import document_file
from twin.results.reports.to_review import lots_to_review
from twin.results.tracing.balances import balance_of_lot
from twin.store.journal.hash_chain import canonical

NC = "NC-A-VALVE-bore"
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAIAAgBAREA"
    "/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)
"""Eight by eight pixels of one grey."""


def failed() -> Shop:
    """A lot of five valves whose bore is too wide."""
    shop = Shop(bore=BORE).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.measure("A-VALVE", bore=10.3)
    return shop


def dispose(shop: Shop, disposition: str, name: str = NC, **said: Any) -> str:
    return shop.say(NonconformanceDispositioned, nonconformance=name, disposition=disposition, **said)


def standing(shop: Shop, name: str = NC) -> str:
    return shop.run.mes.quality.nonconformances.all[name].standing


def cost(shop: Shop, name: str = NC) -> int:
    return shop.run.erp.quality_costs.cost_minor[name]


def test_a_nonconformance_of_a_rule_is_contained_at_once_since_its_lot_is_held() -> None:
    shop = failed()
    it = shop.run.mes.quality.nonconformances.all[NC]
    assert (it.standing, it.containment, it.quantity, it.raised_by) == ("contained", "the lot is held", 5, "")
    assert shop.alerts("nonconformance") == [f"{NC}: bore is 10.3, allowed: 9.9 to 10.1 mm"]


def test_one_that_a_person_has_found_is_raised_contained_dispositioned_and_closed_in_that_order() -> None:
    shop = Shop().stock(100)
    said = {"lot": "C0", "nonconformance": "NC-1"}
    assert shop.say(NonconformanceRaised, person="olga", **said, quantity=7, description="rust") == ""
    assert standing(shop, "NC-1") == "raised"
    assert dispose(shop, "scrap", "NC-1") == "nonconformance 'NC-1' is raised; allowed when it is contained"
    assert shop.say(NonconformanceContained, person="olga", nonconformance="NC-1", action="put into the locked rack") == ""
    assert shop.disposition("C0") == "NC-1 is not decided"
    assert dispose(shop, "scrap", "NC-1") == ""
    assert shop.say(NonconformanceClosed, nonconformance="NC-1") == ""
    it = shop.run.mes.quality.nonconformances.all["NC-1"]
    assert (it.standing, it.raised_by, it.disposed_by, it.closed_by) == ("closed", "olga", "quinn", "quinn")
    assert it.raised_us < it.contained_us < it.disposition_us < it.closed_us
    assert shop.run.mes.tracking.on_hand("CASTING") == 93
    assert shop.disposition("C0") == "", "what is left of the lot is in order"
    assert (cost(shop, "NC-1"), shop.balance("scrap_loss")) == (7000, 7000)  # 7 castings at 10 EUR
    assert shop.is_the_same_from_every_source()


def test_scrap_of_a_lot_in_process_ends_it_and_is_booked_at_what_it_had_cost() -> None:
    """5 pieces at 10 EUR of material and 6 EUR of boring: 80 EUR."""
    shop = failed()
    assert dispose(shop, "scrap") == ""
    assert shop.run.mes.lots["A-VALVE"].scrapped == 5
    assert str(shop.run.mes.status("A-VALVE/20")[0]) == "Aborted"
    assert (shop.run.mes.requests["A-VALVE"].scrap, shop.run.mes.requests["A-VALVE"].answered_us > 0) == (5, True)
    assert (cost(shop), shop.balance("scrap_loss")) == (8000, 8000)
    assert shop.say(NonconformanceClosed, nonconformance=NC) == ""
    assert shop.disposition("A-VALVE") == ""
    assert shop.run.erp.violations() == []
    assert shop.is_the_same_from_every_source()


def test_scrap_of_a_finished_lot_leaves_the_stock_at_its_standard() -> None:
    """5 valves at 18 EUR: 10 of material, 6 of boring, 2 of grinding."""
    shop = Shop(final=FINAL).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=9.0, finish=1.0)
    assert dispose(shop, "scrap", "NC-A-VALVE-leak") == ""
    assert shop.run.mes.tracking.on_hand("VALVE") == 0
    assert (cost(shop, "NC-A-VALVE-leak"), shop.balance("scrap_loss")) == (9000, 9000)
    assert shop.shipped() == {"A": 0}
    assert shop.is_the_same_from_every_source()


def test_what_is_left_of_a_lot_is_decided_and_a_part_of_it_while_the_rest_stays_held() -> None:
    """Of five that failed one was scrapped when they were sorted, one is used, and what is left goes back."""
    shop = failed()
    told(shop, "NC-2", 1)
    assert dispose(shop, "scrap", "NC-2") == ""
    assert dispose(shop, "scrap", quantity=6) == f"6 pieces of {NC}; allowed: 1 to 5, or none said for all that is left"
    assert dispose(shop, "scrap", quantity=5).startswith("5 of lot A-VALVE cannot be scrapped: 0 in stock, 4 in process")
    assert dispose(shop, "use as is", quantity=1, reason="within what acme takes") == ""
    assert (standing(shop), shop.run.mes.quality.nonconformances.all[NC].undecided) == ("contained", 3)
    assert f"{NC} is not decided" in shop.disposition("A-VALVE")
    assert dispose(shop, "rework", rework_to="10") == ""
    it = shop.run.mes.quality.nonconformances.all[NC]
    assert (it.standing, it.disposition, it.into_lot) == ("dispositioned", "use as is, rework", "A-VALVE.R")
    assert (shop.run.mes.lots["A-VALVE.R"].in_process, shop.run.mes.lots["A-VALVE"].in_process) == (3, 1)
    assert shop.disposition("A-VALVE") == "", "the one that is used goes on"
    assert is_in_order(shop)


def test_of_a_lot_that_has_fewer_pieces_left_than_are_decided_no_negative_number_is() -> None:
    """The machine scraps three of five that are to be scrapped anyway; two of which something else was said are decided whole."""
    shop = Shop().stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    told(shop, "NC-1", 5)
    told(shop, "NC-2", 2)
    shop.tell(shop._state("grinder_1", S.EXECUTE, "A-VALVE/20"))
    assert dispose(shop, "scrap", "NC-1") == ""
    shop.tell(CountObserved(effective_us=shop.now_us, equipment="grinder_1", job_order="A-VALVE/20", scrap=3))
    assert dispose(shop, "use as is", "NC-2", reason="fine") == ""
    assert [(it.nonconformance, it.quantity) for it in of_type([it.event for it in shop.run.journal.entries()], DispositionCarriedOut)] == [
        ("NC-2", 2)
    ]


def test_a_decision_about_all_that_is_left_is_written_as_it_was_before_parts_could_be_decided() -> None:
    """Journals of then have no `quantity`, and must keep their hashes."""
    said: dict[str, Any] = {"effective_us": 0, "nonconformance": NC, "disposition": "scrap"}
    assert "quantity" not in canonical(NonconformanceDispositioned(**said)).content
    assert "quantity" in canonical(NonconformanceDispositioned(**said, quantity=2)).content


def test_rework_sends_the_lot_back_and_its_cost_stands_apart_from_the_request() -> None:
    """Half an hour of the mill, at 60 EUR/h, done again: 30 EUR are rework, and the request is charged as if nothing had happened."""
    shop = failed()
    assert dispose(shop, "rework", rework_to="20") == "rework_to '20' does not lie before operation 20; allowed: 10"
    assert dispose(shop, "rework", rework_to="10") == ""
    assert shop.run.mes.lots["A-VALVE.R"].in_process == 5
    assert shop.run.mes.backward("A-VALVE.R")[0].lot == "A-VALVE"
    assert shop.started()[-1] == "A-VALVE.R/10"
    assert shop.say(NonconformanceClosed, nonconformance=NC) == "the rework of lot A-VALVE.R is not done: A-VALVE.R/10"
    shop.does("mill_1", "A-VALVE.R/10", 5)
    assert shop.disposition("A-VALVE.R") == "bore is not measured yet"
    shop.measure("A-VALVE.R", bore=10.0)
    assert shop.say(NonconformanceClosed, nonconformance=NC) == ""
    shop.does("grinder_1", "A-VALVE.R/20", 5)
    assert shop.shipped() == {"A": 5}
    assert (cost(shop), shop.balance("rework_cost")) == (3000, 3000)
    its_record = {it["kind"]: (it["where"], it["what"]) for it in shop.run.batch_record("A-VALVE.R")["exceptions"]}
    assert its_record["rework"] == ("", "5 of A-VALVE")
    assert its_record["nonconformance"] == ("A-VALVE", f"{NC}: bore is 10.3, allowed: 9.9 to 10.1 mm")
    assert "rework of A-VALVE" in next(it.doubts for it in lots_to_review(shop.run) if it.lot == "A-VALVE.R")
    (request,) = shop.run.erp.request_costs()
    assert (request.machine_minor, request.produced) == (3000 + 2000, 5)  # half an hour of the mill and of the grinder
    assert shop.run.erp.violations() == []
    assert shop.is_the_same_from_every_source()


def told(shop: Shop, name: str, quantity: int, lot: str = "A-VALVE") -> None:
    """A person finds something about part of a lot, which is contained."""
    assert shop.say(NonconformanceRaised, lot=lot, nonconformance=name, quantity=quantity, description="scratched") == ""
    assert shop.say(NonconformanceContained, nonconformance=name, action="set aside") == ""


def is_in_order(shop: Shop) -> bool:
    """No piece is lost, no cent is missing, and it is the same replayed and live."""
    run = shop.run
    assert (run.mes.audit(shop.now_us), run.erp.violations()) == ([], [])
    assert all(balance_of_lot(run, lot).holds for lot in run.mes.lots)
    return shop.is_the_same_from_every_source()


def test_parts_of_a_lot_that_waits_are_scrapped_and_reworked_and_the_rest_goes_on() -> None:
    """Of five bored valves two are sent back and one is lost, decided at one instant: 16 EUR, and an eighth of an hour is done again."""
    shop = Shop().stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    for name, quantity in (("NC-1", 2), ("NC-2", 1), ("NC-3", 3)):
        told(shop, name, quantity)
    at: dict[str, Any] = {"effective_us": shop.now_us, "person": "quinn", "terminal": "t"}
    followed = shop.tell(
        NonconformanceDispositioned(**at, nonconformance="NC-1", disposition="rework", rework_to="10"),
        NonconformanceDispositioned(**at, nonconformance="NC-2", disposition="scrap"),
        NonconformanceDispositioned(**at, nonconformance="NC-3", disposition="scrap", quantity=3),
    )
    assert [it.reason for it in of_type(followed, EntryRefused)] == [
        "3 of lot A-VALVE cannot be scrapped: 0 in stock, 5 in process, and 3 are to be disposed of already; allowed: what is there"
    ]
    assert [(it.lot, it.quantity) for it in of_type(followed, LotSplit)] == [("A-VALVE.R", 2)]
    assert (shop.run.mes.lots["A-VALVE"].in_process, shop.run.mes.job_orders["A-VALVE/20"].quantity) == (2, 2)
    assert dispose(shop, "use as is", "NC-3", reason="the rest is in order") == ""
    shop.does("grinder_1", "A-VALVE/20", 2)
    shop.does("mill_1", "A-VALVE.R/10", 2, minutes=15)
    shop.does("grinder_1", "A-VALVE.R/20", 2)
    there = shop.run.mes.tracking.on_hand("VALVE")
    assert (there, shop.run.mes.requests["A-VALVE"].scrap, cost(shop, "NC-1"), cost(shop, "NC-2")) == (4, 1, 1500, 1600)
    assert is_in_order(shop)


def test_a_finished_lot_that_fails_is_reworked_for_a_request_of_its_own_and_ships() -> None:
    """Its stock of 90 EUR goes back into work and comes out again; half an hour of mill and grinder, 50 EUR, is what it costs."""
    shop = Shop(final=FINAL).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=9.0, finish=1.0)
    name, run, variance = "NC-A-VALVE-leak", shop.run, shop.balance("production_variance")
    assert dispose(shop, "rework", name, rework_to="15") == "rework_to '15' is no operation of 'VALVE'; allowed: 10, 20"
    assert dispose(shop, "rework", name, rework_to="10") == ""
    assert (run.mes.tracking.on_hand("VALVE"), shop.balance("work_in_progress")) == (0, 9000)
    assert (run.mes.requests["A-VALVE.W1"].order, run.mes.lots["A-VALVE.W1"].in_process) == ("A", 5)
    assert [it.lot for it in run.mes.backward("A-VALVE.W1")] == ["A-VALVE", "C0"]
    assert shop.say(NonconformanceClosed, nonconformance=name).startswith("the rework of lot A-VALVE.W1 is not done: A-VALVE.W1/10")
    shop.does("mill_1", "A-VALVE.W1/10", 5)
    shop.does("grinder_1", "A-VALVE.W1/20", 5)
    assert shop.disposition("A-VALVE.W1") == "final is not measured yet"
    shop.measure("A-VALVE.W1", leak=1.0, finish=1.0)
    assert shop.say(NonconformanceClosed, nonconformance=name) == ""
    assert (shop.shipped(), shop.balance("work_in_progress"), shop.balance("production_variance")) == ({"A": 5}, 0, variance)
    assert (cost(shop, name), shop.balance("rework_cost")) == (5000, 5000)
    parts = variance_parts(run.erp, run.erp.requests.requests["A-VALVE.W1"])
    assert set(parts.values()) == {0}, "what it took out of stock is no usage, and its work is no inefficiency"
    assert run.mes.tracking.on_hand("CASTING") == 95, "its bill was not taken again"
    (row,) = (it for it in run.mes.indicators("product", run.scenario.start_us, shop.now_us) if it.name == "VALVE")
    assert (row.produced, row.first_produced, row.first_pass_yield) == (10, 5, 1.0), "five are made, and inspected for the first time, once"
    assert is_in_order(shop)


def test_part_of_a_finished_lot_is_reworked_at_its_last_operation_and_what_is_lost_then_has_cost_all_of_it() -> None:
    shop = Shop().stock(100).order("A", 4)
    shop.does("mill_1", "A-VALVE/10", 4)
    shop.tell(shop._state("grinder_1", 6, "A-VALVE/20"))
    told(shop, "NC-1", 2)
    assert dispose(shop, "rework", "NC-1", rework_to="20") == ""
    assert shop.say(NonconformanceClosed, nonconformance="NC-1") == (
        "lot A-VALVE is being worked on, or on its way; allowed: once that is over, and it was carried out"
    )
    shop.tell(CountObserved(effective_us=shop.now_us, equipment="grinder_1", job_order="A-VALVE/20", good=4), shop._state("grinder_1", 4))
    assert (shop.run.mes.tracking.on_hand("VALVE"), shop.disposition("A-VALVE")) == (2, ""), "the rest is in order"
    shop.tell(shop._state("grinder_1", 6, "A-VALVE.W1/20"))
    shop.tell(CountObserved(effective_us=shop.now_us, equipment="grinder_1", job_order="A-VALVE.W1/20", good=1, scrap=1))
    assert (shop.balance("scrap_loss"), shop.run.mes.requests["A-VALVE.W1"].scrap) == (1800, 1)
    assert shop.run.mes.requests["A-VALVE.W1"].answered_us > 0
    assert is_in_order(shop)


def test_rework_that_fails_again_cannot_be_closed() -> None:
    shop = failed()
    dispose(shop, "rework", rework_to="10")
    shop.does("mill_1", "A-VALVE.R/10", 5)
    shop.measure("A-VALVE.R", bore=10.3)
    assert shop.say(NonconformanceClosed, nonconformance=NC) == "lot A-VALVE.R is not in order yet: NC-A-VALVE.R-bore"


def test_used_as_it_is_the_lot_goes_on_and_the_reason_stays() -> None:
    shop = failed()
    assert dispose(shop, "use as is") == "to use it as it is needs a reason"
    assert dispose(shop, "use as is", reason="the seal is wide enough") == ""
    assert shop.disposition("A-VALVE") == ""
    assert shop.started()[-1] == "A-VALVE/20"
    assert shop.say(NonconformanceClosed, nonconformance=NC) == ""
    assert (cost(shop), shop.run.mes.quality.nonconformances.all[NC].reason) == (0, "the seal is wide enough")
    assert shop.is_the_same_from_every_source()


def test_what_was_delivered_wrong_goes_back_to_the_supplier_who_credits_it() -> None:
    """20 castings at 12 EUR against a standard of 10: the credit takes the price back, and the variance with it."""
    shop = Shop(incoming=INCOMING).delivery("P1", 20, price_minor=1200)
    assert shop.balance("purchase_price_variance") == 4000
    shop.measure("L-P1", weight=1100.0)
    followed = shop.tell(
        NonconformanceDispositioned(
            effective_us=shop.now_us, person="quinn", terminal="dock", nonconformance="NC-L-P1-weight", disposition="return"
        )
    )
    assert [(it.order, it.quantity, it.credit_minor) for it in of_type(followed, GoodsReturned)] == [("P1", 20, 24_000)]
    assert shop.run.mes.tracking.on_hand("CASTING") == 0
    assert shop.balance("goods_received_not_billed") == shop.balance("purchase_price_variance") == 0
    assert shop.say(NonconformanceClosed, nonconformance="NC-L-P1-weight") == ""
    assert shop.run.erp.violations() == []
    assert shop.is_the_same_from_every_source()


@pytest.mark.parametrize(
    ("disposition", "more", "why"),
    [
        ("bin", {}, "'bin' is no disposition; allowed: use as is, rework, scrap, return"),
        ("reworks", {}, "'reworks' is no disposition (did you mean 'rework'?); allowed: use as is, rework, scrap, return"),
        ("return", {}, "'VALVE' is made here and cannot be returned; allowed: use as is, rework, scrap"),
        ("scrap", {"person": "olga"}, "olga is no inspector, which 'bore' asks for; allowed: quinn"),
        ("scrap", {"name": "NC-A-VALVE-bor"}, "no nonconformance 'NC-A-VALVE-bor' (did you mean 'NC-A-VALVE-bore'?)"),
    ],
)
def test_a_disposition_that_cannot_be_is_refused_in_words(disposition: str, more: dict[str, Any], why: str) -> None:
    shop = failed()
    assert dispose(shop, disposition, **more) == why
    assert standing(shop) == "contained"


def test_what_is_decided_about_a_lot_that_is_being_worked_on_is_done_when_that_has_ended() -> None:
    """Of a lot at the grinder three pieces are to be scrapped; two of five it loses itself, and three of those that are left go."""
    shop = Shop(bore={**BORE, "gate": False}).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.tell(shop._state("grinder_1", 6, "A-VALVE/20"))
    shop.measure("A-VALVE", bore=10.3)
    assert standing(shop) == "raised", "behind no gate nothing is held by itself"
    told(shop, "NC-1", 3)
    assert dispose(shop, "scrap", "NC-1") == ""
    assert (standing(shop, "NC-1"), shop.run.mes.lots["A-VALVE"].scrapped) == ("dispositioned", 0)
    shop.tell(CountObserved(effective_us=shop.now_us, equipment="grinder_1", job_order="A-VALVE/20", good=4, scrap=1))
    assert (shop.run.mes.lots["A-VALVE"].scrapped, shop.run.mes.tracking.on_hand("VALVE")) == (1, 1)
    assert cost(shop, "NC-1") == 5400
    assert is_in_order(shop)


def png(width: int, height: int) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_what_is_wrong_is_shown_by_pictures_that_stay_with_it_and_stand_in_the_record() -> None:
    shop = failed()
    lot = shop.run.mes.quality.nonconformances.all[NC].lot

    def pictured(file: str = "bore.png", content: bytes = png(40, 30), name: str = NC) -> str:
        said = {"file": file, "content": base64.b64encode(content).decode(), "note": "chipped"}
        return shop.say(NonconformancePictured, nonconformance=name, **said)

    (before,) = shop.run.batch_record(lot)["lots"]
    for wrong, words in (
        ({"file": "bore.svg"}, "'bore.svg' is no picture; allowed: a name that ends in .png, .jpg or .jpeg"),
        ({"file": "bore.jpg"}, "'bore.jpg' is not what its name says; allowed: image/jpeg"),
        ({"content": png(40, 30)[:-13]}, "'bore.png' is no whole picture; allowed: a PNG or JPEG that can be shown"),
        (
            {"content": png(40, 30)[:60] + b"?" + png(40, 30)[61:]},
            "'bore.png' is no whole picture; allowed: a PNG or JPEG that can be shown",
        ),
        ({"content": png(9_000, 9_000)}, "'bore.png' has 9000 x 9000 pixels; allowed: up to 50 million"),
        ({"file": "a.jpg", "content": JPEG[:-2]}, "'a.jpg' is no whole picture; allowed: a PNG or JPEG that can be shown"),
        ({"file": "a.jpg", "content": b"\xff\xd8\xff"}, "'a.jpg' is no whole picture; allowed: a PNG or JPEG that can be shown"),
        ({"content": png(40, 30) + bytes(4_000_000)}, "the file is larger than 4 MB; allowed: up to that"),
        ({"name": "NC-?"}, "no nonconformance 'NC-?'"),
    ):
        assert pictured(**wrong) == words  # type: ignore[arg-type]
    assert pictured() == ""
    assert pictured() == "that picture is there already"
    (kept,) = shop.run.mes.quality.nonconformances.all[NC].pictures
    assert (kept.digest, kept.note, kept.person) == (digest_of(png(40, 30)), "chipped", "quinn")
    assert document_file(shop.run, kept.digest, None) == ("bore.png", png(40, 30))
    (record,) = shop.run.batch_record(lot)["lots"]
    assert ("pictures" in before, [it["digest"] for it in record["pictures"]]) == (False, [kept.digest])
    assert f"data:image/png;base64,{kept.content}" in lot_file(shop.run, RECORD, lot, ".html").decode()
    assert re.search(rb"/Subtype\s*/Image", lot_file(shop.run, RECORD, lot, ".pdf"))
    pictures = shop.run.mes.quality.nonconformances.all[NC].pictures
    pictures[:] = [replace(kept, content=base64.b64encode(png(40, 30)[:60]).decode())]  # no door takes one that cannot be drawn
    assert "this picture cannot be drawn" in " ".join(words_of(lot_file(shop.run, RECORD, lot, ".pdf")))
    pictures[:] = [kept]
    assert pictured("a.jpg", JPEG) == ""
    for shade in range(10):
        assert pictured(content=png(41 + shade, 30)) == ""
    assert pictured(content=png(60, 30)) == f"{NC} has 12 pictures; allowed: up to that"
    assert shop.is_the_same_from_every_source()
