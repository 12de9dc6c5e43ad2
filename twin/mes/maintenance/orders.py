"""Maintenance orders: from the request to the last word, and the maintenance that a plant does by itself, as its equipment reports it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from twin.mes.equipment import STOPPED_STATES, Equipment
from twin.model.floor.maintenance import Maintenance
from twin.model.upkeep.maintenance_plans import MaintenancePlan

Standing = Literal["requested", "scheduled", "started", "done", "cancelled"]
OPEN: tuple[Standing, ...] = ("requested", "scheduled", "started")
PLANNED, CONDITION, CORRECTIVE = CATEGORIES = ("planned", "condition", "corrective")


@dataclass(slots=True, kw_only=True)
class MaintenanceOrder:
    """One of them, and who said what when. `by_plant`: the plant took its equipment out of use by itself."""

    maintenance: str
    equipment: str
    category: str
    description: str
    plan: str = ""
    declared: MaintenancePlan | None = None  # the plan, as it was when this was asked for
    by_plant: bool = False
    standing: Standing = "requested"
    requested_us: int = -1
    requested_by: str = ""
    terminal: str = ""
    due_us: int = -1
    overdue_us: int = -1  # when it is overdue; -1: never
    from_us: int = -1  # when it is scheduled
    until_us: int = -1
    assigned: tuple[str, ...] = ()
    reserved: dict[str, int] = field(default_factory=dict)  # spare parts that are kept back, by material
    issued: dict[str, int] = field(default_factory=dict)  # that went into it
    work_us: int = 0  # of persons, as far as it was told
    started_us: int = -1
    started_by: str = ""
    ended_us: int = -1  # done or cancelled
    ended_by: str = ""
    words: str = ""  # what was done, or why not
    is_told: bool = False  # that it is overdue

    @property
    def is_open(self) -> bool:
        return self.standing in OPEN

    @property
    def persons(self) -> tuple[str, ...]:
        """Who does it: who is assigned, and whoever has started it."""
        began = (self.started_by,) if self.standing == "started" and self.started_by else ()
        return tuple(dict.fromkeys((*self.assigned, *began)))

    def is_overdue(self, now_us: int) -> bool:
        """Whether it should have been done by now."""
        return self.is_open and 0 <= self.overdue_us < now_us


def done_by_plant(equipment: Equipment, name: str, declared: list[Maintenance], now_us: int) -> list[MaintenanceOrder]:
    """What a plant maintained by itself, by the states that it reported: Stopped, with the reason of declared maintenance."""
    reasons = {it.reason for it in declared}
    found: list[MaintenanceOrder] = []
    counts: dict[str, int] = {}
    for it in equipment.intervals(name, -1, now_us + 1) if reasons else ():
        if it.reason not in reasons or it.state not in STOPPED_STATES:
            continue
        goes_on = bool(found) and found[-1].plan == it.reason and found[-1].ended_us == it.start_us
        if not goes_on:
            counts[it.reason] = counts.get(it.reason, 0) + 1
            found.append(
                MaintenanceOrder(
                    maintenance=f"{name}-{it.reason}-{counts[it.reason]}", equipment=name, category=PLANNED, description=it.reason,
                    plan=it.reason, by_plant=True, requested_us=it.start_us, started_us=it.start_us, started_by=it.person,
                )
            )  # fmt: skip
        found[-1].ended_us, found[-1].standing = it.end_us, "done"
    record = equipment.records[name]
    if found and record.reason == found[-1].plan and record.state in STOPPED_STATES:
        found[-1].ended_us, found[-1].standing = -1, "started"
    return found
