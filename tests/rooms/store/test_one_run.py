"""A journal has one plant: of two runs that begin in it at once, one has it and the other is refused, on each database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.forked import FORKED, command
from twin.model.events import CountObserved, WorkAlertRaised
from twin.model.states import Source
from twin.store.journal import PLANT_SOURCES, DatabaseJournal, StoreError, open_journal, trace_hash, verify
from twin.store.live import NOT_LIVE


def count(effective_us: int, good: int) -> CountObserved:
    return CountObserved(effective_us=effective_us, equipment="saw_1", good=good)


def test_a_run_that_began_in_the_same_empty_journal_is_refused_and_the_other_goes_on(database_url: str) -> None:
    first, second = (open_journal(database_url, excludes=PLANT_SOURCES) for _ in range(2))
    assert (len(first), len(second)) == (0, 0), "both have looked before either has written"
    first.append(count(1, 1), source=Source.SIMULATED)
    first.commit()
    for source in (Source.SIMULATED, Source.REPLAYED, Source.RULE):
        with pytest.raises(StoreError, match=r"simulated facts that somebody else has written \(entry 1\); allowed: a journal of its own"):
            second.append(count(1, 2), source=source)
    second.commit()
    first.append(count(2, 3), source=Source.SIMULATED)
    first.commit()
    assert [entry.event for entry in first.entries()] == [count(1, 1), count(2, 3)]
    assert verify(first) is None
    first.close()
    second.close()


def test_a_run_is_refused_in_the_middle_too_and_keeps_nothing_of_that_round(database_url: str) -> None:
    run, careless = open_journal(database_url, excludes=PLANT_SOURCES), DatabaseJournal(database_url)
    run.append(count(1, 1), source=Source.SIMULATED)
    run.commit()
    careless.append(count(1, 2), source=Source.LIVE)
    careless.commit()
    with pytest.raises(StoreError, match=r"live facts .* \(entry 2\)"):
        run.append(count(2, 1), source=Source.SIMULATED)
    run.commit()
    assert len(careless) == 2
    run.close()
    careless.close()


def test_what_users_say_beside_a_run_does_not_end_it(database_url: str) -> None:
    run, user = open_journal(database_url, excludes=PLANT_SOURCES), DatabaseJournal(database_url)
    for n in range(3):
        run.append(count(n, 1), source=Source.SIMULATED)
        run.commit()
        user.append(WorkAlertRaised(effective_us=n, alert="call", message="smoke"), source=Source.USER)
        user.commit()
    assert [entry.source for entry in run.entries()] == [Source.SIMULATED, Source.USER] * 3
    run.close()
    user.close()


def test_a_bridge_continues_a_live_journal_and_refuses_a_simulated_one(database_url: str) -> None:
    for n in range(2):
        bridge = open_journal(database_url, excludes=NOT_LIVE)
        bridge.append(count(n, 1), source=Source.LIVE)
        bridge.commit()
        bridge.close()
    bridge, simulation = open_journal(database_url, excludes=NOT_LIVE), DatabaseJournal(database_url)
    simulation.append(count(9, 1), source=Source.SIMULATED)
    simulation.commit()
    with pytest.raises(StoreError, match=r"simulated facts .* \(entry 3\)"):
        bridge.append(count(9, 2), source=Source.LIVE)
    bridge.close()
    simulation.close()


@pytest.mark.slow
def test_two_simulations_that_are_started_at_once_are_not_mixed(root: Path, database_url: str, tmp_path: Path) -> None:
    arguments = ["simulate", str(root / "plant_models/gearbox_shop"), "--until", "8h", "--json", "--journal", database_url, "--seed"]
    both = {FORKED.Process(target=command, args=([*arguments, seed], tmp_path / seed)): tmp_path / seed for seed in "12"}
    for run in both:
        run.start()
    for run in both:
        run.join(240)
    assert sorted(str(run.exitcode) for run in both) == ["0", "2"]
    (has_it,) = (json.loads(said.with_suffix(".out").read_text()) for run, said in both.items() if run.exitcode == 0)
    (refused,) = (said.with_suffix(".err").read_text() for run, said in both.items() if run.exitcode == 2)
    assert "allowed: a" in refused
    assert "Traceback" not in refused
    journal = open_journal(database_url, create=False)
    assert trace_hash(journal.entries()) == has_it["trace_hash"]
    assert len(journal) == has_it["event_count"]
    journal.close()
