"""A shop in which Bo and Eve turn and fit valves by what is valid: documents, procedures, tools; told by hand through the whole path."""

from __future__ import annotations

from typing import Any

from tests.rooms.quality.valve_shop import ITEMS, LAYOUT, SCENARIO, Shop
from twin.mes.resources.obstacles import Obstacle
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.signals import SignalMap
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

TURNING: dict[str, Any] = {
    **LAYOUT,
    "personnel_classes": {"turner": {}, "engineer": {}},
    "persons": {
        "bo": {"title": "Bo", "classes": ["turner"], "calendar": "always", "hourly_cost": "30 EUR/h"},
        "eve": {"title": "Eve", "classes": ["turner"], "calendar": "always", "hourly_cost": "30 EUR/h"},
        "ida": {"title": "Ida", "classes": ["engineer"], "calendar": "always", "hourly_cost": "50 EUR/h"},
    },
    "process_segments": {
        "bore": {"work_center": "boring", "personnel_class": "turner"},
        "grind": {"work_center": "grinding", "personnel_class": "turner"},
    },
}


class TurningShop(Shop):
    """The shop, with what a test declares beside it; 100 castings lie there."""

    def __init__(self, items: dict[str, Any] | None = None, signals: dict[str, Any] | None = None, **declared: Any) -> None:
        layout = PlantFile.model_validate({**TURNING, **declared})
        map_of = SignalMap.model_validate(signals) if signals else None
        self.plant = Plant(layout=layout, materials=Materials.model_validate(items or ITEMS), signals=map_of)
        self.run = Run(self.plant, SCENARIO, seed=None)
        self.now_us = SCENARIO.start_us
        self.commands = []
        self.tell(*(self._state(name, S.IDLE) for name in self.plant.equipment))
        self.stock(100)

    def begins(self, equipment: str, job_order: str, person: str = "", state: S = S.EXECUTE) -> list[Any]:
        """A machine begins to work on a job order, with a person."""
        from twin.model.events import EquipmentStateChanged

        at: dict[str, Any] = {"effective_us": self.now_us, "equipment": equipment, "job_order": job_order, "person": person}
        return self.tell(EquipmentStateChanged(**at, state=int(state)))

    def sent(self) -> list[tuple[str, str]]:
        """Job orders that the MES has commanded to start so far, each with whom it sent."""
        return [(it.job_order, it.person) for it in self.commands if getattr(it, "command", "") == "Start"]

    def obstacle(self, center: str, job_order: str) -> Obstacle:
        """What keeps a job order from its start."""
        return self.run.mes.dispatching.obstacles(center, self.now_us)[job_order]
