"""The addresses of the shop floor: what is read, for any program, and what is done there by those of the production."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, HTTPException, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from twin.apps.api.documents import Taken
from twin.apps.api.entries import TERMINAL
from twin.apps.api.floor import seen
from twin.apps.api.floor.built import Built
from twin.apps.api.floor.reserved import Reservation
from twin.apps.api.floor.sequencing import resequenced, sequenced
from twin.apps.api.once import Key, Once, taken
from twin.apps.api.reading import First, Id, Instant, Most, Reading
from twin.apps.feed import Feed
from twin.apps.terminals.entered import Entered
from twin.mes.equipment import StateInterval
from twin.mes.execution import ENDED
from twin.model.events import DefectsCounted, JobOrderCommand, TestResultRecorded
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.results.quality.tables import actions_table, holds_table, nonconformances_table
from twin.results.readiness.resource_tables import queue_table, reservations_table, resources_table
from twin.results.run import Run
from twin.results.tables import indicator_rows, inspection_table, job_orders_table
from twin.results.tracing.built.as_built import as_built
from twin.results.tracing.lot_trace import trace
from twin.results.tracing.recalls import recall_of_lots
from twin.results.upkeep.alarms import alarms_table
from twin.results.views.schedule import published_bars
from twin.store.tokens import Program

T = TypeVar("T")
Called = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
"""An id; of a title the refusal says which id is meant."""
Named = Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class CommandAsked(BaseModel):
    """A job order shall be started, paused, resumed, held, stopped or aborted, by the person of the program; counts complete it."""

    model_config = ConfigDict(extra="forbid")

    job_order: Word
    equipment: Word
    command: Literal["Start", "Stop", "Hold", "Restart", "Abort", "Pause", "Resume"]
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")] = ""


class CheckAsked(BaseModel):
    """A value of a characteristic that a quality plan asks for: measured, judged (1 or 0), or how many were found wrong.

    `inspected`: of how many that were looked at, where it is counted; left out: the sample of the plan. `codes`: of which defects how many.
    """

    model_config = ConfigDict(extra="forbid")

    plan: Word
    lot: Word
    characteristic: Word
    value: Annotated[float, Field(allow_inf_nan=False)]
    inspected: Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)] | None = None
    codes: Annotated[list[tuple[Word, Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]]], Field(max_length=100)] = []


def floor(router: APIRouter, feed: Feed, reading: Reading) -> APIRouter:
    """What is read of the floor, under `router`."""
    _of_work(router, feed)
    _of_time(router, feed, reading)
    _of_quality(router, feed, reading)
    _of_lots(router, feed)
    return sequenced(router, feed)


def _look(feed: Feed, what: Callable[[Run], T]) -> T:
    """Between two rounds.

    Raises
    ------
    HTTPException : 404, nobody knows what is asked for
    """
    try:
        with feed.run.lock:
            return what(feed.run)
    except ValueError as error:
        raise HTTPException(404, str(error)) from None


def _of_work(router: APIRouter, feed: Feed) -> None:
    @router.get("/resources")
    def resources(kind: seen.Kind | None = None, first: First = 0, most: Most = 100) -> list[seen.Resource]:
        """Every machine, person, tool and lot that is here, with what it does now and whether it is free."""
        table = _look(feed, resources_table)
        return seen.rows_of(seen.Resource, table[table["kind"] == kind] if kind else table, first, most)

    @router.get("/reserved-resources")
    def reserved_resources(first: First = 0, most: Most = 100) -> list[Reservation]:
        """What is, or was, promised ahead to a job order or kept for a while, in the order in which it was said."""
        return seen.rows_of(Reservation, _look(feed, reservations_table), first, most)

    @router.get("/queues/{work_center}")
    def queue(work_center: Called, first: First = 0, most: Most = 100) -> list[seen.Waiting]:
        """What waits at a work center, by rank: why it stands there, and what keeps it from its start."""
        return seen.rows_of(seen.Waiting, _look(feed, lambda run: queue_table(run, work_center)), first, most)

    @router.get("/job-orders")
    def job_orders(
        is_open: bool | None = None, equipment: Named = None, request: Named = None, first: First = 0, most: Most = 100
    ) -> list[seen.JobOrder]:
        """Job orders in the order of their release."""
        table = _look(feed, job_orders_table)
        ended = table["status"].isin([str(it) for it in ENDED])
        chosen = [] if is_open is None else [~ended if is_open else ended]
        chosen += [table[name] == asked for name, asked in (("equipment", equipment), ("request", request)) if asked]
        for it in chosen:
            table = table[it.reindex(table.index)]
        return seen.rows_of(seen.JobOrder, table, first, most)

    @router.get("/schedule")
    def schedule(first: First = 0, most: Most = 100) -> list[seen.Planned]:
        """What is still to come of the schedule that was published."""
        return [seen.Planned.of(it) for it in _look(feed, published_bars)[first : first + most]]

    @router.get("/alarms")
    def alarms(is_calling: bool | None = None, first: First = 0, most: Most = 100) -> list[seen.Alarm]:
        """Alarms and alerts: what calls somebody first, of that what is there, then the rest. `is_calling`: nobody has acknowledged it."""

        def look(run: Run) -> Any:
            table, calling = alarms_table(run), len(run.mes.alarms.calling())
            return table if is_calling is None else table.iloc[:calling] if is_calling else table.iloc[calling:]

        return seen.rows_of(seen.Alarm, _look(feed, look), first, most)


def _of_time(router: APIRouter, feed: Feed, reading: Reading) -> None:
    @router.get("/states/{equipment}")
    def states(equipment: Id, since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[seen.State]:
        """The states of a machine that touch [since, until), in order; they tile time, and the last of them goes on."""

        def look(run: Run) -> list[StateInterval]:
            if equipment not in run.mes.equipment.records:
                known = run.mes.equipment.records
                raise ValueError(f"there is no equipment '{equipment}'{did_you_mean(equipment, known)}; allowed: {listed(known)}")
            return run.mes.equipment.intervals(equipment, *reading.span(since, until))

        return [seen.State.of(it) for it in _look(feed, look)[first : first + most]]

    @router.get("/indicators/{scope}")
    def indicators(
        scope: seen.Scope, since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100
    ) -> list[seen.Indicators]:
        """The indicators of ISO 22400 in [since, until), of every one of a scope."""
        rows = _look(feed, lambda run: indicator_rows(run, scope, *_from(run, reading.span(since, until))))
        return [seen.Indicators.of(scope, it) for it in rows[first : first + most]]

    @router.get("/losses")
    def losses(since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[seen.Loss]:
        """Where the planned time of each machine in [since, until) went, in parts that add up."""
        table = _look(feed, lambda run: run.losses(*_from(run, reading.span(since, until))))
        return seen.rows_of(seen.Loss, table, first, most)

    @router.get("/stops")
    def stops(since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[seen.Stopped]:
        """What stood still in [since, until) and why, the dearest first."""
        table = _look(feed, lambda run: run.stops(*_from(run, reading.span(since, until))))
        return seen.rows_of(seen.Stopped, table, first, most)


def _of_quality(router: APIRouter, feed: Feed, reading: Reading) -> None:
    @router.get("/scrap")
    def scrap(since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[seen.Scrapped]:
        """What was counted as scrap or sent back in [since, until) and why, the dearest first."""
        table = _look(feed, lambda run: run.scrap_reasons(*_from(run, reading.span(since, until))))
        return seen.rows_of(seen.Scrapped, table, first, most)

    @router.get("/defects")
    def defects(since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[seen.Defect]:
        """Which defects were found in [since, until), the most frequent first (Pareto)."""
        table = _look(feed, lambda run: run.defects(*_from(run, reading.span(since, until))))
        return seen.rows_of(seen.Defect, table, first, most)

    @router.get("/holds")
    def holds(first: First = 0, most: Most = 100) -> list[seen.Hold]:
        """Every lot that is held now, and why."""
        return seen.rows_of(seen.Hold, _look(feed, holds_table), first, most)

    @router.get("/nonconformances")
    def nonconformances(first: First = 0, most: Most = 100) -> list[seen.Nonconformance]:
        """Every nonconformance, in the order in which they were raised."""
        return seen.rows_of(seen.Nonconformance, _look(feed, nonconformances_table), first, most)

    @router.get("/corrective-actions")
    def corrective_actions(first: First = 0, most: Most = 100) -> list[seen.CorrectiveAction]:
        """Every corrective and preventive action, in the order in which they were opened."""
        return seen.rows_of(seen.CorrectiveAction, _look(feed, actions_table), first, most)

    @router.get("/control-charts/{characteristic}")
    def charted(characteristic: Id, first: First = 0, most: Most = 100) -> list[seen.ChartPoint]:
        """The points of a control chart with their numbers, limits and signals."""
        return seen.rows_of(seen.ChartPoint, _look(feed, lambda run: run.control_chart(characteristic)), first, most)

    @router.get("/results/{lot}")
    def results(lot: Id, first: First = 0, most: Most = 100) -> list[seen.Result]:
        """What was measured of a lot, as it stands."""
        return seen.rows_of(seen.Result, _look(feed, lambda run: inspection_table(run, lot)), first, most)


def _of_lots(router: APIRouter, feed: Feed) -> None:
    @router.get("/traces/{lot}")
    def traced(lot: Id) -> seen.Trace:
        """What went into a lot, what it went into, and where all of it is now."""
        return seen.Trace.of(_look(feed, lambda run: trace(run, lot)))

    @router.get("/as-built/{name}")
    def built(name: Id) -> Built:
        """How the unit with a serial number, or a lot, was built: components, operations with who, where and documents, results."""
        return Built.of(_look(feed, lambda run: as_built(run, name)))

    @router.get("/recalls/{lot}")
    def recalled(lot: Id, sources: Annotated[bool, Query(description="From all that went into it, too")] = False) -> seen.Recalled:
        """Whom a recall of a lot would reach, and what is still in house."""
        return seen.Recalled.of(_look(feed, lambda run: recall_of_lots(run, [lot], sources=sources)))


def _from(run: Run, span: tuple[int, int]) -> tuple[int, int]:
    """Nothing was planned or done before the start."""
    return max(span[0], run.scenario.start_us), span[1]


def done(router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> APIRouter:
    """What persons do at a tablet, done by a program for its person, under `router`; `refused`: how the application describes a refusal."""
    entered = Entered(feed.run)

    def said(kind: str, fields: dict[str, Any], program: Program, entry: str) -> Callable[[int], Any]:
        entry_of = {"id": entry, "kind": kind, "person": program.person, "terminal": TERMINAL, "said": fields}
        return lambda at_us: entered.event(entry_of, at_us)

    @router.post("/job-commands", status_code=201, responses=refused)
    def command(asked: CommandAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]) -> Taken:
        """Command a job order, as at a tablet: what keeps it from its start is said."""
        fields = asked.model_dump(exclude={"command"})
        return taken(once, response, program, key, asked, JobOrderCommand, lambda entry: said(asked.command, fields, program, entry))

    @router.post("/checks", status_code=201, responses=refused)
    def check(asked: CheckAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]) -> Taken:
        """Say a value that a quality plan asks for: it is judged, drawn in its chart, and may hold the lot."""
        kinds, fields = (TestResultRecorded, DefectsCounted), asked.model_dump(exclude_none=True)
        fields["codes"] = ", ".join(f"{code} {count}" for code, count in asked.codes)
        fields["value"] = int(asked.value) if asked.value == int(asked.value) else asked.value
        return taken(once, response, program, key, asked, kinds, lambda entry: said("Check", fields, program, entry))

    return resequenced(router, feed, once, as_one_of, refused)
