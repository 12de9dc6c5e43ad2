"""A table with slips in it, mended as its writer probably meant it, so that the rest of the plant can be checked at once.

A misspelled key is read as the key it looks like, a wrong value of an optional key as if it were left out, and for what is needed
something stands in. What nobody knows then is noted as a doubt, and nothing that rests on it is said. A mended table is never handed out.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from twin.model.checks import Doubts
from twin.model.master_data.complaints import findings
from twin.model.measures import Table
from twin.model.problems import Document, Finding, KeyPath, nearest
from twin.store.files.stand_ins import WORD, Slot, table_of, tag_of

MAX_ROUNDS = 20
"""Slips behind slips, such as the wrong value of a misspelled key, come to light one round after another."""

T = TypeVar("T", bound=Table)


@dataclass(kw_only=True)
class Mended(Generic[T]):
    """A table as read or mended, the same in its written form, what was wrong, and the keys that were renamed, by their new path."""

    table: T
    written: Any
    found: list[Finding]
    renamed: dict[KeyPath, str] = field(default_factory=dict)

    def in_text(self, finding: Finding) -> Finding:
        """The finding at its path in the text, where renamed keys have their old names."""
        path = tuple(self.renamed.get(finding.path[: depth + 1], part) for depth, part in enumerate(finding.path))
        return finding if path == finding.path else replace(finding, path=path)


def read_or_mend(document: Document, model: type[T], written: Any, doubts: Doubts) -> Mended[T]:
    """The table in its written form as one of the model, mended if it must be; what nobody knows then is added to `doubts`.

    Nothing is wrong with no data (None): its text is.
    """
    if written is None:
        doubts.add(document, ())
        stand_in = Slot(annotation=model).stand_in()
        return Mended(table=model.model_validate(stand_in), written=stand_in, found=[])
    try:
        return Mended(table=model.model_validate(written), written=written, found=[])
    except ValidationError:
        return _Mending(document, model, copy.deepcopy(written), doubts).mended()


class _Mending(Generic[T]):
    """Rounds of finding what is wrong and mending it, until the table can be read."""

    def __init__(self, document: Document, model: type[T], written: Any, doubts: Doubts) -> None:
        self._document = document
        self._model = model
        self._doubts = doubts
        self._mended = Mended(table=cast(T, None), written=written, found=[])
        self._moved: list[tuple[KeyPath, KeyPath]] = []  # where keys were in this round, and are now

    def mended(self) -> Mended[T]:
        for _ in range(MAX_ROUNDS):
            try:
                self._mended.table = self._model.model_validate(self._mended.written)
            except ValidationError as error:
                self._round(list(findings(self._document, self._model, self._mended.written, error)))
            else:
                return self._mended
        self._mend(())
        self._mended.table = self._model.model_validate(self._mended.written)
        return self._mended

    def _round(self, complaints: list[Finding]) -> None:
        known = [complaint for complaint in complaints if not self._doubts.is_set_aside(self._document, complaint.path)]
        self._mended.found += [self._mended.in_text(complaint) for complaint in known]
        self._moved.clear()
        for complaint in sorted(complaints, key=lambda it: (not it.at_key, len(it.path))):  # keys first, for they move what is below
            path = complaint.path
            for old, new in self._moved:
                path = new + path[len(old) :] if path[: len(old)] == old else path
            if complaint.at_key:
                self._mend_key(path)
            else:
                self._mend(path)

    def _reach(self, path: KeyPath) -> tuple[KeyPath, Slot, Any]:
        """The deepest part of the path that can be mended by itself, its slot, and what stands there."""
        slot, node = Slot(annotation=self._model), self._mended.written
        for depth, part in enumerate(path):
            inner = slot.inner(node, part)
            if inner is None:
                return path[:depth], slot, node
            slot = inner
            there = part in node if isinstance(node, dict) else isinstance(part, int) and part < len(node)
            node = node[part] if there else None
        return path, slot, node

    def _mend(self, path: KeyPath) -> None:
        """Take the value away, or put another in its place if one is needed."""
        path, slot, node = self._reach(path)
        if isinstance(node, dict) and (tag := tag_of(slot.annotation, node)) and tag[0] not in node:
            node[tag[0]] = tag[1]
            self._doubts.add(self._document, (*path, tag[0]))
            return
        self._doubts.add(self._document, path)
        if not path:
            self._mended.written = slot.stand_in()
            return
        _, _, holder = self._reach(path[:-1])
        if slot.needed:
            holder[path[-1]] = slot.stand_in()
        else:
            holder.pop(path[-1], None)

    def _mend_key(self, path: KeyPath) -> None:
        """Give a key the name that it looks like, or a row one that may stand; take away what cannot be guessed."""
        above, slot, holder = self._reach(path[:-1])
        key = str(path[-1])
        if above != path[:-1] or not isinstance(holder, dict):  # a part of something that is mended as a whole
            self._mend(above)
            return
        table = table_of(slot.annotation, holder)
        if table is None:
            self._rename(above, holder, key, next(name for n in count(1) if (name := f"{WORD}.{n}") not in holder))
            self._doubts.add_incomplete(self._document, above, holder)  # the row may be any that is missed elsewhere
        elif (meant := nearest(key, table.model_fields)) is not None and meant not in holder:
            self._rename(above, holder, key, meant)
        else:
            del holder[key]
            self._doubts.add_incomplete(self._document, above, holder)

    def _rename(self, above: KeyPath, holder: dict[str, Any], key: str, name: str) -> None:
        """Call the key `name`, at its place among the others: their order is what is declared."""
        entries = [(name if old == key else old, value) for old, value in holder.items()]
        holder.clear()
        holder.update(entries)
        self._mended.renamed[*above, name] = key
        self._moved.append(((*above, key), (*above, name)))
