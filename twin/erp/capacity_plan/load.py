"""Capacity requirements planning: hours that orders take of each work center and qualification, by bucket, against those there are.

An order's work is spread evenly over the working days from its start to its due date, operation after operation, and all of it is counted:
the load adds up to the work to the microsecond. Load here knows no limit; what is over a limit in a bucket is carried to the next one
(`behind_us`), which is how far the work center will be behind. `finite` says which orders that makes late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twin.erp.capacity_plan.orders import LoadingOrder
from twin.erp.capacity_plan.shop import Hours
from twin.erp.capacity_plan.work import Step, lots_of
from twin.erp.material_plan.alternates.choosing import ALTERNATE
from twin.erp.material_plan.buckets import Buckets
from twin.erp.material_plan.plan import MaterialPlan
from twin.model.personnel.staff import here
from twin.model.plant import Plant

ResourceKind = Literal["work center", "personnel class"]
Resource = tuple[ResourceKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """One resource in one bucket, us. `over_us` : more load than capacity; `behind_us` : carried over to the next bucket."""

    kind: ResourceKind
    resource: str
    bucket: int
    load_us: int
    capacity_us: int
    behind_us: int

    @property
    def over_us(self) -> int:
        return max(0, self.load_us - self.capacity_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPart:
    """What an operation of an order takes of a resource in a bucket."""

    kind: ResourceKind
    resource: str
    bucket: int
    order: str
    order_kind: str
    material: str
    operation: str
    load_us: int


def load_parts(
    orders: list[LoadingOrder], steps: Mapping[str, tuple[Step, ...]], lot_size: Mapping[str, int | None], buckets: Buckets
) -> list[LoadPart]:
    """The load of every operation of every order, by bucket."""
    return [part for order in orders for part in _parts(order, steps[order.material], lot_size[order.material], buckets)]


def _parts(order: LoadingOrder, steps: tuple[Step, ...], lot_size: int | None, buckets: Buckets) -> Iterator[LoadPart]:
    lots = lots_of(order.pieces, lot_size)
    shares = [Fraction(order.left.get(step.operation, 1)).limit_denominator(1_000_000) for step in steps]
    times = [round(sum(step.busy_us(lot) for lot in lots) * share) for step, share in zip(steps, shares, strict=True)]
    total_us = sum(times)
    if not total_us:
        return
    days = [it for it in range(order.first, order.last + 1) if buckets.works[it]] or [order.last]
    bounds = [total_us * n // len(days) for n in range(len(days) + 1)]
    begin_us = 0
    for step, share, own_us in zip(steps, shares, times, strict=True):
        ways = [
            (
                way, round(sum(way.busy_us(lot) for lot in lots) * share * there),
                round(sum(way.labour_us(lot) for lot in lots) * share * there),
            )
            for there, way in step.ways
            if there
        ]  # fmt: skip
        told_us = 0
        for n, bucket in enumerate(days):
            here_us = min(begin_us + own_us, bounds[n + 1]) - max(begin_us, bounds[n])
            if here_us <= 0:
                continue
            before_us, told_us = told_us, told_us + here_us
            resources: list[tuple[ResourceKind, str | None, int]] = []
            for way, busy_us, labour_us in ways:
                resources.append(("work center", way.center, busy_us * told_us // own_us - busy_us * before_us // own_us))
                resources.append(("personnel class", way.personnel_class, labour_us * told_us // own_us - labour_us * before_us // own_us))
            for kind, resource, load_us in resources:
                if resource and load_us:
                    yield LoadPart(kind=kind, resource=resource, bucket=bucket, order=order.order, order_kind=order.kind,
                                   material=order.material, operation=step.operation, load_us=load_us)  # fmt: skip
        begin_us += own_us


def load_rows(parts: list[LoadPart], capacity: Mapping[Resource, list[int]], bucket_count: int) -> list[LoadRow]:
    """Every resource in every bucket, with what is behind at the end of it."""
    load: dict[Resource, list[int]] = {resource: [0] * bucket_count for resource in capacity}
    for part in parts:
        load[part.kind, part.resource][part.bucket] += part.load_us
    found = []
    for (kind, resource), own in load.items():
        behind_us = 0
        for bucket, load_us in enumerate(own):
            there_us = capacity[kind, resource][bucket]
            behind_us = max(0, behind_us + load_us - there_us)
            found.append(
                LoadRow(kind=kind, resource=resource, bucket=bucket, load_us=load_us, capacity_us=there_us, behind_us=behind_us)
            )  # fmt: skip
    return found


def capacity_of(plant: Plant, hours: Hours, buckets: Buckets, now_us: int) -> dict[Resource, list[int]]:
    """Working time of all equipment of a work center, and of all persons who have a qualification; one with two counts for both."""
    layout = plant.layout
    bounds = [max(now_us, buckets.start_us(n)) for n in range(buckets.count + 1)]

    def between(calendar: str | None) -> list[int]:
        own = hours.of_calendar(calendar)
        return [own.between_us(bounds[n], bounds[n + 1]) for n in range(buckets.count)]

    by_calendar = {calendar: between(calendar) for calendar in (None, *layout.calendars)}
    found: dict[Resource, list[int]] = {}
    for center in layout.work_centers:
        equipment = [it.calendar for it in layout.work_units.values() if it.work_center == center]
        equipment += [it.calendar for it in layout.production_lines.values() if it.work_center == center]
        found["work center", center] = [sum(by_calendar[it][n] for it in equipment) for n in range(buckets.count)]
    for qualification in layout.personnel_classes:
        calendars = [it.calendar for it in here(layout.persons).values() if qualification in it.classes]
        found["personnel class", qualification] = [sum(by_calendar[it][n] for it in calendars) for n in range(buckets.count)]
    return found


def rough_cut(plan: MaterialPlan, plant: Plant, steps: Mapping[str, tuple[Step, ...]]) -> dict[Resource, list[int]]:
    """What the master schedule asks of each resource, us by the bucket in which it is due, all levels of the bills in it.

    Stock and open orders of components do not count: a bill of capacity, as rough as that (APICS: capacity bill procedure).
    """
    whole = _capacity_bills(plan, plant, steps)
    found: dict[Resource, list[int]] = {
        **{("work center", it): [0] * plan.buckets.count for it in plant.layout.work_centers},
        **{("personnel class", it): [0] * plan.buckets.count for it in plant.layout.personnel_classes},
    }
    exact: dict[tuple[Resource, int], Fraction] = {}
    for given in plan.task.demand:
        if given.on_order is None and given.kind != ALTERNATE:  # an alternate's need is that of whatever uses it
            for resource, each_us in whole[plan.task.names[given.material]].items():
                place = resource, given.bucket
                exact[place] = exact.get(place, Fraction(0)) + each_us * given.quantity
    for (resource, bucket), load_us in exact.items():
        found[resource][bucket] = round(load_us)
    return found


def _capacity_bills(plan: MaterialPlan, plant: Plant, steps: Mapping[str, tuple[Step, ...]]) -> dict[str, dict[Resource, Fraction]]:
    """What one piece of each material takes of each resource, with all that goes into it; set-ups shared by a lot."""
    codes, names = plan.arrays.low_level_code, plan.task.names
    bills: dict[str, dict[Resource, Fraction]] = {}
    for number in sorted(range(len(names)), key=lambda n: -codes[n]):
        definition = plan.task.definitions[number]
        lot = definition.costing_lot or definition.lot_size or definition.price_per
        own: dict[Resource, Fraction] = {}
        for there, step in (way for it in steps[names[number]] for way in it.ways):
            taken: list[tuple[Resource, int]] = [(("work center", step.center), step.busy_us(lot))]
            if step.personnel_class:
                taken.append((("personnel class", step.personnel_class), step.labour_us(lot)))
            for resource, busy_us in taken:
                own[resource] = own.get(resource, Fraction(0)) + Fraction(busy_us, lot) * there
        for line in definition.bill:
            share = Fraction(line.quantity, definition.bill_for) / (1 - Fraction(str(line.scrap)))
            for resource, each_us in bills[line.material].items():
                own[resource] = own.get(resource, Fraction(0)) + each_us * share
        share_good = Fraction(str(definition.planning.expected_yield)) if definition.planning else Fraction(1)
        bills[names[number]] = {resource: each_us / share_good for resource, each_us in own.items()}
    return bills
