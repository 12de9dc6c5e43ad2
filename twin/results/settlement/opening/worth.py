"""What stock and work in progress are worth as they stand, opened: every leg of a material, or of a request, since the start."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.results.settlement.opening.portions import Opened, legs_of, reckoned

if TYPE_CHECKING:
    from twin.results.run import Run

ALL = "all"


def stock_figures(run: Run) -> dict[str, list[str]]:
    """Every material, and all of them."""
    materials = [*run.plant.materials.materials]
    return {ALL: materials, **{material: [material] for material in materials}}


def stock_opened(run: Run, figure: str, materials: Collection[str]) -> Opened:
    """What some materials on hand are worth."""
    wanted = frozenset(materials)
    portions = legs_of(run.erp, STOCK_ACCOUNT.values(), lambda it: it.material in wanted)
    return Opened(
        figure=figure, amount_minor=sum(it.value_minor for it in run.erp.stock_rows() if it.material in wanted), portions=portions
    )


def work_figures(run: Run) -> dict[str, list[str]]:
    """Every request, and all of them; one that is closed is worth nothing any more, and opens to what went in and out."""
    requests = [*run.erp.requests.requests]
    return {ALL: requests, **{request: [request] for request in requests}}


def work_opened(run: Run, figure: str, requests: Collection[str]) -> Opened:
    """What is in work for some requests: what is booked, and what runs and is not booked yet."""
    wanted = frozenset(requests)
    rows = [it for it in run.erp.work_in_progress(run.now_us) if it.request in wanted]
    portions = legs_of(run.erp, ("work_in_progress",), lambda it: it.request in wanted)
    for it in rows:
        portions += reckoned(it.running_minor, f"runs for {it.request} and is not booked yet")
    return Opened(figure=figure, amount_minor=sum(it.value_minor for it in rows), portions=portions)
