"""What a scan means where it is made: badge, work unit, job order, lot, undo; every refusal in words."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import wait_until
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.scanning.eye import read_picture
from twin.apps.scanning.scanner import Scanner
from twin.model.events import Entry, JobOrderCommand, LotScanned, SetupDone
from twin.model.states import DispatchStatus, JobCommand


@given(width=st.booleans() | st.integers(-1, 5), grey=st.text(max_size=12) | st.binary(max_size=12).map(lambda it: b64encode(it).decode()))
def test_what_is_no_picture_has_no_code_in_it(width: int, grey: str) -> None:
    assert read_picture({"width": width, "grey": grey}) == ""


@pytest.fixture
def feed() -> Iterator[Feed]:
    """The shop that is worked by hand, in real time."""
    feed = by_hand(hand_shop(), two_orders(), seed=1, speed=1)
    feed.start()
    wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure


@pytest.fixture
def scanner(feed: Feed) -> Scanner:
    seconds = count(0, 5)  # between two scans: twice within two seconds is one
    return Scanner(feed, "scanner 7", clock=lambda: float(next(seconds)))


def scans(scanner: Scanner, *texts: str) -> str:
    """What was said to the last of these scans."""
    answers = [scanner.scan(text) for text in texts]
    assert all(it.is_accepted for it in answers[:-1]), answers
    return answers[-1].words


def status(scanner: Scanner, job_order: str) -> DispatchStatus:
    return scanner.feed.run.mes.job_orders[job_order].status


def test_a_job_order_is_started_set_up_and_completed_by_scans_alone(scanner: Scanner) -> None:
    assert scanner.next_step == "Scan your badge."
    assert scans(scanner, "PERSON:olga", "UNIT:mill_1", "JOB:A-VALVE/10") == "A-VALVE/10 begins at mill_1"
    assert status(scanner, "A-VALVE/10") == DispatchStatus.RUNNING
    assert scans(scanner, "JOB:A-VALVE/10") == "mill_1 is set up for A-VALVE/10"
    question = "A-VALVE/10: 5 are left; scan it again if all of them are good, or count them below"
    assert scans(scanner, "JOB:A-VALVE/10") == question
    assert scans(scanner, "DO:undo") == "Nothing of A-VALVE/10 was counted"
    moving = scanner.clock
    scanner.clock = lambda: -100.0
    assert scans(scanner, "JOB:A-VALVE/10", "JOB:A-VALVE/10") == question, "a reader that is triggered twice"
    assert status(scanner, "A-VALVE/10") == DispatchStatus.RUNNING
    scanner.clock = moving
    assert scanner.scan("JOB:A-VALVE/10", "kept 1", ago_s=60).words == question
    assert scanner.scan("JOB:A-VALVE/10", "kept 2", ago_s=50).words == question, "nobody has seen the question when that was scanned"
    scans(scanner, "DO:undo")
    assert scanner.scan("JOB:A-VALVE/10", "unheard").words == question
    assert scanner.scan("JOB:A-VALVE/10", "unheard", ago_s=7).words == question, "the same scan, of which no answer came"
    hand_work = scanner.feed.run.mes.hand_work
    held = lambda at_us: hand_work.command(JobCommand.HOLD, at_us, "mill_1", "olga", "A-VALVE/10", terminal="tablet")  # noqa: E731
    assert scanner.feed.enter(held) == ""
    assert scans(scanner, "JOB:A-VALVE/10") == "A-VALVE/10 goes on at mill_1"
    assert scans(scanner, "JOB:A-VALVE/10") == question, "what was asked before it was held is not answered any more"
    assert scans(scanner, "JOB:A-VALVE/10") == "A-VALVE/10 is complete: 5 that were left are good"
    job = scanner.feed.run.mes.job_orders["A-VALVE/10"]
    assert (job.status, job.good, job.person) == (DispatchStatus.COMPLETED, 5, "olga")
    assert scans(scanner, "JOB:A-VALVE/10") == "Job order A-VALVE/10 is Completed already; allowed: a job order that is not ended"
    assert scans(scanner, "UNIT:grinder_1", "JOB:A-VALVE/20") == "A-VALVE/20 begins at grinder_1"


def test_of_a_hundred_scans_ninety_nine_are_answered_within_a_tenth_of_a_second(scanner: Scanner) -> None:
    """CPU time of all of this process, which no other slows down; on the wall: `python -m benchmarks.tracing.scanning`."""
    scans(scanner, "PERSON:olga", "PLACE:rack")
    took_s = []
    for n in range(100):
        begin_s = time.process_time()
        assert scanner.scan(("LOT:A-VALVE", "LOT:B-VALVE", "PLACE:rack")[n % 3]).is_accepted
        took_s.append(time.process_time() - begin_s)
    assert sorted(took_s)[98] < 0.1
    kept = json.loads((Path(__file__).parents[3] / "benchmarks/results/scan.json").read_text(encoding="utf-8"))
    assert kept["p99_ms"] < kept["limit_ms"] == 100, "as it was measured on the wall"


def test_every_entry_says_who_when_and_from_where(scanner: Scanner) -> None:
    scans(scanner, "PERSON:olga", "UNIT:mill_1", "JOB:A-VALVE/10", "LOT:A-VALVE")
    entries = [entry.event for entry in scanner.feed.run.journal if isinstance(entry.event, Entry | JobOrderCommand)]
    said = [it for it in entries if it.terminal]
    assert [type(it) for it in said] == [JobOrderCommand, LotScanned]
    assert {(it.person, it.terminal) for it in said} == {("olga", "scanner 7")}


def test_a_lot_is_where_it_was_scanned_and_back_by_undo(scanner: Scanner) -> None:
    lots = scanner.feed.run.mes.lots
    scans(scanner, "PERSON:olga", "PLACE:rack", "LOT:A-VALVE")
    assert lots["A-VALVE"].place == "rack"
    assert scans(scanner, "UNIT:mill_1", "LOT:A-VALVE") == "Lot A-VALVE is at mill_1"
    assert lots["A-VALVE"].place == "mill_1"
    assert scans(scanner, "DO:undo") == "Undone: lot A-VALVE at mill_1"
    assert lots["A-VALVE"].place == "rack"


def test_a_start_is_stopped_again_by_undo_and_what_was_before_it_too(scanner: Scanner) -> None:
    scans(scanner, "PERSON:olga", "UNIT:mill_1", "JOB:A-VALVE/10")
    assert scans(scanner, "DO:undo") == "Undone: A-VALVE/10 begun"
    assert status(scanner, "A-VALVE/10") == DispatchStatus.SUSPENDED
    assert scans(scanner, "DO:undo") == "Undone: at mill_1"
    assert scanner.place is None
    assert scans(scanner, "DO:undo") == "Undone: olga signed on"
    assert scanner.person == ""
    assert scans(scanner, "DO:undo") == "There is nothing to undo; allowed: once something was scanned that can be taken back"


def test_what_was_counted_is_not_undone_by_a_scan(scanner: Scanner) -> None:
    scans(scanner, "PERSON:olga", "UNIT:mill_1", *["JOB:A-VALVE/10"] * 4)
    words = "Pieces of A-VALVE/10 were counted; a count is not undone by a scan, but corrected below (Correct a count)"
    assert scans(scanner, "DO:undo") == words
    assert status(scanner, "A-VALVE/10") == DispatchStatus.COMPLETED


@pytest.mark.parametrize(
    ("before", "scanned", "words"),
    [
        ([], "JOB:A-VALVE/10", "Nobody is signed on; scan your badge first"),
        (["PERSON:olga"], "LOT:A-VALVE", "It is not known where the lot is; scan a work unit or a storage unit first"),
        (["PERSON:olga"], "LOT:A-VALV", "No lot 'A-VALV' (did you mean 'A-VALVE'?)"),
        (["PERSON:olga", "UNIT:grinder_1"], "JOB:A-VALVE/10", "grinder_1 cannot do A-VALVE/10; allowed: mill_1"),
        (["PERSON:quinn", "UNIT:mill_1"], "JOB:A-VALVE/10", "quinn is no operator"),
        (["PERSON:olga", "UNIT:grinder_1"], "JOB:A-VALVE/20", "operation 10 is not done"),
        ([], "PERSON:nobody", "No person 'nobody'"),
        ([], "DO:sign off", "Nobody is signed on"),
        ([], "\x1b;DROP TABLE", "Nothing here is called"),
    ],
)
def test_a_scan_that_makes_no_sense_changes_nothing_and_says_why(scanner: Scanner, before: list[str], scanned: str, words: str) -> None:
    for text in before:
        assert scanner.scan(text).is_accepted
    answer = scanner.scan(scanned)
    assert not answer.is_accepted
    assert words in answer.words
    assert all(job.started_us < 0 for job in scanner.feed.run.mes.job_orders.values())


def test_machines_that_speak_for_themselves_are_not_counted_for(root) -> None:
    """In a plant that plays itself a scan starts nothing twice, and completes nothing: controllers count there."""
    from twin.apps.feeds import simulated

    feed = simulated(root / "plant_models/gearbox_shop", None, seed=1, speed=1, lead_us=8 * 3_600_000_000)
    feed.start()
    try:
        running = next(it for it in feed.run.mes.job_orders.values() if it.status == DispatchStatus.RUNNING)
        scanner = Scanner(feed, "scanner 7")
        scanner.scan(f"PERSON:{next(iter(feed.run.plant.layout.persons))}")
        answer = scanner.scan(f"JOB:{running.job_order}")
        assert not answer.is_accepted
        assert "by hand" in answer.words or "not being set up" in answer.words
    finally:
        feed.stop()


def test_a_plant_without_persons_says_so_and_how_to_go_on() -> None:
    plant = hand_shop()
    nobody = plant.model_copy(update={"layout": plant.layout.model_copy(update={"persons": {}})})
    scanner = Scanner(by_hand(nobody, two_orders(), seed=1, speed=1), "scanner 7")
    assert scanner.next_step.startswith("This plant declares no persons, so nobody can sign on")
    with pytest.raises(ValueError, match=r"allowed: persons in plant\.yaml, then serve it again"):
        scanner._signed()


def test_who_leaves_a_scanner_is_signed_off_by_himself_and_his_pin_is_shown_to_nobody(scanner: Scanner) -> None:
    seconds = [0.0]
    scanner.clock = lambda: seconds[0]
    scanner.feed.badges.enroll("olga", "2468")
    assert scans(scanner, "PERSON:olga") == "olga types the PIN next, or scans it"
    assert scanner.scan("LOT:A-VALVE").words == "That is not the PIN of olga; 4 more tries"
    assert scans(scanner, "PERSON:olga", "2468", "UNIT:mill_1", "JOB:A-VALVE/10") == "A-VALVE/10 begins at mill_1"
    assert not [it for it in scanner.answers if "2468" in it.scanned or "2468" in it.words]
    assert scanner.scan("PERSON:olga", "kept 1", ago_s=5).is_accepted, "who is signed on already goes on"
    away = scanner.scan("PERSON:quinn", "kept 2", ago_s=5)
    assert "no PIN is kept; allowed: badge and PIN now" in away.words
    assert (away.is_accepted, scanner.asked) == (False, "")
    assert scanner.scan("JOB:A-VALVE/10", "kept 3", ago_s=4).words == "Nobody is signed on; scan your badge first", "it was not olga"
    assert scans(scanner, "PERSON:olga", "2468") == "olga scans here"
    seconds[0] += scanner.feed.badges.idle_s + 1
    assert "the session of olga has ended" in scanner.scan("JOB:A-VALVE/10").words.lower()
    assert scanner.person == ""
    assert scans(scanner, "JOB:A-VALVE/10") == "Nobody is signed on; scan your badge first"


def test_a_scan_that_is_sent_again_does_nothing_twice_and_one_that_was_kept_goes_on_as_whoever_scanned(feed: Feed) -> None:
    first = Scanner(feed, "scanner 7")
    scans(first, "PERSON:olga", "UNIT:mill_1")
    first.scan("JOB:A-VALVE/10", "one")
    state = feed.run.mes.equipment.records["mill_1"].state
    assert first.scan("JOB:A-VALVE/10", "one").is_accepted
    assert feed.run.mes.equipment.records["mill_1"].state == state, "set-up is not done, since nobody has scanned again"
    anew, before = Scanner(feed, "scanner 7"), feed.run.now_us
    anew.resume(first.standing)
    assert anew.scan("JOB:A-VALVE/10", "one", ago_s=0.1).words == "A-VALVE/10 begins at mill_1", "as it was answered then"
    wait_until(lambda: feed.now_us > before + 300_000)
    assert anew.scan("JOB:A-VALVE/10", "two", ago_s=0.2).words == "mill_1 is set up for A-VALVE/10"
    done = next(it.event for it in feed.run.journal.entries() if isinstance(it.event, SetupDone))
    assert (done.person, done.terminal, done.entry_id) == ("olga", "scanner 7", "two")
    assert 150_000 < done.recorded_us - done.effective_us < 250_000, "as of when it was scanned"


def test_a_scanner_whose_place_is_not_there_any_more_goes_on_without_one(scanner: Scanner) -> None:
    scanner.resume({"person": "olga", "token": "", "place": "UNIT:sold"})
    assert (scanner.person, scanner.place) == ("olga", None)
    assert scanner.next_step == "Scan where you are: a work unit or a storage unit."
    assert scanner.scan("JOB:A-VALVE/10", "one", ago_s=0.1).is_accepted
