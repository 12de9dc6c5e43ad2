"""The valve shop of the quality tests with what keeps it in order: alarms, maintenance, modes; told by hand through the whole path."""

from __future__ import annotations

from typing import Any

from tests.rooms.quality.valve_shop import ITEMS, LAYOUT, MIN_US, SCENARIO, Shop
from twin.model.events import AlarmCleared, AlarmRaised, Heartbeat, OperationsEvent
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

HOUR_US = 60 * MIN_US


def kept_plant(items: dict[str, Any] | None = None, **sections: Any) -> Plant:
    """The valve shop with these sections of plant.yaml."""
    return Plant(layout=PlantFile.model_validate({**LAYOUT, **sections}), materials=Materials.model_validate(items or ITEMS))


class KeptShop(Shop):
    """Tells such a shop what happens."""

    def __init__(self, items: dict[str, Any] | None = None, **sections: Any) -> None:
        self.plant = kept_plant(items, **sections)
        self.run = Run(self.plant, SCENARIO, seed=None)
        self.now_us = SCENARIO.start_us
        self.commands: list[OperationsEvent] = []
        idle = [self._state(name, S.IDLE) for name in self.plant.equipment]
        self.tell(Heartbeat(effective_us=self.now_us, reason="start"), *idle)

    def wait(self, minutes: float) -> list[OperationsEvent]:
        """Nothing happens for so long; then the beat of the clock."""
        self.now_us += round(minutes * MIN_US) - MIN_US
        return self.tell(Heartbeat(effective_us=self.now_us, reason="clock"))

    def is_in(self, equipment: str, state: S, reason: str = "", job_order: str = "") -> list[OperationsEvent]:
        """A machine changes its state."""
        from twin.model.events import EquipmentStateChanged

        return self.tell(
            EquipmentStateChanged(effective_us=self.now_us, equipment=equipment, state=int(state), reason=reason, job_order=job_order)
        )

    def raises(self, equipment: str, alarm: str, message: str = "") -> list[OperationsEvent]:
        return self.tell(AlarmRaised(effective_us=self.now_us, equipment=equipment, alarm=alarm, message=message))

    def clears(self, equipment: str, alarm: str) -> list[OperationsEvent]:
        return self.tell(AlarmCleared(effective_us=self.now_us, equipment=equipment, alarm=alarm))
