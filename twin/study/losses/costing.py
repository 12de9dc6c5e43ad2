"""What a loss has cost, by counterfactual: the same run with that one event taken out; the difference in the ledger is its cost.

Random numbers are counted by purpose and entity, so everything that is not touched by the loss is drawn as it was (common random numbers;
Law (2015), 11.2): up to the instant of the loss the two runs are equal, fact by fact, and what differs after it follows from it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from twin.model.events import Heartbeat, OperationsEvent
from twin.model.losses.left_out import LOSS_KINDS, LeftOut, LossKind, known_kinds
from twin.model.problems import did_you_mean, listed
from twin.model.states import Source
from twin.results.run import Run
from twin.store.journal import UnchainedJournal, trace_hash
from twin.study.conduct import Conduct, StudyStoppedError, Watch, carry_out
from twin.study.losses.cost import CostOfLosses, cost_of
from twin.study.losses.found import LossFound, losses_in
from twin.study.replication import Case, case
from twin.study.workers import WorkersLike


class HowPlayed(TypedDict, total=False):
    """How the runs without a loss are carried out; the fields of `How` that have a meaning here."""

    workers: WorkersLike
    folder: Path | str | None
    watch: Watch | None
    stop: threading.Event | None


def losses_of(run: Run, kinds: Sequence[LossKind] = LOSS_KINDS, equipment: Sequence[str] = ()) -> list[LossFound]:
    """Every single loss of a simulated run so far, in the order in which they began; only of these kinds and this equipment, if named.

    Raises
    ------
    ValueError : the run was not simulated from a seed, or there is no such kind or equipment
    """
    facts, end_us = _facts(run)
    return _fitting(losses_in(facts, run.plant, end_us, run.scenario.without), run, kinds, equipment)


def cost_of_losses(
    run: Run, largest: int = 10, *, kinds: Sequence[LossKind] = LOSS_KINDS, equipment: Sequence[str] = (),
    losses: Sequence[LeftOut] | None = None, **how: Unpack[HowPlayed],
) -> CostOfLosses:  # fmt: skip
    """Play a simulated run again without each of its losses, one at a time, to the same end, and say what that changes in the ledger.

    Parameters
    ----------
    largest : so many losses, the longest; equally long ones in the order in which they began
    kinds, equipment : only of these, "failure", "setup", "scrap", "rework"; left out, of all
    losses : these instead, as `losses_of(run)` numbers them
    how : `workers`, `folder`, `watch`, `stop`, as of every study

    Raises
    ------
    ValueError : no such loss, or a run that does not follow from plant, scenario and seed alone
    StudyStoppedError : stopped before anything could be said

    Notes
    -----
    Costs of single losses do not add up: without one, another may have had no effect.
    """
    facts, end_us = _facts(run)
    found = losses_in(facts, run.plant, end_us, run.scenario.without)
    chosen = _named(found, losses) if losses is not None else _longest(_fitting(found, run, kinds, equipment), largest)
    conduct = Conduct(seed=run.seed or 0, **how)
    cases = [_case(run, (), end_us), *(_case(run, (it.left_out,), end_us) for it in chosen)]
    base, *others = carry_out(conduct, cases, [conduct.seed])[0]
    if base is None:
        raise StudyStoppedError("stopped before the run was played again as it was, with which the others are compared")
    if base.trace_hash != _hash(facts, end_us):
        raise ValueError(
            "played again, the run goes another way: somebody has decided or said something, or its files have changed;"
            " allowed: a run that follows from plant, scenario and seed alone"
        )
    costs = [cost_of(it, base, other) for it, other in zip(chosen, others, strict=True) if other is not None]
    return CostOfLosses(
        plant=run.plant, seed=conduct.seed, from_us=run.scenario.start_us, until_us=end_us, accounts=base.accounts, delivery=base.delivery,
        costs=tuple(sorted(costs, key=lambda it: (-it.cost_minor, it.found.rank))), found=tuple(found), asked_count=len(chosen),
    )  # fmt: skip


def _facts(run: Run) -> tuple[list[OperationsEvent], int]:
    """What the plant has said up to an instant at which all is said, and that instant."""
    if run.seed is None:
        raise ValueError("this run was replayed, imported or followed live, and cannot be played without a loss; allowed: a simulated run")
    if run.deadlock:
        raise ValueError(f"this run ended by a {run.deadlock}; allowed: a run that came to the end that was asked for")
    with run.lock:
        facts = [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]
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
    return case(name, run.plant, asked, span_us=end_us - run.scenario.start_us, books=True)


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
