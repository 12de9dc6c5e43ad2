"""What may become of the plant from now on, for programs: begun, looked at while it runs, ended, and what it said; with a change, too."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from twin import library, study
from twin.apps.api.documents import known_at
from twin.apps.api.once import Key, Refused
from twin.apps.api.planning.kept import Kept, State, state_of
from twin.apps.api.planning.trials import Spread, TriedOrder
from twin.apps.asking.question import Question
from twin.apps.feed import Feed
from twin.model.measures import US_PER_H
from twin.model.problems import PlantFileError, did_you_mean, listed
from twin.now.from_now_on import Changes, NotFromNowOn, from_now_on
from twin.store.tokens import Program
from twin.study import Futures, FuturesCompared
from twin.study.ahead.one_more import one_more_or_less
from twin.study.ahead.side_by_side import PAIRS

LONGEST_DAYS = 60
FuturesName = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:-]+$", description="As POST /futures has said it")]


def _ahead(until: str) -> str:
    span_us = library.read_span(until, "futures last longer than that; allowed: as in '5 d'") or 0
    if span_us > LONGEST_DAYS * 24 * US_PER_H:
        raise ValueError(f"'{until}' is too far ahead; allowed: up to {LONGEST_DAYS} d")
    return until


class FuturesAsked(BaseModel):
    """How many futures, how far from now on ("5 d"), and with what else than there is: a `change` in words, or `changes` of a scenario."""

    model_config = ConfigDict(extra="forbid")
    count: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 200
    until: Annotated[str, Field(max_length=20), AfterValidator(_ahead)] = "7 d"
    seed: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 1
    change: Annotated[str, Field(max_length=200, description="As `twin futures --change` has it: one more at Milling")] = ""
    changes: Annotated[dict[str, Any], Field(description='As scenario files have them: {"work_units.mill_2": null}')] = {}

    @model_validator(mode="after")
    def _one_of_them(self) -> "FuturesAsked":
        if self.change and self.changes:
            raise ValueError("'change' and 'changes' both say what is another from now on; allowed: one of them")
        return self


class Differing(BaseModel):
    """An outcome as it is and with the change, the mean of so many pairs; their difference with its 95 % interval, null of a single pair.

    `outcome` has its unit at the end, money in whole units of the currency; `verdict`: better, worse, the same, or "", if chance may do it.
    """

    outcome: str
    title: str
    as_it_is: float
    changed: float
    difference: float
    difference_low: float | None
    difference_high: float | None
    pairs: int
    verdict: str


class FuturesTold(BaseModel):
    """Futures as they stand: `done` of `steps`, which are futures, and those that are booked; what they say as soon as it is known.

    Of `count` that are played by now `due_count` orders are due until their end. Spreads in minor units of `currency`; `result` of those
    that are booked, without a change. `changed_orders` and `differences` with a change.
    """

    futures: str
    state: State
    asked: FuturesAsked
    done: int
    steps: int
    why: str
    count: int
    since: datetime | None
    until: datetime | None
    due_count: int
    orders: list[TriedOrder]
    changed_orders: list[TriedOrder]
    differences: list[Differing]
    currency: str
    revenue: Spread | None
    result: Spread | None
    why_not_booked: str
    unknown: list[str]
    not_considered: list[str]


Answer = Futures | FuturesCompared


class FuturesLooked(Question[Answer]):
    """Those that are played, or were."""

    about = "futures for a program"

    def __init__(self, feed: Feed, asked: FuturesAsked, changes: Changes) -> None:
        self.asked, self.done, self._feed, self._changes = asked, 0, feed, changes
        super().__init__()

    def answer(self) -> Answer:
        run, asked = self._feed.run, self.asked
        said: dict[str, Any] = {"until": asked.until, "seed": asked.seed, "watch": self._watch, "show": self.show, "stop": self.stop}
        if self._changes:
            return study.compare_futures(run, self._changes, asked.count, **said)
        return study.futures(run, asked.count, ledger_count=None, **said)

    def _watch(self, done: int) -> None:
        self.done = done

    def asked_in_words(self) -> str:
        it = self.asked
        change = it.change or ", ".join(it.changes)
        return f"{it.count} until {it.until} from then, seed {it.seed}" + (f", {change}" if change else "")

    def told(self, name: str) -> FuturesTold:
        """As they stand."""
        has_ended, found = self.is_done, self.found  # in this order: what has ended is found
        compared = found if isinstance(found, FuturesCompared) else None
        seen = found.as_it_is if isinstance(found, FuturesCompared) else found
        booked = found.ledger_count if found else PAIRS if self._changes else 0
        steps = (self.asked.count + min(booked, self.asked.count)) * (2 if self._changes else 1)
        ledgers = seen.ledgers if seen else ()
        return FuturesTold(
            futures=name, state=state_of(self, has_ended), asked=self.asked, done=min(self.done, steps), steps=steps, why=self.failure,
            count=seen.count if seen else 0, since=known_at(seen.now_us) if seen else None, until=known_at(seen.until_us) if seen else None,
            due_count=seen.due_count if seen else 0, orders=_orders(seen), changed_orders=_orders(compared.changed if compared else None),
            differences=_differing(compared), currency=self._feed.run.plant.layout.currency,
            revenue=Spread.of(seen.revenue_minor) if seen and seen.count else None,
            result=Spread.of([it.result_minor for it in ledgers]) if ledgers else None,
            why_not_booked=compared.why_not_booked if compared else "",
            unknown=list(seen.unknown) if seen else [], not_considered=list(seen.not_considered) if seen else [],
        )  # fmt: skip


def _orders(found: Futures | None) -> list[TriedOrder]:
    return [TriedOrder.of(it) for it in found.orders] if found and found.count else []


def _differing(found: FuturesCompared | None) -> list[Differing]:
    if not found:
        return []
    titles: Sequence[str] = [it.outcome.title for it in found.differences]
    return [Differing(title=title, **row) for title, row in zip(titles, found.summary(), strict=True)]


FuturesKept = Kept[FuturesAsked, FuturesLooked]


def futures_of(feed: Feed) -> FuturesKept:
    """The futures of one server."""
    return Kept("futures", "are", "/futures", lambda asked: FuturesLooked(feed, asked, _changes(feed, asked)))


def _changes(feed: Feed, asked: FuturesAsked) -> Changes:
    """What is another from now on, as the plant could become by now.

    Raises
    ------
    Refused : it cannot, or there is no such change
    """
    run, changes = feed.run, asked.changes
    if asked.change:
        known = one_more_or_less(run.plant)
        if asked.change not in known:
            raise Refused(409, f"no change '{asked.change}'{did_you_mean(asked.change, known)}; allowed: {listed(known, 40)}")
        changes = known[asked.change]
    if changes:
        try:
            from_now_on(run, changes)
        except (PlantFileError, NotFromNowOn) as reason:
            raise Refused(409, str(reason)) from None
    return changes


def foreseen(router: APIRouter, kept: FuturesKept, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> APIRouter:
    """The addresses of futures, under `router`; a planner begins and ends them."""

    @router.get("", dependencies=[as_one_of()])
    def all_futures() -> list[FuturesTold]:
        """Futures that are played or were since the server began, oldest first; the last eight."""
        return [it.told(name) for name, it in kept.all()]

    @router.post("", status_code=202, responses={409: refused[409]})
    def begin(asked: FuturesAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("planner")]) -> FuturesTold:
        """Play futures from now on; `futures` of the answer is their name, and asked again under its key, they are the same."""
        name = f"{program.name}:{key}"
        found, was_there = kept.begin(name, asked)
        if was_there:
            response.headers["Idempotency-Replayed"] = "true"
        return found.told(name)

    @router.get("/{futures}", dependencies=[as_one_of()])
    def one_of_them(futures: FuturesName) -> FuturesTold:
        """How far they are, and what they say: each open order's chance to leave in time, and when; with a change, what it brings."""
        return kept.found(futures).told(futures)

    @router.delete("/{futures}", status_code=202, dependencies=[as_one_of("planner")])
    def end(futures: FuturesName) -> FuturesTold:
        """End them; the futures that are done by then count."""
        found = kept.found(futures)
        found.cancel()
        return found.told(futures)

    return router
