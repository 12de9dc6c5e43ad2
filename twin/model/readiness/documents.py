"""Documents at the point of use: instructions, drawings and recipes, with revisions that are valid from one instant to another."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from twin.model.floor.words import Id
from twin.model.measures import Table
from twin.model.readiness.scope import Scope


def _written(value: Any) -> Any:
    """Refuse a number, which would count as seconds since 1970."""
    if not isinstance(value, str | datetime):
        raise ValueError(f"an instant is needed here, not {value!r}; allowed: 2026-03-02T06:00:00+01:00")
    return value


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"'{value.isoformat()}' has no time zone; allowed: 2026-03-02T06:00:00+01:00")
    return value


EffectiveInstant = Annotated[datetime, BeforeValidator(_written), AfterValidator(_zoned)]
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def instant_us(value: datetime | None, otherwise: int = -1) -> int:
    """Microseconds since 1970 of an instant, exactly; `otherwise` where there is none."""
    if value is None:
        return otherwise
    delta = value - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def digest_of(content: str | bytes) -> str:
    """By which a content is known again: the first 16 signs of its SHA-256."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()[:16]


class Revision(Table):
    """One revision of a document: its words, or a file beside plant.yaml that holds them (text), or that only its digest is kept of.

    One that is not `released` is a draft until somebody releases it (DocumentReleased).
    """

    text: str = ""
    file: Annotated[str, Field(pattern=r"^[\w][\w./-]*$")] | None = None
    digest: str = ""  # of the file, written by whoever reads it
    effective_from: EffectiveInstant | None = None  # left out: always was
    effective_to: EffectiveInstant | None = None  # left out: until another one is
    released: bool = True

    @property
    def seal(self) -> str:
        """Its digest: of its file, or of its words."""
        return self.digest or digest_of(self.text)


class Document(Scope):
    """What somebody has to have at hand for work that is in its scope (ISO 9001, 7.5.3).

    Without a released revision that is valid, nobody may start there. `acknowledge`: nor may anybody who has not acknowledged it.
    """

    title: str = ""
    kind: Literal["instruction", "drawing", "recipe"] = "instruction"
    acknowledge: bool = False
    authority: Id | None = None  # personnel class that may release and withdraw; left out: anybody
    revisions: Annotated[dict[Id, Revision], Field(min_length=1)]
