"""The electronic batch record (BUSINESS 2.6): every step with who, when and with what; review by exception; released, bound to its hash."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from tests.pdf_text import words_of
from tests.rooms.labour.clocked_shop import ClockedShop
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.pages.shifts.records_page import _open_exceptions
from twin.model.events import (
    AlarmRaised,
    BatchRecordRejected,
    BatchRecordReleased,
    DocumentAcknowledged,
    GoodsShipped,
    LotHoldRequested,
    LotReleaseRequested,
    NonconformanceClosed,
    NonconformanceDispositioned,
    ProcessValueObserved,
    RecordExceptionAccepted,
    TestResultRecorded,
)
from twin.model.readiness.documents import digest_of
from twin.model.states import WorkUnitState as S
from twin.results.auditing.signable import signed_decisions, signed_entry, to_sign
from twin.results.exports.records import CERTIFICATE, RECORD, document_file
from twin.results.reports.batch_record import acceptance_entry, rejection_entry, release_entry
from twin.results.reports.batch_written import COLUMNS, parts_of, record_html, record_text
from twin.results.reports.to_review import REJECTED, TO_REVIEW, lots_to_review
from twin.store.proof.signing import Signatures

LOT, BORE, GRIND = "A-VALVE.1", "A-VALVE.1/10", "A-VALVE.1/20"
PLAN = {
    "material": "VALVE", "operation": "10", "verified_by_two": True, "authority": "supervisor", "gate": False,
    "characteristics": {"bore": {"unit": "mm", "lower": 9.9, "upper": 10.1}},
}  # fmt: skip


def a_batch(*, smooth: bool = True) -> ClockedShop:
    """Five valves, bored by olga and ground by olga; if it does not go smoothly, the mill fails, an alarm comes, and a bore is too wide."""
    shop = ClockedShop(quality_plans={"bores": PLAN}).at(10)
    shop.on("olga", BORE)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE))
    shop.at(25).tell(ProcessValueObserved(effective_us=shop.now_us, equipment="mill_1", property="spindle_load", value=61.5, unit="%"))
    if not smooth:
        shop.at(30).tell(AlarmRaised(effective_us=shop.now_us, equipment="mill_1", alarm="chatter", message="the spindle chatters"))
        shop.tell(replace(shop._state("mill_1", S.HELD, BORE), reason="tool_broken"))
        shop.at(36).tell(shop._state("mill_1", S.EXECUTE, BORE))
    shop.at(49).tell(shop.done("mill_1", BORE, 5))
    value = 10.0 if smooth else 10.2
    shop.at(52).tell(
        TestResultRecorded(effective_us=shop.now_us, lot=LOT, characteristic="bore", value=value, unit="mm", upper=10.1, passed=smooth)
    )
    shop.at(60).on("olga", GRIND)
    shop.at(62).tell(shop._state("grinder_1", S.EXECUTE, GRIND))
    shop.at(80).tell(shop.done("grinder_1", GRIND, 5))
    return shop


def sign_results(shop: ClockedShop, *persons: str) -> Signatures:
    signatures = Signatures(shop.run.journal)
    entry = next(it for it in shop.run.journal.entries() if isinstance(it.event, TestResultRecorded))
    for person, meaning in zip(persons, ("authored", "reviewed"), strict=False):
        signatures.enroll(person, f"secret of {person}")
        shop.tell(signatures.sign(entry.id, person, f"secret of {person}", meaning, terminal="lab", at_us=shop.now_us))
    return signatures


def test_a_record_has_every_step_with_who_when_and_with_what():
    shop = a_batch()
    record = shop.run.batch_record(LOT)
    steps = [(it["operation"], it["equipment"], it["persons"], it["good"], it["start"]) for it in record["steps"]]
    assert steps == [
        ("10", "mill_1", ["olga (39 min)"], 5, "2026-03-02 06:20"),
        ("20", "grinder_1", ["olga (20 min)"], 5, "2026-03-02 07:02"),
    ]
    assert record["steps"][0]["values"] == ["spindle_load: 1 from 61.5 to 61.5 %"]
    assert [(it["material"], it["lot"], it["quantity"]) for it in record["materials"]] == [("CASTING", "C0", 5)]
    assert record["made_of"] == [{"lot": "C0", "quantity": 5, "into": LOT}]
    result = record["results"][0]
    assert (result["found"], result["allowed"], result["is_allowed"], result["verdict"]) == ([10.0], "9.9 to 10.1 mm", True, "passed")
    assert {it["says"] for it in record["entries"]} == {"ClockedOn"}
    assert [it["kind"] for it in record["exceptions"]] == ["not verified"]
    assert record["chain"]["holds"]
    assert shop.is_the_same_from_every_source()


def test_signed_by_two_persons_nothing_is_an_exception():
    shop = a_batch()
    sign_results(shop, "olga")
    assert [it["kind"] for it in shop.run.batch_record(LOT)["exceptions"]] == ["not verified"], "one is not two"
    shop = a_batch()
    sign_results(shop, "olga", "olga")
    assert [it["kind"] for it in shop.run.batch_record(LOT)["exceptions"]] == ["not verified"], "nor is one twice"
    shop = a_batch()
    sign_results(shop, "olga", "sam")
    record = shop.run.batch_record(LOT)
    assert record["exceptions"] == []
    assert record["results"][0]["verified_by_two"]
    assert [(it["person"], it["meaning"]) for it in record["signatures"]] == [("olga", "authored"), ("sam", "reviewed")]


def test_exceptions_come_first_and_are_all_there():
    shop = a_batch(smooth=False)
    shop.say(LotHoldRequested, lot=LOT, person="sam", reason="look at the bores")
    record = shop.run.batch_record(LOT)
    kinds = [it["kind"] for it in record["exceptions"]]
    for kind in ("alarm", "failure", "out of limits", "inspection", "nonconformance", "hold", "not verified"):
        assert kind in kinds, kind
    assert kinds.index("failure") < kinds.index("out of limits") < kinds.index("hold"), "in the order of time"
    html = record_html(record)
    assert html.index("tool_broken") < html.index("<h2>Steps")
    assert "<section class=exception><h2>Exceptions" in html
    assert "the spindle chatters" in record_text(record)
    said = words_of(document_file(shop.run, RECORD, LOT, ".pdf"))
    assert said[0].endswith(f"Batch record of lot {LOT}")
    assert said.index("the spindle chatters") < said.index(f"Steps: {BORE.split('/')[1]}")
    (it,) = lots_to_review(shop.run)
    assert (it.lot, it.standing, it.doubts) == (
        LOT,
        TO_REVIEW,
        f"held: held by sam: look at the bores; bores: failed; NC-{LOT}-bore: raised",
    )
    with pytest.raises(ValueError, match=f"lot {LOT} is held"):
        document_file(shop.run, CERTIFICATE, LOT, ".pdf")


def test_quality_assurance_releases_the_record_and_it_stands():
    shop = a_batch()
    signatures = sign_results(shop, "olga", "sam")
    run = shop.run
    assert said(shop, "olga").startswith("olga is no supervisor, which 'bores' asks for")
    assert said(shop, "sam", record="{}", reason="fine") == "the record is not the one that has this hash"
    assert [it["kind"] for it in run.batch_record(LOT)["exceptions"]] == ["refused", "refused"], "who may not release it has tried"
    entry = release_entry(run, LOT, person="sam", terminal="desk", at_us=shop.now_us, reason="seen")
    shop.tell(entry)
    record = run.batch_record(LOT)
    assert record["release"]["standing"] == lots_to_review(run)[0].standing == "released, not signed"
    assert record["hash"] == entry.record_hash
    shop.tell(signatures.sign(record["release"]["entry"], "sam", "secret of sam", "approved", terminal="desk", at_us=shop.now_us))
    later = run.batch_record(LOT)
    assert later["release"]["standing"] == lots_to_review(run)[0].standing == "released and signed"
    rows = {title: rows for title, _, rows in parts_of(later)}
    assert {tuple(it) for it in rows["Exceptions"]} == {COLUMNS["exceptions"]}, "read in the same order as before it was released"
    assert {tuple(it) for it in rows["Steps"]} == {COLUMNS["steps"]}
    assert {it["accepted"] for it in rows["Exceptions"]} == {f"with the release, by sam, {later['release']['at']}: seen"}
    assert {tuple(it) for it in rows["What persons said"]} == {COLUMNS["entries"]}
    certified = words_of(document_file(run, CERTIFICATE, LOT, ".pdf"))
    assert certified[0].endswith(f"Certificate of analysis, lot {LOT}")
    assert certified[certified.index("9.9 to 10.1 mm") + 1 :][:3] == ["mm", "10", "allowed"]
    assert later["hash"] == entry.record_hash, "the record that was released stands"
    assert said(shop, "sam").startswith("sam has released it already")
    assert signatures.doubt(run.mes.quality.signatures[-1]) == ""
    assert shop.is_the_same_from_every_source()


def test_what_is_held_open_or_an_exception_is_not_released_just_so():
    shop = a_batch()
    assert said(shop, "sam") == "1 exceptions are accepted with it: it needs a reason"
    shop.say(LotHoldRequested, lot=LOT, person="sam", reason="wait")
    assert said(shop, "sam", reason="fine") == f"lot {LOT} is held: held by sam: wait"
    shop.say(LotReleaseRequested, lot=LOT, person="sam")
    assert said(shop, "sam", reason="the only gauge is away") == ""
    assert "open nonconformances" in said(a_batch(smooth=False), "sam", reason="fine")


def test_exceptions_are_accepted_one_by_one_and_then_a_release_needs_no_reason() -> None:
    shop = a_batch()
    (open_one,) = shop.run.batch_record(LOT)["exceptions"]
    assert open_one["accepted"] == ""
    with pytest.raises(ValueError, match=f"has no exception 'nope'; allowed: {open_one['number']}"):
        acceptance_entry(shop.run, LOT, "nope", person="sam", terminal="desk", at_us=shop.now_us, reason="so")
    assert accepted(shop, "olga", open_one["number"]).startswith("olga is no supervisor, which 'bores' asks for")
    assert accepted(shop, "sam", open_one["number"], reason=" ") == "it needs a reason"
    assert accepted(shop, "sam", open_one["number"]) == ""
    assert accepted(shop, "sam", open_one["number"]).startswith("sam has accepted it already")
    rows = {it["number"]: it for it in shop.run.batch_record(LOT)["exceptions"]}
    assert rows[open_one["number"]]["accepted"].endswith(": the only gauge is away")
    left = [it for it in rows.values() if not it["accepted"]]
    assert {it["kind"] for it in left} == {"refused"}, "what was refused meanwhile"
    assert said(shop, "sam") == f"{len(left)} exceptions are accepted with it: it needs a reason"
    while left := [it for it in shop.run.batch_record(LOT)["exceptions"] if not it["accepted"]]:
        assert accepted(shop, "sam", left[0]["number"]) == ""
    assert said(shop, "sam") == ""
    assert shop.run.batch_record(LOT)["release"]["reason"] == ""
    assert "the only gauge is away" in record_text(shop.run.batch_record(LOT))
    assert accepted(shop, "sam", open_one["number"]).startswith("sam has released it already")
    assert shop.is_the_same_from_every_source()


def test_of_a_record_that_is_rejected_the_lot_is_held_until_it_is_decided_what_becomes_of_it() -> None:
    shop = a_batch()
    assert rejected(shop, "olga").startswith("olga is no supervisor")
    assert rejected(shop, "sam", reason="") == "it needs a reason"
    assert rejected(shop, "sam", record="{}") == "the record is not the one that has this hash"
    assert rejected(shop, "sam") == ""
    name = f"NC-{LOT}-record"
    (one,) = shop.run.mes.quality.nonconformances.open_of(LOT)
    assert (one.nonconformance, one.standing, one.quantity) == (name, "contained", 5)
    assert "rejected by sam: two signatures are missing" in one.description
    assert lots_to_review(shop.run)[0].standing == REJECTED
    assert said(shop, "sam", reason="fine").startswith(f"lot {LOT} is held")
    assert rejected(shop, "sam") == f"sam has rejected it already; allowed: to say what becomes of {name}"
    number = next(it["number"] for it in shop.run.batch_record(LOT)["exceptions"] if it["kind"] == "nonconformance")
    with pytest.raises(ValueError, match="is contained; allowed: once it is decided what becomes of it"):
        accepted(shop, "sam", number)
    shop.say(NonconformanceDispositioned, "sam", lot=LOT, nonconformance=name, disposition="use as is", reason="signed on paper")
    shop.say(NonconformanceClosed, "sam", lot=LOT, nonconformance=name)
    assert accepted(shop, "sam", number) == ""
    assert lots_to_review(shop.run)[0].standing == TO_REVIEW, "its record is reviewed once more"
    assert "rejected" in [it["kind"] for it in shop.run.batch_record(LOT)["exceptions"]]
    assert said(shop, "sam", reason="fine") == ""
    assert rejected(shop, "sam").startswith("sam has released it already")
    assert shop.is_the_same_from_every_source()


@pytest.mark.parametrize(("gone", "words"), [(2, "2 of it are not here"), (5, "nothing of it is here")])
def test_of_what_has_left_of_a_lot_whose_record_is_rejected_somebody_is_told(gone: int, words: str) -> None:
    shop = a_batch()
    shop.tell(GoodsShipped(effective_us=shop.now_us, order="A", lot=LOT, material="VALVE", quantity=gone, customer="acme"))
    assert rejected(shop, "sam") == ""
    assert [it.message.rpartition("; ")[2] for it in shop.run.mes.alerts if it.alert == "rejected"] == [f"{words}: trace where it went"]
    assert [it.quantity for it in shop.run.mes.quality.nonconformances.open_of(LOT)] == [5 - gone][: 5 - gone]
    assert lots_to_review(shop.run)[0].standing == REJECTED
    assert rejected(shop, "sam").startswith("sam has rejected it already; allowed: ")
    assert said(shop, "sam", reason="fine") != ""


def test_acceptances_and_rejections_are_signed_as_they_were_said() -> None:
    shop = a_batch()
    signatures = sign_results(shop, "olga", "sam")
    assert rejected(shop, "sam") == ""
    entry = signed_entry(shop.run, "rejection", [LOT], None)
    assert (type(entry.event), [it.words for it in to_sign(shop.run, "rejection")]) == (
        BatchRecordRejected, [f"record of {LOT}: rejected by sam, two signatures are missing"],
    )  # fmt: skip
    shop.tell(signatures.sign(entry.id, "sam", "secret of sam", "reviewed", terminal="desk", at_us=shop.now_us))
    number = shop.run.batch_record(LOT)["exceptions"][0]["number"]
    assert accepted(shop, "sam", number) == ""
    assert signed_entry(shop.run, "exception", [LOT, number], None).event.person == "sam"
    assert [(it.of, len(signed)) for it, signed in signed_decisions(shop.run) if it.of in ("rejection", "exception")] == [
        ("exception", 0), ("rejection", 1),
    ]  # fmt: skip


def test_tampering_is_shown_by_the_chain():
    shop = a_batch()
    sign_results(shop, "olga", "sam")
    journal = shop.run.journal
    place = next(n for n, it in enumerate(journal.entries()) if isinstance(it.event, TestResultRecorded))
    entries = journal._entries
    entries[place] = entries[place]._replace(event=replace(entries[place].event, value=10.05))
    record = shop.run.batch_record(LOT)
    assert not record["chain"]["holds"]
    assert record["chain"]["broken_at"] == entries[place].seq
    assert "<section class=exception><h2>Chain of the record" in record_html(record)


def test_a_request_has_the_records_of_its_lots():
    record = a_batch().run.batch_record("A-VALVE")
    assert [it["lot"] for it in record["lots"]] == ["A-VALVE.1", "A-VALVE.2"]
    assert json.loads(json.dumps(record)) == record
    assert list(_open_exceptions(record, "A-VALVE").values()) == [""], "a request is read, and no exception of it picked"
    assert len(_open_exceptions(record, LOT)) == 2
    with pytest.raises(ValueError, match=r"no lot or request 'A-VALF' .did you mean 'A-VALVE'"):
        a_batch().run.batch_record("A-VALF")


def said(shop: ClockedShop, person: str, **changed: Any) -> str:
    """What `person` hears who releases the lot."""
    entry = release_entry(shop.run, LOT, person=person, terminal="desk", at_us=shop.now_us, reason=changed.pop("reason", ""))
    fields = {name: getattr(entry, name) for name in ("lot", "record", "record_hash", "exception_count", "reason")}
    return shop.say(BatchRecordReleased, person, **{**fields, **changed})


def accepted(shop: ClockedShop, person: str, exception: str, *, reason: str = "the only gauge is away") -> str:
    """What `person` hears who accepts one exception."""
    entry = acceptance_entry(shop.run, LOT, exception, person=person, terminal="desk", at_us=shop.now_us, reason=reason)
    return shop.say(RecordExceptionAccepted, person, lot=LOT, exception=entry.exception, words=entry.words, reason=reason)


def rejected(shop: ClockedShop, person: str, **changed: Any) -> str:
    """What `person` hears who rejects the record."""
    reason = changed.pop("reason", "two signatures are missing")
    entry = rejection_entry(shop.run, LOT, person=person, terminal="desk", at_us=shop.now_us, reason=reason)
    fields = {name: getattr(entry, name) for name in ("lot", "record", "record_hash", "exception_count", "reason")}
    return shop.say(BatchRecordRejected, person, **{**fields, **changed})


def test_the_revisions_that_were_in_force_and_who_has_read_them_stand_in_the_record():
    text = "Clamp on the journal."
    declared = {"title": "Bore valves", "operations": ["10"], "acknowledge": True, "revisions": {"B": {"text": text}}}
    shop = TurningShop(documents={"WI-12": declared})
    shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B")
    shop.order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    step = shop.run.batch_record("A-VALVE")["lots"][0]["steps"][0]
    assert step["documents"] == [f"WI-12 rev B ({digest_of(text)[:12]})"]
    assert step["persons"] == ["bo (0 min)"], "nothing of it is posted yet"


def test_a_lot_that_nobody_has_begun_is_not_released() -> None:
    shop = ClockedShop()
    written = "{}"
    said = {"lot": "A-VALVE.2", "record": written, "record_hash": sha256(written.encode()).hexdigest(), "exception_count": 0}
    assert shop.say(BatchRecordReleased, "sam", **said) == "lot A-VALVE.2 is not begun; allowed: a lot that is done"
