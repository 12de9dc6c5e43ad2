"""A run as it was recorded: its journal copied as it stands, MES and ERP by what they heard and concluded then. Nothing is decided anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from twin.model.events.plant import PlantEvent
from twin.store.ingest.rare_collections import rare_collections
from twin.store.journal import StoreError
from twin.store.journal.copying.copied import copied_in_blocks

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import Journal

ALLOWED = "allowed: a journal of the same plant"


def rebuild(recorded: Journal, run: Run, watch: Callable[[int], None] | None = None, stop: threading.Event | None = None) -> Run:
    """Let MES and ERP of `run` hear all of `recorded`, which becomes its journal with the same head; all of it, or nothing.

    What they conclude from an entry stands in the record already, so it is not kept a second time.

    Parameters
    ----------
    run : has an empty journal
    watch : told the plant's time every now and then, us
    stop : set to stop in the midst: then nothing is kept

    Raises
    ------
    StoreError : the journal is not empty, the record was changed after it was written, a database refuses, it is of another plant,
        its books do not take an entry of it, or it was stopped
    InvariantViolated : what must hold in the end does not
    """
    known = set(run.plant.equipment)
    with rare_collections(), run.lock, run.whole(is_watched=False), closing(copied_in_blocks(recorded, run.journal)) as blocks:
        for block in blocks:
            for entry in block:
                event = entry.event
                if event.equipment not in known and isinstance(event, PlantEvent) and event.equipment:
                    raise StoreError(f"entry {entry.seq} tells of '{event.equipment}', which {run.plant.id} does not have; {ALLOWED}")
            run.reapply_all([it.event for it in block])
            if stop and stop.is_set():
                raise StoreError("stopped before the end of the record; nothing of it is kept")
            if watch:
                watch(run.now_us)
        run.check_heard()
    run.remember_all()
    run.check(whole=True)
    return run
