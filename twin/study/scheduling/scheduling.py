"""The door: a schedule of any run from where it is now, by one rule or by the best of all.

plan = study.schedule(run, rule="edd")      # what is to be done where, when and by whom, in milliseconds
plan = study.schedule(run)                  # by the rule that gives the least weighted lateness; .rule_table has all of them
plan.replan(down={"mill_1": "4 h"})         # another one, with what has changed
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from twin import library
from twin.mes.equipment import HELD_STATES, WORKING_STATES, StateInterval
from twin.mes.execution import JobOrder
from twin.mes.maintenance.orders import MaintenanceOrder
from twin.mes.resources.kinds import EQUIPMENT
from twin.model.events import GoodsReceived
from twin.model.measures import write_duration
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.policies.own_rules import OWN_RULES
from twin.model.problems import did_you_mean, listed
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState
from twin.results.explain.evidence import Evidence
from twin.results.explain.explanation import blame, spoken
from twin.results.explain.orders import Orders
from twin.results.run import Run
from twin.study.scheduling.by_hand.pinning import pinned_sequence
from twin.study.scheduling.playing import Ahead, PlannedRun, Standing
from twin.study.scheduling.schedule import Arrival, Operation, Phase, Promise, RuleOutcome, Schedule, Stay, Window, sequence_of
from twin.study.scheduling.what_if import WhatIf

DEFAULT_SPAN = "30 d"
MOST_CAUSES = 3  # that words name
Sequences = Mapping[str, Sequence[str]]
"""By unit, job orders in their order."""
MOST_TRIES = 6  # to find what its own sequence gives
MOST_ALONE = 5
UNFILLED = (
    "what will fill up batches that nothing known fills any more ({}): taken to begin as they are once they have waited; the floor waits"
    " for what is ordered later, unless somebody starts them"
)
BY_SEQUENCE = (
    "what the rule alone would do otherwise, where several units want one person at an instant: it is planned as the sequence gives it"
)
UNSETTLED = "who gets a tool or a person first, where several units want it at once: the floor may do it otherwise than planned"


def schedule(
    run: Run, rule: str | None = None, *, until: str = DEFAULT_SPAN, weights: Mapping[str, float] | None = None,
    **supposed: Any,
) -> Schedule:  # fmt: skip
    """What is to be done from now on, of a run that was simulated, is replayed or live.

    It is the one future of the plant as it is now in which everything lasts what is planned and nothing happens by chance.

    Parameters
    ----------
    rule : a dispatch rule of the house, or one of your own; left out, all are tried from the same start and the best is taken
    until : plant time from now on after which nothing is planned any more; it ends before that when all open orders have left
    weights : by order, how much its lateness counts; left out, 1 plus its priority, at least 1
    supposed : down, late, absent, released, calibrated, maintained, reconditioned: what is supposed, as
        `twin.study.scheduling.what_if.WhatIf` has it

    Raises
    ------
    ValueError : no such rule, order, equipment, person; or starts wait for what nobody knows
    """
    span_us = library.read_span(until)
    assert span_us is not None
    standing = Standing.of(run, run.now_us + span_us)
    return planned(standing, WhatIf(**{name: said for name, said in supposed.items() if said}), rule, weights)


def planned(standing: Standing, what_if: WhatIf, rule: str | None, weights: Mapping[str, float] | None = None) -> Schedule:
    """A schedule from a standing, by one rule or by the best of all."""
    ahead = Ahead.of(standing, what_if)
    counted = weights_of(ahead, weights)
    if rule is not None:
        return told(ahead, rule, by(rule, ahead), counted)
    return best(ahead, counted)


def best(ahead: Ahead, weights: Mapping[str, float], kept: Sequences | None = None) -> Schedule:
    """The schedule by the best of all rules; `kept`: by unit, what goes first there in this order, whichever rule decides."""
    outcomes = compared(ahead, weights, kept)
    plan = told(ahead, outcomes[0].rule, by(outcomes[0].rule, ahead, kept), weights, outcomes)
    if ahead.standing.is_by_rule and not _agrees(plan, outcomes[0]):  # orders ship otherwise than by the plant's rules: in parts, on credit
        outcomes = compared(ahead, weights, kept, is_told=True)
        plan = told(ahead, outcomes[0].rule, by(outcomes[0].rule, ahead, kept), weights, outcomes)
    return plan


def _agrees(plan: Schedule, outcome: RuleOutcome) -> bool:
    """Whether what MES and ERP make of a schedule is what the rows of the plant said of its rule."""
    unshipped = sum(it.ships_us is None for it in plan.orders)
    is_as_late = math.isclose(plan.weighted_late_us, outcome.weighted_late_us, abs_tol=1.0)
    return is_as_late and (len(plan.late), unshipped) == (outcome.late_count, outcome.unshipped_count)


def by(rule: str, ahead: Ahead, kept: Sequences | None = None) -> Policies:
    """The policies of the run with another dispatch rule at every work center, after what is kept in its sequence.

    Raises
    ------
    ValueError : there is no such rule
    """
    policies = ahead.standing.scenario.policies.model_copy(update={"decisions": "mes"})
    if rule == "as now":
        return policies.in_sequence(kept) if kept else policies
    known = [*DISPATCH_RULES, *OWN_RULES]
    if rule not in known:
        raise ValueError(f"there is no dispatch rule '{rule}'{did_you_mean(rule, known)}; allowed: {listed(known, 30)}, or 'as now'")
    policies = policies.model_copy(update={"dispatch": rule, "dispatch_by_center": {}})
    return policies.in_sequence(kept) if kept else policies


def compared(
    ahead: Ahead, weights: Mapping[str, float], kept: Sequences | None = None, *, is_told: bool = False
) -> tuple[RuleOutcome, ...]:  # fmt: skip
    """What every rule gives from the same start, the best first; of equals the one that the run goes by.

    `is_told`: as copies of MES and ERP tell it, about half a second a rule, also where the rules in the plant decide.
    """
    policies = ahead.standing.scenario.policies
    rules = ["as now", *(rule for rule in (*DISPATCH_RULES, *OWN_RULES) if rule != "sequence" and _says_something(rule, policies))]
    return tuple(sorted((_outcome(ahead, rule, weights, kept, is_told=is_told) for rule in rules), key=lambda it: it.key))


def _outcome(ahead: Ahead, rule: str, weights: Mapping[str, float], kept: Sequences | None, *, is_told: bool) -> RuleOutcome:
    policies, pins = by(rule, ahead, kept), ahead.standing.pins
    if pins and ahead.standing.is_by_rule:
        policies = policies.in_sequence(pinned_sequence(_operations(ahead.run(policies), ahead.standing), pins))
    return ahead.outcome(rule, policies, weights, settled(ahead, policies)[0] if is_told or not ahead.standing.is_by_rule else None)


def _says_something(rule: str, policies: Policies) -> bool:
    return rule != "weighted" or any(policies.weighted.numbers[1:])


def weights_of(ahead: Ahead, weights: Mapping[str, float] | None) -> dict[str, float]:
    """How much the lateness of each open order counts.

    Raises
    ------
    ValueError : a weight of an order that is not open, or below 0
    """
    orders = ahead.open_orders
    for order, weight in (weights or {}).items():
        if order not in orders:
            raise ValueError(f"order '{order}' is not open{did_you_mean(order, orders)}; allowed: {listed(list(orders))}")
        if not weight >= 0:
            raise ValueError(f"the weight of {order} is {weight}; allowed: 0 or more")
    return {order: float(max(1, 1 + priority)) for order, (_, priority) in orders.items()} | dict(weights or {})


def told(
    ahead: Ahead, rule: str, policies: Policies, weights: Mapping[str, float], outcomes: tuple[RuleOutcome, ...] = ()
) -> Schedule:  # fmt: skip
    """The schedule that these policies make, told by copies of MES and ERP."""
    standing = ahead.standing
    run, operations, note = settled(ahead, policies)
    alone = {job_order: it.from_us for it in run.let_go for job_order in it.job_orders}
    notes = [note] if note else []
    notes += [UNFILLED.format(listed([*alone], MOST_ALONE))] if alone else []
    arrivals = tuple(
        Arrival(order=it.order, material=it.material, quantity=it.quantity, at_us=it.effective_us)
        for it in (entry.event for entry in run.journal.entries())
        if isinstance(it, GoodsReceived)
    )
    return Schedule(
        title=standing.true_plant.title, time_zone=standing.true_plant.layout.time_zone, now_us=standing.now_us, until_us=run.now_us,
        rule=rule, policies=policies, equipment=(*ahead.plant.layout.work_units, *ahead.plant.layout.production_lines),
        operations=operations, orders=_promises(run, list(ahead.open_orders), weights),
        stays=_stays(run, standing.now_us), arrivals=arrivals, windows=_windows(run, standing.now_us), unknown=(*ahead.unknown, *notes),
        supposed=tuple(ahead.what_if.words()), compared=outcomes, pins=tuple(standing.pins.values()),
        rush=tuple(it["order"] for it in ahead.what_if.rush), unfilled=alone, standing=standing,
    )  # fmt: skip


def settled(ahead: Ahead, policies: Policies) -> tuple[PlannedRun, tuple[Operation, ...], str]:
    """What is planned, as it is when it is followed: its own sequence gives it again. What is to be said of that; "" nothing.

    Two units that want one tool, or one person, at an instant get it in another order by their sequences than by a rule over all of them.
    So what is done by the sequence takes the place of what the rule has given, until both are one.
    """
    run = ahead.run(policies)
    operations = _operations(run, ahead.standing)
    if ahead.standing.pins:
        policies = policies.in_sequence(pinned_sequence(operations, ahead.standing.pins))
        run = ahead.run(policies)
        operations = _operations(run, ahead.standing)
    if ahead.standing.is_by_rule and ahead.is_the_same(policies, policies.in_sequence(sequence_of(operations))):
        return run, operations, ""
    for _ in range(MOST_TRIES):
        run = ahead.run(policies.in_sequence(sequence_of(operations)))
        again = _operations(run, ahead.standing)
        if again == operations:
            return run, operations, BY_SEQUENCE if ahead.standing.is_by_rule else ""
        operations = again
    return run, operations, UNSETTLED


def _operations(run: Run, standing: Standing) -> tuple[Operation, ...]:
    """What is under way and what is to come, in the order of starts; batch mates as they were told, the first by what the batch goes."""
    layout, found = run.plant.layout, list[Operation]()
    units = {name: it.equipment_class for name, it in layout.work_units.items()}
    by_unit: dict[str, list[JobOrder]] = {}
    for job in run.mes.execution.job_orders.values():
        if job.started_us >= 0 and job.equipment:
            by_unit.setdefault(job.equipment, []).append(job)
    for unit, jobs in by_unit.items():
        matrix = layout.setups.get(units.get(unit, unit))
        family = (matrix.initial if matrix else None) or ""
        starts = dict.fromkeys(sorted(job.started_us for job in jobs))
        for start_us in starts:
            together = _together(run, unit, [job for job in jobs if job.started_us == start_us])
            after = together[0].step.setup_family or ""
            for job in together:
                if job.ended_us < 0 or job.ended_us > standing.now_us:
                    found.append(_operation(run, job, standing, (family, after) if after and matrix else ("", "")))
            family = after or family
    return tuple(sorted(found, key=lambda it: (it.start_us, run.plant.equipment.index(it.equipment))))


def _together(run: Run, unit: str, jobs: Sequence[JobOrder]) -> list[JobOrder]:
    """What a unit began at one instant, in the order in which it told them."""
    if len(jobs) == 1:
        return list(jobs)
    start_us = jobs[0].started_us
    its = run.mes.equipment.intervals(unit, start_us, start_us + 1)
    places = {name: n for n, name in enumerate(name for it in its for name in it.job_order.split("+"))}
    return sorted(jobs, key=lambda it: (places.get(it.job_order, len(places)), it.job_order))


def _operation(run: Run, job: JobOrder, standing: Standing, families: tuple[str, str]) -> Operation:
    end_us = job.ended_us if job.ended_us >= 0 else run.now_us
    request = run.mes.release.requests.get(job.request)
    return Operation(
        job_order=job.job_order, request=job.request, order=request.order if request else "", lot=job.lot, material=job.material,
        operation=job.operation, quantity=job.quantity, equipment=job.equipment, personnel_class=job.step.personnel_class or "",
        person=job.person, setup_from=families[0], setup_to=families[1], start_us=job.started_us,
        run_start_us=min(end_us, _run_start_us(run, job)), end_us=end_us, is_running=job.job_order in standing.begun,
        tools=tuple(run.mes.tool_room.assigned.get(job.job_order, ())), phases=_phases(run, job, end_us),
    )  # fmt: skip


def _phases(run: Run, job: JobOrder, end_us: int) -> tuple[Phase, ...]:
    """The phases of its procedure after so much work each, the last until it is done; none where their times are not declared."""
    procedure = next((it for it in run.mes.process.recipes.of(job).values() if it.phase_times), None)
    its = run.mes.equipment.intervals(job.equipment, job.started_us, end_us) if procedure else []
    works = [it for it in its if it.state == WorkUnitState.EXECUTE and job.job_order in it.job_order.split("+")]
    if procedure is None or not works:
        return ()
    begun_us, found, work_us = max(job.started_us, works[0].start_us), list[Phase](), 0
    for path in procedure.phases:
        work_us += procedure.phase_times[path]
        over_us = end_us if path == procedure.phases[-1] else min(end_us, _worked_off_us(works, begun_us, work_us, end_us))
        found.append(Phase(phase=path, start_us=found[-1].end_us if found else begun_us, end_us=over_us))
    return tuple(found)


def _worked_off_us(works: Sequence[StateInterval], from_us: int, work_us: int, end_us: int) -> int:
    """When so much work is done, counted from an instant on; `end_us` if it never is."""
    for it in works:
        span_us = min(it.end_us, end_us) - max(it.start_us, from_us)
        if work_us <= span_us:
            return max(it.start_us, from_us) + work_us
        work_us -= span_us
    return end_us


def _windows(run: Run, now_us: int) -> tuple[Window, ...]:
    """When equipment is kept free for maintenance, or for what it was reserved for, from now on."""
    found = []
    for it in run.mes.maintenance.orders.values():
        span = None if it.by_plant or it.standing == "cancelled" else _kept_free(it, run.now_us)
        if span and span[1] > now_us:
            start_us = max(now_us, span[0])
            found.append(
                Window(maintenance=it.maintenance, equipment=it.equipment, persons=it.assigned, start_us=start_us, end_us=span[1])
            )  # fmt: skip
    for one in run.mes.reservations.all.values():
        ends_us = min(one.until_us, one.ended_us if one.ended_us >= 0 else run.now_us)
        if one.kind == EQUIPMENT and ends_us > max(now_us, one.from_us):
            found.append(
                Window(
                    maintenance=f"{one.reservation} for {one.job_order or one.reason}", equipment=one.resource, persons=(),
                    start_us=max(now_us, one.from_us), end_us=ends_us,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda it: (it.start_us, it.maintenance)))


def _kept_free(it: MaintenanceOrder, now_us: int) -> tuple[int, int] | None:
    """Its window, and how much longer it takes if it was begun in it; without a window from its beginning to its end."""
    ends_us = it.ended_us if it.ended_us >= 0 else now_us
    if it.until_us < 0:
        return (it.started_us, ends_us) if it.started_us >= 0 else None
    if not 0 <= it.started_us < it.until_us:  # done after it, once its equipment was free
        return it.from_us, it.until_us
    return min(it.from_us, it.started_us), max(it.until_us, ends_us)


def _run_start_us(run: Run, job: JobOrder) -> int:
    """When its set-up is over: it is set up first, whatever interrupts that."""
    its = [it for it in run.mes.equipment.intervals(job.equipment, job.started_us, run.now_us) if job.job_order in it.job_order.split("+")]
    return max((it.end_us for it in its if it.state == WorkUnitState.STARTING), default=job.started_us)


def _stays(run: Run, now_us: int) -> tuple[Stay, ...]:
    """Who is bound where from now on; whoever stands at a unit that is down is bound to it."""
    found = []
    for unit, record in run.mes.equipment.records.items():
        for it in (*record.intervals, record.open_interval(run.now_us)):
            if it.person and it.end_us > now_us and it.state in WORKING_STATES | HELD_STATES and record.is_scheduled:
                start_us = max(now_us, it.start_us)
                found += [
                    Stay(person=person, equipment=unit, job_order=it.job_order, start_us=start_us, end_us=it.end_us)
                    for person in it.person.split("+")
                ]
    return tuple(sorted(found, key=lambda it: (it.person, it.start_us, it.equipment)))


def _promises(run: Run, orders: Sequence[str], weights: Mapping[str, float]) -> tuple[Promise, ...]:
    """What becomes of the open orders, by due date, and why what is late is late."""
    reasons, found = Orders(Evidence(run)), []
    for name in orders:
        order = run.erp.customer_orders.orders[name]
        ships_us = order.shipped_us if not order.open_quantity else None
        late_us = max(0, (run.now_us if ships_us is None else ships_us) - order.due_us)
        causes = tuple(blame(reasons.customer_order(order).spans, late_us)) if late_us else ()
        found.append(
            Promise(
                order=name, customer=order.customer, material=order.material, quantity=order.quantity, weight=weights.get(name, 1.0),
                due_us=order.due_us, ships_us=ships_us, late_us=late_us, causes=causes, in_words=_in_words(causes),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda it: (it.due_us, it.order)))


def _in_words(causes: Sequence[tuple[str, int]]) -> str:
    """What lateness comes from, the most of it first: "3 h mill_1 busy, 1 h steel missing"."""
    most = sorted(causes, key=lambda it: -it[1])
    words = [f"{spoken(lasted_us)} {cause}" for cause, lasted_us in most[:MOST_CAUSES]]
    left_us = sum(lasted_us for _, lasted_us in most[MOST_CAUSES:])
    return ", ".join([*words, *([f"{write_duration(left_us)} other"] if left_us else [])])
