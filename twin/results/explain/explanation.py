"""An answer: what happened in words, a table of the chain with its durations, and what it was late by for which cause."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.model.calendars import written_local
from twin.model.measures import US_PER_H
from twin.results.explain.span import PLANNED, Span, joined, order_of_blame

if TYPE_CHECKING:
    import pandas as pd

US_PER_MIN = 60_000_000
COLUMNS = ("level", "start", "end", "duration_h", "share", "kind", "what", "cause", "equipment", "job_order")
DEEPEST = 4  # levels of causes that words go down to; the table has all
BROADEST = 6  # causes on one level that words name; the table has all
ON_FIRST_LEVEL = 40


def spoken(duration_us: int) -> str:
    """A duration in its two largest units: "2 d 3 h", "4 h 20 min"."""
    minutes = (duration_us + US_PER_MIN // 2) // US_PER_MIN
    if minutes < 1:
        return f"{duration_us / 1e6:.0f} s"
    (days, rest), hours = divmod(minutes, 1440), minutes % 1440 // 60
    parts = ((days, "d"), (hours, "h")) if days else ((hours, "h"), (rest % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def leaves(spans: Iterable[Span]) -> Iterable[Span]:
    """The last causes. What is done again is not taken apart: without the loss none of that time would have been needed."""
    for span in spans:
        if span.because and span.kind not in ("rework", "scrap"):
            yield from leaves(span.because)
        else:
            yield span


def totals(spans: Iterable[Span]) -> list[tuple[str, int, bool]]:
    """Cause, time and whether that was waiting, in the order of blame; of one order the longest first."""
    sums: dict[str, int] = {}
    orders: dict[str, int] = {}
    for span in leaves(spans):
        sums[span.cause] = sums.get(span.cause, 0) + span.duration_us
        orders[span.cause] = order_of_blame(span.kind)
    return [(cause, sums[cause], orders[cause] < 2) for cause in sorted(sums, key=lambda it: (orders[it], -sums[it], it))]


def blame(spans: Iterable[Span], late_us: int) -> list[tuple[str, int]]:
    """Lateness by cause, which sums to `late_us`: in the order of blame, each cause as far as it goes."""
    found: list[tuple[str, int]] = []
    left_us = late_us
    for cause, total_us, _ in totals(spans):
        if left_us <= 0:
            break
        found.append((cause, min(total_us, left_us)))
        left_us -= total_us
    if left_us > 0:
        found.append(("promised for before it was ordered", left_us))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why. `str()` and a notebook say it in words; `table` has every stretch with its causes, `late` the lateness by cause.

    Attributes
    ----------
    facts : what is known of it, as (word, text)
    spans : tile its time from `start_us` to `end_us`; what lies behind each tiles it in turn
    late_us : how late it is; 0 if it is not
    """

    title: str
    time_zone: str
    facts: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...]
    late_us: int = 0
    longest_first: bool = False

    @property
    def duration_us(self) -> int:
        return sum(span.duration_us for span in self.spans)

    @property
    def main_cause(self) -> str:
        """What took the most of its time, work aside; "" if nothing was waited for."""
        return next((cause for cause, _, waited in totals(self.spans) if waited), "")

    @property
    def table(self) -> pd.DataFrame:
        """Every stretch with the stretches behind it (`level` 0, 1, ...); the rows of level 0 tile the whole time."""
        from twin.results.frames import from_rows

        rows: list[dict[str, Any]] = []
        self._rows(self.spans, 0, rows)
        return from_rows(rows, COLUMNS, ("start", "end"))

    @property
    def causes(self) -> pd.DataFrame:
        """How long each cause lasted in all, and how much of the lateness it answers for."""
        from twin.results.frames import from_rows

        late = dict(blame(self.spans, self.late_us))
        found = [(cause, total_us) for cause, total_us, _ in totals(self.spans)]
        rows = [{"cause": cause, "duration_h": total_us / US_PER_H, "late_h": late.pop(cause, 0) / US_PER_H} for cause, total_us in found]
        rows += [{"cause": cause, "duration_h": 0.0, "late_h": late_us / US_PER_H} for cause, late_us in late.items()]
        return from_rows(rows, ("cause", "duration_h", "late_h"))

    def summary(self) -> dict[str, Any]:
        """The answer as plain values, for `--json`."""
        table = self.table.assign(start=lambda t: t["start"].map(str), end=lambda t: t["end"].map(str))
        return {
            "title": self.title, "facts": dict(self.facts), "late_h": self.late_us / US_PER_H,
            "causes": self.causes.to_dict("records"), "stretches": table.to_dict("records"),
        }  # fmt: skip

    def __str__(self) -> str:
        lines = [self.title, *(f"  {word}: {text}" for word, text in self.facts), ""]
        if self.late_us:
            lines.append(f"Late by {spoken(self.late_us)}, because of")
            lines += [f"  {spoken(late_us):>12}  {cause}" for cause, late_us in blame(self.spans, self.late_us)]
            lines.append("")
        elif not self.longest_first and (most := [it for it in totals(self.spans) if it[2]][:BROADEST]):
            lines += ["Waited most for", *(f"  {spoken(total_us):>12}  {cause}" for cause, total_us, _ in most), ""]
        lines += [f"{'  ' * level}{when:<14} {duration:>12}  {what}" for level, when, duration, what in self._lines()]
        return "\n".join(lines).rstrip()

    def __repr__(self) -> str:
        return f"<Explanation of {self.title}: {len(self.spans)} stretches in {spoken(self.duration_us)}; print it>"

    def _repr_html_(self) -> str:
        facts = "<br>".join(f"{html.escape(word)}: {html.escape(text)}" for word, text in self.facts)
        late = ""
        if self.late_us:
            blamed = "".join(_cells("", spoken(late_us), cause) for cause, late_us in blame(self.spans, self.late_us))
            late = f"<table><thead><tr><th></th><th>late by {spoken(self.late_us)}</th><th>because of</th></tr></thead>{blamed}</table>"
        rows = "".join(_cells(when, duration, "\u2003" * level + what) for level, when, duration, what in self._lines())
        head = "<tr><th>from</th><th>for</th><th style='text-align:left'>what</th></tr>"
        return f"<b>{html.escape(self.title)}</b><br>{facts}{late}<table><thead>{head}</thead><tbody>{rows}</tbody></table>"

    # Inside

    def _rows(self, spans: Iterable[Span], level: int, rows: list[dict[str, Any]]) -> None:
        whole_us = self.duration_us
        for it in spans:
            rows.append(
                {
                    "level": level, "start": it.start_us, "end": it.end_us, "duration_h": it.duration_us / US_PER_H,
                    "share": it.duration_us / whole_us if whole_us else 0.0, "kind": it.kind, "what": it.what, "cause": it.cause,
                    "equipment": it.equipment, "job_order": it.job_order,
                }
            )  # fmt: skip
            self._rows(it.because, level + 1, rows)

    def _lines(self) -> list[tuple[int, str, str, str]]:
        """(level, from when, for how long, what): the stretches as they are told, small ones summed up."""
        spans = joined(self.spans)
        if self.longest_first:
            spans = sorted((it for it in spans if it.kind not in PLANNED), key=lambda it: (-it.duration_us, it.start_us))
        return list(self._told(spans, 0, ON_FIRST_LEVEL if not self.longest_first else 12))

    def _told(self, spans: Sequence[Span], level: int, at_most: int) -> Iterable[tuple[int, str, str, str]]:
        shown = set(sorted(range(len(spans)), key=lambda n: -spans[n].duration_us)[:at_most])
        for n, span in enumerate(spans):
            if n in shown:
                yield level, written_local(span.start_us, self.time_zone), spoken(span.duration_us), span.what
                if level + 1 < DEEPEST:
                    yield from self._told(joined(span.because), level + 1, BROADEST)
        if rest := [span for n, span in enumerate(spans) if n not in shown]:
            yield level, "", spoken(sum(span.duration_us for span in rest)), f"in {len(rest)} shorter stretches"


def _cells(*cells: str) -> str:
    return "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
