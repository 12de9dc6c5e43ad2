"""How long a set-up is kept, once it was made."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.measures import DurationUs, PositiveUs, Table


class MinimumRun(Table):
    """After a change to a family at least so many lots of it, or so much time, before the next change; of both either is enough.

    Unless no lot of the family is there: then the unit stands for `patience` after its last job, and may be changed. Lots without a family
    may come between. Who decides keeps to it: the rules and the MES; a command of somebody else is carried out.
    """

    lots: Annotated[int, Field(ge=1, strict=True)] | None = None
    time: PositiveUs | None = None  # since the first job of the family began
    patience: DurationUs = 0
