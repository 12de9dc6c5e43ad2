"""Losses that the scenario leaves out, laid out; and which of them have not come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from twin.kernels.floor.rows import loss_rows as loss
from twin.model.losses.left_out import LOSS_KINDS, LeftOut
from twin.simulation.compiled_plant.layout import Ints

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut


def lay_losses(laying: LayingOut, without: Sequence[LeftOut]) -> None:
    """A row for each, in the order in which the scenario names them."""
    rows = [
        [
            LOSS_KINDS.index(it.loss), laying.equipment[it.equipment], laying.words.reason(it.reason) if it.reason else loss.NO_REASON,
            it.occurrence, 0, 0,
        ]
        for it in without
    ]  # fmt: skip
    laying.table(loss.LOSSES_AT, loss.LOSS_COUNT, rows, loss.LOSS_ROW)


def still_to_come(plant: Ints, without: Sequence[LeftOut]) -> Iterator[tuple[LeftOut, int]]:
    """Those that have not come yet, and how many of their kind have."""
    for n, it in enumerate(without):
        row = int(plant[loss.LOSSES_AT]) + n * loss.LOSS_ROW
        if not plant[row + loss.WAS_LEFT_OUT]:
            yield it, int(plant[row + loss.LOSSES_CAME])
