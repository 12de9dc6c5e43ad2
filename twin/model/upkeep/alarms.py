"""Alarms as they were thought through (rationalised, ISA-18.2 / IEC 62682): how important, what to do, until when, who is next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import PositiveUs, Table
from twin.model.states import WorkUnitState

Priority = Literal["low", "medium", "high", "critical"]
PRIORITIES: tuple[Priority, ...] = ("critical", "high", "medium", "low")
StateName = Literal[
    "Clearing", "Stopped", "Starting", "Idle", "Suspended", "Execute", "Stopping", "Aborting", "Aborted", "Holding", "Held", "Unholding",
    "Suspending", "Unsuspending", "Resetting", "Completing", "Complete",
]  # fmt: skip
Count = Annotated[int, Field(ge=1, le=10**6, strict=True)]


def state_numbers(names: list[StateName]) -> frozenset[int]:
    """PackML numbers of states by name."""
    return frozenset(int(WorkUnitState[name.upper()]) for name in names)


class Alarm(Table):
    """One alarm, or one kind of alert.

    `within`: who is asked to acknowledge it has so long; then it goes to the next class of `escalate_to`, each of which has as long again.
    `latched`: it stands after its cause is gone, until somebody resets it. `suppressed_in`: states of its equipment in which it means
    nothing (suppressed by design).
    """

    title: str = ""
    priority: Priority = "low"
    alarm_class: Id | None = None
    consequence: str = ""  # of doing nothing
    response: str = ""  # what to do
    within: PositiveUs | None = None
    escalate_to: list[Id] = []  # personnel classes, one after another
    latched: bool = False
    suppressed_in: list[StateName] = []
    longest_shelf: PositiveUs = 28_800_000_000
    authority: Id | None = None  # personnel class that may shelve it, and take it out of service; left out: anybody


class Often(Table):
    """So many times within so long."""

    times: Count
    within: PositiveUs


class Alarms(Table):
    """The alarm system of a plant. What it does not name is as `default` says.

    `flood`: as many new alarms in so long are more than anybody can follow. `chattering`: one alarm that comes as often.
    `standing`: one that is active for longer.
    """

    default: Alarm = Alarm()
    equipment: dict[Id, dict[str, Alarm]] = {}  # work unit, line, station, vehicle or equipment class -> alarm
    alerts: dict[str, Alarm] = {}  # by name of the alert: what MES and ERP want a person to look at
    operators: Count = 1  # at a time, who answer alarms
    flood: Often = Often.model_validate({"times": 11, "within": "10 min"})
    chattering: Often = Often.model_validate({"times": 3, "within": "1 min"})
    standing: PositiveUs = 86_400_000_000

    @property
    def named(self) -> dict[str, Alarm]:
        """Alarms of equipment and of classes, as "lathe/spindle_fault"."""
        return {f"{of}/{name}": it for of, its in self.equipment.items() for name, it in its.items()}

    def otherwise(self, alarms: Mapping[str, Alarm], alerts: Mapping[str, Alarm]) -> Alarms:
        """The same with these, named so."""
        equipment: dict[str, dict[str, Alarm]] = {}
        for key, it in alarms.items():
            of, _, name = key.partition("/")
            equipment.setdefault(of, {})[name] = it
        return self.model_copy(update={"equipment": equipment, "alerts": dict(alerts)})
