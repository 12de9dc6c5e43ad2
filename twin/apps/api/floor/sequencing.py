"""What planners say of the sequence by programs: one operation is moved by hand, or let go; a schedule is published from it."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from twin import study
from twin.apps.api.documents import Taken, known_at
from twin.apps.api.entries import TERMINAL
from twin.apps.api.once import Key, Once, Refused, taken
from twin.apps.feed import Feed
from twin.mes.scheduling.published import OTHERWISE, Pin
from twin.model.events import SchedulePublished
from twin.results.run import Run
from twin.results.views.schedule import RuleNow, pins_now, rules_now
from twin.store.tokens import Program
from twin.study.scheduling.replanning import Replanned

Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Named = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
UNTIL = "21 d"


class MoveAsked(BaseModel):
    """A job order shall stand directly before or after another one on a unit, or be done on another unit wherever its turn is there."""

    model_config = ConfigDict(extra="forbid")

    job_order: Named
    equipment: Word = ""
    before: Word = ""
    after: Word = ""


class LetGoAsked(BaseModel):
    """A job order that was put somewhere by hand shall go by rule again."""

    model_config = ConfigDict(extra="forbid")

    job_order: Named


class Pinned(BaseModel):
    """What was put where by hand, by whom and when; `before`, `after` are empty where its turn on the unit counts."""

    job_order: str
    equipment: str
    before: str
    after: str
    person: str
    at: datetime

    @classmethod
    def of(cls, it: Pin) -> "Pinned":
        at = known_at(it.at_us)
        return cls(job_order=it.job_order, equipment=it.equipment, before=it.before, after=it.after, person=it.by, at=at)


class Rule(BaseModel):
    """By which rule a work center goes, and who has changed it last or published a schedule, when and why."""

    work_center: str
    dispatch_rule: str
    person: str
    at: datetime | None
    reason: str

    @classmethod
    def of(cls, it: RuleNow) -> "Rule":
        at = known_at(it.at_us) if it.by else None
        return cls(work_center=it.work_center, dispatch_rule=it.rule, person=it.by, at=at, reason=it.reason)


def sequenced(router: APIRouter, feed: Feed) -> APIRouter:
    """What is read of it, under `router`."""

    @router.get("/schedule/moves")
    def moves() -> list[Pinned]:
        """What was put somewhere by hand and has not begun."""
        with feed.run.lock:
            return [Pinned.of(it) for it in pins_now(feed.run)]

    @router.get("/dispatch-rules")
    def rules() -> list[Rule]:
        """By which rule each work center goes now."""
        with feed.run.lock:
            return [Rule.of(it) for it in rules_now(feed.run)]

    return router


def resequenced(
    router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]
) -> APIRouter:
    """What is said of it, under `router`; `refused`: how the application describes a refusal."""

    planning = threading.Lock()  # one after the other: each takes a processor

    def publish(asked: Any, key: str, response: Response, program: Program, make: Callable[[Run], Replanned]) -> Taken:
        """Plan beside the plant, which goes on meanwhile, and publish what comes of it; what was said before is not planned again."""
        planned = _Planned(feed.run, make, program.person, asked.job_order, getattr(asked, "equipment", ""))
        if not once.knows(f"{program.name}/{key}"):
            if not planning.acquire(blocking=False):
                raise Refused(409, "a schedule is being planned; allowed: once that has ended, with a new key")
            try:
                planned.plan()
            finally:
                planning.release()
        return taken(once, response, program, key, asked, SchedulePublished, lambda entry: lambda at_us: planned.event(entry, at_us))

    @router.post("/schedule/moves", status_code=201, responses=refused)
    def move(asked: MoveAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("planner")]) -> Taken:
        """Put a job order before or after another one on a unit, or on another unit: a schedule is published in which it stands there."""

        def make(run: Run) -> Replanned:
            it = asked
            return study.put(run, it.job_order, it.equipment, before=it.before, after=it.after, by=program.person, until=UNTIL)

        return publish(asked, key, response, program, make)

    @router.post("/schedule/releases", status_code=201, responses=refused)
    def release(asked: LetGoAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("planner")]) -> Taken:
        """Let a job order go by rule again that was put somewhere by hand: a schedule is published without it."""
        return publish(asked, key, response, program, lambda run: study.let_go(run, asked.job_order, until=UNTIL))

    return router


class _Planned:
    """The schedule that an entry publishes, or why there is none."""

    def __init__(self, run: Run, make: Callable[[Run], Replanned], person: str, job_order: str, equipment: str) -> None:
        self._run, self._make, self._person = run, make, person
        self._job_order, self._equipment = job_order, equipment
        self._published: SchedulePublished | None = None
        self._refusal, self._made_beside = "", len(run.mes.published.all)

    def plan(self) -> None:
        try:
            self._published = self._make(self._run).schedule.published(self._person, TERMINAL)
        except ValueError as error:
            self._refusal = str(error)

    def event(self, entry: str, at_us: int) -> SchedulePublished:
        """It as an entry of that instant; raises ValueError with the words of its refusal."""
        if self._published is None and not self._refusal:
            self.plan()
        if self._published is None:
            raise ValueError(self._refusal)
        if len(self._run.mes.published.all) != self._made_beside:
            raise ValueError(OTHERWISE)
        return replace(
            self._published, effective_us=at_us, recorded_us=at_us, entry_id=entry, job_order=self._job_order, equipment=self._equipment
        )  # fmt: skip
