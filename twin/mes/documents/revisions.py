"""Revisions of documents: which of them is valid at an instant, and who has acknowledged it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.model.events import DocumentAcknowledged, DocumentReleased, DocumentWithdrawn
from twin.model.readiness.documents import Document, digest_of, instant_us
from twin.model.readiness.opened import TEXT, content_of, media_of


@dataclass(slots=True, kw_only=True)
class RevisionRecord:
    """One revision as it stands. Released and not withdrawn, it may be valid from `from_us` up to, not including, `to_us` (-1: open)."""

    revision: str
    text: str
    digest: str
    file: str = ""
    content: str = ""  # of a file that came with the entry, as base64
    from_us: int = -1
    to_us: int = -1
    is_released: bool = True
    released_by: str = ""
    released_us: int = -1
    withdrawn_us: int = -1
    withdrawn_by: str = ""
    reason: str = ""
    acknowledged: dict[str, int] = field(default_factory=dict)  # person -> when

    @property
    def standing(self) -> str:
        """In a word; a released one may lie ahead, or have been replaced."""
        if self.withdrawn_us >= 0:
            return "withdrawn"
        return "released" if self.is_released else "draft"


class Revisions:
    """All revisions of one document. Of those that are released and have begun, the one that began last counts, and no other."""

    def __init__(self, name: str, declared: Document) -> None:
        self.name, self.declared = name, declared
        self.needed_us: list[tuple[int, bool]] = [(0, True)]  # from when on it is needed, or is not
        self.all = {
            revision: RevisionRecord(
                revision=revision, text=it.text, digest=it.seal, file=it.file or "", from_us=instant_us(it.effective_from, 0),
                to_us=instant_us(it.effective_to), is_released=it.released,
            )
            for revision, it in declared.revisions.items()
        }  # fmt: skip
        self._turn = dict.fromkeys(self.all, 0)  # of those that begin at one instant the one that was released last counts
        self._turns = 0
        self._until_then: list[
            tuple[int, RevisionRecord]
        ] = []  # with its turn: what stays valid until other words of the same revision begin

    def valid_at(self, at_us: int) -> RevisionRecord | None:
        """The revision that is to be used at `at_us`; None if there is none."""
        turns = [*self._until_then, *((self._turn[it.revision], it) for it in self.all.values())]
        begun = [(it.from_us, turn, n, it) for n, (turn, it) in enumerate(turns) if it.is_released and it.from_us <= at_us]
        if not begun:
            return None
        newest = max(begun)[-1]
        is_over = 0 <= newest.to_us <= at_us or 0 <= newest.withdrawn_us <= at_us
        return None if is_over else newest

    def is_needed_at(self, at_us: int) -> bool:
        """Whether work in its scope needs it then: from its first revision on, where nobody declared it, and not once it is over."""
        begun = ((since_us, n, is_needed) for n, (since_us, is_needed) in enumerate(self.needed_us) if since_us <= at_us)
        return max(begun, default=(0, 0, False))[-1]

    @property
    def every(self) -> Iterator[RevisionRecord]:
        """All revisions, with other words of one that stay valid until those begin which were released since."""
        yield from self.all.values()
        yield from (it for _, it in self._until_then)

    def coming(self, at_us: int) -> Iterator[RevisionRecord]:
        """Released revisions that begin later: they may be read ahead, once they are released."""
        yield from (
            it for it in self.all.values() if it.is_released and it.withdrawn_us < 0 and it.from_us > at_us and it.released_us <= at_us
        )

    def release(self, event: DocumentReleased) -> None:
        known = self.all.get(event.revision)
        said = _said(event) if event.text or event.content or known is None else (known.text, known.file, known.content, known.digest)
        text, file, content, digest = said
        kept = known.acknowledged if known and known.digest == digest else {}  # other words have to be read anew
        if known and event.effective_from_us > event.effective_us and self.valid_at(event.effective_us) is known:
            self._until_then.append((self._turn[event.revision], known))
        self.all[event.revision] = RevisionRecord(
            revision=event.revision, text=text, digest=digest, file=file, content=content,
            from_us=event.effective_us if event.effective_from_us < 0 else event.effective_from_us, to_us=event.effective_to_us,
            released_by=event.person, released_us=event.effective_us, acknowledged=kept,
        )  # fmt: skip
        if not self.is_needed_at(from_us := self.all[event.revision].from_us):
            self.needed_us.append((from_us, True))
        self._turns += 1
        self._turn[event.revision] = self._turns

    def withdraw(self, event: DocumentWithdrawn) -> None:
        if event.is_over:
            self.needed_us = [*(it for it in self.needed_us if it[0] <= event.effective_us), (event.effective_us, False)]
            return
        for it in (self.all[event.revision], *(it for _, it in self._until_then if it.revision == event.revision)):
            it.withdrawn_us, it.withdrawn_by, it.reason = event.effective_us, event.person, event.reason

    def to_acknowledge(self, revision: str, at_us: int) -> list[RevisionRecord]:
        """What of a revision may be read and acknowledged: its words that are valid, and others that are coming."""
        return [it for it in (self.valid_at(at_us), *self.coming(at_us)) if it and it.revision == revision]

    def acknowledge(self, event: DocumentAcknowledged) -> None:
        """A person has read it: the words that are valid now, or once those are read the ones that are coming."""
        unread = (it for it in self.to_acknowledge(event.revision, event.effective_us) if event.person not in it.acknowledged)
        next(unread, self.all[event.revision]).acknowledged[event.person] = event.effective_us

    @property
    def words(self) -> str:
        """As it is named on the floor."""
        return f"{self.declared.kind} {self.name}"


def _said(event: DocumentReleased) -> tuple[str, str, str, str]:
    """What an entry says of a revision: its words, its file, the content of that and the digest of either."""
    if not event.content:
        return event.text, "", "", digest_of(event.text)
    content = content_of(event.content)
    words = content.decode() if media_of(event.file) == TEXT else ""
    return words, event.file, event.content, digest_of(content)
