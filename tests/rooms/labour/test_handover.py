"""The shift hand-over: made against plan, what stands, what is late, stops in minutes and money, notes; signed by both shifts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.rooms.labour.clocked_shop import MIN_US, START_US, ClockedShop
from tests.rooms.quality.valve_shop import SCENARIO
from twin.model.events import (
    AlarmAccepted,
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    Heartbeat,
    LotHoldRequested,
    NonconformanceRaised,
    OperationsRequestReleased,
    ShiftHandedOver,
    ShiftNoteLeft,
)
from twin.model.states import WorkUnitState as S
from twin.results.reports.documents import save
from twin.results.reports.handover import hand_over_entry, shift_of
from twin.results.reports.handover_written import handover_html, handover_text
from twin.results.upkeep.supervising import supervisor_now
from twin.results.views.overview import overview
from twin.run import replay
from twin.store.journal import verify
from twin.store.proof.signing import Signatures

BORE_1 = "A-VALVE.1/10"


def early_shift() -> ClockedShop:
    """From 06:00 to 14:00: five valves bored by olga, of which one is scrap; the mill stood for 30 min; a lot is held; an alarm is on."""
    shop = ClockedShop().at(5)
    shop.tell(
        OperationsRequestReleased(effective_us=shop.now_us, request="R", material="VALVE", quantity=3, due_us=START_US + 300 * MIN_US)
    )
    shop.at(10).on("olga", BORE_1)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE_1))
    shop.at(40).tell(replace(shop._state("mill_1", S.HELD, BORE_1), reason="tool_broken"))
    shop.at(70).tell(shop._state("mill_1", S.EXECUTE, BORE_1))
    shop.at(90).tell(
        CountObserved(effective_us=shop.now_us, equipment="mill_1", job_order=BORE_1, good=4, scrap=1),
        shop._state("mill_1", S.COMPLETE, BORE_1),
    )
    shop.at(91).tell(shop._state("mill_1", S.IDLE))
    shop.at(100).tell(AlarmRaised(effective_us=shop.now_us, equipment="grinder_1", alarm="coolant_low", message="coolant is low"))
    shop.at(101).tell(replace(shop._state("grinder_1", S.ABORTED), reason="coolant"))
    shop.at(110).say(LotHoldRequested, lot="A-VALVE.1", person="olga", reason="chatter marks")
    shop.at(111).say(
        NonconformanceRaised, lot="A-VALVE.1", person="olga", nonconformance="NC1", quantity=4, description="chatter marks on the seat"
    )
    shop.at(470)
    assert (
        shop.say(ShiftNoteLeft, "olga", shift="early", start_us=START_US, text="grinder 1 waits for coolant", equipment="grinder_1") == ""
    )
    return shop


def test_the_report_says_what_the_next_shift_has_to_know():
    shop = early_shift()
    report = shop.run.handover("early")
    assert (report["start"], report["end"]) == ("2026-03-02 06:00", "2026-03-02 14:00")
    valve = report["output"][0]
    assert (valve["material"], valve["due"], valve["scrap"], valve["missing"]) == ("VALVE", 3, 1, 3)
    stop = next(it for it in report["stops"] if it["reason"] == "tool_broken")
    assert (stop["minutes"], stop["count"], stop["cost"]) == (30.0, 1, 30.0), "half an hour at 60 EUR/h"
    assert report["stops"] == sorted(report["stops"], key=lambda it: -it["cost"])
    assert [(it["equipment"], it["state"], it["reason"]) for it in report["standing"]][-1] == ("grinder_1", "Aborted", "coolant")
    assert [(it["lot"], it["reason"]) for it in report["held_lots"]] == [("A-VALVE.1", "held by olga: chatter marks")]
    assert [(it["nonconformance"], it["standing"]) for it in report["nonconformances"]] == [("NC1", "raised")]
    assert [it["alarm"] for it in report["alarms"]] == ["coolant_low", "nonconformance"], "nobody has answered"
    assert [(it["person"], round(it["work_h"] * 60)) for it in report["people"]] == [("olga", 80)]
    assert [(it["person"], it["text"]) for it in report["notes"]] == [("olga", "grinder 1 waits for coolant")]
    assert report["handed_over"] == {"standing": "not handed over", "signatures": []}
    assert shop.is_the_same_from_every_source()
    again = replay(list(shop.run.journal.entries()), shop.plant, SCENARIO).handover("early")
    assert again == report


def test_what_came_back_to_normal_and_nobody_has_answered_is_told_to_the_next_shift():
    """ISA-18.2: returned to normal, unacknowledged. The Overview counts what the page Supervisor asks to be answered."""
    shop = early_shift().at(471)
    shop.tell(AlarmCleared(effective_us=shop.now_us, equipment="grinder_1", alarm="coolant_low"))
    told = next(it for it in shop.run.handover("early")["alarms"] if it["alarm"] == "coolant_low")
    assert (told["title"], told["standing"], told["message"]) == ("grinder_1", "returned to normal, unacknowledged", "coolant is low")
    assert overview(shop.run).calling_count == supervisor_now(shop.run).calling_count == len(shop.run.handover("early")["alarms"])
    assert shop.say(AlarmAccepted, "olga", equipment="grinder_1", alarm="coolant_low") == ""
    assert "coolant_low" not in [it["alarm"] for it in shop.run.handover("early")["alarms"]]


def test_when_a_shift_has_just_begun_the_latest_is_the_one_before():
    """At midnight sharp the round-the-clock shift has begun again and has nothing to hand over; a minute later it is the latest."""
    shop = early_shift()
    for minutes, day in ((18 * 60, "2026-03-02 06:00"), (18 * 60 + 1, "2026-03-03 00:00")):
        shop.at(minutes).tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
        assert shop.run.handover()["start"] == day


def test_a_report_is_written_as_html_text_and_json(tmp_path):
    report = early_shift().run.handover()
    html, text = handover_html(report), handover_text(report)
    for words in ("grinder 1 waits for coolant", "tool_broken", "chatter marks on the seat", report["hash"]):
        assert words in html
        assert words in text
    assert "<section class=exception><h2>Alarms" in html
    written = save(tmp_path, "handover", report, html)
    assert json.loads(written[0].read_text()) == report


def test_both_shifts_sign_what_was_handed_over_and_it_stands():
    shop = early_shift()
    run, shift = shop.run, shift_of(shop.run, "2026-03-02 early")
    signatures = Signatures(run.journal)
    for person in ("olga", "otto"):
        signatures.enroll(person, f"secret of {person}")
    said = hand_over_entry(run, shift, person="olga", terminal="tablet 1", at_us=shop.now_us)
    assert said.report_hash == run.handover("early")["hash"]
    shop.tell(said)
    assert run.handover("early")["handed_over"]["standing"] == "handed over, not signed"
    entry = run.handover("early")["handed_over"]["entry"]
    shop.tell(signatures.sign(entry, "olga", "secret of olga", "authored", terminal="tablet 1", at_us=shop.now_us))
    assert run.handover("early")["handed_over"]["standing"] == "signed by the old shift alone"
    shop.tell(signatures.sign(entry, "otto", "secret of otto", "reviewed", terminal="tablet 1", at_us=shop.now_us))
    report = run.handover("early")
    assert report["handed_over"]["standing"] == "signed by both shifts"
    assert report["hash"] == said.report_hash, "what was handed over stands, though time went on"
    assert shop.say(ShiftHandedOver, "otto", **_fields(said)).startswith("olga has handed it over already")
    entries = list(run.journal.entries())
    place = next(n for n, it in enumerate(entries) if isinstance(it.event, ShiftHandedOver))
    forged = entries[place]._replace(event=replace(entries[place].event, report="{}"))
    assert verify([*entries[:place], forged, *entries[place + 1 :]]) == entries[place].seq
    assert shop.is_the_same_from_every_source()


def _fields(said: ShiftHandedOver) -> dict[str, object]:
    return {name: getattr(said, name) for name in ("shift", "start_us", "end_us", "report", "report_hash")}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"text": " "}, "it says nothing"),
        ({"shift": "eraly"}, "no shift is called 'eraly' (did you mean 'early'?); allowed: all, early"),
        ({"start_us": START_US + MIN_US}, "no early shift begins Mon 2 Mar, 06:01"),
        ({"start_us": START_US + 1440 * MIN_US}, "the early shift of Tue 3 Mar, 06:00 has not begun"),
        ({"person": "olaf"}, "nobody knows a person 'olaf'"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(said, why):
    shop = ClockedShop().at(10)
    plain = {"person": "olga", "shift": "early", "start_us": START_US, "text": "all well"}
    assert shop.say(ShiftNoteLeft, **{**plain, **said}).startswith(why)
    assert shop.run.mes.records.notes == []


def test_a_report_with_another_hash_is_refused_and_so_is_a_shift_that_is_none():
    shop = ClockedShop().at(10)
    said = hand_over_entry(shop.run, shift_of(shop.run, "early"), person="olga", terminal="t", at_us=shop.now_us)
    assert shop.say(ShiftHandedOver, "olga", **{**_fields(said), "report_hash": "0" * 64}) == "the report is not the one that has this hash"
    with pytest.raises(ValueError, match="no shift 'night' in this run; allowed: latest, '2026-03-02 early'"):
        shop.run.handover("night")


@pytest.mark.parametrize(("start_us", "words"), [(2**62, "has not begun"), (-(2**62), "no early shift begins at no time of a calendar")])
def test_a_note_of_a_shift_that_no_calendar_has_is_refused_in_words(start_us: int, words: str) -> None:
    shop = ClockedShop().at(10)
    assert words in shop.say(ShiftNoteLeft, "sam", shift="early", start_us=start_us, text="coolant is low")
