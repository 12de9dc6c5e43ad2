"""What a loss has cost, by counterfactual: the same run with that one event taken out; the difference in the ledger is its cost.

Random numbers are counted by purpose and entity, so everything that is not touched by the loss is drawn as it was (common random numbers;
Law (2015), 11.2): up to the instant of the loss the two runs are equal, fact by fact, and what differs after it follows from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from twin.model.events import Heartbeat, OperationsEvent
from twin.model.losses.left_out import LOSS_KINDS, LeftOut, LossKind, known_kinds
from twin.model.problems import did_you_mean, listed
from twin.model.states import Source
from twin.results.run import Run
from twin.store.journal import PLANT_SOURCES, UnchainedJournal, trace_hash
from twin.study.conduct import Conduct, Progress, StudyStoppedError, Watch, carry_out
from twin.study.losses.cost import CostOfLosses, LossCost, cost_of
from twin.study.losses.estimating import can_be_estimated, estimated, why_no_estimate
from twin.study.losses.found import LossFound, losses_in
from twin.study.replication import Case, case, delivery_of
from twin.study.workers import WorkersLike

FUTURES = 20
"""In so many futures each stop is tried: in nine cases of ten the truth lies within their spread."""


class HowPlayed(TypedDict, total=False):
    """How the runs without a loss are carried out; the fields of `How` that have a meaning here."""

    workers: WorkersLike
    folder: Path | str | None
    watch: Watch | None
    stop: threading.Event | None


def losses_of(run: Run, kinds: Sequence[LossKind] = LOSS_KINDS, equipment: Sequence[str] = ()) -> list[LossFound]:
    """Every single loss that a run has told so far, in the order in which they began; only of these kinds and this equipment, if named.

    Raises
    ------
    ValueError : nothing has happened yet, or there is no such kind or equipment
    """
    facts, end_us = _facts(run)
    return _fitting(losses_in(facts, run.plant, end_us, run.scenario.without), run, kinds, equipment)


def cost_of_losses(
    run: Run, largest: int = 10, *, kinds: Sequence[LossKind] = LOSS_KINDS, equipment: Sequence[str] = (),
    losses: Sequence[LeftOut] | None = None, futures: int = FUTURES, **how: Unpack[HowPlayed],
) -> CostOfLosses:  # fmt: skip
    """Play a simulated run again without each of its losses, one at a time, to the same end, and say what that changes in the ledger.

    Of a run that cannot be played again, since it was live, replayed, or led by persons, the cost of stops (failures) is estimated:
    `.is_estimated`, `.assumed`, and of each its `.estimate`.

    Parameters
    ----------
    largest : so many losses, the longest; equally long ones in the order in which they began
    kinds, equipment : only of these, "failure", "setup", "scrap", "rework"; left out, of all
    losses : these instead, as `losses_of(run)` numbers them
    futures : of an estimate, in how many futures each stop is tried, 2 or more
    how : `workers`, `folder`, `watch`, `stop`, as of every study; futures are played in this process, and kept nowhere

    Raises
    ------
    ValueError : no such loss; or of a run that cannot be played again, a loss that is no stop, or one that another system leads
    StudyStoppedError : stopped before anything could be said

    Notes
    -----
    Costs of single losses do not add up: without one, another may have had no effect.
    """
    facts, end_us = _facts(run)
    found = losses_in(facts, run.plant, end_us, run.scenario.without)
    fitting = _named(found, losses) if losses is not None else _fitting(found, run, kinds, equipment)
    conduct = Conduct(seed=run.seed or 0, **how)
    if run.seed is not None:
        chosen = fitting if losses is not None else _longest(fitting, largest)
        cases = [_case(run, (), end_us), *(_case(run, (it.left_out,), end_us) for it in chosen)]
        base, *others = carry_out(conduct, cases, [conduct.seed])[0]
        if base is None:
            raise StudyStoppedError("stopped before the run was played again as it was, with which the others are compared")
        if base.trace_hash == _hash(facts, end_us):
            costs = [cost_of(it, base, other) for it, other in zip(chosen, others, strict=True) if other is not None]
            return _told(run, costs, found, end_us, len(chosen), base.accounts, base.delivery)
    if why := why_no_estimate(run):
        raise ValueError(why)
    stops = _stops(run, fitting, is_named=losses is not None, kinds=kinds)
    return _estimated(run, found, stops if losses is not None else _longest(stops, largest), end_us, futures, conduct)


def _estimated(
    run: Run, found: Sequence[LossFound], chosen: Sequence[LossFound], end_us: int, futures: int, conduct: Conduct
) -> CostOfLosses:  # fmt: skip
    """Costs that nobody can know to the cent."""
    if futures < 2:
        raise ValueError(f"{futures} futures say nothing of a spread; allowed: 2 or more")
    with run.lock:
        entries, accounts, delivery = list(run.journal.entries()), dict(run.erp.ledger.balances), delivery_of(run)
    total, began_s, played = futures * len(chosen), time.monotonic(), 0

    def tell() -> None:
        nonlocal played
        played += 1
        if conduct.watch:
            conduct.watch(Progress(done=played, total=total, found=0, elapsed_s=time.monotonic() - began_s))

    known = estimated(run, entries, chosen, end_us, futures, tell, conduct.stop)
    if chosen and not known.costs:
        raise StudyStoppedError("stopped before all futures of a stop were played")
    return _told(run, known.costs, found, end_us, len(chosen), accounts, delivery, known.assumed)


def _told(
    run: Run, costs: Sequence[LossCost], found: Sequence[LossFound], end_us: int, asked_count: int, accounts: Mapping[str, int],
    delivery: Mapping[str, int], assumed: tuple[str, ...] = (),
) -> CostOfLosses:  # fmt: skip
    return CostOfLosses(
        plant=run.plant, seed=run.seed or 0, from_us=run.scenario.start_us, until_us=end_us, accounts=accounts, delivery=delivery,
        costs=tuple(sorted(costs, key=lambda it: (-it.cost_minor, it.found.rank))), found=tuple(found), asked_count=asked_count,
        assumed=assumed,
    )  # fmt: skip


def _stops(run: Run, fitting: Sequence[LossFound], *, is_named: bool, kinds: Sequence[LossKind]) -> list[LossFound]:
    """Those of the losses whose cost can be estimated; all that were named must be such."""
    stops = [it for it in fitting if can_be_estimated(run, it)]
    others = [str(it.left_out) for it in fitting if it not in stops] if is_named else []
    if others or "failure" not in known_kinds(kinds):
        raise ValueError(
            f"this run cannot be played again without {listed(others) if others else listed(kinds)}, since it was replayed, followed live"
            " or led by persons; allowed: failures that came after its start, whose cost can be estimated"
        )
    return stops


def _facts(run: Run) -> tuple[list[OperationsEvent], int]:
    """What the plant has said up to an instant at which all is said, and that instant."""
    if run.deadlock:
        raise ValueError(f"this run ended by a {run.deadlock}; allowed: a run that came to the end that was asked for")
    with run.lock:
        facts = [entry.event for entry in run.journal.entries() if entry.source in PLANT_SOURCES]
        now_us = run.now_us
    if facts and _is_end(facts[-1]):
        return facts, facts[-1].effective_us
    if now_us <= run.scenario.start_us:
        raise ValueError("nothing has happened yet in this run; allowed: a run of which some time has passed")
    return [it for it in facts if it.effective_us < now_us], now_us


def _is_end(fact: OperationsEvent) -> bool:
    return isinstance(fact, Heartbeat) and fact.reason == "end"


def _hash(facts: Sequence[OperationsEvent], end_us: int) -> str:
    """The trace hash of these facts, and that the run ended there."""
    journal = UnchainedJournal()
    for fact in facts if _is_end(facts[-1]) else [*facts, Heartbeat(effective_us=end_us, reason="end")]:
        journal.append(fact, source=Source.SIMULATED)
    return trace_hash(journal.entries())


def _case(run: Run, left_out: tuple[LeftOut, ...], end_us: int) -> Case:
    """The run's plant has its scenario's changes already."""
    without = [*run.scenario.without, *left_out]
    asked = run.scenario.model_copy(update={"changes": {}, "without": without})
    name = f"without {left_out[0]}" if left_out else "as it was"
    return case(name, run.played, asked, span_us=end_us - run.scenario.start_us, books=True)


def _fitting(found: Sequence[LossFound], run: Run, kinds: Sequence[LossKind], equipment: Sequence[str]) -> list[LossFound]:
    kinds = known_kinds(kinds)
    if missing := [it for it in equipment if it not in run.plant.equipment]:
        known = run.plant.equipment
        raise ValueError(f"no equipment is called '{missing[0]}'{did_you_mean(missing[0], known)}; allowed: {listed(known)}")
    return [it for it in found if it.left_out.loss in kinds and (not equipment or it.left_out.equipment in equipment)]


def _longest(found: Sequence[LossFound], largest: int) -> list[LossFound]:
    if largest < 1:
        raise ValueError(f"{largest} losses cost nothing; allowed: a number from 1")
    return sorted(found, key=lambda it: it.rank)[:largest]


def _named(found: Sequence[LossFound], losses: Sequence[LeftOut]) -> list[LossFound]:
    by_name = {it.left_out: it for it in found}
    if missing := [str(it) for it in losses if it not in by_name]:
        near = [str(it.left_out) for it in found if it.left_out.equipment in {loss.equipment for loss in losses}]
        raise ValueError(f"no such loss in this run: {listed(missing)}; allowed: {listed(near or [str(it.left_out) for it in found])}")
    return [by_name[it] for it in dict.fromkeys(losses)]
