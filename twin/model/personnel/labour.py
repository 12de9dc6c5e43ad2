"""How time of persons is clocked: what counts besides job orders, and who may correct it."""

from __future__ import annotations

from twin.model.floor.words import Id
from twin.model.measures import DurationUs, PositiveUs, Table
from twin.model.settlement.percent import Percent

BREAK = "break"
"""The activity that everybody may clock, declared or not: it is no work."""
MAINTENANCE = "maintenance"
"""The activity of whoever does a maintenance order: nobody clocks it, it begins and ends with the order."""

QUARTER_US, HALF_DAY_US = 15 * 60_000_000, 12 * 3_600_000_000


class IndirectActivity(Table):
    """Work that is for no job order: cleaning, a meeting, training."""

    title: str = ""


class LabourRules(Table):
    """Who may clock on when, and to what."""

    indirect: dict[Id, IndirectActivity] = {}
    tolerance: DurationUs = QUARTER_US  # so long before and after a shift one may clock on; who stays longer is asked about
    longest: PositiveUs = HALF_DAY_US  # nobody can clock off by himself what lasted longer: it was forgotten
    earlier: PositiveUs | None = None  # so long ago may be what a person says has happened; left out: since that person's shift began
    overtime: Percent = 0  # paid on top for work outside the calendar of who does it
    supervisors: Id | None = None  # personnel class that may correct a clocking; left out: anybody but the person it is about
