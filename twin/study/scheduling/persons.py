"""What persons are taken to do while a schedule is played: what was promised, at its time, and what takes no time, at once.

They say it beside the plant, as entries that MES and ERP accept or refuse like any other: maintenance that has a window is done at its end,
a lot is released when somebody has said that it will be, what has to be confirmed before a start is confirmed.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from twin.mes.equipment import WORKING_STATES
from twin.mes.execution import JobOrder
from twin.mes.maintenance.orders import MaintenanceOrder
from twin.mes.resources.reservations import FOREVER_US
from twin.model import events as e
from twin.model.events import Entry, Heartbeat, OperationsEvent
from twin.model.readiness.procedures import GuidedStep
from twin.model.source import EventSource
from twin.model.states import DispatchStatus, Source
from twin.results.run import Run
from twin.simulation.beside.beside_plant import BesidePlant

TERMINAL = "schedule"
SOMEBODY = "somebody"
"""Who says what nobody in particular is needed for, in a plant that declares no persons."""


class Persons(BesidePlant):
    """An event source around a plant that is commanded, from `now_us` on.

    Parameters
    ----------
    run : the run that this is carried through; what is done follows from its MES
    said : what is said at once, or at instants that are known, in their order
    done_us : maintenance orders or plans for which somebody has said when they will be done
    """

    def __init__(
        self, source: EventSource, run: Run, now_us: int, said: Sequence[OperationsEvent] = (), done_us: Mapping[str, int] | None = None
    ) -> None:  # fmt: skip
        super().__init__(source)
        self._run, self._now_us, self._done_us = run, now_us, dict(done_us or {})
        self._to_say = sorted(said, key=lambda it: it.effective_us)
        reserved = run.mes.reservations.open(now_us)
        self._wakes_us = sorted({it for one in reserved for it in (one.from_us, one.until_us) if now_us < it < FOREVER_US})
        self._answers: list[OperationsEvent] = []
        self._confirmed: set[tuple[str, str]] = set()
        self._awaited: set[str] = set()  # maintenance orders whose end is in `_wakes_us`
        self._tried: set[tuple[str, str]] = set()  # what was said of them: what is refused once is refused again
        contents = [content for it in run.mes.process.procedures.values() for content in it.contents.values()]
        self._confirms = any(step.before_start for it in contents for step in it.steps.values())
        first = [it for it in self._to_say if it.effective_us <= now_us]
        self._to_say = self._to_say[len(first) :]
        self._answers += [Heartbeat(effective_us=now_us, reason="planned"), *first]  # MES and ERP look at what is planned once, now

    # -- as an event source

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the plant cannot say."""
        return self._now_us if self._answers else min([it for it in (super().next_us, self._due_us()) if it is not None], default=None)

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        """What persons say now, or at an instant before which the plant does nothing; else what happens next in the plant."""
        if self._answers:
            said, self._answers = self._answers, []
            return said
        due_us = self._due_us()
        facts = super().advance(to_us if due_us is None else due_us if to_us is None else min(due_us, to_us))
        if facts:
            self._now_us = facts[-1].effective_us
        if facts or due_us is None or self.has_ended or (to_us is not None and to_us < due_us):
            return facts
        self.pass_time(due_us)
        self._now_us = due_us
        return self._say(due_us)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        super().send(commands)
        if not self._run.has_ended:
            self._answers += [*self._confirm(), *self._maintain()]

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Persons say entries, the plant all else."""
        return Source.USER if isinstance(fact, Entry) else super().origin_of(fact)

    # -- what is said at its time

    def _due_us(self) -> int | None:
        """The next instant at which somebody says something of himself, or looks whether he can."""
        ahead = [self._to_say[0].effective_us] if self._to_say else []
        return min([*ahead, *self._wakes_us[:1]], default=None)

    def _say(self, now_us: int) -> list[OperationsEvent]:
        count = sum(it.effective_us <= now_us for it in self._to_say)
        said, self._to_say = self._to_say[:count], self._to_say[count:]
        self._wakes_us = [it for it in self._wakes_us if it > now_us]
        return [Heartbeat(effective_us=now_us, reason="planned"), *said]

    # -- what is confirmed before a start

    def _confirm(self) -> Iterator[OperationsEvent]:
        """Steps before the start of whatever has its turn: they are done in time, and take none."""
        if not self._confirms:
            return
        steps = self._run.mes.process.steps
        for queue in self._run.mes.execution.queues.values():
            for job in queue.values():
                if job.status is DispatchStatus.WAITING and 0 <= job.turn_us <= self._now_us:
                    for name in steps.missing(job, before_start=True):
                        if (job.job_order, name) not in self._confirmed:
                            self._confirmed.add((job.job_order, name))
                            yield from self._step(job, name, steps.steps_of(job)[name])

    def _step(self, job: JobOrder, name: str, step: GuidedStep) -> Iterator[e.StepConfirmed]:
        """What is said of a step, by a second person too where two have to."""
        answer = {"yes": 1.0, "value": _within(step)}.get(step.asks)
        said = e.StepConfirmed(
            effective_us=self._now_us, job_order=job.job_order, person=self._who(job.step.personnel_class), terminal=TERMINAL, step=name,
            answer=answer, words="as planned" if step.asks == "words" else "",
        )  # fmt: skip
        if first := self._run.mes.process.steps.half_done(job).get(name):
            said = replace(said, person=first.person, answer=first.value, words=first.words)
        else:
            yield said
        if step.verified_by_two:
            yield replace(said, person=next(it for it in self._run.plant.layout.persons if it != said.person))

    # -- maintenance

    def _maintain(self) -> Iterator[OperationsEvent]:
        """What has an end in sight is done then, or as soon as its equipment does not work any more."""
        for it in list(self._run.mes.maintenance.orders.values()):
            if it.is_open and not it.by_plant:
                yield from self._window(it)
                ends_us = self.done_us(it)
                if ends_us is None:
                    continue
                if ends_us > self._now_us:
                    self._await(it, ends_us)
                elif self._is_free(it) and ("done", it.maintenance) not in self._tried:
                    self._tried.add(("done", it.maintenance))
                    yield from self._do(it)

    def done_us(self, it: MaintenanceOrder) -> int | None:
        """When an open maintenance order is taken to be done: as was said, at the end of its window, or after what its plan says."""
        said_us = self._said_us(it)
        if said_us is not None:
            return said_us
        if it.until_us >= 0:
            return it.until_us
        plan = it.declared
        return it.started_us + plan.lasts if it.standing == "started" and plan and plan.lasts else None

    def _said_us(self, it: MaintenanceOrder) -> int | None:
        """Said of the order itself; or of its plan, which holds for the first that is asked for."""
        if it.maintenance in self._done_us:
            return self._done_us[it.maintenance]
        if it.plan in self._done_us:
            self._done_us[it.maintenance] = self._done_us.pop(it.plan)
        return self._done_us.get(it.maintenance)

    def _window(self, it: MaintenanceOrder) -> Iterator[OperationsEvent]:
        """Who says when something will be done keeps its equipment free for as long as it takes."""
        ends_us = self._said_us(it)
        if ends_us is None or it.standing != "requested" or ends_us <= self._now_us or ("window", it.maintenance) in self._tried:
            return
        self._tried.add(("window", it.maintenance))
        plan = it.declared
        lasts_us = max(1, plan.lasts) if plan else 1
        yield e.MaintenanceScheduled(
            effective_us=self._now_us, maintenance=it.maintenance, person=self._who(None), terminal=TERMINAL,
            from_us=max(self._now_us, ends_us - lasts_us), until_us=ends_us,
        )  # fmt: skip

    def _await(self, it: MaintenanceOrder, ends_us: int) -> None:
        if it.maintenance not in self._awaited:
            self._awaited.add(it.maintenance)
            insort(self._wakes_us, ends_us)

    def _is_free(self, it: MaintenanceOrder) -> bool:
        """Whether nothing is done on its equipment, and nothing was sent to it at this instant."""
        record = self._run.mes.equipment.records[it.equipment]
        is_at_work = record.state in WORKING_STATES and bool(record.job_order)
        return it.standing == "started" or not (is_at_work or it.equipment in self._run.mes.commands.on_their_way)

    def _do(self, it: MaintenanceOrder) -> Iterator[OperationsEvent]:
        plan = it.declared
        person = next(iter(it.assigned), "") or self._who(plan.personnel_class if plan else None)
        at = {"effective_us": self._now_us, "equipment": it.equipment, "maintenance": it.maintenance, "person": person}
        if it.standing != "started":
            yield e.MaintenanceStarted(**at, terminal=TERMINAL)  # type: ignore[arg-type]
        yield e.MaintenancePerformed(**at, terminal=TERMINAL, description="as planned")  # type: ignore[arg-type]

    def _who(self, personnel_class: str | None) -> str:
        return somebody(self._run, personnel_class)


def somebody(run: Run, personnel_class: str | None = None) -> str:
    """The first person of a class, or of all."""
    persons = run.plant.layout.persons
    able = [name for name, it in persons.items() if personnel_class is None or personnel_class in it.classes]
    return next(iter([*able, *persons]), SOMEBODY)


def _within(step: GuidedStep) -> float:
    """A value that a step allows."""
    limits = [it for it in (step.lower, step.upper) if it is not None]
    return sum(limits) / len(limits) if limits else 0.0
