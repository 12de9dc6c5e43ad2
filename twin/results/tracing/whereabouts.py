"""Where everything is now: in stock, in process, or with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from twin.erp.warehouse.serials import SerialUnit
from twin.mes.execution import ENDED, JobOrder
from twin.mes.tracking.lots import Lot
from twin.model.events import GoodsReturned, GoodsShipped, MaterialActual
from twin.model.problems import did_you_mean, listed
from twin.model.states import MaterialUse
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of

IN_STOCK, IN_PROCESS, PLANNED, SHIPPED, SENT_BACK, SCRAPPED = "in stock", "in process", "planned", "shipped", "sent back", "scrapped"
IN_HOUSE = (IN_STOCK, IN_PROCESS)
HELD = "held: "
"""How the detail of a lot begins that may neither go on nor ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """`quantity` of a lot is at `place`: a storage unit, a piece of equipment, a customer, a supplier."""

    lot: str
    material: str
    quantity: int
    unit: str
    standing: str  # IN_STOCK, IN_PROCESS, PLANNED, SHIPPED, SENT_BACK or SCRAPPED
    place: str
    order: str = ""  # customer order or purchase order
    at_us: int = -1  # when it left
    detail: str = ""  # why it is held; which job order is next, or runs; serial numbers of what has left


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """`quantity` of a lot left for a customer."""

    customer: str
    order: str
    lot: str
    material: str
    quantity: int
    unit: str
    at_us: int


def shipments_of(run: Run, lots: Iterable[str]) -> list[Shipment]:
    """Every shipment of these lots, by time."""
    found = [
        Shipment(
            customer=event.customer, order=event.order, lot=lot, material=event.material, quantity=event.quantity,
            unit=unit_of(run, event.material), at_us=event.effective_us,
        )
        for lot in lots
        for event in run.mes.passages.of(lot)
        if isinstance(event, GoodsShipped)
    ]  # fmt: skip
    return sorted(found, key=lambda it: it.at_us)


def numbered_units(run: Run) -> dict[str, SerialUnit]:
    """Units that have serial numbers, by number; none where no warehouse is declared."""
    warehouse = warehouse_of(run)
    return warehouse.contents.serials.units if warehouse else {}


def lot_of(run: Run, name: str) -> str:
    """The lot of that name, or the one that a unit with that serial number is of.

    Raises
    ------
    ValueError : there is neither
    """
    lots, units = run.mes.tracking.lots, numbered_units(run)
    if name in lots:
        return name
    if name in units:
        return units[name].lot
    raise ValueError(f"no lot '{name}'{did_you_mean(name, (*lots, *units))}")


def numbers_by_order(run: Run) -> dict[tuple[str, str], list[str]]:
    """Serial numbers of units that have left, by customer order and lot."""
    found: dict[tuple[str, str], list[str]] = {}
    for unit in numbered_units(run).values():
        if unit.order:
            found.setdefault((unit.order, unit.lot), []).append(unit.serial_number)
    return found


def whereabouts(run: Run, lots: Iterable[str]) -> list[Whereabouts]:
    """Where all of these lots is: what is in house first, then what left. What went into others is where those are."""
    named = [run.mes.tracking.lots[name] for name in lots if name in run.mes.tracking.lots]
    jobs = _next_job_orders(run, {lot.lot for lot in named if not lot.on_hand})
    here = [it for lot in named for it in _in_house(run, lot, jobs.get(lot.lot))]
    numbers = numbers_by_order(run)
    gone = [
        Whereabouts(
            lot=it.lot, material=it.material, quantity=it.quantity, unit=it.unit, standing=SHIPPED, place=it.customer, order=it.order,
            at_us=it.at_us, detail=listed(numbers[it.order, it.lot], 5) if (it.order, it.lot) in numbers else "",
        )
        for it in shipments_of(run, [lot.lot for lot in named])
    ]  # fmt: skip
    return here + gone + [it for lot in named for it in _lost(run, lot)]


def unit_of(run: Run, material: str) -> str:
    """The unit of measure of a material."""
    known = run.plant.materials.materials.get(material)
    return known.unit if known else ""


def _in_house(run: Run, lot: Lot, job: JobOrder | None) -> Iterable[Whereabouts]:
    said = f"{HELD}{run.mes.tracking.restricted[lot.lot]}" if lot.lot in run.mes.tracking.restricted else ""
    at: dict[str, Any] = {"lot": lot.lot, "material": lot.material, "unit": unit_of(run, lot.material)}
    if lot.on_hand:
        yield Whereabouts(**at, quantity=lot.on_hand, standing=IN_STOCK, place=lot.place, detail=said)
    if lot.in_process:
        next_one = f"{job.job_order} {'runs' if job.started_us >= 0 else 'is next'}" if job else ""
        detail = "; ".join(filter(None, (said, next_one)))
        yield Whereabouts(**at, quantity=lot.in_process, standing=IN_PROCESS, place=lot.place, detail=detail)
    if lot.made_here and not lot.begun:
        yield Whereabouts(**at, quantity=lot.quantity, standing=PLANNED, place=job.work_center if job else "", detail=said)


def _lost(run: Run, lot: Lot) -> Iterable[Whereabouts]:
    at: dict[str, Any] = {"lot": lot.lot, "material": lot.material, "unit": unit_of(run, lot.material)}
    for place, quantity, at_us in _scrapped(run, lot):
        yield Whereabouts(**at, quantity=quantity, standing=SCRAPPED, place=place, at_us=at_us)
    for event in run.mes.passages.of(lot.lot):
        if isinstance(event, GoodsReturned):
            yield Whereabouts(**at, quantity=event.quantity, standing=SENT_BACK, place="", order=event.order, at_us=event.effective_us)


def _scrapped(run: Run, lot: Lot) -> list[tuple[str, int, int]]:
    """Where so much of a lot was scrapped, and when; what was taken back again is not among it."""
    found: list[tuple[str, int, int]] = []
    for event in run.mes.passages.of(lot.lot):
        if not isinstance(event, MaterialActual) or event.use != MaterialUse.SCRAPPED:
            continue
        less = max(0, -event.quantity)
        while less and found:
            place, quantity, at_us = found.pop()
            if quantity > less:
                found.append((place, quantity - less, at_us))
            less -= min(less, quantity)
        if event.quantity > 0:
            found.append((event.equipment, event.quantity, event.effective_us))
    return found


def _next_job_orders(run: Run, lots: set[str]) -> dict[str, JobOrder]:
    """By lot the first of its job orders that has not ended."""
    found: dict[str, JobOrder] = {}
    for job in run.mes.execution.job_orders.values() if lots else ():
        if job.lot in lots and job.status not in ENDED:
            found.setdefault(job.lot, job)
    return found
