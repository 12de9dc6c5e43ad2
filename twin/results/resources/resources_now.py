"""What each person, tool and lot does at this moment, who can do what until when, and who of them is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.personnel.staff import here
from twin.results.readiness.resource_tables import free_persons, rows_of
from twin.results.run import Run

SHOWN_LOTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassNow:
    """A qualification: who has it, and who of them is free now."""

    personnel_class: str
    free: list[str]
    others: list[str]  # at work, off shift or away


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesNow:
    """Rows as of `run.resources`; of lots those that somebody waits for or works on, the newest last, `SHOWN_LOTS` at most."""

    persons: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    lots: list[dict[str, Any]]
    lot_count: int
    classes: list[ClassNow]
    skills: dict[str, dict[str, date | None]]  # by person and qualification: its last day, None where it does not end
    today: date


def resources_now(run: Run) -> ResourcesNow:
    """As it is now. Called with the run's lock."""
    layout = run.plant.layout
    there = here(layout.persons)
    lots = [it for it in rows_of(run, "lot") if it["state"] != "in stock"]
    free = {name: free_persons(run, name) for name in layout.personnel_classes}
    return ResourcesNow(
        persons=[it for it in rows_of(run, "person") if it["resource"] in there], tools=rows_of(run, "tool"), lots=lots[-SHOWN_LOTS:],
        lot_count=len(lots),
        classes=[
            ClassNow(
                personnel_class=name, free=free[name],
                others=[person for person, it in there.items() if name in it.classes and person not in free[name]],
            )
            for name in layout.personnel_classes
        ],
        skills={name: {skill: it.valid_until.get(skill) for skill in it.classes} for name, it in there.items()},
        today=datetime.fromtimestamp(run.now_us / 1e6, ZoneInfo(layout.time_zone)).date(),
    )  # fmt: skip
