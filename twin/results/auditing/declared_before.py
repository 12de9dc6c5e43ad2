"""What was declared before an entry said it otherwise, key by key: as the plant's files had it, or as it was said last."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from twin.model.events import DeclarationChanged, MasterDataChanged, PlantDeclared
from twin.model.master_data.dated import otherwise_by
from twin.store.journal import JournalEntry


class DeclaredBefore:
    """What is declared, as the entries of a journal say it one after the other."""

    def __init__(self, entries: Iterable[JournalEntry]) -> None:
        self._begun: PlantDeclared | None = next((it.event for it in entries if isinstance(it.event, PlantDeclared)), None)
        self._written: dict[str, dict[str, Any]] | None = None  # by table, once something is asked for
        self._said: dict[tuple[str, str], dict[str, Any]] = {}  # by table and what is declared

    def change(self, event: MasterDataChanged | DeclarationChanged, *, is_taken: bool) -> str:
        """What the keys of an entry were before it, in words; "" where nobody has said it, since no files are known."""
        of = event.table if isinstance(event, MasterDataChanged) else event.section, event.declared
        written = self._said[of] if of in self._said else self._of_files(*of)
        was = "; ".join(f"{key} {words}" for key, _ in event.changes if (words := _value(written, key, is_known=self._begun is not None)))
        if is_taken:
            is_gone = isinstance(event, DeclarationChanged) and event.is_withdrawn
            self._said[of] = {} if is_gone else otherwise_by(written, event.changes)
        return was

    def _of_files(self, table: str, declared: str) -> dict[str, Any]:
        if self._written is None:
            files = json.loads(self._begun.written) if self._begun else {"layout": {}, "materials": {}}
            self._written = {**files["layout"], **files["materials"], **files["materials"].get("finance", {})}
        found: dict[str, Any] = self._written.get(table, {}).get(declared, {})
        return found


def _value(written: Any, key: str, *, is_known: bool) -> str:
    """What stands at the path that a key is."""
    for part in key.split("."):
        written = written.get(part) if isinstance(written, dict) else None
    if written in (None, "", {}, []):
        return "nothing" if is_known else ""
    if isinstance(written, dict) and list(written) == ["constant"]:
        written = written["constant"]["value"]
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
