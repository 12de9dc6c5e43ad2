"""The material ratios of ISO 22400-2: of what was consumed of each material, how much went into goods, and how much was lost and where.

| figure                           | is     | where                                                                     |
|----------------------------------|--------|---------------------------------------------------------------------------|
| consumed                         | CM     | issued to job orders + missing by count + scrapped from stock             |
| finished goods ratio             | GQ/CM  | what is in the good pieces that came into stock, by their bills           |
| integrated goods ratio           | IGQ/CM | CM without its losses: in good pieces, and in pieces that are in process  |
| production loss ratio            | PL/CM  | what is in the pieces that were scrapped in process, by their bills       |
| storage and transport loss ratio | STL/CM | missing by count                                                          |
| other loss ratio                 | OL/CM  | scrapped from stock                                                       |

So losses and integrated goods are 1 together. Each material has them in its own unit: bills are in mm, g and pieces, which do not add up.
Those of the plant are in money therefore: of bought material alone, at its standard cost, since what is made of it has its cost in it.
In a window that is shorter than a piece takes, what is scrapped in it may have been issued before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.mes.tracking.tracking import Tracking
from twin.model.events import MaterialActual
from twin.model.materials import Each
from twin.model.plant import Plant
from twin.model.states import MaterialUse

if TYPE_CHECKING:
    from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRatios:
    """One material in one window: quantities in its smallest units, ratios of CM; `None` where nothing was consumed."""

    material: str
    consumed: int  # CM
    finished: int  # GQ
    integrated: int  # IGQ
    production_loss: int
    storage_and_transport_loss: int
    other_loss: int
    finished_goods_ratio: float | None = field(init=False)
    integrated_goods_ratio: float | None = field(init=False)
    production_loss_ratio: float | None = field(init=False)
    storage_and_transport_loss_ratio: float | None = field(init=False)
    other_loss_ratio: float | None = field(init=False)

    def __post_init__(self) -> None:
        parts = {
            "finished_goods": self.finished, "integrated_goods": self.integrated, "production_loss": self.production_loss,
            "storage_and_transport_loss": self.storage_and_transport_loss, "other_loss": self.other_loss,
        }  # fmt: skip
        for name, quantity in parts.items():
            object.__setattr__(self, f"{name}_ratio", quantity / self.consumed if self.consumed else None)


def material_ratios(plant: Plant, tracking: Tracking, told: Iterable[object], from_us: int, to_us: int) -> list[MaterialRatios]:
    """Every material that bills ask for, in declared order, over [from_us, to_us); `told`: events, of which material actuals count."""
    finished, lost = (
        defaultdict[str, Each](int),
        defaultdict[str, Each](int),
    )  # by component: what of it is in good pieces, and in pieces that were lost
    issued, missing, scrapped_in_stock = Counter[str](), Counter[str](), Counter[str]()

    def count(within: dict[str, Each], product: str, lot: str, quantity: int) -> None:
        for material, each in tracking.issuing.bill(product, lot).items():
            within[material] += each * quantity

    for event in told:
        if isinstance(event, MaterialActual) and from_us <= event.effective_us < to_us and event.use == MaterialUse.SCRAPPED:
            count(lost, event.material, event.lot, event.quantity)
    for it in tracking.movements:
        if not from_us <= it.at_us < to_us:
            continue
        match it.use:
            case MaterialUse.CONSUMED:
                issued[it.material] -= it.quantity
            case MaterialUse.PRODUCED:
                count(finished, it.material, it.lot, it.quantity)
            case MaterialUse.SCRAPPED:  # from stock; what is scrapped in process has not been in stock
                scrapped_in_stock[it.material] -= it.quantity
                count(lost, it.material, it.lot, it.quantity)
            case MaterialUse.INVENTORIED if it.quantity < 0:
                missing[it.material] -= it.quantity
    used = {*finished, *lost, *(material for product in plant.materials.materials for material in tracking.bill(product))}
    found = []
    for material in (it for it in plant.materials.materials if it in used):
        consumed = issued[material] + missing[material] + scrapped_in_stock[material]
        in_lost = round(lost[material])  # of a bill for several a piece has a part of a unit in it
        found.append(
            MaterialRatios(
                material=material, consumed=consumed, finished=round(finished[material]),
                integrated=consumed - in_lost - missing[material] - scrapped_in_stock[material], production_loss=in_lost,
                storage_and_transport_loss=missing[material], other_loss=scrapped_in_stock[material],
            )
        )  # fmt: skip
    return found


def ratios_of(run: Run, from_us: int | None = None, to_us: int | None = None) -> list[MaterialRatios]:
    """Of a run, from its start and to its end if nothing else is asked."""
    begin_us = run.scenario.start_us if from_us is None else from_us
    end_us = run.now_us + 1 if to_us is None else to_us
    return material_ratios(run.plant, run.mes.tracking, (entry.event for entry in run.journal.entries()), begin_us, end_us)


def of_plant(rows: Iterable[MaterialRatios], plant: Plant, cost_minor: Callable[[str, int], Fraction]) -> MaterialRatios:
    """The plant as a whole, quantities as minor units; `cost_minor`: the standard cost of a material's quantity."""
    bought = [it for it in rows if plant.materials.materials[it.material].kind == "purchased"]

    def worth(quantity: Callable[[MaterialRatios], int]) -> int:
        return round(sum((cost_minor(it.material, quantity(it)) for it in bought), Fraction()))

    consumed = worth(lambda it: it.consumed)
    lost = [worth(lambda it: it.production_loss), worth(lambda it: it.storage_and_transport_loss), worth(lambda it: it.other_loss)]
    return MaterialRatios(
        material="", consumed=consumed, finished=worth(lambda it: it.finished), integrated=consumed - sum(lost), production_loss=lost[0],
        storage_and_transport_loss=lost[1], other_loss=lost[2],
    )  # fmt: skip
