"""What equipment draws from the mains, how it fails, and who repairs it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import Duration, PowerW, Table


class Power(Table):
    """Electrical power by state, W."""

    idle: PowerW = 0
    setup: PowerW = 0
    execute: PowerW = 0
    down: PowerW = 0


class Failure(Table):
    """A work unit stops by itself.

    `clock: calendar` counts all time (also idle), `clock: busy` only time in Execute. Work goes on where it stopped. Such a failure and
    planned maintenance can go on side by side; where they are kept apart, what comes due during the other comes when that is over.
    """

    reason: Id
    clock: Literal["calendar", "busy"] = "busy"
    time_to_failure: Duration
    repair: Duration
    crew: Id | None = None  # repair crew that must be free
    apart_from_maintenance: bool = False


class RepairCrew(Table):
    title: str = ""
    size: Annotated[int, Field(ge=1, strict=True)] = 1
