"""A shift without machines: what persons say becomes what machines would have said, through the same MES and ERP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.quality.valve_shop import MIN_US
from tests.rooms.results.test_users import told
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.pages.shifts.signing import sign
from twin.apps.terminals.terminal import WorkTablet
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.readiness.earlier import happened_at
from twin.model.states import JobCommand, Source, WorkUnitState
from twin.run import replay
from twin.store.proof.badges import Session
from twin.store.replay import ReplaySource

DEBURRED: dict[str, Any] = {
    "labour": {"earlier": "18 min"},
    "procedures": {
        "grinding": {"operations": ["20"], "steps": {"burrs": {"text": "Feel for burrs."}}, "unit_procedures": {"g": {"o": ["p"]}}}
    },
}


class Hands:
    """Persons at the terminals of a shop."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.run = feed, feed.run

    def say(self, kind: type[e.Entry], equipment: str = "mill_1", person: str = "olga", **said: Any) -> str:
        return self.feed.enter(kind(effective_us=0, equipment=equipment, person=person, terminal="tablet 1", **said))

    def command(self, command: JobCommand, job_order: str, equipment: str = "mill_1", person: str = "olga", reason: str = "") -> str:
        hand_work = self.run.mes.hand_work
        return self.feed.enter(
            lambda at_us: hand_work.command(command, at_us, equipment, person, job_order, reason=reason, terminal="tablet 1")
        )

    def state(self, equipment: str = "mill_1") -> WorkUnitState:
        return WorkUnitState(self.run.mes.equipment.records[equipment].state)

    def job(self, operation: str, place: int = 0) -> str:
        jobs = [it for it in self.run.mes.job_orders.values() if it.operation == operation]
        return sorted(jobs, key=lambda it: it.due_us)[place].job_order


@pytest.fixture
def hands() -> Iterator[Hands]:
    with running(by_hand(hand_shop(DEBURRED, final=FINAL), two_orders(), seed=1, speed=600)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        yield Hands(feed)
    run = feed.run
    assert run.violations(whole=True) == []
    again = replay(list(run.journal.entries()), run.plant, run.scenario)
    assert told(again) == told(run), "the record of the shift, replayed, is the same shift"
    assert again.trace_hash == run.trace_hash


def test_the_mes_ranks_and_persons_start(hands: Hands) -> None:
    first, second = hands.job("10"), hands.job("10", 1)
    run = hands.run
    assert hands.state() == WorkUnitState.IDLE, "nobody has started anything"
    assert [job.job_order for job, _ in run.mes.dispatching.queue("boring", run.now_us)] == [first, second]
    assert run.mes.dispatching.obstacles("boring", run.now_us)[first].why == "person"
    assert "is no operator" in hands.command(JobCommand.START, first, person="quinn")
    assert "cannot do" in hands.command(JobCommand.START, first, equipment="grinder_1")
    assert "nobody released" in hands.command(JobCommand.START, "no such job")
    for said, words in (
        ({"lot": "A-VALV"}, "there is no lot 'A-VALV' (did you mean 'A-VALVE'?); allowed: open-CASTING, "),
        ({"lot": "open-CASTING"}, "lot open-CASTING is of CASTING; allowed by plan 'final': lots of VALVE"),
        ({"value": "1.5"}, "'finish' is judged, and 1.5 is neither yes nor no; allowed: 1 (yes) or 0 (no)"),
    ):
        check = {"plan": "final", "characteristic": "finish", "lot": "A-VALVE", "value": "1", **said}
        entry = {"kind": "Check", "person": "quinn", "terminal": "t", "id": "", "said": check}
        assert words in WorkTablet(hands.feed, terminal="t")._take(entry)
    assert hands.command(JobCommand.START, first) == ""
    assert hands.state() == WorkUnitState.STARTING
    assert "being set up" in hands.say(e.PiecesCounted, job_order=first, good=1)
    assert hands.say(e.SetupDone) == ""
    assert hands.state() == WorkUnitState.EXECUTE
    assert "is Execute" in hands.command(JobCommand.START, second)


def test_counts_pauses_holds_and_stops_are_what_a_machine_would_have_said(hands: Hands) -> None:
    job = hands.job("10")
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    assert hands.say(e.PiecesCounted, job_order=job, good=6) == "6 good, 0 scrap, 0 rework; allowed: 1 to 5 pieces in all"
    assert "-1 good, 0 scrap, 0 rework" in hands.say(e.PiecesCounted, job_order=job, good=-1)
    assert "'' is no reason for scrap" in hands.say(e.PiecesCounted, job_order=job, scrap=1)
    assert "has " in hands.say(e.PiecesCounted, job_order="another", good=1)
    assert hands.say(e.PiecesCounted, job_order=job, good=2) == ""
    assert hands.command(JobCommand.PAUSE, job, reason="break") == ""
    assert hands.state() == WorkUnitState.SUSPENDED
    assert hands.command(JobCommand.RESUME, job, person="pete") == ""
    assert hands.command(JobCommand.HOLD, job, reason="noise") == ""
    assert "nobody has reported mill_1 to be stopped" in hands.say(e.StopEnded)
    assert hands.command(JobCommand.RESTART, job) == ""
    assert "'tired' is no reason for a stop; allowed: breakdown" in hands.say(e.StopReported, reason="tired")
    assert hands.say(e.StopReported, reason="breakdown") == ""
    assert hands.state() == WorkUnitState.HELD
    assert "stopped already: breakdown" in hands.say(e.StopReported, reason="breakdown")
    assert hands.say(e.StopEnded) == ""
    assert hands.say(e.PiecesCounted, job_order=job, scrap=1, reason="surface") == ""
    assert hands.say(e.PiecesCounted, job_order=job, is_last=True) == ""
    assert hands.state() == WorkUnitState.IDLE
    done = hands.run.mes.job_orders[job]
    assert (done.status, done.good, done.scrap) == ("Completed", 4, 1)
    stops = hands.run.stops()
    assert "breakdown" in set(stops["reason"])
    states = [(it.state, it.reason) for it in hands.run.mes.equipment.records["mill_1"].intervals]
    assert (int(WorkUnitState.HELD), "noise") in states
    assert (int(WorkUnitState.SUSPENDED), "break") in states
    ground, grinder = hands.job("20"), {"equipment": "grinder_1", "person": "pete"}
    assert hands.command(JobCommand.START, ground, **grinder) == ""
    assert hands.say(e.PiecesCounted, job_order=ground, good=1, **grinder) == ""
    words = f"{ground} cannot be completed: not confirmed: burrs (Feel for burrs.); allowed: once each is"
    assert hands.say(e.PiecesCounted, job_order=ground, is_last=True, **grinder) == words
    assert hands.say(e.PiecesCounted, job_order=ground, good=3, **grinder) == words
    assert hands.say(e.StepConfirmed, job_order=ground, step="burrs", **grinder) == ""
    assert hands.say(e.PhaseReported, job_order=ground, phase="g/o/p", change="begin", **grinder) == ""
    assert hands.say(e.PiecesCounted, job_order=ground, is_last=True, **grinder) == ""
    assert hands.run.mes.process.phases.state_of(ground, "g") == WorkUnitState.EXECUTE


def test_what_is_said_later_is_so_from_when_it_happened(hands: Hands) -> None:
    """The tablet was out of reach of the network when it was pressed, or somebody writes down when it was."""
    run, tablet, job = hands.run, WorkTablet(hands.feed, terminal="tablet 1"), hands.job("10")
    lot, told_by = run.mes.job_orders[job].lot, {"equipment": "", "person": "quinn"}
    hands.say(e.LotHoldRequested, lot=lot, reason="crack", **told_by)
    hands.say(e.LotReleaseRequested, lot=lot, **told_by)
    let_go_us = run.mes.tracking.let_go_us[lot]

    def starts(then_us: int) -> str:
        command = run.mes.hand_work.command
        begin = lambda at_us: command(JobCommand.START, at_us, "mill_1", "olga", job, terminal="tablet 1")  # noqa: E731
        return hands.feed.enter(lambda at_us: happened_at(begin(at_us), then_us, at_us))

    assert starts(let_go_us) == f"lot {lot} was let go {written_local(let_go_us, 'UTC')}; allowed: after that, to now"
    hands.say(e.MaintenanceRequested, maintenance="R", category="corrective", description="belt")
    hands.say(e.MaintenanceStarted, maintenance="R")
    assert hands.say(e.MaintenancePerformed, maintenance="R", description="new belt") == ""
    assert starts(let_go_us + 1).startswith("maintenance of mill_1 ended ")
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)

    def presses(kind: str, age_s: float = 0.0, heard_s: float | None = None, **said: str) -> tuple[str, int, int]:
        entry = {"id": f"{kind} {age_s} {said}", "kind": kind, "person": "olga", "terminal": "tablet 1", "age_s": age_s}
        entry |= {} if heard_s is None else {"heard_s": heard_s}
        words = tablet._take({**entry, "said": {"equipment": "mill_1", **said}})
        entries = [it.event for it in run.journal.entries() if it.source == Source.USER]
        return words, entries[-1].effective_us, entries[-1].recorded_us

    began_us = run.mes.equipment.records["mill_1"].since_us
    wait_until(lambda: hands.feed.now_us > began_us + 20 * MIN_US)  # two seconds on the wall
    words, then_us, said_us = presses("StopReported", age_s=0.2, heard_s=time.monotonic() - 0.8, reason="breakdown")
    assert (words, hands.state()) == ("", WorkUnitState.HELD)
    assert 9 * MIN_US < said_us - then_us < 11 * MIN_US, "a second here is ten minutes there, and it has waited for others"
    assert run.mes.equipment.records["mill_1"].since_us == then_us, "and it stood from then on"
    later = written_local(then_us - MIN_US, "UTC")[-5:]
    assert presses("StopEnded", happened=later)[0] == f"mill_1 is Held since {written_local(then_us, 'UTC')}; allowed: after that, to now"
    assert presses("StopEnded", happened="2026-03-01 14:00")[0].startswith("it cannot be entered for Sun 1 Mar, 14:00; allowed: from ")
    assert presses("StopEnded", happened="2027-03-01 14:00")[0] == "it is in the future; allowed: now or earlier"
    assert presses("StopEnded")[0] == ""
    assert presses("ToolPlaced", tool="", happened="00:00")[0] == "ToolPlaced is so from when it is said; allowed: no earlier time"
    at_us = hands.feed.now_us
    call = e.HelpCalled(effective_us=at_us, recorded_us=at_us, equipment="mill_1", person="olga", terminal="tablet 3", help="maintenance")
    assert hands.feed.as_of(call, 1.9, at_us) is call, "longer ago than may be: it counts from now, and is not lost"
    first, second = (hands.feed.as_of(replace(call, terminal="tablet 4"), ago_s, at_us).effective_us for ago_s in (0.5, 1.0))
    assert at_us - first > 4 * MIN_US
    assert second == first + 1, "what was pressed after it was not before it"
    stood_us = sum(it.duration_us for it in run.mes.equipment.records["mill_1"].intervals if it.state == WorkUnitState.HELD)
    assert stood_us > 9 * MIN_US


def test_a_wrong_count_and_a_wrong_reason_are_said_again_and_every_figure_follows(hands: Hands) -> None:
    run, job = hands.run, hands.job("10")
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    hands.say(e.PiecesCounted, job_order=job, good=3)
    hands.say(e.StopReported, reason="breakdown")
    hands.say(e.StopEnded)
    said = {type(it): it for it in (entry.event for entry in run.journal.entries())}
    count = {"job_order": job, "counted_us": said[e.PiecesCounted].effective_us, "why": "miscounted"}
    stop = {"since_us": said[e.StopReported].effective_us, "was_reason": "breakdown", "why": "it was the chuck"}
    indicators = lambda: run.mes.indicators("equipment", run.scenario.start_us, run.now_us)[0]  # noqa: E731
    before, cost = indicators(), run.erp.ledger.balances["scrap_loss"]
    assert (before.quality_ratio, run.mes.execution.reports[job].good) == (1.0, 3)
    assert hands.say(e.CountCorrected, **count, good=5, scrap=0, rework=0) == (
        "5 good, 0 scrap, 0 rework; allowed: 0 to 4 pieces in all, since the last of all is counted"
    )
    assert "'' is no reason for scrap" in hands.say(e.CountCorrected, **count, good=1, scrap=1, rework=0)
    assert hands.say(e.CountCorrected, **{**count, "why": ""}, good=2, scrap=0, rework=0) == "it needs a reason"
    assert hands.say(e.CountCorrected, **{**count, "counted_us": 1}, good=2, scrap=0, rework=0).startswith(f"nobody has counted {job} at")
    assert hands.say(e.CountCorrected, **count, good=1, scrap=1, rework=0, reason="surface") == ""
    lost = run.erp.ledger.balances["scrap_loss"]
    assert hands.say(e.CountCorrected, **count, good=2, scrap=0, rework=0) == ""
    assert run.erp.ledger.balances["scrap_loss"] == cost, "nothing was lost after all"
    assert hands.say(e.CountCorrected, **count, good=1, scrap=1, rework=0, reason="surface") == ""
    assert run.erp.ledger.balances["scrap_loss"] == lost > cost
    report, after = run.mes.execution.reports[job], indicators()
    assert (report.good, report.scrap, run.mes.hand_work.left(job)) == (1, 1, 3)
    assert (after.quality_ratio, after.scrap_ratio) == (0.5, 0.5)
    assert "stopped then for 'breakdown', not 'x'" in hands.say(e.StopReasonCorrected, **{**stop, "was_reason": "x"}, reason="material jam")
    assert "'tired' is no reason for a stop" in hands.say(e.StopReasonCorrected, **stop, reason="tired")
    assert hands.say(e.StopReasonCorrected, **stop, reason="material jam") == ""
    assert {"material jam"} == set(run.stops()["reason"]) - {"break"}
    assert [type(it) for it in run.mes.hand_work.corrections] == [*[e.CountCorrected] * 3, e.StopReasonCorrected]
    reported = [it.event for it in run.journal.entries() if isinstance(it.event, e.PiecesCounted | e.StopReported)]
    assert [getattr(it, "good", None) or getattr(it, "reason", "") for it in reported] == [3, "breakdown"], "what was said first is kept"
    assert hands.say(e.PiecesCounted, job_order=job, is_last=True) == ""
    assert (run.mes.job_orders[job].good, run.mes.job_orders[job].scrap) == (4, 1)
    assert f"allowed: 2 pieces in all, since all of {job} is counted" in hands.say(
        e.CountCorrected, **count, good=2, scrap=1, rework=0, reason="surface"
    )


def test_what_comes_second_is_not_reported_first(hands: Hands) -> None:
    """wip-23 (ERPNext test_routing): B before A is rejected, whether it is started or counted, and nothing has followed from it."""
    first, second = hands.job("10"), hands.job("10").removesuffix("/10") + "/20"
    said = hands.command(JobCommand.START, second, equipment="grinder_1", person="pete")
    assert said == f"job order {second} is Waiting (operation 10 is not done); Start needs Ready"
    assert hands.say(e.PiecesCounted, "grinder_1", "pete", job_order=second, good=5) == f"grinder_1 has nothing, not '{second}'"
    job = hands.run.mes.job_orders[second]
    assert (job.status, job.good, hands.run.erp.ledger.balances["work_in_progress"]) == ("Waiting", 0, 0)
    assert hands.command(JobCommand.START, first) == ""
    assert hands.say(e.SetupDone) == ""
    assert hands.say(e.PiecesCounted, job_order=first, good=5) == ""
    assert hands.command(JobCommand.START, second, equipment="grinder_1", person="pete") == ""


def test_an_idle_unit_breaks_down_too_and_a_call_for_help_is_an_alarm(hands: Hands) -> None:
    assert hands.say(e.StopReported, reason="no power or air") == ""
    assert hands.state() == WorkUnitState.ABORTED
    assert "mill_1 is Aborted" in hands.command(JobCommand.START, hands.job("10"))
    assert "nobody is called for 'a doctor'" in hands.say(e.HelpCalled, help="a doctor")
    assert hands.say(e.HelpCalled, help="maintenance", note="no air") == ""
    assert "has been called already" in hands.say(e.HelpCalled, help="maintenance")
    assert list(hands.run.mes.equipment.records["mill_1"].alarms) == ["help: maintenance"]
    assert hands.say(e.HelpAnswered, help="maintenance", person="pete") == ""
    assert not hands.run.mes.equipment.records["mill_1"].alarms
    assert hands.say(e.StopEnded) == ""
    assert hands.state() == WorkUnitState.IDLE
    assert "nobody knows a person 'stranger'" in hands.say(e.StopReported, reason="breakdown", person="stranger")
    assert "did you mean 'mill_1'" in hands.say(e.StopReported, reason="breakdown", equipment="mil_1")


def test_who_may_sign_stands_in_a_file_and_nobody_else_signs(hands: Hands, tmp_path: Path) -> None:
    secrets, persons = tmp_path / "secrets.yaml", hands.run.plant.layout.persons
    signatures = hands.feed.signatures
    for text, words in (
        ("quinn: short", "8 signs or more"),
        ("quin: long enough", "did you mean 'quinn'"),
        ("[]", "a line 'person: secret'"),
    ):
        secrets.write_text(text)
        secrets.chmod(0o600)
        with pytest.raises(ValueError, match=words):
            signatures.enroll_all(secrets, persons)
    secrets.write_text("quinn: correct horse")
    secrets.chmod(0o600)
    signatures.enroll_all(secrets, persons)
    job = hands.job("10")
    sign = {"person": "quinn", "secret": "correct horse", "meaning": "reviewed", "terminal": "tablet 1"}
    assert "is not completed" in hands.feed.sign(job, **sign)
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    hands.say(e.PiecesCounted, job_order=job, is_last=True)
    assert "'olga' has no secret here" in hands.feed.sign(job, **{**sign, "person": "olga"})
    assert "not the secret of quinn" in hands.feed.sign(job, **{**sign, "secret": "battery staple"})
    assert "no meaning of a signature" in hands.feed.sign(job, **{**sign, "meaning": "maybe"})
    assert hands.feed.sign(job, **sign) == ""
    signed = hands.run.mes.quality.signatures[-1]
    assert signatures.doubt(signed) == ""


def test_what_was_paused_when_it_stopped_is_paused_when_it_works_again(hands: Hands) -> None:
    first = hands.job("10")
    assert hands.command(JobCommand.START, first) == ""
    assert hands.say(e.SetupDone) == ""
    assert hands.command(JobCommand.PAUSE, first, reason="break") == ""
    assert hands.say(e.StopReported, reason="material jam") == ""
    assert hands.say(e.StopEnded) == ""
    assert hands.state() == WorkUnitState.SUSPENDED
    assert hands.command(JobCommand.RESUME, first) == ""
    assert hands.say(e.StopReported, reason="material jam") == ""
    assert hands.command(JobCommand.RESTART, first) == ""
    assert hands.run.mes.hand_work.stops == {}, "it works again"
    assert hands.say(e.StopEnded) == "nobody has reported mill_1 to be stopped"


def test_who_stands_in_a_file_signs_every_page_with_that_secret_and_nobody_chooses_another(hands: Hands, tmp_path: Path) -> None:
    secrets, signatures = tmp_path / "secrets.yaml", hands.feed.signatures
    secrets.write_text("quinn: correct horse")
    secrets.chmod(0o600)
    signatures.enroll_all(secrets, hands.run.plant.layout.persons)
    record = next(iter(hands.run.journal.entries())).id

    def signed(person: str, secret: str) -> str:
        return sign(hands.feed, Session(person=person, terminal="hand-over page"), lambda: record, secret, "authored")

    assert signed("quinn", "chosen by another") == "that is not the secret of quinn; 4 more tries"
    assert signed("olga", "chosen by olga") == "'olga' has no secret here"
    assert signed("quinn", "correct horse") == ""
    (signature,) = hands.run.mes.quality.signatures
    assert signatures.doubt(signature) == ""


def test_a_secret_that_was_chosen_on_a_page_is_that_of_the_terminals_and_none_is_chosen_for_what_is_not_there(hands: Hands) -> None:
    record = next(iter(hands.run.journal.entries())).id

    def nothing() -> str:
        raise ValueError("the shift is not handed over yet")

    by = Session(person="olga", terminal="hand-over page")
    assert sign(hands.feed, by, nothing, "mistyped here", "authored") == "the shift is not handed over yet"
    assert sign(hands.feed, by, lambda: record, "chosen by olga", "authored") == ""
    assert sign(hands.feed, by, lambda: record, "mistyped here", "authored") == "that is not the secret of olga; 4 more tries"
    job = hands.job("10")
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    hands.say(e.PiecesCounted, job_order=job, is_last=True)
    assert hands.feed.sign(job, "olga", "chosen by olga", "reviewed", terminal="tablet 1") == ""
    for _ in range(5):
        words = hands.feed.sign(job, "olga", "guessed wrong", "reviewed", terminal="tablet 1")
    assert words == "that is not the secret of olga, who is locked out now; allowed: again in 15 min"
    kept = lambda: [it.event.tries_left for it in hands.run.journal.entries() if isinstance(it.event, e.SecretRefused)]  # noqa: E731
    wait_until(lambda: kept() == [4, 4, 3, 2, 1, 0])
    wait_until(lambda: [it.alert for it in hands.run.mes.alerts if it.alert == "locked_out"] == ["locked_out"])  # heard after it is written
    hands.feed = Feed(hands.run, ReplaySource([]), "by hand")
    hands.feed.signatures.choose("olga", "chosen by olga")
    assert hands.feed.signatures.why_not_of("olga", "chosen by olga").startswith("olga is locked out"), "a restart changes nothing"


def test_two_who_complete_a_job_order_at_once_complete_it_once(hands: Hands) -> None:
    """The second is heard after what the first has done, and refused in words; the plant would have counted every piece twice."""
    job = hands.job("10")
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    answers: list[str] = []
    senders = [threading.Thread(target=lambda: answers.append(hands.say(e.PiecesCounted, job_order=job, is_last=True))) for _ in range(2)]
    with hands.run.lock:  # both have spoken before the path goes on
        for sender in senders:
            sender.start()
        wait_until(lambda: len(hands.feed._source._known) >= len(senders) + 2)
    for sender in senders:
        sender.join()
    assert sorted(answers) == ["", f"mill_1 has nothing, not '{job}'"]
    assert hands.run.mes.job_orders[job].good == 5


def test_what_is_said_while_a_viewer_holds_the_plant_is_heard_and_nothing_is_counted_twice(hands: Hands) -> None:
    job, pace, source = hands.job("10"), hands.feed.pace, hands.feed._source
    assert pace
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    pace.pause()
    for number in "12":
        done = e.PiecesCounted(effective_us=0, equipment="mill_1", person="olga", terminal="tablet 1", job_order=job, is_last=True)
        source.enter(done, number, patience_s=0.5)  # the plant answers when it goes on
    assert hands.say(e.HelpCalled, help="maintenance") == "", "who says something else has not to wait for it"
    pace.resume()
    wait_until(lambda: hands.state() == WorkUnitState.IDLE)
    assert hands.run.mes.job_orders[job].good == 5


def test_two_counts_of_one_instant_are_corrected_as_one(hands: Hands) -> None:
    """While a viewer holds the plant nothing else tells them apart; the plant and the MES agree on what is left."""
    job, pace, source, run = hands.job("10"), hands.feed.pace, hands.feed._source, hands.run
    assert pace
    hands.command(JobCommand.START, job)
    hands.say(e.SetupDone)
    pace.pause()
    about: dict[str, Any] = {"effective_us": 0, "equipment": "mill_1", "person": "olga", "terminal": "tablet 1", "job_order": job}
    for number, good in (("1", 2), ("2", 1)):
        source.enter(e.PiecesCounted(**about, good=good), number, patience_s=0.5)
    pace.resume()
    wait_until(lambda: run.mes.hand_work.left(job) == 2)
    ((_, count),) = run.mes.hand_work.correcting.known_counts()
    assert count.good == 3
    assert hands.say(e.CountCorrected, job_order=job, counted_us=count.at_us, why="miscounted", good=1, scrap=0, rework=0) == ""
    assert run.mes.hand_work.left(job) == 4
    assert hands.say(e.PiecesCounted, job_order=job, is_last=True) == ""
    assert (run.mes.job_orders[job].good, sum(it.good for it in run.mes.equipment.records["mill_1"].counts)) == (5, 5)
    assert not run.violations(whole=True)
