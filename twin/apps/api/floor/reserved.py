"""Documents of what is promised ahead: rows of `run.reserved_resources`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.apps.api.floor.seen import Instant, Row


class Reservation(Row):
    """A person, a tool, a work unit or a line is, or was, promised ahead to a job order, or kept for a while."""

    reservation: str
    kind: Literal["equipment", "person", "tool"]
    resource: str
    job_order: str | None
    reason: str | None
    begins: Instant
    until: Instant = Field(description="Nothing: until its job order is done")
    standing: Literal["to come", "now", "over", "ended"]
    by: str
    said: Instant
    ended: Instant
    ended_because: str | None
