"""A plan played before it is firmed, for programs: begun, looked at while it runs, ended, and what it said."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from twin import study
from twin.apps.api.documents import at, known_at
from twin.apps.api.planning.kept import Kept, State, state_of
from twin.apps.asking.question import Question
from twin.apps.feed import Feed
from twin.model.measures import US_PER_H
from twin.study.ahead.forecast import OrderForecast, quantile
from twin.study.ahead.plan_trials import PlanTrials

TrialName = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$", description="Chosen by who asks")]


class TrialAsked(BaseModel):
    """How often the plan is played, from the plant as it is now, and for how many days."""

    model_config = ConfigDict(extra="forbid")
    runs: Annotated[int, Field(ge=1, le=200, strict=True)] = 20
    days: Annotated[int, Field(ge=1, le=60, strict=True)] = 7
    seed: Annotated[int, Field(ge=0, le=2**31, strict=True)] = 1


class TriedOrder(BaseModel):
    """What the runs say of an open customer order: the share in which it leaves in time (Wilson's midpoint, 95 % interval), and when."""

    order: str
    customer: str
    material: str
    quantity: int
    due: datetime
    on_time_share: float
    on_time_share_low: float
    on_time_share_high: float
    leaves_p10: datetime | None
    leaves_p50: datetime | None
    leaves_p90: datetime | None

    @classmethod
    def of(cls, it: OrderForecast) -> "TriedOrder":
        low, middle, high = it.on_time_interval
        return cls(
            order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due=known_at(it.due_us),
            on_time_share=middle, on_time_share_low=low, on_time_share_high=high, leaves_p10=at(it.shipped_by_us(0.1)),
            leaves_p50=at(it.shipped_by_us(0.5)), leaves_p90=at(it.shipped_by_us(0.9)),
        )  # fmt: skip


class Spread(BaseModel):
    """An amount of money over all runs, in minor units."""

    mean_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int

    @classmethod
    def of(cls, values: Sequence[int]) -> "Spread":
        p10, p50, p90 = (quantile(values, share) for share in (0.1, 0.5, 0.9))
        return cls(mean_minor=round(sum(values) / len(values)), p10_minor=p10, p50_minor=p50, p90_minor=p90)


class PlanTrial(BaseModel):
    """A trial as it stands: `done` of `runs`; orders and money once it has ended, of the runs that were done by then."""

    trial: str
    state: State
    runs: int
    done: int
    days: int
    seed: int
    why: str
    since: datetime | None
    until: datetime | None
    orders: list[TriedOrder]
    cost: Spread | None
    revenue: Spread | None
    result: Spread | None


class Trial(Question[PlanTrials]):
    """One that runs, or has run."""

    about = "trial of the plan for a program"

    def __init__(self, feed: Feed, asked: TrialAsked) -> None:
        self.asked, self.done, self._feed = asked, 0, feed
        super().__init__()

    def answer(self) -> PlanTrials:
        span_us = self.asked.days * 24 * US_PER_H
        return study.simulate_plan_of(
            self._feed.run, self.asked.runs, seed=self.asked.seed, span_us=span_us, watch=self._watch, stop=self.stop
        )  # fmt: skip

    def _watch(self, done: int) -> None:
        self.done = done

    def told(self, name: str) -> PlanTrial:
        """As it stands."""
        has_ended = self.is_done  # before what was found is looked at: it is there by then
        found = self.found if has_ended else None
        ledgers = found.ledgers if found else ()
        return PlanTrial(
            trial=name, state=state_of(self, has_ended), runs=self.asked.runs, done=self.done, days=self.asked.days, seed=self.asked.seed,
            why=self.failure, since=known_at(found.now_us) if found else None, until=known_at(found.until_us) if found else None,
            orders=[TriedOrder.of(it) for it in found.orders] if found and found.count else [],
            cost=Spread.of(found.costs_minor) if found and ledgers else None,
            revenue=Spread.of([it.revenue_minor for it in ledgers]) if ledgers else None,
            result=Spread.of([it.result_minor for it in ledgers]) if ledgers else None,
        )  # fmt: skip

    def asked_in_words(self) -> str:
        return f"{self.asked.runs} runs of {self.asked.days} days, seed {self.asked.seed}"


Trials = Kept[TrialAsked, Trial]


def trials_of(feed: Feed) -> Trials:
    """The trials of one server."""
    return Kept("trial", "is", "/plan/trials", lambda asked: Trial(feed, asked))


def tried(router: APIRouter, trials: Trials, planner: Any, refused: dict[int | str, dict[str, Any]]) -> APIRouter:
    """The addresses of trials, under `router`; `planner` lets in who may plan."""

    @router.get("/trials", dependencies=[planner])
    def all_trials() -> list[PlanTrial]:
        """Trials that run or have run since the server began, oldest first; the last eight."""
        return [it.told(name) for name, it in trials.all()]

    @router.put("/trials/{trial}", status_code=202, dependencies=[planner], responses={409: refused[409]})
    def begin(trial: TrialName, asked: TrialAsked, response: Response) -> PlanTrial:
        """Play the plan before it is firmed; nothing is ordered. Asked again under its name, it is the same trial."""
        found, was_there = trials.begin(trial, asked)
        if was_there:
            response.headers["Idempotency-Replayed"] = "true"
        return found.told(trial)

    @router.get("/trials/{trial}", dependencies=[planner])
    def one_trial(trial: TrialName) -> PlanTrial:
        """How far a trial is, and what it has said: every open order's chance to leave in time, what the plan costs and brings."""
        return trials.found(trial).told(trial)

    @router.delete("/trials/{trial}", status_code=202, dependencies=[planner])
    def end(trial: TrialName) -> PlanTrial:
        """End a trial; the runs that are done by then count."""
        found = trials.found(trial)
        found.cancel()
        return found.told(trial)

    return router
