"""What cannot be relied on while files with slips in them are checked: whoever mends a slip notes here what nobody knows now.

A check looks at the mended tables as if nothing were wrong, and says what each of its findings rests on. A finding that rests on
what is in doubt may be the fault of the mending, so it is not said until the slip is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twin.model.problems import Document, Finding, KeyPath, Place


class Doubts:
    """Places whose contents nobody knows, and tables that may hold more than stands in them."""

    def __init__(self) -> None:
        self._unknown: set[Place] = set()
        self._incomplete: dict[Place, frozenset[str]] = {}

    def copy(self) -> Doubts:
        other = Doubts()
        other._unknown, other._incomplete = set(self._unknown), dict(self._incomplete)
        return other

    def add(self, document: Document, path: KeyPath) -> None:
        """Nobody knows what was meant to stand at `path`."""
        self._unknown.add((document, *path))

    def add_incomplete(self, document: Document, path: KeyPath, there: Iterable[str]) -> None:
        """The table at `path` may hold more keys than are `there`, under names that nobody knows."""
        place = (document, *path)
        known = self._incomplete.get(place)
        self._incomplete[place] = frozenset(there) if known is None else known & frozenset(there)

    def spoil(self, finding: Finding, there: Iterable[str]) -> None:
        """Doubt what the finding calls meaningless: a row whose name means nothing may be any but those that are `there` beside it."""
        if finding.at_key:
            self.add_incomplete(finding.document, finding.path[:-1], there)
        else:
            self.add(finding.document, finding.path)

    def touch(self, finding: Finding) -> bool:
        """Whether the finding rests on anything in doubt: where it stands (of a key, the table that holds it), and what it names."""
        own = (finding.document, *(finding.path[:-1] if finding.at_key else finding.path))
        return any(self._is_in_doubt(place) for place in (own, *finding.rests_on))

    def is_unknown(self, document: Document, path: KeyPath) -> bool:
        """Whether nobody knows what stands at `path`, or may be missing there."""
        return self._is_in_doubt((document, *path))

    def is_set_aside(self, document: Document, path: KeyPath) -> bool:
        """Whether what stands at `path` is unknown. What is missing from a table that may hold more is missing all the same."""
        return any(_covers(unknown, (document, *path)) for unknown in self._unknown)

    def _is_in_doubt(self, place: Place) -> bool:
        if any(_covers(unknown, place) for unknown in self._unknown):
            return True
        return any(_may_hold(table, there, place) for table, there in self._incomplete.items())


def _matches(part: str | int, other: str | int) -> bool:
    return other in (part, "*")


def _covers(unknown: Place, place: Place) -> bool:
    """Whether `place` is the unknown one, or within it; or holds it, if all that is within counts."""
    pairs: Iterator[tuple[str | int, str | int]] = zip(unknown, place, strict=False)
    for part, other in pairs:
        if other == "**":
            return True
        if not _matches(part, other):
            return False
    return len(unknown) <= len(place) - (place[-1:] == ("**",))


def _may_hold(table: Place, there: frozenset[str], place: Place) -> bool:
    """Whether `place` is a part that the incomplete table may hold besides those that are there, or all of its parts."""
    if not _covers(table, place):
        return False
    if "**" in place[: len(table) + 1]:
        return True
    beyond = place[len(table) : len(table) + 1]
    return bool(beyond) and (beyond[0] == "*" or beyond[0] not in there)
