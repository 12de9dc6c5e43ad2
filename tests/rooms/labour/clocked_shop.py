"""The valve shop with people who clock: two operators on the early shift, a supervisor, a clerk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.quality.valve_shop import ITEMS, LAYOUT, MIN_US, SCENARIO, Shop
from twin.model.events import ClockedOff, ClockedOn, ClockingCorrected, ClockingEntered, CountObserved, Heartbeat, PersonnelActual
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

WEEK = ["mon", "tue", "wed", "thu", "fri"]
START_US = SCENARIO.start_us
PEOPLE: dict[str, Any] = {
    **LAYOUT,
    "calendars": {
        **LAYOUT["calendars"],
        "early": {"shifts": {"early": {"days": WEEK, "start": "06:00", "end": "14:00", "breaks": [{"start": "09:00", "end": "09:30"}]}}},
    },
    "personnel_classes": {"operator": {}, "supervisor": {}, "clerk": {}},
    "persons": {
        "olga": {"classes": ["operator"], "calendar": "early", "hourly_cost": "36 EUR/h"},
        "otto": {
            "classes": ["operator", "clerk"],
            "calendar": "early",
            "hourly_cost": "30 EUR/h",
            "valid_until": {"operator": "2026-03-02"},
        },
        "sam": {"classes": ["supervisor"], "calendar": "always", "hourly_cost": "50 EUR/h"},
        "cleo": {"classes": ["clerk"], "calendar": "early", "hourly_cost": "20 EUR/h"},
    },
    "labour": {"indirect": {"cleaning": {"title": "Cleaning"}, "meeting": {}}, "supervisors": "supervisor"},
    "process_segments": {
        "bore": {"work_center": "boring", "personnel_class": "operator"},
        "grind": {"work_center": "grinding", "personnel_class": "operator"},
    },
}


class ClockedShop(Shop):
    """Tells what people clock; `at` is minutes after 06:00."""

    def __init__(self, **more: Any) -> None:
        self.plant = Plant(layout=PlantFile.model_validate({**PEOPLE, **more}), materials=Materials.model_validate(ITEMS))
        self.run = Run(self.plant, SCENARIO, seed=None)
        self.now_us = START_US
        self.commands = []
        self.tell(Heartbeat(effective_us=self.now_us, reason="start"), *(self._state(name, S.IDLE) for name in self.plant.equipment))
        self.stock(100).order("A", 10)

    def at(self, minutes: int) -> ClockedShop:
        self.now_us = START_US + minutes * MIN_US
        return self

    def on(self, person: str, what: str, *, late_min: int | None = None, shares: tuple[int, ...] = (), activity: bool = False) -> str:
        return self._clock(ClockedOn, person, what, late_min, activity, shares=shares)

    def off(self, person: str, what: str = "", *, late_min: int | None = None, activity: bool = False) -> str:
        return self._clock(ClockedOff, person, what, late_min, activity)

    def correct(self, worker: str, what: str, on_min: int, off_min: int, *, by: str = "sam", reason: str = "forgot") -> str:
        on_us, off_us = START_US + on_min * MIN_US, START_US + off_min * MIN_US
        return self.say(ClockingCorrected, by, worker=worker, job_order=what, on_us=on_us, off_us=off_us, reason=reason)

    def enter(
        self, worker: str, what: str, on_min: int, off_min: int | None = None, *, was_on_min: int | None = None, was: str = "",
        by: str = "sam", reason: str = "forgot",
    ) -> str:  # fmt: skip
        """Minutes may be before the start."""
        on_us, off_us, was_on_us = (-1 if it is None else START_US + it * MIN_US for it in (on_min, off_min, was_on_min))
        return self.say(
            ClockingEntered, by, worker=worker, job_order=what, on_us=on_us, off_us=off_us, was_on_us=was_on_us, was_work=was, reason=reason
        )

    def _clock(self, kind: type[Any], person: str, what: str, late_min: int | None, activity: bool, **more: Any) -> str:
        at = {} if late_min is None else {"effective_us": START_US + late_min * MIN_US, "recorded_us": self.now_us}
        named = {"activity": what} if activity else {"job_order": what}
        followed = self.tell(kind(**{"effective_us": self.now_us, "person": person, "terminal": "tablet 1", **named, **at, **more}))
        return next((it.reason for it in followed if type(it).__name__ == "EntryRefused"), "")

    def booked_min(self, person: str = "") -> dict[str, float]:
        """Minutes of work that are posted by job order, of one person or of all."""
        found: dict[str, float] = {}
        for entry in self.run.journal.entries():
            if isinstance(entry.event, PersonnelActual) and person in ("", entry.event.person):
                found[entry.event.job_order] = found.get(entry.event.job_order, 0) + entry.event.work_us / MIN_US
        return found

    def staffed(self, equipment: str, job_order: str, person: str, state: S = S.EXECUTE) -> None:
        """A machine reports that a person works at it."""
        self.tell(replace(self._state(equipment, state, job_order), person=person))

    def done(self, equipment: str, job_order: str, pieces: int) -> CountObserved:
        """All pieces of a job order are counted."""
        return CountObserved(effective_us=self.now_us, equipment=equipment, job_order=job_order, good=pieces)
