"""How long lots may wait between two operations (critical queue time): who is too late is found when the limit is over.

A lot that is still on its way then, or comes to its operation later, is found when it is there. All of an instant are looked at in the
settle phase, by job order, so that no outcome depends on the order of two timers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from twin.simulation.clock import PlantEnvironment
from twin.simulation.shop_floor.routing import Step, Steps

Consequence = Literal["tell", "rework", "scrap"]


class WaitingLot(Protocol):
    """What is asked of a lot."""

    name: str
    job_order: str
    step: Step
    ready_us: int
    is_running: bool
    waits_since_us: dict[str, int]  # operations that have to begin in time: from when on that counts
    sent_back: dict[str, int]  # how often it went back since it had waited too long for an operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a lot that has waited too long."""

    lot: Any
    waited_us: int
    then: Consequence
    rework_to: str | None


class QueueLimits:
    """Watches over lots from when they begin to wait.

    Parameters
    ----------
    is_there : whether a lot is in the plant
    """

    def __init__(self, env: PlantEnvironment, is_there: Callable[[Any], bool]) -> None:
        self._env, self._is_there = env, is_there
        self._late: list[Any] = []

    def watch(self, lot: WaitingLot) -> None:
        """The lot waits for its step from now on, or is on its way there."""
        limit = lot.step.limit
        since_us = lot.waits_since_us.get(lot.step.operation)
        if limit is None or since_us is None:
            return
        over_us = max(since_us + limit.within + 1, lot.ready_us) - self._env.now_us
        if over_us > 0:
            self._env.after(over_us, lambda: self._note(lot))
        else:
            self._note(lot)

    def _note(self, lot: WaitingLot) -> None:
        if self._has_waited_too_long(lot) and lot not in self._late:
            self._late.append(lot)
            self._env.settle_soon()

    def _has_waited_too_long(self, lot: WaitingLot) -> bool:
        limit, now_us = lot.step.limit, self._env.now_us
        since_us = lot.waits_since_us.get(lot.step.operation)
        if limit is None or since_us is None or lot.is_running or now_us < lot.ready_us or not self._is_there(lot):
            return False
        return now_us - since_us > limit.within

    def judge(self) -> list[Verdict]:
        """In the settle phase: who has waited too long, by job order, and what follows from it."""
        late, self._late = sorted(self._late, key=lambda lot: lot.job_order), []
        verdicts = []
        for lot in late:
            if self._has_waited_too_long(lot):
                limit, operation = lot.step.limit, lot.step.operation
                is_too_often = limit.then == "rework" and lot.sent_back.get(operation, 0) >= limit.reworks
                then: Consequence = "scrap" if is_too_often else limit.then
                waited_us = self._env.now_us - lot.waits_since_us.pop(operation)
                verdicts.append(Verdict(lot=lot, waited_us=waited_us, then=then, rework_to=limit.rework_to))
        return verdicts


def limited_from(step: Step, steps: Steps) -> set[str]:
    """Operations that have to begin in time after the step, or after one that comes behind it."""
    limited = set(step.limits_from)
    while step.next_operation is not None:
        step = steps[step.material, step.next_operation]
        limited.update(step.limits_from)
    return limited
