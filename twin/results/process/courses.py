"""The course of each process value: what it was, what it keeps to, and the phases that its job order went through meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.model.readiness.procedures import Level, Parameter
from twin.model.states import WorkUnitState
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One parameter of a job order (of several that are done together, joined with "+"), with its newest values, us since 1970."""

    equipment: str
    job_order: str
    parameter: str
    title: str
    unit: str
    declared: Parameter
    values: list[tuple[int, float]]  # none: nothing was observed yet
    level: Level  # of the last value

    @property
    def asked(self) -> str:
        """What is allowed before somebody is told, or else before the job order is held, in words."""
        first = self.declared.asked("warn")
        return first if first != "any" else self.declared.asked("stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSpan:
    """A phase was in a state from an instant to another, us since 1970; -1: it goes on."""

    phase: str
    state: str
    from_us: int
    until_us: int


def courses_at(run: Run, equipment: str, most: int = 200) -> list[Course]:
    """Every parameter of what a piece of equipment works on, or has worked on last; `most` newest values of each. With the run's lock."""
    process, record = run.mes.process, run.mes.equipment.records.get(equipment)
    if not process.procedures or record is None:
        return []
    label = record.job_order or next(_last_there(run, equipment), "")
    found = []
    for recipe in process.recipes.of_job_orders(label).values():
        for name, it in recipe.parameters.items():
            values = process.values.get((label, name), [])[-most:]
            found.append(
                Course(
                    equipment=equipment, job_order=label, parameter=name, title=it.title or name, unit=it.unit, declared=it, values=values,
                    level=it.level(values[-1][1]) if values else "",
                )
            )  # fmt: skip
    return found


def _last_there(run: Run, equipment: str) -> Iterator[str]:
    """Job orders at a piece of equipment of which values were observed, the newest first."""
    jobs = run.mes.execution.job_orders
    for label, _ in reversed(run.mes.process.values):
        job = jobs.get(label.split("+")[0])
        if job and job.equipment == equipment:
            yield label


def phase_spans(run: Run, job_order: str) -> list[PhaseSpan]:
    """The phases of a job order (of several that are done together: of the first) with how long they were in a state other than Idle."""
    history = run.mes.process.phases.history.get(job_order.split("+")[0], [])
    found = []
    for n, (at_us, phase, state) in enumerate(history):
        if state not in (WorkUnitState.IDLE, WorkUnitState.COMPLETE):
            until_us = next((later_us for later_us, other, _ in history[n + 1 :] if other == phase), -1)
            found.append(PhaseSpan(phase=phase, state=WorkUnitState(state).label, from_us=at_us, until_us=until_us))
    return found
