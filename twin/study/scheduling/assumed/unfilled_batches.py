"""Batches that nothing known fills any more: in a schedule they begin as they are.

A furnace that takes two lots and more waits for a second one. On the floor that comes with an order that nobody has placed yet; in a
schedule nobody orders any more, and the lot would stand there for ever, with the order that it is for, whatever rule is asked. So the
schedule is played, and where lots stand before a batch at its end that is smaller than its minimum, it is played again and lets them go
once the last of them is there and the first has waited as long as batches wait: what could have joined them would have come by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import OperationsEvent
from twin.model.plant import BatchSize, Plant, job_order_id, most_at_once
from twin.model.states import DispatchStatus
from twin.results.run import Run
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.layout import Ints

MOST_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """Lots of one set-up family that wait before the batch units of a work center, and that nothing known joins after `from_us`."""

    center: str
    family: str | None
    from_us: int
    job_orders: tuple[str, ...]


class _Waiting(NamedTuple):
    """A job order that stands in the queue of a work center."""

    center: str
    equipment: Sequence[str]
    family: str | None
    batch: BatchSize | None
    quantity: int
    ready_us: int
    job_order: str


class Played(NamedTuple):
    """A plant that decides by rule, at its end: all that it has said, as rows (int64[n, EVENT_ROW]), and what was let go on the way."""

    source: CompiledPlant
    rows: Ints
    let_go: tuple[Unfilled, ...]


def played(snapshot: Snapshot, plant: Plant) -> Played:
    """The plant, played by its rules to its end; in milliseconds, as often as something else is found that would stand for ever."""
    let_go: tuple[Unfilled, ...] = ()
    for _ in range(MOST_TRIES):
        source = CompiledPlant.resume(snapshot)
        rows = _rows(source, let_go)
        more = _unfilled(_standing_in(source, plant), plant, let_go)
        if not more:
            break
        let_go = (*let_go, more[0])
    return Played(source, rows, let_go)


def rounds(source: CompiledPlant, let_go: Iterable[Unfilled]) -> Iterator[list[OperationsEvent]]:
    """The facts of such a plant, round by round, as a run hears them."""
    source.state.plant[at.STOPS_AT_ROUNDS] = 1
    for it in let_go:
        while it.from_us > source.now_us + 1 and (facts := source.advance(it.from_us - 1)):
            yield facts
        _ask_no_minimum(source, it)
    while (facts := source.advance()) is not None:
        yield facts


def found_in(run: Run, let_go: tuple[Unfilled, ...]) -> tuple[Unfilled, ...]:
    """What else stands for ever at the end of a run that MES and ERP decide, the first that is to go first."""
    now_us = run.now_us
    waiting = (
        _Waiting(job.step.work_center, job.step.equipment, job.step.setup_family, job.step.batch, job.quantity, job.turn_us, job.job_order)
        for queue in run.mes.execution.queues.values()
        for job in queue.values()
        if job.status is DispatchStatus.WAITING and 0 <= job.turn_us <= now_us and not run.mes.commands.held(job)
    )
    return _unfilled(waiting, run.plant, let_go)


def _rows(source: CompiledPlant, let_go: Iterable[Unfilled]) -> Ints:
    for it in let_go:
        if it.from_us > source.now_us:
            source.state.plant[at.END] = it.from_us
            source.run_on()
        _ask_no_minimum(source, it)
    source.state.plant[at.END] = source.end_us
    return source.run_on()


def _ask_no_minimum(source: CompiledPlant, it: Unfilled) -> None:
    """From now on batches of that family may be smaller there than their minimum."""
    state, units = source.state, source.layout.equipment
    state.plan = state.plan.copy()  # it is the snapshot's
    for address, step in source.layout.steps.items():
        if step.work_center != it.center or step.setup_family != it.family:
            continue
        if not state.plan[address + at.STEP_BATCH_MAXIMUM]:  # as its units say: what the smallest of them takes
            row = min((units[name] for name in step.equipment), key=lambda row: int(state.plant[row + at.BATCH_MAXIMUM]))
            state.plan[address + at.STEP_BATCH_MAXIMUM] = state.plant[row + at.BATCH_MAXIMUM]
            state.plan[address + at.STEP_BATCH_IN_PIECES] = state.plant[row + at.BATCH_IN_PIECES]
        state.plan[address + at.STEP_BATCH_MINIMUM] = 1


def _standing_in(source: CompiledPlant, plant: Plant) -> Iterator[_Waiting]:
    """What stands in the queues of a plant."""
    rows = source.state.plant
    for n, center in enumerate(plant.layout.work_centers):
        lot = int(rows[int(rows[at.CENTERS_AT]) + n * at.CENTER_ROW + at.QUEUE_FIRST])
        while lot >= 0:
            step = source.layout.steps[int(rows[lot + at.STEP])]
            job_order = job_order_id(source.words.lot_of(int(rows[lot + at.SERIAL])), step.operation)
            quantity, ready_us = int(rows[lot + at.LOT_QUANTITY]), int(rows[lot + at.READY_US])
            yield _Waiting(center, step.equipment, step.setup_family, step.batch, quantity, ready_us, job_order)
            lot = int(rows[lot + at.QUEUE_NEXT])


def _unfilled(waiting: Iterable[_Waiting], plant: Plant, let_go: tuple[Unfilled, ...]) -> tuple[Unfilled, ...]:
    """Lots that are fewer than the minimum of the batch that they wait for and were not let go, the first that is to go first."""
    units, groups = plant.layout.work_units, dict[tuple[str, str | None], list[_Waiting]]()
    for it in waiting:
        if it.equipment and all(name in units and units[name].batch for name in it.equipment):
            groups.setdefault((it.center, it.family), []).append(it)
    found = []
    for (center, family), its in groups.items():
        least = [most_at_once(units[name].batch, its[0].batch) for name in its[0].equipment]
        if any(sum(each.counted(it.quantity for it in its)) >= each.minimum for each in least):
            continue  # it waits for something else
        if not any((it.center, it.family) == (center, family) for it in let_go):
            names = tuple(sorted(it.job_order for it in its))
            found.append(Unfilled(center=center, family=family, from_us=max(it.ready_us for it in its), job_orders=names))
    return tuple(sorted(found, key=lambda it: (it.from_us, it.center, it.job_orders)))
