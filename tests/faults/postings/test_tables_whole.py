"""A fault in any function that brings tables up to the journal leaves them as they were: they tell of whole rounds, or of none of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.postings.a_month import Rounds
from tests.faults.postings.a_rarer_month import begun_rarer, rarer_rounds
from tests.faults.postings.steps import Calls
from tests.rooms.store.test_projections import stored_rows
from twin.run import carry
from twin.store.journal import DatabaseJournal
from twin.store.projections import project, project_rows

OUTERMOST = "store/projections/projecting.py project"
"""When it is left all is done, so it fails when it is entered."""


@pytest.mark.slow
def test_whichever_function_fails_tables_tell_of_whole_rounds(tmp_path: Path) -> None:
    """Each function that is at work in the rarer month, in the first round that has it at work, once what it does is done."""
    calls, struck = Calls("store/projections/"), set[str]()
    with closing(DatabaseJournal(tmp_path / "a.db")) as undisturbed, closing(DatabaseJournal(tmp_path / "b.db")) as journal:
        runs = begun_rarer(undisturbed), begun_rarer(journal)
        for facts in rarer_rounds():
            for run in runs:
                carry(Rounds([facts]), run, prompt=True)
            calls.begin()
            project(undisturbed)
            before = stored_rows(journal)
            for name in dict.fromkeys(what.split(" ", 1)[1] for what, _ in calls.end()):
                if name in struck:
                    continue
                calls.begin((f"{'call' if name == OUTERMOST else 'return'} {name}", 1))
                with pytest.raises(MemoryError, match="the fault at"):
                    project(journal)
                calls.end()
                assert stored_rows(journal) == before, name
                struck.add(name)
            project(journal)
        assert stored_rows(journal) == stored_rows(undisturbed) == project_rows(journal.entries())
    assert len(struck) > 30
