"""Where a schedule begins, and how it is played: the plant as it is now, without chance, decided by a rule.

The compiled plant plays it in milliseconds, so whatever the plant models is respected: calendars, set-ups, persons, material, batches,
full storages, vehicles. For what a planner wants to know of it, the same facts go through copies of the run's MES and ERP. Where starts or
shipments depend on what the rules in the plant do not know (tools, maintenance that is asked for, steps, held stock, a warehouse), these
copies decide and command it themselves (`decided`), in a second or so.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.kernels.floor.rows import log_rows as said
from twin.mes.equipment import SETUP_STATES
from twin.mes.scheduling.published import Pin
from twin.model.events import AlarmCleared, AlarmRaised, EquipmentStateChanged, OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import ToldAgain, listed
from twin.model.scenario import Policies, Scenario
from twin.model.source import EventSource
from twin.model.states import Source
from twin.now.planned import ASSUMED, PLANNED_SEED, as_planned, planned_scenario
from twin.now.plant_now import PlantNow, last_instant_us, plant_now
from twin.results.run import Run
from twin.run import carry
from twin.simulation.beside.beside_plant import BesidePlant
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import changed, drawn_by
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.layout import Ints
from twin.simulation.compiled_plant.shadow import shipments
from twin.store.journal import UnchainedJournal
from twin.study.scheduling import decided
from twin.study.scheduling.assumed import unfilled_batches
from twin.study.scheduling.assumed.passed_tests import PassedTests
from twin.study.scheduling.assumed.unfilled_batches import Unfilled
from twin.study.scheduling.by_hand.pinning import leave_a_choice, pins_of
from twin.study.scheduling.readiness import (
    assumed,
    held_lots,
    overdue_from_us,
    promised_us,
    ready_plant,
    waits_until_us,
    what_cannot_be_scheduled,
    what_rules_do_not_know,
)
from twin.study.scheduling.schedule import RuleOutcome
from twin.study.scheduling.what_if import WhatIf

_SETS_UP = np.array([int(state) for state in SETUP_STATES])


class NotScheduled(ToldAgain, ValueError):
    """What nobody can know of a plant, and a schedule depends on; every such thing is named."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("nobody knows " + "; ".join(self.problems) + "; allowed: a schedule once that is known")


class PlannedRun(Run):
    """What a plan would come to, as a run. What is assumed was seen by nobody, so MES and ERP need not agree to the last piece.

    `let_go`: batches that began below their minimum, since nothing known would have filled them up.
    """

    let_go: tuple[Unfilled, ...] = ()

    def check(self, *, whole: bool = False) -> None:
        """Nothing has to hold of what has not happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A run at an instant, as all schedules from there begin with it. It is not changed by what is planned from it."""

    now_us: int
    until_us: int
    plant: Plant  # without chance
    true_plant: Plant
    scenario: Scenario  # as the run has it, with the policies that hold now
    is_by_rule: bool  # the rules in the plant know all that starts depend on
    levels: bytes  # MES and ERP, pickled
    facts: tuple[OperationsEvent, ...]  # what has been heard of failures and of states
    begun: frozenset[str]  # job orders
    held: Mapping[str, str]  # lots that are on hold, and why
    promised_us: Mapping[str, int]  # and when they will be free, where somebody has said so
    overdue_from_us: Mapping[str, int]  # gauges of equipment that are over by then, and from when on
    assumed: tuple[str, ...]  # of who and what is ready, in words
    pins: Mapping[str, Pin]  # by job order that has not begun

    @classmethod
    def of(cls, run: Run, until_us: int, pins: Mapping[str, Pin] | None = None) -> Standing:
        """The run as it is now; `pins`: what is put where by hand, left out, as it was published.

        Raises
        ------
        NotScheduled : lots or starts wait for what nobody knows
        """
        with run.lock:
            there, notes = pins_of(run) if pins is None else pins, list(assumed(run.plant.layout, run, until_us))
            is_by_rule = not what_rules_do_not_know(run) and not leave_a_choice(run, there)
            plant = run.mes.personnel.attended(as_planned(run.plant))
            if is_by_rule:
                plant, more = ready_plant(plant, run, until_us)
                notes += more
            elif problems := what_cannot_be_scheduled(run):
                raise NotScheduled(problems)
            heard = (entry.event for entry in run.journal.entries())
            return cls(
                now_us=last_instant_us(run), until_us=until_us, plant=plant, true_plant=run.plant, is_by_rule=is_by_rule,
                scenario=run.scenario.model_copy(update={"policies": run.mes.policies}), levels=pickle.dumps((run.mes, run.erp)),
                facts=tuple(it for it in heard if isinstance(it, EquipmentStateChanged | AlarmRaised | AlarmCleared)),
                begun=frozenset(name for name, job in run.mes.job_orders.items() if job.started_us >= 0),
                held=held_lots(run), promised_us=promised_us(run), overdue_from_us=overdue_from_us(run, until_us), assumed=tuple(notes),
                pins=there,
            )  # fmt: skip

    def run(self, plant: Plant, scenario: Scenario) -> PlannedRun:
        """A run of its own that stands here."""
        run = PlannedRun(self.true_plant, scenario, UnchainedJournal())
        run.mes, run.erp = pickle.loads(self.levels)
        run.plant, run.now_us = plant, self.now_us
        return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What may be played from a standing, under one set of what-ifs."""

    standing: Standing
    what_if: WhatIf
    now: PlantNow
    plant: Plant
    scenario: Scenario
    open_orders: Mapping[str, tuple[int, int]]  # due date and priority of what is open, or supposed to come
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, standing: Standing, what_if: WhatIf) -> Ahead:
        """The plant as it is known, with what is supposed on top.

        Raises
        ------
        ValueError : something is supposed of what there is not
        """
        known = standing.run(standing.plant, standing.scenario)
        what_if.refuse_what_is_not(standing.plant, known.erp)
        what_if.refuse_what_waits_not(standing.held, standing.overdue_from_us)
        what_if.refuse_what_needs_nobody(known.mes, standing.is_by_rule)
        what_if.change_levels(known.mes, known.erp, standing.now_us)
        plant = what_if.changed_plant(standing.plant, standing.now_us)
        asked = planned_scenario(standing.scenario, set(known.erp.customer_orders.orders), standing.now_us)
        scenario = what_if.changed_scenario(plant, asked, standing.now_us, standing.overdue_from_us if standing.is_by_rule else {})
        known.plant, known.scenario = plant, scenario
        for fact in standing.facts:
            known.journal.append(fact, source=Source.SIMULATED)
        released_us = {**standing.promised_us, **what_if.released_us(standing.now_us)}
        waits = waits_until_us(standing.held, released_us, standing.until_us + 1)
        now = plant_now(
            known, until_us=standing.until_us, seed=PLANNED_SEED, waits_until_us=waits if standing.is_by_rule else None,
            is_commanded=not standing.is_by_rule,
        )  # fmt: skip
        notes = [*standing.assumed, *(() if standing.is_by_rule else decided.assumed(known, what_if))]
        if promised := [lot for lot in standing.promised_us if lot not in what_if.released]:
            notes.append(f"lots on hold of which is decided at a time ({listed(promised, 5)}): taken to be free then")
        if stay := [lot for lot in waits if lot not in released_us]:
            notes.append(f"when lots on hold go on ({listed(stay, 5)}): nobody has said, so they do not")
        notes += [note for note in now.unknown[2:] if "are of no demand of the scenario" not in note]
        now = replace(now, snapshot=drawn_by(now.snapshot, PLANNED_SEED))
        orders = {it.order: (it.due_us, it.priority) for it in known.erp.customer_orders.orders.values() if it.open_quantity}
        orders |= {line.order: (asked.start_us + line.due, line.priority) for line in what_if.rush_lines(asked, standing.now_us)}
        return cls(
            standing=standing, what_if=what_if, now=now, plant=plant, scenario=now.scenario, open_orders=orders, unknown=(*ASSUMED, *notes)
        )

    def under(self, policies: Policies) -> Snapshot:
        """The plant under other rules."""
        if policies == self.scenario.policies:
            return self.now.snapshot
        return changed(self.now.snapshot, scenario=self.scenario.model_copy(update={"policies": policies}))

    def is_the_same(self, one: Policies, other: Policies) -> bool:
        """Whether the plant does the same by both, where rules in it decide; in milliseconds."""
        first, second = (unfilled_batches.played(self.under(policies), self.plant).rows for policies in (one, other))
        return np.array_equal(first, second)

    def run(self, policies: Policies) -> PlannedRun:
        """All that follows under these policies, carried through copies of MES and ERP; it ends as soon as all open orders have left and
        nothing is in the making.
        """
        if self.standing.is_by_rule:
            run, begun = self._begun(policies), self.under(policies)
            run.let_go = unfilled_batches.played(begun, self.plant).let_go
            source = CompiledPlant.resume(begun)
            carry(PassedTests(_Told(unfilled_batches.rounds(source, run.let_go), run), run), run)
            return run
        let_go: tuple[Unfilled, ...] = ()
        for _ in range(unfilled_batches.MOST_TRIES):
            run = self._decided(policies, let_go)
            more = unfilled_batches.found_in(run, let_go)
            if not more:
                break
            let_go = (*let_go, more[0])
        return run

    def _begun(self, policies: Policies) -> PlannedRun:
        """A run that stands at the beginning, whose MES and ERP go by these policies."""
        standing = self.standing
        run = standing.run(self.plant, self.scenario.model_copy(update={"policies": policies}))
        self.what_if.change_levels(run.mes, run.erp, standing.now_us)
        run.mes.follow(policies)
        run.mes.published.pins = dict(standing.pins)
        run.erp.daily_plan.follow(policies)
        return run

    def _decided(self, policies: Policies, let_go: tuple[Unfilled, ...]) -> PlannedRun:
        """Where MES and ERP decide themselves: they command the plant."""
        run, standing = self._begun(policies), self.standing
        run.let_go = let_go
        run.mes.dispatching.unfilled = {job_order: it.from_us for it in let_go for job_order in it.job_orders}
        released_us = {**standing.promised_us, **self.what_if.released_us(standing.now_us)}
        source = decided.source_of(CompiledPlant.resume(self.now.snapshot), run, released_us, self.what_if)
        carry(_UntilAllHasLeft(source, run), run)
        return run

    def outcome(self, rule: str, policies: Policies, weights: Mapping[str, float], run: Run | None = None) -> RuleOutcome:
        """What these policies give of the open orders; `run`: what MES and ERP have made of it, where they decide themselves."""
        ends_us = self.standing.until_us
        if run:
            shipped, set_up_us = decided.shipped_and_set_up_us(run, self.standing.now_us)
        else:
            source, rows, _ = unfilled_batches.played(self.under(policies), self.plant)
            shipped = {source.words.order_of(origin, n): at_us for origin, n, _, at_us, _ in shipments(rows).tolist()}
            set_up_us = _setup_us(rows, ends_us)
        left = {order: shipped.get(order, ends_us) for order in self.open_orders}
        late = {order: max(0, left[order] - due_us) for order, (due_us, _) in self.open_orders.items()}
        leads = [at_us - self.standing.now_us for at_us in left.values()]
        return RuleOutcome(
            rule=rule, weighted_late_us=sum(weights.get(order, 1.0) * it for order, it in late.items()),
            late_count=sum(it > 0 for it in late.values()), late_us_max=max(late.values(), default=0),
            ships_us_last=max(left.values(), default=self.standing.now_us), lead_us_mean=sum(leads) / len(leads) if leads else 0.0,
            setup_us=set_up_us, unshipped_count=sum(order not in shipped for order in left),
        )  # fmt: skip


class _Told:
    """What is planned, as a source of facts; its rules have decided already what the MES is about to decide."""

    origin = Source.SIMULATED

    def __init__(self, rounds: Iterator[list[OperationsEvent]], run: Run) -> None:
        self._rounds, self._run = rounds, run

    def advance(self) -> list[OperationsEvent] | None:
        facts = next(self._rounds, None)
        return None if _all_has_left(self._run) else facts

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Nobody waits for it."""


class _UntilAllHasLeft(BesidePlant):
    """An event source that ends as soon as nothing is to be made or shipped any more."""

    def __init__(self, source: EventSource, run: Run) -> None:
        super().__init__(source)
        self._run = run

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        facts = super().advance(to_us)
        return None if _all_has_left(self._run) else facts


def _all_has_left(run: Run) -> bool:
    return not run.erp.requests.open and not any(run.erp.customer_orders.waiting.values())


def _setup_us(rows: Ints, end_us: int) -> int:
    """Time that equipment is set up, in all that a plant says."""
    told = rows[rows[:, said.EVENT_WHAT] % said.PLACES == said.TELLS_STATE]
    told = told[np.argsort(told[:, said.EVENT_WHAT], kind="stable")]
    if not len(told):
        return 0
    is_last = np.diff(told[:, said.EVENT_WHAT], append=-1) != 0
    until = np.where(is_last, end_us, np.append(told[1:, said.EVENT_US], end_us))
    return int((until - told[:, said.EVENT_US])[np.isin(told[:, said.EVENT_A], _SETS_UP)].sum())
