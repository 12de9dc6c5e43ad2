"""Process values that were told wrong: what a person says of one, why that may not be said, and what follows from it."""

from __future__ import annotations

from twin.mes.execution import ACTIVE, Execution
from twin.mes.process.recipes import Recipes
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.procedures import Level, Parameter

WORSE: dict[str, int] = {"": 0, "warn": 1, "stop": 2}
Values = dict[tuple[str, str], list[tuple[int, float]]]


class ValueCorrections:
    """Corrections of the process values of one plant. `values`: by job orders at the equipment and parameter, (when, value)."""

    def __init__(self, values: Values, recipes: Recipes, execution: Execution) -> None:
        self._values, self._recipes, self._execution = values, recipes, execution
        self.taken: list[e.ProcessValueCorrected] = []  # in the order in which they were said

    def doubt(self, event: e.ProcessValueCorrected) -> str:
        """Why it may not be said, in words; "" if it may."""
        known = [name for label, name in self._values if label == event.job_order]
        if not known:
            return f"no process value of job order '{event.job_order}' was observed; allowed: one of which some were"
        if event.property not in known:
            near = did_you_mean(event.property, known)
            return f"no '{event.property}' of {event.job_order} was observed{near}; allowed: {listed(known)}"
        job = self._execution.job_orders.get(event.job_order.split("+")[0])
        if job and event.equipment != job.equipment:
            return f"{event.job_order} was done at {job.equipment}, not at '{event.equipment}'; allowed: {job.equipment}"
        if (event.observed_us, event.was) not in self._values[event.job_order, event.property]:
            there = [f"{value:g}" for at_us, value in self._values[event.job_order, event.property] if at_us == event.observed_us]
            return f"{event.property} was not {event.was:g} then; there: {listed(there) if there else 'nothing at that instant'}"
        if event.value == event.was:
            return f"it is {event.was:g} already; allowed: another value"
        return "" if event.reason.strip() else "it needs a reason"

    def take(self, event: e.ProcessValueCorrected) -> bool:
        """The value is another; whether it is the newest of its parameter."""
        values = self._values[event.job_order, event.property]
        place = len(values) - 1 - values[::-1].index((event.observed_us, event.was))
        values[place] = (event.observed_us, event.value)
        self.taken.append(event)
        return place == len(values) - 1

    def judged(self, event: e.ProcessValueCorrected) -> tuple[Level, Level, list[OperationsEvent]]:
        """What it was and what it is, against what is asked for; and what is told of that. Nothing that is held is let go by it."""
        name, parameter = self._asked(event)
        before, after = parameter.level(event.was), parameter.level(event.value)
        title, unit = parameter.title or event.property, f" {parameter.unit}" if parameter.unit else ""
        what = (
            f"{title} of {event.equipment} was {event.value:g}{unit}, and not {event.was:g}{unit}, as {event.person} says ({event.reason})"
        )
        if WORSE[after] < WORSE[before]:
            words = f"{what}: it had not left {parameter.asked(before)}; what is held for it stays so until a person says it is in order"
            return before, after, [WorkAlertRaised.about(event, "parameter", words)]
        if WORSE[after] == WORSE[before]:
            return before, after, []
        job = self._execution.job_orders.get(event.job_order.split("+")[0])
        if job is None or job.status not in ACTIVE:
            words = f"{what}; allowed: {parameter.asked(after)}. {event.job_order} is done: a person decides what becomes of its lot"
            return before, after, [WorkAlertRaised.about(event, "parameter", words)]
        found = e.ProcessDeviationFound(
            effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=event.job_order, lot=job.lot,
            procedure=name, parameter=event.property, value=event.value, level=after, asked=parameter.asked(after),
        )  # fmt: skip
        return before, after, [found]

    def _asked(self, event: e.ProcessValueCorrected) -> tuple[str, Parameter]:
        recipes = self._recipes.of_job_orders(event.job_order).items()
        return next((name, it.parameters[event.property]) for name, it in recipes if event.property in it.parameters)
