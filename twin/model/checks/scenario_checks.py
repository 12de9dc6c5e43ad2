"""Every rule that a scenario must keep, with the plant that it asks something of (its changes made)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from twin.model.checks.doubts import Doubts
from twin.model.checks.floor.left_out import left_out
from twin.model.checks.planning.forecasts import forecasts, lines_as_written, streams_as_written, weekly_forecasts
from twin.model.checks.planning.supply import open_orders, planning_decides
from twin.model.checks.readiness.said import entries_of_persons
from twin.model.checks.references import WHO_CAN_DO, dangling_in_scenario
from twin.model.checks.settlement.settled import late_customers
from twin.model.demand.orders import OrderLine
from twin.model.measures import write_duration
from twin.model.plant import Plant, job_order_id, rework_lot
from twin.model.problems import Finding, KeyPath, Place, listed
from twin.model.scenario import Scenario
from twin.model.signals import JOB_ORDER_CHARS, REASON_CHARS, ModbusConnection

FIRST_YEAR, LAST_YEAR = 1971, 2999
"""Runs lie within these: calendars are counted from 1970 on, and dates end with the year 9999."""

US_PER_YEAR = 366 * 86_400_000_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _finding(path: KeyPath, what: str, allowed: str, at_key: bool = False, rests_on: Iterable[Place] = ()) -> Finding:
    return Finding(document="scenario", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=tuple(rests_on))


_HORIZON: tuple[Place, ...] = (("scenario", "horizon"),)


def check_scenario(scenario: Scenario, plant: Plant, doubts: Doubts | None = None) -> Iterator[Finding]:
    """What makes no sense in a scenario of this plant, and does not rest on what is in doubt."""
    doubts = doubts or Doubts()
    for finding in _all_findings(scenario, plant):
        if not doubts.touch(finding):
            yield finding


def _all_findings(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    yield from dangling_in_scenario(scenario, plant)
    yield from _run_within_years(scenario)
    yield from _rules_have_what_they_need(scenario)
    yield from _sequences(scenario, plant)
    yield from _order_ids(scenario)
    yield from _lines_of_one_order(scenario)
    yield from _order_times(scenario)
    yield from _streams_come_to_an_end(scenario)
    yield from _demand_is_for_sale(scenario, plant)
    yield from _work_in_process(scenario, plant)
    yield from forecasts(scenario, plant)
    yield from open_orders(scenario, plant)
    yield from planning_decides(scenario, plant)
    yield from weekly_forecasts(scenario, plant)
    yield from _disturbances(scenario, plant)
    yield from left_out(scenario, plant)
    yield from _registers(scenario, plant)
    yield from entries_of_persons(scenario, plant)
    yield from late_customers(scenario, plant)


def _run_within_years(scenario: Scenario) -> Iterator[Finding]:
    if not FIRST_YEAR <= scenario.start.year <= LAST_YEAR:
        yield _finding(("start",), f"a run cannot start in {scenario.start.year}", f"{FIRST_YEAR} to {LAST_YEAR}")
    elif scenario.horizon > (LAST_YEAR + 1 - scenario.start.year) * US_PER_YEAR:
        yield _finding(
            ("horizon",), f"the run ends after {LAST_YEAR}", f"a horizon that ends by {LAST_YEAR}", rests_on=[("scenario", "start")]
        )


def _rules_have_what_they_need(scenario: Scenario) -> Iterator[Finding]:
    policies = scenario.policies
    rules: list[tuple[KeyPath, str]] = [
        (("policies", "dispatch"), policies.dispatch),
        *((("policies", "dispatch_by_center", center), rule) for center, rule in policies.dispatch_by_center.items()),
        *((("policies", "ties", n), rule) for n, rule in enumerate(policies.ties)),
        *(
            (("policies", "ties_by_center", center, n), rule)
            for center, ties in policies.ties_by_center.items()
            for n, rule in enumerate(ties)
        ),
    ]
    for path, rule in rules:
        if rule == "weighted" and not any(policies.weighted.numbers[1:]):
            rests_on: list[Place] = [("scenario", "policies", "weighted")]
            yield _finding(path, "the rule weighted has no weights", "weighted: {slack: 2, setup: 1}, beside dispatch", rests_on=rests_on)
        if rule == "sequence" and not policies.sequence:
            rests_on = [("scenario", "policies", "sequence")]
            yield _finding(
                path, "the rule sequence has no sequence", "sequence: {<work center or unit>: [<lot>/<operation>]}", rests_on=rests_on
            )


def _sequences(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Every place of a sequence has a job order of its own, by lot and operation."""
    operations = {operation for routing in plant.layout.routings.values() for operation in routing}
    rests_on: list[Place] = [("plant", "routings"), ("plant", "routings", "*")]
    for where, jobs in scenario.policies.sequence.items():
        for n, job_order in enumerate(jobs):
            path: KeyPath = ("policies", "sequence", where, n)
            if job_order in jobs[:n]:
                yield _finding(path, f"job order '{job_order}' stands twice here", "each once")
            lot, _, operation = job_order.rpartition("/")
            if not lot or operation not in operations:
                what, allowed = (
                    f"'{job_order}' is no job order: no routing has that operation",
                    f"<lot>/ and one of {listed(sorted(operations))}",
                )
                yield _finding(path, what, allowed, rests_on=rests_on)


def _order_ids(scenario: Scenario) -> Iterator[Finding]:
    """Lots and job orders are named after the customer order, so each has an id of its own."""
    seen: set[str] = set()
    for written, it in lines_as_written(scenario):
        path: KeyPath = written if it.forecast else (*written, "order")
        if not it.forecast and not _ID.fullmatch(it.order):
            yield _finding(path, f"'{it.order}' is no id", "letters, digits, '_', '-' and '.'")
        if it.order in seen:
            yield _finding(path, f"order '{it.order}' stands twice", "each order once")
        seen.add(it.order)
    for path, name, stream in streams_as_written(scenario):
        if not stream.forecast and not _ID.fullmatch(name):
            yield _finding(path, f"'{name}' is no id", "letters, digits, '_', '-' and '.'", at_key=True)
        own = re.compile(re.escape(name) + "-[1-9][0-9]*")
        for order in sorted(order for order in seen if own.fullmatch(order)):
            yield _finding(path, f"order '{order}' has a name that stream '{name}' gives its own orders", "another name", at_key=True)


def _lines_of_one_order(scenario: Scenario) -> Iterator[Finding]:
    """Lines of one order have one customer, and their order is called as nothing else is."""
    written = [(path, it) for path, it in lines_as_written(scenario) if it.header]
    orders, first = {it.order for _, it in lines_as_written(scenario)}, dict[str, OrderLine]()
    for path, it in written:
        header, at_header = it.header or "", (*path, "header")
        before = first.setdefault(header, it)
        if not _ID.fullmatch(header):
            yield _finding(at_header, f"'{header}' is no id", "letters, digits, '_', '-' and '.'")
        elif header in orders:
            yield _finding(
                at_header, f"'{header}' is an order by itself, and cannot have lines", "another name for the order of these lines"
            )
        if it.customer != before.customer:
            what = f"'{it.order}' is of '{it.customer}', and '{before.order}' of the same order '{header}' of '{before.customer}'"
            yield _finding((*path, "customer"), what, f"{before.customer}, or another order", rests_on=[("scenario", *at_header)])


def _order_times(scenario: Scenario) -> Iterator[Finding]:
    for path, order in lines_as_written(scenario):
        if order.forecast:  # made to be right
            continue
        if order.due < order.at:
            what, rests_on = "the order is due before it is received", [("scenario", *path, "at")]
            yield _finding((*path, "due"), what, f"{write_duration(order.at)} or later", rests_on=rests_on)
        if order.at >= scenario.horizon:
            what, allowed = "the order is received after the end of the run", f"less than {write_duration(scenario.horizon)}"
            yield _finding((*path, "at"), what, allowed, rests_on=_HORIZON)


def _streams_come_to_an_end(scenario: Scenario) -> Iterator[Finding]:
    for path, name, stream in streams_as_written(scenario):
        if stream.interval.mean_us <= 0:
            what = f"orders of stream '{name}' come without end at one instant"
            yield _finding((*path, "interval"), what, "a mean of more than 0")


def _demand_is_for_sale(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    materials = plant.materials.materials
    for_sale = [material for material, it in materials.items() if it.kind == "finished"]
    wanted: list[tuple[KeyPath, str]] = [
        *((path, order.material) for path, order in lines_as_written(scenario) if not order.forecast),
        *((path, stream.material) for path, _, stream in streams_as_written(scenario) if not stream.forecast),
    ]
    for path, material in wanted:
        if material in materials and material not in for_sale:
            what = f"'{material}' is {materials[material].kind}, and customers order what is finished"
            yield _finding((*path, "material"), what, listed(for_sale), rests_on=[("items", "materials", material, "kind")])


def _work_in_process(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Lots that stand on the floor are named like orders, have something behind them, and have room."""
    orders, streams = {order.order: order for order in scenario.demand.orders}, scenario.demand.streams
    layout, standing = plant.layout, Counter[str]()
    for name, it in scenario.work_in_process.items():
        path: KeyPath = ("work_in_process", name)
        taken = name in orders or any(re.fullmatch(re.escape(stream) + "-[1-9][0-9]*", name) for stream in streams)
        if not _ID.fullmatch(name) or taken:
            what = f"'{name}' is the name of an order" if taken else f"'{name}' is no id"
            yield _finding(path, what, "another name of letters, digits, '_', '-' and '.'", at_key=True)
        routing = layout.routings.get(it.material, {})
        steps: tuple[Place, ...] = (("scenario", *path, "material"), ("plant", "routings", it.material))
        if it.operation in routing and it.operation == next(iter(routing)):
            what = f"'{it.operation}' is the first operation of '{it.material}': nothing has been done to this lot yet"
            yield _finding((*path, "operation"), what, f"{listed(list(routing)[1:])}; or an order", rests_on=steps)
        order = orders.get(it.order or "")
        if order and order.at:
            at: Place = ("scenario", "demand", "orders", list(orders).index(order.order), "at")
            yield _finding((*path, "order"), f"order '{order.order}' is not known yet at the start", "an order with at: 0", rests_on=[at])
        segment = layout.process_segments.get(routing[it.operation].segment) if it.operation in routing else None
        center = layout.work_centers.get(segment.work_center) if segment else None
        storage = center.storage if center else ""
        standing[storage] += 1
        capacity = layout.storage_units[storage].capacity if storage in layout.storage_units else None
        if capacity is not None and standing[storage] > capacity:
            tables = ("storage_units", "work_centers", "process_segments", "routings")
            rests_on = [("scenario", "work_in_process"), *(("plant", table) for table in tables)]
            yield _finding(path, f"'{storage}' has no place for this lot", f"{capacity} lots there", at_key=True, rests_on=rests_on)


def _disturbances(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    signals = plant.signals
    for index, disturbance in enumerate(scenario.disturbances):
        path = ("disturbances", index)
        if disturbance.at >= scenario.horizon:
            what, allowed = "the disturbance is after the end of the run", f"less than {write_duration(scenario.horizon)}"
            yield _finding((*path, "at"), what, allowed, rests_on=_HORIZON)
        if not _ID.fullmatch(disturbance.reason):
            yield _finding((*path, "reason"), f"'{disturbance.reason}' is no id", "letters, digits, '_', '-' and '.'")
        at = signals.equipment.get(disturbance.equipment) if signals else None
        if (
            at
            and signals
            and isinstance(signals.connections.get(at.connection), ModbusConnection)
            and len(disturbance.reason) > REASON_CHARS
        ):
            what = f"reason '{disturbance.reason}' is longer than a register string of '{at.connection}'"
            rests_on: list[Place] = [
                ("scenario", *path, "equipment"),
                ("signals", "equipment", disturbance.equipment, "connection"),
                ("signals", "connections", at.connection, "driver"),
            ]
            yield _finding((*path, "reason"), what, f"{REASON_CHARS} characters", rests_on=rests_on)


_LOTS_AND_WIRES: tuple[Place, ...] = (
    *WHO_CAN_DO,
    *(("plant", "process_segments", "*", key) for key in ("work_center", "equipment_class")),
    *(("plant", "routings", "*", "*", key) for key in ("segment", "rework")),
    *(("items", "materials", "*", key) for key in ("bill", "lot_size")),
    ("plant", "routings", "*", "*", "alternatives", "**"),
    ("items", "materials", "*", "bill", "**"),
    ("signals", "equipment", "*", "connection"),
    ("signals", "connections", "*", "driver"),
)
"""What tells the ids of lots, and which operations are done behind a Modbus connection."""


def _registers(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """The id of every job order that the demand can lead to fits the registers of the equipment that does it."""
    on_modbus = _operations_on_modbus(plant)
    if not on_modbus:
        return
    wanted: list[tuple[KeyPath, str, str]] = [
        *((path if order.forecast else (*path, "order"), order.order, order.material) for path, order in lines_as_written(scenario)),
        *((path, f"{name}-{stream.count or 999}", stream.material) for path, name, stream in streams_as_written(scenario)),
    ]
    wanted += [(("work_in_process", name), name, it.material) for name, it in scenario.work_in_process.items()]
    for path, order, material in wanted:
        ids = [job_order_id(lot, operation) for made, lot in _longest_lots(plant, order, material) for operation in on_modbus.get(made, ())]
        longest = max(ids, key=len, default="")
        if len(longest) > JOB_ORDER_CHARS:
            what = f"job order '{longest}' has {len(longest)} characters, too many for the registers of a modbus connection"
            allowed = f"{JOB_ORDER_CHARS} characters: a shorter order or material, or an opcua connection"
            row: Place = ("scenario", *path[:3])
            rests_on = (*_LOTS_AND_WIRES, *((*row, key) for key in ("order", "material", "count")))
            yield _finding(path, what, allowed, at_key=True, rests_on=rests_on)


def _operations_on_modbus(plant: Plant) -> dict[str, list[str]]:
    """By material: the operations that may run on equipment behind a Modbus connection."""
    signals = plant.signals
    if signals is None:
        return {}
    behind = {e for e, it in signals.equipment.items() if isinstance(signals.connections.get(it.connection), ModbusConnection)}
    segments = {segment for segment in plant.layout.process_segments if behind.intersection(plant.equipment_of(segment))}
    operations = {
        m: [op for op, it in routing.items() if segments & {way.segment for way in it.ways}] for m, routing in plant.layout.routings.items()
    }
    return {material: names for material, names in operations.items() if names}


def _longest_lots(plant: Plant, order: str, material: str) -> Iterator[tuple[str, str]]:
    """The longest id of a lot of each material that is made for the order: a component's request is named after its parent's."""
    definitions = plant.materials.materials
    bills = {m: [line.material for line in it.bill] for m, it in definitions.items()}
    try:
        parents_last = list(TopologicalSorter(bills).static_order())
    except CycleError:  # complained of in the plant; the ids of its lots would have no end
        return
    request = {material: f"{order}-{material}"}
    for parent in reversed(parents_last):
        for component in bills.get(parent, ()) if parent in request else ():
            request[component] = max(request.get(component, ""), f"{request[parent]}-{component}", key=len)
    for made, name in request.items():
        routing = plant.layout.routings.get(made, {})
        lot = f"{name}.1" if made in definitions and definitions[made].lot_size else name
        yield made, rework_lot(lot) if any(operation.rework for operation in routing.values()) else lot
