"""How maintenance is done: the steps of its plan, what persons have read and done at each, and whether that is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.mes.maintenance.orders import MaintenanceOrder
from twin.model.events import MaintenanceStepConfirmed, OperationsEvent, WorkAlertRaised
from twin.model.problems import did_you_mean, listed
from twin.model.upkeep.maintenance_plans import MaintenanceStep


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """What a person has said of one step; `is_allowed`: a reading within its limits, a yes, or no such thing was asked."""

    step: str
    said: str  # in words
    answer: float | None
    words: str
    person: str
    terminal: str
    at_us: int
    is_allowed: bool
    reason: str


class Instructions:
    """The steps of all maintenance orders of one plant: all that was said of each, the newest last."""

    def __init__(self, orders: Mapping[str, MaintenanceOrder]) -> None:
        self._orders = orders
        self.history: dict[str, list[StepDone]] = {}  # by maintenance order

    def steps_of(self, maintenance: str) -> dict[str, MaintenanceStep]:
        """The steps of a maintenance order, in their order; none where no plan is behind it."""
        order = self._orders.get(maintenance)
        return order.declared.steps if order and order.declared else {}

    def done(self, maintenance: str) -> dict[str, StepDone]:
        """By step, what was said of it last."""
        return {it.step: it for it in self.history.get(maintenance, ())}

    def missing(self, maintenance: str) -> list[str]:
        """Steps that have to be confirmed, and are not."""
        done = self.done(maintenance)
        return [name for name, it in self.steps_of(maintenance).items() if not it.optional and name not in done]

    def doubt(self, event: MaintenanceStepConfirmed) -> str:
        """Why it may not be said of a step, in words; "" if it may."""
        steps = self.steps_of(event.maintenance)
        if event.step not in steps:
            what = f"{event.maintenance} has no step '{event.step}'{did_you_mean(event.step, steps)}"
            return f"{what}; allowed: {listed(steps) or 'none: no plan with steps is behind it'}"
        asked = steps[event.step]
        if asked.asks == "value" and event.answer is None:
            return f"step '{event.step}' asks for a value: {asked.text}; allowed: {asked.asked}"
        if asked.asks == "yes" and event.answer not in (0, 1):
            return f"step '{event.step}' asks for yes or no: {asked.text}; allowed: 1 (yes) or 0 (no)"
        if asked.asks == "words" and not event.words.strip():
            return f"step '{event.step}' asks for words: {asked.text}"
        if event.step in self.done(event.maintenance) and not event.reason.strip():
            said = self.done(event.maintenance)[event.step]
            return f"step '{event.step}' was confirmed by {said.person}: {said.said}; allowed: something else, for a reason"
        return ""

    def take(self, event: MaintenanceStepConfirmed) -> list[OperationsEvent]:
        """It is kept with the order; what is not as it should be is told."""
        order, asked = self._orders[event.maintenance], self.steps_of(event.maintenance)[event.step]
        answer = event.answer if asked.asks in ("value", "yes") else None
        is_allowed = asked.allows(answer)
        done = StepDone(
            step=event.step, said=_said(asked, answer, event.words), answer=answer, words=event.words, person=event.person,
            terminal=event.terminal, at_us=event.effective_us, is_allowed=is_allowed, reason=event.reason,
        )  # fmt: skip
        self.history.setdefault(event.maintenance, []).append(done)
        if is_allowed:
            return []
        message = f"{event.maintenance}, {asked.text}: {done.said}; allowed: {asked.asked}"
        return [WorkAlertRaised(effective_us=event.effective_us, equipment=order.equipment, alert="maintenance", message=message)]


def _said(asked: MaintenanceStep, answer: float | None, words: str) -> str:
    if asked.asks == "yes":
        return "yes" if answer == 1 else "no"
    value = "" if answer is None else f"{answer:g} {asked.unit}".strip()
    return ", ".join(filter(None, (value, words))) or "done"
