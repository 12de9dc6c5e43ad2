"""Documents of how a unit was built: what `run.as_built` says, with names for all of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from twin.results.tracing.built import as_built


class Component(BaseModel):
    """So much of a lot went into another."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(description="1: next to the lot that is asked about")
    lot: str
    material: str
    title: str
    quantity: int
    unit: str
    how: str
    into: str
    came: str = Field(description="From which supplier on which order, or for which request it was made here")
    serial_numbers: list[str] = Field(description="Of its units, where all that were used went in here")


class Operation(BaseModel):
    """One operation on it or on what went into it; instants are local time of the plant."""

    model_config = ConfigDict(extra="forbid")

    lot: str
    operation: str
    title: str
    job_order: str
    equipment: str
    persons: list[str]
    start: str
    end: str
    documents: list[str] = Field(description="Revisions that were in force when it began, with their digests")
    tools: list[str]
    confirmed: list[str] = Field(description="Guided steps, with what was said, by whom")
    values: list[str] = Field(description="Process values while it ran")
    standing: str


class Result(BaseModel):
    """A characteristic of an inspection of it or of what went into it."""

    model_config = ConfigDict(extra="forbid")

    lot: str
    plan: str
    characteristic: str
    found: list[float]
    unit: str
    allowed: str
    is_allowed: bool
    verdict: str
    verified_by_two: bool


class Built(BaseModel):
    """A unit with a serial number, or a lot, as it was built."""

    model_config = ConfigDict(extra="forbid")

    serial_number: str = Field(description="Nothing of a lot")
    lot: str
    material: str
    title: str
    pieces: int = Field(description="Of the lot: they were made together")
    unit: str
    request: str
    order: str
    standing: str
    components: list[Component]
    operations: list[Operation]
    results: list[Result]

    @classmethod
    def of(cls, it: as_built.AsBuilt) -> Built:
        return cls.model_validate(it.summary())
