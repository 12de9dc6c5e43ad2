"""The last step down: what controllers said, word for word, that entries of the journal came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from twin.model.events import SignalHeard

if TYPE_CHECKING:
    from twin.results.run import Run

SIGNAL_COLUMNS = ("entry", "equipment", "connection", "signal", "said", "quality", "source_time", "known", "signal_entry")


def signals_of(run: Run, entries: Iterable[str]) -> list[dict[str, Any]]:
    """The signals of these entries (ids), in the order of the journal; none where the bridge was not asked to keep any.

    `source_time`: the controller's own (None: it told none); `known`: when the bridge read it.
    """
    wanted = set(entries)
    return [
        {
            "entry": fact, "equipment": it.equipment, "connection": it.connection, "signal": it.signal, "said": it.said,
            "quality": it.quality, "source_time": it.source_us if it.source_us >= 0 else None, "known": it.recorded_us,
            "signal_entry": entry.id,
        }
        for entry in run.journal.entries()
        if isinstance(it := entry.event, SignalHeard)
        for fact in it.facts
        if fact in wanted
    ]  # fmt: skip
