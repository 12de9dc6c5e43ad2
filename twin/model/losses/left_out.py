"""One loss that does not come, all else as it was drawn: how a scenario asks for the counterfactual of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from twin.model.measures import Table
from twin.model.problems import did_you_mean, listed

LossKind = Literal["failure", "setup", "scrap", "rework"]
LOSS_KINDS: tuple[LossKind, ...] = ("failure", "setup", "scrap", "rework")


def known_kinds(names: Sequence[str]) -> tuple[LossKind, ...]:
    """The kinds of those names; without names, all.

    Raises
    ------
    ValueError : there is no such kind
    """
    if strange := [it for it in names if it not in LOSS_KINDS]:
        raise ValueError(f"there is no loss '{strange[0]}'{did_you_mean(strange[0], LOSS_KINDS)}; allowed: {listed(LOSS_KINDS)}")
    return tuple(it for it in LOSS_KINDS if not names or it in names)


class LeftOut(Table):
    """The n-th loss of its kind on a piece of equipment since the start of the run, the first being 1.

    A failure, or a stop that the scenario plans, is counted by its `reason`, and takes no crew; a set-up takes no time; pieces that
    would be scrap, or would be done again, are good. Whatever is drawn is drawn as before.
    """

    loss: LossKind
    equipment: str
    reason: str = ""  # of a failure
    occurrence: Annotated[int, Field(ge=1, strict=True)] = 1

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{'set-up' if self.loss == 'setup' else self.loss} {self.occurrence} of {self.equipment}{why}"
