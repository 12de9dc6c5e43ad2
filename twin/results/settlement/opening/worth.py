"""What stock and work in progress are worth as they stand, opened: every leg of a material, or of a request, since the start.

And what they were worth at the end of a window: the inventory of a month that is closed, as its books have it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.model.events import JournalPosted
from twin.results.settlement.opening.portions import Opened, legs_of, reckoned

if TYPE_CHECKING:
    from twin.results.run import Run

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthOf:
    """What the books had of one material, or of one request and the material that it makes; minor units."""

    of: str
    material: str
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthThen:
    """Both, the dearest first. Each adds up to its accounts of the balance sheet of that instant."""

    stock: list[WorthOf]
    stock_minor: int
    work: list[WorthOf]
    work_minor: int


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


def worth_then(until_us: int) -> Callable[[Run], WorthThen]:
    """What looks at what was booked, and is effective, before an instant. What ran then and was booked later is of then no more."""

    def look(run: Run) -> WorthThen:
        entries = [it for it in run.erp.ledger.entries if it.effective_us < until_us]
        requests = run.erp.requests.requests
        stock = _sums(entries, frozenset(STOCK_ACCOUNT.values()), "material")
        work = _sums(entries, frozenset(("work_in_progress",)), "request")
        return WorthThen(
            stock=[WorthOf(of=it, material=it, value_minor=minor) for it, minor in stock],
            stock_minor=sum(minor for _, minor in stock),
            work=[WorthOf(of=it, material=requests[it].material if it in requests else "", value_minor=minor) for it, minor in work],
            work_minor=sum(minor for _, minor in work),
        )

    look.__qualname__ = f"worth before {until_us}"
    return look


def _sums(entries: Iterable[JournalPosted], accounts: frozenset[str], by: str) -> list[tuple[str, int]]:
    """What was booked on some accounts, by a field of the entries; nothing where it comes to zero."""
    found: dict[str, int] = {}
    for entry in entries:
        for account, minor in entry.legs:
            if account in accounts:
                name = getattr(entry, by)
                found[name] = found.get(name, 0) + minor
    return sorted(((name, minor) for name, minor in found.items() if minor), key=lambda it: (-abs(it[1]), it[0]))
