"""A stretch of time with its cause, and tilings: stretches that follow one another without gap or overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "run", "setup", "transport", "vehicle", "queue", "failure", "off shift", "operator", "material", "supplier", "batch", "blocked",
    "starved", "release", "stock", "rework", "scrap", "paused", "idle", "unknown",
]  # fmt: skip

PLANNED: frozenset[Kind] = frozenset({"run", "setup", "transport"})
"""Time that has to be; all other time is waiting."""


def order_of_blame(kind: Kind) -> int:
    """What counts first when lateness is shared out: waiting, then shifts that everybody knew of, then work that had to be."""
    return 2 if kind in PLANNED else 1 if kind == "off shift" else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start_us` up to, not including, `end_us` one thing was the reason.

    Attributes
    ----------
    what : the reason as a sentence, without its duration
    cause : what it counts under when times are summed: "mill_1 busy", "mill_1: tool_broken"
    because : what lies behind it, if that is known; tiles the same time
    """

    start_us: int
    end_us: int
    kind: Kind
    what: str
    cause: str
    equipment: str = ""
    job_order: str = ""
    because: tuple[Span, ...] = ()

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


class Tiling:
    """Spans laid one after the other from `start_us` on. Nothing is laid over what lies there already, so that they tile time."""

    def __init__(self, start_us: int) -> None:
        self.spans: list[Span] = []
        self.at_us = start_us

    def lay(self, spans: Iterable[Span]) -> None:
        """Lay the parts of `spans` that come after what lies there; a gap before one is unknown."""
        for span in spans:
            if span.end_us > self.at_us:
                self.fill(span.start_us)
                self.spans.append(cut(span, self.at_us, span.end_us))
                self.at_us = span.end_us

    def fill(self, until_us: int, kind: Kind = "unknown", what: str = "nothing is known of this time", cause: str = "") -> None:
        """One span from where it has come to up to `until_us`, if that lies ahead."""
        if until_us > self.at_us:
            self.lay([Span(start_us=self.at_us, end_us=until_us, kind=kind, what=what, cause=cause or what)])


def cut(span: Span, from_us: int, to_us: int) -> Span:
    """The part of a span, and of what lies behind it, in [from_us, to_us)."""
    start_us, end_us = max(span.start_us, from_us), min(span.end_us, to_us)
    if (start_us, end_us) == (span.start_us, span.end_us):
        return span
    return replace(span, start_us=start_us, end_us=end_us, because=tuple(_within(span.because, start_us, end_us)))


def _within(spans: Iterable[Span], from_us: int, to_us: int) -> list[Span]:
    return [cut(span, from_us, to_us) for span in spans if span.end_us > from_us and span.start_us < to_us]


def fitted(
    spans: Sequence[Span], from_us: int, to_us: int, what: str = "nothing of it was there or begun", kind: Kind = "unknown"
) -> tuple[Span, ...]:
    """`spans`, which tile some time, cut to [from_us, to_us); what they leave over before and after is said to be `what`."""
    tiling = Tiling(from_us)
    inside = _within(spans, from_us, to_us)
    if inside:
        tiling.fill(inside[0].start_us, kind, what)
    tiling.lay(inside)
    tiling.fill(to_us, kind, what)
    return tuple(tiling.spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of the same kind and cause, with nothing behind them, as one, in the words of the longest.

    Not of a wait for persons: who was off shift then was not so before.
    """
    found: list[Span] = []
    longest_us = 0
    for span in spans:
        before = found[-1] if found else None
        is_told_apart = before and span.kind == "operator" and span.what != before.what
        if before and not is_told_apart and (before.kind, before.cause, before.because, span.because) == (span.kind, span.cause, (), ()):
            what = span.what if span.duration_us > longest_us else before.what
            longest_us = max(longest_us, span.duration_us)
            found[-1] = replace(before, end_us=span.end_us, what=what)
        else:
            found.append(span)
            longest_us = span.duration_us
    return found
