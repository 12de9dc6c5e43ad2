"""Mass balance: what came into a lot or a request = what went out + scrap + what is there. Told in its parts, in smallest units."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.mes.tracking.lots import MERGED, Lot, Movement
from twin.mes.tracking.tracking import Tracking
from twin.model.materials import needed
from twin.model.problems import did_you_mean
from twin.model.states import MaterialUse
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

CAME, WENT, SCRAP, THERE = "came in", "went out", "scrap", "there"
# By the use of a movement: what stock that grew is called, and what stock that shrank.
WORDS: dict[str, tuple[str, str, str]] = {
    "Received": ("received", WENT, "received less"),
    "Shipped": ("shipment undone", WENT, "shipped"),
    "Returned": ("came back", WENT, "sent back"),
    "Unbuilt": ("taken out of a product", WENT, "taken apart"),
    MERGED: ("merged from others", WENT, "merged into others"),
    MaterialUse.INVENTORIED: ("found by count", WENT, "missing by count"),
    MaterialUse.CONSUMED: ("consumption undone", WENT, "went into others"),
    MaterialUse.SCRAPPED: ("scrap undone", SCRAP, "scrapped from stock"),
    MaterialUse.BY_PRODUCT: ("came as by-product", WENT, "by-product undone"),
    MaterialUse.CO_PRODUCT: ("came as co-product", WENT, "co-product undone"),
    MaterialUse.PRODUCED: ("made", WENT, "made less"),
}
WITHIN = (("split from others", "split off"), ("merged from others", "merged into others"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`quantity` > 0 that came in, went out, was lost or is there, and in which way."""

    side: str  # CAME, WENT, SCRAP or THERE
    what: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MassBalance:
    """What came in = what went out + scrap + what is there; `str()` and a notebook say it, `table` has the parts.

    Attributes
    ----------
    of : the lot or request
    unit : of all quantities of `parts`
    needs : of a request, by component: (component, unit, what the bill asks for what was begun, what was taken)
    """

    of: str
    material: str
    unit: str
    parts: tuple[Part, ...]
    needs: tuple[tuple[str, str, int, int], ...] = ()

    def total(self, *sides: str) -> int:
        """Sum over CAME, WENT, SCRAP or THERE."""
        return sum(part.quantity for part in self.parts if part.side in sides)

    @property
    def holds(self) -> bool:
        """Whether nothing appeared or vanished."""
        return self.total(CAME) == self.total(WENT, SCRAP, THERE)

    @property
    def table(self) -> pd.DataFrame:
        """The parts, one row each."""
        from twin.results.frames import from_rows

        rows = [{"side": it.side, "what": it.what, "quantity": it.quantity, "unit": self.unit} for it in self.parts]
        return from_rows(rows, ("side", "what", "quantity", "unit"))

    @property
    def components(self) -> pd.DataFrame:
        """Of a request: what its bill asks for what was begun, what was taken of it, and what is still to be taken."""
        from twin.results.frames import from_rows

        rows = [
            {"component": name, "unit": unit, "asked": asked, "taken": taken, "still_to_take": asked - taken}
            for name, unit, asked, taken in self.needs
        ]
        return from_rows(rows, ("component", "unit", "asked", "taken", "still_to_take"))

    def summary(self) -> dict[str, Any]:
        """As plain values, for `--json`."""
        return {
            "of": self.of, "material": self.material, "unit": self.unit, "holds": self.holds,
            "parts": [{"side": it.side, "what": it.what, "quantity": it.quantity} for it in self.parts],
            "components": self.components.to_dict("records"),
        }  # fmt: skip

    def __str__(self) -> str:
        sides = [f"{side} {self.total(side):,}{self._said(side)}" for side in (CAME, WENT, SCRAP, THERE)]
        equals = "=" if self.holds else "IS NOT"
        return f"{self.of} ({self.material}, {self.unit}): {sides[0]} {equals} {' + '.join(sides[1:])}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(str(self))}</p>" + self.table.to_html(index=False)

    def _said(self, side: str) -> str:
        parts = [f"{it.what} {it.quantity:,}" for it in self.parts if it.side == side]
        return f" ({', '.join(parts)})" if parts else ""


def balance_of_lot(run: Run, name: str) -> MassBalance:
    """The mass balance of one lot.

    Raises
    ------
    ValueError : no such lot
    """
    lots = run.mes.tracking.lots
    if name not in lots:
        raise ValueError(f"no lot '{name}'{did_you_mean(name, lots)}")
    return MassBalance(of=name, material=lots[name].material, unit=_unit(run, lots[name].material), parts=_parts(run, [lots[name]]))


def balance_of_request(run: Run, name: str) -> MassBalance:
    """The mass balance of all lots of a request: what was begun, and what became of it.

    Raises
    ------
    ValueError : no such request
    """
    requests = run.mes.release.requests
    if name not in requests:
        raise ValueError(f"no request '{name}'{did_you_mean(name, requests)}")
    tracking, material = run.mes.tracking, requests[name].material
    lots = [lot for lot in tracking.lots.values() if lot.request == name and lot.material == material]
    return MassBalance(
        of=name, material=material, unit=_unit(run, material), parts=_parts(run, lots), needs=_needs(run, tracking, lots)
    )  # fmt: skip


def _needs(run: Run, tracking: Tracking, lots: Sequence[Lot]) -> tuple[tuple[str, str, int, int], ...]:
    begun = [lot for lot in lots if lot.billed]
    taken: Counter[str] = Counter()
    for lot in begun:
        for link in tracking.genealogy.next_backward(lot.lot):
            if link.lot == lot.from_lot or (tracking.lots[link.lot].made_here and tracking.lots[link.lot].merged_out):
                continue
            taken[tracking.lots[link.lot].material] += link.quantity
    asked: Counter[str] = Counter()
    for lot in begun or lots[:1]:
        for name, each in tracking.issuing.bill(lot.material, lot.lot).items():
            asked[name] += needed(each, lot.billed)
    return tuple((name, _unit(run, name), asked[name], taken[name]) for name in dict.fromkeys([*asked, *taken]))


def _parts(run: Run, lots: Sequence[Lot]) -> tuple[Part, ...]:
    """The parts of these lots together; what went from one of them to another is none."""
    sums: Counter[tuple[str, str]] = Counter()
    for lot in lots:
        if lot.made_here and (lot.begun or lot.merged_out):
            began = "split from others" if lot.from_lot else "found in process" if lot.was_found else "begun"
            sums[CAME, began] += lot.quantity
        sums[CAME, "merged from others"] += lot.merged_in
        sums[WENT, "split off"] += lot.split_off
        sums[WENT, "merged into others"] += lot.merged_out
        sums[SCRAP, "scrapped in process"] += lot.scrapped
        sums[THERE, "in stock"] += lot.on_hand
        sums[THERE, "in process"] += lot.in_process
    made_here = {lot.lot for lot in lots if lot.made_here}
    for side, what, quantity in _moved(run.mes.tracking.movements, {lot.lot for lot in lots}, made_here):
        sums[side, what] += quantity
    for came, went in WITHIN if len(lots) > 1 else ():
        within = min(sums[CAME, came], sums[WENT, went])
        sums[CAME, came] -= within
        sums[WENT, went] -= within
    places = {CAME: 0, WENT: 1, SCRAP: 2, THERE: 3}
    found = sorted(sums.items(), key=lambda it: places[it[0][0]])
    return tuple(Part(side=side, what=what, quantity=quantity) for (side, what), quantity in found if quantity)


def _moved(movements: Iterable[Movement], lots: set[str], made_here: set[str]) -> Iterable[tuple[str, str, int]]:
    """What movements of stock say: side, word and quantity. What comes out of production was in process before: it is no part."""
    for it in movements:
        if it.lot in lots and not (it.use == MaterialUse.PRODUCED and it.lot in made_here):
            grew, side, shrank = WORDS[it.use]
            yield (CAME, grew, it.quantity) if it.quantity > 0 else (side, shrank, -it.quantity)


def _unit(run: Run, material: str) -> str:
    known = run.plant.materials.materials.get(material)
    return known.unit if known else ""
