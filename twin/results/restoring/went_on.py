"""From where on a run has another plant: what has to be known, beside its journal, to read its books again."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from twin.model.plant import Plant


class WentOn(BaseModel):
    """A change of the plant within a run. The run's own plant knows all of its equipment, early and late.

    Attributes
    ----------
    after : entries of the journal before it
    at_us : when, us since 1970
    before : the plant up to then, by which the books began
    paid : the plant by whose rates and calendars they go since
    assumed : what leaves later, and what could not be carried over, in words
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int
    at_us: int
    before: Plant
    paid: Plant
    assumed: tuple[str, ...] = ()
