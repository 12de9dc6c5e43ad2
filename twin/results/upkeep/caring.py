"""Maintenance as the page shows it: what is due, open and done, gauges, spare parts, and what it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from twin.mes.maintenance.indicators import maintenance_indicators
from twin.mes.maintenance.orders import MaintenanceOrder
from twin.model.calendars import spoken_duration
from twin.model.floor.maintenance import Maintenance
from twin.results.run import Run
from twin.results.upkeep.maintenance import orders_of, plan_uses, spare_parts_table, standing_of

SHOWN_DONE = 20
ORDER = ("overdue", "due", "in maintenance", "not due")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNow:
    """One declared maintenance; `due_us`, `last_us` -1 where there is none."""

    title: str
    equipment: str
    by_plant: bool
    standing: str
    use: str
    due_us: int
    last_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeNow:
    """One gauge or unit that is calibrated; `why` it may not be used."""

    title: str
    due_us: int
    calibrated_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNow:
    """One spare part, in pieces."""

    material: str
    on_hand: int
    reserved: int
    free: int
    issued: int
    incoming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseNow:
    """What maintenance takes of one piece of equipment, in words."""

    equipment: str
    planned: str
    corrective: str
    corrective_share: float | None
    failure_count: int
    mtbf: str
    mttr: str
    inherent_availability: float | None  # MTTF / (MTTF + MTTR)
    availability: float | None  # APT / PBT


@dataclass(frozen=True, slots=True, kw_only=True)
class CareNow:
    """How maintenance stands."""

    now_us: int
    plans: list[PlanNow]  # the overdue first
    open: list[MaintenanceOrder]
    done: list[MaintenanceOrder]  # the newest first
    steps: dict[str, str]  # by maintenance order with steps: how many are confirmed, and what was not as it should be, in words
    costs_minor: dict[str, int]
    cost_minor: int
    gauges: list[GaugeNow]
    parts: list[PartNow]
    uses: list[UseNow]  # of equipment that was maintained or has failed
    corrective_share: float | None


def care_now(run: Run) -> CareNow:
    """How maintenance stands now."""
    orders, calibrations = orders_of(run), run.mes.maintenance.calibrations
    rows = run.mes.indicators("equipment", run.scenario.start_us, run.now_us)
    found = maintenance_indicators(run.mes.equipment, orders, rows, run.scenario.start_us, run.now_us)
    planned_us, corrective_us = sum(it.planned_us for it in found), sum(it.corrective_us for it in found)
    costs = Counter(run.erp.spare_parts.cost_minor)
    costs.update(run.erp.maintenance_work.cost_minor)
    return CareNow(
        now_us=run.now_us,
        plans=sorted(_plans(run), key=lambda it: ORDER.index(it.standing)),
        open=sorted((it for it in orders if it.is_open), key=lambda it: (not it.is_overdue(run.now_us), it.due_us)),
        done=sorted((it for it in orders if not it.is_open), key=lambda it: -it.ended_us)[:SHOWN_DONE],
        steps={name: words for name in run.mes.maintenance.orders if (words := _steps(run, name))},
        costs_minor=dict(costs),
        cost_minor=sum(costs.values()),
        gauges=[
            GaugeNow(
                title=it.declared.title or name, due_us=it.due_us, calibrated_by=it.declared.calibrated_by,
                why=calibrations.why_not(it, run.now_us),
            )
            for name, it in calibrations.all.items()
        ],
        parts=[PartNow(**{str(name): row[name] for name in row}) for row in spare_parts_table(run).to_dict("records")],
        uses=[
            UseNow(
                equipment=it.equipment, planned=spoken_duration(it.planned_us), corrective=spoken_duration(it.corrective_us),
                corrective_share=it.corrective_share, failure_count=it.failure_count, mtbf=_spoken(it.mtbf_us), mttr=_spoken(it.mttr_us),
                inherent_availability=it.inherent_availability, availability=it.availability,
            )
            for it in found
            if it.planned_us or it.corrective_us
        ],
        corrective_share=corrective_us / (planned_us + corrective_us) if planned_us + corrective_us else None,
    )  # fmt: skip


def _steps(run: Run, maintenance: str) -> str:
    instructions = run.mes.maintenance.instructions
    asked, done = instructions.steps_of(maintenance), instructions.done(maintenance)
    wrong = [f"; {asked[name].text}: {it.said}, allowed: {asked[name].asked}" for name, it in done.items() if not it.is_allowed]
    return f"; {len(done)} of {len(asked)} steps{''.join(wrong)}" if asked else ""


def _plans(run: Run) -> list[PlanNow]:
    found: list[PlanNow] = []
    for name, equipment, plan, going_on, last_us, uses in plan_uses(run):
        by_plant = isinstance(plan, Maintenance)
        condition = None if isinstance(plan, Maintenance) else plan.condition
        words = [it.words for it in uses] + ([condition.words] if condition else [])
        found.append(
            PlanNow(
                title=name.replace("_", " ") if isinstance(plan, Maintenance) else plan.title or name, equipment=equipment,
                by_plant=by_plant, standing=standing_of(run, going_on, uses), use=", ".join(words), last_us=last_us,
                due_us=going_on.due_us if going_on else max((it.due_us for it in uses), default=-1),
            )
        )  # fmt: skip
    return found


def _spoken(duration_us: float | None) -> str:
    return "–" if duration_us is None else spoken_duration(round(duration_us))
