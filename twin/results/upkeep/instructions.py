"""How maintenance was done, step by step: what was asked, what was read, by whom; for tables and for screens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from twin.mes.maintenance.instructions import StepDone
from twin.mes.maintenance.orders import MaintenanceOrder
from twin.model.upkeep.maintenance_plans import MaintenanceStep
from twin.results.frames import from_rows
from twin.results.run import Run

COLUMNS = (
    "maintenance", "equipment", "step", "text", "is_confirmed", "value", "unit", "words", "allowed", "is_allowed", "person", "terminal",
    "confirmed", "before",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """A step of a maintenance order that is under way; `said`: what was said of it last."""

    order: MaintenanceOrder
    step: str
    declared: MaintenanceStep
    place: int
    count: int
    said: StepDone | None


def steps_asked(run: Run, center: str = "") -> list[StepAsked]:
    """Every step of what is in maintenance at `center` ("": anywhere). Called with the run's lock."""
    upkeep, records = run.mes.maintenance, run.mes.equipment.records
    found = []
    for name, order in upkeep.orders.items():
        if order.standing == "started" and center in ("", records[order.equipment].work_center):
            steps, done = upkeep.instructions.steps_of(name), upkeep.instructions.done(name)
            for place, (step, it) in enumerate(steps.items(), start=1):
                found.append(StepAsked(order=order, step=step, declared=it, place=place, count=len(steps), said=done.get(step)))
    return found


def documents_of(run: Run, order: MaintenanceOrder) -> list[str]:
    """The documents by which it is done, as they are valid now, in words. Called with the run's lock."""
    found = []
    for name in order.declared.documents if order.declared else ():
        it = run.mes.documents.documents[name]
        valid, title = it.valid_at(run.now_us), it.declared.title or name
        text = f"{title} {name}, revision {valid.revision}: {valid.text or f'the file {valid.file}'}" if valid else ""
        found.append(text or f"{title} {name}: no revision of it is released")
    return found


def maintenance_steps_table(run: Run) -> pd.DataFrame:
    """Every step of every maintenance order with a plan that has steps; `before`: what was said of it before, and why it was said again."""
    instructions, rows = run.mes.maintenance.instructions, []
    for name, order in run.mes.maintenance.orders.items():
        for step, asked in instructions.steps_of(name).items():
            said = [it for it in instructions.history.get(name, ()) if it.step == step]
            last = said[-1] if said else None
            before = [f"{it.said} ({it.person}); {later.reason}" for it, later in pairwise(said)]
            rows.append(
                {
                    "maintenance": name, "equipment": order.equipment, "step": step, "text": asked.text, "is_confirmed": last is not None,
                    "value": last.answer if last else None, "unit": asked.unit, "words": last.words if last else "",
                    "allowed": asked.asked, "is_allowed": last.is_allowed if last else None, "person": last.person if last else "",
                    "terminal": last.terminal if last else "", "confirmed": last.at_us if last else None, "before": "; ".join(before),
                }
            )  # fmt: skip
    return from_rows(rows, COLUMNS, ("confirmed",))
