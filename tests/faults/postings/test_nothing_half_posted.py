"""A fault at any step of a posting leaves nothing by half, neither in books nor in journal nor in tables, and is said in words."""

from __future__ import annotations

import itertools
import pickle
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from tests.faults.postings.a_month import PLANT, SCENARIO, Rounds, begun, books, rounds
from tests.faults.postings.a_rarer_month import begun_rarer, rarer_rounds
from tests.faults.postings.steps import Calls, Statements, Step, ender_of, refuse_once
from tests.rooms.apps.test_entries import wait_until
from tests.rooms.store.test_projections import stored_rows
from twin.apps.feed import Feed
from twin.model.events import EntryProposed, JournalPosted, OperationsEvent
from twin.results.run import Run
from twin.run import carry, replay
from twin.store.journal import DatabaseJournal, MemoryJournal, StoreError, verify
from twin.store.projections import project, project_rows

ROOMS = ("erp/", "run.py", "results/run.py", "results/restoring/", "store/journal/")
POSTED, APPENDED = "return erp/accounting/ledger.py Ledger.post", "call store/journal/database_journal.py DatabaseJournal.append"
"""Between every entry's posting and what comes next; before what is written down, in every fourth round."""
COMMIT, SETTLED = (
    ("call store/journal/database_journal.py DatabaseJournal.commit", 1),
    ("return results/restoring/of_run.py RestoringOfRun.settle", 1),
)
EMPTIED = "nothing of what was under way is kept, and the books of this run are empty: its journal has all before it"
AT_THE_RIM = ("RestoringOfRun.whole", "_carry.<locals>.<setcomp>")
"""Before anything is done, or when all of it is."""
MONTH, RARER = rounds(), rarer_rounds()
SELDOM = {"service receipt", "co-product", "by-product", "energy demand", "rework", "unbuild", "maintenance", "revaluation"}


class Told(Rounds):
    """Rounds of which each is watched: its steps are counted, or one of them fails."""

    def __init__(self, rounds: Sequence[Sequence[OperationsEvent]], calls: Calls, fails_at: Step | None = None) -> None:
        super().__init__(rounds)
        self.steps: list[list[Step]] = []  # of each round
        self.fails_in: dict[int, Step | None] = {0: fails_at}
        self._calls = calls

    def advance(self) -> Sequence[OperationsEvent] | None:
        facts = super().advance()
        if facts:
            self._calls.begin(self.fails_in.get(len(self.steps)))
        return facts

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self.steps.append(self._calls.end())


class Month:
    """The undisturbed month: its steps by round; books and length of the journal before the first round and after each; its head."""

    def __init__(self, journal: DatabaseJournal, rounds: Sequence[Sequence[OperationsEvent]], begin: Callable[..., Run]) -> None:
        carry(Rounds(rounds), begin(), prompt=True)  # what functions remember for the whole process they remember now
        run, self.steps = begin(journal), list[list[Step]]()
        self.books, self.lengths = [books(run)], [0]
        for facts in rounds:
            carry(told := Told([facts], Calls(*ROOMS)), run, prompt=True)
            self.steps += told.steps
            self.books.append(books(run))
            self.lengths.append(len(journal))
        self.head = journal.head
        assert run.violations(whole=True) == []

    def is_after(self, number: int, run: Run, journal: DatabaseJournal) -> bool:
        """Whether books and journal are those after that round; else both are those before it."""
        is_after = len(journal) == self.lengths[number + 1]
        assert len(journal) == self.lengths[number + is_after]
        assert books(run) == self.books[number + is_after]
        return is_after

    def is_all_of(self, run: Run, journal: DatabaseJournal) -> bool:
        """As if nothing had happened."""
        return (journal.head, books(run), run.violations(whole=True)) == (self.head, self.books[-1], [])


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with closing(DatabaseJournal(tmp_path_factory.mktemp("month") / "undisturbed.db")) as journal:
        yield Month(journal, MONTH, begun)


@pytest.fixture(autouse=True)
def nothing_fails_later() -> Iterator[None]:
    """No fault is left behind."""
    yield
    Calls().end()


def chosen(steps: list[list[Step]]) -> list[list[Step]]:
    """Of every function that is at work one step, entered or left, in one of the rounds; of posting every one."""
    draw, by_function = random.Random(13), dict[str, list[tuple[int, int]]]()
    places: list[set[int]] = [set() for _ in steps]
    for number, of_round in enumerate(steps):
        for place, (what, _) in enumerate(of_round[: of_round.index(SETTLED) + 1]):
            if what == POSTED or (what == APPENDED and number % 4 == 1):
                places[number].add(place)
            by_function.setdefault(function_of(what), []).append((number, place))
    committing = iter(range(len(steps)))  # after a commit a round is over: one of these steps in each
    for some in by_function.values():
        number, place = draw.choice(some[: len(some) // 3 + 1])  # the earlier, the less has to be made again
        if place >= steps[number].index(COMMIT):
            number = next(committing)
            place = next(place for of, place in some if of == number)
        places[number].add(place)
    return [[of_round[place] for place in sorted(some)] for of_round, some in zip(steps, places, strict=True)]


def function_of(what: str) -> str:
    return what.split(" ", 1)[1]


def fault_of(run: Run, source: Rounds, *, prompt: bool = True) -> list[str]:
    """The words of what ended it, and how the books stand; none if it went through. Of the fault itself nothing is kept, so that what it
    has in its hands (a connection) is let go."""
    try:
        carry(source, run, prompt=prompt)
    except (MemoryError, StoreError) as fault:
        return [str(fault), *getattr(fault, "__notes__", ())]
    finally:
        sys.setprofile(None)
    return []


@pytest.mark.slow
def test_whichever_function_fails_the_books_are_those_before_or_those_after(database_url: str, month: Month) -> None:
    """Beside every posting and every entry of the journal: every function of the ERP, the path and the journal, entered or left."""
    every = 32 if "postgresql" in database_url else 1  # there a step takes longer
    struck, missed, calls, journal = set[str](), set[str](), Calls(*ROOMS), DatabaseJournal(database_url)
    run = begun(journal)
    for number, facts in enumerate(MONTH):
        for what, count in chosen(month.steps)[number][::every]:
            fault = fault_of(run, Told([facts], calls, (what, count)))
            (struck if fault else missed).add(function_of(what))
            if fault and not what.endswith(AT_THE_RIM):
                assert fault[0] == f"the fault at {what}"
                assert fault[1].startswith("nothing of what was under way is kept: the books are as they were after"), what
            if month.is_after(number, run, journal):
                break
        else:
            carry(Rounds([facts]), run, prompt=True)
    assert month.is_all_of(run, journal)
    assert len(struck) > (300 if every == 1 else 5)
    assert every > 1 or missed <= struck
    journal.close()


@pytest.mark.slow
def test_whatever_is_seldom_booked_is_not_booked_by_half_either(tmp_path: Path, month: Month) -> None:
    """Every function of the ERP and the journal that only the rarer month has at work fails once, entered or left, in some round.

    Each strikes the books of before its round, from a snapshot: they are not made again. In every eighth round they are, for who watches.
    """
    daily = {function_of(what) for of_round in month.steps for what, _ in of_round}
    with closing(DatabaseJournal(tmp_path / "undisturbed.db")) as undisturbed:
        rarer = Month(undisturbed, RARER, begun_rarer)
        documents = {it.event.document for it in undisturbed.entries() if isinstance(it.event, JournalPosted)}
    assert documents >= SELDOM
    run, calls, struck = begun_rarer(journal := MemoryJournal()), Calls(*ROOMS), set[str]()
    steps = once_each([of_round[: of_round.index(COMMIT)] for of_round in rarer.steps], daily)
    for number, facts in enumerate(RARER):
        before, head = Snapshot(run), journal.head
        for step in steps[number]:
            fault = fault_of(run, Told([facts], calls, step), prompt=False)
            assert fault == [f"the fault at {step[0]}", EMPTIED], step
            assert (len(journal), journal.head, run.erp.ledger.entries) == (rarer.lengths[number], head, []), step
            struck.add(function_of(step[0]))
            before.restore(run)
        if steps[number] and number % 8 == 0:
            assert fault_of(run, Told([facts], calls, steps[number][-1]))[1].startswith("nothing of what was under way is kept")
            assert not rarer.is_after(number, run, journal)
        carry(Rounds([facts]), run, prompt=True)
    assert rarer.is_all_of(run, journal)
    assert struck == {function_of(what) for of_round in rarer.steps for what, _ in of_round[: of_round.index(COMMIT)]} - daily
    assert len(struck) > 400


def once_each(steps: Sequence[Sequence[Step]], known: set[str]) -> list[list[Step]]:
    """Each function but those that are known, entered or left as it is drawn, in the first round that has it at work."""
    draw, seen, found = random.Random(13), set(known), list[list[Step]]()
    for of_round in steps:
        by_function: dict[str, list[Step]] = {}
        for it in of_round:
            by_function.setdefault(function_of(it[0]), []).append(it)
        found.append([draw.choice(some) for name, some in by_function.items() if name not in seen])
        seen |= set(by_function)
    return found


class Snapshot:
    """A run as it stands, to go on from there again."""

    def __init__(self, run: Run) -> None:
        self._kept = pickle.dumps({name: getattr(run, name) for name in ("mes", "erp", "now_us", "has_ended", "_audited_count", "_looked")})

    def restore(self, run: Run) -> None:
        for name, kept in pickle.loads(self._kept).items():
            setattr(run, name, kept)


@pytest.mark.slow
def test_whichever_statement_the_database_refuses_nothing_of_it_is_kept(database_url: str, month: Month) -> None:
    """SQLite refuses the statement; the process of PostgreSQL is ended before it. Started again, the run goes on as if nothing had been."""
    on_sqlite = "sqlite" in database_url
    with nullcontext(refuse_once) if on_sqlite else ender_of(database_url) as break_off, closing(DatabaseJournal(database_url)) as journal:
        statements, run, failed, seen = Statements(journal.engine, break_off), begun(journal), set[int](), set[str]()
        for number, facts in enumerate(MONTH):
            for at in range(1, 9) if number % (4 if on_sqlite else 20) == 1 else ():
                statements.begin(fails_at=at)
                fault = fault_of(run, Rounds([facts]))
                seen |= set(statements.steps)
                statements.begin()
                if fault and not month.is_after(number, run, journal):
                    assert fault[0].startswith(f"'{journal.url.render_as_string()}")
                    assert "the books are as they were after" in fault[1]
                    failed.add(at)
                if month.is_after(number, run, journal):
                    break
            else:
                carry(Rounds([facts]), run, prompt=True)
        assert month.is_all_of(run, journal)
        assert {it.split(" ")[0] for it in seen} >= {"SELECT", "INSERT", "COMMIT"}
        assert len(failed) > 3, "a round has so many statements"
        _fail_in_tables(journal, statements)
        again = begun(DatabaseJournal(database_url))
        carry(Rounds(MONTH), again, prompt=True)
        assert month.is_all_of(again, journal), "said again, nothing is there twice"
        assert verify(journal) is None


def _fail_in_tables(journal: DatabaseJournal, statements: Statements) -> None:
    """At each statement of bringing the tables up to the journal in turn, until they are: they tell of whole batches."""
    entries, seen, batch = list(journal.entries()), set[str](), 40
    whole = [project_rows(entries[:until]) for until in range(0, len(entries) + batch, batch)]
    for at in itertools.count(1):
        statements.begin(fails_at=at)
        try:
            project(journal, batch=batch)
            break
        except StoreError:
            seen |= set(statements.steps)
        finally:
            statements.begin()
        assert stored_rows(journal) in whole
    assert stored_rows(journal) == whole[-1]
    assert any("UPDATE" in it for it in seen)
    assert any("INSERT INTO posting" in it for it in seen)


def test_pages_show_whole_books_after_a_fault_and_say_what_has_failed(tmp_path: Path, month: Month) -> None:
    journal, number = DatabaseJournal(tmp_path / "plant.db"), 27
    step = next(it for it in month.steps[number] if it[0] == "return erp/accounting/ledger.py Ledger.post")
    feed = Feed(begun(journal), source := Told(MONTH[: number + 1], Calls(*ROOMS)), "simulated")
    source.fails_in[number] = step
    feed.start()
    wait_until(lambda: bool(feed.failure))
    assert feed.failure.startswith(
        f"MemoryError: the fault at {step[0]}; nothing of what was under way is kept: the books are as they were"
    )
    assert feed.look(books) == month.books[number]
    said = EntryProposed(effective_us=0, document="rent", legs=(("overhead", 9), ("cash", -9)), person="anna", terminal="office")
    assert feed.enter(said) == f"the run has stopped: {feed.failure}"
    assert (len(journal), feed.look(books)) == (month.lengths[number], month.books[number])
    with closing(DatabaseJournal(tmp_path / "plant.db")) as other:  # nobody waits for the writer that has failed
        restarted = begun(other)
        carry(Rounds(MONTH), restarted, prompt=True)
        assert month.is_all_of(restarted, other)
    feed.stop()
    assert books(replay(list(journal.entries()), PLANT, SCENARIO)) == month.books[-1]
