"""What a fork may have of its own: other chances, a later end, other rules, stops that are planned from now on. The past stays.

Everything is done on copies of the arrays. A fork with a stop that is still to come, or with a later end, goes on exactly as a plant that
had known of it from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from twin.kernels.compiling import address_of
from twin.kernels.floor.commanding import change_rule
from twin.kernels.floor.redrawing import redraw_at
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.model.calendars import WorkTime
from twin.model.personnel.played import as_played
from twin.model.problems import ToldAgain
from twin.model.scenario import Disturbance, Policies, Scenario
from twin.simulation.compiled_plant.kept.agenda import entries, lay_heap
from twin.simulation.compiled_plant.kept.planned_stops import plan_stops
from twin.simulation.compiled_plant.kept.snapshot import Snapshot, frozen
from twin.simulation.compiled_plant.layout import Layout, bounds_of, signed
from twin.simulation.compiled_plant.tables.cause_tables import dates_of
from twin.simulation.compiled_plant.tables.rule_tables import MoreTables, lay_rules
from twin.simulation.streams import stream_key

_MAY_DIFFER = {"title", "horizon", "policies", "disturbances"}


class NotForked(ToldAgain, ValueError):
    """What a fork cannot have of its own; every such thing is named."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            "; ".join(problems) + "; allowed: another seed, a later end, other policies, and disturbances that begin from now on. "
            "What was different from the beginning is another simulation"
        )


def changed(
    kept: Snapshot, *, seed: int | None = None, scenario: Scenario | None = None, until_us: int | None = None,
    drawn_anew_at_us: int | None = None,
) -> Snapshot:  # fmt: skip
    """The same past with another future.

    Parameters
    ----------
    kept : stays as it is
    seed : of all that is drawn from now on; what was drawn already (how long the work in progress takes, the next failure) stays. The
        seed it has had, or none: the same draws
    drawn_anew_at_us : what is under way at that instant, and how long it takes nobody can know yet, is drawn anew as well, given how long
        it has lasted; nothing may happen between the snapshot and then. Left out: it stays. Purchases of an MES and ERP outside stay
    scenario : with other policies, another horizon, disturbances added at the end
    until_us : the end, us since 1970; left out, what follows from the scenario's horizon, if that is another one

    Raises
    ------
    NotForked : the scenario differs in something that was settled at the start, or the end is over
    """
    asked = kept.scenario if scenario is None else scenario
    end_us = until_us
    if end_us is None:
        end_us = kept.end_us if asked.horizon == kept.scenario.horizon else asked.start_us + asked.horizon
    added = asked.disturbances[len(kept.scenario.disturbances) :]
    problems = _problems(kept, asked, added, end_us)
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        problems.append(f"a seed is a whole number, and {seed!r} is none")
    if drawn_anew_at_us is not None and not _is_between_instants(kept, drawn_anew_at_us):
        problems.append("something happens up to the instant at which everything is to be drawn anew")
    if problems:
        raise NotForked(problems)
    layout = replace(kept.layout, plant=kept.layout.plant.copy(), plan=kept.layout.plan.copy())
    words = kept.words.copy()
    if seed is not None and seed != kept.seed:
        _take_keys_of(layout, seed)
    if drawn_anew_at_us is not None:
        layout.plant[at.NOW] = drawn_anew_at_us
        redraw_at(*map(address_of, (layout.plant, kept.layout.plan, layout.plan, layout.numbers)))
    other = replace(kept, layout=layout, words=words, scenario=asked, end_us=end_us, seed=kept.seed if seed is None else seed)
    if asked.policies != kept.scenario.policies:
        other = replace(other, layout=_with_policies(other, kept.scenario.policies))
    if end_us > kept.end_us:
        other = replace(other, layout=_with_calendars_until(other, end_us), has_ended=kept.is_deadlocked)
    if added:
        other = replace(other, layout=plan_stops(other.layout, words, added, asked.start_us))
    return replace(other, layout=frozen(other.layout, end_us=end_us))


def drawn_by(kept: Snapshot, seed: int) -> Snapshot:
    """A plant that was told how things stand and since when: how long they still take is drawn by `seed`, given their ages."""
    layout = replace(kept.layout, plant=kept.layout.plant.copy(), plan=kept.layout.plan.copy())
    _take_keys_of(layout, seed)
    redraw_at(*map(address_of, (layout.plant, kept.layout.plan, layout.plan, layout.numbers)))
    return replace(kept, layout=frozen(layout, end_us=kept.end_us), words=kept.words.copy(), seed=seed)


def _take_keys_of(layout: Layout, seed: int) -> None:
    keys = [signed(part) for purpose in at.PURPOSES for part in stream_key(seed, purpose)]
    first = int(layout.plan[at.KEYS_AT])
    layout.plan[first : first + len(keys)] = keys


def _problems(kept: Snapshot, asked: Scenario, added: Sequence[Disturbance], end_us: int) -> list[str]:
    had = kept.scenario
    problems = [
        f"the scenario has another '{name}'"
        for name in Scenario.model_fields
        if name not in _MAY_DIFFER and getattr(asked, name) != getattr(had, name)
    ]
    if bool(asked.policies.workload) != bool(had.policies.workload):
        problems.append("a limit of the work before work centers begins, or ends: work is counted from the start or not at all")
    if asked.disturbances[: len(had.disturbances)] != had.disturbances:
        problems.append("a disturbance that was planned is gone or comes in another place")
    for stop in added:
        if stop.equipment not in kept.layout.equipment:
            problems.append(f"a disturbance is of '{stop.equipment}', which there is not")
        if asked.start_us + stop.at < kept.now_us:
            problems.append(f"a disturbance of '{stop.equipment}' begins before now")
    if end_us != kept.end_us and end_us <= kept.now_us:
        problems.append("the end is not after now")
    return problems


def _is_between_instants(kept: Snapshot, instant_us: int) -> bool:
    plant = kept.layout.plant
    is_at_rest = not (kept.sent or plant[at.SETTLE_IS_DUE] or plant[at.URGENT_COUNT]) and plant[at.PHASE] == at.HAPPEN
    return is_at_rest and kept.now_us <= instant_us < min((us for us, _ in entries(plant)), default=at.FOREVER)


def _with_policies(kept: Snapshot, had: Policies) -> Layout:
    """Dispatch and release by rule; where an MES decides it goes by its own policies."""
    policies, plant, tables = kept.scenario.policies, kept.layout.plant, MoreTables(kept.layout)
    plant[at.IS_OFFSET] = int(policies.release == "due_date_offset")
    if policies.conwip_lots != had.conwip_lots:
        plant[at.LOT_LIMIT] = at.FOREVER if policies.conwip_lots is None else policies.conwip_lots
    rules = lay_rules(tables, kept.plant.layout, policies)
    rows = {center: int(plant[at.CENTERS_AT]) + n * at.CENTER_ROW for n, center in enumerate(kept.plant.layout.work_centers)}
    for center, row in rows.items():
        ties = rules[center][1:]
        tables.put(row, {at.LOAD_LIMIT_US: policies.workload.get(center, at.FOREVER)})
        tables.put(row, {at.TIES_AT: tables.in_plan(ties), at.TIE_COUNT: len(ties)})
    plan, numbers = tables.arrays()
    for center, row in rows.items():  # also where its number stays: it may have other weights
        change_rule(address_of(plant), address_of(plan), address_of(numbers), row, rules[center][0])
    return replace(kept.layout, plan=plan, numbers=numbers)


def _with_calendars_until(kept: Snapshot, end_us: int) -> Layout:
    """Calendars and dates of maintenance are laid out up to the end: the longer ones lie at the end of `plan`."""
    layout, plan = kept.layout, [kept.layout.plan]
    plant, size, wanted = layout.plant, layout.plan.size, entries(layout.plant)
    declared = as_played(kept.plant, kept.scenario).layout
    for n, (name, watch) in enumerate(layout.watches.items()):
        work_time = WorkTime(declared.calendars[name], declared.time_zone)
        bounds = bounds_of(work_time, kept.scenario.start_us, end_us)
        following, had = int(plant[watch + at.BOUND_NEXT]), int(plant[watch + at.BOUND_COUNT])
        plant[watch + at.BOUNDS_AT], plant[watch + at.BOUND_COUNT] = size, len(bounds) // 2
        plan.append(np.array(bounds, dtype=np.int64))
        size += len(bounds)
        if following == had < len(bounds) // 2:  # it had no more bounds, so its timer was not set
            before = int(plant[at.EQUIPMENT_COUNT]) + int(plant[at.CAUSE_COUNT])
            wanted.append((bounds[2 * following], int(plant[at.TIMERS_AT]) + (before + n) * due.TIMER_ROW))
    for cause, dates in _dates_until(kept, end_us):
        following, had = int(plant[cause + at.UPKEEP_DONE]), int(plant[cause + at.UPKEEP_LIMIT])
        plant[cause + at.UPKEEP_DATES], plant[cause + at.UPKEEP_LIMIT] = size, len(dates)
        plan.append(np.array(dates, dtype=np.int64))
        size += len(dates)
        number = (cause - int(plant[at.CAUSES_AT])) // at.CAUSE_ROW
        timer = int(plant[at.TIMERS_AT]) + (int(plant[at.EQUIPMENT_COUNT]) + number) * due.TIMER_ROW
        is_waiting = plant[cause + at.STAGE] == at.GOOD_TIME and plant[timer + due.TIMER_PLACE] < 0
        if is_waiting and following == had < len(dates):
            wanted.append((dates[following], timer))
            plant[cause + at.UPKEEP_DONE] += 1
    lay_heap(plant, wanted)
    return replace(layout, plan=np.concatenate(plan))


def _dates_until(kept: Snapshot, end_us: int) -> Iterator[tuple[int, list[int]]]:
    """The causes that are maintenance by dates, and these up to the end."""
    plant, layout = kept.layout.plant, kept.plant.layout
    for name, ones in kept.plant.maintenance.items():
        row = kept.layout.equipment[name]
        first = int(plant[at.CAUSES_AT]) + int(plant[row + at.CAUSE_FIRST]) * at.CAUSE_ROW
        causes = (first + n * at.CAUSE_ROW for n in range(int(plant[row + at.CAUSES])))
        upkeep = [cause for cause in causes if plant[cause + at.UPKEEP_BY]]
        for cause, one in zip(upkeep, ones, strict=True):
            if one.every:
                yield cause, dates_of(one.every, kept.scenario.start_us, end_us, layout.time_zone)
