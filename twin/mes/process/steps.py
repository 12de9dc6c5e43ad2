"""Guided work: the steps of a job order in their order, each confirmed by a person, with the value that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from twin.mes.execution import ACTIVE, ENDED, Execution, JobOrder
from twin.mes.process.recipes import Recipes
from twin.model.events import StepConfirmed, StepCorrected
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.procedures import GuidedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A step that is done: by whom, where, when, with what, by which `revision` of its recipe ("": it has none).

    `reason`: why it is another than was said before; `verified_by`: who has confirmed it as the second.
    """

    step: str
    person: str
    terminal: str
    at_us: int
    revision: str
    value: float | None
    words: str
    reason: str = ""
    is_undone: bool = False
    verified_by: str = ""

    @property
    def said(self) -> str:
        """What was confirmed, in words."""
        return "not done" if self.is_undone else self.words or ("done" if self.value is None else f"{self.value:g}")


class GuidedSteps:
    """What is confirmed of every job order.

    Attributes
    ----------
    confirmed : as it stands, by job order and step
    first : what one person has confirmed and a second one has still to, in the same way
    history : all that was said, in its order, what was corrected later too; by job order
    """

    def __init__(self, recipes: Recipes, execution: Execution) -> None:
        self._recipes, self._execution, self.recipes_of = recipes, execution, recipes.named
        self.confirmed: dict[str, dict[str, Confirmed]] = {}
        self.first: dict[str, dict[str, Confirmed]] = {}
        self.history: dict[str, list[Confirmed]] = {}

    def steps_of(self, job: JobOrder) -> dict[str, GuidedStep]:
        """The steps of a job order: first those before its start, then the others, each in declared order."""
        steps = {name: step for it in self._recipes.of(job).values() for name, step in it.steps.items()}
        return dict(sorted(steps.items(), key=lambda entry: not entry[1].before_start))  # stable

    def done(self, job: JobOrder) -> dict[str, Confirmed]:
        """What counts as confirmed of a job order: what was said by the revision of the recipe by which it is done."""
        return self._that_count(job, self.confirmed)

    def half_done(self, job: JobOrder) -> dict[str, Confirmed]:
        """What one person has confirmed of a job order, and a second one has still to."""
        return self._that_count(job, self.first)

    def _that_count(self, job: JobOrder, known: dict[str, dict[str, Confirmed]]) -> dict[str, Confirmed]:
        said = known.get(job.job_order, {})
        return {name: it for name, it in said.items() if not it.revision or it.revision == self._revision(job, name)}

    def missing(self, job: JobOrder, *, before_start: bool = False) -> list[str]:
        """Steps that are not confirmed, in their order; those alone that belong before the start, or all."""
        done = self.done(job)
        return [name for name, it in self.steps_of(job).items() if name not in done and (it.before_start or not before_start)]

    def confirmed_us(self, job: JobOrder) -> tuple[int, str]:
        """When the last of the steps before the start was confirmed, and which, in words; (-1, "") if none is."""
        done, steps = self.confirmed.get(job.job_order, {}), self.steps_of(job)
        before = [(it.at_us, f"step '{name}' was confirmed") for name, it in done.items() if name in steps and steps[name].before_start]
        return max(before, default=(-1, ""))

    def latest(self, event: StepConfirmed) -> tuple[int, str]:
        """When what has to be before a step came last, and what: the work that it belongs to, a step before it; (-1, "") of none."""
        job = self._execution.job_orders.get(event.job_order)
        steps = self.steps_of(job) if job else {}
        if job is None or event.step not in steps:
            return -1, ""
        done, before = self.done(job), list(steps)[: list(steps).index(event.step)]
        known = [(done[name].at_us, f"step '{name}' of {job.job_order} was confirmed") for name in before if name in done]
        if first := self.half_done(job).get(event.step):
            known.append((first.at_us, f"{first.person} confirmed step '{event.step}' of {job.job_order}"))
        known.append((job.created_us, f"{job.job_order} was asked for"))
        if not steps[event.step].before_start:
            known.append((job.started_us, f"{job.job_order} began"))
        return max(known)

    def keeps_open(self, job: JobOrder) -> str:
        """Why a job order may not be completed yet, in words: its steps that are not confirmed and have to be; "" if it may."""
        if not self._recipes.procedures:
            return ""
        steps = self.steps_of(job)
        missing = [name for name in self.missing(job) if not steps[name].optional]
        words = ", ".join(f"{name} ({steps[name].text})" for name in missing)
        return f"{job.job_order} cannot be completed: not confirmed: {words}; allowed: once each is" if missing else ""

    def take(self, event: StepConfirmed) -> None:
        """A step is done, or one that two persons verify by the first of them."""
        said = Confirmed(step=event.step, value=event.answer, words=event.words, **self._who(event))
        job = self._execution.job_orders[event.job_order]
        if self.steps_of(job)[event.step].verified_by_two:
            first = self.half_done(job).get(event.step)
            if first is None:
                self._keep(event.job_order, said, self.first)
                return
            del self.first[event.job_order][event.step]
            said = replace(first, verified_by=event.person, terminal=event.terminal, at_us=event.effective_us)
        self._keep(event.job_order, said, self.confirmed)

    def correct(self, event: StepCorrected) -> None:
        """A step was done otherwise, or was not; what a second person has verified, one has to verify again while the work goes on."""
        said = Confirmed(
            step=event.step, value=event.answer, words=event.words, reason=event.reason, is_undone=event.is_undone, **self._who(event)
        )  # fmt: skip
        job, known = self._execution.job_orders[event.job_order], self.confirmed
        if self.steps_of(job)[event.step].verified_by_two and job.status not in ENDED:
            self.confirmed.get(event.job_order, {}).pop(event.step, None)
            known = self.first
        self._keep(event.job_order, said, known)
        if event.is_undone:
            del known[event.job_order][event.step]

    def doubt(self, event: StepConfirmed) -> str:
        """Why a step may not be confirmed like this; "" if it may."""
        job, step, why = self._known(event)
        if job is None or step is None:
            return why
        if event.step in self.done(job):
            return f"step '{event.step}' of {job.job_order} is confirmed already"
        was_open = job.status in ENDED and job.started_us >= 0 and event.effective_us < job.ended_us  # done then, and said now
        if job.status in ENDED and not was_open:
            return f"job order {job.job_order} is {job.status}"
        if not step.before_start and job.status not in ACTIVE and not was_open:
            return f"step '{event.step}' belongs to work that has begun, and job order {job.job_order} is {job.status}"
        steps = self.steps_of(job)
        first = next(name for name in self.missing(job) if name == event.step or not steps[name].optional)
        if first != event.step:
            return f"step '{event.step}' comes later; first: {first} ({steps[first].text})"
        if doubt := _wrong_answer(step, event):
            return doubt
        said = self.half_done(job).get(event.step)
        return _doubt_second(said, event) if said else ""

    def doubt_correction(self, event: StepCorrected) -> str:
        """Why a step may not be corrected like this; "" if it may."""
        job, step, why = self._known(event)
        if job is None or step is None:
            return why
        was = {**self.done(job), **self.half_done(job)}
        if event.step not in was:
            return f"step '{event.step}' of {job.job_order} is not confirmed; allowed: {listed(was) if was else 'none is'}"
        if not event.reason.strip():
            return "it needs a reason"
        if event.is_undone:
            return f"job order {job.job_order} is {job.status}; allowed: before it has ended" if job.status in ENDED else ""
        if step.asks in ("done", "yes"):
            return f"'{event.step}' has no value that could be another; allowed: that it is not done after all"
        if (event.answer, event.words) == (was[event.step].value, was[event.step].words):
            return f"step '{event.step}' of {job.job_order} was confirmed so already: {was[event.step].said}"
        return _wrong_answer(step, event)

    def _known(self, event: StepConfirmed | StepCorrected) -> tuple[JobOrder | None, GuidedStep | None, str]:
        """Job order and step that are meant; or what is wrong with their names."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            return None, None, f"nobody released job order '{event.job_order}'"
        steps = self.steps_of(job)
        if event.step not in steps:
            near = did_you_mean(event.step, steps)
            return job, None, f"job order {job.job_order} has no step '{event.step}'{near}; allowed: {listed(steps)}"
        return job, steps[event.step], ""

    def _keep(self, job_order: str, said: Confirmed, known: dict[str, dict[str, Confirmed]]) -> None:
        known.setdefault(job_order, {})[said.step] = said
        self.history.setdefault(job_order, []).append(said)

    def _who(self, event: StepConfirmed | StepCorrected) -> dict[str, Any]:
        revision = self._revision(self._execution.job_orders[event.job_order], event.step)
        return {"person": event.person, "terminal": event.terminal, "at_us": event.effective_us, "revision": revision}

    def _revision(self, job: JobOrder, step: str) -> str:
        """By which revision of its recipe a job order has a step; "" where it has no such step, or no recipe."""
        of = [self._recipes.procedures[name] for name, it in self._recipes.of(job).items() if step in it.steps]
        return self._recipes.revision_of(of[-1], job) if of else ""


def _wrong_answer(step: GuidedStep, event: StepConfirmed | StepCorrected) -> str:
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


def _doubt_second(first: Confirmed, event: StepConfirmed) -> str:
    """Why somebody does not verify what `first` has said."""
    if event.person == first.person:
        return f"{event.person} has confirmed step '{event.step}' of {event.job_order} as the first; allowed: a second person"
    if (event.answer, event.words) == (first.value, first.words):
        return ""
    return f"{first.person} has said of step '{event.step}' of {event.job_order}: {first.said}; allowed: the same, or it is corrected first"


def _allowed(step: GuidedStep) -> str:
    return "yes (1)" if step.asks == "yes" else step.asked
