"""Rows of requests: taken from the free ones, and given back when nobody needs them, be it for a name alone."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def new_request_row(plant: Ints) -> int:
    """A free row, empty; there are REQUEST_RESERVE of them at the beginning of every step."""
    row = plant[at.REQUEST_FREE]
    plant[at.REQUEST_FREE] = plant[row + asked.REQUEST_NEXT]
    plant[at.REQUEST_FREE_COUNT] -= 1
    for field in range(asked.REQUEST_ROW):
        plant[row + field] = 0
    for field in range(asked.REQUEST_ROW, plant[at.REQUEST_SIZE]):
        plant[row + field] = 0
    plant[row + asked.REQUEST_NEXT] = plant[row + asked.REQUEST_PREVIOUS] = plant[row + asked.PARENT] = plant[
        row + asked.ANSWERED_GOOD
    ] = -1
    plant[row + asked.FIRST_OF_NAME] = row
    return row


@kernel
def free_request_row(plant: Ints, row: int) -> None:
    """Nobody needs this row any more."""
    plant[row + asked.REQUEST_NEXT] = plant[at.REQUEST_FREE]
    plant[at.REQUEST_FREE] = row
    plant[at.REQUEST_FREE_COUNT] += 1


@kernel
def need_no_longer(plant: Ints, request: int) -> None:
    """One less needs the row of a request, be it for its name alone; if that was the last, those above it are needed less too."""
    while request >= 0:
        plant[request + asked.USERS] -= 1
        if plant[request + asked.USERS]:
            return
        parent, first = plant[request + asked.PARENT], plant[request + asked.FIRST_OF_NAME]
        free_request_row(plant, request)
        if first != request:
            plant[first + asked.USERS] -= 1
            if plant[first + asked.USERS] == 0:  # has the same parent
                free_request_row(plant, first)
                if parent >= 0:
                    plant[parent + asked.USERS] -= 1
        request = parent
