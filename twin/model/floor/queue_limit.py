"""How long a lot may wait between two operations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import PositiveUs, Table


class QueueLimit(Table):
    """The operation has to begin within so long after the end of an earlier one (critical queue time, SMT2020).

    A lot that waits longer is told of; it goes on, or goes back as a whole to `rework_to`, or is scrapped. What was not through `after`
    in this plant (work in process found behind it), or passed it over as no sample, has no limit.
    """

    after: Id  # from the end of this operation, when its pieces are counted
    within: PositiveUs
    then: Literal["tell", "rework", "scrap"] = "tell"
    rework_to: Id | None = None  # `after`, or an operation before it
    reworks: Annotated[int, Field(ge=1, strict=True)] = 3  # so often at most; who is too late once more is scrapped

    @property
    def ends_wait(self) -> bool:
        """Whether a lot waits no longer once the limit is over."""
        return self.then != "tell"
