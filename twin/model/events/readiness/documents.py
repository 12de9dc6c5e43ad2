"""Level 3: revisions of documents, who says what about them, and which were valid when a job order began."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReleased(Entry):
    """A revision may be used, from an instant to another; -1: from now on, or until a newer one is.

    Of one that nobody declared `text` are its words, or `content` its `file` as base64, which is kept here for as long as the journal is.
    With a `title` and work that it is for (`materials`, `operations`, `work_centers`) it is a document that nobody declared, of a
    `document_kind`, and this its first revision: nobody needs it before that is valid. `acknowledge`, `authority`: as of a declared one.
    """

    document: str
    revision: str
    effective_from_us: int = -1
    effective_to_us: int = -1
    text: str = ""
    file: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    content: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    title: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    document_kind: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    materials: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    operations: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    work_centers: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    acknowledge: bool = field(default=False, metadata=LEFT_OUT_IF_EMPTY)
    authority: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWithdrawn(Entry):
    """A revision may not be used any more. The one before it does not come back: nobody starts until one is released.

    `is_over`: the whole document is (`revision`: ""), so nobody needs it from now on, until a revision of it is released again.
    """

    document: str
    revision: str
    reason: str
    is_over: bool = field(default=False, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAcknowledged(Entry):
    """`person` has read and understood a revision."""

    document: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsInForce(OperationsEvent):
    """What was valid when a job order began, or went on under another revision: (document, revision, digest), and kept with it."""

    documents: tuple[tuple[str, str, str], ...]
