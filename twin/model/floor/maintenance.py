"""Maintenance that is planned, and not waited for until something breaks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.floor.words import ClockMin, Id
from twin.model.measures import Duration, PositiveUs, Table

Count = Annotated[int, Field(ge=1, strict=True)]


class EveryDays(Table):
    """Days apart, at a local time of day; the first time `first_day` days after the day of the start, or the day after if that is past."""

    days: Annotated[int, Field(ge=1, le=3660, strict=True)] = 1
    first_day: Annotated[int, Field(ge=0, le=3660, strict=True)] = 0
    at: ClockMin


class Maintenance(Table):
    """A work unit is taken out of use for a while: it is Stopped, and nothing has failed.

    It is due by the calendar (`every`), or after so many pieces, lots or hours of work since it was done last: one of these. It waits for
    the job in progress to end, then for its crew. What comes due while it waits or is done is not done twice. A unit that was in use before
    the start says after how many pieces or lots it is due for the first time (`first_after`): units that are used alike would all stand
    at once otherwise, and go on doing so.
    """

    reason: Id
    every: EveryDays | None = None
    after_pieces: Count | None = None
    after_lots: Count | None = None
    first_after: Count | None = None  # pieces or lots, as the above says
    after_busy: PositiveUs | None = None  # time in Execute
    lasts: Duration
    crew: Id | None = None  # repair crew that must be free

    @property
    def triggers(self) -> list[str]:
        """When it is due, as declared; there should be one."""
        return [name for name in ("every", "after_pieces", "after_lots", "after_busy") if getattr(self, name) is not None]

    @property
    def counted_before(self) -> int:
        """What counts as done at the start; less than nothing where the first time is later than the others are."""
        limit = self.after_pieces or self.after_lots or 0
        return limit - (self.first_after or limit)
