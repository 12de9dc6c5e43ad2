"""Losses are counted as they come, and those that the scenario leaves out do not come; where none are, nothing is counted.

What is left out has been drawn all the same, so that every other draw is what it would have been.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def is_left_out(plant: Ints, kind: int, equipment: int, reason: int) -> bool:
    """A loss is about to come on a piece of equipment (its address): whether it is left out. Each is asked about once.

    `reason` is that of a failure, else NO_REASON.
    """
    found = 0
    for n in range(plant[loss.LOSS_COUNT]):
        row = plant[loss.LOSSES_AT] + n * loss.LOSS_ROW
        is_such = plant[row + loss.LOSS_KIND] == kind and plant[row + loss.LOSS_EQUIPMENT] == equipment
        if is_such and plant[row + loss.LOSS_REASON] == reason:
            plant[row + loss.LOSSES_CAME] += 1
            if plant[row + loss.LOSSES_CAME] == plant[row + loss.LOSS_OCCURRENCE]:
                plant[row + loss.WAS_LEFT_OUT] = found = 1
    return found == 1


@kernel
def pieces_lost(plant: Ints, kind: int, equipment: int, pieces: int) -> int:
    """How many of so many pieces are lost: none where that loss is left out."""
    return 0 if pieces and is_left_out(plant, kind, equipment, loss.NO_REASON) else pieces
