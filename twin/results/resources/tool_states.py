"""What each tool and gauge was all the time: with a job order, promised to one, worn out, or free; calibrated, or not any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.readiness.tools import pieces_of
from twin.model.states import JobCommand
from twin.results.resources.tiling import ResourceState, Span, Standing, tiled
from twin.results.run import Run

IN_USE, RESERVED, WORN, MOUNTED, IN_STORE = "in use", "reserved", "worn out", "mounted", "in store"
TOOL_STATES = (IN_USE, RESERVED, WORN, MOUNTED, IN_STORE)
CALIBRATED, OVERDUE, FAILED = "calibrated", "calibration overdue", "calibration failed"
GAUGE_STATES = (CALIBRATED, OVERDUE, FAILED)


@dataclass(slots=True)
class _Told:
    """What the journal has told of tools."""

    spans: defaultdict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, tuple[int, str]] = field(default_factory=dict)  # tool -> since when it is where it is
    sent_us: dict[str, int] = field(default_factory=dict)  # job order -> when it was sent
    had: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)  # job order -> tools that it has, where, since when
    used: dict[str, int] = field(default_factory=dict)  # tool -> pieces since it was new
    worn_us: dict[str, int] = field(default_factory=dict)  # tool -> since when


def tool_states(run: Run, from_us: int, to_us: int) -> Iterator[ResourceState]:
    """The states of every tool in [from_us, to_us), tool by tool in declared order; they tile it."""
    lives = {name: it.life for kind, it in run.plant.layout.tools.items() for name in pieces_of(kind, it)}
    if not lives:
        return
    told = _Told()
    refused = _refused(run)
    for entry in run.journal.entries():
        if entry.id not in refused:
            _tell(told, entry.event, lives)
    for name in lives:
        spans = [*told.spans[name], *_open(told, name, to_us)]
        yield from tiled("tool", name, spans, _judge, from_us, to_us)


def gauge_states(run: Run, from_us: int, to_us: int) -> Iterator[ResourceState]:
    """The states of everything that is calibrated, in [from_us, to_us), in declared order; they tile it."""
    zone = run.plant.layout.time_zone
    refused = _refused(run) if run.plant.layout.calibrations else set()
    said: defaultdict[str, list[e.CalibrationPerformed]] = defaultdict(list)
    for entry in run.journal.entries() if run.plant.layout.calibrations else ():
        if isinstance(entry.event, e.CalibrationPerformed) and entry.id not in refused:
            said[entry.event.calibration].append(entry.event)
    for name, it in run.plant.layout.calibrations.items():
        first_us = min([from_us, *(one.effective_us for one in said[name])])
        spans, since_us, due_us, is_passed = list[Span](), first_us, it.due_us(it.last, zone), True
        for one in [*sorted(said[name], key=lambda one: one.effective_us), None]:
            until_us = one.effective_us if one else to_us
            spans += _validity(since_us, until_us, due_us, it.equipment or "", is_passed=is_passed)
            if one:
                since_us, is_passed = one.effective_us, one.is_passed
                day = datetime.fromtimestamp(since_us / 1e6, ZoneInfo(zone)).date()
                due_us = it.due_us(day, zone) if is_passed else due_us
        yield from tiled("gauge", name, spans, lambda there: there[0] if there else Standing(state=CALIBRATED), from_us, to_us)


def _validity(since_us: int, until_us: int, due_us: int, at: str, *, is_passed: bool) -> list[Span]:
    if not is_passed:
        return [(since_us, until_us, Standing(state=FAILED, at=at))]
    return [
        (since_us, min(due_us, until_us), Standing(state=CALIBRATED, at=at)),
        (max(due_us, since_us), until_us, Standing(state=OVERDUE, at=at)),
    ]


def _refused(run: Run) -> set[str]:
    """Entries of persons that were not accepted."""
    return {entry.cause for entry in run.journal.entries() if isinstance(entry.event, e.EntryRefused) and entry.cause}


def _tell(told: _Told, event: OperationsEvent, lives: dict[str, int | None]) -> None:
    match event:
        case e.JobOrderCommand() if event.command == JobCommand.START:
            told.sent_us.update(dict.fromkeys(event.job_order.split("+"), event.effective_us))
        case e.ToolAssigned() if event.tool in lives:
            _place(told, event.tool, event.equipment, event.effective_us)
            sent_us = told.sent_us.get(event.job_order, event.effective_us)
            standing = Standing(state=RESERVED, at=event.equipment, job_order=event.job_order)
            told.spans[event.tool].append((sent_us, event.effective_us, standing))
            told.had.setdefault(event.job_order, []).append((event.tool, event.equipment, event.effective_us))
        case e.ToolMounted() if event.tool in lives:
            _place(told, event.tool, event.equipment, event.effective_us)
        case e.ToolReconditioned() if event.tool in lives:
            _end_wear(told, event.tool, event.effective_us)
            told.used[event.tool] = 0
            _place(told, event.tool, "", event.effective_us)
        case e.CountObserved():
            _wear(told, event, event.good + event.scrap + event.rework, lives)
        case e.JobOrderCompleted() | e.JobOrderAborted():
            for tool, at, since_us in told.had.pop(event.job_order, ()):
                standing = Standing(state=IN_USE, at=at, job_order=event.job_order)
                told.spans[tool].append((since_us, event.effective_us, standing))
        case _:
            pass


def _place(told: _Told, tool: str, equipment: str, at_us: int) -> None:
    since_us, was = told.places.get(tool, (0, ""))
    if was:
        told.spans[tool].append((since_us, at_us, Standing(state=MOUNTED, at=was)))
    told.places[tool] = at_us, equipment


def _wear(told: _Told, event: e.CountObserved, pieces: int, lives: dict[str, int | None]) -> None:
    """The stations of a line count the same pieces once more: the unit that has the tool counts."""
    for tool, at, _ in told.had.get(event.job_order, ()):
        if at == event.equipment:
            told.used[tool] = told.used.get(tool, 0) + pieces
            life = lives[tool]
            if life is not None and told.used[tool] >= life:
                told.worn_us.setdefault(tool, event.effective_us)


def _end_wear(told: _Told, tool: str, at_us: int) -> None:
    if (worn_us := told.worn_us.pop(tool, None)) is not None:
        told.spans[tool].append((worn_us, at_us, Standing(state=WORN)))


def _open(told: _Told, tool: str, to_us: int) -> Iterator[Span]:
    """What is so up to now."""
    for job_order, had in told.had.items():
        for name, at, since_us in had:
            if name == tool:
                yield since_us, to_us, Standing(state=IN_USE, at=at, job_order=job_order)
    since_us, place = told.places.get(tool, (0, ""))
    if place:
        yield since_us, to_us, Standing(state=MOUNTED, at=place)
    if (worn_us := told.worn_us.get(tool)) is not None:
        yield worn_us, to_us, Standing(state=WORN)


def _judge(there: list[Standing]) -> Standing:
    """In use before promised, before worn out, before where it lies; the job orders of a batch have it together."""
    for state in TOOL_STATES[:-1]:
        found = sorted((it for it in there if it.state == state), key=lambda it: it.job_order)
        if found:
            at = next((it.at for it in there if it.at), "")
            return Standing(state=state, at=found[0].at or at, job_order="+".join(it.job_order for it in found if it.job_order))
    return Standing(state=IN_STORE)
