"""What a message says as events of this plant, or everything for which it cannot be taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from twin.model.events import Heartbeat, JobOrderCreated, LotCreated, MaterialActual, OperationsEvent
from twin.model.events.operations_event import event_to_fields
from twin.model.exchange import nouns
from twin.model.exchange.bounds import joined, lot_sizes, too_many_lots
from twin.model.exchange.messages import CANCEL, Message
from twin.model.exchange.performance import CARRIED, told_by_performance
from twin.model.exchange.properties import Told
from twin.model.exchange.schedule import told_by_event, told_by_schedule, told_otherwise
from twin.model.plant import Plant
from twin.model.problems import PlantFileError, Problem, listed
from twin.model.states import MaterialUse
from twin.model.trade.changes import Requested
from twin.store.exchange import staffing
from twin.store.exchange.other_stock import OtherStock

SIDES = ("mes", "erp")
"""Which side is ours: an MES takes schedules of another ERP, an ERP takes performance and events of another MES."""

NO_REQUESTS: Mapping[str, Requested] = MappingProxyType({})
_PRODUCT = (MaterialUse.PRODUCED, MaterialUse.SCRAPPED)
_TAKEN_BY = {
    "mes": ("OperationsSchedule", "OperationsEvent", "MaterialInformation", "PersonnelInformation"),
    "erp": ("OperationsPerformance", "OperationsEvent", "MaterialInformation", "PersonnelInformation"),
}


def told_by_message(
    message: Message, plant: Plant, side: str, now_us: int, file: str = "", known: Mapping[str, Requested] = NO_REQUESTS,
    held: Collection[str] = (),
) -> list[Told]:  # fmt: skip
    """The events that a message tells, in its order. `known`: the requests that are known here; `held`: lots its sender holds.

    Raises
    ------
    PlantFileError : with everything in it that cannot be taken here
    """
    if message.noun not in _TAKEN_BY[side]:
        what = f"a plant whose {side.upper()} is ours takes no {message.noun}"
        raise PlantFileError([Problem(file=file, line=0, column=0, what=what, allowed=listed(_TAKEN_BY[side]))])
    found: list[Told] = []
    wrong: list[str] = []
    if message.noun == staffing.NOUN:
        return staffing.told_of_persons(message, plant, now_us, sender_of(message), file)
    stock = OtherStock(plant, now_us, sender_of(message), held)
    for n, it in enumerate(message.content):
        if isinstance(it, nouns.OperationsSchedule):
            told, problems = told_by_schedule(it, now_us, plant.layout.routings, known)
        elif isinstance(it, nouns.OtherSchedule):
            told, problems = told_otherwise(it, now_us, plant.layout.routings, known, is_cancel=message.verb == CANCEL)
        else:
            told, problems = _told_by(it, plant, side, stock)
        found += told
        wrong += [f"{message.noun}/{n}/{problem}" for problem in problems]
    wrong += [f"{message.noun}: {it}" for it in _other_products(found, {name: it.material for name, it in known.items()})]
    sizes = lot_sizes(plant.materials)
    for event in (it.event for it in found) if not wrong else ():
        kind, said = type(event).__name__, {**event_to_fields(event), "request": event.request}
        wrong += [f"{message.noun}: {it}" for it in (*joined(kind, said), *too_many_lots(kind, said, sizes))]
    if wrong:
        parts = [problem.partition("; allowed: ") for problem in wrong]
        raise PlantFileError(Problem(file=file, line=0, column=0, what=what, allowed=allowed) for what, _, allowed in parts)
    return found


def sender_of(message: Message) -> str:
    """Who sends a message, as what holds a lot."""
    return message.area.sender.logical_id or "another system"


def _told_by(it: object, plant: Plant, side: str, stock: OtherStock) -> tuple[list[Told], list[str]]:
    if isinstance(it, nouns.OperationsPerformance):
        told, wrong = told_by_performance(it)
        return told, [*wrong, *_strangers(told, plant)]
    if isinstance(it, nouns.OperationsEvent):
        told, wrong = told_by_event(it)
        return told, [*wrong, *_strangers(told, plant), *_not_theirs(told, side)]
    assert isinstance(it, nouns.MaterialInformation)
    return stock.told_by(it)


def _strangers(told: Iterable[Told], plant: Plant) -> list[str]:
    """Equipment and materials that the plant does not have."""
    known = {*plant.equipment, *plant.layout.work_centers, *plant.layout.storage_units, ""}
    materials = {*plant.materials.materials, ""}
    wrong = [
        f"the plant has no equipment '{it.event.equipment}'; allowed: {listed(plant.equipment)}"
        for it in told
        if it.event.equipment not in known
    ]
    wrong += [
        f"the plant has no material '{name}'; allowed: {listed(materials)}"
        for name in (getattr(it.event, "material", "") for it in told)
        if name not in materials
    ]
    return list(dict.fromkeys(wrong))


def _other_products(told: Iterable[Told], products: Mapping[str, str]) -> list[str]:
    """What was made or lost for a request, or shall be, and is not what that makes; of one that is not known, what is told of it first."""
    wrong, known = [], dict(products)
    for event in (it.event for it in told):
        of_product = isinstance(event, LotCreated | JobOrderCreated) or (isinstance(event, MaterialActual) and event.use in _PRODUCT)
        material = getattr(event, "material", "")
        if not of_product or not event.request or not material:
            continue
        product = known.setdefault(event.request, material)
        if material != product:
            what = f"{type(event).__name__} of '{material}' for request '{event.request}', which makes '{product}'"
            wrong.append(f"{what}; allowed: '{product}'")
    return list(dict.fromkeys(wrong))


def _not_theirs(told: Iterable[Told], side: str) -> list[str]:
    """What another system may not say: what is concluded here."""
    wrong = []
    for it in told:
        name, level = type(it.event).__name__, it.event.LEVEL
        if level == 4 and name not in ("SalesOrderConfirmed", "GoodsReceived", "StockCounted", "WorkInProcessCounted"):
            wrong.append(f"{name} is concluded by our ERP; allowed: SalesOrderConfirmed, GoodsReceived, StockCounted, WorkInProcessCounted")
        elif side == "mes" and level == 3 and isinstance(it.event, CARRIED):
            wrong.append(f"{name} is concluded by our MES; allowed: events of Level 2, and what persons say")
    return wrong


def is_own(event: OperationsEvent) -> bool:
    """Whether our ERP knows this without another MES: time passes, and what customers, suppliers and stock takers say."""
    return event.LEVEL == 4 or isinstance(event, Heartbeat)
