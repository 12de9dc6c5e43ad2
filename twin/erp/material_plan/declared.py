"""From declared materials and a position to the arrays of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from twin.erp.bills import BillCycleError
from twin.erp.demand_plan.expected import FORECAST, by_bucket
from twin.erp.demand_plan.zones import net_flow_levels
from twin.erp.material_plan.alternates.places import Levels, Place
from twin.erp.material_plan.buckets import ALWAYS, PLANT, Buckets
from twin.erp.material_plan.planning import Requirements
from twin.erp.material_plan.position import FIRM_PLANNED, OnOrder, Position
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Floats, Ints
from twin.model.materials import MaterialDefinition, Materials, Planning
from twin.model.plant import Plant

CUSTOMER_ORDER = "customer order"
BELOW_ZERO = "stock below zero"
STOCK = "stock"
_DAYS_OF_YEAR = 365
_RULES = {
    "lot_for_lot": at.LOT_FOR_LOT, "fixed": at.LOT_FOR_LOT, "period": at.PERIOD, "economic_order_quantity": at.ECONOMIC,
    "silver_meal": at.SILVER_MEAL, "part_period": at.PART_PERIOD, "least_unit_cost": at.LEAST_UNIT_COST, "wagner_whitin": at.WAGNER_WHITIN,
    "order_point": at.ORDER_POINT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One row of what is given: who wants it, or on which order it comes."""

    order: str
    kind: str
    material: int
    bucket: int
    quantity: int
    on_order: OnOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a plan is made of, with the names of it all."""

    names: tuple[str, ...]
    definitions: tuple[MaterialDefinition, ...]
    demand: tuple[Given, ...]
    supply: tuple[Given, ...]
    requirements: Requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What of a task follows from the plant and the buckets alone, whatever the position: it is read once for a day of plans."""

    definitions: Mapping[str, MaterialDefinition]
    number: Mapping[str, int]
    materials: Ints  # with nothing on hand
    costs: Floats
    lines: Ints
    below: Ints
    choices: Mapping[tuple[str, str], str]
    fences: Mapping[str, int]
    moves_freely: NDArray[np.bool_]  # materials of which nobody says how much sooner an order may come


def tables_of(plant: Plant, buckets: Buckets, levels: Levels = ()) -> Tables:
    """The tables of a plan.

    Parameters
    ----------
    levels : where bills leave a choice: what an open order will still take may be another there too

    Raises
    ------
    BillCycleError : a material needs itself
    """
    definitions = plant.materials.materials
    refuse_circles(plant.materials)
    number = {name: n for n, name in enumerate(definitions)}
    places = [place for level in levels for place in level]
    return Tables(
        definitions=definitions, number=number,
        materials=np.array([material_row(plant, name, it, buckets, 0) for name, it in definitions.items()], np.int64),
        costs=_costs(list(definitions.values()), buckets.days),
        lines=np.array(list(_lines(definitions, number)), np.int64).reshape(-1, 1 + at.LINE_WIDTH), below=_below(places, number),
        choices={(it.parent, it.about): it.name for it in places if it.kind == "material"}, fences=_demand_fences(plant, buckets),
        moves_freely=np.array([it.planned.reschedule_in is None for it in definitions.values()], np.bool_),
    )  # fmt: skip


def task_of(position: Position, buckets: Buckets, tables: Tables) -> Task:
    """The task of a plan from a position on."""
    number, lines = tables.number, tables.lines
    materials = tables.materials.copy()
    materials[:, at.ON_HAND] = [position.on_hand.get(name, 0) for name in number]
    if position.is_asked_for:
        materials[tables.moves_freely, at.MOVE_IN] = buckets.count
    demand = [Given(order=it.order, kind=CUSTOMER_ORDER, material=number[it.material], bucket=buckets.of(it.due_us), quantity=it.quantity)
              for it in position.wishes]  # fmt: skip
    demand += [Given(order=it.name, kind=FORECAST, material=number[it.material], bucket=bucket, quantity=quantity)
               for it, bucket, quantity in by_bucket(position.expected, buckets, tables.fences)]  # fmt: skip
    supply = []
    for it in position.on_order:
        if it.quantity:
            supply.append(_given(it, number[it.material], buckets.of(it.due_us), it.quantity))
        takes, gives = _movements(_with_choice(it, tables.choices), materials, lines, number, buckets)
        demand += takes
        supply += gives
    names = tuple(number)
    return Task(
        names=names, definitions=tuple(tables.definitions.values()), demand=tuple(demand), supply=tuple(supply),
        requirements=Requirements(
            materials=materials, costs=tables.costs, calendars=buckets.calendars, lines=lines, demand=_rows(demand),
            supply=_rows(supply), bucket_count=buckets.count, below=tables.below, movable=_movable(names, supply),
        ),
    )  # fmt: skip


def _below(places: Sequence[Place], number: Mapping[str, int]) -> Ints:
    """Places and the components of their alternatives: a promise goes down the bills in the order of numbers."""
    pairs = {
        (number[it.name], number[component]): None
        for it in places for alternative in it.alternatives for component, _ in alternative.components
    }  # fmt: skip
    return np.array([*pairs], np.int64).reshape(-1, 2)


def _with_choice(of: OnOrder, places: Mapping[tuple[str, str], str]) -> OnOrder:
    if not of.components or not places:
        return of
    return replace(of, components=tuple((places.get((of.material, name), name), quantity) for name, quantity in of.components))


def with_rows(task: Task, demand: Sequence[Given], supply: Sequence[Given]) -> Task:
    """The task with more that is needed and more that comes."""
    whole_demand, whole_supply = (*task.demand, *demand), (*task.supply, *supply)
    requirements = replace(
        task.requirements, demand=_rows(whole_demand), supply=_rows(whole_supply), movable=_movable(task.names, whole_supply)
    )
    return replace(task, demand=whole_demand, supply=whole_supply, requirements=requirements)


def _demand_fences(plant: Plant, buckets: Buckets) -> dict[str, int]:
    """The first bucket, by material, in which forecasts count."""
    return {name: buckets.lead(it.planning.demand_fence) for name, it in plant.materials.materials.items() if it.planning}


def _given(of: OnOrder, material: int, bucket: int, quantity: int) -> Given:
    return Given(order=of.order, kind=of.kind, material=material, bucket=bucket, quantity=quantity, on_order=of)


def _rows(given: Sequence[Given]) -> Ints:
    return np.array([(it.material, it.bucket, it.quantity) for it in given], np.int64).reshape(-1, 3)


def _movable(names: Sequence[str], given: Sequence[Given]) -> NDArray[np.bool_]:
    """Which of what comes may be expedited: what is ordered for itself, and no planner has frozen; not what another order gives off."""
    orders = ((it.on_order, names[it.material]) for it in given)
    return np.array([of is not None and of.material == name and of.kind != FIRM_PLANNED for of, name in orders], np.bool_)


def refuse_circles(materials: Materials) -> None:
    """Raise BillCycleError, with the way around, if a material needs itself, or gives off what it is made of."""
    below = {
        name: [*(line.material for line in it.bill), *(line.material for line in it.by_products)]
        for name, it in materials.materials.items()
    }
    done: set[str] = set()
    for first, components in below.items():
        path, left = [first], [iter(components)]
        while path:
            child = next(left[-1], None)
            if child is None:
                done.add(path.pop())
                left.pop()
            elif child in path:
                raise BillCycleError(f"bill of material contains itself: {' <- '.join([*path[path.index(child) :], child])}")
            elif child not in done:
                path.append(child)
                left.append(iter(below[child]))


def material_row(plant: Plant, name: str, definition: MaterialDefinition, buckets: Buckets, on_hand: int) -> list[int]:
    """A row of the materials of a plan."""
    planning = definition.planned
    is_bought = definition.kind == "purchased"
    supplier = plant.materials.suppliers.get(definition.supplier or "")
    lead_us = round(supplier.lead_time.mean_us) if is_bought and supplier else definition.planned_lead_time
    multiple = lcm(planning.multiple or 1, definition.units[planning.order_unit] if planning.order_unit else 1)
    minimum = planning.minimum or 0
    if planning.lot_sizing == "fixed" and planning.quantity:
        minimum, multiple = planning.quantity, planning.quantity
    row = [0] * at.MATERIAL_WIDTH
    row[at.ON_HAND] = on_hand
    row[at.SAFETY_STOCK] = planning.safety_stock
    row[at.LEAD] = 0 if definition.phantom else buckets.lead(lead_us)
    row[at.SAFETY_TIME] = buckets.lead(planning.safety_time)
    row[at.CALENDAR] = ALWAYS if is_bought else PLANT
    row[at.YIELD] = round(planning.expected_yield * at.MILLION)
    row[at.RULE] = _RULES[planning.lot_sizing]
    row[at.PERIODS] = max(1, buckets.lead(planning.period or 0))
    row[at.MINIMUM] = minimum
    row[at.MAXIMUM] = (planning.maximum or 0) // multiple * multiple
    row[at.MULTIPLE] = multiple
    row[at.FENCE] = buckets.lead(planning.planning_fence)
    row[at.MOVE_IN] = row[at.LEAD] if planning.reschedule_in is None else buckets.lead(planning.reschedule_in)
    row[at.POINT], row[at.TARGET] = planning.point or 0, planning.target or 0
    if (levels := net_flow_levels(plant, name)) is not None:
        row[at.RULE], row[at.POINT], row[at.TARGET], row[at.SPIKE] = at.NET_FLOW, levels.point, levels.target, levels.spike
        row[at.PERIODS], row[at.REACH] = (-(-days // buckets.days) for days in (levels.spike_days, levels.lead_days))
    return row


def _costs(definitions: Sequence[MaterialDefinition], days: int) -> Floats:
    """Order cost, and holding cost of a unit and bucket, in the smallest whole proportion: so what is reckoned with them is exact."""
    rows = []
    for it in definitions:
        planning = it.planning or Planning()
        order, holding = (planning.order_cost or 0) * it.price_per * _DAYS_OF_YEAR, (planning.holding_cost or 0) * days
        common = gcd(order, holding) or 1
        rows.append((order // common, holding // common))
    return np.array(rows, np.float64)


def _lines(definitions: dict[str, MaterialDefinition], number: dict[str, int]) -> Iterator[tuple[int, ...]]:
    """Bill lines and by-products as proportions of what is started."""
    for name, it in definitions.items():
        for line in it.bill:
            share = Fraction(line.quantity, it.bill_for) / (1 - Fraction(str(line.scrap)))
            yield number[name], number[line.material], share.numerator, share.denominator, 0
        for given_off in it.by_products:
            share = Fraction(given_off.quantity, it.bill_for)
            yield number[name], number[given_off.material], share.numerator, share.denominator, 1


def _movements(of: OnOrder, materials: Ints, lines: Ints, number: Mapping[str, int], buckets: Buckets) -> tuple[list[Given], list[Given]]:
    """What an order on its way will still take, and what it will give off."""
    own, due = number[of.material], buckets.of(of.due_us)
    start = max(0, buckets.before(due, int(materials[own, at.LEAD]), int(materials[own, at.CALENDAR])))
    if of.components is not None:
        start = start if of.start_us is None else buckets.of(of.start_us)
        gives = [_given(of, number[material], due, quantity) for material, quantity in of.gives]
        return [_given(of, number[component], start, quantity) for component, quantity in of.components], gives
    started = -(-of.quantity * at.MILLION // int(materials[own, at.YIELD]))
    takes, gives = [], []
    for line in lines[lines[:, 0] == own, 1:].tolist():
        numerator, denominator = line[at.NUMERATOR], line[at.DENOMINATOR]
        if line[at.IS_BY_PRODUCT]:
            gives.append(_given(of, line[at.CHILD], due, started * numerator // denominator))
        else:
            takes.append(_given(of, line[at.CHILD], start, -(-started * numerator // denominator)))
    return takes, [it for it in gives if it.quantity]
