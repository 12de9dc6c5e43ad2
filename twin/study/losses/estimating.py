"""What a stop has cost in a run that nobody can play again, since it was live, replayed, or led by persons: an estimate with a spread.

Its MES and ERP are made again from the journal as they were just before the stop, and the plant is put together from what they knew then
(`twin.now`). From there it goes on with the stop as it was, and without it, under the same seeds (common random numbers; Law (2015), 11.2);
MES and ERP decide and book in both. The difference in the ledger is what the stop costs in that future. What really came was one of many
futures that could have come, so its cost is not known to the cent: it lies among theirs.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from twin.model.readiness.earlier import said_us
from twin.model.scenario import Disturbance, Policies, Scenario
from twin.now.plant_now import plant_now
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of
from twin.run import carry
from twin.simulation.beside.measured_plant import measured
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import drawn_by
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.store.journal import JournalEntry, UnchainedJournal
from twin.study.losses.cost import LossCost, cost_of, mean_cost
from twin.study.losses.found import LossFound
from twin.study.replication import Replicated, delivery_of
from twin.study.scheduling.decided import assumed, said
from twin.study.scheduling.persons import Persons
from twin.study.scheduling.playing import PlannedRun
from twin.study.scheduling.what_if import WhatIf

_FIRST_SEED = 1_000_000_007
"""Seeds of futures are far from those that people give to runs."""

ASSUMED = (
    "what came after the stop: drawn anew in each future from what was known just before it, with the stop and without it alike",
    "how long the stop lasts: as long as it did, and it takes no crew",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """What estimates came to: costs in the order in which they were asked, as far as somebody let them, and what all of them assume."""

    costs: tuple[LossCost, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A run just before a stop, and the plant there twice: with the stop to come, and without."""

    now_us: int
    scenario: Scenario
    levels: bytes  # MES and ERP, pickled
    with_it: Snapshot
    without: Snapshot
    unknown: tuple[str, ...]


def can_be_estimated(run: Run, it: LossFound) -> bool:
    """A stop of equipment that was heard of before: set-ups and bad pieces follow from what is done, and are no stops to put in its way."""
    return it.left_out.loss == "failure" and it.left_out.equipment in run.plant.equipment and it.at_us > run.scenario.start_us + 1


def why_no_estimate(run: Run) -> str:
    """Why nothing can go on from this run, in words; empty if it can."""
    policies = run.mes.policies
    if policies.decisions == "told" or policies.planning == "told":
        return (
            "another system decides in this run, and nobody knows how it would have gone on; allowed: a run in which our MES and ERP decide"
        )
    return ""


def estimated(
    run: Run, entries: Sequence[JournalEntry], chosen: Sequence[LossFound], end_us: int, futures: int,
    tell: Callable[[], None], stop: threading.Event | None,
) -> Estimated:  # fmt: skip
    """The cost of each of these stops up to `end_us`; `tell` is called after each future.

    A stop of which not all futures were played when somebody ended it is not among the costs.
    """
    costs, unknown = dict[LossFound, LossCost](), dict.fromkeys(ASSUMED)
    for it, standing in _standings(run, entries, sorted(chosen, key=lambda one: one.at_us), end_us):
        differences = list[LossCost]()
        for seed in range(_FIRST_SEED, _FIRST_SEED + futures):
            with_it, without = (_played(run, standing, kept, seed, stop) for kept in (standing.with_it, standing.without))
            if stop and stop.is_set():
                return Estimated(costs=tuple(costs[one] for one in chosen if one in costs), assumed=tuple(unknown))
            differences.append(cost_of(it, with_it, without))
            tell()
        costs[it] = mean_cost(it, differences)
        unknown |= dict.fromkeys(standing.unknown)
    return Estimated(costs=tuple(costs[one] for one in chosen), assumed=tuple(unknown))


def _standings(
    run: Run, entries: Sequence[JournalEntry], in_order: Sequence[LossFound], end_us: int
) -> Iterator[tuple[LossFound, _Standing]]:  # fmt: skip
    """The run just before each of these stops. MES and ERP hear its journal once, as it was recorded: nothing is decided anew."""
    seen, heard = PlannedRun(run.played, run.scenario, UnchainedJournal()), 0
    for it in in_order:
        while said_us(entries[heard].event) < it.at_us:
            entry = entries[heard]
            seen.journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
            seen.reapply(entry.event)
            heard += 1
        seen.now_us = it.at_us - 1  # up to there nothing else has happened
        yield it, _standing(seen, it, end_us)


def _standing(seen: Run, it: LossFound, end_us: int) -> _Standing:
    asked, start_us = seen.scenario, seen.scenario.start_us
    lasts_us = end_us + 1 - it.at_us if it.goes_on else it.duration_us
    kept = list[Snapshot]()
    for begin_us in (it.at_us, end_us + 1):  # without it: as a stop that comes too late, so that all else is drawn alike
        seen.scenario = asked.model_copy(update={"disturbances": _with_stop(asked, it, begin_us - start_us, lasts_us)})
        now = plant_now(seen, until_us=end_us, is_commanded=True)
        kept.append(now.snapshot)
    seen.scenario = asked
    return _Standing(
        now_us=seen.now_us, scenario=asked.model_copy(update={"policies": _decided_by_rule(seen)}),
        levels=pickle.dumps((seen.mes, seen.erp)), with_it=kept[0], without=kept[1], unknown=(*now.unknown, *assumed(seen, WhatIf())),
    )  # fmt: skip


def _with_stop(asked: Scenario, it: LossFound, at_us: int, lasts_us: int) -> list[Disturbance]:
    """The planned stops of the scenario, with this one at the end; where it was one of them, it is not there twice."""
    named = it.left_out.equipment, it.left_out.reason, it.at_us - asked.start_us
    others = [stop for stop in asked.disturbances if (stop.equipment, stop.reason, stop.at) != named]
    stop = {"equipment": named[0], "at": f"{at_us} us", "lasts": f"{max(1, lasts_us)} us", "reason": named[1]}
    return [*others, Disturbance.model_validate(stop)]


def _decided_by_rule(seen: Run) -> Policies:
    """The policies that held, in which nobody waits for persons who are not there."""
    return seen.mes.policies.model_copy(update={"decisions": "mes", "receipts": "plant"})


def _played(run: Run, standing: _Standing, kept: Snapshot, seed: int, stop: threading.Event | None) -> Replicated:
    """One future, to its end: its books, and how customers were served."""
    future = PlannedRun(run.plant, standing.scenario, UnchainedJournal(), seed=seed)
    future.mes, future.erp = pickle.loads(standing.levels)
    future.now_us = standing.now_us
    future.mes.follow(standing.scenario.policies)
    future.erp.daily_plan.follow(standing.scenario.policies)
    if warehouse := warehouse_of(future):
        warehouse.moves_by_rule(True)
    if future.erp.packing:
        future.erp.packing.is_by_rule = True
    plant = CompiledPlant.resume(drawn_by(kept, seed))
    if sent := list(future.mes.commands.on_their_way.values()):
        plant.send(sent)  # what has not been answered is answered now
    source = measured(plant, run.plant, standing.scenario, seed)
    carry(Persons(source, future, standing.now_us, list(said(future, {}, WhatIf()))), future, stop=stop)
    return Replicated(
        key="", seed=seed, trace_hash="", event_count=len(future.journal), outcomes={}, deadlock=future.deadlock,
        accounts=dict(future.erp.ledger.balances), delivery=delivery_of(future),
    )  # fmt: skip
