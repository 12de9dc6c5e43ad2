"""PackML as a plant keeps to it: the edition of the standard, and modes besides Production, Maintenance and Manual."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import Table
from twin.model.upkeep.alarms import StateName

CommandName = Literal["Start", "Stop", "Hold", "Restart", "Abort", "Reset", "Pause", "Resume"]


class Mode(Table):
    """One mode: its number on the wire, the states in which it may be entered or left, and the commands that it takes."""

    title: str = ""
    number: Annotated[int, Field(ge=1, le=31, strict=True)]
    change_in: list[StateName] = ["Stopped", "Idle", "Aborted"]
    commands: list[CommandName] = []


class PackMl(Table):
    """The edition (2022 lets a unit that is held or suspended be completed), and the modes.

    One that is called production, maintenance or manual stands instead of that of the standard, with its number: 1, 2, 3.
    """

    edition: Literal[2015, 2022] = 2015
    modes: dict[Id, Mode] = {}
