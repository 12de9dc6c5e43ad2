"""Between picking and shipping: what packages there are. Without it what is picked ships as it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.materials import Quantity
from twin.model.measures import Table
from twin.model.trade.loads import WeightMg


class PackageType(Table):
    """A kind of package: what it weighs when it is empty, and what goes into it at most; left out: any amount."""

    title: str = ""
    weight: WeightMg | None = None
    holds: Quantity | None = None  # pieces
    most_weight: WeightMg | None = None  # with what is in it

    def most(self, each_mg: int | None) -> int | None:
        """How many pieces of `each_mg` go into it at most; None: any number, as far as is declared."""
        limits = [self.holds] if self.holds is not None else []
        if self.most_weight is not None and each_mg:
            limits.append(max(0, self.most_weight - (self.weight or 0)) // each_mg)
        return min(limits) if limits else None


class Packing(Table):
    """What is picked ships once all of it is packed. By rule (`moves: rule`) it goes into the first kind that takes it."""

    packages: Annotated[dict[Id, PackageType], Field(min_length=1)]
