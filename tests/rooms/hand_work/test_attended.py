"""Who only sets a machine up is free once it runs by itself, by hand too: one person has several machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_by_hand import Hands
from tests.rooms.apps.test_entries import running, wait_until
from twin.apps.feeds import by_hand
from twin.model import events as e
from twin.model.plant import Plant
from twin.model.states import JobCommand, WorkUnitState
from twin.run import replay
from twin.simulation.beside.hand_worked_plant import HandWorkedPlant


def shop() -> Plant:
    """Boring needs somebody for the set-up alone, grinding all the time."""
    bore = {"title": "Bore", "work_center": "boring", "personnel_class": "operator", "attended": "setup"}
    grind = {"title": "Grind", "work_center": "grinding", "personnel_class": "operator"}
    return hand_shop({"process_segments": {"bore": bore, "grind": grind}})


def test_who_has_set_the_mill_up_grinds_while_it_runs() -> None:
    with running(by_hand(shop(), two_orders(), seed=1, speed=600)) as feed:
        hands, run = Hands(feed), feed.run
        wait_until(lambda: len(run.mes.job_orders) >= 4)
        first, second = hands.job("10"), hands.job("10", 1)
        assert hands.command(JobCommand.START, first) == ""
        assert run.mes.personnel.places() == {"olga": ["mill_1"]}, "she sets it up"
        assert hands.say(e.StopReported, reason="tool broken") == ""
        assert run.mes.personnel.places() == {"olga": ["mill_1"]}, "a set-up that has stopped is still hers"
        assert hands.say(e.StopEnded) == ""
        assert hands.say(e.SetupDone) == ""
        assert run.mes.personnel.places() == {}
        assert hands.say(e.PiecesCounted, job_order=first, good=5) == ""
        assert hands.command(JobCommand.START, second) == ""
        ground = hands.job("20")
        assert hands.state() == WorkUnitState.EXECUTE, "it is set up for the next one, too"
        assert hands.command(JobCommand.START, ground, equipment="grinder_1") == "", "the mill runs by itself"
        assert run.mes.personnel.places() == {"olga": ["grinder_1"]}
        assert hands.state() == hands.state("grinder_1") == WorkUnitState.EXECUTE
    assert run.violations(whole=True) == []
    assert replay(list(run.journal.entries()), run.plant, run.scenario).trace_hash == run.trace_hash


def test_a_journal_in_which_whoever_set_it_up_stood_there_all_the_time_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/shift.db"
    with monkeypatch.context() as before, running(by_hand(shop(), two_orders(), seed=1, speed=600, journal=url)) as feed:
        before.setattr(HandWorkedPlant, "_attending", staticmethod(lambda unit: unit.person))
        hands = Hands(feed)
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        job = hands.job("10")
        assert hands.command(JobCommand.START, job) == hands.say(e.SetupDone) == ""
        assert feed.run.mes.personnel.places() == {"olga": ["mill_1"]}
    with running(by_hand(shop(), two_orders(), seed=1, speed=600, journal=url)) as feed:
        assert feed.run.mes.personnel.places() == {"olga": ["mill_1"]}, "as it was said then"
        assert Hands(feed).say(e.PiecesCounted, job_order=job, good=5) == ""
        assert feed.run.mes.personnel.places() == {}
    assert not feed.failure
