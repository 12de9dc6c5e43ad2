"""Garbage is looked for rarely while runs are carried, and as often as usual when the last of them has ended."""

from __future__ import annotations

import gc
from contextlib import ExitStack

from twin.store.ingest.rare_collections import CREATED, rare_collections


def test_runs_that_overlap_leave_the_threshold_as_it_was() -> None:
    before = gc.get_threshold()
    first, second = ExitStack(), ExitStack()
    first.enter_context(rare_collections())
    second.enter_context(rare_collections())
    first.close()
    assert gc.get_threshold()[0] == CREATED
    second.close()
    assert gc.get_threshold() == before
