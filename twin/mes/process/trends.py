"""Prompts: when a process value drifts, a chart gives a signal or a stop comes again, what to change and why."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import Any

from twin.model.calendars import spoken_duration
from twin.model.events import OperationsEvent, WorkAlertRaised, WorkPromptRaised
from twin.model.readiness.procedures import Parameter, Prompts, RepeatedStop

DRIFT_COUNT = 5
"""So many values in a row that go the same way, off the middle, are a drift (a run of five has 1 chance in 60 where nothing drifts)."""


def drifting(values: list[tuple[int, float]], parameter: Parameter) -> tuple[float, int] | None:
    """The limit that the last values drift to, and how long until it is reached if they go on so, us; None if they do not.

    They drift if the last five rise, or fall, one after the other, and would reach the limit within as long as they have taken.
    """
    last = values[-DRIFT_COUNT:]
    if len(last) < DRIFT_COUNT:
        return None
    steps = [b[1] - a[1] for a, b in pairwise(last)]
    is_rising = all(step > 0 for step in steps)
    if not is_rising and not all(step < 0 for step in steps):
        return None
    limit = parameter.warn_above if is_rising else parameter.warn_below
    if limit is None:
        limit = parameter.stop_above if is_rising else parameter.stop_below
    span_us, moved = last[-1][0] - last[0][0], last[-1][1] - last[0][1]
    if limit is None or not span_us:
        return None
    until_us = round((limit - last[-1][1]) / moved * span_us)
    return (limit, until_us) if 0 <= until_us <= span_us else None


class Repetitions:
    """Stops that come again: the same reason on the same equipment."""

    def __init__(self, declared: RepeatedStop | None) -> None:
        self._declared = declared
        self._last: dict[tuple[str, str], deque[int]] = {}

    def count(self, equipment: str, reason: str, at_us: int) -> int:
        """Note a stop; how many there were within the span, if they are enough to tell, and counting begins anew; else 0."""
        if self._declared is None or not reason:
            return 0
        times = self._last.setdefault((equipment, reason), deque())
        times.append(at_us)
        while times[0] <= at_us - self._declared.within:
            times.popleft()
        if len(times) < self._declared.count:
            return 0
        times.clear()
        return self._declared.count


def about(event: OperationsEvent, prompt: str, what: str, why: str, suggestion: str) -> WorkPromptRaised:
    """A prompt at the instant of `event`, about the same equipment, job order and lot."""
    subject: dict[str, Any] = {
        "effective_us": event.effective_us, "equipment": event.equipment, "request": event.request, "job_order": event.job_order,
        "lot": event.lot,
    }  # fmt: skip
    return WorkPromptRaised(**subject, prompt=prompt, what=what, why=why, suggestion=suggestion)


def of_chart(event: WorkAlertRaised, declared: Prompts) -> WorkPromptRaised:
    """A control chart has given a signal."""
    characteristic = event.message.removeprefix("chart of ").split(" of ")[0]
    suggestion = declared.advice.get(characteristic) or "check tool, gauge and set-up before the next lot, and hold what was made since"
    return about(event, "control_chart", f"Look for what has changed {characteristic}", event.message, suggestion)


def of_stops(event: OperationsEvent, reason: str, count: int, declared: Prompts) -> WorkPromptRaised:
    """A stop has come again and again."""
    assert declared.repeated_stop is not None
    said = reason.replace("_", " ")
    why = f"{event.equipment} stood still {count} times for '{said}' within {spoken_duration(declared.repeated_stop.within)}"
    suggestion = declared.advice.get(reason) or f"find the cause of '{said}' before it goes on, and ask maintenance"
    return about(event, "stops", f"Put an end to '{said}' at {event.equipment}", why, suggestion)
