"""A shift worked by hand is in its journal: a kill -9 costs nothing of what was answered, and served again the shift goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.apps.test_by_hand import Hands
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.results.test_users import told
from twin.apps.feeds import by_hand
from twin.model import events as e
from twin.model.readiness.earlier import happened_at
from twin.model.states import JobCommand, Source, WorkUnitState
from twin.run import replay
from twin.store.journal import StoreError, open_journal

ROOT = Path(__file__).parents[3]
ANSWERED = "answered"


def worked(url: str) -> None:
    """What a process does until it is killed: a set-up, a piece after the other, each told to the parent once it is answered."""
    with running(by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600, journal=url)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        hands = Hands(feed)
        job = hands.job("10")
        assert hands.command(JobCommand.START, job) == ""
        assert hands.say(e.SetupDone) == ""
        assert "'' is no reason for scrap" in hands.say(e.PiecesCounted, job_order=job, scrap=1), "what was refused stays refused"
        count = e.PiecesCounted(effective_us=0, equipment="mill_1", person="olga", terminal="tablet 1", job_order=job, good=1)
        for piece in range(3):
            said = replace(count, entry_id=f"piece {piece}")
            assert feed.enter(lambda at_us, it=said: happened_at(it, at_us - 1, at_us), said.entry_id) == "", "it was counted before"
            print(ANSWERED, flush=True)
        sys.stdin.read()  # until somebody kills it


def killed(url: str) -> None:
    """Work there in another process, and kill it after the third piece was answered."""
    code = f"from tests.rooms.apps.test_hand_journal import worked; worked({url!r})"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert [process.stdout.readline().strip() for _ in range(3)] == [ANSWERED] * 3
        process.kill()
        assert process.wait() == -signal.SIGKILL


@pytest.fixture
def left(database_url: str) -> str:
    killed(database_url)
    return database_url


@pytest.mark.slow
def test_a_shift_survives_kill_9_and_goes_on_where_it_was(left: str) -> None:
    with running(by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600, journal=left)) as feed:
        hands, run = Hands(feed), feed.run
        job = hands.job("10")
        assert hands.state() == WorkUnitState.EXECUTE
        assert run.mes.execution.reports[job].good == 3
        began_us = run.now_us
        again = e.PiecesCounted(effective_us=0, equipment="mill_1", person="olga", terminal="tablet 1", job_order=job, good=1)
        assert feed.enter(again, "piece 2") == "", "a tablet that got no answer sends it again"
        assert run.mes.execution.reports[job].good == 3
        assert feed.now_us - began_us < 3600_000_000, "plant time stood still meanwhile"
        assert hands.say(e.PiecesCounted, job_order=job, is_last=True) == ""
        wait_until(lambda: hands.state() == WorkUnitState.IDLE)
        assert hands.command(JobCommand.START, hands.job("10", 1)) == ""
        assert hands.say(e.StopReported, reason="breakdown") == ""
        wait_until(lambda: hands.state() == WorkUnitState.HELD)
        stood_us = feed.now_us
    assert run.now_us >= stood_us, "it goes on where the clock stood, not at the last entry"
    assert run.violations(whole=True) == []
    replayed = replay(list(run.journal.entries()), run.plant, run.scenario)
    assert told(replayed) == told(run)
    assert replayed.trace_hash == run.trace_hash
    count = len(run.journal)
    third = by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600, journal=left)
    assert (third.run.now_us, len(third.run.journal)) == (run.now_us, count), "served a third time, nothing is added and nothing lost"
    assert Hands(third).state() == WorkUnitState.HELD


@pytest.mark.slow
def test_a_shift_of_the_gearbox_shop_goes_on_whose_suppliers_have_heard_of_orders(root: Path, tmp_path: Path) -> None:
    """That a supplier hears of an order says nothing: it happens between two entries all the same."""
    asked = (root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/baseline.yaml")
    with running(by_hand(*asked, seed=1, speed=600, journal=str(tmp_path / "shift.db"))) as feed:
        wait_until(lambda: bool(feed.run.erp.purchasing.orders))
        for unit in ("saw_1", "hobber_1"):
            assert feed.enter(e.HelpCalled(effective_us=0, equipment=unit, person="anna", terminal="t", help="maintenance")) == ""
    again = by_hand(*asked, seed=1, speed=600, journal=str(tmp_path / "shift.db"))
    assert told(again.run) == told(feed.run)


@pytest.mark.slow
def test_a_journal_of_another_plant_or_scenario_is_refused_in_words_and_left_as_it_is(left: str) -> None:
    journal = open_journal(left)
    count, head = len(journal), journal.head
    later = two_orders().model_copy(update={"start": two_orders().start + timedelta(days=1)})
    one_order = two_orders().model_copy(
        update={"demand": two_orders().demand.model_copy(update={"orders": two_orders().demand.orders[:1]})}
    )
    for scenario, words in ((later, "is Heartbeat, and in this plant nothing happens"), (one_order, "is .*, and this plant says .* there")):
        with pytest.raises(StoreError, match=f"{words}.*allowed: the plant, scenario"):
            by_hand(hand_shop(final=FINAL), scenario, seed=1, speed=600, journal=left)
    assert (len(journal), journal.head) == (count, head)
    journal.append(e.Heartbeat(effective_us=1, reason="clock"), source=Source.LIVE)
    journal.commit()
    journal.close()
    with pytest.raises(StoreError, match=f"entry {count + 1} of the journal is a live fact"):
        by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600, journal=left)


def test_two_who_serve_one_journal_do_not_mix(database_url: str) -> None:
    """Whoever comes second has the journal; the first one stops, and says why."""
    first = by_hand(hand_shop(), two_orders(), seed=1, speed=600, journal=database_url)
    second = by_hand(hand_shop(), two_orders(), seed=1, speed=600, journal=database_url)
    with running(second):
        wait_until(lambda: len(second.run.mes.job_orders) >= 4)
    first.start()
    wait_until(lambda: bool(first.failure))
    assert "that somebody else has written" in first.failure
    first.stop()
