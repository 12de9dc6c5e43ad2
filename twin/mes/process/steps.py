"""Guided work: the steps of a job order in their order, each confirmed by a person, with the value that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.mes.execution import ACTIVE, ENDED, Execution, JobOrder
from twin.model.events import StepConfirmed
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.procedures import GuidedStep, Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A step that is done: by whom, where, when, with what."""

    step: str
    person: str
    terminal: str
    at_us: int
    value: float | None
    words: str


class GuidedSteps:
    """What is confirmed of every job order."""

    def __init__(self, procedures: Mapping[str, Procedure], execution: Execution) -> None:
        self._procedures, self._execution = procedures, execution
        self.confirmed: dict[str, dict[str, Confirmed]] = {}  # by job order, by step

    def steps_of(self, job: JobOrder) -> dict[str, GuidedStep]:
        """The steps of a job order: first those before its start, then the others, each in declared order."""
        covering = (it for it in self._procedures.values() if it.covers(job.material, job.operation, job.work_center))
        steps = {name: step for it in covering for name, step in it.steps.items()}
        return dict(sorted(steps.items(), key=lambda entry: not entry[1].before_start))  # stable

    def missing(self, job: JobOrder, *, before_start: bool = False) -> list[str]:
        """Steps that are not confirmed, in their order; those alone that belong before the start, or all."""
        done = self.confirmed.get(job.job_order, {})
        return [name for name, it in self.steps_of(job).items() if name not in done and (it.before_start or not before_start)]

    def take(self, event: StepConfirmed) -> None:
        self.confirmed.setdefault(event.job_order, {})[event.step] = Confirmed(
            step=event.step, person=event.person, terminal=event.terminal, at_us=event.effective_us, value=event.answer, words=event.words
        )

    def doubt(self, event: StepConfirmed) -> str:
        """Why a step may not be confirmed like this; "" if it may."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            return f"nobody released job order '{event.job_order}'"
        steps = self.steps_of(job)
        step = steps.get(event.step)
        if step is None:
            near = did_you_mean(event.step, steps)
            return f"job order {job.job_order} has no step '{event.step}'{near}; allowed: {listed(steps)}"
        if event.step in self.confirmed.get(job.job_order, {}):
            return f"step '{event.step}' of {job.job_order} is confirmed already"
        if job.status in ENDED:
            return f"job order {job.job_order} is {job.status}"
        if not step.before_start and job.status not in ACTIVE:
            return f"step '{event.step}' belongs to work that has begun, and job order {job.job_order} is {job.status}"
        first = self.missing(job)[0]
        if first != event.step:
            return f"step '{event.step}' comes later; first: {first} ({steps[first].text})"
        return _wrong_answer(step, event)


def _wrong_answer(step: GuidedStep, event: StepConfirmed) -> str:
    if step.asks == "words":
        return "" if event.words.strip() else f"'{event.step}' asks for words"
    if step.asks == "done":
        return ""
    if event.answer is None:
        return f"'{event.step}' asks for {'yes or no' if step.asks == 'yes' else 'a value'}; allowed: {_allowed(step)}"
    if step.asks == "yes":
        return "" if event.answer == 1.0 else f"'{event.step}' has to be answered with yes before work goes on: {step.text}"
    low, high = step.lower, step.upper
    if (low is not None and event.answer < low) or (high is not None and event.answer > high):
        return f"{event.answer:g}{f' {step.unit}' if step.unit else ''} is out of limits; allowed: {_allowed(step)}"
    return ""


def _allowed(step: GuidedStep) -> str:
    return "yes (1)" if step.asks == "yes" else step.asked
