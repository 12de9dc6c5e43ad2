"""A recorded run happens again in the rounds in which it was recorded, and tells where its commands differ."""

from __future__ import annotations

from tests.rooms.quality.valve_shop import SCENARIO, Shop
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    Heartbeat,
    JobOrderCommand,
    JobOrderStarted,
    LotHoldRequested,
    OperationsEvent,
)
from twin.model.states import JobCommand, Source, WorkUnitState
from twin.run import replay
from twin.store.journal import MemoryJournal
from twin.store.live import WATERMARK
from twin.store.replay import ReplaySource


def count(effective_us: int, good: int) -> CountObserved:
    return CountObserved(effective_us=effective_us, equipment="saw", good=good)


def start(effective_us: int, job_order: str) -> JobOrderCommand:
    return JobOrderCommand(effective_us=effective_us, equipment="saw", job_order=job_order, command=JobCommand.START)


def recorded_run() -> MemoryJournal:
    """Three rounds, two of them at the same instant, with one command between them."""
    journal = MemoryJournal()
    for fact in (count(1, 1), count(1, 2)):
        cause = journal.append(fact, source=Source.SIMULATED).id
    journal.append(start(1, "a"), source=Source.RULE, cause=cause, rule="Mes")
    begun = EquipmentStateChanged(effective_us=1, equipment="saw", state=WorkUnitState.EXECUTE, job_order="a")
    cause = journal.append(begun, source=Source.SIMULATED).id
    journal.append(JobOrderStarted(effective_us=1, equipment="saw", job_order="a"), source=Source.RULE, cause=cause, rule="Mes")
    journal.append(count(9, 3), source=Source.SIMULATED)
    return journal


def replayed(source: ReplaySource, commands: dict[int, list[OperationsEvent]] | None = None) -> list[list[OperationsEvent]]:
    rounds: list[list[OperationsEvent]] = []
    while (facts := source.advance()) is not None:
        rounds.append(list(facts))
        source.send((commands or {}).get(len(rounds), []))
    return rounds


def test_a_journal_gives_back_the_rounds_that_it_was_made_of() -> None:
    rounds = replayed(ReplaySource(recorded_run().entries()))
    assert [[fact.effective_us for fact in facts] for facts in rounds] == [[1, 1], [1], [9]]
    assert isinstance(rounds[1][0], EquipmentStateChanged)


def test_the_same_commands_are_no_divergence() -> None:
    source = ReplaySource(recorded_run().entries())
    replayed(source, {1: [start(1, "a")]})
    assert source.divergences == []


def test_commands_that_differ_are_kept_beside_the_recorded_ones() -> None:
    source = ReplaySource(recorded_run().entries())
    replayed(source, {1: [start(1, "b")], 3: [start(9, "c")]})
    assert [(d.effective_us, d.recorded, d.sent) for d in source.divergences] == [
        (1, (start(1, "a"),), (start(1, "b"),)),
        (9, (), (start(9, "c"),)),
    ]


def test_a_record_without_commands_has_nothing_to_diverge_from() -> None:
    source = ReplaySource([count(1, 1), count(2, 1)])
    replayed(source, {1: [start(1, "a")]})
    assert source.divergences == []


def test_plain_facts_give_one_round_an_instant_and_keep_their_places() -> None:
    facts = [count(5, 1), count(3, 2), count(5, 3)]
    assert replayed(ReplaySource(facts)) == [[facts[1]], [facts[0], facts[2]]]
    assert replayed(ReplaySource([])) == []


def test_a_live_recording_is_cut_at_its_watermarks() -> None:
    journal = MemoryJournal()
    mark = Heartbeat(effective_us=5, reason=WATERMARK)
    for fact in (count(5, 1), count(2, 2), mark):
        journal.append(fact, source=Source.LIVE)
    assert replayed(ReplaySource(journal.entries())) == [[count(2, 2)], [mark, count(5, 1)]]


def test_what_a_user_said_keeps_its_place_and_stays_the_users() -> None:
    journal = recorded_run()
    journal.append(start(9, "b"), source=Source.USER)
    journal.append(count(9, 4), source=Source.SIMULATED)
    source = ReplaySource(journal.entries())
    said = []
    while (facts := source.advance()) is not None:
        said.append([source.origin_of(fact) for fact in facts])
        source.send([start(1, "a")] if len(said) == 1 else [])
    assert said == [[Source.REPLAYED] * 2, [Source.REPLAYED], [Source.REPLAYED, Source.USER, Source.REPLAYED]]
    assert source.divergences == [], "nobody expects the MES to command what a user has commanded"


def test_in_a_live_recording_users_are_heard_at_their_instant() -> None:
    journal = MemoryJournal()
    journal.append(start(2, "b"), source=Source.USER)
    mark = Heartbeat(effective_us=5, reason=WATERMARK)
    for fact in (count(2, 2), count(1, 1), mark):
        journal.append(fact, source=Source.LIVE)
    source = ReplaySource(journal.entries())
    assert source.advance() == [count(1, 1)]
    facts = source.advance()
    assert facts is not None
    assert [(fact, source.origin_of(fact)) for fact in facts] == [(start(2, "b"), Source.USER), (count(2, 2), Source.REPLAYED)]


def test_what_persons_say_among_the_facts_of_a_round_is_heard_there_again() -> None:
    """As beside a simulated plant, in which a scenario lets persons say something."""
    shop = Shop().stock(10).order("A", 5)
    held = LotHoldRequested(effective_us=shop.now_us, person="quinn", terminal="tablet 3", lot="A-VALVE", reason="crack")
    shop.tell(shop._state("mill_1", WorkUnitState.EXECUTE, "A-VALVE/10"), held)
    entries = list(shop.run.journal.entries())
    again = list(replay(entries, shop.plant, SCENARIO).journal.entries())
    assert [entry.event for entry in again] == [entry.event for entry in entries]
    assert [entry.id for entry in again] == [entry.id for entry in entries]
