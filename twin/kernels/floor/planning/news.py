"""News: what has happened, and what follows from it, worked through one after the other as events are carried through MES and ERP.

What happens at an instant is noted while it happens, and put into the canonical order of the round before it is worked through. What
follows from a piece of news is noted behind all that is there already.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.names import order_comes_first, purchase_comes_first
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def note(plant: Ints, place: int, kind: int, request: int, a: int, b: int, c: int, d: int) -> None:
    """A piece of news, behind all others; there is room for NEWS_RESERVE at the beginning of every step."""
    row = plant[at.NEWS_AT] + (plant[at.NEWS_FIRST] + plant[at.NEWS_COUNT]) * asked.NEWS_ROW
    plant[at.NEWS_COUNT] += 1
    plant[row + asked.NEWS_PLACE], plant[row + asked.NEWS_KIND], plant[row + asked.NEWS_REQUEST] = place, kind, request
    plant[row + asked.NEWS_A], plant[row + asked.NEWS_B], plant[row + asked.NEWS_C], plant[row + asked.NEWS_D] = a, b, c, d


@kernel
def take_news(plant: Ints) -> int:
    """Address of the piece of news that comes next."""
    row = plant[at.NEWS_AT] + plant[at.NEWS_FIRST] * asked.NEWS_ROW
    plant[at.NEWS_COUNT] -= 1
    plant[at.NEWS_FIRST] = plant[at.NEWS_FIRST] + 1 if plant[at.NEWS_COUNT] else 0
    return row


@kernel
def note_job_is_here(plant: Ints, unit: int) -> None:
    """It is told for the first time that a unit has its job: what its lots consume will be taken from stock."""
    plant[unit + at.JOB_IS_KNOWN] = 1
    lot = plant[unit + at.JOB_LOT]
    while lot >= 0:
        if plant[lot + at.CONSUMES]:
            plant[lot + at.CONSUMES] = 0
            material, quantity = plant[lot + at.LOT_MATERIAL], plant[lot + at.LOT_QUANTITY]
            note(plant, plant[unit + at.PLACE], asked.JOB_IS_HERE, plant[lot + at.REQUEST], material, quantity, 0, 0)
        lot = plant[lot + at.JOB_NEXT]


@kernel
def sort_news(plant: Ints, plan: Ints) -> None:
    """Put what has happened into canonical order: the plant as a whole, then equipment as declared, each in the order it spoke."""
    first = plant[at.NEWS_AT]
    for n in range(1, plant[at.NEWS_COUNT]):
        row = first + n * asked.NEWS_ROW
        while row > first and _comes_first(plant, plan, row, row - asked.NEWS_ROW):
            for field in range(row, row + asked.NEWS_ROW):
                plant[field], plant[field - asked.NEWS_ROW] = plant[field - asked.NEWS_ROW], plant[field]
            row -= asked.NEWS_ROW


@kernel
def _comes_first(plant: Ints, plan: Ints, row: int, other: int) -> bool:
    place, kind = plant[row + asked.NEWS_PLACE], plant[row + asked.NEWS_KIND]
    if place != plant[other + asked.NEWS_PLACE] or place >= 0:
        return place < plant[other + asked.NEWS_PLACE]
    if kind != plant[other + asked.NEWS_KIND]:
        return kind < plant[other + asked.NEWS_KIND]
    if kind == asked.ORDER_COMES:
        origin, n = plant[row + asked.NEWS_A], plant[row + asked.NEWS_B]
        return order_comes_first(plant, plan, origin, n, plant[other + asked.NEWS_A], plant[other + asked.NEWS_B])
    one, another = plant[row + asked.NEWS_A], plant[other + asked.NEWS_A]
    material, n = plant[one + asked.REQUEST_MATERIAL], plant[one + asked.REQUEST_N]
    return purchase_comes_first(plant, plan, material, n, plant[another + asked.REQUEST_MATERIAL], plant[another + asked.REQUEST_N])
